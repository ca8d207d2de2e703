"""Every hazard of the front door, made of one phantom study: right, told, withheld, refused; and the page."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from docs import hazards as table
from tests.hazards.case import HAZARDS, Came, Case
from tests.hazards.corpus import corpus


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Came]:
    """Every case written, opened and measured once."""
    return table.measure_all(tmp_path_factory.mktemp("hazards"))


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.name)
def test_a_hazard_is_right_or_says_why_not(case: Case, found: Mapping[str, Came]) -> None:
    assert found[case.name] == case.expected


def test_the_page_is_what_its_command_writes(found: Mapping[str, Came]) -> None:
    assert table.PAGE.read_text("utf-8") == table.page(found)


def test_every_case_has_its_own_name_and_every_hazard_its_cases() -> None:
    cases = corpus()
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.what for case in cases)
    assert {case.hazard for case in cases} == set(HAZARDS)


def test_there_are_as_many_as_were_promised() -> None:
    cases = corpus()
    assert sum(not case.valid for case in cases) >= 80
    assert sum(case.valid for case in cases) >= 30
    assert all(case.expected.how in ("right", "told") for case in cases if case.valid)

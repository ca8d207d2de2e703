"""Every hazard of the front door, made of one phantom study: right, told, withheld or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hazards.case import HAZARDS, Case
from tests.hazards.corpus import corpus
from tests.hazards.judge import verdict


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.name)
def test_a_hazard_is_right_or_says_why_not(case: Case, tmp_path: Path) -> None:
    assert verdict(case, tmp_path) == case.expected


def test_every_case_has_its_own_name_and_every_hazard_its_cases() -> None:
    cases = corpus()
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.what for case in cases)
    assert {case.hazard for case in cases} == set(HAZARDS)


def test_there_are_as_many_as_were_promised() -> None:
    cases = corpus()
    assert sum(not case.valid for case in cases) >= 80
    assert sum(case.valid for case in cases) >= 30

"""The published SUV conversions and the project's own, each opened and measured; and their table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from atsmviewer.phantom.published import published
from atsmviewer.phantom.suvcase import SuvCase
from atsmviewer.workflow.suvcases import Measured, suv_cases
from docs import suv_cases as table

TRUE = (0.20, 1.00, 4.00)
TOLERANCE = 0.005


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Measured]:
    """Every case written, opened and measured once."""
    return table.measure_all(tmp_path_factory.mktemp("cases"))


@pytest.mark.parametrize("case", suv_cases(), ids=lambda case: case.name)
def test_a_case_reads_its_three_values_or_is_refused(case: SuvCase, measured: Mapping[str, Measured]) -> None:
    """O2, and R11's late time point: the object was made from its SUV, which must come back."""
    found = measured[case.name]
    if case.refused:
        assert found.values is None
        assert found.refused
    else:
        assert found.refused == ""
        assert found.values == pytest.approx(TRUE, abs=TOLERANCE)


def test_the_page_is_what_its_command_writes(measured: Mapping[str, Measured]) -> None:
    text = table.PAGE.read_text("utf-8")
    assert text == table.page(measured, table.kept(text))


def test_every_case_has_its_own_name_and_says_what_it_is() -> None:
    cases = suv_cases()
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.what for case in cases)


@pytest.mark.reference
def test_the_published_list_is_complete(reference_data: Path) -> None:
    values = json.loads((reference_data / "reference_values.json").read_text("utf-8"))
    names = values["oncoray_dro_newer_list"]
    given = {case.name: case.refused for case in published()}
    assert [n for n, refused in given.items() if not refused] == _first(names["expected_0p20_1p00_4p00"])
    assert [n for n, refused in given.items() if refused] == _first(names["expected_ERROR_refuse"])


@pytest.mark.reference
def test_the_published_objects_read_their_three_values_as_the_page_says(reference_data: Path) -> None:
    found = table.measure_real(reference_data / "02_suv_dro_oncoray")
    for name, one in found.items():
        assert one.values == pytest.approx(TRUE, abs=TOLERANCE), name
    assert table.real_section(found) == table.kept(table.PAGE.read_text("utf-8"))


def _first(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines]

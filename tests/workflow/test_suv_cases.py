"""The published SUV conversions and the project's own, each opened and measured; and their table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atsmviewer.phantom.published import published
from atsmviewer.phantom.suvcase import SuvCase
from atsmviewer.workflow.suvcases import measure_suv_case, suv_cases, write_suv_case

TRUE = (0.20, 1.00, 4.00)
TOLERANCE = 0.005


@pytest.mark.parametrize("case", suv_cases(), ids=lambda case: case.name)
def test_a_case_reads_its_three_values_or_is_refused(case: SuvCase, tmp_path: Path) -> None:
    """O2, and R11's late time point: the object was made from its SUV, which must come back."""
    found = measure_suv_case(case, write_suv_case(case, tmp_path / "case"))
    if case.refused:
        assert found.values is None
        assert found.refused
    else:
        assert found.refused == ""
        assert found.values == pytest.approx(TRUE, abs=TOLERANCE)


@pytest.mark.reference
def test_the_published_list_is_complete(reference_data: Path) -> None:
    values = json.loads((reference_data / "reference_values.json").read_text("utf-8"))
    names = values["oncoray_dro_newer_list"]
    given = {case.name: case.refused for case in published()}
    assert [n for n, refused in given.items() if not refused] == _first(names["expected_0p20_1p00_4p00"])
    assert [n for n, refused in given.items() if refused] == _first(names["expected_ERROR_refuse"])


def _first(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines]

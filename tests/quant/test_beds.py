"""Slices without decay correction: compared where times and half-life are known (R3, R9, R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from atsmviewer.model.facts import SliceTime
from atsmviewer.model.volume import Unit
from atsmviewer.quant.assess import assess
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, T_18F, T_62CU, entered, facts
from tests.quant.test_ratio_rules import DRAWN, NO_TIMES, ONE_BED, PLAIN, TWO_BEDS, ratios, refused, scan

SAME_START = tuple(SliceTime(SCAN, 600.0, 600.0 * (k // 15)) for k in range(30))
"""Two beds whose AcquisitionTime is that of the series, as some scanners write it."""
LISTED, NOT_LISTED = ("ATTN", "DECY"), ("ATTN",)


@pytest.mark.parametrize("units", ["BQML", "GML"])
@pytest.mark.parametrize(
    ("mode", "listed", "suv"),
    [
        ("NONE", LISTED, "DECAY_CONTRADICTED"),
        ("START", NOT_LISTED, "DECAY_NOT_CORRECTED"),
        ("ADMIN", NOT_LISTED, "DECAY_NOT_CORRECTED"),
    ],
)
def test_beds_whose_decay_correction_is_contradicted_are_neither_suv_nor_compared(
    mode: str, listed: tuple[str, ...], suv: str, units: str
) -> None:
    """They may or may not have been decay-corrected: by 2^(600 / T½) between the beds. One bed compares."""
    given: dict[str, Any] = {"decay_correction": mode, "corrected_image": listed, "units": units}
    for slices in (TWO_BEDS, SAME_START, NO_TIMES):
        found = assess(scan(slices, **given), DRAWN)
        scale = found.scales[0][1]
        assert scale.refused is not None
        assert scale.refused.code == suv
        assert refused(found) == {"DECAY_RATIO"}
        assert "BEDS_UNCORRECTED" in {f.code for f in scale.flags}
        assert len(set(scale.slice_factors)) == 1
        assert "acquisition" not in scale.label
        assert "decay reference" not in scale.label
    one = assess(scan(ONE_BED, **given), DRAWN)
    assert one.scales[0][1].refused == scale.refused
    assert ratios(one) == pytest.approx(PLAIN, rel=1e-6)


@pytest.mark.parametrize("units", ["GML", "CM2ML"])
def test_stored_suv_of_undecayed_beds_is_neither_shown_nor_compared(units: str) -> None:
    """The factor from which the scanner made SUV was of one time, the beds are of several."""
    given: dict[str, Any] = {"decay_correction": "NONE", "corrected_image": NOT_LISTED, "units": units}
    for slices in (TWO_BEDS, SAME_START, NO_TIMES):
        found = assess(scan(slices, **given), DRAWN)
        scale = found.scales[0][1]
        assert scale.refused is not None
        assert scale.refused.code == "DECAY_NOT_CORRECTED"
        assert refused(found) == {"DECAY_RATIO"}
        assert set(scale.slice_factors) == {1.0}
        assert "BEDS_UNCORRECTED" in {f.code for f in scale.flags}
    one = assess(scan(ONE_BED, suv_type=None, height_m=1.75, sex="M", **given), DRAWN)
    assert one.scales[0][1].is_suv
    assert ratios(one) == pytest.approx(PLAIN, rel=1e-6)


def test_undecayed_beds_without_a_half_life_give_no_ratio_and_with_one_are_made_comparable() -> None:
    beds = tuple(SliceTime(SCAN + timedelta(minutes=m), 300.0, None) for m in (0, 30))
    given = facts(decay_correction="NONE", slices=beds, weight_kg=None, nuclide=None, half_life_s=None)
    refused = suv_scale(given).ratio_refused
    assert refused is not None
    assert refused.code == "DECAY_RATIO"
    assert suv_scale(replace(given, slices=beds[:1] * 2)).ratio_refused is None
    known = suv_scale(replace(given, half_life_s=T_18F))
    assert (known.ratio_refused, known.unit) == (None, Unit.KBQML)
    late, early = known.slice_factors[1], known.slice_factors[0]
    assert late / early == pytest.approx(2 ** (1800 / T_18F), rel=1e-12)


@pytest.mark.parametrize(
    "slices",
    [
        (SliceTime(SCAN, 300.0, None), SliceTime(None, 300.0, None)),
        (SliceTime(SCAN, 300.0, None), SliceTime(SCAN + timedelta(minutes=5), None, None)),
        (SliceTime(SCAN, 300.0, None), SliceTime(datetime(2026, 3, 10), 300.0, None)),
        (SliceTime(datetime(2026, 3, 10), 300.0, None),) * 2,
        (SliceTime(SCAN, 300.0, None), SliceTime(SCAN + timedelta(minutes=5), 300.0, None)) * 2,
        (),
    ],
)
def test_undecayed_slices_of_unknown_time_are_never_compared(slices: tuple[SliceTime, ...]) -> None:
    """A start or a duration that is missing or zeroed, or another number of headers than of slices."""
    scale = suv_scale(facts(decay_correction="NONE", slices=slices), slices=2)
    assert scale.ratio_refused is not None
    assert scale.ratio_refused.code == "DECAY_RATIO"
    assert "BEDS_UNCORRECTED" in {f.code for f in scale.flags}
    assert scale.refused is not None
    assert scale.slice_factors == (0.001, 0.001)


def test_a_half_life_in_minutes_brings_no_beds_together() -> None:
    """62Cu's 9.67 min stored as seconds would multiply a bed 20 min later by 2^124: it counts as unknown."""
    beds = tuple(SliceTime(SCAN + timedelta(minutes=m), 600.0, None) for m in (0, 20))
    given = facts(decay_correction="NONE", nuclide="62Cu", half_life_s=9.67, slices=beds)
    scale = suv_scale(given)
    assert scale.refused is not None
    assert scale.refused.code == "HALF_LIFE_UNIT"
    assert scale.ratio_refused is not None
    assert scale.ratio_refused.code == "DECAY_RATIO"
    assert scale.slice_factors == (0.001, 0.001)
    asked = suv_scale(given, kind="kbqml")
    assert asked.slice_factors == (0.001, 0.001)
    assert "BEDS_UNCORRECTED" in {f.code for f in asked.flags}
    entered_s = suv_scale(given, [entered("half_life_s", "580.2")])
    assert entered_s.slice_factors[1] / entered_s.slice_factors[0] == pytest.approx(2 ** (1200 / T_62CU))
    assert all(c.factor is None for c in suv_scale(replace(given, decay_correction="START")).candidates)

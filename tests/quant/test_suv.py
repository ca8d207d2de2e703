"""SUV from facts: units, decay modes and overrides, against R17's formula written out in the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.volume import Unit
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import INJECTED, SCAN, T_18F, T_62CU, T_64CU, copper, entered, facts, shifted


def expected(weight: float, activity: float, elapsed_s: float, half_life: float) -> float:
    return float(weight * 1000 / (activity * np.exp(-np.log(2) * elapsed_s / half_life)))


def flags(given: PetFacts, *overrides: tuple[str, str]) -> set[str]:
    return {f.code for f in suv_scale(given, [entered(*o) for o in overrides]).flags}


def factor(given: PetFacts, *overrides: tuple[str, str]) -> float:
    scale = suv_scale(given, [entered(*o) for o in overrides])
    assert scale.refused is None, scale.refused
    assert scale.factor is not None
    return scale.factor


def test_bqml_corrected_to_the_start() -> None:
    scale = suv_scale(facts())
    assert scale.factor == pytest.approx(expected(70, 370e6, 3600, T_18F), rel=1e-12)
    assert (scale.unit, scale.algorithm, scale.flags) == (Unit.SUV, "suv.bw/1", ())
    assert (scale.reference_time, scale.injection_time) == (SCAN, INJECTED)
    assert [(c.name, c.chosen) for c in scale.candidates] == [("SeriesTime", True)]
    assert scale.candidates[0].factor == scale.factor


def test_64cu_after_24_and_a_half_hours_is_one() -> None:
    """The scan of the table in section 0: true SUV 1.000; a dropped date gives 0.270."""
    late = shifted(copper(injection_datetime=None), timedelta(hours=23.5))
    bqml = 370e6 * 2 ** (-24.5 * 3600 / T_64CU) / 70000
    dated = replace(late, injection_datetime=INJECTED)
    assert factor(dated) * bqml == pytest.approx(1.0, abs=1e-6)
    only_clock = replace(late, injection_time=INJECTED.time())
    refused = suv_scale(only_clock).refused
    assert refused is not None
    assert refused.code == "INJ_DAY_UNKNOWN"
    assert "3.71" in refused.remedy
    assert factor(only_clock, ("injection_datetime", "2026-03-09T10:00:00")) != pytest.approx(1.0)
    assert factor(only_clock, ("injection_datetime", "2026-03-10T10:00:00")) * bqml == pytest.approx(
        1.0, abs=1e-6
    )


def test_decay_correction_admin_has_no_decay_term() -> None:
    assert factor(facts(decay_correction="ADMIN")) == pytest.approx(70 * 1000 / 370e6, rel=1e-12)


def test_undecayed_beds_of_62cu_come_out_flat() -> None:
    """R9: a uniform source of SUV 1 in beds 0 to 30 min later, each pixel the mean over its frame."""
    beds, duration, rate = np.arange(0, 31, 5) * 60.0, 300.0, np.log(2) / T_62CU
    slices = tuple(SliceTime(SCAN + timedelta(seconds=float(b)), duration, None) for b in beds)
    given = facts(
        decay_correction="NONE",
        half_life_s=T_62CU,
        nuclide="62Cu",
        injection_datetime=SCAN - timedelta(minutes=10),
        slices=slices,
    )
    since = beds + 600.0
    mean = np.exp(-rate * since) * (1 - np.exp(-rate * duration)) / (rate * duration)
    pixels = 370e6 / 70000 * mean
    scale = suv_scale(given)
    assert np.asarray(scale.slice_factors) * pixels == pytest.approx(1.0, abs=1e-6)
    assert scale.factor is None


def test_start_admin_and_none_agree_on_the_same_physics() -> None:
    """P13, a single frame of 600 s."""
    rate, elapsed = np.log(2) / T_18F, 3600.0
    at_injection = 12345.0
    at_start = at_injection * np.exp(-rate * elapsed)
    over_frame = at_start * (1 - np.exp(-rate * 600)) / (rate * 600)
    values = [
        factor(facts()) * at_start,
        factor(facts(decay_correction="ADMIN")) * at_injection,
        factor(facts(decay_correction="NONE")) * over_frame,
    ]
    assert values == pytest.approx([values[0]] * 3, rel=1e-12)


def test_units_that_encode_the_same_values_agree() -> None:
    """P14: Bq/ml, Philips counts with either factor, SUV."""
    suv = factor(facts())
    counts = facts(units="CNTS", philips_activity_factor=2.5)
    assert factor(counts) == pytest.approx(2.5 * suv, rel=1e-12)
    vendor = facts(units="CNTS", philips_suv_factor=2.5 * suv, philips_activity_factor=2.5)
    assert factor(vendor) == 2.5 * suv
    assert flags(vendor) == set()
    assert factor(facts(units="GML")) == 1.0
    assert suv_scale(counts, [entered("weight_kg", "70")]).unit is Unit.SUV


def test_the_vendors_factor_needs_no_weight_and_no_clock() -> None:
    bare = PetFacts(
        units="CNTS", decay_correction="START", corrected_image=("ATTN", "DECY"), philips_suv_factor=5.51e-4
    )
    assert suv_scale(bare).factor == 5.51e-4
    assert suv_scale(bare).is_suv


def test_two_philips_factors_that_disagree_are_flagged() -> None:
    suv = factor(facts())
    given = facts(units="CNTS", philips_suv_factor=2.5 * suv, philips_activity_factor=2.6)
    assert factor(given) == 2.5 * suv
    assert flags(given) == {"PHILIPS_FACTORS_DISAGREE"}


def test_the_vendors_suv_factor_is_not_used_on_undecayed_counts() -> None:
    given = facts(units="CNTS", decay_correction="NONE", philips_suv_factor=1.0, philips_activity_factor=2.5)
    assert factor(given) == pytest.approx(2.5 * factor(facts(decay_correction="NONE")), rel=1e-12)
    alone = suv_scale(replace(given, philips_activity_factor=None))
    assert alone.refused is not None
    assert alone.refused.code == "COUNTS_UNSCALED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": None}, "UNITS_UNKNOWN"),
        ({"units": "PROPCNTS"}, "UNITS_NOT_QUANTITATIVE"),
        ({"units": "CPS"}, "UNITS_NOT_QUANTITATIVE"),
        ({"units": "1CM"}, "UNITS_NOT_QUANTITATIVE"),
        ({"units": "CNTS"}, "COUNTS_UNSCALED"),
        ({"units": "CM2ML", "suv_type": "BW"}, "SUV_TYPE_UNKNOWN"),
        ({"corrected_image": ("DECY",)}, "NOT_CORRECTED"),
        ({"corrected_image": None}, "CORRECTIONS_UNKNOWN"),
        ({"corrected_image": ("ATTN",)}, "DECAY_NOT_CORRECTED"),
        ({"decay_correction": None}, "DECAY_CORRECTION_UNKNOWN"),
        ({"decay_correction": "SCAN"}, "DECAY_CORRECTION_UNKNOWN"),
        ({"weight_kg": None}, "WEIGHT_MISSING"),
        ({"weight_kg": 0.025}, "WEIGHT_IMPLAUSIBLE"),
        ({"weight_kg": 700.0}, "WEIGHT_IMPLAUSIBLE"),
        ({"injected_activity_bq": None}, "ACTIVITY_MISSING"),
        ({"injected_activity_bq": 10.0}, "DOSE_UNIT_UNKNOWN"),
        ({"injected_activity_bq": 370000.0}, "DOSE_UNIT_UNKNOWN"),
        ({"injected_activity_bq": 2e11}, "ACTIVITY_IMPLAUSIBLE"),
        ({"injected_activity_bq": -370e6}, "ACTIVITY_NEGATIVE"),
        ({"half_life_s": None, "nuclide": None}, "HALF_LIFE_MISSING"),
        ({"half_life_s": 109.77}, "HALF_LIFE_UNIT"),
        ({"half_life_s": 1.8295}, "HALF_LIFE_UNIT"),
        ({"injection_datetime": None}, "INJ_TIME_MISSING"),
        ({"injection_datetime": SCAN + timedelta(minutes=1)}, "UPTAKE_NEGATIVE"),
        ({"injection_datetime": SCAN - timedelta(hours=10)}, "UPTAKE_TOO_LONG"),
        ({"series_datetime": None, "slices": ()}, "REF_TIME_MISSING"),
        ({"decay_correction": "NONE", "slices": (SliceTime(SCAN, None, None),)}, "REF_TIME_MISSING"),
        ({"inconsistent": ("weight_kg",)}, "INCONSISTENT"),
    ],
)
def test_what_is_missing_or_in_doubt_is_refused_with_a_remedy(changes: dict[str, Any], code: str) -> None:
    scale = suv_scale(facts(**changes))
    assert scale.refused is not None
    assert scale.refused.code == code
    assert scale.refused.remedy.endswith(".")
    kept = changes.get("units", "BQML") == "BQML"
    assert scale.unit is (Unit.KBQML if kept else Unit.STORED)
    assert scale.slice_factors[0] == (0.001 if kept else 1.0)


def test_undecayed_slices_without_their_time_are_named() -> None:
    slices = (SliceTime(SCAN, 600.0, None), SliceTime(SCAN, None, None), SliceTime(None, 600.0, None))
    refused = suv_scale(facts(decay_correction="NONE", slices=slices)).refused
    assert refused is not None
    assert "slices 2, 3 were acquired" in refused.what
    short = suv_scale(facts(decay_correction="NONE", slices=slices[:1]), slices=4).refused
    assert short is not None
    assert "3 of 4 slices" in short.what


@pytest.mark.parametrize("name", ["weight_kg", "injected_activity_bq", "injection_time", "series_datetime"])
def test_what_pixels_in_suv_do_not_stand_on_may_differ(name: str) -> None:
    assert suv_scale(facts(units="GML", inconsistent=(name,))).factor == 1.0
    assert suv_scale(facts(inconsistent=(name,))).refused is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"corrected_image": ("DECY",)}, "NAC_RATIO"),
        ({"units": "1CM"}, "UNITS_RATIO"),
        ({"units": "STDDEV"}, "UNITS_RATIO"),
        ({"inconsistent": ("units",)}, "INCONSISTENT_RATIO"),
        ({"units": "CNTS", "inconsistent": ("philips_suv_factor",)}, "INCONSISTENT_RATIO"),
        ({"units": None}, None),
        ({"corrected_image": None}, None),
        ({"injected_activity_bq": None, "weight_kg": None, "injection_datetime": None}, None),
        ({"units": "PROPCPS"}, None),
        ({"inconsistent": ("weight_kg",)}, None),
        ({"inconsistent": ("philips_suv_factor",)}, None),
    ],
)
def test_a_ratio_needs_comparable_voxels_only(changes: dict[str, Any], code: str | None) -> None:
    refused = suv_scale(facts(**changes)).ratio_refused
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": None}, "UNITS_UNKNOWN"),
        ({"corrected_image": None}, "CORRECTIONS_UNKNOWN"),
        ({"intercepts": (0.0, 1.0)}, "RESCALE_INTERCEPT"),
        ({"injected_activity_bq": 370.0}, "DOSE_UNIT"),
        ({"weight_kg": 70000.0}, "WEIGHT_UNIT"),
        ({"half_life_s": 6720.0}, "HALF_LIFE_DEVIATES"),
        ({"half_life_s": None}, "HALF_LIFE_FROM_NUCLIDE"),
        ({"tracer_nuclide": "64Cu"}, "ISOTOPE_MISMATCH"),
    ],
)
def test_doubts_travel_as_flags(changes: dict[str, Any], code: str) -> None:
    assert code in flags(facts(**changes))


def test_zones_are_compared_as_moments() -> None:
    """02:30+02:00 to 02:00+01:00 is 30 min, across the end of summer time (R12)."""
    given = facts(
        injection_datetime=datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2))),
        series_datetime=datetime(2026, 10, 25, 2, 0, tzinfo=timezone(timedelta(hours=1))),
        slices=(),
    )
    assert factor(given) == pytest.approx(expected(70, 370e6, 1800, T_18F), rel=1e-12)


def test_what_the_scale_stood_on_is_listed_with_its_source() -> None:
    given = facts(sources=(("weight_kg", "(0010,1030) PatientWeight"),), injected_activity_bq=370.0)
    used = {name: (value, source) for name, value, source in suv_scale(given).facts_used}
    assert used["weight_kg"] == ("70.0", "(0010,1030) PatientWeight")
    assert float(used["injected_activity_bq"][0]) == 370e6
    assert "MBq" in used["injected_activity_bq"][1]
    assert used["reference_datetime"] == (SCAN.isoformat(), "SeriesTime")


def test_the_shortest_half_life_in_hours_is_told_as_such() -> None:
    refused = suv_scale(facts(half_life_s=75.45 / 3600, nuclide="82Rb")).refused
    assert refused is not None
    assert refused.code == "HALF_LIFE_UNIT"


@pytest.mark.parametrize("half_life_s", [5e-324, 1e-308, 1e-9])
@pytest.mark.parametrize("mode", ["START", "NONE", "ADMIN"])
def test_a_half_life_that_no_nuclide_has_is_none(half_life_s: float, mode: str) -> None:
    """Its table value is taken with a flag where the nuclide is coded, and SUV refused where it is not."""
    slices = (SliceTime(SCAN, 600.0, 300.0),) * 4
    more = {"decay_correction": mode, "slices": slices}
    more |= {"corrected_image": ("ATTN",)} if mode == "NONE" else {}
    tiny, absent = (facts(half_life_s=t, nuclide=None, **more) for t in (half_life_s, None))
    assert suv_scale(tiny).slice_factors == suv_scale(absent).slice_factors
    refused = suv_scale(tiny).refused
    assert (None if refused is None else refused.code) == (None if mode == "ADMIN" else "HALF_LIFE_MISSING")


def test_a_correction_that_is_not_listed_is_told() -> None:
    given = suv_scale(facts(corrected_image=("ATTN", "DECY")))
    (flag,) = [f for f in given.flags if f.code == "CORRECTIONS_LACKING"]
    assert "scatter and randoms" in flag.what
    assert "CORRECTIONS_LACKING" not in {f.code for f in suv_scale(facts()).flags}

"""An injection time that no value is decayed by: told for the uptake, never a refusal (R4, R9, R11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from atsmviewer.quant.suv import suv_scale
from tests.quant.made import INJECTED, SCAN, copper, entered, facts

IDLE: list[dict[str, Any]] = [
    {"units": "GML"},
    {"units": "CM2ML", "height_m": 1.75},
    {"decay_correction": "ADMIN"},
    {"units": "CNTS", "philips_suv_factor": 0.001},
]
"""Headers whose SUV is not decayed from the injection (R4, R9)."""


@pytest.mark.parametrize("given", IDLE)
@pytest.mark.parametrize(
    ("when", "code"),
    [
        (SCAN + timedelta(hours=1), "UPTAKE_NEGATIVE"),
        (SCAN - timedelta(days=5), "UPTAKE_TOO_LONG"),
        (datetime(2026, 3, 10), "DATES_SUSPECT"),
    ],
)
def test_an_impossible_injection_that_no_suv_stands_on_is_told_and_not_shown(
    given: dict[str, Any], when: datetime, code: str
) -> None:
    scale = suv_scale(copper(injection_datetime=when, **given))
    assert scale.is_suv
    assert scale.injection_time is None
    assert "injection_datetime" not in {name for name, _, _ in scale.facts_used}
    (flag,) = [f for f in scale.flags if f.code == code]
    assert "uptake time" in flag.what
    good = suv_scale(copper(**given))
    assert good.injection_time == INJECTED
    assert good.slice_factors == scale.slice_factors


@pytest.mark.parametrize("given", IDLE)
def test_doubts_of_an_injection_that_no_suv_stands_on_speak_of_the_uptake(given: dict[str, Any]) -> None:
    scale = suv_scale(facts(injection_datetime=None, injection_time=time(10), **given))
    (flag,) = [f for f in scale.flags if f.code == "INJ_DATE_INFERRED"]
    assert "uptake time could be off by 24 h" in flag.what
    assert "SUV could" not in flag.what
    long = suv_scale(copper(injection_datetime=None, injection_time=time(10), **given))
    assert long.is_suv
    assert long.injection_time is None
    assert "INJ_DAY_UNKNOWN" in {f.code for f in long.flags}


@pytest.mark.parametrize("given", IDLE)
def test_an_injection_that_no_suv_stands_on_may_be_missing(given: dict[str, Any]) -> None:
    scale = suv_scale(facts(injection_datetime=None, **given))
    assert scale.is_suv
    assert "INJ_TIME_MISSING" not in {f.code for f in scale.flags}


def test_at_injection_a_dose_record_and_another_nuclide_stand_on_its_time() -> None:
    late = copper(decay_correction="ADMIN", injection_datetime=SCAN + timedelta(hours=1))
    record = [entered("assay_activity_bq", "740e6"), entered("assay_datetime", "2026-03-10T09:40:00")]
    for entries in (record, [entered("scanned_as", "18F")]):
        assert suv_scale(late, entries).refused is not None
    counts = replace(late, units="CNTS", philips_suv_factor=1e-3, philips_activity_factor=2.0)
    refused = suv_scale(replace(counts, decay_correction="NONE", corrected_image=("ATTN",))).refused
    assert refused is not None
    assert refused.code == "UPTAKE_NEGATIVE"


def test_kilobecquerels_stand_on_no_injection() -> None:
    scale = suv_scale(facts(injection_datetime=SCAN + timedelta(hours=1)), kind="kbqml")
    assert scale.refused is None
    assert scale.injection_time is None
    assert "UPTAKE_NEGATIVE" in {f.code for f in scale.flags}

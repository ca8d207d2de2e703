"""DecayFactor as evidence of the decay mode: flagged with the size, never a multiplier (R9)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from atsmviewer.model.errors import Flag
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.quant.decay import mean_activity_time
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, T_18F, facts

BEDS_S = (0.0, 600.0, 1200.0)
TAU_S = mean_activity_time(600.0, T_18F)
UPTAKE_S = 3600.0


def grown(seconds: float) -> float:
    return math.exp(math.log(2) * seconds / T_18F)


def with_factors(*factors: float | None, counted: bool = False, **changes: Any) -> PetFacts:
    slices = tuple(
        SliceTime(SCAN + timedelta(seconds=s), 600.0, s + TAU_S if counted else None, f)
        for s, f in zip(BEDS_S, factors, strict=True)
    )
    return facts(slices=slices, **changes)


def suspect(given: PetFacts) -> list[Flag]:
    return [f for f in suv_scale(given).flags if f.code == "DECAYMODE_SUSPECT"]


START = tuple(grown(s + TAU_S) for s in BEDS_S)
ADMIN = tuple(grown(UPTAKE_S + s + TAU_S) for s in BEDS_S)
NONE = (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("mode", "factors"),
    [
        ("START", START),
        ("START", tuple(grown(s) for s in BEDS_S)),
        ("ADMIN", ADMIN),
        ("ADMIN", tuple(grown(UPTAKE_S + s) for s in BEDS_S)),
        ("NONE", NONE),
    ],
)
def test_factors_that_fit_their_mode_say_nothing(mode: str, factors: tuple[float, ...]) -> None:
    assert suspect(with_factors(*factors, decay_correction=mode)) == []


@pytest.mark.parametrize(
    ("mode", "factors", "fits"),
    [
        ("START", ADMIN, "ADMIN"),
        ("ADMIN", START, "START"),
        ("NONE", START, "START"),
        ("NONE", ADMIN, "ADMIN"),
        ("START", (1.0, 1.0, 1.0001), "NONE"),
    ],
)
def test_factors_that_fit_another_mode_are_flagged(mode: str, factors: tuple[float, ...], fits: str) -> None:
    (flag,) = suspect(with_factors(*factors, decay_correction=mode))
    assert f"says {mode}" in flag.what
    assert f"fit {fits}" in flag.what


def test_the_size_is_what_the_other_mode_would_make_of_this_scan() -> None:
    """START for ADMIN: e^(λ 1 h), the +46 % of the peer that decayed twice."""
    (flag,) = suspect(with_factors(*ADMIN))
    assert f"{100 * (grown(UPTAKE_S) - 1):.1f} %" in flag.what


@pytest.mark.parametrize("mode", ["START", "ADMIN"])
def test_a_factor_of_one_everywhere_is_no_evidence(mode: str) -> None:
    """The reference objects carry it, whatever their mode is."""
    assert suspect(with_factors(*NONE, decay_correction=mode)) == []


def test_it_never_multiplies() -> None:
    assert suv_scale(with_factors(*ADMIN)).factor == suv_scale(with_factors(None, None, None)).factor


def test_frame_reference_times_stand_in_where_one_acquisition_time_is_given_to_all_beds() -> None:
    """Data 03: GE counts to the frame's start, the factor to its mean; AcquisitionTime is the series'."""
    slices = tuple(SliceTime(SCAN, 600.0, s, grown(s + TAU_S)) for s in BEDS_S)
    assert suspect(facts(slices=slices, manufacturer="GE MEDICAL SYSTEMS")) == []
    assert suspect(with_factors(*START, counted=True)) == []


def test_slices_without_a_factor_are_left_out() -> None:
    assert suspect(with_factors(START[0], None, START[2])) == []
    assert len(suspect(with_factors(ADMIN[0], None, ADMIN[2]))) == 1

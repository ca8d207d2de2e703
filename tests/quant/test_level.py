"""Levels of isocontours by formula: of the maximum, the peak, the background; one unit; refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.errors import Refusal, ReviewError
from atsmviewer.model.roi import RULES, Isocontour, sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from tests.quant.made import volume
from tests.quant.rules import LATTICE, SCALE, cone, distance, iso, made


def test_an_absolute_level_keeps_the_voxels_at_and_above_it() -> None:
    full, at = made(iso("absolute", 7.0), cone())
    values = np.float32(10 - 0.2 * distance()).astype(np.float64)
    assert at == 7.0
    assert np.array_equal(full == 1, values >= 7.0)


def test_a_level_of_the_maximum() -> None:
    full, at = made(iso("percent_max", 41.0), cone())
    assert at == pytest.approx(4.1, rel=1e-6)
    assert np.array_equal(full == 1, (distance() <= 30.0) & (np.maximum(10 - 0.2 * distance(), 1) >= 4.1))


def test_the_maximum_is_that_of_voxels_that_count_by_half() -> None:
    """A hotter voxel, of which less than a half lies inside, sets no level (R20)."""
    small = sphere((0.0, 0.0, 0.0), 10.8)
    pet = volume(LATTICE, np.where(distance((12.0, 0, 0)) < 1, 100.0, np.where(distance() < 1, 10.0, 5.0)))
    full, at = made(iso("percent_max", 50.0, small), pet, rule="fraction")
    assert 0.05 < full[14, 14, 17] < 0.45
    assert at == pytest.approx(5.0)
    assert full.sum() * 0.064 == pytest.approx(4 / 3 * np.pi * 10.8**3 / 1000, rel=5e-3)


def test_a_level_of_the_peak() -> None:
    """One hot voxel of 0.064 ml in a uniform 2: the sphere of 1 ml around it has a mean of 2 + 0.064 x 78."""
    values = np.full(LATTICE.shape, 2.0)
    values[14, 14, 14] = 80.0
    pet = volume(LATTICE, values)
    full, at = made(iso("percent_peak", 50.0), pet)
    assert at == pytest.approx((2 + 0.064 * 78) / 2, rel=1e-3)
    assert np.argwhere(full).tolist() == [[14, 14, 14]]
    assert made(iso("percent_max", 50.0), pet)[1] == pytest.approx(40.0)


@pytest.mark.parametrize(("percent", "expected"), [(50.0, 5.0), (41.0, 2 + 0.41 * 6)])
def test_a_level_adapted_to_the_background(percent: float, expected: float) -> None:
    """Between a background of 2 and a peak of 8; the warm rest of the body is no local background."""
    pet = volume(LATTICE, np.where(distance() <= 15, 8.0, np.where(distance() < 50, 2.0, 4.0)))
    full, at = made(iso("background", percent), pet)
    assert at == pytest.approx(expected, rel=1e-6)
    assert np.array_equal(full == 1, distance() <= 15)


def test_the_background_is_the_mean_of_the_voxels_up_to_ten_mm_outside() -> None:
    """By brute force over offsets: two voxels of 4 mm to each side; a third is too far."""
    values = np.random.default_rng(0).random(LATTICE.shape).astype(np.float32)
    values[distance() < 15] = 50.0
    inside = distance() <= 16.0
    near = np.zeros_like(inside)
    for shift in np.ndindex(5, 5, 5):
        near |= np.roll(inside, tuple(s - 2 for s in shift), (0, 1, 2))
    background = values[near & ~inside].astype(np.float64).mean()
    _, at = made(iso("background", 50.0, sphere((0, 0, 0), 16.0)), volume(LATTICE, values))
    assert at == pytest.approx((background + 50.0) / 2, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(1.0, 100.0),
    st.floats(0.01, 100.0),
    st.sampled_from(RULES[1:]),
)
def test_relative_rules_do_not_ask_for_the_unit(percent: float, factor: float, rule: str) -> None:
    """P11: the same voxels at any scale, and the level scales with it."""
    pet = cone()
    one, at = made(iso(rule, percent), pet)
    other, there = made(iso(rule, percent), pet, replace(SCALE, slice_factors=(factor,)))
    assert there == pytest.approx(factor * at, rel=1e-9)
    assert (one != other).sum() <= 2  # a value at the level itself may round to either side


@settings(max_examples=25, deadline=None)
@given(st.floats(10.0, 90.0), st.floats(0.1, 9.0), st.sampled_from(["fraction", "centre"]))
def test_a_higher_level_lies_in_a_lower_one(percent: float, more: float, rule: str) -> None:
    """P8, P10."""
    low, high = (made(iso("percent_max", p), cone(), rule=rule)[0] for p in (percent, percent + more))
    assert np.all(high <= low)


KBQ = Scale(Unit.KBQML, (1.0,), "kbqml/1", Refusal("NO_WEIGHT", "", ""))
LEAN = replace(SCALE, kind="lbmjanma", label="SUVlbm (Janmahasatian)")


def test_an_absolute_level_is_of_one_unit() -> None:
    for unit, scale in (("g/ml", SCALE), ("kBq/ml", KBQ), ("g/ml SUVlbm (Janmahasatian)", LEAN)):
        assert made(iso("absolute", 7.0, unit=unit), cone(), scale)[1] == 7.0
    for unit, scale in (("g/ml", KBQ), ("kBq/ml", SCALE), ("g/ml", LEAN), ("", SCALE)):
        with pytest.raises(ReviewError, match="ISO_UNIT"):
            made(iso("absolute", 7.0, unit=unit), cone(), scale)


@pytest.mark.parametrize(
    "bad",
    [
        iso("percent_max", 0.0),
        iso("percent_max", 100.1),
        iso("percent_peak", -5.0),
        iso("background", float("nan")),
        iso("absolute", 0.0),
        iso("absolute", float("inf")),
        iso("otsu", 41.0),
    ],
)
def test_a_rule_that_is_none_is_refused(bad: Isocontour) -> None:
    with pytest.raises(ReviewError, match="ISO_INVALID"):
        made(bad, cone())


def test_no_contrast_no_background_and_no_value_are_refused() -> None:
    flat, cold = volume(LATTICE, np.full((), 2.0)), volume(LATTICE, np.full((), -1.0))
    for pet, rule in ((flat, "background"), (cold, "percent_max"), (cold, "percent_peak")):
        with pytest.raises(ReviewError, match="ISO_NO_CONTRAST"):
            made(iso(rule, 50.0), pet)
    with pytest.raises(ReviewError, match="ISO_NO_BACKGROUND"):
        made(iso("background", 50.0, sphere((0, 0, 0), 200.0)), cone())
    lacking = np.array(cone().voxels)
    lacking[12] = np.nan
    padded = volume(LATTICE, lacking)
    gap = replace(padded, gaps=(12,))
    beside = iso("background", 50.0, sphere((0, 0, 24.0), 24.0))
    for shape in (iso("absolute", 5.0), iso("percent_max", 5.0), beside):
        with pytest.raises(ReviewError, match="ISO_GAP"):
            made(shape, gap)
        with pytest.raises(ReviewError, match="ISO_NO_VALUE"):
            made(shape, padded)

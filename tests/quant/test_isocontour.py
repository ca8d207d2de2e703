"""Rules on PET values: levels by formula, voxels counted by hand, growth, refusals, what is circular."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from weakref import ref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.errors import Refusal, ReviewError
from atsmviewer.model.roi import RULES, Combined, Isocontour, Role, Shape, sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.isocontour import circular, derived, is_rule, level, pet_mask, refuse_elsewhere
from tests.quant.made import UID, ball, centres, code, copper, grid, of, roi, session, study, value, volume

LATTICE = grid((30, 30, 30), (4.0, 4.0, 4.0), (2.0, 2.0, 2.0))
"""The centre of its voxel (14, 14, 14) lies at the origin."""
SCALE = Scale(Unit.SUV, (1.0,), "suv.bw/1", None)
BALL = sphere((0.0, 0.0, 0.0), 30.0)


def distance(at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(centres(LATTICE) - at, axis=-1))


def cone() -> Volume:
    """10 in the middle, less by 0.2 a mm, so that every level is a sphere; 1 where that is less."""
    return volume(LATTICE, np.maximum(10 - 0.2 * distance(), 1.0))


def made(
    shape: Shape, pet: Volume, scale: Scale = SCALE, rule: str = "centre"
) -> tuple[NDArray[np.float64], float]:
    """The weights on the whole grid, and the level."""
    place = (ref(pet), ref(scale), rule)
    found, full = pet_mask(shape, place), np.zeros(pet.grid.shape)
    full[found.box] = found.weights
    numbers = level(shape, place, "g/ml")
    return full, value(numbers[0]) if numbers else np.nan


def iso(rule: str, at: float, inside: Shape = BALL, **more: Any) -> Isocontour:
    return replace(Isocontour(inside, rule, at, UID, unit="g/ml" if rule == "absolute" else ""), **more)


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


def two_hot_spots() -> Volume:
    """Two rods of 9 voxels that touch by a corner only, and a third that touches the first by a face."""
    values = np.ones(LATTICE.shape)
    values[14, 14, 10:15] = 5.0
    values[15, 15, 15:18] = 5.0
    values[14, 15, 10] = 5.0
    return volume(LATTICE, values)


def test_growth_keeps_what_hangs_together_with_the_seed_by_faces() -> None:
    """The seed lies at the voxel (14, 14, 12), that is -8 mm along x."""
    grown, _ = made(iso("absolute", 4.0, seed_mm=(-8.0, 0.0, 0.0)), two_hot_spots())
    expected = np.zeros(LATTICE.shape)
    expected[14, 14, 10:15] = expected[14, 15, 10] = 1
    assert np.array_equal(grown, expected)
    other, _ = made(iso("absolute", 4.0, seed_mm=(9.0, 5.0, 3.0)), two_hot_spots())
    assert np.argwhere(other).tolist() == [[15, 15, 15], [15, 15, 16], [15, 15, 17]]
    assert made(iso("absolute", 4.0), two_hot_spots())[0].sum() == 9


def test_growth_does_not_leave_the_region_that_bounds_it() -> None:
    grown, _ = made(
        iso("absolute", 4.0, sphere((-8.0, 0.0, 0.0), 5.0), seed_mm=(-8.0, 0, 0)), two_hot_spots()
    )
    assert np.argwhere(grown).tolist() == [[14, 14, 11], [14, 14, 12], [14, 14, 13]]


@pytest.mark.parametrize("seed", [(0.0, 8.0, 8.0), (60.0, 0.0, 0.0), (28.0, 28.0, 0.0)])
def test_a_seed_that_is_not_in_the_isocontour_is_refused(seed: tuple[float, float, float]) -> None:
    with pytest.raises(ReviewError, match="ISO_SEED"):
        made(iso("absolute", 4.0, seed_mm=seed), two_hot_spots())


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
    gap = np.array(cone().voxels)
    gap[12] = np.nan
    for rule in ("absolute", "percent_max"):
        with pytest.raises(ReviewError, match="ISO_GAP"):
            made(iso(rule, 5.0), volume(LATTICE, gap))
    beside = iso("background", 50.0, sphere((0, 0, 24.0), 24.0))
    with pytest.raises(ReviewError, match="ISO_GAP"):
        made(beside, volume(LATTICE, gap))


def test_a_rule_follows_its_own_pet_and_frame_only() -> None:
    rule = iso("percent_max", 41.0)
    refuse_elsewhere((rule, BALL), UID, 0)
    for uid, frame in (("9.9", 0), (UID, 1)):
        with pytest.raises(ReviewError, match="RULE_OTHER_PET"):
            refuse_elsewhere((BALL, Combined("union", (BALL, rule))), uid, frame)
    with pytest.raises(ReviewError, match="RULE_OTHER_PET"):
        made(replace(rule, acquisition_uid="9.9"), cone())


def test_circular_is_what_any_threshold_on_that_pet_outlines() -> None:
    own, other = iso("percent_max", 41.0), iso("percent_max", 41.0, acquisition_uid="9.9")
    assert circular(own, UID)
    assert circular(Combined("difference", (BALL, Combined("union", (BALL, own)))), UID)
    assert circular(replace(other, inside=own), UID)
    for shape in (BALL, other, Combined("union", (BALL, other))):
        assert not circular(shape, UID)
    assert is_rule(own)
    assert is_rule(Combined("union", (BALL, own)))
    assert not is_rule(Combined("union", (BALL, BALL)))


@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_booleans_of_rules(rule: str) -> None:
    """A hot shell without its core, cut by a ball: values from 5 to 7 within the ball."""
    shell = Combined("difference", (iso("absolute", 5.0), iso("absolute", 7.0)))
    cut = sphere((12.0, 0.0, 0.0), 14.0)
    full, _ = made(Combined("intersection", (shell, cut)), cone(), rule=rule)
    alone, _ = made(cut, cone(), rule=rule)
    values = np.float32(10 - 0.2 * distance()).astype(np.float64)
    expected = np.where((values >= 5.0) & (values < 7.0), alone, 0)
    assert np.abs(full - expected).max() < 1e-6


def test_a_rule_inside_a_rule_and_a_border_through_both() -> None:
    """The part above 5 of what lies above 30 % of the maximum; a ball's border cuts their voxels twice."""
    nested = iso("absolute", 5.0, iso("percent_max", 30.0))
    assert np.array_equal(made(nested, cone())[0], made(iso("absolute", 5.0), cone())[0])
    half = Combined("union", (iso("absolute", 2.0, sphere((0, 0, 0), 20.0)), sphere((10.0, 0, 0), 20.0)))
    both = Combined("union", (sphere((0, 0, 0), 20.0), sphere((10.0, 0, 0), 20.0)))
    got, expected = (made(shape, cone(), rule="fraction")[0].sum() for shape in (half, both))
    assert got == pytest.approx(expected, rel=1e-6)


def test_where_a_rule_is_not_reached_its_inside_does_not_count() -> None:
    """The rule gives nothing; the borders of the two balls cut voxels that its own inside holds."""
    nothing = iso("absolute", 99.0, sphere((5.0, 8.0, 0), 25.0))
    one, other = sphere((0, 0, 0), 15.0), sphere((12.0, 5.0, 0), 15.0)
    shape = Combined("union", (Combined("union", (nothing, one)), other))
    got, _ = made(shape, cone(), rule="fraction")
    expected, _ = made(Combined("union", (one, other)), cone(), rule="fraction")
    assert np.abs(got - expected).max() < 1e-6


def test_nothing_inside_the_image_is_an_empty_region_without_a_level() -> None:
    full, at = made(iso("percent_max", 41.0, sphere((500.0, 0, 0), 10.0)), cone())
    assert full.sum() == 0
    assert np.isnan(at)


def test_the_derived_voxels_weigh_at_least_one_half() -> None:
    pet, shape = cone(), iso("absolute", 4.0, sphere((0, 0, 0), 25.0))
    place = (ref(pet), ref(SCALE), "fraction")
    found = derived(shape, place)
    assert found is not None
    assert found.grid is pet.grid
    assert list(found.voxels) == np.flatnonzero(made(shape, pet, rule="fraction")[0] >= 0.5).tolist()
    assert derived(shape, place) is found
    assert derived(BALL, place) is None
    assert derived(iso("absolute", 99.0), (ref(pet), ref(SCALE), "fraction")) is None


def test_an_assessment_of_a_rule() -> None:
    """Half of a hot ball's maximum is the ball; level and voxels go with it; elsewhere it is refused."""
    pet = volume(LATTICE, np.where(distance() <= 15, 8.0, 2.0))
    tumour = roi(Role.TUMOUR, iso("percent_max", 50.0), "rule")
    muscle = ball(Role.MUSCLE, (40.0, 0.0, 0.0), 10.0)
    found = assess(study(pet, copper(units="GML", slices=())), session(tumour, muscle, mask_rule="centre"))
    held = int((distance() <= 15).sum())
    assert of(found, tumour, "voxels") == held
    assert of(found, tumour, "mean") == 8.0
    numbers = found.of_roi(tumour.uid)
    assert numbers is not None
    reached = numbers["iso_level"]
    assert isinstance(reached, Measurement)
    assert (reached.value, reached.unit, reached.algorithm) == (4.0, "g/ml", "iso.max/1")
    assert numbers.derived is not None
    assert len(numbers.derived.voxels) == held
    other = roi(Role.TUMOUR, iso("percent_max", 50.0, acquisition_uid="9.9"), "other")
    elsewhere = assess(study(pet), session(other, muscle))
    assert elsewhere.of_roi(other.uid) is None
    assert "RULE_OTHER_PET" in {missing.code for missing in elsewhere.missing}
    assert code(elsewhere.hypoxic_total) == "RULE_OTHER_PET"

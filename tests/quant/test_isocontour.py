"""Rules on PET values: voxels counted by hand, growth, what is circular, booleans of rules, an assessment."""

from __future__ import annotations

from dataclasses import replace
from weakref import ref

import numpy as np
import pytest

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Combined, Role, sphere
from atsmviewer.model.volume import Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.isocontour import circular, derived, is_rule, refuse_elsewhere
from tests.quant.made import UID, ball, code, copper, of, roi, session, study, volume
from tests.quant.rules import BALL, LATTICE, SCALE, cone, distance, iso, made


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
    assert (reached.value, reached.unit, reached.algorithm) == (4.0, "g/ml", "iso.max/2")
    assert numbers.derived is not None
    assert len(numbers.derived.voxels) == held
    other = roi(Role.TUMOUR, iso("percent_max", 50.0, acquisition_uid="9.9"), "other")
    elsewhere = assess(study(pet), session(other, muscle))
    assert elsewhere.of_roi(other.uid) is None
    assert "RULE_OTHER_PET" in {missing.code for missing in elsewhere.missing}
    assert code(elsewhere.hypoxic_total) == "RULE_OTHER_PET"


def bladder_beside(tumour: float = 4.0) -> Volume:
    """A tumour of 12 mm in a background of 1, and a bladder of 20 that its bound of 28 mm reaches into."""
    made = np.where(distance() <= 12, tumour, 1.0)
    return volume(LATTICE, np.where(distance((36.0, 0, 0)) <= 12, 20.0, made))


@pytest.mark.parametrize(
    ("rule", "percent", "expected"),
    [("percent_max", 41.0, 0.41 * 4), ("percent_peak", 41.0, 0.41 * 4), ("background", 50.0, (1 + 4) / 2)],
)
@pytest.mark.parametrize("mask_rule", ["centre", "fraction"])
def test_the_level_comes_from_what_is_left_of_the_tumour(
    rule: str, percent: float, expected: float, mask_rule: str
) -> None:
    """The bladder's 20 sets neither maximum nor peak nor, outside what is left, the background."""
    tumour = roi(Role.TUMOUR, iso(rule, percent, sphere((0, 0, 0), 28.0)))
    bladder = ball(Role.PHYSIOLOGIC, (36.0, 0, 0), 22.0)
    found = assess(study(bladder_beside()), session(tumour, bladder, mask_rule=mask_rule))
    assert of(found, tumour, "iso_level") == pytest.approx(expected, rel=1e-3)
    assert of(found, tumour, "voxels") == int((distance() <= 12).sum())
    assert of(found, tumour, "max") == 4.0
    alone = assess(study(bladder_beside()), session(tumour, mask_rule=mask_rule))
    assert of(alone, tumour, "max") == 20.0


def test_a_part_that_is_a_rule_looks_at_what_is_left_too() -> None:
    """A combination of two rules: the ball of 4, and what is above 0.5 within 18 mm."""
    parts = (iso("percent_max", 50.0, sphere((0, 0, 0), 28.0)), iso("absolute", 0.5, sphere((0, 0, 0), 18.0)))
    tumour = roi(Role.TUMOUR, Combined("intersection", parts))
    bladder = ball(Role.PHYSIOLOGIC, (36.0, 0, 0), 22.0)
    found = assess(study(bladder_beside()), session(tumour, bladder, mask_rule="centre"))
    assert of(found, tumour, "voxels") == int((distance() <= 12).sum())


def test_a_tumour_that_is_all_taken_out_is_empty() -> None:
    tumour = roi(Role.TUMOUR, iso("percent_max", 41.0, sphere((0, 0, 0), 12.0)))
    found = assess(study(bladder_beside()), session(tumour, ball(Role.NECROSIS, (0, 0, 0), 30.0)))
    numbers = found.of_roi(tumour.uid)
    assert numbers is not None
    assert code(numbers["mean"]) == "empty"

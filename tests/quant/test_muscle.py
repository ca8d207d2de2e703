"""Muscle quality as data: numbers from a formula or counted by hand, doubts at their edge (R29, R34)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.assessment import Depth, Measurement, MuscleQuality
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.study import Study
from atsmviewer.quant.assess import assess
from tests.quant.made import (
    SCAN,
    ball,
    centres,
    code,
    copper,
    facts,
    grid,
    hounsfield_volume,
    session,
    study,
    value,
    volume,
    with_ct,
)

ON = grid((30, 30, 60))
CT = grid((90, 60, 120), (1.0, 2.0, 2.0))
PLACE = (-60.0, 0.0, 0.0)
MUSCLE = ball(Role.MUSCLE, PLACE, 15.0)


def flat(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ones(mm.shape[:-1])


def muscle(pet: Study, *rois: Roi, depth: Depth = Depth.FULL, **protocol: Any) -> MuscleQuality:
    (one,) = assess(pet, session(*(rois or (MUSCLE,)), **protocol), depth).muscles
    return one


def codes(made: MuscleQuality) -> set[str]:
    return {flag.code for flag in made.flags}


def test_mean_volume_variation_and_sides() -> None:
    """Volumes 4 and 1 parts, values 1 and 1.5: mean 1.1, SD 0.2, COV 0.2 / 1.1."""
    pet = study(volume(ON, lambda mm: np.where(mm[..., 0] < 0, 1.0, 1.5)))
    large, small = (
        ball(Role.MUSCLE, PLACE, 16.0, "l"),
        ball(Role.MUSCLE, (60, 0, 0), 16.0 / 4 ** (1 / 3), "r"),
    )
    one = muscle(pet, large, small)
    assert value(one.mean) == pytest.approx(1.1, rel=1e-3)
    assert value(one.volume) == pytest.approx(1.25 * 4 * np.pi * 16**3 / 3000, rel=2e-3)
    assert value(one.cov) == pytest.approx(0.2 / 1.1, rel=1e-2)
    assert [(s.name, s.mean) for s in one.sides] == [("l", 1.0), ("r", 1.5)]
    assert one.sides[0].volume_ml == pytest.approx(4 * np.pi * 16**3 / 3000, rel=2e-3)
    assert one.reference == "l + r"
    assert codes(one) == {"MUSCLE_SIDES_DIFFER"}


def test_without_muscle_there_is_no_quality_and_a_cold_one_has_no_variation() -> None:
    pet = study(volume(ON, np.zeros(ON.shape)))
    assert assess(pet, session(ball(Role.TUMOUR, (0, 0, 0), 10))).muscles == ()
    assert code(muscle(pet).cov) == code(muscle(pet).distance_mm) == "mean_not_positive"
    assert value(muscle(pet).mean) == 0.0


def test_at_live_depth_ct_and_distance_are_still_being_computed() -> None:
    live, full = (muscle(study(volume(ON, flat)), depth=depth) for depth in (Depth.LIVE, Depth.FULL))
    assert code(live.hu) == code(live.distance_mm) == "computing"
    assert code(full.hu) == "no_ct"
    assert (live.mean, live.volume, live.cov) == (full.mean, full.volume, full.cov)


@pytest.mark.parametrize(("hu", "doubted"), [(-2, True), (1, False), (99, False), (102, True)])
def test_mean_hu_on_the_cts_own_grid(hu: int, doubted: bool) -> None:
    """Two spheres with volumes 8 to 1: the small one has 90 HU more."""

    def values(mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(mm[..., 0] < 0, hu - 10.0, hu + 80.0)

    scan = with_ct(study(volume(ON, flat)), hounsfield_volume(CT, values))
    one = muscle(scan, ball(Role.MUSCLE, PLACE, 16.0, "l"), ball(Role.MUSCLE, (60, 0, 0), 8.0, "r"))
    assert value(one.hu) == pytest.approx(hu, abs=0.2)
    assert isinstance(one.hu, Measurement)
    assert (one.hu.unit, one.hu.algorithm) == ("HU", "muscle.hu/1")
    assert one.hu.provenance is not None
    assert one.hu.provenance.series_uid == "1.2.3.5"
    assert ("MUSCLE_HU" in codes(one)) == doubted


@pytest.mark.parametrize("spacing", [(3.0, 4.0, 4.0), (5.0, 2.5, 4.0)])
@pytest.mark.parametrize("gap_mm", [3.0, 12.0, 30.0])
def test_the_way_to_hot_tissue_against_all_pairs(gap_mm: float, spacing: tuple[float, float, float]) -> None:
    """Every voxel of the muscle to every hot one, by hand; the centre rule makes membership plain."""
    on = grid((30, 40, 60), spacing)
    mm = centres(on)
    inside = np.linalg.norm(mm - PLACE, axis=-1) <= 15.0
    hot = (mm[..., 0] > PLACE[0] + 15.0 + gap_mm) & (mm[..., 1] > 5)
    pet = study(volume(on, np.where(hot, 2.5, 1.0)))
    one = muscle(pet, mask_rule="centre")
    expected = min(np.linalg.norm(mm[hot] - point, axis=-1).min() for point in mm[inside])
    assert value(one.distance_mm) == pytest.approx(expected, rel=1e-6)
    assert getattr(one.distance_mm, "flags", None) == ()
    assert ("MUSCLE_NEAR_HOT" in codes(one)) == (expected < 6.0)


def test_nothing_hot_within_reach_is_at_least_50_mm() -> None:
    one = muscle(study(volume(ON, lambda mm: np.where(mm[..., 0] > 20, 2.5, 1.0))))
    assert value(one.distance_mm) == 50.0
    assert {f.code for f in getattr(one.distance_mm, "flags", ())} == {"AT_LEAST"}
    assert codes(one) == set()


@pytest.mark.parametrize(
    ("sixteenth", "counts"), [(None, False), ((17, 17, 26), True), ((18, 17, 26), False)]
)
def test_less_than_one_independent_value_is_noise_and_no_tissue(
    sixteenth: tuple[int, int, int] | None, counts: bool
) -> None:
    """V_c = 0.737 ml is 15.4 voxels of 3 x 4 x 4 mm: 15 in a block, and one at its corner or beside it."""
    made = np.ones(ON.shape)
    made[15:17, 15:17, 22:26] = 3.0
    made[15, 15, 22] = 1.0
    if sixteenth is not None:
        made[sixteenth] = 3.0
    one = muscle(study(volume(ON, made)))
    assert (value(one.distance_mm) < 50.0) == counts


def test_a_muscle_on_hot_tissue_is_no_distance_from_it() -> None:
    pet = study(volume(ON, lambda mm: np.where(mm[..., 0] > -50, 5.0, 1.0)))
    one = muscle(pet)
    assert value(one.distance_mm) == 0.0
    assert {"MUSCLE_NEAR_HOT", "MUSCLE_VARIES"} <= codes(one)


@pytest.mark.parametrize(
    ("species", "radius", "small"),
    [("human", 10.5, True), ("human", 10.8, False), ("animal", 1.45, True), ("animal", 1.55, False)],
)
def test_how_large_a_muscle_should_be(species: str, radius: float, small: bool) -> None:
    """5 ml is a sphere of 10.6 mm; in animals one of 1.5 mm will do."""
    on = grid((20, 20, 20), (0.5, 0.5, 0.5)) if species == "animal" else ON
    one = muscle(
        study(volume(on, flat)), ball(Role.MUSCLE, on.centre_mm, radius), species=species, resolution_mm=1.5
    )
    assert ("MUSCLE_SMALL" in codes(one)) == small


def test_usual_values_are_those_of_suvbw_in_people() -> None:
    pet = volume(ON, lambda mm: np.full(mm.shape[:-1], 3.0))
    slices = (SliceTime(SCAN, 600.0, None),) * 30
    stored = copper(units="GML", slices=slices)
    assert "MUSCLE_SUV" in codes(muscle(study(pet, stored)))
    assert "MUSCLE_SUV" not in codes(muscle(study(pet, stored), species="animal"))
    assert "MUSCLE_SUV" not in codes(muscle(study(pet, facts(slices=slices, weight_kg=None))))
    other = muscle(study(pet, copper(units="GML", slices=slices, height_m=1.75)), suv="idml")
    assert "MUSCLE_SUV" not in codes(other)


def test_doubts_travel_with_the_assessment_and_name_the_scan() -> None:
    pet = study(volume(ON, lambda mm: np.full(mm.shape[:-1], 3.0)))
    found = assess(pet, session(MUSCLE))
    assert {(f.code, f.acquisition_uid) for f in found.flags} >= {("MUSCLE_SUV", pet.acquisitions[0].uid)}

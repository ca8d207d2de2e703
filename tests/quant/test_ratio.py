"""Ratios by reference and kind, their probability and spreads, against formulas (R25, R26, R30)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Depth, Measurement, Ratio, Spread
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.roi import ImportedMask, Role
from atsmviewer.quant.assess import assess
from tests.quant.made import SCAN, ball, centres, code, copper, grid, roi, session, study, value, volume

ON = grid((30, 30, 60))
EDGES, LEVELS = (-70.0, -30.0, 30.0, 70.0), (1.0, 2.0, 4.0, 1.6, 0.8)
"""Slabs along x: muscle, brain, tumour, blood pool, another reference."""

TUMOUR = ball(Role.TUMOUR, (0.0, 0.0, 0.0), 12.0)
OTHERS = {
    Role.MUSCLE: ("tm", -92.0, 4.0),
    Role.BRAIN: ("tb", -50.0, 2.0),
    Role.BLOOD_POOL: ("tblood", 50.0, 2.5),
    Role.REFERENCE: ("tref", 92.0, 5.0),
}
REGIONS = [ball(role, (x, 0.0, 0.0), 14.0) for role, (_, x, _) in OTHERS.items()]
MUSCLE = REGIONS[0]


def slabs(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(LEVELS)[np.searchsorted(EDGES, mm[..., 0])]


def ratio(found: Assessment, kind: str, to: Role = Role.MUSCLE) -> Ratio:
    made = found.ratio_of(TUMOUR.uid, kind, to)
    assert made is not None
    return made


def spread(made: Ratio, name: str) -> Spread:
    (one,) = (s for s in made.spreads if s.name == name)
    return one


@pytest.mark.parametrize("kind", ["mean", "max", "peak"])
@pytest.mark.parametrize("role", list(OTHERS))
def test_each_reference_divides_each_kind(role: Role, kind: str) -> None:
    made = ratio(assess(study(volume(ON, slabs)), session(TUMOUR, *REGIONS)), kind, role)
    name, _, expected = OTHERS[role]
    assert isinstance(made.number, Measurement)
    assert made.number.value == pytest.approx(expected, rel=1e-6)
    assert (made.number.quantity, made.number.algorithm) == (f"{name}_{kind}", f"{name}.{kind}/1")
    assert made.numerator == pytest.approx(4.0)
    assert made.denominator == pytest.approx(4.0 / expected)
    assert (made.kind, made.reference, made.reference_role) == (kind, str(role), role)
    assert made.number.provenance is not None
    assert ("POSITIVE_BIAS" in {flag.code for flag in made.number.flags}) == (kind != "mean")


def test_without_a_muscle_the_other_references_stand() -> None:
    found = assess(study(volume(ON, slabs)), session(TUMOUR, *REGIONS[1:]))
    assert {r.reference_role for r in found.ratios} == {Role.BRAIN, Role.BLOOD_POOL, Role.REFERENCE}
    assert found.hypoxic == ()
    assert {m.code for m in found.missing} == {"no_muscle"}


def test_several_regions_of_a_reference_are_averaged_by_volume() -> None:
    pet = volume(ON, lambda mm: np.where(mm[..., 0] < 0, 1.0, 2.0))
    pools = [ball(Role.BLOOD_POOL, (x, 0, 0), r, str(x)) for x, r in ((-60, 16.0), (60, 8.0))]
    made = ratio(assess(study(pet), session(TUMOUR, *pools)), "mean", Role.BLOOD_POOL)
    assert made.denominator == pytest.approx((8 * 1.0 + 1 * 2.0) / 9, rel=1e-3)


def test_the_peak_form_takes_the_tumours_1_ml_peak_and_waits_for_full_depth() -> None:
    """In a straight gradient a sphere's mean is its centre's value: the highest centre inside is x = 10."""
    pet = study(volume(ON, lambda mm: np.where(mm[..., 0] < -60, 1.0, 3.0 + 0.05 * mm[..., 0])))
    drawn = session(TUMOUR, MUSCLE)
    assert value(ratio(assess(pet, drawn), "peak").number) == pytest.approx(3.5, rel=1e-6)
    live = ratio(assess(pet, drawn, Depth.LIVE), "peak")
    assert code(live.number) == "computing"
    assert live.reference == MUSCLE.name


def noisy(seed: int = 2, sd: float = 0.4) -> NDArray[np.float64]:
    """T/M 1.5 with white noise: enough doubt for a probability between 0 and 1."""
    flat = np.where(centres(ON)[..., 0] < -40, 1.0, 1.5)
    return np.asarray(flat + np.random.default_rng(seed).normal(0, sd, ON.shape), np.float64)


def test_the_probability_is_that_of_drawn_means() -> None:
    """Against a million draws of both means, with u = SD / √(V / V_c) computed here."""
    drawn = session(TUMOUR, MUSCLE, tm_threshold=1.4)
    found = assess(study(volume(ON, noisy())), drawn)
    made = ratio(found, "mean")
    u = []
    for one in (TUMOUR, MUSCLE):
        numbers = found.of_roi(one.uid)
        assert numbers is not None
        correlated = (4 * np.pi * (6 / np.sqrt(8 * np.log(2))) ** 2) ** 1.5 / 1000
        u.append(value(numbers["sd"]) / np.sqrt(value(numbers["volume_ml"]) / correlated))
    assert made.numerator is not None
    assert made.denominator is not None
    rng = np.random.default_rng(0)
    tops, bottoms = rng.normal(made.numerator, u[0], 10**6), rng.normal(made.denominator, u[1], 10**6)
    expected = float((tops / bottoms > 1.4).mean())
    assert 0.5 < expected < 0.99
    assert value(made.above) == pytest.approx(expected, abs=2e-3)
    assert isinstance(made.above, Measurement)
    assert dict(made.above.inputs)["tm_threshold"] == "1.4"
    assert "noise only" in dict(made.above.inputs)["meaning"]


def test_probability_and_interval_stand_at_the_mean_form_to_muscle_only() -> None:
    found = assess(study(volume(ON, slabs)), session(TUMOUR, *REGIONS))
    assert value(ratio(found, "mean").above) == 1.0
    assert code(ratio(found, "max").above) == code(ratio(found, "peak").above) == "not_for_kind"
    assert code(ratio(found, "mean", Role.BRAIN).above) == "not_for_reference"
    with_bounds = {(r.kind, r.reference_role) for r in found.ratios if r.low is not None}
    assert with_bounds == {("mean", role) for role in OTHERS}


def test_a_wider_kernel_widens_the_interval() -> None:
    """V_c grows with the cube of the FWHM, u with its root: 8 mm against 4 mm is 2^1.5."""
    widths = []
    for fwhm_mm in (4.0, 8.0):
        made = ratio(
            assess(study(volume(ON, noisy())), session(TUMOUR, MUSCLE, resolution_mm=fwhm_mm)), "mean"
        )
        assert made.low is not None
        assert made.high is not None
        widths.append(made.high - made.low)
    assert widths[1] / widths[0] == pytest.approx(2**1.5, rel=1e-9)


def test_a_difference_of_the_sides_is_a_spread_and_no_noise() -> None:
    """Flat muscles of 1 and 1.25 under a tumour of 4: no noise at all, and 3.2 to 4 by side."""
    values = {-80.0: 1.0, 80.0: 1.25}
    pet = study(volume(ON, lambda mm: np.select([mm[..., 0] < -40, mm[..., 0] > 40], [1.0, 1.25], 4.0)))
    sides = [ball(Role.MUSCLE, (x, 0, 0), 14.0, f"at {x:g}") for x in values]
    for depth in Depth:
        made = ratio(assess(pet, session(TUMOUR, *sides), depth), "mean")
        one = spread(made, "left-right")
        assert (one.low, one.high) == pytest.approx((3.2, 4.0))
        assert "at -80 4" in one.what
        assert made.low == pytest.approx(made.high)
        assert (made.low or 0) == pytest.approx(4.0 / 1.125, rel=1e-6)


def test_regions_of_one_laterality_are_one_side() -> None:
    pet = study(volume(ON, lambda mm: np.select([mm[..., 0] < -78, mm[..., 0] < -40], [1.0, 1.2], 2.2)))
    tumour = ball(Role.TUMOUR, (-10, 0, 0), 10.0)
    left = [replace(ball(Role.MUSCLE, (x, 0, 0), 10.0, str(x)), laterality="L") for x in (-100, -60)]
    right = replace(ball(Role.MUSCLE, (60, 0, 0), 10.0, "r"), laterality="R")
    found = assess(pet, session(tumour, *left, right))
    (muscle,) = found.muscles
    assert [side.name for side in muscle.sides] == ["L", "R"]
    assert [side.mean for side in muscle.sides] == pytest.approx([1.1, 2.2], rel=1e-2)


def test_placement_moves_the_muscle_by_half_its_radius_to_all_sides() -> None:
    """Muscle 1 + 0.01 (x - x0): a sphere of 16 mm moved by 8 mm reads 1 ± 0.08, along y and z 1."""
    pet = study(volume(ON, lambda mm: np.where(mm[..., 0] > -30, 4.0, 1.0 + 0.01 * (mm[..., 0] + 72))))
    made = ratio(assess(pet, session(TUMOUR, ball(Role.MUSCLE, (-72, 0, 0), 16.0))), "mean")
    one = spread(made, "placement")
    assert (one.low, one.high) == pytest.approx((4 / 1.08, 4 / 0.92), rel=1e-3)
    assert "6 of 6" in one.what
    assert value(made.number) == pytest.approx(4.0, rel=1e-3)


def test_a_move_that_leaves_the_pet_is_left_out() -> None:
    """The image ends at x = -120: a sphere of 16 mm around -100 may not go 8 mm further."""
    found = assess(study(volume(ON, slabs)), session(TUMOUR, ball(Role.MUSCLE, (-100, 0, 0), 16.0)))
    assert "5 of 6" in spread(ratio(found, "mean"), "placement").what


def test_voxels_of_another_program_do_not_move() -> None:
    inside = np.flatnonzero(np.linalg.norm(centres(ON) - (-92, 0, 0), axis=-1).ravel() < 14)
    muscle = roi(Role.MUSCLE, ImportedMask(ON, tuple(int(i) for i in inside)))
    made = ratio(assess(study(volume(ON, slabs)), session(TUMOUR, muscle)), "mean")
    assert value(made.number) == pytest.approx(4.0)
    assert made.spreads == ()


def test_a_side_within_noise_of_zero_gives_no_spread() -> None:
    x = centres(ON)[..., 0]
    flat = np.select([x < -40, x > 40], [1.0, 0.0], 4.0)
    pet = study(volume(ON, flat + np.random.default_rng(1).normal(0, 0.2, ON.shape)))
    sides = [ball(Role.MUSCLE, (x, 0, 0), 14.0, str(x)) for x in (-80, 80)]
    made = ratio(assess(pet, session(TUMOUR, *sides)), "mean")
    assert isinstance(made.number, Measurement)
    assert "left-right" not in {s.name for s in made.spreads}


@pytest.mark.parametrize("role", [Role.BRAIN, Role.BLOOD_POOL, Role.REFERENCE])
def test_a_reference_within_noise_of_zero_gives_no_ratio(role: Role) -> None:
    made = np.random.default_rng(0).normal(0.1, 1.0, ON.shape)
    found = assess(study(volume(ON, made)), session(TUMOUR, ball(role, (60, 0, 0), 14.0)))
    one = ratio(found, "mean", role)
    assert code(one.number).endswith("_near_zero")
    assert str(role) in getattr(one.number, "what", "")
    assert code(one.above) == code(one.number)


@pytest.mark.parametrize(("nuclide", "named"), [("64Cu", False), ("62Cu", True), ("60Cu", True)])
def test_a_small_tumour_doubts_every_kind_and_names_a_long_positron_range(nuclide: str, named: bool) -> None:
    given = copper(nuclide=nuclide, units="GML", slices=(SliceTime(SCAN, 600.0, None),) * 30)
    drawn = session(ball(Role.TUMOUR, (0, 0, 0), 14.9), MUSCLE)
    found = assess(study(volume(ON, slabs), given), drawn)
    for one in found.ratios:
        assert isinstance(one.number, Measurement)
        (doubt,) = (f for f in one.number.flags if f.code == "PARTIAL_VOLUME")
        assert ("positron range" in doubt.what) == named
    sharp = assess(study(volume(ON, slabs), given), session(*drawn.rois, resolution_mm=5.9))
    assert "PARTIAL_VOLUME" not in {f.code for h in sharp.hypoxic for f in h.flags}

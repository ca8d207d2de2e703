"""Regions that overlap: each voxel once, what they share by formula, and a muscle on a tumour."""

from __future__ import annotations

from dataclasses import replace
from weakref import ref

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Depth, MuscleQuality, Ratio
from atsmviewer.model.roi import Contour, ImportedMask, Prism, Role
from atsmviewer.quant.assess import assess
from atsmviewer.quant.overlap import once, shared_ml
from atsmviewer.quant.sample import region
from tests.quant.made import ball, grid, roi, session, study, value, volume
from tests.quant.rules import SCALE

ON = grid((30, 30, 60))
NOISE = study(volume(ON, np.random.default_rng(4).normal(1.0, 0.3, ON.shape)))
TUMOUR = ball(Role.TUMOUR, (60.0, 0, 0), 12.0)
AT = (-60.0, 0.0, 0.0)


def muscle(found: Assessment) -> MuscleQuality:
    (one,) = found.muscles
    return one


def ratio(found: Assessment) -> Ratio:
    one = found.ratio_of(TUMOUR.uid, "mean")
    assert one is not None
    return one


@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("laterality", ["", "L"])
@pytest.mark.parametrize("mask_rule", ["fraction", "centre"])
def test_a_muscle_drawn_twice_is_one_muscle(depth: Depth, laterality: str, mask_rule: str) -> None:
    drawn = [replace(ball(Role.MUSCLE, AT, 14.0, name), laterality=laterality) for name in "ab"]
    once, twice = (
        assess(NOISE, session(TUMOUR, *some, mask_rule=mask_rule), depth) for some in (drawn[:1], drawn)
    )
    assert value(muscle(twice).volume) == pytest.approx(value(muscle(once).volume), rel=1e-9)
    assert value(muscle(twice).cov) == pytest.approx(value(muscle(once).cov), rel=1e-9)
    for name in ("denominator", "low", "high"):
        assert getattr(ratio(twice), name) == pytest.approx(getattr(ratio(once), name), rel=1e-9)
    moved = [next((s for s in ratio(f).spreads if s.name == "placement"), None) for f in (once, twice)]
    if moved[0] is not None:
        assert moved[1] is not None
        assert (moved[1].low, moved[1].high) == pytest.approx((moved[0].low, moved[0].high), rel=1e-9)


def test_of_muscles_that_overlap_each_voxel_counts_once() -> None:
    """Two masks of 3 and 2 voxels with one in common: values 1, 2, 3 and 3, 6, so a mean of 12 / 4."""
    made = np.zeros(ON.shape)
    made[15, 15, 10:14] = (1.0, 2.0, 3.0, 6.0)
    first = int(np.ravel_multi_index((15, 15, 10), ON.shape))
    regions = [
        roi(Role.MUSCLE, ImportedMask(ON, tuple(range(first + a, first + b))), f"{a}")
        for a, b in ((0, 3), (2, 4))
    ]
    one = muscle(assess(study(volume(ON, made)), session(TUMOUR, *regions)))
    assert value(one.mean) == pytest.approx(3.0)
    assert value(one.volume) == pytest.approx(4 * ON.voxel_ml)
    spread = np.sqrt((4 + 1 + 0 + 9) / 4)
    assert value(one.cov) == pytest.approx(spread / 3)
    assert [side.volume_ml for side in one.sides] == pytest.approx([3 * ON.voxel_ml, 2 * ON.voxel_ml])


def test_three_in_a_chain_are_one_and_a_fourth_apart_is_added() -> None:
    """Balls of 10 mm at 0, 12 and 24 mm, the middle one drawn last, and one far away."""
    fine = grid((40, 40, 120), (1.5, 1.5, 1.5))
    places = (0.0, 24.0, 12.0, -60.0)
    regions = [ball(Role.MUSCLE, (x, 0, 0), 10.0, f"{x:g}") for x in places]
    one = muscle(assess(study(volume(fine, np.array(1.0))), session(*regions)))
    ball_ml = 4 * np.pi * 10**3 / 3000
    lens_ml = np.pi * (4 * 10 + 12) * (2 * 10 - 12) ** 2 / 12 / 1000
    assert value(one.volume) == pytest.approx(4 * ball_ml - 2 * lens_ml, rel=5e-3)


@pytest.mark.parametrize("mask_rule", ["fraction", "centre"])
def test_muscles_that_touch_are_two(mask_rule: str) -> None:
    """Two boxes of 20 x 20 x 12 mm that share a face within voxels: they have nothing in common."""
    (frame,) = NOISE.acquisitions[0].frames
    assert frame.volume is not None
    boxes = [box(x) for x in (-59.0, -39.0)]
    place = (ref(frame.volume), ref(SCALE), mask_rule)
    left, right = (region(one) for one in boxes)
    assert shared_ml(left, right, place) == 0.0
    assert shared_ml(left, left, place) == pytest.approx(20 * 20 * 12 / 1000, rel=0.3)
    assert len(once((left, right), place)) == 2
    assert len(once((left, right, left), place)) == 2


def box(x: float) -> Prism:
    corners = ((x, -9.0, 0.0), (x + 20, -9.0, 0.0), (x + 20, 11.0, 0.0), (x, 11.0, 0.0))
    return Prism((Contour(corners),), (0.0, 0.0, 1.0), 12.0)


@pytest.mark.parametrize(("away", "on"), [(12.0, True), (19.0, True), (21.0, False), (24.0, False)])
def test_a_muscle_on_a_tumour_is_flagged(away: float, on: bool) -> None:
    """Balls of 10 mm each: they overlap up to 20 mm apart."""
    fine = grid((40, 40, 60), (1.5, 1.5, 1.5))
    regions = ball(Role.TUMOUR, (0, 0, 0), 10.0), ball(Role.MUSCLE, (away, 0, 0), 10.0)
    found = assess(study(volume(fine, np.array(1.0))), session(*regions))
    said = [flag.what for flag in found.flags if flag.code == "MUSCLE_ON_TUMOUR"]
    assert bool(said) == on == ("MUSCLE_ON_TUMOUR" in {flag.code for flag in muscle(found).flags})
    if away == 12.0:
        lens_ml = np.pi * (4 * 10 + 12) * (2 * 10 - 12) ** 2 / 12 / 1000
        assert float(said[0].split(" ml")[0].split()[-1]) == pytest.approx(lens_ml, rel=0.15)


def test_a_muscle_in_what_is_taken_out_of_a_tumour_is_not_on_it() -> None:
    regions = ball(Role.TUMOUR, (0, 0, 0), 20.0), ball(Role.MUSCLE, (0, 0, 0), 10.0)
    hole = ball(Role.NECROSIS, (0, 0, 0), 12.0)
    flat = study(volume(ON, np.array(1.0)))
    assert "MUSCLE_ON_TUMOUR" in {flag.code for flag in assess(flat, session(*regions)).flags}
    assert "MUSCLE_ON_TUMOUR" not in {flag.code for flag in assess(flat, session(*regions, hole)).flags}

"""Booleans of shapes against volumes by formula and against points: lens, shell, touching parts (P9)."""

from __future__ import annotations

from weakref import ref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid, Vector
from atsmviewer.model.roi import Combined, Contour, ImportedMask, Isocontour, Prism, Shape, sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant.mask import mask
from atsmviewer.quant.sample import region, region_mask
from tests.quant.made import centres, grid, turned, volume

LATTICE = grid((40, 40, 40), (3.0, 4.0, 4.0), (0.3, -0.7, 1.1))
RULES = ["fraction", "centre"]
ROTATION = np.linalg.qr(np.random.default_rng(8).normal(size=(3, 3)))[0]
offset = st.floats(-2, 2)


def dense(shape: Shape, on: Grid = LATTICE, rule: str = "fraction") -> NDArray[np.float64]:
    made, full = mask(shape, on, rule), np.zeros(on.shape)
    full[made.box] = made.weights
    return full


def ml(shape: Shape, on: Grid = LATTICE, rule: str = "fraction") -> float:
    return float(dense(shape, on, rule).sum()) * on.voxel_ml


def ball_ml(radius: float) -> float:
    return 4 / 3 * np.pi * radius**3 / 1000


def lens_ml(radius: float, apart: float) -> float:
    """What two equal balls share: two caps of height radius - apart / 2."""
    return np.pi * (4 * radius + apart) * (2 * radius - apart) ** 2 / 12 / 1000


def box(low: Vector, high: Vector) -> Prism:
    """A box of one slab, edges along the axes."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    z = (z0 + z1) / 2
    return Prism((Contour(((x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z))),), (0.0, 0.0, 1.0), z1 - z0)


@settings(max_examples=25, deadline=None)
@given(offset, offset, offset, st.sampled_from([8.0, 15.0, 22.0, 30.0]))
def test_two_balls_share_a_lens(x: float, y: float, z: float, apart: float) -> None:
    balls = (sphere((x, y, z), 20.0), sphere((x + apart * 0.6, y + apart * 0.8, z), 20.0))
    lens, whole = lens_ml(20.0, apart), ball_ml(20.0)
    assert ml(Combined("intersection", balls)) == pytest.approx(lens, rel=5e-3)
    assert ml(Combined("union", balls)) == pytest.approx(2 * whole - lens, rel=1e-3)
    assert ml(Combined("difference", balls)) == pytest.approx(whole - lens, rel=5e-3)


@settings(max_examples=20, deadline=None)
@given(offset, offset, offset, st.floats(8.0, 16.0))
def test_a_shell_is_the_difference_of_concentric_balls(x: float, y: float, z: float, inner: float) -> None:
    shell = Combined("difference", (sphere((x, y, z), 20.0), sphere((x, y, z), inner)))
    assert ml(shell) == pytest.approx(ball_ml(20.0) - ball_ml(inner), rel=2e-3)


@settings(max_examples=25, deadline=None)
@given(st.floats(-9.0, 9.0), st.sampled_from(RULES), st.booleans())
def test_the_volume_of_touching_regions_adds(cut: float, rule: str, oblique: bool) -> None:
    """P9: two boxes that share a face anywhere in a voxel, also turned out of the axes of the grid."""
    left, right = box((-15, -11, -8), (cut, 13, 9)), box((cut, -11, -8), (17, 13, 9))
    on = turned(LATTICE, ROTATION) if oblique else LATTICE
    whole = ml(box((-15, -11, -8), (17, 13, 9)), on, rule)
    union = ml(Combined("union", (left, right)), on, rule)
    assert union == pytest.approx(ml(left, on, rule) + ml(right, on, rule), rel=1e-6)
    assert union == pytest.approx(whole, rel=2e-3 if oblique else 1e-6)
    assert ml(Combined("intersection", (left, right)), on, rule) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("rule", RULES)
def test_what_touches_a_region_takes_nothing_out_of_it(rule: str) -> None:
    """A bladder beside a tumour, their border through the middle of voxels; and a core within it."""
    pet, scale = volume(LATTICE, np.ones(())), Scale(Unit.SUV, (1.0,), "", None)
    tumour, bladder = box((-15, -11, -8), (1, 13, 9)), box((1, -11, -8), (17, 13, 9))
    core = sphere((-7, 0, 0), 6.0)
    whole, less = ml(tumour, rule=rule), ml(core, rule=rule)
    for out, left, tolerance in ((bladder, whole, 1e-6), (core, whole - less, 1e-3)):
        found = region_mask(region(tumour, [out]), ref(pet), ref(scale), rule)
        volume_ml = float(found.weights.sum(dtype=np.float64)) * LATTICE.voxel_ml
        assert volume_ml == pytest.approx(left, rel=tolerance)


def test_disjoint_balls_add() -> None:
    """P9, also where both cut one voxel."""
    for gap in (0.0, 0.5, 3.0):
        balls = (sphere((-12.0, 0.5, 0.2), 12.0), sphere((12.0 + gap, 0.5, 0.2), 12.0))
        assert ml(Combined("union", balls)) == pytest.approx(sum(map(ml, balls)), rel=2e-4)
        assert ml(Combined("intersection", balls)) < 1e-3


def test_weights_are_the_parts_of_voxels_inside() -> None:
    """Against 20³ points in every voxel; also of a boolean of booleans, a mask and a turned grid."""
    on = turned(grid((9, 9, 9), (3.0, 4.0, 5.0)), ROTATION)
    own = grid((7, 7, 7), (5.0, 5.0, 5.0))
    cross = [i for i in np.ndindex(7, 7, 7) if sum(j == 3 for j in i) >= 2]
    imported = ImportedMask(own, tuple(sorted(int(np.ravel_multi_index(i, (7, 7, 7))) for i in cross)))
    ball, slab = sphere((2.0, -1.0, 1.5), 9.0), box((-8, -8, -4), (8, 3, 6))
    shape = Combined(
        "union", (Combined("difference", (ball, slab)), Combined("intersection", (slab, imported)))
    )
    steps = (np.arange(20) + 0.5) / 20 - 0.5
    expected = np.zeros(on.shape)
    for ds in steps:
        plane = np.insert(np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2), 0, ds, axis=1)
        points = on.to_mm(np.moveaxis(np.indices(on.shape), 0, -1)[..., None, :] + plane)
        in_ball = np.linalg.norm(points - (2.0, -1.0, 1.5), axis=-1) <= 9.0
        in_slab = np.all((points >= (-8, -8, -4)) & (points < (8, 3, 6)), axis=-1)
        at = np.floor(own.to_index(points) + 0.5)
        in_cross = ((at == 3).sum(-1) >= 2) & np.all((at >= 0) & (at < 7), axis=-1)
        expected += ((in_ball & ~in_slab) | (in_slab & in_cross)).mean(-1) / 20
    got = dense(shape, on)
    assert np.abs(got - expected).max() < 0.12
    assert np.sqrt(np.mean((got - expected) ** 2)) < 0.015
    assert got.sum() == pytest.approx(expected.sum(), rel=5e-3)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["union", "intersection", "difference"]), st.integers(0, 999))
def test_by_the_centre_rule_centres_are_counted(operation: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    middles, radii = rng.uniform(-15, 15, (3, 3)), rng.uniform(8, 20, 3)
    balls = tuple(sphere((m[0], m[1], m[2]), float(r)) for m, r in zip(middles, radii, strict=True))
    held = [np.linalg.norm(centres(LATTICE) - m, axis=-1) <= r for m, r in zip(middles, radii, strict=True)]
    one, two, three = held
    expected = {
        "union": one | two | three,
        "intersection": one & two & three,
        "difference": one & ~two & ~three,
    }
    assert np.array_equal(dense(Combined(operation, balls), rule="centre"), expected[operation])


@settings(max_examples=20, deadline=None)
@given(offset, offset, offset, st.floats(0.0, 40.0), st.sampled_from(RULES))
def test_parts_lie_in_the_whole(x: float, y: float, z: float, apart: float, rule: str) -> None:
    """P8, voxel by voxel."""
    one, two = sphere((x, y, z), 14.0), sphere((x + apart, y, z), 11.0)
    both, either = (dense(Combined(op, (one, two)), rule=rule) for op in ("intersection", "union"))
    for part in (dense(one, rule=rule), dense(two, rule=rule)):
        assert (both - part).max() <= 1e-6
        assert (part - either).max() <= 1e-6
    left = dense(Combined("difference", (one, two)), rule=rule)
    assert np.abs(left + both - dense(one, rule=rule)).max() < 0.1
    assert (left.sum() + both.sum()) == pytest.approx(dense(one, rule=rule).sum(), rel=2e-3)


def test_what_lies_outside_the_image_is_said() -> None:
    inside, beyond = sphere((0, 0, 0), 10.0), sphere((0, 0, 60.0), 10.0)
    assert mask(Combined("union", (inside, beyond)), LATTICE, "fraction").clipped
    assert not mask(Combined("difference", (inside, beyond)), LATTICE, "fraction").clipped
    nothing = mask(Combined("intersection", (inside, beyond)), LATTICE, "fraction")
    assert (nothing.weights.size, nothing.clipped) == (0, False)


def test_a_boolean_of_one_is_that_one_and_an_unknown_one_is_refused() -> None:
    ball = sphere((1.0, 2.0, 3.0), 13.0)
    for operation in ("union", "intersection", "difference"):
        assert np.array_equal(dense(Combined(operation, (ball,))), dense(ball))
    for bad in (Combined("xor", (ball, ball)), Combined("union", ())):
        with pytest.raises(ReviewError, match="SHAPE_INVALID"):
            mask(bad, LATTICE, "fraction")


def test_a_rule_needs_a_pet() -> None:
    rule = Isocontour(sphere((0, 0, 0), 10.0), "percent_max", 41.0, "1.2.3.4")
    for shape in (rule, Combined("union", (sphere((0, 0, 0), 5.0), rule))):
        with pytest.raises(ReviewError, match="RULE_NEEDS_PET"):
            mask(shape, LATTICE, "fraction")

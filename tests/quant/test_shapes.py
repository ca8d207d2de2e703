"""What holds for every shape on any grid: volume, parts, ties, subsets, turning (O20, O21, P6, P8, P15)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid, Vector, vector
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, ImportedMask, Prism, Shape, sphere
from atsmviewer.quant import combined, ellipsoid, imported, oblique, polygon
from atsmviewer.quant.mask import mask
from tests.quant.made import centres, grid, turned

seeds = st.integers(0, 2**31)
rules = st.sampled_from(["fraction", "centre"])
shifts = st.tuples(*[st.floats(-3, 3)] * 3)
spacings = st.sampled_from([(3.0, 4.0, 4.0), (5.0, 4.0, 4.0), (3.27, 4.07, 4.07)])


def rotation(seed: int) -> NDArray[np.float64]:
    """A rotation, never a mirror."""
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return np.asarray(turn * np.sign(np.linalg.det(turn)))


def lattice(spacing: Vector, middle: Vector = (0.0, 0.0, 0.0)) -> Grid:
    """A grid of about 90 mm to each side."""
    s, r, c = (int(90 / step) for step in spacing)
    return grid((s, r, c), spacing, middle)


def dense(shape: Shape, on: Grid, rule: str = "fraction") -> NDArray[np.float64]:
    made, full = mask(shape, on, rule), np.zeros(on.shape)
    full[made.box] = made.weights
    return full


def ml(shape: Shape, on: Grid, rule: str = "fraction") -> float:
    return float(dense(shape, on, rule).sum()) * on.voxel_ml


def ring(radius: float, z: float, turn: NDArray[np.float64], n: int = 90) -> Contour:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(n, z)], axis=1) @ turn.T
    return Contour(tuple(vector(point) for point in points))


def tube(outer: float, inner: float, turn: NDArray[np.float64], planes: int = 9, step: float = 3.0) -> Prism:
    """A cylinder with a hole along its axis, turned about the origin."""
    heights = (np.arange(planes) - (planes - 1) / 2) * step
    contours = tuple(ring(radius, float(z), turn) for z in heights for radius in (outer, inner))
    return Prism(contours, vector(turn[:, 2]), step)


def tube_ml(outer: float, inner: float, planes: int = 9, step: float = 3.0) -> float:
    """Of regular polygons of 90 corners."""
    return 45 * math.sin(2 * math.pi / 90) * (outer**2 - inner**2) * planes * step / 1000


def voxels(radius: float, turn: NDArray[np.float64], spacing: Vector = (2.0, 1.0, 1.0)) -> ImportedMask:
    """A ball of another program's voxels, on a turned grid of its own."""
    own = turned(lattice(spacing), turn)
    held = np.linalg.norm(centres(own), axis=-1) <= radius
    return ImportedMask(own, tuple(np.flatnonzero(held).tolist()))


@settings(max_examples=20, deadline=None)
@given(shifts, seeds, spacings, st.floats(12.0, 30.0), st.floats(0.2, 0.8))
@example((0.0, 0.0, 0.0), 104, (3.27, 4.07, 4.07), 12.0, 0.5)  # its faces run along the lines: 0.3 %
def test_turned_prisms_with_holes_keep_their_volume(
    middle: Vector, seed: int, spacing: Vector, outer: float, part: float
) -> None:
    """R41: 0.5 %."""
    shape = tube(outer, part * outer, rotation(seed))
    expected = tube_ml(outer, part * outer)
    assert ml(shape, lattice(spacing, middle)) == pytest.approx(expected, rel=5e-3)


@settings(max_examples=15, deadline=None)
@given(shifts, seeds, spacings, st.floats(7.0, 25.0))
def test_another_programs_voxels_keep_their_volume(
    middle: Vector, seed: int, spacing: Vector, radius: float
) -> None:
    """R41, O20: 0.5 % from 1 ml on, however the two grids are turned."""
    shape = voxels(radius, rotation(seed))
    source = len(shape.voxels) * shape.grid.voxel_ml
    assert source > 1.0
    assert ml(shape, lattice(spacing, middle)) == pytest.approx(source, rel=5e-3)


@settings(max_examples=50, deadline=None)
@given(seeds, st.tuples(*[st.floats(0.5, 6.0)] * 3), st.tuples(*[st.floats(-500, 500)] * 3))
def test_index_to_mm_and_back_is_the_identity(seed: int, spacing: Vector, middle: Vector) -> None:
    """O21."""
    on = turned(grid((50, 60, 70), spacing, middle), rotation(seed), (17.0, -300.0, 5.0))
    index = np.random.default_rng(seed).uniform(-0.5, 70, (20, 3))
    assert np.abs(on.to_index(on.to_mm(index)) - index).max() < 1e-9 * 70
    assert np.abs(on.to_mm(on.to_index(on.to_mm(index))) - on.to_mm(index)).max() < 1e-9 * 1000


def subdivided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many parts along each axis, everywhere."""
    monkeypatch.setattr(ellipsoid, "_PART", ellipsoid._PART / 2)
    monkeypatch.setattr(ellipsoid, "_FEWEST", 2 * ellipsoid._FEWEST)
    monkeypatch.setattr(ellipsoid, "_MOST", 2 * ellipsoid._MOST)
    monkeypatch.setattr(polygon, "_LINES", 2 * polygon._LINES)
    monkeypatch.setattr(oblique, "_FINEST_MM", oblique._FINEST_MM / 2)
    monkeypatch.setattr(oblique, "_LINES", 4 * oblique._LINES)
    for name in ("_PER_VOXEL", "_FEWEST", "_MOST"):
        monkeypatch.setattr(imported, name, 2 * getattr(imported, name))
    monkeypatch.setattr(combined, "_PARTS", 2 * combined._PARTS)


OBLIQUE = rotation(7)


@pytest.mark.parametrize(
    "shape",
    [
        sphere((0.3, -0.4, 1.2), 10.0),
        sphere((0.3, -0.4, 1.2), 30.0),
        Ellipsoid((1.0, 0.5, -0.7), (10.0, 15.0, 22.0), tuple(OBLIQUE.ravel().tolist())),
        tube(20.0, 8.0, np.eye(3)),
        tube(20.0, 8.0, OBLIQUE),
        voxels(15.0, np.eye(3)),
        voxels(15.0, OBLIQUE),
        Combined("union", (sphere((0, 0, 0), 15.0), sphere((9.0, 11.0, 4.0), 13.0))),
        Combined("difference", (sphere((0, 0, 0), 20.0), tube(8.0, 3.0, OBLIQUE))),
    ],
)
def test_twice_the_parts_change_the_volume_by_less_than_a_thousandth(
    shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P15. The second grid is larger at its end, so that nothing remembered answers for it."""
    spacing = (3.0, 4.0, 4.0)
    coarse = ml(shape, grid((30, 26, 26), spacing))
    subdivided(monkeypatch)
    fine = ml(shape, grid((32, 28, 28), spacing))
    assert coarse == pytest.approx(fine, rel=1e-3)
    assert coarse != fine or isinstance(shape, ImportedMask)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-14, 14), min_size=3, max_size=3, unique=True), st.integers(0, 2), rules)
def test_slabs_that_touch_tile_wherever_they_touch(cuts: list[int], axis: int, rule: str) -> None:
    """Faces through voxel centres and between voxels, along each axis: each voxel has one slab (R20)."""
    on = grid((14, 12, 12), (3.0, 4.0, 4.0))
    low, middle, high = (1.5 * cut if axis == 2 else 2.0 * cut for cut in sorted(cuts))

    def slab(start: float, end: float) -> Prism:
        ends = [[-10.0, 10.0], [-10.0, 10.0], [-9.0, 9.0]]
        ends[axis] = [start, end]
        (x0, x1), (y0, y1), (z0, z1) = ends
        z = (z0 + z1) / 2
        return Prism((Contour(((x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z))),), (0, 0, 1.0), z1 - z0)

    one, two, both = (dense(slab(*ends), on, rule) for ends in ((low, middle), (middle, high), (low, high)))
    assert np.abs(one + two - both).max() < 1e-6
    if rule == "centre":
        assert np.minimum(one, two).max() == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.floats(0.7, 5.5), st.integers(0, 2), seeds)
def test_a_centre_on_the_surface_is_inside_on_both_sides(
    steps: int, step: float, axis: int, seed: int
) -> None:
    """Rounding decides nothing: a radius of whole voxels, on a grid turned anyhow (R20, IBSI)."""
    on = turned(grid((21, 21, 21), (step, step, step)), rotation(seed))
    x, y, z = on.to_mm(np.full(3, 10.0))
    held = dense(sphere((x, y, z), steps * step), on, "centre")
    line = np.moveaxis(held, axis, 0)[:, 10, 10]
    assert np.flatnonzero(line).tolist() == list(range(10 - steps, 11 + steps))


@settings(max_examples=25, deadline=None)
@given(seeds, rules, st.tuples(*[st.floats(6.0, 25.0)] * 3), shifts)
def test_a_shape_that_turns_with_its_grid_keeps_its_weights(
    seed: int, rule: str, radii: Vector, middle: Vector
) -> None:
    """P6."""
    turn, on = rotation(seed), grid((24, 24, 24), (3.0, 4.0, 4.5))
    axes = rotation(seed + 1)
    one = Ellipsoid(middle, radii, tuple(axes.ravel().tolist()))
    other = Ellipsoid(vector(turn @ np.array(middle)), radii, tuple((axes @ turn.T).ravel().tolist()))
    before, after = dense(one, on, rule), dense(other, turned(on, turn), rule)
    assert np.abs(before - after).max() < 1e-5


@settings(max_examples=8, deadline=None)
@given(seeds, rules, spacings, st.floats(0.3, 0.95))
def test_what_lies_inside_weighs_no_more(seed: int, rule: str, spacing: Vector, part: float) -> None:
    """P8 for prisms, imported voxels and ellipsoids that are turned; to the error of one part of a voxel."""
    turn, on = rotation(seed), lattice(spacing)
    axes = tuple(turn.ravel().tolist())
    pairs: list[tuple[Shape, Shape]] = [
        (tube(24.0 * part, 2.0, turn, 5), tube(24.0, 2.0, turn, 5)),
        (voxels(20.0 * part, turn, (4.0, 4.0, 4.0)), voxels(20.0, turn, (4.0, 4.0, 4.0))),
        (
            Ellipsoid((0, 0, 0), (9 * part, 14 * part, 22 * part), axes),
            Ellipsoid((0, 0, 0), (9, 14, 22), axes),
        ),
    ]
    for inner, outer in pairs:
        small, large = dense(inner, on, rule), dense(outer, on, rule)
        assert (small - large).max() < 0.01
        assert small.sum() <= large.sum()

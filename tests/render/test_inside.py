"""Inside by brute force: quadratic form, even-odd rule point by point, nearest voxel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.roi import (
    OPERATIONS,
    Combined,
    Contour,
    Ellipsoid,
    ImportedMask,
    Isocontour,
    Prism,
    Shape,
    sphere,
)
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.hottest import hottest_in
from atsmviewer.render.inside import bounds_mm, depth, drawn_as, inside, px_box
from atsmviewer.render.raster import Plane, Raster, field_raster
from tests.render.made import axial

RASTERS = [field_raster(plane, (0.11, 0.23, 0.37), (50.0, 44.0), 1.0) for plane in Plane]
RASTERS.append(Raster((-9, -17, -19), (0.64, 0.48, 0.6), (-0.6, 0.8, 0.0), (40, 45)))
STAR = tuple(
    ((9 if k % 2 else 20) * np.cos(k * 0.6283), (9 if k % 2 else 20) * np.sin(k * 0.6283)) for k in range(10)
)


def star(z: float, size: float = 1.0) -> Contour:
    return Contour(tuple((float(x) * size, float(y) * size, z) for x, y in STAR))


PRISM = Prism((star(-3.0), star(0.0), star(0.0, 0.3), star(6.0, 0.8)), (0.0, 0.0, 1.0), 3.0)


def in_polygon(x: float, y: float, points: list[tuple[float, float]]) -> bool:
    """Crossings of the ray to +x, one point at a time."""
    crossed = False
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            crossed = not crossed
    return crossed


def in_prism(point: tuple[float, float, float], shape: Prism) -> bool:
    for z in {c.points_mm[0][2] for c in shape.contours}:
        here = [c for c in shape.contours if c.points_mm[0][2] == z]
        parity = sum(in_polygon(point[0], point[1], [p[:2] for p in c.points_mm]) for c in here) % 2
        if abs(point[2] - z) <= shape.thickness_mm / 2 and parity:
            return True
    return False


@pytest.mark.parametrize("raster", RASTERS)
def test_prism_by_even_odd_rule(raster: Raster) -> None:
    rows, columns = raster.shape
    expected = [[in_prism(raster.to_mm(x, y), PRISM) for x in range(columns)] for y in range(rows)]
    found = inside(PRISM, raster)
    assert found.sum() > 20
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(depth(PRISM, raster) > 0, expected)


@pytest.mark.parametrize("raster", RASTERS)
def test_ellipsoid_by_its_equation(raster: Raster) -> None:
    shape = Ellipsoid((1, 2, 3), (12, 7, 15), (0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1))
    axes = np.array(shape.axes).reshape(3, 3)
    found = inside(shape, raster)
    assert found.sum() > 20
    for y, x in np.ndindex(raster.shape):
        unit = axes @ np.subtract(raster.to_mm(x, y), shape.centre_mm) / shape.radii_mm
        assert found[y, x] == (unit @ unit < 1)


TILTED = Ellipsoid((1, 2, 3), (12, 7, 15), (0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1))
BALL = sphere((6.0, 1.0, 2.0), 9.0)


@pytest.mark.parametrize("raster", RASTERS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_boolean_is_that_of_its_parts_at_every_pixel(operation: str, raster: Raster) -> None:
    one, two, three = (inside(part, raster) for part in (TILTED, BALL, PRISM))
    expected = {
        "union": one | two | three,
        "intersection": one & two & three,
        "difference": one & ~(two | three),
    }[operation]
    shape = Combined(operation, (TILTED, BALL, PRISM))
    np.testing.assert_array_equal(inside(shape, raster), expected)
    np.testing.assert_array_equal(depth(shape, raster) > 0, expected)


def test_a_rule_is_drawn_as_its_voxels_or_as_all_that_it_may_reach() -> None:
    rule = Isocontour(TILTED, "percent_max", 41.0, "1.2")
    voxels = ImportedMask(axial((2, 2, 2), (3.0, 2.0, 2.0), (0, 0, 0)), (0, 3))
    assert drawn_as(rule, voxels) is voxels
    assert drawn_as(Combined("union", (rule, BALL)), voxels) is voxels
    assert drawn_as(rule, None) is rule
    assert drawn_as(TILTED, voxels) is TILTED
    raster = RASTERS[0]
    np.testing.assert_array_equal(inside(rule, raster), inside(TILTED, raster))
    np.testing.assert_array_equal(depth(rule, raster), depth(TILTED, raster))


def test_depth_of_a_sphere_is_its_distance_in_px() -> None:
    raster = field_raster(Plane.AXIAL, (0, 0, 0), (40.0, 40.0), 0.5)
    x, y, _ = raster.to_px((3.25, 0.25, 0))
    found = depth(sphere((0.25, 0.25, 0), 10.0), raster)
    assert found[round(y), round(x)] == pytest.approx((10 - 3) / 0.5)


def test_mask_in_its_own_slice_is_its_voxels() -> None:
    where = axial((4, 9, 9), (2.0, 2.0, 2.0), (-8, -8, -3))
    made = np.random.default_rng(5).random(where.shape) > 0.6
    mask = ImportedMask(where, tuple(int(v) for v in np.flatnonzero(made)))
    raster = Raster((-8, -8, 1.0), (2, 0, 0), (0, 2, 0), (9, 9))
    np.testing.assert_array_equal(inside(mask, raster), made[2])


SHAPES: list[Shape] = [
    PRISM,
    TILTED,
    *(Combined(operation, (TILTED, BALL)) for operation in OPERATIONS),
    Combined("intersection", (TILTED, sphere((50.0, 0.0, 0.0), 5.0))),
    Isocontour(BALL, "percent_max", 41.0, "1.2"),
]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(RASTERS), st.floats(-20, 20))
def test_box_of_a_shape_misses_nothing(shape: Shape, raster: Raster, off: float) -> None:
    x, y, z = np.array(raster.origin_mm) + off * raster.normal
    moved = Raster((x, y, z), raster.right_mm, raster.down_mm, raster.shape)
    whole = inside(shape, moved)
    box = px_box(shape, moved)
    if box is None:
        assert not whole.any()
        return
    rows, columns = box.raster.shape
    window = (slice(box.y, box.y + rows), slice(box.x, box.x + columns))
    np.testing.assert_array_equal(inside(shape, box.raster), whole[window])
    assert whole.sum() == whole[window].sum()


def test_bounds_of_each_shape() -> None:
    low, high = bounds_mm(Ellipsoid((1, 2, 3), (5, 2, 4), (0, 1, 0, -1, 0, 0, 0, 0, 1)))
    assert (*low, *high) == pytest.approx((-1, -3, -1, 3, 7, 7))
    low, high = bounds_mm(PRISM)
    assert (low[2], high[2]) == (-4.5, 7.5)
    low, high = bounds_mm(ImportedMask(axial((2, 2, 2), (3.0, 2.0, 2.0), (0, 0, 0)), (0, 3)))
    assert (*low, *high) == pytest.approx((-1, -1, -1.5, 3, 3, 1.5))


def test_bounds_of_booleans_and_rules() -> None:
    one, two, away = sphere((0, 0, 0), 5.0), sphere((4.0, 0, 0), 3.0), sphere((20.0, 0, 0), 2.0)
    for operation, expected in (
        ("union", (-5, -5, -5, 7, 5, 5)),
        ("intersection", (1, -3, -3, 5, 3, 3)),
        ("difference", (-5, -5, -5, 5, 5, 5)),
    ):
        low, high = bounds_mm(Combined(operation, (one, two)))
        assert (*low, *high) == pytest.approx(expected)
    low, high = bounds_mm(Combined("intersection", (one, away)))
    assert np.all(low <= high)
    low, high = bounds_mm(Isocontour(one, "percent_max", 41.0, "1.2"))
    assert (*low, *high) == pytest.approx((-5, -5, -5, 5, 5, 5))


def test_hottest_voxel_in_a_shape_by_brute_force() -> None:
    where = axial((9, 12, 12), (3.0, 2.0, 2.0), (-11, -11, -12))
    made = np.random.default_rng(2).random(where.shape, np.float32)
    made[4, 6, 6] = np.nan
    shape = sphere((1.0, -1.0, 2.0), 7.0)
    centres = where.to_mm(np.moveaxis(np.indices(where.shape).astype(np.float64), 0, -1))
    distance = np.linalg.norm(centres - np.array(shape.centre_mm), axis=-1)
    best = np.unravel_index(np.nanargmax(np.where(distance < 7.0, made, -1)), where.shape)
    assert hottest_in(shape, Volume(where, made, Unit.SUV, "")) == pytest.approx(tuple(centres[best]))


def test_the_hottest_voxel_of_a_boolean_is_not_in_what_is_cut_out() -> None:
    where = axial((9, 12, 12), (3.0, 2.0, 2.0), (-11, -11, -12))
    made = np.zeros(where.shape, np.float32)
    made[4, 6, 6], made[4, 6, 9] = 9.0, 5.0  # at (1, 1, 0) and (7, 1, 0)
    shape = Combined("difference", (sphere((0, 0, 0), 10.0), sphere((0, 0, 0), 3.0)))
    assert hottest_in(shape, Volume(where, made, Unit.SUV, "")) == pytest.approx((7.0, 1.0, 0.0))


def test_no_hottest_voxel_outside_the_volume() -> None:
    made = Volume(axial(), np.ones(axial().shape, np.float32), Unit.SUV, "")
    assert hottest_in(sphere((0, 0, 300), 5.0), made) is None
    assert hottest_in(sphere((0.1, 0.1, 0.1), 0.01), made) is None

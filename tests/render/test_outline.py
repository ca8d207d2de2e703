"""Outlines by geometry: circles, ellipses, drawn squares with a hole, imported voxels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.roi import Combined, Contour, Ellipsoid, ImportedMask, Prism, sphere
from atsmviewer.render.outline import Polyline, contour, outlines
from atsmviewer.render.raster import Plane, Raster, field_raster
from tests.render.made import axial

FIELD = (100.0, 120.0)


def square(z: float, half: float) -> Contour:
    return Contour(((-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)))


HOLED = Prism((square(0, 20.0), square(0, 8.0), square(3, 20.0)), (0.0, 0.0, 1.0), 3.0)


def area_px(lines: tuple[Polyline, ...]) -> float:
    """Even-odd area of nested polylines by the shoelace formula, holes turning the other way or not."""
    areas = []
    for line in lines:
        x, y = line.T
        areas.append(abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2)
    areas.sort(reverse=True)
    return areas[0] - sum(areas[1:]) if areas else 0.0


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("off", [0.0, 4.0, 19.0])
def test_sphere_cuts_as_a_circle_of_known_radius(plane: Plane, off: float) -> None:
    raster = field_raster(plane, (1.0, 2.0, 3.0), FIELD, 0.5)
    centre = np.array((1.0, 2.0, 3.0)) + off * raster.normal + 5 * np.array(raster.right_mm)
    (line,) = outlines(sphere((centre[0], centre[1], centre[2]), 20.0), raster)
    x, y, _ = raster.to_px((centre[0], centre[1], centre[2]))
    np.testing.assert_allclose(np.hypot(*(line - (x, y)).T) * 0.5, np.sqrt(400 - off**2), rtol=1e-9)


def test_sphere_beside_the_plane_has_no_outline() -> None:
    assert outlines(sphere((0, 0, 20.001), 20.0), field_raster(Plane.AXIAL, (0, 0, 0), FIELD, 1.0)) == ()


@settings(max_examples=50)
@given(st.tuples(*[st.floats(3, 30)] * 3), st.floats(0, 6.3), st.tuples(*[st.floats(-2, 2)] * 3))
def test_every_point_of_an_ellipse_is_on_the_ellipsoid(
    radii: tuple[float, float, float], turn: float, centre: tuple[float, float, float]
) -> None:
    c, s = np.cos(turn), np.sin(turn)
    shape = Ellipsoid(centre, radii, (c, s, 0, -s * 0.6, c * 0.6, 0.8, s * 0.8, -c * 0.8, 0.6))
    raster = Raster((0, 0, 0), (0.48, 0.64, 0.0), (-0.32, 0.24, 0.6928), (50, 50))
    axes = np.array(shape.axes).reshape(3, 3)
    for line in outlines(shape, raster):
        for x, y in line:
            unit = axes @ np.subtract(raster.to_mm(x, y), centre) / radii
            assert float(unit @ unit) == pytest.approx(1.0, abs=1e-6)


def test_drawn_contours_come_back_as_drawn() -> None:
    raster = field_raster(Plane.AXIAL, (0, 0, 1.2), FIELD, 0.5)
    outer, hole = outlines(HOLED, raster)
    assert outer[0] == pytest.approx(raster.to_px((-20, -20, 1.2))[:2])
    assert hole[2] == pytest.approx(raster.to_px((8, 8, 1.2))[:2])
    assert area_px((outer, hole)) * 0.25 == pytest.approx(1600 - 256)


@pytest.mark.parametrize(("z", "count"), [(-1.6, 0), (-1.4, 2), (1.4, 2), (1.6, 1), (4.4, 1), (4.6, 0)])
def test_contours_reach_half_a_spacing(z: float, count: int) -> None:
    assert len(outlines(HOLED, field_raster(Plane.AXIAL, (0, 0, z), FIELD, 1.0))) == count


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_prism_crossed_by_a_plane(plane: Plane) -> None:
    # 40 mm wide and 6 mm high, with a hole 16 mm wide in the lower half; no pixel centre on a face
    lines = outlines(HOLED, field_raster(plane, (0.03, 0.03, 0.03), FIELD, 0.2))
    assert area_px(lines) * 0.04 == pytest.approx(40 * 6 - 16 * 3, rel=0.02)


def test_imported_mask_is_outlined_at_half_weight() -> None:
    where = axial((12, 12, 12), (2.0, 2.0, 2.0), (-11.0, -11.0, -11.0))
    filled = np.zeros(where.shape)
    filled[4:8, 3:9, 2:10] = 1
    mask = ImportedMask(where, tuple(int(v) for v in np.flatnonzero(filled)))
    (line,) = outlines(mask, field_raster(Plane.AXIAL, (0, 0, -1.0), (40, 40), 0.1))
    low, high = line.min(axis=0) * 0.1 - 19.95, line.max(axis=0) * 0.1 - 19.95
    # voxel faces: columns 2 to 9 span -8 to 8 mm, rows 3 to 8 span -6 to 6 mm
    assert (*low, *high) == pytest.approx((-8, -6, 8, 6), abs=0.02)
    assert outlines(mask, field_raster(Plane.AXIAL, (0, 0, 4.5), (40, 40), 0.1)) == ()


def test_a_lens_is_outlined_by_two_arcs() -> None:
    """Two circles of 20 mm whose centres lie 24 mm apart share 2 (r² acos(d/2r) - d/4 √(4r² - d²)) mm²."""
    raster = field_raster(Plane.AXIAL, (0, 0, 0), FIELD, 0.5)
    balls = (sphere((-12.0, 0, 0), 20.0), sphere((12.0, 0, 0), 20.0))
    lens = 2 * (400 * np.arccos(0.6) - 6 * np.sqrt(1600 - 576))
    for operation, area in (
        ("intersection", lens),
        ("union", 2 * np.pi * 400 - lens),
        ("difference", np.pi * 400 - lens),
    ):
        (line,) = outlines(Combined(operation, balls), raster)
        assert area_px((line,)) * 0.25 == pytest.approx(area, rel=5e-3)
        points = np.array([raster.to_mm(x, y) for x, y in line])
        off = [np.abs(np.linalg.norm(points - ball.centre_mm, axis=1) - 20.0) for ball in balls]
        assert np.min(off, axis=0).max() < 0.25  # half a pixel, at the corners where the arcs meet


def test_what_is_cut_out_of_the_middle_is_a_hole() -> None:
    raster = field_raster(Plane.CORONAL, (0, 0, 0), FIELD, 0.5)
    shell = Combined("difference", (sphere((0, 0, 0), 20.0), sphere((0, 0, 0), 11.0)))
    lines = outlines(shell, raster)
    assert len(lines) == 2
    assert area_px(lines) * 0.25 == pytest.approx(np.pi * (400 - 121), rel=2e-3)


def test_unchanged_shape_and_raster_are_remembered() -> None:
    shape, raster = sphere((0, 0, 0), 9.0), field_raster(Plane.AXIAL, (0, 0, 0), FIELD, 1.0)
    assert outlines(shape, raster) is outlines(shape, raster)


def test_contour_closes_at_the_edge_of_the_field() -> None:
    (line,) = contour(np.ones((4, 6), np.float32), 10, 20)
    # closed half a pixel beyond the outer centres
    assert (*line.min(axis=0), *line.max(axis=0)) == pytest.approx((9.5, 19.5, 15.5, 23.5))

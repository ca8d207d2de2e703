"""Pixels lie where the geometry says, and the letters follow from direction cosines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.render.raster import (
    Plane,
    Raster,
    field_raster,
    letters,
    plane_raster,
    position_label,
    slice_of,
    slice_raster,
    step_mm,
)
from tests.render.made import axial, grid

coordinate = st.floats(-500, 500)


@pytest.mark.parametrize(
    ("plane", "expected"),
    [
        (Plane.AXIAL, ("R", "L", "A", "P")),
        (Plane.CORONAL, ("R", "L", "S", "I")),
        (Plane.SAGITTAL, ("A", "P", "S", "I")),
    ],
)
def test_letters_are_radiological(plane: Plane, expected: tuple[str, str, str, str]) -> None:
    assert letters(plane_raster(plane, (0, 0, 0), [axial()])) == expected


def test_letters_follow_the_cosines_of_a_flipped_raster() -> None:
    assert letters(Raster((0, 0, 0), (-1, 0.1, 0), (0, 0.2, 3), (4, 4))) == ("L", "R", "I", "S")


def test_raster_covers_the_union_with_square_pixels() -> None:
    near, far = axial(), axial(origin=(11.0, -7.0, -7.5))
    raster = plane_raster(Plane.AXIAL, (0, 0, 2.5), [near, far], max_px=400)
    # x from -10 to 30 mm over 400 pixels, y from -8 to 8 mm
    assert raster.right_mm == pytest.approx((0.1, 0, 0))
    assert raster.down_mm == pytest.approx((0, 0.1, 0))
    assert raster.shape == (160, 400)
    assert raster.origin_mm == pytest.approx((-9.95, -7.95, 2.5))


def test_own_pixels_of_a_ct_coincide_with_its_voxels() -> None:
    ct = axial((5, 16, 16), (3.0, 0.7, 0.7), (-4.0, 3.0, 1.0))
    raster = plane_raster(Plane.AXIAL, (0, 0, 4.0), [ct], max_px=16)
    assert raster.shape == (16, 16)
    assert raster.to_mm(5, 3) == pytest.approx(tuple(ct.to_mm(np.array([1.0, 3, 5]))))


def test_unchanged_plane_gives_an_equal_raster() -> None:
    here, there = ((plane_raster(Plane.CORONAL, (x, 3.0, x), [axial()])) for x in (1.0, 2.0))
    assert here == there
    assert hash(here) == hash(there)


def test_coronal_head_is_up() -> None:
    raster = plane_raster(Plane.CORONAL, (0, 1.0, 0), [axial()])
    assert raster.to_mm(0, 0)[2] > raster.to_mm(0, 5)[2]
    assert raster.to_mm(0, 0)[1] == 1.0


@given(st.tuples(coordinate, coordinate, coordinate), coordinate, coordinate, st.floats(-40, 40))
def test_mm_and_px_are_inverse(origin: tuple[float, float, float], x: float, y: float, off: float) -> None:
    raster = Raster(origin, (0.8, 0.6, 0.0), (-0.36, 0.48, 0.8), (10, 10))
    point = np.array(raster.to_mm(x, y)) + off * raster.normal
    assert raster.to_px((point[0], point[1], point[2])) == pytest.approx((x, y, off), abs=1e-6)
    assert raster.points_to_px(point[None])[0] == pytest.approx((x, y, off), abs=1e-6)


def test_field_is_centred() -> None:
    raster = field_raster(Plane.SAGITTAL, (1, 2, 3), (40.0, 60.0), 0.5)
    assert raster.shape == (80, 120)
    assert raster.to_px((1, 2, 3)) == pytest.approx((59.5, 39.5, 0))


def test_slice_raster_is_the_native_lattice() -> None:
    where = grid((4, 5, 6), np.array([[0.1, 2, 0], [0, 0.3, 2.5], [3, 0, 0.2]]), (1, 2, 3))
    raster = slice_raster(where, 2)
    assert raster.shape == (5, 6)
    assert raster.to_mm(4, 3) == pytest.approx(tuple(where.to_mm(np.array([2.0, 3, 4]))))


@pytest.mark.parametrize(
    ("z", "label"),
    [(-812.0, "z \N{MINUS SIGN}812.0 mm"), (16.24, "z 16.2 mm"), (-0.04, "z 0.0 mm"), (0.0, "z 0.0 mm")],
)
def test_position_label_has_a_true_minus(z: float, label: str) -> None:
    assert position_label(Plane.AXIAL, (1.0, 2.0, z)) == label


def test_position_label_names_the_axis_across() -> None:
    assert position_label(Plane.CORONAL, (1.0, 2.0, 3.0)) == "y 2.0 mm"
    assert position_label(Plane.SAGITTAL, (105.2, 2.0, 3.0)) == "x 105.2 mm"


def test_one_step_is_one_native_slice() -> None:
    where = axial(spacing=(3.27, 4.0, 5.0))
    assert [step_mm(plane, where) for plane in Plane] == pytest.approx([3.27, 4.0, 5.0])
    sagittal_scan = grid((4, 5, 6), np.array([[-2, 0, 0], [0, 0, 1], [0, -1, 0.0]]), (0, 0, 0))
    assert step_mm(Plane.SAGITTAL, sagittal_scan) == 2.0


def test_slice_number_counts_from_one_and_clamps() -> None:
    where = axial()  # z centres from -7.5 in steps of 3
    assert slice_of(Plane.AXIAL, (0, 0, -7.5), where) == (1, 6)
    assert slice_of(Plane.AXIAL, (0, 0, -1.6), where) == (3, 6)
    assert slice_of(Plane.AXIAL, (0, 0, 900.0), where) == (6, 6)

"""Solids and painting: volumes by formula, edges shared, movements, mirror images."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.grid import Grid
from atsmviewer.phantom.cases import STILL, lattice, moved
from atsmviewer.phantom.joins import Both, Either, Inset, Mirrored, Shell, Side, Without
from atsmviewer.phantom.paint import Layer, Part, paint_ct, paint_pet, part
from atsmviewer.phantom.shapes import Ball, Rod, Solid, Tube, turn
from atsmviewer.phantom.warp import WARP_MM, warped

GRID = lattice((48, 48, 48), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0), "1.2.3")
STAY = np.reshape(STILL, (4, 4))


def volume_mm3(solid: Solid, movement: tuple[float, ...] = STILL, grid: Grid = GRID) -> float:
    """Volume of a solid as painted, without the body's warp."""
    painted = paint_pet(
        grid,
        np.reshape(movement, (4, 4)),
        (Part("it", solid, (Layer(0, None, "it"),), rigid=True),),
        {"it": 1.0},
    )
    return float(painted.astype(np.float64).sum()) * grid.voxel_ml * 1000


@given(st.floats(8.0, 40.0), st.tuples(*[st.floats(-5.0, 5.0)] * 3))
@settings(max_examples=20, deadline=None)
def test_a_sphere_has_its_volume_wherever_it_is(radius: float, centre: tuple[float, float, float]) -> None:
    # an edge that falls evenly over one voxel w makes r^3 into r^3 + r w^2 / 4: 1 / r^2 here
    want = 4 / 3 * math.pi * radius**3
    assert volume_mm3(Ball(centre, (radius,) * 3)) == pytest.approx(want, rel=0.008 + 1 / radius**2)


@pytest.mark.parametrize("axes", [(1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0), turn((1.0, 2.0, 3.0), 40.0)])
def test_an_ellipsoid_has_its_volume_however_it_is_turned(axes: tuple[float, ...]) -> None:
    ball = Ball((1.0, -2.0, 3.0), (30.0, 20.0, 14.0), axes)
    assert volume_mm3(ball) == pytest.approx(4 / 3 * math.pi * 30 * 20 * 14, rel=0.01)


def test_a_tube_and_a_rod_have_their_volumes() -> None:
    tube = Tube(((-30, 0, 0, 20, 12), (0, 0, 0, 20, 12), (30, 0, 0, 20, 12)))
    assert volume_mm3(tube) == pytest.approx(math.pi * 20 * 12 * 60, rel=0.015)
    rod = Rod((-20, 0, 0), (20, 0, 0), 10, 10)
    assert volume_mm3(rod) == pytest.approx(math.pi * 100 * 40 + 4 / 3 * math.pi * 1000, rel=0.01)


def test_joins_add_up() -> None:
    ball, cut = Ball((0, 0, 0), (30, 30, 30)), Side((0.6, 0.0, 0.8), 5.0)
    whole = volume_mm3(ball)
    inner = Ball((4, 0, 0), (12, 12, 12))
    assert volume_mm3(Both((ball, cut))) + volume_mm3(Without(ball, cut)) == pytest.approx(whole, rel=3e-3)
    assert volume_mm3(Without(ball, inner)) == pytest.approx(whole - volume_mm3(inner), rel=1e-3)
    assert volume_mm3(Either((ball, inner))) == pytest.approx(whole, rel=1e-6)
    shell = volume_mm3(Shell(ball, 6.0))
    assert shell == pytest.approx(whole - volume_mm3(Inset(ball, 6.0)), rel=0.01)


def test_a_mirrored_solid_is_on_the_other_side() -> None:
    right = paint_ct(GRID, STAY, (part("it", Mirrored(Ball((20, 5, 3), (9, 8, 7))), 0.0),))
    left = paint_ct(GRID, STAY, (part("it", Ball((-20, 5, 3), (9, 8, 7)), 0.0),))
    assert np.array_equal(right, left)


def test_a_moved_body_is_painted_where_it_moved_to() -> None:
    movement = moved((1.0, 1.0, 0.5), 25.0, (3.0, 0.0, 0.0), (6.0, -4.0, 9.0))
    ball = Part("it", Ball((10, -6, 4), (11, 11, 11)), (Layer(0, None, "it"),), rigid=True)
    painted = paint_pet(GRID, np.reshape(movement, (4, 4)), (ball,), {"it": 1.0}).astype(np.float64)
    index = np.array([(painted * axis).sum() / painted.sum() for axis in np.indices(painted.shape)])
    want = np.reshape(movement, (4, 4)) @ [10, -6, 4, 1]
    assert GRID.to_mm(index) == pytest.approx(want[:3], abs=0.02)
    assert painted.sum() * 8 == pytest.approx(4 / 3 * math.pi * 11**3, rel=0.01)


def test_later_parts_and_deeper_layers_win() -> None:
    bone = Part("bone", Ball((0, 0, 0), (30, 30, 30)), (Layer(0, 500.0, "bone"), Layer(10, -30.0, None)))
    hu = paint_ct(GRID, STAY, (bone, part("gas", Ball((0, 0, 0), (6, 6, 6)), -900.0)))
    profile = hu[24, 24, 24:]
    assert profile[0] == pytest.approx(-900)
    assert profile[6] == pytest.approx(-30)
    assert profile[12] == pytest.approx(500)
    assert profile[20] == pytest.approx(-1000)
    suv = paint_pet(GRID, STAY, (bone,), {"bone": 2.0})
    assert suv[24, 24, 24] == pytest.approx(2.0)


def test_the_warp_stays_within_what_windows_allow_for() -> None:
    at = np.linspace(-300, 500, 4001, dtype=np.float32)
    x, y, z = warped((at, at[::-1], at))
    assert np.abs(x - at).max() <= WARP_MM
    assert np.abs(y - at[::-1]).max() <= WARP_MM
    assert z is at

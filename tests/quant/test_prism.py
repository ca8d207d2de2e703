"""Prisms of contours: even-odd, ties that tile, slabs, holes, oblique planes, volumes by formula."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Contour, Prism
from atsmviewer.quant.mask import mask
from atsmviewer.quant.prism import uneven
from tests.quant.made import centres, grid, turned

AXIAL = (0.0, 0.0, 1.0)


def contour(points: NDArray[np.float64]) -> Contour:
    return Contour(tuple((float(x), float(y), float(z)) for x, y, z in points))


def square(low: float, high: float, z: float) -> Contour:
    return contour(np.array([(low, low, z), (high, low, z), (high, high, z), (low, high, z)]))


def circle(radius: float, z: float, n: int = 72, centre: tuple[float, float] = (0.0, 0.0)) -> Contour:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    x, y = centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)
    return contour(np.stack([x, y, np.full(n, z)], axis=1))


def dense(shape: Prism, on: Grid, rule: str) -> NDArray[np.float32]:
    made, full = mask(shape, on, rule), np.zeros(on.shape, np.float32)
    full[made.box] = made.weights
    return full


def volume_ml(shape: Prism, on: Grid, rule: str = "fraction") -> float:
    return float(dense(shape, on, rule).sum(dtype=np.float64)) * on.voxel_ml


SWAP = np.diag([-1.0, 1.0, -1.0])
"""Half a turn about y: slices run downwards."""

ROTATION = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]


def moved(shape: Prism) -> Prism:
    """The same prism turned in space."""
    contours = tuple(contour(np.asarray(c.points_mm) @ ROTATION.T) for c in shape.contours)
    x, y, z = ROTATION @ shape.normal
    return Prism(contours, (float(x), float(y), float(z)), shape.thickness_mm)


@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_squares_that_share_an_edge_tile(rule: str) -> None:
    """Edges through centres: each voxel belongs to the square on its right, once."""
    lattice = grid((9, 12, 12), (3.0, 4.0, 4.0), (2.0, 2.0, 0.0))
    left, right = (Prism((square(a, b, 0.0),), AXIAL, 3.0) for a, b in ((-16.0, 0.0), (0.0, 16.0)))
    for shape in (left, right):
        assert volume_ml(shape, lattice, rule) == pytest.approx(16 * 16 * 3 / 1000)
    overlap = np.minimum(dense(left, lattice, "centre"), dense(right, lattice, "centre"))
    assert overlap.sum() == 0
    on_edge = dense(left, lattice, "centre")[4]
    assert on_edge[:, 1:5].sum() == on_edge.sum() == 16


def test_centres_on_a_low_edge_are_inside_and_on_a_high_edge_outside() -> None:
    lattice = grid((3, 11, 11), (3.0, 4.0, 4.0))
    inside = dense(Prism((square(-8.0, 8.0, 0.0),), AXIAL, 3.0), lattice, "centre")[1]
    low, high = (np.flatnonzero(inside.any(axis=0))[i] for i in (0, -1))
    x = centres(lattice)[1, 0, :, 0]
    assert (x[low], x[high]) == (-8.0, 4.0)
    assert np.array_equal(inside, inside.T)  # the square and the lattice are alike in both directions


def test_centres_on_the_lower_face_of_a_slab_are_inside_and_on_the_upper_face_outside() -> None:
    """Low is low by index, so that a region turned together with its grid keeps its voxels (P6)."""
    upright = grid((9, 11, 11), (2.0, 4.0, 4.0))
    for lattice in (upright, turned(upright, SWAP)):
        inside = dense(Prism((square(-8.0, 8.0, 0.0),), AXIAL, 4.0), lattice, "centre")
        assert np.flatnonzero(inside.any(axis=(1, 2))).tolist() == [3, 4]


def test_a_slab_reaches_half_the_spacing_to_each_side() -> None:
    lattice = grid((11, 12, 12), (2.0, 4.0, 4.0))
    shape = Prism((square(-8, 8, -5.0), square(-8, 8, 0.0), square(-8, 8, 5.0)), AXIAL, 5.0)
    assert volume_ml(shape, lattice) == pytest.approx(16 * 16 * 15 / 1000, rel=1e-6)
    column = dense(shape, lattice, "fraction")[:, 6, 6]
    assert column.tolist() == pytest.approx([0, 0.25, 1, 1, 1, 1, 1, 1, 1, 0.25, 0])


def test_a_missing_plane_is_not_bridged() -> None:
    lattice = grid((21, 12, 12), (1.0, 4.0, 4.0))
    shape = Prism((square(-8, 8, -6.0), square(-8, 8, -3.0), square(-8, 8, 6.0)), AXIAL, 3.0)
    assert volume_ml(shape, lattice) == pytest.approx(16 * 16 * 9 / 1000, rel=1e-6)


@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_a_contour_in_another_of_its_plane_is_a_hole(rule: str) -> None:
    lattice = grid((3, 40, 40), (3.0, 1.0, 1.0))
    shape = Prism((square(-16, 16, 0.0), square(-8, 8, 0.0)), AXIAL, 3.0)
    assert volume_ml(shape, lattice, rule) == pytest.approx((32**2 - 16**2) * 3 / 1000, rel=1e-6)


def test_keyhole_contours_leave_a_hole() -> None:
    lattice = grid((3, 40, 40), (3.0, 1.0, 1.0))
    outer = [(-16, -16), (16, -16), (16, 16), (-16, 16), (-16, -16)]
    inner = [(-8, -8), (-8, 8), (8, 8), (8, -8), (-8, -8)]
    points = np.array([(x, y, 0.0) for x, y in (*outer, *inner)])
    assert volume_ml(Prism((contour(points),), AXIAL, 3.0), lattice) == pytest.approx(
        (32**2 - 16**2) * 3 / 1000
    )


@pytest.mark.parametrize("radius", [10.0, 15.0, 30.0])
@pytest.mark.parametrize("shift", [0.0, 0.7, 1.9])
def test_cylinders_keep_their_volume(radius: float, shift: float) -> None:
    lattice = grid((30, 30, 30), (3.0, 4.0, 4.0), (shift, -shift, 0.3))
    contours = tuple(circle(radius, z) for z in np.arange(-15.0, 16.0, 3.0))
    polygon = 0.5 * 72 * radius**2 * np.sin(2 * np.pi / 72)
    assert volume_ml(Prism(contours, AXIAL, 3.0), lattice) == pytest.approx(polygon * 33 / 1000, rel=1e-3)


def test_contours_in_any_plane_of_the_grid_cover_alike() -> None:
    """The same prism in the same lattice, with roles of the axes exchanged (sagittal contours)."""
    points = [np.asarray(circle(20.0, z, centre=(3.0, 1.0)).points_mm) for z in (-4.0, 0.0, 4.0)]
    lattice = grid((20, 20, 20), (4.0, 4.0, 4.0))
    axial = Prism(tuple(contour(p) for p in points), AXIAL, 4.0)
    sagittal = Prism(tuple(contour(p[:, [2, 0, 1]]) for p in points), (1.0, 0.0, 0.0), 4.0)
    one, other = dense(axial, lattice, "fraction"), dense(sagittal, lattice, "fraction")
    assert one.sum() == pytest.approx(other.sum(), rel=1e-6)
    assert np.abs(one - np.transpose(other, (2, 0, 1))).max() < 1e-6


@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_turned_with_its_grid_nothing_changes(rule: str) -> None:
    """P6."""
    lattice = grid((20, 20, 20), (3.0, 4.0, 4.5), (0.3, 0.2, 0.1))
    shape = Prism(tuple(circle(20.3, z) for z in (-3.0, 0.0, 3.0)), AXIAL, 3.0)
    there = turned(lattice, ROTATION)
    assert np.array_equal(dense(shape, lattice, rule) >= 0.5, dense(moved(shape), there, rule) >= 0.5)
    assert volume_ml(moved(shape), there, rule) == pytest.approx(volume_ml(shape, lattice, rule), rel=1e-6)


def test_contours_oblique_to_the_grid_keep_their_volume() -> None:
    contours = tuple(circle(20.0, z) for z in np.arange(-15.0, 16.0, 3.0))
    shape = moved(Prism(contours, AXIAL, 3.0))
    polygon = 0.5 * 72 * 20.0**2 * np.sin(2 * np.pi / 72)
    assert volume_ml(shape, grid((30, 30, 30), (3.0, 4.0, 4.0))) == pytest.approx(
        polygon * 33 / 1000, rel=5e-3
    )
    assert volume_ml(shape, grid((60, 60, 60), (2.0, 2.0, 2.0)), "centre") == pytest.approx(
        polygon * 33 / 1000, rel=0.02
    )


def test_what_lies_outside_is_clipped_and_said() -> None:
    lattice = grid((10, 10, 10), (4.0, 4.0, 4.0))
    shape = Prism((square(0.0, 40.0, 0.0),), AXIAL, 4.0)
    assert mask(shape, lattice, "fraction").clipped
    assert volume_ml(shape, lattice) == pytest.approx(20 * 20 * 4 / 1000)
    away = mask(Prism((square(100.0, 120.0, 0.0),), AXIAL, 4.0), lattice, "fraction")
    assert (away.clipped, away.weights.size) == (True, 0)


@pytest.mark.parametrize(
    "shape",
    [
        Prism((), AXIAL, 3.0),
        Prism((square(0, 8, 0),), AXIAL, 0.0),
        Prism((square(0, 8, 0),), (0.0, 0.0, 2.0), 3.0),
    ],
)
def test_a_shape_without_extent_is_refused(shape: Prism) -> None:
    with pytest.raises(ReviewError, match="SHAPE_INVALID"):
        mask(shape, grid(), "centre")


def test_planes_left_out_are_told_with_their_size() -> None:
    """27 mm of a cylinder with two planes of 3 mm left out: 21 mm count, and 27 mm is 29 % more."""
    heights = (0.0, 6.0, 12.0, 15.0, 18.0, 21.0, 24.0)
    flag = uneven(Prism(tuple(circle(15.0, z) for z in heights), AXIAL, 3.0))
    assert flag is not None
    assert flag.code == "CONTOURS_UNEVEN"
    assert "3 to 6 mm apart" in flag.what
    assert "29 %" in flag.what


def test_planes_that_stand_as_slices_may_are_even() -> None:
    heights = (0.0, 3.0, 6.0, 9.1, 12.0)
    assert uneven(Prism(tuple(circle(15.0, z) for z in heights), AXIAL, 3.0)) is None
    assert uneven(Prism((circle(15.0, 0.0),), AXIAL, 3.0)) is None

"""Where slices are: order, spacing, gaps, shear and affine against their definitions (R35-R39)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.dicom.slices.geometry import Plane, Stacking, alike, plane, stack
from atsmviewer.model.errors import Refusal

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def _planes(offsets_mm: list[float], cosines: tuple[float, ...] = AXIAL, shear: float = 0.0) -> list[Plane]:
    made = [plane((shear * z, 5.0, z), cosines, (2.0, 1.5), (4, 3)) for z in offsets_mm]
    assert all(made)
    return [p for p in made if p is not None]


def _stacked(planes: list[Plane]) -> Stacking:
    result = stack(planes, "1.2.3")
    assert isinstance(result, Stacking)
    return result


def _rotation(axis: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Rodrigues' formula."""
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def test_positions_are_voxel_centres_and_spacing_is_between_rows_then_columns() -> None:
    grid = _stacked(_planes([10.0, 13.0, 16.0])).grid
    assert grid.shape == (3, 4, 3)
    assert grid.spacing_mm == pytest.approx((3.0, 2.0, 1.5), abs=1e-12)
    assert grid.to_mm(np.array([0.0, 0, 0])) == pytest.approx([0, 5, 10], abs=1e-12)
    assert grid.to_mm(np.array([2.0, 3, 2])) == pytest.approx([2 * 1.5, 5 + 3 * 2.0, 16], abs=1e-12)
    point = np.array([1.5, 9.0, 13.0])
    assert grid.to_index(point) == pytest.approx([1, 2, 1], abs=1e-6)


@given(st.permutations(range(6)))
def test_the_order_of_files_is_irrelevant(order: list[int]) -> None:
    offsets = [-4.0 + 3.0 * k for k in range(6)]
    shuffled = [offsets[k] for k in order]
    result = _stacked(_planes(shuffled))
    assert [shuffled[i] for i in result.order] == offsets
    assert result.grid == _stacked(_planes(offsets)).grid


@settings(max_examples=50)
@given(
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda a: np.linalg.norm(a) > 0.1),
    st.floats(-3, 3),
    st.tuples(*[st.floats(-500, 500)] * 3),
)
def test_a_rigid_movement_of_the_slices_moves_the_grid_and_nothing_else(
    axis: tuple[float, ...], angle: float, shift: tuple[float, ...]
) -> None:
    turn = _rotation(np.array(axis), angle)
    still = _planes([1.0, 4.0, 7.0, 13.0])
    moved = [
        plane(
            (turn @ p.position_mm + shift).tolist(),
            [*(turn @ p.row), *(turn @ p.column)],
            p.spacing_mm,
            p.size,
        )
        for p in still
    ]
    a, b = _stacked(still), _stacked([p for p in moved if p is not None])
    assert (a.order, a.gaps, a.tilted) == (b.order, b.gaps, b.tilted)
    index = np.array([[0.0, 0, 0], [3, 1, 2], [4, 3, 2]])
    assert np.allclose(a.grid.to_mm(index) @ turn.T + shift, b.grid.to_mm(index), rtol=0, atol=1e-8)


def test_slices_upside_down_sort_along_their_own_normal() -> None:
    """Rows left to right, columns upward: the normal is -z, so the highest slice comes first."""
    result = _stacked(_planes([1.0, 4.0, 7.0], (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)))
    assert result.order == (2, 1, 0)
    assert (
        np.linalg.det(result.grid.matrix[:3, :3])
        * np.linalg.det(_stacked(_planes([1.0, 4.0])).grid.matrix[:3, :3])
        > 0
    )


def test_missing_slices_leave_gaps_and_stretch_nothing() -> None:
    result = _stacked(_planes([0.0, 3.0, 6.0, 15.0, 18.0]))
    assert result.gaps == (3, 4)
    assert result.grid.shape[0] == 7
    assert result.grid.spacing_mm[0] == pytest.approx(3.0, abs=1e-12)


def test_slices_up_to_a_twentieth_of_the_spacing_off_their_place_are_even() -> None:
    offsets = [3.27 * k for k in range(40)]
    offsets[20] += 0.04
    assert _stacked(_planes(offsets)).gaps == ()


@pytest.mark.parametrize(
    "offsets",
    [
        [0.0, 3.0, 6.0, 9.6, 12.0],
        [0.0, 3.0, 6.0, 10.5, 13.5],
        [0.0, 1.0, 4.0, 5.0, 8.0],
        [0.0, 3.0, 6.0, 300.0],
        [0.0, 0.0, 0.0],
    ],
)
def test_uneven_slices_are_refused(offsets: list[float]) -> None:
    result = stack(_planes(offsets), "1.2.3")
    assert isinstance(result, Refusal)
    assert result.code == "GEOMETRY_IRREGULAR"
    assert result.remedy


def test_one_slice_is_refused() -> None:
    result = stack(_planes([0.0]), "1.2.3")
    assert isinstance(result, Refusal)
    assert result.code == "SINGLE_SLICE"


@pytest.mark.parametrize(("degrees", "tilted"), [(0.0, False), (0.05, False), (0.2, True), (20.0, True)])
def test_a_tilted_gantry_keeps_its_shear(degrees: float, tilted: bool) -> None:
    shear = float(np.tan(np.radians(degrees)))
    result = _stacked(_planes([0.0, 3.0, 6.0], shear=shear))
    assert result.tilted is tilted
    assert result.grid.to_mm(np.array([2.0, 0, 0])) == pytest.approx([6 * shear, 5, 6], abs=1e-9)


@pytest.mark.parametrize(
    ("position", "cosines", "spacing", "size"),
    [
        ((0.0, 0.0), AXIAL, (1.0, 1.0), (2, 2)),
        ((0.0, 0.0, 0.0), AXIAL[:5], (1.0, 1.0), (2, 2)),
        ((0.0, 0.0, 0.0), (1.0, 0, 0, 1.0, 0, 0), (1.0, 1.0), (2, 2)),
        ((0.0, 0.0, 0.0), (2.0, 0, 0, 0, 1.0, 0), (1.0, 1.0), (2, 2)),
        ((0.0, 0.0, 0.0), (0.0, 0, 0, 0, 0, 0), (1.0, 1.0), (2, 2)),
        ((0.0, 0.0, 0.0), AXIAL, (0.0, 1.0), (2, 2)),
        ((0.0, 0.0, 0.0), AXIAL, (1.0,), (2, 2)),
        ((0.0, 0.0, 0.0), AXIAL, (1.0, 1.0), (0, 2)),
    ],
)
def test_what_is_no_plane(
    position: tuple[float, ...], cosines: tuple[float, ...], spacing: tuple[float, ...], size: tuple[int, int]
) -> None:
    assert plane(position, cosines, spacing, size) is None


def test_planes_of_other_size_spacing_or_orientation_are_not_alike() -> None:
    one = _planes([0.0])[0]
    for other in (
        plane((0.0, 0, 0), AXIAL, (2.0, 1.5), (4, 4)),
        plane((0.0, 0, 0), AXIAL, (1.5, 2.0), (4, 3)),
        plane((0.0, 0, 0), (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), (2.0, 1.5), (4, 3)),
    ):
        assert other is not None
        assert not alike(one, other)
    assert alike(one, _planes([9.0])[0])

"""CT on the PET's lattice: means by brute force, nothing beyond what is there, no other space (R40-R42)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.session import Alignment
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.resample import ct_on_pet
from tests.quant.made import SPACE, grid, hounsfield_volume, turned
from tests.quant.test_aligned import turn

CT = grid((24, 30, 32), (2.5, 1.1, 1.1), (0.4, -0.3, 0.2))
PET = grid((8, 5, 6), (3.3, 4.07, 4.07), (-0.6, 0.5, 0.3))
TILTED = turned(PET, turn(0.2, -0.1, 0.4))
MADE = Volume(CT, np.random.default_rng(2).integers(-900, 900, CT.shape).astype(np.int16), Unit.HU, "1.5")


def brute(ct: Volume, pet: Grid, parts: int = 24) -> NDArray[np.float64]:
    """The mean over parts³ points of each voxel, each the value of the CT voxel it lies in; NaN outside."""
    axis = (np.arange(parts) + 0.5) / parts - 0.5
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    made = np.empty(pet.shape)
    for at in np.ndindex(pet.shape):
        index = np.floor(ct.grid.to_index(pet.to_mm(np.array(at) + points)) + 0.5).astype(int)
        inside = ((index >= 0) & (index < ct.grid.shape)).all()
        made[at] = ct.voxels[tuple(index.T)].astype(np.float64).mean() if inside else np.nan
    return made


def test_along_the_same_axes_the_mean_is_exact() -> None:
    """Edges fall on halves of CT voxels, where 30 parts of 2.5 or 1.5 CT voxels divide them exactly."""
    ct = grid((24, 30, 32), (2.0, 1.0, 1.0))
    made = Volume(ct, np.random.default_rng(2).integers(-900, 900, ct.shape).astype(np.int16), Unit.HU, "1.5")
    pet = grid((6, 7, 8), (5.0, 2.5, 1.5), (0.25, 0.75, 1.0))
    found = ct_on_pet(made, pet)
    assert found.grid == pet
    assert found.unit is Unit.HU
    assert found.voxels == pytest.approx(brute(made, pet, 30), abs=1e-3)


@pytest.mark.parametrize("steps", [(2, 3, 4), (1, 1, 1), (3, 2, 5)])
def test_whole_blocks_of_voxels_give_their_mean(steps: tuple[int, int, int]) -> None:
    ct = grid((12, 30, 20), (2.0, 1.0, 1.0))
    made = np.random.default_rng(1).integers(-1000, 1000, ct.shape).astype(np.int16)
    a, b, c = steps
    shape = (12 // a, 30 // b, 20 // c)
    blocks = made.reshape(shape[0], a, shape[1], b, shape[2], c).mean(axis=(1, 3, 5))
    pet = grid(shape, (2.0 * a, 1.0 * b, 1.0 * c))
    found = ct_on_pet(Volume(ct, made, Unit.HU, "1.5"), pet)
    assert found.voxels == pytest.approx(blocks, abs=1e-3)
    backwards = Grid(shape, _flipped(pet), SPACE)
    assert ct_on_pet(Volume(ct, made, Unit.HU, "1.5"), backwards).voxels == pytest.approx(
        blocks[::-1, ::-1], abs=1e-3
    )


def _flipped(on: Grid) -> tuple[float, ...]:
    """The same lattice with slices and rows counted from the other end."""
    matrix = on.matrix[:3].copy()
    for axis in (0, 1):
        matrix[:, 3] += matrix[:, axis] * (on.shape[axis] - 1)
        matrix[:, axis] *= -1
    return tuple(matrix.ravel().tolist())


def test_a_chequerboard_is_grey_and_never_one_of_its_fields() -> None:
    ct = grid((16, 32, 32), (1.0, 1.0, 1.0))
    board = (np.indices(ct.shape).sum(axis=0) % 2 * 1000).astype(np.int16)
    found = ct_on_pet(Volume(ct, board, Unit.HU, "1.5"), grid((4, 8, 8), (4.0, 4.0, 4.0)))
    assert found.voxels == pytest.approx(np.full((4, 8, 8), 500.0))


def test_an_oblique_lattice_by_brute_force() -> None:
    smooth = hounsfield_volume(CT, lambda mm: 300 * np.sin(mm[..., 0] / 9) + 200 * np.cos(mm[..., 2] / 11))
    found = ct_on_pet(smooth, TILTED).voxels
    expected = brute(smooth, TILTED)
    both = np.isfinite(found) & np.isfinite(expected)
    assert both.sum() > 100
    assert found[both] == pytest.approx(expected[both], abs=6)


@settings(max_examples=20, deadline=None)
@given(st.tuples(*[st.floats(-0.5, 0.5)] * 3), st.tuples(*[st.floats(-6, 6)] * 3))
def test_nothing_is_higher_or_lower_than_the_ct_and_nothing_is_drawn_out(
    angles: tuple[float, float, float], shift: tuple[float, float, float]
) -> None:
    pet = turned(PET, turn(*angles), shift)
    found = ct_on_pet(MADE, pet).voxels
    real = np.isfinite(found)
    assert found[real].min(initial=0) >= MADE.voxels.min()
    assert found[real].max(initial=0) <= MADE.voxels.max()
    corners = np.array(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5])).reshape(3, -1).T * 0.97
    for at in np.argwhere(real):
        index = CT.to_index(pet.to_mm(at + corners))
        assert (index > -0.55).all()
        assert (index < np.array(CT.shape) - 0.45).all()


def test_a_voxel_not_wholly_inside_the_ct_has_no_value() -> None:
    constant = Volume(CT, np.full(CT.shape, 40, np.int16), Unit.HU, "1.5")
    wide = grid((40, 20, 20), (3.3, 4.07, 4.07))
    found = ct_on_pet(constant, wide).voxels
    low, high = CT.extent_mm
    half = np.array([4.07, 4.07, 3.3]) / 2
    places = wide.to_mm(np.moveaxis(np.indices(wide.shape), 0, -1).astype(np.float64))
    inside = ((places - half > low - 0.003) & (places + half < high + 0.003)).all(axis=-1)
    assert (np.isfinite(found) == inside).all()
    assert np.unique(found[inside]) == pytest.approx([40.0])


def test_padding_and_missing_slices_leave_no_value_where_they_are_and_touch_nothing_else() -> None:
    voxels = np.full(CT.shape, 40.0, np.float32)
    voxels[12] = np.nan
    voxels[:, 10, 10] = -2000
    found = ct_on_pet(Volume(CT, voxels, Unit.HU, "1.5", (12,)), PET).voxels
    expected = np.isnan(brute(Volume(CT, np.where(voxels < -1500, np.nan, voxels), Unit.HU, "1.5"), PET))
    assert (np.isnan(found) == expected).all()
    assert 0 < expected.sum() < expected.size
    assert found[~expected] == pytest.approx(np.full((~expected).sum(), 40.0))


def test_another_frame_of_reference_is_refused_without_an_alignment() -> None:
    """R42's oracle."""
    elsewhere = replace(PET, frame_of_reference_uid="9.9")
    with pytest.raises(ReviewError) as refused:
        ct_on_pet(MADE, elsewhere)
    assert refused.value.code == "OTHER_FRAME"
    assert refused.value.remedy
    rotation, shift = turn(0.1, 0.2, -0.3), np.array([3.0, -4.0, 5.0])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, shift
    way = Alignment(SPACE, "9.9", tuple(matrix.ravel().tolist()), "reader", "A. Reader")
    along = replace(turned(PET, rotation, shift.tolist()), frame_of_reference_uid="9.9")
    moved = ct_on_pet(MADE, along, (way,))
    assert moved.grid.frame_of_reference_uid == "9.9"
    assert moved.voxels == pytest.approx(ct_on_pet(MADE, PET).voxels, abs=1e-2)

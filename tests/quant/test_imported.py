"""Imported masks: exact on their own lattice, volume kept on another (O20, R41)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import ImportedMask
from atsmviewer.quant.mask import mask
from tests.quant.made import centres, grid, turned

ROTATION = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]


def imported(on: Grid, inside: NDArray[np.bool_]) -> ImportedMask:
    return ImportedMask(on, tuple(np.flatnonzero(inside).tolist()))


def ball(on: Grid, radius: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> ImportedMask:
    return imported(on, np.linalg.norm(centres(on) - centre, axis=-1) <= radius)


def dense(shape: ImportedMask, on: Grid, rule: str = "fraction") -> NDArray[np.float32]:
    made, full = mask(shape, on, rule), np.zeros(on.shape, np.float32)
    full[made.box] = made.weights
    return full


@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_on_its_own_lattice_the_voxels_themselves(rule: str) -> None:
    lattice = grid((12, 11, 10))
    inside = np.random.default_rng(0).random(lattice.shape) < 0.2
    assert np.array_equal(dense(imported(lattice, inside), lattice, rule), inside.astype(np.float32))


def test_a_crop_of_the_lattice_is_the_same_lattice() -> None:
    whole = grid((20, 20, 20))
    origin = whole.to_mm(np.array([3.0, 4.0, 5.0]))
    affine = whole.matrix[:3].copy()
    affine[:, 3] = origin
    crop = Grid((6, 7, 8), tuple(affine.ravel()), whole.frame_of_reference_uid)
    inside = np.random.default_rng(0).random(crop.shape) < 0.5
    got = dense(imported(crop, inside), whole)
    assert np.array_equal(got[3:9, 4:11, 5:13] == 1, inside)
    assert got.sum() == inside.sum()
    back = mask(ball(whole, 80.0), crop, "fraction")
    assert (back.clipped, back.weights.min()) == (True, 1.0)


@pytest.mark.parametrize("radius", [6.3, 10.0, 25.0])
@pytest.mark.parametrize("shift", [(0.0, 0.0, 0.0), (1.3, -0.4, 0.9)])
@pytest.mark.parametrize("rotate", [False, True])
def test_from_ct_to_pet_the_volume_is_kept(
    radius: float, shift: tuple[float, float, float], rotate: bool
) -> None:
    ct = grid((60, 120, 120), (1.5, 0.8, 0.8))
    ct = turned(ct, ROTATION) if rotate else ct
    shape = ball(ct, radius)
    pet = grid((30, 30, 30), (3.0, 4.07, 4.07), shift)
    got = float(dense(shape, pet).sum(dtype=np.float64)) * pet.voxel_ml
    assert got == pytest.approx(len(shape.voxels) * ct.voxel_ml, rel=5e-3)


def test_from_coarse_to_fine_a_voxel_is_a_box() -> None:
    coarse, fine = grid((5, 5, 5), (6.0, 8.0, 8.0)), grid((20, 20, 20), (1.5, 2.0, 2.0))
    one = np.zeros(coarse.shape, np.bool_)
    one[2, 2, 2] = True
    got = dense(imported(coarse, one), fine)
    inside = (np.abs(centres(fine)) < (4.0, 4.0, 3.0)).all(axis=-1)
    assert np.array_equal(got, inside.astype(np.float32))


def test_by_the_centre_rule_a_voxel_counts_where_its_centre_lies_in_the_mask() -> None:
    ct, pet = grid((60, 60, 60), (1.0, 1.0, 1.0)), grid((15, 15, 15), (3.0, 4.0, 4.0), (0.2, 0.3, 0.4))
    shape = ball(ct, 14.2)
    inside = np.zeros(ct.shape, np.bool_)
    inside.ravel()[list(shape.voxels)] = True
    at = np.rint(ct.to_index(centres(pet))).astype(int)
    valid = ((at >= 0) & (at < 60)).all(axis=-1)
    expected = np.zeros(pet.shape, np.bool_)
    expected[valid] = inside[tuple(at[valid].T)]
    assert np.array_equal(dense(shape, pet, "centre") == 1, expected)


@pytest.mark.parametrize("voxels", [(), (-1,), (27000,)])
def test_voxels_outside_their_own_grid_are_refused(voxels: tuple[int, ...]) -> None:
    with pytest.raises(ReviewError, match="SHAPE_INVALID"):
        mask(ImportedMask(grid(), voxels), grid(), "fraction")

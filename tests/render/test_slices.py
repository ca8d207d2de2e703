"""Slices across memory equal plain indexing, are kept within a bound, and go with their volume."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np

from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render import slices
from tests.render.made import axial


def volume() -> Volume:
    made = np.random.default_rng(1).integers(-900, 900, (3, 4, 150), np.int16)
    return Volume(axial((3, 4, 150)), made, Unit.HU, "")


def test_every_slice_equals_indexing() -> None:
    ct = volume()
    for axis in range(3):
        for index in range(ct.grid.shape[axis]):
            expected = np.take(ct.voxels, index, axis=axis)
            np.testing.assert_array_equal(slices.native_slice(ct, axis, index), expected)


def test_memory_is_bounded_and_released() -> None:
    ct = volume()
    for index in range(150):
        slices.native_slice(ct, 2, index)
    kept = slices._kept[id(ct.voxels)]
    assert sum(block.nbytes for block in kept.values()) <= 4 * 16 * 3 * 4 * 2
    before = len(slices._kept)
    del ct, kept
    gc.collect()
    assert len(slices._kept) == before - 1


def test_a_volume_of_the_same_voxels_elsewhere_shares_what_is_kept() -> None:
    """A CT that a hand moves is a new volume a frame."""
    ct = volume()
    moved = replace(ct, grid=replace(ct.grid, affine=tuple(v + 1.0 for v in ct.grid.affine)))
    assert np.shares_memory(slices.native_slice(ct, 2, 3), slices.native_slice(moved, 2, 3))


def test_forgotten_slices_are_read_again() -> None:
    ct = volume()
    first = slices.native_slice(ct, 2, 3)
    slices.forget(ct)
    slices.forget(ct)
    again = slices.native_slice(ct, 2, 3)
    assert again is not first
    np.testing.assert_array_equal(again, first)

"""Owns imported masks as voxel weights: voxel for voxel on their own lattice, by sub-points on another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import ImportedMask
from atsmviewer.quant.box import Box, Mask, Weights, indices, shape_of, sub_points, touched

_SAME = 1e-3
"""Part of a voxel by which two lattices may differ at their corners and still be one lattice."""

_FEWEST, _MOST = 3, 12


def imported_mask(shape: ImportedMask, grid: Grid, rule: str) -> Mask:
    """Another program's voxels on a grid; see :func:`atsmviewer.quant.mask.mask`.

    A voxel of the mask reaches half a voxel to each side of its centre, low edge included. On the
    mask's own lattice (also a crop of it) the weights are exactly 1. Elsewhere the weight is the
    share of the voxel's sub-points inside (R41), the centre alone by the centre rule.
    """
    flat = np.asarray(shape.voxels, np.int64)
    if len(flat) == 0 or flat.min() < 0 or flat.max() >= math.prod(shape.grid.shape):
        what = "An imported mask needs voxels inside its own grid."
        raise ReviewError("SHAPE_INVALID", what, "Import the region again.")
    at = np.stack(np.unravel_index(flat, shape.grid.shape), axis=1)
    low, high = at.min(axis=0), at.max(axis=0)
    inside = np.zeros(high - low + 1, np.bool_)
    inside[tuple((at - low).T)] = True
    shift = _shift(shape.grid, grid)
    if shift is not None:
        return _moved(inside, low + shift, grid)
    corners = np.array(np.meshgrid(*[(a - 0.5, b + 0.5) for a, b in zip(low, high, strict=True)]))
    ends = grid.to_index(shape.grid.to_mm(corners.reshape(3, -1).T))
    box, clipped = touched(ends.min(axis=0), ends.max(axis=0), grid)
    if min(shape_of(box)) == 0:
        return Mask(box, np.zeros(shape_of(box), np.float32), clipped)
    return Mask(box, _sampled(inside, low, (shape.grid, grid), box, rule), clipped)


def _shift(source: Grid, target: Grid) -> NDArray[np.int64] | None:
    """By how many voxels the target counts the same lattice differently, or None for another lattice."""
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in source.shape])).reshape(3, -1).T.astype(np.float64)
    moved = target.to_index(source.to_mm(ends)) - ends
    whole = np.rint(moved[0])
    return whole.astype(np.int64) if np.abs(moved - whole).max() <= _SAME else None


def _moved(inside: NDArray[np.bool_], low: NDArray[np.int64], grid: Grid) -> Mask:
    """The same voxels by the target's count, cut to its extent."""
    first = np.maximum(low, 0)
    last = np.maximum(np.minimum(low + inside.shape, grid.shape), first)
    cut = inside[tuple(slice(a, b) for a, b in zip(first - low, last - low, strict=True))]
    box = tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    return Mask((box[0], box[1], box[2]), cut.astype(np.float32), cut.sum() < inside.sum())


def _sampled(
    inside: NDArray[np.bool_], low: NDArray[np.int64], grids: tuple[Grid, Grid], box: Box, rule: str
) -> Weights:
    source, target = grids
    finest = min(source.spacing_mm)
    parts = [1] * 3
    if rule != "centre":
        parts = [min(max(math.ceil(2 * step / finest), _FEWEST), _MOST) for step in target.spacing_mm]
    to_source = source.inverse[:3, :3] @ target.matrix[:3, :3]
    origin = source.to_index(target.to_mm(np.zeros(3)))
    s, r, c = indices(box)
    total = np.zeros(shape_of(box), np.float32)
    offsets = sub_points(parts)
    padded = np.pad(inside, 1)  # a border of False answers for every point beyond the mask's own box
    most = np.asarray(padded.shape) - 1
    for ds, dr, dc in offsets:
        place = []
        for axis in range(3):
            a, b, d = to_source[axis]
            at = np.floor(a * (s + ds) + b * (r + dr) + d * (c + dc) + (origin[axis] - low[axis] + 1.5))
            place.append(np.clip(at, 0, most[axis]).astype(np.intp))
        total += padded[place[0], place[1], place[2]]
    return np.asarray(total / np.float32(len(offsets)), np.float32)

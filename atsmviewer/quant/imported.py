"""Owns imported masks as voxel weights: exact on their own and parallel lattices, else by sub-points."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import ImportedMask
from atsmviewer.quant.box import Box, Mask, Weights, indices, shape_of, sub_points, touched

_SAME = 0.05
"""Part of a voxel by which two lattices may differ at their corners and still be one: headers round (R35)."""

_PARALLEL = 1e-6
"""Largest off-axis part of a step, in voxels, of lattices that run along the same axes."""

_PER_VOXEL, _FEWEST, _MOST = 3, 4, 12
"""Sub-points for each voxel of the mask's finest spacing, and their least and most along an axis."""


def imported_mask(shape: ImportedMask, grid: Grid, rule: str) -> Mask:
    """Another program's voxels on a grid; see :func:`atsmviewer.quant.mask.mask`.

    A voxel of the mask reaches half a voxel to each side of its centre, low edge included. On the
    mask's own lattice (also a crop of it) the weights are exactly 1. On one along the same axes they
    are the exact part inside, on any other the share of the voxel's sub-points (R41); by the centre
    rule the centre alone decides.
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
    return Mask(box, _weights(inside, low, (shape.grid, grid), box, rule), clipped)


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


def _weights(
    inside: NDArray[np.bool_], low: NDArray[np.int64], grids: tuple[Grid, Grid], box: Box, rule: str
) -> Weights:
    source, target = grids
    to_source = source.inverse[:3, :3] @ target.matrix[:3, :3]
    origin = source.to_index(target.to_mm(np.zeros(3))) - low
    parallel = np.abs(to_source - np.diag(np.diag(to_source))).max() <= _PARALLEL
    if rule == "fraction" and parallel:
        return _overlaps(inside, np.diag(to_source), origin, box)
    parts = [1] * 3
    if rule == "fraction":
        finest = min(source.spacing_mm)
        parts = [min(max(math.ceil(_PER_VOXEL * s / finest), _FEWEST), _MOST) for s in target.spacing_mm]
    return _sampled(inside, (to_source, origin), box, sub_points(parts))


def _overlaps(inside: NDArray[np.bool_], step: Floats, origin: Floats, box: Box) -> Weights:
    """Exact parts of voxels where both lattices run along the same axes: overlaps multiply."""
    weights = inside.astype(np.float64)
    for axis in range(3):
        width = abs(step[axis])
        centre = origin[axis] + step[axis] * np.arange(box[axis].start, box[axis].stop)[:, None]
        voxel = np.arange(inside.shape[axis])
        high = np.minimum(centre + width / 2, voxel + 0.5)
        share = np.clip(high - np.maximum(centre - width / 2, voxel - 0.5), 0.0, None) / width
        weights = np.moveaxis(np.tensordot(share, weights, axes=(1, axis)), 0, axis)
    return np.clip(weights, 0.0, 1.0).astype(np.float32)


def _sampled(inside: NDArray[np.bool_], move: tuple[Floats, Floats], box: Box, offsets: Floats) -> Weights:
    """The share of sub-points of each voxel of the box that lie in a voxel of the mask."""
    to_source, origin = move
    s, r, c = indices(box)
    total = np.zeros(shape_of(box), np.float32)
    padded = np.pad(inside, 1)  # a border of False answers for every point beyond the mask's own box
    most = np.asarray(padded.shape) - 1
    for ds, dr, dc in offsets:
        place = []
        for axis in range(3):
            a, b, d = to_source[axis]
            at = np.floor(a * (s + ds) + b * (r + dr) + d * (c + dc) + (origin[axis] + 1.5))
            place.append(np.clip(at, 0, most[axis]).astype(np.intp))
        total += padded[place[0], place[1], place[2]]
    return np.asarray(total / np.float32(len(offsets)), np.float32)

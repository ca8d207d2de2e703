"""Owns booleans of shapes as voxel weights: exact but where borders of several shapes cut one voxel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import OPERATIONS, Combined
from atsmviewer.quant.box import Box, Mask, Weights, shape_of, sub_points

_PARTS = 6
"""Sub-points along each axis of a voxel that is cut several times."""

Stack = NDArray[np.float32]

Holds = Callable[[Floats], Sequence[NDArray[np.bool_]]]
"""For points, (n, 3) LPS mm, whether each part of a combination holds them."""


def combined_mask(shape: Combined, grid: Grid, masks: Sequence[Mask], holds: Holds) -> Mask:
    """The boolean of shapes whose ``masks`` lie on one grid; see :func:`atsmviewer.quant.mask.mask`.

    Where at most one part has a border in a voxel the weight follows exactly: union max w, intersection
    min w, difference min(w, 1 - max w_out). Where several cut it, their weights do not say how they
    overlap (max loses volume where two regions touch, a sum counts twice where they overlap). There
    points in the voxel tell what is shared: union Σw less what is counted too often, difference w less
    what is shared, within what the weights allow (Fréchet's bounds). So disjoint volumes add (P9).
    """
    if shape.operation not in OPERATIONS or not masks:
        what = "A combination is a union, an intersection or a difference of regions."
        raise ReviewError("SHAPE_INVALID", what, "Combine the regions again.")
    box = _box(shape.operation, masks)
    stack = np.stack([in_box(mask, box) for mask in masks])
    weights = _plain(shape.operation, stack)
    several = (((stack > 0) & (stack < 1)).sum(axis=0) > 1) & (weights > 0) & (weights < 1)
    at = np.argwhere(several) + [side.start for side in box]
    if len(at):
        points = grid.to_mm((at[:, None, :] + sub_points((_PARTS,) * 3)).reshape(-1, 3))
        held = np.stack(holds(points)).reshape(len(masks), len(at), -1)
        weights[several] = _shared(shape.operation, stack[:, several], held)
    return Mask(box, weights, _clipped(shape.operation, masks))


def _plain(operation: str, stack: Stack) -> Weights:
    """The weights where at most one part, first axis, has a border in a voxel."""
    if operation == "union":
        return np.asarray(stack.max(axis=0), np.float32)
    if operation == "intersection":
        return np.asarray(stack.min(axis=0), np.float32)
    return np.asarray(np.minimum(stack[0], 1 - stack[1:].max(axis=0, initial=0)), np.float32)


def _shared(operation: str, parts: Stack, held: NDArray[np.bool_]) -> Weights:
    """The weights of voxels that several parts cut: ``parts`` parts x voxels (x points)."""
    whole, most = parts.sum(axis=0), _plain(operation, parts)
    if operation == "union":
        twice = np.maximum(held.sum(axis=0) - 1, 0).mean(axis=1)
        return np.asarray(np.clip(whole - twice, most, np.minimum(whole, 1)), np.float32)
    if operation == "intersection":
        share = held.all(axis=0).mean(axis=1)
        return np.asarray(np.clip(share, np.maximum(whole - (len(parts) - 1), 0), most), np.float32)
    cut = (held[0] & held[1:].any(axis=0)).mean(axis=1)
    return np.asarray(np.clip(parts[0] - cut, np.maximum(2 * parts[0] - whole, 0), most), np.float32)


def _box(operation: str, masks: Sequence[Mask]) -> Box:
    """The voxels that the boolean may touch."""
    if operation == "difference":
        return masks[0].box
    sides = []
    for axis in range(3):
        starts, stops = [m.box[axis].start for m in masks], [m.box[axis].stop for m in masks]
        low, high = (min(starts), max(stops)) if operation == "union" else (max(starts), min(stops))
        sides.append(slice(low, max(low, high)))
    return sides[0], sides[1], sides[2]


def _clipped(operation: str, masks: Sequence[Mask]) -> bool:
    if operation == "difference":
        return masks[0].clipped
    return (any if operation == "union" else all)(mask.clipped for mask in masks)


def in_box(mask: Mask, box: Box) -> Stack:
    """The weights of a mask in another box."""
    full = np.zeros(shape_of(box), np.float32)
    low = [max(a.start, b.start) for a, b in zip(mask.box, box, strict=True)]
    high = [max(min(a.stop, b.stop), at) for a, b, at in zip(mask.box, box, low, strict=True)]
    s, r, c = (slice(a - side.start, b - side.start) for a, b, side in zip(low, high, box, strict=True))
    i, j, k = (slice(a - side.start, b - side.start) for a, b, side in zip(low, high, mask.box, strict=True))
    full[s, r, c] = mask.weights[i, j, k]
    return full

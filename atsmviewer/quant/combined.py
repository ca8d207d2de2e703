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


def combined_mask(
    shape: Combined,
    grid: Grid,
    masks: Sequence[Mask],
    holds: Callable[[Floats], NDArray[np.bool_]],
) -> Mask:
    """The boolean of shapes whose ``masks`` lie on one grid; ``holds`` says whether it holds points, LPS mm.

    Where at most one part has a border in a voxel the weight follows exactly: union max w, intersection
    min w, difference min(w, 1 - max w_out). Where several cut it, their weights do not say how
    they overlap (max loses volume where two regions touch, a sum counts twice where they overlap): there the
    weight is the share of the voxel's sub-points that the boolean holds, kept within what the
    weights allow (Fréchet's bounds). So disjoint volumes add (P9).
    """
    if shape.operation not in OPERATIONS or not masks:
        what = "A combination is a union, an intersection or a difference of regions."
        raise ReviewError("SHAPE_INVALID", what, "Combine the regions again.")
    box = _box(shape.operation, masks)
    stack = np.stack([_spread(mask, box) for mask in masks])
    clipped = _clipped(shape.operation, masks)
    cut = (stack > 0) & (stack < 1)
    # all three are intersections: of the complement of others, or, by De Morgan, the complement of one
    turned = np.asarray([shape.operation == "union"] + [shape.operation != "intersection"] * (len(masks) - 1))
    sides = np.where(turned[:, None, None, None], 1 - stack, stack)
    weights: Weights = sides.min(axis=0)
    several = (cut.sum(axis=0) > 1) & (weights > 0)
    at = np.argwhere(several)
    if len(at):
        share = _share(at + [side.start for side in box], grid, holds)
        if shape.operation == "union":
            share = 1 - share
        here = sides[:, several]
        weights[several] = np.clip(
            share, np.maximum(here.sum(axis=0) - (len(masks) - 1), 0), here.min(axis=0)
        )
    return Mask(box, 1 - weights if shape.operation == "union" else weights, clipped)


def _share(at: NDArray[np.intp], grid: Grid, holds: Callable[[Floats], NDArray[np.bool_]]) -> Weights:
    """The part of each voxel (n, 3) of the grid whose sub-points are held."""
    offsets = sub_points((_PARTS,) * 3)
    points = grid.to_mm((at[:, None, :] + offsets).reshape(-1, 3))
    return np.asarray(holds(points).reshape(len(at), -1).mean(axis=1), np.float32)


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


def _spread(mask: Mask, box: Box) -> Stack:
    """The weights of a mask in another box."""
    full = np.zeros(shape_of(box), np.float32)
    low = [max(a.start, b.start) for a, b in zip(mask.box, box, strict=True)]
    high = [max(min(a.stop, b.stop), at) for a, b, at in zip(mask.box, box, low, strict=True)]
    s, r, c = (slice(a - side.start, b - side.start) for a, b, side in zip(low, high, box, strict=True))
    i, j, k = (slice(a - side.start, b - side.start) for a, b, side in zip(low, high, mask.box, strict=True))
    full[s, r, c] = mask.weights[i, j, k]
    return full

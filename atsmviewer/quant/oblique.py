"""Owns slabs of polygons that lie oblique to a grid as voxel weights: exact along lines of voxels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from atsmviewer.model.grid import Floats, Grid
from atsmviewer.quant.box import Box, Weights, shape_of
from atsmviewer.quant.polygon import crossings

_FINEST_MM, _LINES = 0.25, 40_000
"""Least distance of lines, and about how many a box has: large regions are as exact with fewer a voxel."""

_AT_ONCE = 4096


def oblique_weights(
    planes: Sequence[tuple[float, Sequence[Floats]]], half_mm: float, normal: Floats, grid: Grid, box: Box
) -> Weights:
    """The part of each voxel of a box in even-odd filled polygons that reach ``half_mm`` along their normal.

    ``planes`` are (mm along ``normal``, polygons (n, 3) LPS mm). Lines run along the grid's axis that is
    most in the planes; on a line the part is exact, across it there are at least two a voxel (R41).
    """
    matrix = grid.matrix[:3, :3]
    axis = int(np.argmin(np.abs(normal @ matrix) / np.linalg.norm(matrix, axis=0)))
    flow = matrix[:, axis] - (matrix[:, axis] @ normal) * normal
    speed = float(np.linalg.norm(flow))
    frame = np.stack([np.cross(normal, flow), flow]) / speed  # LPS mm to (across, along) in a plane
    starts, parts = _lines(grid, box, axis)
    across, along = (starts @ frame.T).T
    depth, rise = starts @ normal, float(matrix[:, axis] @ normal)
    at = np.arange(box[axis].start, box[axis].stop, dtype=np.float64) + 0.5
    total = np.zeros((len(starts), len(at)))
    for place, polygons in planes:
        flat = [polygon @ frame.T for polygon in polygons]
        low, high = _within(place - half_mm - depth, place + half_mm - depth, rise)
        wide = np.concatenate([polygon[:, 0] for polygon in flat])
        met = (low < at[-1]) & (high > at[0] - 1) & (low < high)
        met &= (across >= wide.min()) & (across <= wide.max())
        lines = np.flatnonzero(met)
        for begin in range(0, len(lines), _AT_ONCE):
            some = lines[begin : begin + _AT_ONCE]
            crossed = (crossings(flat, across[some]) - along[some, None]) / speed
            for number, edge in enumerate(np.clip(crossed, low[some, None], high[some, None]).T):
                covered = np.clip(at - edge[:, None], 0.0, 1.0)
                total[some] += covered if number % 2 == 0 else -covered
    rest = [side for side in range(3) if side != axis]
    counts = [count for side in rest for count in (shape_of(box)[side], parts[side])]
    mean = total.reshape(*counts, len(at)).mean(axis=(1, 3))
    return np.asarray(np.moveaxis(np.clip(mean, 0.0, 1.0), 2, axis), np.float32)


def _lines(grid: Grid, box: Box, axis: int) -> tuple[Floats, list[int]]:
    """Where lines cross index 0 of an axis, (n, 3) LPS mm, and how many a voxel has along each axis."""
    rest = [side for side in range(3) if side != axis]
    area = math.prod(shape_of(box)[side] * grid.spacing_mm[side] for side in rest)
    apart = max(_FINEST_MM, math.sqrt(area / _LINES))
    parts = [1 if side == axis else max(2, math.ceil(grid.spacing_mm[side] / apart)) for side in range(3)]
    steps = [np.zeros(1)] * 3
    for side in rest:
        n = parts[side]
        voxel = np.arange(box[side].start, box[side].stop)[:, None]
        steps[side] = (voxel + (np.arange(n) + 0.5) / n - 0.5).ravel()
    index = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return grid.to_mm(index), parts


def _within(low: Floats, high: Floats, rise: float) -> tuple[Floats, Floats]:
    """From which to which index lines are between two depths, as seen from their starts; or nothing."""
    if abs(rise) < 1e-9:
        inside = (low <= 0) & (high > 0)
        return np.where(inside, -np.inf, 0.0), np.where(inside, np.inf, 0.0)
    ends = (low / rise, high / rise)
    return np.minimum(*ends), np.maximum(*ends)

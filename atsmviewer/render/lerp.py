"""Linear interpolation along one axis at a time: where the pixels fall between voxels, and the mixing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats

Plane32 = NDArray[np.float32]

_ON_LATTICE = 1e-6


class Line:
    """One grid axis along one raster axis: which pixels are inside, lower neighbour and weight of each."""

    def __init__(self, index: Floats, count: int) -> None:
        inside = np.flatnonzero((index >= -0.5 - _ON_LATTICE) & (index < count - 0.5 + _ON_LATTICE))
        self.first = int(inside[0]) if inside.size else 0
        self.stop = int(inside[-1]) + 1 if inside.size else 0
        place = np.clip(index[self.first : self.stop], 0.0, count - 1.0)
        lower = np.floor(place + _ON_LATTICE)
        weight = place - lower
        weight[np.abs(weight) < _ON_LATTICE] = 0.0
        self.lower = lower.astype(np.intp)
        self.upper = self.lower + (weight > 0)  # itself where exact, so that a NaN neighbour stays out
        self.weight = weight.astype(np.float32)
        steps = np.diff(self.lower)
        exact = inside.size > 0 and not weight.any()
        self.run = next((r for r in (1, -1) if exact and np.all(steps == r)), 0)
        """1 or -1 where the pixels are the voxels, forwards or backwards; else 0."""
        self.low = int(min(self.lower[0], self.lower[-1])) if inside.size else 0
        self.high = int(max(self.upper[0], self.upper[-1])) + 1 if inside.size else 0


def along_y(plane: Plane32, line: Line) -> Plane32:
    """Rows at the line's places; ``plane`` starts at ``line.low``. A view where nothing is to be mixed."""
    if line.run:
        return plane[:: line.run]
    out = np.take(plane, line.lower - line.low, axis=0, mode="clip")
    if line.weight.any():
        rise = np.take(plane, line.upper - line.low, axis=0, mode="clip")
        rise -= out
        rise *= line.weight[:, None]
        out += rise
    return out


def along_x(plane: Plane32, line: Line) -> Plane32:
    """Columns at the line's places; ``plane`` starts at ``line.low``. A view where nothing is to be mixed."""
    if line.run:
        return plane[:, :: line.run]
    out = np.take(plane, line.lower - line.low, axis=1, mode="clip")
    if line.weight.any():
        rise = np.take(plane, line.upper - line.low, axis=1, mode="clip")
        rise -= out
        rise *= line.weight
        out += rise
    return out


def resize(plane: Plane32, rows: int, columns: int) -> Plane32:
    """The same extent in another number of pixels, bilinear, clamped at the rim."""
    lines = [
        Line((np.arange(new) + 0.5) * old / new - 0.5, old)
        for new, old in zip((rows, columns), plane.shape, strict=True)
    ]
    return along_x(along_y(plane, lines[0]), lines[1])

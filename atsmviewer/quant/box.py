"""Owns boxes of voxels: the part of a grid that a shape can touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats, Grid

Weights = NDArray[np.float32]
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Mask:
    """Weights from 0 to 1 of the voxels of ``box`` (slice, row, column); all others weigh 0.

    ``weights`` has the shape of the box, is read-only, and is empty where the shape lies outside
    the grid. ``clipped`` says that a part of the shape lies outside.
    """

    box: Box
    weights: Weights
    clipped: bool

    def __post_init__(self) -> None:
        self.weights.setflags(write=False)


def touched(low: Floats, high: Floats, grid: Grid) -> tuple[Box, bool]:
    """The voxels that the range from ``low`` to ``high`` (fractional indices) touches, and whether it
    reaches beyond the grid, whose voxels extend half a voxel to each side of their centres.
    """
    slices, clipped = [], False
    for first, last, count in zip(low, high, grid.shape, strict=True):
        start, stop = int(np.floor(first + 0.5)), int(np.ceil(last + 0.5))
        clipped |= start < 0 or stop > count
        start = min(max(start, 0), count)
        slices.append(slice(start, max(min(stop, count), start)))
    return (slices[0], slices[1], slices[2]), clipped


def shape_of(box: Box) -> tuple[int, int, int]:
    """How many voxels a box has along (slice, row, column)."""
    s, r, c = (side.stop - side.start for side in box)
    return s, r, c


def indices(box: Box) -> tuple[Floats, Floats, Floats]:
    """Voxel indices of a box as three arrays that broadcast to its shape."""
    s, r, c = np.ogrid[box]
    return s.astype(np.float64), r.astype(np.float64), c.astype(np.float64)


def sub_points(parts: Sequence[int]) -> Floats:
    """Centres of equal parts of a voxel, (n, 3) from -0.5 to 0.5; ``parts`` counts them along each axis."""
    axes = [(np.arange(n) + 0.5) / n - 0.5 for n in parts]
    return np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)

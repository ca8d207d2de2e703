"""Volumes with known answers: a linear ramp over LPS mm, on any grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume

SLOPE = np.array([0.5, -0.25, 0.125])
OFFSET = 7.0
FRAME = "1.2.3"


def grid(
    shape: tuple[int, int, int], columns: NDArray[np.float64], origin: tuple[float, float, float]
) -> Grid:
    """A grid whose affine has these direction columns (slice, row, column) in mm."""
    matrix = np.column_stack([columns, origin])
    return Grid(shape, tuple(float(v) for v in matrix.ravel()), FRAME)


def axial(
    shape: tuple[int, int, int] = (6, 8, 10),
    spacing: tuple[float, float, float] = (3.0, 2.0, 2.0),
    origin: tuple[float, float, float] = (-9.0, -7.0, -7.5),
) -> Grid:
    """The usual grid: slices along +z, rows along +y, columns along +x."""
    dz, dy, dx = spacing
    return grid(shape, np.array([[0, 0, dx], [0, dy, 0], [dz, 0, 0.0]]), origin)


def ramp_at(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ramp's formula at LPS points (..., 3)."""
    return np.asarray(points_mm @ SLOPE + OFFSET)


def ramp(where: Grid) -> Volume:
    """float32 values that are linear in LPS mm: any trilinear rule must reproduce the formula."""
    index = np.moveaxis(np.indices(where.shape).astype(np.float64), 0, -1)
    return Volume(where, ramp_at(where.to_mm(index)).astype(np.float32), Unit.SUV, "1.2.3.4")

"""Where voxel centres are: shape, affine to patient coordinates (LPS, mm), frame of reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]
Floats = NDArray[np.float64]


def vector(values: Iterable[float]) -> Vector:
    """Three numbers as a hashable Vector; -0.0 becomes 0.0 so that equal places hash alike."""
    x, y, z = (float(value) + 0.0 for value in values)
    return x, y, z


@dataclass(frozen=True)
class Grid:
    """A regular lattice of voxel centres.

    ``shape`` is (slice, row, column). ``affine`` holds the 3 x 4 matrix, row by row, that maps a
    fractional array index (slice, row, column, 1) to the LPS position in mm of that point; an
    integer index is a voxel *centre* (DICOM PS3.3 C.7.6.2.1.1). ``frame_of_reference_uid`` says
    in which patient space: positions of two grids compare only where it is equal.
    """

    shape: tuple[int, int, int]
    affine: tuple[float, ...]
    frame_of_reference_uid: str

    def __post_init__(self) -> None:
        if len(self.affine) != 12 or len(self.shape) != 3 or min(self.shape) < 1:
            raise ValueError("a Grid needs a 3-D shape and a 3 x 4 affine")

    @cached_property
    def matrix(self) -> Floats:
        """The affine as a read-only (4, 4) array, index to mm."""
        full = np.vstack([np.asarray(self.affine, np.float64).reshape(3, 4), [0.0, 0.0, 0.0, 1.0]])
        full.setflags(write=False)
        return full

    @cached_property
    def inverse(self) -> Floats:
        """The inverse affine as a read-only (4, 4) array, mm to index."""
        inverse: Floats = np.asarray(np.linalg.inv(self.matrix), np.float64)
        inverse.setflags(write=False)
        return inverse

    @cached_property
    def spacing_mm(self) -> Vector:
        """Distance between neighbouring voxel centres along (slice, row, column)."""
        s, r, c = np.linalg.norm(self.matrix[:3, :3], axis=0)
        return float(s), float(r), float(c)

    @cached_property
    def voxel_ml(self) -> float:
        """Volume of one voxel in ml (1 ml = 1000 mm3)."""
        return float(abs(np.linalg.det(self.matrix[:3, :3]))) / 1000.0

    @cached_property
    def centre_mm(self) -> Vector:
        """The middle of the grid, LPS mm."""
        return vector(self.to_mm(np.array([(n - 1) / 2 for n in self.shape])))

    def to_mm(self, index: Floats) -> Floats:
        """LPS mm of fractional indices; ``index`` is (..., 3) as (slice, row, column)."""
        return np.asarray(index @ self.matrix[:3, :3].T + self.matrix[:3, 3], np.float64)

    def to_index(self, point_mm: Floats) -> Floats:
        """Fractional indices (slice, row, column) of LPS points; ``point_mm`` is (..., 3)."""
        return np.asarray(point_mm @ self.inverse[:3, :3].T + self.inverse[:3, 3], np.float64)

    @cached_property
    def extent_mm(self) -> tuple[Floats, Floats]:
        """Lowest and highest LPS corner of the box around the grid, voxel edges included."""
        edges = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in self.shape])).reshape(3, -1).T
        low, high = self.to_mm(edges).min(axis=0), self.to_mm(edges).max(axis=0)
        low.setflags(write=False)
        high.setflags(write=False)
        return low, high

    def contains(self, point_mm: Vector) -> bool:
        """Whether a point lies inside the extent, which reaches half a voxel beyond the centres."""
        index = self.to_index(np.asarray(point_mm, np.float64))
        return all(-0.5 <= i < n - 0.5 for i, n in zip(index, self.shape, strict=True))

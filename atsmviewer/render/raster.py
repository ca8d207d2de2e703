"""Where pixels are: a plane's lattice in patient mm, its letters, its label, and one step of the wheel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from atsmviewer.model.grid import Floats, Grid, Vector, vector

MINUS = "\N{MINUS SIGN}"


class Plane(StrEnum):
    """The three orthogonal planes of a reading."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


# Radiological convention: the reader faces the patient, so patient left (+x in LPS) is on the right of
# axial and coronal pictures, posterior (+y) at the bottom of axial and on the right of sagittal ones.
_RIGHT: dict[Plane, Vector] = {
    Plane.AXIAL: (1.0, 0.0, 0.0),
    Plane.CORONAL: (1.0, 0.0, 0.0),
    Plane.SAGITTAL: (0.0, 1.0, 0.0),
}
_DOWN: dict[Plane, Vector] = {
    Plane.AXIAL: (0.0, 1.0, 0.0),
    Plane.CORONAL: (0.0, 0.0, -1.0),
    Plane.SAGITTAL: (0.0, 0.0, -1.0),
}
_NORMAL_AXIS: dict[Plane, int] = {Plane.AXIAL: 2, Plane.CORONAL: 1, Plane.SAGITTAL: 0}


@dataclass(frozen=True)
class Raster:
    """A lattice of pixel centres in patient space.

    ``origin_mm`` is the LPS position of the centre of pixel (x 0, y 0); ``right_mm`` and ``down_mm``
    lead from one pixel to the next; ``shape`` is (rows, columns). Hashable: it keys caches.
    """

    origin_mm: Vector
    right_mm: Vector
    down_mm: Vector
    shape: tuple[int, int]

    @cached_property
    def normal(self) -> Floats:
        """Unit normal, right x down."""
        normal = np.cross(self.right_mm, self.down_mm)
        return np.asarray(normal / np.linalg.norm(normal), np.float64)

    @property
    def px_mm(self) -> float:
        """Width of one pixel in mm."""
        return math.sqrt(sum(v * v for v in self.right_mm))

    @cached_property
    def _to_px(self) -> Floats:
        """Rows that take a displacement in mm to (x px, y px, mm along the normal)."""
        return np.asarray(np.linalg.inv(np.column_stack([self.right_mm, self.down_mm, self.normal])))

    def to_mm(self, x_px: float, y_px: float) -> Vector:
        """LPS mm of a fractional pixel."""
        o, r, d = self.origin_mm, self.right_mm, self.down_mm
        return (
            o[0] + x_px * r[0] + y_px * d[0],
            o[1] + x_px * r[1] + y_px * d[1],
            o[2] + x_px * r[2] + y_px * d[2],
        )

    def to_px(self, point_mm: Vector) -> tuple[float, float, float]:
        """(x, y) of the foot of a point on the plane and its signed distance along ``normal`` in mm."""
        x, y, distance = self._to_px @ np.subtract(point_mm, self.origin_mm)
        return float(x), float(y), float(distance)

    def points_to_px(self, points_mm: Floats) -> Floats:
        """The same for many points; (n, 3) mm to (n, 3) as (x px, y px, distance mm)."""
        return np.asarray((points_mm - np.asarray(self.origin_mm)) @ self._to_px.T, np.float64)


def plane_raster(plane: Plane, cursor_mm: Vector, grids: Sequence[Grid], max_px: int = 512) -> Raster:
    """The plane through the cursor over the union of the grids' extents, longer side ``max_px`` pixels.

    Depends on the cursor only along the normal, so an unchanged plane gives an equal Raster.
    Where a CT's own field sets the extent its pixels coincide with the raster's.
    """
    boxes = [grid.extent_mm for grid in grids]
    low, high = np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)
    right, down = np.array(_RIGHT[plane]), np.array(_DOWN[plane])
    extent = high - low
    width, height = float(extent @ np.abs(right)), float(extent @ np.abs(down))
    px = max(width, height) / max_px
    centre = (low + high) / 2
    centre[_NORMAL_AXIS[plane]] = cursor_mm[_NORMAL_AXIS[plane]]
    shape = (math.ceil(height / px - 1e-6), math.ceil(width / px - 1e-6))
    # the corner stays put so that pixels keep coinciding with voxels when the last row is cut by the extent
    corner = centre - right * (width - px) / 2 - down * (height - px) / 2
    return _raster(corner, right * px, down * px, shape)


def field_raster(plane: Plane, centre_mm: Vector, field_mm: tuple[float, float], px_mm: float) -> Raster:
    """A plane of (height, width) mm around a centre: what a zoomed view or a report picture shows."""
    rows, columns = (max(1, round(side / px_mm)) for side in field_mm)
    right, down = np.array(_RIGHT[plane]) * px_mm, np.array(_DOWN[plane]) * px_mm
    corner = np.array(centre_mm) - right * (columns - 1) / 2 - down * (rows - 1) / 2
    return _raster(corner, right, down, (rows, columns))


def slice_raster(grid: Grid, index: int) -> Raster:
    """The raster whose pixels are the voxels of one native slice of a grid."""
    matrix = grid.matrix
    return _raster(matrix[:3, 3] + index * matrix[:3, 0], matrix[:3, 2], matrix[:3, 1], grid.shape[1:])


def _raster(origin: Floats, right: Floats, down: Floats, shape: tuple[int, int]) -> Raster:
    return Raster(vector(origin), vector(right), vector(down), shape)


def letters(raster: Raster) -> tuple[str, str, str, str]:
    """Patient directions at the (left, right, top, bottom) edge, from the largest direction cosine."""

    def letter(direction: Floats) -> str:
        axis = int(np.argmax(np.abs(direction)))
        return ("LPS" if direction[axis] > 0 else "RAI")[axis]

    right, down = np.array(raster.right_mm), np.array(raster.down_mm)
    return letter(-right), letter(right), letter(-down), letter(down)


def position_label(plane: Plane, cursor_mm: Vector) -> str:
    """The plane's LPS position as shown, e.g. "z −812.0 mm" with a true minus."""
    axis = _NORMAL_AXIS[plane]
    text = f"{cursor_mm[axis]:.1f}".replace("-0.0", "0.0") if abs(cursor_mm[axis]) < 0.05 else ""
    return f"{'xyz'[axis]} {(text or f'{cursor_mm[axis]:.1f}').replace('-', MINUS)} mm"


def _across(plane: Plane, grid: Grid) -> int:
    """The grid axis most nearly along the plane's normal."""
    cosines = grid.matrix[:3, :3] / np.asarray(grid.spacing_mm)
    return int(np.argmax(np.abs(cosines[_NORMAL_AXIS[plane]])))


def step_mm(plane: Plane, grid: Grid) -> float:
    """How far one wheel notch moves along the normal: one native slice of the grid, positive."""
    return abs(float(grid.matrix[_NORMAL_AXIS[plane], _across(plane, grid)]))


def slice_of(plane: Plane, cursor_mm: Vector, grid: Grid) -> tuple[int, int]:
    """(number from 1, count) of the native slice nearest the cursor, clamped to the grid."""
    axis = _across(plane, grid)
    index = round(float(grid.to_index(np.array(cursor_mm))[axis]))
    return min(max(index, 0), grid.shape[axis] - 1) + 1, grid.shape[axis]

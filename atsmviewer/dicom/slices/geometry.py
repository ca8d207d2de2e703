"""Owns where slices are: order, spacing, gaps and affine, from positions and orientation alone (R35-R39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from atsmviewer.model.errors import Refusal
from atsmviewer.model.grid import Floats, Grid, Vector

TOLERANCE = 0.05
"""Part of the spacing that a slice may lie off its place on the fitted line (R35, ITK's threshold)."""
TILT_DEGREES = 0.1
COSINE_TOLERANCE = 1e-3
"""How far direction cosines may be from unit length and right angles before they are not believed."""
SPACING_ALIKE, COSINES_ALIKE = 1e-4, 1e-4
"""How far planes of one stack may differ: in spacing as a part of it, in a cosine."""
SPREAD_SLICES = 2000
"""The most slices of a grid that shows an uneven stack."""


@dataclass(frozen=True)
class Plane:
    """Where one slice is: centre of voxel (0, 0), row and column directions (LPS), spacing and size.

    ``row`` is the direction of increasing column index and ``column`` that of increasing row index
    (PS3.3 C.7.6.2.1.1); ``spacing_mm`` is PixelSpacing, (between rows, between columns).
    """

    position_mm: Vector
    row: Vector
    column: Vector
    spacing_mm: tuple[float, float]
    size: tuple[int, int]

    @cached_property
    def normal(self) -> Floats:
        """The unit vector row x column."""
        normal = np.cross(self.row, self.column)
        return np.asarray(normal / np.linalg.norm(normal), np.float64)

    def offset_mm(self, of: Plane | None = None) -> float:
        """The position's projection on the normal, or on the normal of another plane."""
        return float((of or self).normal @ np.asarray(self.position_mm, np.float64))


@dataclass(frozen=True)
class Stacking:
    """Planes in order: ``order`` indexes the given planes, ``gaps`` are empty slice indices of ``grid``.

    ``order`` has one entry for each slice of the grid that is no gap. ``irregular`` is empty, or says how
    the planes lie where they lie unevenly: then ``order`` repeats some of them.
    """

    order: tuple[int, ...]
    grid: Grid
    gaps: tuple[int, ...]
    tilted: bool
    irregular: str = ""

    @property
    def sources(self) -> tuple[int | None, ...]:
        """For each slice of the grid the plane that it shows, None for a gap."""
        planes, gaps = iter(self.order), frozenset(self.gaps)
        return tuple(None if index in gaps else next(planes) for index in range(self.grid.shape[0]))


def plane(
    position: Sequence[float], cosines: Sequence[float], spacing: Sequence[float], size: tuple[int, int]
) -> Plane | None:
    """A plane from image position, image orientation and pixel spacing; None if they describe none."""
    if len(position) != 3 or len(cosines) != 6 or len(spacing) != 2 or min(size) < 1 or min(spacing) <= 0:
        return None
    row, column = np.asarray(cosines[:3], np.float64), np.asarray(cosines[3:], np.float64)
    lengths = np.array([np.linalg.norm(row), np.linalg.norm(column)])
    if np.abs(lengths - 1).max() > COSINE_TOLERANCE or abs(float(row @ column)) > COSINE_TOLERANCE:
        return None
    return Plane(
        _vector(np.asarray(position, np.float64)),
        _vector(row / lengths[0]),
        _vector(column / lengths[1]),
        (float(spacing[0]), float(spacing[1])),
        size,
    )


def alike(a: Plane, b: Plane) -> bool:
    """Whether two planes can be slices of one stack: same size, same spacing, same orientation."""
    if (a.size, a.spacing_mm, a.row, a.column) == (b.size, b.spacing_mm, b.row, b.column):
        return True
    return (
        a.size == b.size
        and bool(np.allclose(a.spacing_mm, b.spacing_mm, rtol=SPACING_ALIKE, atol=0))
        and bool(np.allclose(a.row + a.column, b.row + b.column, rtol=0, atol=COSINES_ALIKE))
    )


def stack(planes: Sequence[Plane], frame_of_reference_uid: str) -> Stacking | Refusal:
    """Order alike planes at different places along their normal and fit one affine to them.

    A distance of k spacings leaves k - 1 gaps (R36). The step is the least-squares line through the
    positions, so a tilted gantry keeps its shear (R38). Spacing beyond the tolerance is refused.
    """
    if len(planes) < 2:
        return Refusal(
            "SINGLE_SLICE",
            "One slice has no spacing to a next one.",
            "Open the whole series, all its slices.",
        )
    offsets = np.array([p.offset_mm(planes[0]) for p in planes])
    order = np.argsort(offsets, kind="stable")
    distances = np.diff(offsets[order])
    spacing = float(np.median(distances))
    steps = np.rint(distances / spacing) if spacing > 0 else np.zeros(len(distances))
    index = np.concatenate([[0.0], np.cumsum(steps)])
    if steps.min() < 1 or index[-1] + 1 > 2 * len(planes):
        return _irregular(distances)
    positions = np.array([planes[i].position_mm for i in order])
    origin, step = _line(index, positions)
    off_mm = np.linalg.norm(positions - (origin + index[:, None] * step), axis=1)
    if off_mm.max() > TOLERANCE * spacing:
        return _irregular(distances)
    grid = Grid(
        (int(index[-1]) + 1, *planes[0].size), _affine(planes[0], origin, step), frame_of_reference_uid
    )
    gaps = tuple(sorted(set(range(grid.shape[0])) - {int(i) for i in index}))
    return Stacking(tuple(int(i) for i in order), grid, gaps, _tilt_degrees(planes[0], step) > TILT_DEGREES)


def spread(planes: Sequence[Plane], frame_of_reference_uid: str) -> Stacking | Refusal:
    """An even grid on which alike planes that lie unevenly can be shown, though not measured (R35, R36).

    Its step is the smallest distance of two planes, or what makes 2,000 slices where that is smaller;
    each slice of it shows the nearest plane, so that positions are true to half a step. Where no plane
    lies within two median distances there is a gap. Refused where planes lie beside one straight line by
    more than half a step: no picture of them would be true.
    """
    offsets = np.array([p.offset_mm(planes[0]) for p in planes])
    order = np.argsort(offsets, kind="stable")
    offsets = offsets[order] - offsets[order[0]]
    distances = np.diff(offsets)
    spacing = max(float(distances.min()), float(offsets[-1]) / (SPREAD_SLICES - 1))
    positions = np.array([planes[i].position_mm for i in order])
    origin, step = _line(offsets / spacing, positions)
    off_mm = np.linalg.norm(positions - (origin + (offsets / spacing)[:, None] * step), axis=1)
    if off_mm.max() > spacing / 2:
        return _irregular(distances)
    places = np.arange(round(float(offsets[-1]) / spacing) + 1) * spacing
    nearest = np.abs(places[:, None] - offsets).argmin(axis=1)
    far = np.abs(places - offsets[nearest]) > 2 * float(np.median(distances))
    grid = Grid((len(places), *planes[0].size), _affine(planes[0], origin, step), frame_of_reference_uid)
    return Stacking(
        tuple(int(order[i]) for i in nearest[~far]),
        grid,
        tuple(int(i) for i in np.flatnonzero(far)),
        _tilt_degrees(planes[0], step) > TILT_DEGREES,
        f"Slices lie {_apart(distances)} apart.",
    )


def lattice(
    planes: Sequence[Plane], spacing_mm: float, frame_of_reference_uid: str
) -> tuple[Grid, tuple[int, ...]] | None:
    """The grid of alike planes at multiples of a stated spacing, and each plane's slice index on it.

    Planes may share a place and be far apart, or be a single one, whose next would lie along its
    normal. None where a plane lies off the line or off the multiples by more than R35's tolerance.
    """
    offsets = np.array([p.offset_mm(planes[0]) for p in planes])
    order = np.argsort(offsets, kind="stable")
    steps = np.rint(np.diff(offsets[order]) / spacing_mm)
    index = np.zeros(len(planes))
    index[order] = np.concatenate([[0.0], np.cumsum(steps)])
    positions = np.array([p.position_mm for p in planes])
    origin, step = positions[0] - index[0] * spacing_mm * planes[0].normal, spacing_mm * planes[0].normal
    if index.max() > 0:
        origin, step = _line(index, positions)
    off_mm = np.linalg.norm(positions - (origin + index[:, None] * step), axis=1)
    stretched = abs(float(planes[0].normal @ step) - spacing_mm)
    if off_mm.max() > TOLERANCE * spacing_mm or stretched > TOLERANCE * spacing_mm:
        return None
    shape = (int(index.max()) + 1, *planes[0].size)
    grid = Grid(shape, _affine(planes[0], origin, step), frame_of_reference_uid)
    return grid, tuple(int(i) for i in index)


def _line(index: Floats, positions: Floats) -> tuple[Floats, Floats]:
    """Least-squares origin and step of positions (n, 3) against index (n,)."""
    middle, centre = index.mean(), positions.mean(axis=0)
    step = (index - middle) @ (positions - centre) / float((index - middle) @ (index - middle))
    return centre - middle * step, step


def _affine(first: Plane, origin: Floats, step: Floats) -> tuple[float, ...]:
    between_rows, between_columns = first.spacing_mm
    matrix = np.column_stack(
        [step, between_rows * np.array(first.column), between_columns * np.array(first.row), origin]
    )
    return tuple(float(v) for v in matrix.ravel())


def _tilt_degrees(first: Plane, step: Floats) -> float:
    along = float(np.clip(first.normal @ step / np.linalg.norm(step), -1, 1))
    return float(np.degrees(np.arccos(along)))


def _apart(distances: Floats) -> str:
    return f"{distances.min():.2f} to {distances.max():.2f} mm"


def _irregular(distances: Floats) -> Refusal:
    return Refusal(
        "GEOMETRY_IRREGULAR",
        f"Slices lie {_apart(distances)} apart, neither evenly nor in whole steps.",
        "Export the series again with even slice spacing, or resample it in a program that says so.",
    )


def _vector(values: Floats) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])

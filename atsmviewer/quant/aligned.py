"""Owns regions moved rigidly from one frame of reference to another, only as an alignment says (R42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import ref

import numpy as np

from atsmviewer.model.assessment import Missing
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid, Vector, vector
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, ImportedMask, Isocontour, Prism, Roi, Shape
from atsmviewer.model.session import Alignment
from atsmviewer.quant.kept import alive

RIGID = 1e-4
"""How far a matrix may be from turning without stretching: registrations are written with few digits."""


def alignment_between(alignments: Sequence[Alignment], from_uid: str, to_uid: str) -> Alignment | None:
    """The last alignment from one frame of reference to another, or the inverse of one the other way.

    Nothing is chained: two alignments never make a third.
    """
    for one in reversed(alignments):
        if (one.from_uid, one.to_uid) == (from_uid, to_uid):
            return one
        if (one.from_uid, one.to_uid) == (to_uid, from_uid):
            turn, shift = rigid(one)
            back = np.eye(4)
            back[:3, :3], back[:3, 3] = turn.T, -turn.T @ shift
            matrix = tuple(float(v) for v in back.ravel())
            return Alignment(from_uid, to_uid, matrix, f"inverse of {one.origin}", one.who)
    return None


def said(alignment: Alignment) -> str:
    """An alignment's origin and who made it, as they are printed."""
    return f"{alignment.origin} ({alignment.who})"


def brought(
    rois: Sequence[Roi], alignments: Sequence[Alignment], to_uid: str
) -> tuple[list[Roi], dict[str, Alignment], list[Missing]]:
    """The regions of a frame of reference in drawing order: its own, and those that an alignment leads there.

    Also which alignment moved which region (by its uid), and why some were not moved.
    """
    here: list[Roi] = []
    moved: dict[str, Alignment] = {}
    refused: list[Missing] = []
    for roi in rois:
        if roi.frame_of_reference_uid == to_uid:
            here.append(roi)
            continue
        try:
            way = alignment_between(alignments, roi.frame_of_reference_uid, to_uid)
            if way is not None:
                shape = aligned(roi.shape, way)
                here.append(replace(roi, shape=shape, frame_of_reference_uid=to_uid))
                moved[roi.uid] = way
        except ReviewError as error:
            refused.append(Missing("rois", error.code, f"{roi.name}: {error.what} {error.remedy}"))
    return here, moved, refused


def rigid(alignment: Alignment) -> tuple[Floats, Floats]:
    """Rotation (3, 3) and shift in mm (3,) of an alignment, the rotation made exact.

    Raises
    ------
    ReviewError
        "ALIGNMENT_NOT_RIGID" where the matrix stretches, shears, mirrors, or is no 4 x 4 of numbers.
    """
    matrix = np.asarray(alignment.matrix, np.float64)
    good = matrix.size == 16 and bool(np.isfinite(matrix).all())
    if good:
        matrix = matrix.reshape(4, 4)
        turn = matrix[:3, :3]
        stretched = float(np.abs(turn @ turn.T - np.eye(3)).max()) > RIGID
        good = not stretched and np.linalg.det(turn) > 0 and bool((matrix[3] == (0, 0, 0, 1)).all())
    if not good:
        what = f"The alignment by {said(alignment)} is not a rigid movement."
        raise ReviewError("ALIGNMENT_NOT_RIGID", what, "Align the scans again, rigidly.")
    left, _, right = np.linalg.svd(matrix[:3, :3])
    return np.asarray(left @ right, np.float64), np.asarray(matrix[:3, 3], np.float64)


def aligned(shape: Shape, alignment: Alignment) -> Shape:
    """A shape of the alignment's ``from_uid`` in its ``to_uid``: same size, moved rigidly.

    Raises
    ------
    ReviewError
        "ALIGNMENT_NOT_RIGID".
    """
    return _aligned(ref(shape), alignment)


@lru_cache(maxsize=128)
def _aligned(shape_ref: ref[Shape], alignment: Alignment) -> Shape:
    turn, shift = rigid(alignment)
    return _moved(alive(shape_ref), turn, shift, alignment.to_uid)


def _moved(shape: Shape, turn: Floats, shift: Floats, to_uid: str) -> Shape:
    def point(mm: Vector) -> Vector:
        return vector(turn @ np.asarray(mm, np.float64) + shift)

    if isinstance(shape, Ellipsoid):
        axes = np.asarray(shape.axes, np.float64).reshape(3, 3) @ turn.T
        return Ellipsoid(point(shape.centre_mm), shape.radii_mm, tuple(float(v) for v in axes.ravel()))
    if isinstance(shape, Prism):
        contours = tuple(Contour(tuple(point(mm) for mm in one.points_mm)) for one in shape.contours)
        return Prism(contours, vector(turn @ np.asarray(shape.normal, np.float64)), shape.thickness_mm)
    if isinstance(shape, ImportedMask):
        return ImportedMask(moved_grid(shape.grid, turn, shift, to_uid), shape.voxels)
    if isinstance(shape, Isocontour):
        seed = None if shape.seed_mm is None else point(shape.seed_mm)
        return replace(shape, inside=_moved(shape.inside, turn, shift, to_uid), seed_mm=seed)
    return Combined(shape.operation, tuple(_moved(part, turn, shift, to_uid) for part in shape.parts))


def moved_grid(grid: Grid, turn: Floats, shift: Floats, to_uid: str) -> Grid:
    """A lattice moved rigidly: rotation (3, 3), then shift in mm."""
    matrix = np.column_stack([turn @ grid.matrix[:3, :3], turn @ grid.matrix[:3, 3] + shift])
    return Grid(grid.shape, tuple(float(v) for v in matrix.ravel()), to_uid)

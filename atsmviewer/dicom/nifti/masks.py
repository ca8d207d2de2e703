"""Owns NIfTI masks as regions: RAS to LPS, (i, j, k) to (slice, row, column), tied to a known grid."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.tags import PARSER_ERRORS
from atsmviewer.dicom.nifti.file import chunks, scaled
from atsmviewer.dicom.nifti.header import read_nifti
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import ImportedMask, Roi, Role

SAME_LATTICE_MM = 1e-3
VOXEL_LIMIT = 1 << 28
"""Masks of more voxels are refused before they are unpacked."""


def read_mask(path: Path, grids: Sequence[Grid]) -> Roi:
    """One region of all voxels above 0.5 of a NIfTI file; its labels are not told apart.

    NIfTI names no frame of reference. It is that of the grid in ``grids`` whose voxel centres are the
    mask's (within 1e-3 mm, axes in any order or direction), and the voxels are then indices of that
    grid; else, if all grids share one frame of reference, that one, on the mask's own grid.

    Raises
    ------
    ReviewError
        "MASK_PLACE_UNKNOWN", "REGIONS_UNREADABLE", "REGIONS_EMPTY" or "TOO_LARGE".
    """
    inside, affine = _read(path)
    own = Grid(_shape(inside), tuple(float(v) for v in affine.ravel()), "")
    index = np.argwhere(inside)
    if len(index) == 0:
        raise ReviewError(
            "REGIONS_EMPTY", f"{path.name} marks no voxel.", "Choose a mask with voxels above 0.5."
        )
    same = next((grid for grid in grids if _same_lattice(own, grid)), None)
    if same is not None:
        grid, index = same, np.rint(same.to_index(own.to_mm(index.astype(np.float64)))).astype(np.int64)
    else:
        grid = Grid(own.shape, own.affine, _shared_frame(path, grids))
    flat = np.sort(np.ravel_multi_index(tuple(index.T), grid.shape))
    digest = hashlib.sha256(flat.astype("<i8").tobytes() + repr((grid.shape, grid.affine)).encode())
    return Roi(
        uid=f"2.25.{uuid.UUID(bytes=digest.digest()[:16]).int}",
        name=path.name.removesuffix(".gz").removesuffix(".nii"),
        role=Role.REFERENCE,
        frame_of_reference_uid=grid.frame_of_reference_uid,
        shape=ImportedMask(grid, tuple(flat.tolist())),
    )


def _read(path: Path) -> tuple[NDArray[np.bool_], Floats]:
    """The mask as (slice, row, column) and its 3 x 4 affine to LPS mm."""
    file = read_nifti(path)
    if file is None:
        raise _unreadable(path, "it is no NIfTI, or cannot be unpacked")
    if isinstance(file, Rejected):
        raise _refused(path, file)
    if math.prod(file.shape) * file.frames > VOXEL_LIMIT:
        count = math.prod(file.shape) * file.frames
        raise ReviewError("TOO_LARGE", f"{path.name} has {count} voxels.", "Crop the mask first.")
    if file.frames != 1:
        raise _unreadable(path, f"it holds {file.frames} volumes")
    inside = np.empty(file.shape, np.bool_)
    try:
        for done, plane in enumerate(chunks(file, 0, file.plane_bytes)):
            inside[done] = scaled(file, plane).reshape(file.shape[1:]) > 0.5
    except PARSER_ERRORS as error:
        raise _unreadable(path, f"its voxels cannot be read ({type(error).__name__})") from error
    return inside, np.array(file.affine).reshape(3, 4)


def _refused(path: Path, why: Rejected) -> ReviewError:
    if why.code == "NO_GEOMETRY":
        return _unknown_place(path, "it does not say where its voxels are in mm")
    if why.code == "TOO_LARGE":
        return ReviewError(why.code, f"{path.name}: {why.what}", "Crop the mask first.")
    return _unreadable(path, why.what.rstrip(".").replace("It ", "it ", 1).replace("Its ", "its ", 1))


def _same_lattice(own: Grid, grid: Grid) -> bool:
    """Whether both have the same voxel centres: the eight corners of one are corners of the other."""
    if sorted(own.shape) != sorted(grid.shape):
        return False
    ends = np.array(np.meshgrid(*((0.0, n - 1.0) for n in own.shape))).reshape(3, -1).T
    corners = own.to_mm(ends)
    index = np.rint(grid.to_index(corners))
    near = np.linalg.norm(grid.to_mm(index) - corners, axis=1).max() <= SAME_LATTICE_MM
    return bool(near and (np.abs(2 * index - (np.array(grid.shape) - 1)) == np.array(grid.shape) - 1).all())


def _shared_frame(path: Path, grids: Sequence[Grid]) -> str:
    frames = {grid.frame_of_reference_uid for grid in grids}
    if len(frames) != 1:
        raise _unknown_place(path, "it fits no open series, and these do not share one frame of reference")
    return frames.pop()


def _shape(array: NDArray[np.bool_]) -> tuple[int, int, int]:
    slices, rows, columns = array.shape
    return slices, rows, columns


def _unreadable(path: Path, why: str) -> ReviewError:
    what = f"{path.name} cannot be used as a mask: {why}."
    return ReviewError("REGIONS_UNREADABLE", what, "Save it as a three-dimensional NIfTI mask.")


def _unknown_place(path: Path, why: str) -> ReviewError:
    what = f"{path.name} cannot be placed: {why}."
    return ReviewError("MASK_PLACE_UNKNOWN", what, "Save the mask on the grid of the PET or the CT.")

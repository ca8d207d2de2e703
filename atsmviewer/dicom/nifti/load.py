"""Owns the voxels of a NIfTI series: scaled in float64, kept as float32, or int16 of a whole CT."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.tags import PARSER_ERRORS
from atsmviewer.dicom.nifti.file import NiftiSource, chunks, scaled
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats
from atsmviewer.model.volume import Unit, Volume, Voxels


def load_nifti(
    found: Found,
    source: NiftiSource,
    unit: Unit,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Volume:
    """One frame, (slice, row, column); what is not finite is NaN, as is what float32 cannot hold.

    Raises
    ------
    ReviewError
        "FILE_CHANGED" where the file is no longer what was found, or "CANCELLED".
    """
    is_ct = found.series.modality == "CT"
    whole = is_ct and source.whole
    shape = source.file.shape
    voxels: Voxels = np.empty(shape, np.int16) if whole else np.empty(shape, np.float32)
    target = voxels[::-1] if source.file.is_reversed else voxels
    planes = chunks(source.file, found.frame, source.file.plane_bytes, source.marks)
    for done in range(shape[0]):
        if cancelled is not None and cancelled():
            raise ReviewError("CANCELLED", "Reading was cancelled.", "Open it again to read it.")
        try:
            plane = scaled(source.file, next(planes)).reshape(shape[1:])
        except (StopIteration, *PARSER_ERRORS) as error:
            what = f"{source.file.path.name} can no longer be read ({type(error).__name__})."
            raise ReviewError("FILE_CHANGED", what, "Open it again.") from error
        target[done] = np.rint(plane) if whole else _single(plane * source.factor)
        if progress is not None:
            progress(done + 1, shape[0])
    return Volume(
        found.series.grid,
        voxels,
        Unit.STORED if is_ct and not source.hounsfield else unit,
        found.series.uid,
    )


def _single(plane: Floats) -> NDArray[np.float32]:
    """As float32; what overflows is NaN, and never infinite."""
    with np.errstate(over="ignore"):
        narrow = plane.astype(np.float32)
    narrow[np.isinf(narrow)] = np.nan
    return narrow

"""Owns the choice of reader for a file of regions: by its content, never by its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from atsmviewer.dicom.header.boundary import Rejected, quiet, read_header
from atsmviewer.dicom.header.tags import text
from atsmviewer.dicom.nifti.masks import read_mask
from atsmviewer.dicom.region.contours import read_rtstruct
from atsmviewer.dicom.region.segmentation import read_segmentation
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Roi

_GZIP = b"\x1f\x8b"
_NIFTI = (b"n+1\0", b"n+2\0")
"""Magic of single-file NIfTI-1 at byte 344 and NIfTI-2 at byte 4."""


def read_regions(path: Path, grids: Sequence[Grid]) -> tuple[Roi, ...]:
    """The regions of an RT Structure Set, a Segmentation or a NIfTI mask; ``grids`` are the open series'.

    Raises
    ------
    ReviewError
        "REGIONS_UNREADABLE" where the file is none of these, and what its reader raises.
    """
    try:
        with path.open("rb") as opened:
            head = opened.read(348)
    except OSError as error:
        raise _unreadable(path, f"the system does not let it be read ({error.strerror})") from error
    if head[:2] == _GZIP or head[344:348] in _NIFTI or head[4:8] in _NIFTI:
        return (read_mask(path, grids),)
    with quiet():
        header = read_header(path)
        if isinstance(header, Rejected):
            raise _unreadable(path, "it is neither DICOM nor NIfTI")
        kind = text(header.dataset, "SOPClassUID")
    if kind == SegmentationStorage:
        return read_segmentation(path)
    if kind == RTStructureSetStorage:
        return read_rtstruct(path)
    raise _unreadable(path, "it is DICOM, but no RT Structure Set and no Segmentation")


def _unreadable(path: Path, why: str) -> ReviewError:
    what = f"{path.name} cannot be read as regions: {why}."
    remedy = "Choose an RT Structure Set, a DICOM Segmentation or a NIfTI mask."
    return ReviewError("REGIONS_UNREADABLE", what, remedy)

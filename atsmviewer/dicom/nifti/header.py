"""Owns the one place where a NIfTI file meets the parser: its header within limits, or why it is refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from atsmviewer.dicom.disk.gunzip import GZIP
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.tags import PARSER_ERRORS
from atsmviewer.dicom.nifti.file import NiftiFile, unpacked
from atsmviewer.model.grid import Floats

HEADER_BYTES = 540
"""Length of a NIfTI-2 header, the longer of the two."""
LONGEST_AXIS = 32767
"""More slices, rows or columns than the dim of NIfTI-1 can say are refused."""
MOST_FRAMES = 4096
OFFSET_LIMIT_BYTES = 16 << 20
"""Header extensions longer than this are refused."""
UNPACKED_LIMIT_BYTES = 128 << 20
RATIO_LIMIT = 200
"""A packed file that holds more than this, packed tighter than this, is refused: 4 MB can hold 4 GB."""
FARTHEST_MM, LEAST_MM, FLATTEST = 1e5, 1e-4, 1e-3
"""No voxel of a patient lies farther off, none is smaller, and its axes are never so nearly in one plane."""


def read_nifti(path: Path) -> NiftiFile | Rejected | None:
    """The header of a file that says it is NIfTI, or why it is set aside; None where it says no such."""
    try:
        if not path.is_file():
            return None
        with unpacked(path) as opened:
            head = opened.read(HEADER_BYTES)
    except PARSER_ERRORS:
        return None
    if head[344:348] in (b"ni1\0", b"ni2\0") or head[4:8] == b"ni2\0":
        what = "It is a NIfTI header whose voxels lie in a second file (.hdr and .img)."
        return Rejected(path, "NIFTI_PAIR", f"{what} Save it as one .nii file.")
    if head[344:348] != b"n+1\0" and head[4:8] != b"n+2\0":
        return None
    try:
        with np.errstate(all="ignore"):  # what a damaged affine overflows to is looked at, and refused
            return _parsed(path, head)
    except PARSER_ERRORS as error:
        return Rejected(path, "BROKEN_HEADER", f"Its NIfTI header cannot be parsed ({type(error).__name__}).")


def _parsed(path: Path, head: bytes) -> NiftiFile | Rejected:
    header = _header(head)
    dtype = header.get_data_dtype()
    shape = tuple(int(n) for n in header.get_data_shape())
    offset = int(header["vox_offset"])
    refused = _refused(shape, dtype) or _unplaced(header)
    if refused is not None:
        return Rejected(path, *refused)
    slope, intercept = header.get_slope_inter()
    codes = int(header["sform_code"]), int(header["qform_code"])
    file = NiftiFile(
        path=path,
        shape=(shape[2], shape[1], shape[0]),
        frames=shape[3] if len(shape) > 3 else 1,
        dtype=dtype,
        offset=offset,
        slope=1.0 if slope is None else float(slope),
        intercept=0.0 if intercept is None else float(intercept),
        affine=tuple(float(v) + 0.0 for v in _lps(header.get_best_affine()).ravel()),
        code=codes[0] or codes[1],
        intent=int(header["intent_code"]),
        skew_mm=_skew_mm(header, shape) if min(codes) > 0 else 0.0,
    )
    size = path.stat().st_size
    refused = _too_short(file, size) or _too_large(file, size)
    return file if refused is None else Rejected(path, *refused)


def _header(head: bytes) -> Any:
    """The parser's header; it is imported here, since few studies hold NIfTI."""
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header

    kind: Any = Nifti2Header if head[4:8] == b"n+2\0" else Nifti1Header
    header = kind(head[: kind.template_dtype.itemsize], check=False)
    header["pixdim"][0] = -1.0 if header["pixdim"][0] < 0 else 1.0  # the standard's reading of any qfac
    return header


def _refused(shape: tuple[int, ...], dtype: np.dtype[Any]) -> tuple[str, str] | None:
    """Why a shape or a kind of voxel is no volume of numbers, or None."""
    if dtype.fields is not None:
        return "COLOUR", "It is a colour picture."
    if dtype.kind not in "iuf":
        return "KIND_UNUSED", f"Its voxels are {dtype}, no plain numbers."
    if len(shape) < 3 or min(shape) < 1:
        return "KIND_UNUSED", f"Its shape {_times(shape)} is no volume."
    if math.prod(shape[4:]) != 1:
        return "KIND_UNUSED", f"Its shape {_times(shape)} is several values for each voxel."
    if max(shape[:3]) > LONGEST_AXIS or (len(shape) > 3 and shape[3] > MOST_FRAMES):
        return "TOO_LARGE", f"Its shape {_times(shape)} is larger than any image."
    return None


def _unplaced(header: Any) -> tuple[str, str] | None:
    """Why its voxels cannot be placed in mm, or None."""
    unit = str(header.get_xyzt_units()[0])
    if (int(header["sform_code"]), int(header["qform_code"])) == (0, 0) or unit not in ("mm", "unknown"):
        return "NO_GEOMETRY", "It does not say where its voxels are in mm (sform and qform)."
    affine = np.asarray(header.get_best_affine(), np.float64)
    if not np.isfinite(affine).all() or np.abs(affine).max() > FARTHEST_MM:
        return "NO_GEOMETRY", "Its affine leads to no place in mm."
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if spacing.min() < LEAST_MM or abs(np.linalg.det(affine[:3, :3] / spacing)) < FLATTEST:
        return "NO_GEOMETRY", "Its affine has no volume."
    return None


def _too_short(file: NiftiFile, size: int) -> tuple[str, str] | None:
    if not 348 <= file.offset <= OFFSET_LIMIT_BYTES:
        return "BROKEN_HEADER", f"Its voxels cannot begin at byte {file.offset}."
    if size >= file.offset + file.voxel_bytes or _is_packed(file.path):
        return None
    return "TRUNCATED", "It ends before its last voxel."


def _too_large(file: NiftiFile, size: int) -> tuple[str, str] | None:
    if file.voxel_bytes <= max(UNPACKED_LIMIT_BYTES, size * RATIO_LIMIT):
        return None
    return "TOO_LARGE", f"Its {size >> 10} kB would unpack to {file.voxel_bytes >> 20} MB."


def _is_packed(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(len(GZIP)) == GZIP


def _lps(ras: Floats) -> Floats:
    """A RAS affine of (i, j, k) as the 3 x 4 LPS affine of (slice, row, column)."""
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.asarray(ras, np.float64)
    return np.asarray(lps[:3, [2, 1, 0, 3]], np.float64)


def _skew_mm(header: Any, shape: tuple[int, ...]) -> float:
    """The largest distance at a corner between where sform and qform place it."""
    ends = np.array(np.meshgrid(*((0.0, n - 1.0) for n in shape[:3]), [1.0])).reshape(4, -1)
    try:
        qform = np.asarray(header.get_qform())
    except PARSER_ERRORS:  # an sform is there, and leads
        return math.inf
    apart = (np.asarray(header.get_sform()) - qform) @ ends
    return float(np.linalg.norm(apart[:3], axis=0).max())


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))

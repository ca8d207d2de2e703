"""Owns made-up NIfTI files for tests: voxels by (slice, row, column), stored in any of NIfTI's ways."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from atsmviewer.dicom.found import Found, Scan
from atsmviewer.model.grid import Floats

LPS = np.array([[0.0, 0.0, 1.5, -10.0], [0.0, 2.0, 0.0, -20.0], [3.0, 0.0, 0.0, 100.0], [0.0, 0.0, 0.0, 1.0]])
"""(slice, row, column) to LPS mm: 3 mm slices, 2 mm rows, 1.5 mm columns."""
SHAPE = (5, 4, 3)


@dataclass(frozen=True)
class Way:
    """How a file stores the same image: order of the file's axes, which run backwards, type and header."""

    axes: tuple[int, int, int] = (2, 1, 0)
    """For each axis of the file the axis of (slice, row, column) that it is."""
    backwards: tuple[int, ...] = ()
    dtype: str = "<f4"
    version: int = 1
    codes: tuple[int, int] = (1, 0)
    """sform and qform."""
    slope: float = 1.0
    intercept: float = 0.0


def ramp(low: float = 0.0, step: float = 1.0) -> Floats:
    """A different value in every voxel."""
    return low + step * np.arange(np.prod(SHAPE), dtype=np.float64).reshape(SHAPE)


CT = ramp(-1000.0, 30.0)
"""Whole numbers from air to bone."""


def only(result: Scan) -> Found:
    """The one series of a scan."""
    (found,) = result.found
    return found


def codes(result: Scan) -> dict[str, str]:
    """Why each file was set aside, by its name."""
    return {one.path.name: one.code for one in result.rejected}


def write_nifti(path: Path, voxels: NDArray[Any], lps: Floats = LPS, way: Way | None = None) -> Path:
    """Write (slice, row, column) voxels, or (slice, row, column, frame), with their 4 x 4 affine to LPS."""
    way = way or Way()
    frames = voxels.ndim == 4
    stored = np.moveaxis(voxels, way.axes, (0, 1, 2))
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps[:, [*way.axes, 3]]
    for axis in way.backwards:
        stored = np.flip(stored, axis)
        affine[:, 3] += affine[:, axis] * (stored.shape[axis] - 1)
        affine[:, axis] *= -1
    words = (stored - way.intercept) / way.slope
    dtype = np.dtype(way.dtype)
    words = np.rint(words).astype(dtype) if dtype.kind in "iu" else words.astype(dtype)
    kind: Any = nibabel.nifti2.Nifti2Image if way.version == 2 else nibabel.nifti1.Nifti1Image
    image = kind(words, affine, kind.header_class(endianness=way.dtype[0]))
    image.set_data_dtype(dtype)
    image.set_sform(affine, way.codes[0])
    image.set_qform(affine, way.codes[1])
    image.header.set_slope_inter(way.slope, way.intercept)
    image.header.set_xyzt_units("mm", "sec" if frames else "unknown")
    raw = image.to_bytes()
    if way.slope != 1.0 or way.intercept:
        raw = _unscaled(raw, image, words, way)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        raw = gzip.compress(raw, 1, mtime=0)
    path.write_bytes(raw)
    return path


def _unscaled(raw: bytes, image: Any, words: NDArray[Any], way: Way) -> bytes:
    """The file with the words as they are and its slope and intercept in the header."""
    header = image.header.copy()
    header["scl_slope"], header["scl_inter"] = way.slope, way.intercept
    header["vox_offset"] = len(raw) - words.nbytes
    begin = header.binaryblock + b"\0" * (len(raw) - words.nbytes - len(header.binaryblock))
    return bytes(begin + words.tobytes(order="F"))


def write_sidecar(image: Path, **values: object) -> Path:
    """The side-car of an image."""
    path = image.with_name(image.name.removesuffix(".gz").removesuffix(".nii") + ".json")
    path.write_text(json.dumps(values), "utf-8")
    return path

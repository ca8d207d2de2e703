"""Owns the pixels of a Segmentation's frames: packed bits or fractions, as voxels in or out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import ExplicitVRBigEndian, RLELossless

from atsmviewer.dicom.header.boundary import NATIVE, transfer_syntax
from atsmviewer.dicom.header.tags import PARSER_ERRORS, number, text, value, whole
from atsmviewer.model.errors import ReviewError

VOXEL_LIMIT = 1 << 28
"""Segmentations of more stored voxels, or that span more, are refused before they are unpacked."""
HALF = 0.5
"""The part of MaximumFractionalValue from which a fractional voxel belongs to the region."""


def inside(dataset: FileDataset, k: int, size: int, path: Path) -> NDArray[np.bool_]:
    """Which of the ``size`` voxels of frame ``k`` (from 0) belong to its segment, in order of rows.

    ReviewError("REGIONS_UNREADABLE", "TRANSFER_SYNTAX" or "TOO_LARGE").
    """
    kind, bits = text(dataset, "SegmentationType"), whole(dataset, "BitsAllocated")
    frames = whole(dataset, "NumberOfFrames") or 1
    if frames * size > VOXEL_LIMIT:
        raise ReviewError("TOO_LARGE", f"{path.name} stores {frames * size} voxels.", "Crop it first.")
    if (kind, bits) == ("BINARY", 1):
        data = _native(dataset, math.ceil(frames * size / 8), path)
        # Frames follow each other bit by bit, the first voxel in the lowest bit (PS3.5 8.1.1, 8.2).
        first, last = k * size, (k + 1) * size
        packed = data[first // 8 : math.ceil(last / 8)]
        return np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + size].astype(np.bool_)
    if (kind, bits) == ("FRACTIONAL", 8):
        most = number(dataset, "MaximumFractionalValue") or 0
        if most <= 0:
            raise unreadable(path, "its fractions have no maximum")
        return np.asarray(_bytes(dataset, k, size, path) >= HALF * most)
    raise unreadable(path, f"segments of type {kind} in {bits} bits are not read")


def _bytes(dataset: FileDataset, k: int, size: int, path: Path) -> NDArray[np.uint8]:
    if transfer_syntax(dataset) != RLELossless:
        frames = whole(dataset, "NumberOfFrames") or 1
        return _native(dataset, frames * size, path)[k * size : (k + 1) * size]
    try:
        return np.asarray(pixel_array(dataset, index=k, decoding_plugin="pydicom"), np.uint8).reshape(size)
    except PARSER_ERRORS as error:
        raise unreadable(path, f"its pixels cannot be decoded ({type(error).__name__})") from error


def _native(dataset: FileDataset, length: int, path: Path) -> NDArray[np.uint8]:
    syntax, data = transfer_syntax(dataset), value(dataset, "PixelData")
    if syntax not in NATIVE or syntax == ExplicitVRBigEndian:
        what = f"{path.name} is compressed as {syntax.name}, which is not read."
        raise ReviewError("TRANSFER_SYNTAX", what, "Ask for it uncompressed (Explicit VR Little Endian).")
    if not isinstance(data, bytes) or len(data) < length:
        raise unreadable(path, "it ends before its last voxel")
    return np.frombuffer(data, np.uint8)


def unreadable(path: Path, why: str) -> ReviewError:
    """The refusal of a segmentation that does not say what it means."""
    what = f"{path.name} cannot be used as regions: {why}."
    return ReviewError("REGIONS_UNREADABLE", what, "Export the segmentation again, one frame per plane.")

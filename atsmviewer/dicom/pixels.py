"""Owns one slice's pixels: stored bits to numbers, sign, padding, and the slice's own rescale (R2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import ExplicitVRBigEndian, RLELossless

from atsmviewer.dicom.boundary import NATIVE, read_whole, transfer_syntax
from atsmviewer.dicom.frames import frame_groups, frame_header, shared_header
from atsmviewer.dicom.scaling import Scaling, scaling
from atsmviewer.dicom.tags import PARSER_ERRORS, text, value, whole
from atsmviewer.model.errors import ReviewError

Integers = NDArray[np.integer]
_STORED = {8: np.uint8, 16: np.uint16, 32: np.uint32}

_LARGEST, _LEAST = float(np.finfo(np.float32).max), float(np.finfo(np.float32).tiny)
"""What a voxel (float32) can hold; a slope beyond it comes of damage."""

EXCESS_BYTES = 16
"""Padding after the last pixel that is let pass: some writers align their pixel data."""


@dataclass(frozen=True, eq=False)
class Rescaled:
    """One slice (row, column): ``values`` in float64, where ``padding`` is no measurement, and the slope."""

    values: NDArray[np.float64]
    padding: NDArray[np.bool_] | None
    slope: float
    intercept: float

    def fits_int16(self) -> bool:
        """Whether every value is a whole number that int16 can hold, its lowest kept free for padding."""
        limits = np.iinfo(np.int16)
        measured = self.values if self.padding is None else self.values[~self.padding]
        return (
            self.slope.is_integer()
            and self.intercept.is_integer()
            and bool((measured > limits.min).all() and (measured <= limits.max).all())
        )

    def filled(self, padding: float) -> NDArray[np.float64]:
        """The values, with another in place of padding."""
        return self.values if self.padding is None else np.where(self.padding, padding, self.values)


def read_slice(path: Path, uid: str, size: tuple[int, int]) -> Rescaled:
    """One slice from its file as slope x stored + intercept; absent rescale (MR) is 1 and 0.

    Raises
    ------
    ReviewError
        "FILE_CHANGED" where the file is no longer the slice ``uid`` of that size, "TRANSFER_SYNTAX"
        where its compression is not read, "PIXELS_BROKEN" where its pixels are not what it says.
    """
    dataset = _same_file(path, uid, size)
    return _rescaled(dataset, _numbers(_stored(dataset, path, size, None), dataset, path), path)


def read_frames(path: Path, uid: str, size: tuple[int, int], frames: Sequence[int]) -> Iterator[Rescaled]:
    """Frames of one multi-frame file, in the given order, each by its own functional groups.

    The file is read once. Raises as :func:`read_slice`, and "PIXELS_UNMAPPED" where a stored value lies
    outside the range that the frame's real world value mapping holds for.
    """
    dataset = _same_file(path, uid, size)
    groups, shared = frame_groups(dataset), shared_header(dataset)
    if max(frames) >= len(groups):
        raise _changed(path)
    for frame in frames:
        stored = _numbers(_stored(dataset, path, size, frame), dataset, path)
        yield _rescaled(frame_header(shared, groups[frame]), stored, path)


def frame_bytes(dataset: FileDataset, frame: int | None) -> bytes:
    """The pixels of a slice, or of one frame, as they lie in the file; of compressed frames all of them."""
    data = value(dataset, "PixelData")
    if not isinstance(data, bytes):
        return b""
    if frame is None or transfer_syntax(dataset) not in NATIVE:
        return data
    length = len(data) // max(whole(dataset, "NumberOfFrames") or 1, 1)
    return data[frame * length : (frame + 1) * length]


def _same_file(path: Path, uid: str, size: tuple[int, int]) -> FileDataset:
    dataset = read_whole(path)
    if text(dataset, "SOPInstanceUID") != uid or (whole(dataset, "Rows"), whole(dataset, "Columns")) != size:
        raise _changed(path)
    return dataset


def _rescaled(header: Dataset, stored: Integers, path: Path) -> Rescaled:
    """Stored numbers by the scaling of their own header, a slice's or a frame's."""
    by = scaling(header) or Scaling(1.0, 0.0)
    padding = _padding(stored, header)
    measured = stored if padding is None else stored[~padding]
    low, high = (int(measured.min()), int(measured.max())) if measured.size else (0, 0)
    if by.slope == 0 and stored.any():
        raise _broken(path, "its rescale slope is 0 although its pixels are not")
    ends = (by.slope, by.slope * low + by.intercept, by.slope * high + by.intercept)
    if max(map(abs, ends)) > _LARGEST or 0 < abs(by.slope) < _LEAST:
        raise _broken(path, f"its rescale slope {by.slope:g} gives values that no scanner measures")
    if measured.size and not by.first <= low <= high <= by.last:
        what = f"{path.name} has stored values outside {by.first:g} to {by.last:g}, which alone have a unit."
        raise ReviewError("PIXELS_UNMAPPED", what, "Fetch the series as classic PET slices.")
    return Rescaled(stored.astype(np.float64) * by.slope + by.intercept, padding, by.slope, by.intercept)


def _stored(dataset: FileDataset, path: Path, size: tuple[int, int], frame: int | None) -> Integers:
    """The stored words of a slice or frame, unsigned and as wide as BitsAllocated."""
    syntax = transfer_syntax(dataset)
    word = _STORED.get(whole(dataset, "BitsAllocated") or 0)
    if word is None:
        raise _broken(path, f"{whole(dataset, 'BitsAllocated')} bits allocated are not read")
    if syntax not in (*NATIVE, RLELossless):
        raise ReviewError(
            "TRANSFER_SYNTAX",
            f"{path.name} is compressed as {syntax.name}, which is not read.",
            "Ask for the series uncompressed (Explicit VR Little Endian), or convert it.",
        )
    try:
        if syntax in (RLELossless, ExplicitVRBigEndian):
            plugin = "pydicom" if syntax == RLELossless else ""
            decoded = pixel_array(dataset, index=frame or 0, decoding_plugin=plugin)
            return decoded.astype(decoded.dtype.newbyteorder("=")).view(word).reshape(size)
        data, wanted = dataset.PixelData, size[0] * size[1]
        count = 1 if frame is None else whole(dataset, "NumberOfFrames") or 1
        if len(data) > count * wanted * np.dtype(word).itemsize + EXCESS_BYTES:
            raise _broken(path, "it holds more pixels than its header says")
        at = (frame or 0) * wanted * np.dtype(word).itemsize
        return np.frombuffer(data, np.dtype(word).newbyteorder("<"), wanted, at).reshape(size)
    except ReviewError:
        raise
    except PARSER_ERRORS as error:
        raise _broken(path, f"its pixels cannot be decoded ({type(error).__name__})") from error


def _numbers(words: Integers, dataset: Dataset, path: Path) -> Integers:
    """The numbers in stored words: BitsStored bits below and at HighBit, two's complement where signed.

    Bits outside are not pixels: old scanners kept overlays there (PS3.5 8.1.1).
    """
    allocated = words.dtype.itemsize * 8
    bits = whole(dataset, "BitsStored") or allocated
    high = whole(dataset, "HighBit")
    low = (bits - 1 if high is None else high) + 1 - bits
    if not (1 <= bits <= allocated and 0 <= low <= allocated - bits):
        raise _broken(path, f"{bits} bits stored below bit {high} do not fit in {allocated}")
    if bits < allocated:
        words = (words >> low) & words.dtype.type(2**bits - 1)
    if whole(dataset, "PixelRepresentation") != 1:
        return words
    sign = words.dtype.type(2 ** (bits - 1))
    return ((words ^ sign) - sign).view(np.dtype(f"i{words.dtype.itemsize}"))


def _padding(stored: Integers, dataset: Dataset) -> NDArray[np.bool_] | None:
    """Where stored values lie from PixelPaddingValue to its range limit (PS3.3 C.7.5.1.1.2)."""
    edges = [_edge(dataset, k, stored.dtype) for k in ("PixelPaddingValue", "PixelPaddingRangeLimit")]
    given = [e for e in edges if e is not None]
    if edges[0] is None:
        return None
    padding = (stored >= min(given)) & (stored <= max(given))
    return padding if padding.any() else None


def _edge(dataset: Dataset, keyword: str, kind: np.dtype[np.integer]) -> int | None:
    """A padding value, whose VR (US or SS) an implicit file does not state, in the pixels' own sign."""
    edge = value(dataset, keyword)
    if isinstance(edge, bytes):
        edge = int.from_bytes(edge[:2], "little")
    if not isinstance(edge, int):
        return None
    limits = np.iinfo(kind)
    wrapped = edge % 2**16 if kind.kind == "u" else (edge + 2**15) % 2**16 - 2**15
    return edge if limits.min <= edge <= limits.max else wrapped


def _changed(path: Path) -> ReviewError:
    what = f"{path.name} is no longer the slice that was found."
    return ReviewError("FILE_CHANGED", what, "Open the folder again.")


def _broken(path: Path, why: str) -> ReviewError:
    return ReviewError("PIXELS_BROKEN", f"{path.name}: {why}.", "Fetch the series again from its archive.")

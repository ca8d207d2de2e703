"""Owns one slice's pixels: stored bits to numbers, sign, padding, and the slice's own rescale (R2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import ExplicitVRBigEndian, RLELossless

from atsmviewer.dicom.header.boundary import NATIVE, read_whole, transfer_syntax
from atsmviewer.dicom.header.frames import Frames
from atsmviewer.dicom.header.scaling import Scaling, scaling
from atsmviewer.dicom.header.tags import PARSER_ERRORS, text, value, whole
from atsmviewer.dicom.pixel.compressed import CODECS, decompressed, packed
from atsmviewer.dicom.pixel.padding import padding_of
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Voxels

Integers = NDArray[np.integer]
_STORED: dict[int, type[np.unsignedinteger]] = {8: np.uint8, 16: np.uint16, 32: np.uint32}

_LARGEST, _LEAST = float(np.finfo(np.float32).max), float(np.finfo(np.float32).tiny)
"""What a voxel (float32) can hold; a slope beyond it comes of damage."""

_INT16 = 2**15
_EXACT = 2.0**53
"""Whole numbers below it are themselves in float64."""
EXCESS_BYTES = 16
"""Padding after the last pixel that is let pass: some writers align their pixel data."""


@dataclass(frozen=True)
class Form:
    """How numbers lie in stored words: ``bits`` from bit ``low`` up, the rest is something else.

    ``padding`` are the ends of the range of numbers that are no measurement, where one is stated.
    """

    word: np.dtype[np.unsignedinteger]
    bits: int
    low: int
    signed: bool
    padding: tuple[int, int] | None = None

    @cached_property
    def kind(self) -> np.dtype[np.integer]:
        """The type of the numbers, of the words' width."""
        return np.dtype(f"{'i' if self.signed else 'u'}{self.word.itemsize}")

    def numbers(self, words: Integers) -> Integers:
        """The numbers in stored words, two's complement where signed."""
        if self.bits < self.word.itemsize * 8:
            words = (words >> self.low) & words.dtype.type(2**self.bits - 1)
            if self.signed:
                sign = words.dtype.type(2 ** (self.bits - 1))
                words = (words ^ sign) - sign
        return words.view(self.kind) if self.signed else words


@dataclass(frozen=True, eq=False)
class Rescaled:
    """One slice (row, column) as numbers, and what they are rescaled by; ``padding`` is no measurement."""

    numbers: Integers
    padding: NDArray[np.bool_] | None
    slope: float
    intercept: float

    @property
    def values(self) -> NDArray[np.float64]:
        """Slope x number + intercept in float64."""
        values = self.numbers.astype(np.float64)
        values *= self.slope
        if self.intercept != 0 or self.slope <= 0:  # a slope below 0 makes -0.0 of 0
            values += self.intercept
        return values

    @cached_property
    def measured(self) -> Integers:
        """The numbers without padding."""
        return self.numbers if self.padding is None else self.numbers[~self.padding]

    @cached_property
    def low(self) -> int:
        """The least number measured; 0 where there is none."""
        return int(self.measured.min()) if self.measured.size else 0

    @cached_property
    def high(self) -> int:
        """The largest number measured; 0 where there is none."""
        return int(self.measured.max()) if self.measured.size else 0

    def fits_int16(self) -> bool:
        """Whether every value is a whole number that int16 can hold, its lowest kept free for padding."""
        if not (self.slope.is_integer() and self.intercept.is_integer()):
            return False
        # A pass over the pixels is needed only for an end at which not every number would fit.
        bits = self.numbers.dtype.itemsize * 8 - (self.numbers.dtype.kind == "i")
        least = -(1 << bits) if self.numbers.dtype.kind == "i" else 0
        low = self._fits(least) or self._fits(self.low) or not self.measured.size
        return low and (self._fits((1 << bits) - 1) or self._fits(self.high) or not self.measured.size)

    def _fits(self, number: int) -> bool:
        return -_INT16 < number * self.slope + self.intercept < _INT16

    def fill(self, out: Voxels, padding: float) -> None:
        """Put the values into ``out`` (row, column), float32 or an int16 that they fit, and padding."""
        exact = _most(self.numbers) * abs(self.slope) < _EXACT
        if out.dtype == np.int16 and exact:
            self._fill_whole(out)
            if self.padding is not None:
                out[self.padding] = padding
        else:
            values = self.values
            if self.padding is not None:
                values[self.padding] = padding
            out[...] = values

    def _fill_whole(self, out: Voxels) -> None:
        """In arithmetic modulo 2**16, which is exact where the result fits."""
        narrow = self.numbers.dtype.itemsize == 2
        words = self.numbers.view(np.int16) if narrow else self.numbers.astype(np.int16)
        slope, intercept = (np.int16((int(v) + 2**15) % 2**16 - 2**15) for v in (self.slope, self.intercept))
        np.add(words if slope == 1 else words * slope, intercept, out=out)


def read_slice(path: Path, uid: str, size: tuple[int, int]) -> Rescaled:
    """One slice from its file as slope x stored + intercept; absent rescale (MR) is 1 and 0.

    Raises
    ------
    ReviewError
        "FILE_CHANGED" where the file is no longer the slice ``uid`` of that size, "TRANSFER_SYNTAX"
        where its compression is not read, "CODEC_FAILED" where it cannot be undone, "PIXELS_BROKEN"
        where its pixels are not what it says.
    """
    return slice_of(same_file(path, uid, size), path, size)


def slice_of(dataset: FileDataset, path: Path, size: tuple[int, int]) -> Rescaled:
    """The slice that a whole file of one frame holds; raises as :func:`read_slice`."""
    words = _stored(dataset, path, size)(None)
    form = form_of(dataset, path)
    numbers = form.numbers(words)
    return rescaled(numbers, scaling(dataset) or Scaling(1.0, 0.0), form.padding, path)


def read_frames(path: Path, uid: str, size: tuple[int, int], frames: Sequence[int]) -> Iterator[Rescaled]:
    """Frames of one multi-frame file, in the given order, each by its own functional groups.

    The file is read once. Raises as :func:`read_slice`, and "PIXELS_UNMAPPED" where a stored value lies
    outside the range that the frame's real world value mapping holds for.
    """
    return (job() for job in frame_jobs(path, uid, size, frames))


def frame_jobs(
    path: Path, uid: str, size: tuple[int, int], frames: Sequence[int]
) -> Iterator[Callable[[], Rescaled]]:
    """The same, each frame as a job that may be done in any thread."""
    dataset = same_file(path, uid, size)
    described = Frames(dataset)
    if max(frames) >= len(described):
        raise _changed(path)
    form = form_of(dataset, path)
    stored = _stored(dataset, path, size)

    def read(frame: int) -> Rescaled:
        header = described.header(described.own(frame))
        by = scaling(header) or Scaling(1.0, 0.0)
        return rescaled(form.numbers(stored(frame)), by, padding_of(header, form.kind), path)

    for frame in frames:
        yield partial(read, frame)


def frame_bytes(dataset: FileDataset, frame: int | None) -> bytes:
    """The pixels of a slice, or of one frame, as they lie in the file, compressed or not."""
    data = value(dataset, "PixelData")
    if not isinstance(data, bytes):
        return b""
    if transfer_syntax(dataset) not in NATIVE:
        return packed(dataset, frame or 0)
    if frame is None:
        return data
    length = len(data) // max(whole(dataset, "NumberOfFrames") or 1, 1)
    return data[frame * length : (frame + 1) * length]


def same_file(path: Path, uid: str, size: tuple[int, int]) -> FileDataset:
    """A whole file that is the slice ``uid`` of that size; ReviewError("FILE_CHANGED") where it is not."""
    dataset = read_whole(path)
    if text(dataset, "SOPInstanceUID") != uid or (whole(dataset, "Rows"), whole(dataset, "Columns")) != size:
        raise _changed(path)
    return dataset


def rescaled(numbers: Integers, by: Scaling, padding: tuple[int, int] | None, path: Path) -> Rescaled:
    """Numbers with their scaling, once it is known that it gives values that can be meant.

    ReviewError("PIXELS_BROKEN" or "PIXELS_UNMAPPED").
    """
    outside = None
    if padding is not None:
        first, last = padding
        where = numbers == first if first == last else (numbers >= first) & (numbers <= last)
        outside = where if where.any() else None
    one = Rescaled(numbers, outside, by.slope, by.intercept)
    if by.slope == 0 and numbers.any():
        raise _broken(path, "its rescale slope is 0 although its pixels are not")
    if _most(numbers) * abs(by.slope) + abs(by.intercept) > _LARGEST or 0 < abs(by.slope) < _LEAST:
        ends = (by.slope, by.slope * one.low + by.intercept, by.slope * one.high + by.intercept)
        if max(map(abs, ends)) > _LARGEST or 0 < abs(by.slope) < _LEAST:
            raise _broken(path, f"its rescale slope {by.slope:g} gives values that no scanner measures")
    ranged = -math.inf < by.first or by.last < math.inf
    if ranged and one.measured.size and not by.first <= one.low <= one.high <= by.last:
        what = f"{path.name} has stored values outside {by.first:g} to {by.last:g}, which alone have a unit."
        raise ReviewError("PIXELS_UNMAPPED", what, "Fetch the series as classic PET slices.")
    return one


def _most(numbers: Integers) -> int:
    """The largest magnitude that the type of the numbers holds."""
    return 1 << numbers.dtype.itemsize * 8


def _stored(dataset: FileDataset, path: Path, size: tuple[int, int]) -> Callable[[int | None], Integers]:
    """What gives the stored words of a slice (None) or of a frame, unsigned and as wide as BitsAllocated."""
    syntax, word = transfer_syntax(dataset), _word_of(dataset, path)
    if syntax in CODECS:
        form = form_of(dataset, path)
        return lambda frame: decompressed(dataset, path, size, frame or 0, form)
    if syntax not in (*NATIVE, RLELossless):
        raise ReviewError(
            "TRANSFER_SYNTAX",
            f"{path.name} is compressed as {syntax.name}, which is not read.",
            "Ask for the series uncompressed (Explicit VR Little Endian), or convert it.",
        )
    parsed = syntax in (RLELossless, ExplicitVRBigEndian)
    plugin = "pydicom" if syntax == RLELossless else ""
    pixels, count = size[0] * size[1], whole(dataset, "NumberOfFrames") or 1

    def stored(frame: int | None) -> Integers:
        try:
            if parsed:
                decoded = pixel_array(dataset, index=frame or 0, decoding_plugin=plugin)
                return decoded.astype(decoded.dtype.newbyteorder("=")).view(word).reshape(size)
            data = dataset.PixelData
            if len(data) > (1 if frame is None else count) * pixels * word.itemsize + EXCESS_BYTES:
                raise _broken(path, "it holds more pixels than its header says")
            at = (frame or 0) * pixels * word.itemsize
            return np.frombuffer(data, word.newbyteorder("<"), pixels, at).reshape(size)
        except ReviewError:
            raise
        except PARSER_ERRORS as error:
            raise _broken(path, f"its pixels cannot be decoded ({type(error).__name__})") from error

    return stored


def form_of(dataset: Dataset, path: Path) -> Form:
    """How a header says that its numbers are stored; ReviewError("PIXELS_BROKEN") where they cannot be.

    BitsStored bits lie below and at HighBit. Bits outside are not pixels: old scanners kept overlays
    there (PS3.5 8.1.1).
    """
    kind = _word_of(dataset, path)
    allocated = kind.itemsize * 8
    bits = whole(dataset, "BitsStored") or allocated
    high = whole(dataset, "HighBit")
    low = (bits - 1 if high is None else high) + 1 - bits
    if not (1 <= bits <= allocated and 0 <= low <= allocated - bits):
        raise _broken(path, f"{bits} bits stored below bit {high} do not fit in {allocated}")
    form = Form(kind, bits, low, whole(dataset, "PixelRepresentation") == 1)
    return replace(form, padding=padding_of(dataset, form.kind))


def _word_of(dataset: Dataset, path: Path) -> np.dtype[np.unsignedinteger]:
    word = _STORED.get(whole(dataset, "BitsAllocated") or 0)
    if word is None:
        raise _broken(path, f"{whole(dataset, 'BitsAllocated')} bits allocated are not read")
    return np.dtype(word)


def _changed(path: Path) -> ReviewError:
    what = f"{path.name} is no longer the slice that was found."
    return ReviewError("FILE_CHANGED", what, "Open the folder again.")


def _broken(path: Path, why: str) -> ReviewError:
    return ReviewError("PIXELS_BROKEN", f"{path.name}: {why}.", "Fetch the series again from its archive.")

"""Owns what a NIfTI file is once its header is read: where its voxels lie, and they as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from atsmviewer.dicom.disk.gunzip import GZIP, Gunzip, Mark
from atsmviewer.model.grid import Floats

MOST_MARKS = 64
"""How many places in a packed file are kept, each about 100 kB."""
CHUNK_BYTES = 2 << 20


@dataclass(frozen=True)
class NiftiFile:
    """What the header of a single-file NIfTI-1 or -2 says; no voxels.

    ``shape`` is (slice, row, column): the file's third, second and first axis, so that the stored bytes
    are in this order. ``affine`` is the 3 x 4 matrix, row by row, from that index to LPS mm. A voxel is
    ``slope`` x stored + ``intercept``.
    """

    path: Path
    shape: tuple[int, int, int]
    frames: int
    dtype: np.dtype[Any]
    offset: int
    slope: float
    intercept: float
    affine: tuple[float, ...]
    code: int
    """What the affine leads to: 1 scanner, 2 aligned, 3 Talairach, 4 MNI (the NIfTI-1 standard)."""
    intent: int
    skew_mm: float
    """How far the qform lies from the sform at most, 0 where there is only one; infinite where it is none."""

    @property
    def is_reversed(self) -> bool:
        """Whether its axes are left-handed: the grid then counts the slices from the last one stored."""
        matrix = np.asarray(self.affine, np.float64).reshape(3, 4)[:, :3]
        return bool(np.linalg.det(matrix) > 0)  # slice, row, column of DICOM has a negative determinant

    @property
    def lattice(self) -> tuple[float, ...]:
        """The affine of the grid, right-handed as those of DICOM are; places are the file's."""
        if not self.is_reversed:
            return self.affine
        matrix = np.asarray(self.affine, np.float64).reshape(3, 4).copy()
        matrix[:, 3] += matrix[:, 0] * (self.shape[0] - 1)
        matrix[:, 0] *= -1.0
        return tuple(float(v) + 0.0 for v in matrix.ravel())

    @property
    def plane_bytes(self) -> int:
        """Bytes of one slice."""
        return self.shape[1] * self.shape[2] * self.dtype.itemsize

    @property
    def voxel_bytes(self) -> int:
        """Bytes of all frames."""
        return self.plane_bytes * self.shape[0] * self.frames


@dataclass(frozen=True)
class NiftiSource:
    """Where the voxels of a found series lie: one file, each value multiplied by ``factor``.

    ``whole`` says that every value is a whole number that int16 holds, ``hounsfield`` that a CT's are HU;
    ``sidecar`` is the file that told its facts, ``subject`` the label of a BIDS name ("sub-01");
    ``marks`` are places in a packed file by frame.
    """

    file: NiftiFile
    factor: float = 1.0
    whole: bool = False
    hounsfield: bool = True
    sidecar: Path | None = None
    subject: str = ""
    marks: dict[int, Mark] = field(default_factory=dict, compare=False, repr=False)


@contextmanager
def unpacked(path: Path, mark: Mark | None = None) -> Iterator[BinaryIO | Gunzip]:
    """The bytes of a file, unpacked as they are read where it is gzip, from a mark in it on."""
    with path.open("rb") as opened:
        packed = opened.read(len(GZIP)) == GZIP
        opened.seek(0)
        yield Gunzip(opened, mark) if packed else opened


def chunks(
    file: NiftiFile, first: int = 0, size: int = CHUNK_BYTES, marks: dict[int, Mark] | None = None
) -> Iterator[bytes]:
    """The stored voxels from frame ``first`` to the last, ``size`` bytes at a time or the rest of a frame.

    ``marks`` are places in a packed file by the number of the frame that begins there: the nearest is
    taken, and a first pass over a file of several frames adds some, since a packed file is otherwise
    unpacked from its start for every frame.

    Raises EOFError where the file ends before its last voxel, and what zlib and the system raise.
    """
    marks = {} if marks is None else marks
    near = max((frame for frame in marks if frame <= first), default=None)
    frame_bytes = file.plane_bytes * file.shape[0]
    with unpacked(file.path, None if near is None else marks[near]) as opened:
        _skip(opened, file.offset if near is None else 0)
        if isinstance(opened, Gunzip):
            _skip(opened, (first - (near or 0)) * frame_bytes)
        else:
            opened.seek(file.offset + first * frame_bytes)
        for frame in range(first, file.frames):
            if isinstance(opened, Gunzip) and frame and frame % -(-file.frames // MOST_MARKS) == 0:
                marks.setdefault(frame, opened.mark())
            yield from _pieces(opened, frame_bytes, size)
        opened.read(1 << 16)  # the end of a packed file is where its checksum is compared


def _pieces(opened: BinaryIO | Gunzip, left: int, size: int) -> Iterator[bytes]:
    while left:
        piece = opened.read(min(left, size))
        if len(piece) < min(left, size):
            raise EOFError("it ends before its last voxel")
        left -= len(piece)
        yield piece


def _skip(opened: BinaryIO | Gunzip, count: int) -> None:
    for _ in _pieces(opened, count, CHUNK_BYTES):
        pass


def scaled(file: NiftiFile, stored: bytes) -> Floats:
    """Stored bytes as slope x stored + intercept in float64; what is not finite is NaN."""
    with np.errstate(over="ignore", invalid="ignore"):  # a NaN may be of the signalling kind
        values = np.frombuffer(stored, file.dtype).astype(np.float64)
        if (file.slope, file.intercept) != (1.0, 0.0):
            values = values * file.slope + file.intercept
    values[~np.isfinite(values)] = np.nan
    return values

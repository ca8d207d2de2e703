"""Owns what the values of a NIfTI file tell, in one pass: hash, range, whether they are labels."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field

import numpy as np

from atsmviewer.dicom.disk.gunzip import Mark
from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.tags import PARSER_ERRORS
from atsmviewer.dicom.nifti.file import NiftiFile, chunks, scaled
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats

MOST_LABELS = 128
"""A file of labels has at most this many different values, 0 among them."""


@dataclass(frozen=True)
class Values:
    """All frames after slope and intercept; ``least`` and ``most`` are NaN where nothing is finite.

    ``different`` are the values that occur, in order, empty where they are more than ``MOST_LABELS``, or
    not all whole and from 0 on. ``zeros`` is the part of the voxels that are 0.
    """

    digest: str
    least: float
    most: float
    different: tuple[float, ...]
    zeros: float
    whole: bool
    """Whether every value is a whole number that int16 holds."""
    marks: dict[int, Mark] = field(default_factory=dict, compare=False, repr=False)
    """Places in a packed file by the number of the frame that begins there."""


class _Tally:
    """The running sums of the pass."""

    def __init__(self) -> None:
        self.least, self.most = math.inf, -math.inf
        self.different: set[float] | None = set()
        self.zeros = self.count = 0
        self.whole = True

    def add(self, values: Floats) -> None:
        least, most = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
        self.least, self.most = min(self.least, least), max(self.most, most)
        self.count += len(values)
        self.zeros += int(np.count_nonzero(values == 0))
        info = np.iinfo(np.int16)
        self.whole = self.whole and least >= info.min and most <= info.max
        if self.whole or self.different is not None:
            rounded = bool((values == np.rint(values)).all())
            self.whole = self.whole and rounded
            self._tell_apart(values, rounded and least >= 0)

    def _tell_apart(self, values: Floats, may_be_labels: bool) -> None:
        if self.different is None or not may_be_labels:
            self.different = None
            return
        # Most images show in a few thousand voxels that they are none; only labels are sorted in full.
        for part in (values[: 1 << 14], values):
            self.different |= set(np.unique(part).tolist())
            if len(self.different) > MOST_LABELS:
                self.different = None
                return


def look(file: NiftiFile) -> Values | Rejected:
    """Read every voxel once, keeping none; "TRUNCATED" or "PIXELS_BROKEN" where they cannot be read.

    Raises ReviewError("CANCELLED") where the reader stopped it.
    """
    said = (file.shape, file.frames, file.dtype.str, file.slope, file.intercept, file.affine)
    digest, tally = hashlib.sha256(repr(said).encode()), _Tally()
    marks: dict[int, Mark] = {}
    try:
        for piece in chunks(file, marks=marks):
            check()
            digest.update(piece)
            tally.add(scaled(file, piece))
    except ReviewError:
        raise
    except EOFError:
        return Rejected(file.path, "TRUNCATED", "It ends before its last voxel.")
    except PARSER_ERRORS as error:
        return Rejected(file.path, "PIXELS_BROKEN", f"Its voxels cannot be read ({type(error).__name__}).")
    return _values(digest.hexdigest(), tally, marks)


def _values(digest: str, tally: _Tally, marks: dict[int, Mark]) -> Values:
    known = math.isfinite(tally.least)
    return Values(
        digest=digest,
        least=tally.least if known else math.nan,
        most=tally.most if known else math.nan,
        different=tuple(sorted(tally.different or ())),
        zeros=tally.zeros / tally.count,
        whole=tally.whole and known,
        marks=marks,
    )

"""Owns the fast way to a slice's pixels: read into their place, as a like slice before said they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from atsmviewer.dicom.header.boundary import transfer_syntax
from atsmviewer.dicom.header.quick import HEAD_LIMIT_BYTES, Outlines, Unusual, finite, plain_text
from atsmviewer.dicom.header.scaling import Scaling, scaling
from atsmviewer.dicom.pixel.pixels import (
    EXCESS_BYTES,
    Form,
    Integers,
    Rescaled,
    form_of,
    rescaled,
    same_file,
    slice_of,
)
from atsmviewer.model.volume import Voxels

_UID, _INTERCEPT, _SLOPE = 0x00080018, 0x00281052, 0x00281053
OWN = frozenset((_UID, _INTERCEPT, _SLOPE))
"""What a slice may have of its own; of everything else that is asked for it shares its outline's."""


@dataclass(frozen=True)
class _Lying:
    """How the pixels of a slice lie in its file, and its scaling where a like one states none."""

    form: Form
    size: tuple[int, int]
    by: Scaling
    spare_bytes: int
    """What the pixel data hold behind the last pixel; nothing may follow it."""

    @cached_property
    def words(self) -> Integers:
        """Memory for the stored words of one slice after the other."""
        return np.empty(self.size, self.form.word.newbyteorder("<"))


class QuickSlices:
    """The slices of a series, read by likeness to earlier ones; see :mod:`atsmviewer.dicom.header.quick`."""

    def __init__(self) -> None:
        self._outlines: Outlines[_Lying] = Outlines(OWN)

    def read(self, path: Path, uid: str, size: tuple[int, int], into: Voxels | None = None) -> Rescaled:
        """One slice, as :func:`atsmviewer.dicom.pixel.pixels.read_slice` gives it, with its errors.

        ``into`` is where it will be filled: stored words of that width are read there at once. The
        numbers given last until that is filled, or until the next slice is read.
        """
        like = self.read_like(path, uid, size, into)
        if like is not None:
            return like
        dataset = same_file(path, uid, size)
        one = slice_of(dataset, path, size)
        self._learn(dataset, path, size)
        return one

    def read_like(
        self, path: Path, uid: str, size: tuple[int, int], into: Voxels | None = None
    ) -> Rescaled | None:
        """The same where the file is like one read before, else None."""
        try:
            return self._like(path, uid, size, into) if self._outlines.known else None
        except (OSError, Unusual):
            return None

    def _like(self, path: Path, uid: str, size: tuple[int, int], into: Voxels | None) -> Rescaled | None:
        """A slice from its file; one that goes on behind its pixels is left to the parser."""
        with FileIO(path) as opened:
            like = self._outlines.like(opened.read(self._outlines.reach))
            if like is None or like.what.size != size or plain_text(like.values.get(_UID, b"")) != uid:
                return None
            words = _place(like.what, into)
            opened.seek(like.end)
            if opened.readinto(words.data) != words.nbytes:
                return None
            if len(opened.read(like.what.spare_bytes + 1)) != like.what.spare_bytes:
                return None
        slope, intercept = like.values.get(_SLOPE), like.values.get(_INTERCEPT)
        by = Scaling(
            like.what.by.slope if slope is None else finite(slope),
            like.what.by.intercept if intercept is None else finite(intercept),
        )
        return rescaled(like.what.form.numbers(words), by, like.what.form.padding, path)

    def _learn(self, dataset: FileDataset, path: Path, size: tuple[int, int]) -> None:
        """Take a slice that was parsed as an example, if its pixels end with the file."""
        pixels = dataset["PixelData"]
        begin, length = pixels.file_tell or 0, len(pixels.value)
        form, by = form_of(dataset, path), scaling(dataset) or Scaling(1.0, 0.0)
        lying = _Lying(form, size, by, length - form.word.itemsize * size[0] * size[1])
        usual = transfer_syntax(dataset) in (ImplicitVRLittleEndian, ExplicitVRLittleEndian)
        if not usual or not 0 < begin <= HEAD_LIMIT_BYTES or not 0 <= lying.spare_bytes <= EXCESS_BYTES:
            return
        try:
            with path.open("rb") as opened:
                head = opened.read(begin)
        except OSError:
            return
        if int.from_bytes(head[-4:], "little") == length:
            self._outlines.learn(head, dataset, begin, lying)


def _place(lying: _Lying, into: Voxels | None) -> Integers:
    """Memory for the stored words: a slice of whole numbers as wide itself, else what is kept for all."""
    if into is not None and into.dtype == np.int16 and lying.words.itemsize == 2:
        return into.view(lying.words.dtype)
    return lying.words

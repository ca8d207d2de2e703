"""Owns the fast way past the parser: a header that repeats an earlier one but for some values is compared.

The slices of a series differ in a dozen elements. An :class:`Outline` is a header that pydicom parsed,
cut at those elements: the bytes between them, which a like header repeats byte for byte. Where they
match, pydicom would find the same elements there too, so nothing is interpreted anew but the values that
differ. An element that nobody asked for may differ freely; one that was asked for has to be re-read by
its owner, or be the same. Anything that does not match is left to pydicom.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset, FileDataset
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from atsmviewer.dicom.header.quick_outline import FIRST, Likeness, Outline
from atsmviewer.dicom.header.tags import PARSER_ERRORS, text

HEAD_BYTES = 16 << 10
"""What is read of a file at first, as long as none was learnt from."""
SPARE_BYTES = 4 << 10
"""By how much a header may be longer than the longest learnt from."""
HEAD_LIMIT_BYTES = 1 << 20
"""Headers that end later are left to pydicom."""
OUTLINES = 16
"""How many outlines are tried; the folders of one study hold fewer series."""

_BEGIN = 128
"""Where "DICM" stands."""
_MARK = b"DICM\x02\x00\x00\x00UL\x04\x00"
_META_UID, _CHARACTER_SET = 0x00020003, 0x00080005
_USUAL = (
    0x00080012,  # InstanceCreationDate
    0x00080013,  # InstanceCreationTime
    0x00080032,  # AcquisitionTime
    0x00080033,  # ContentTime
    0x00200013,  # InstanceNumber
    0x00200032,  # ImagePositionPatient
    0x00201041,  # SliceLocation
    0x00280106,  # SmallestImagePixelValue
    0x00280107,  # LargestImagePixelValue
    0x00281050,  # WindowCenter
    0x00281051,  # WindowWidth
    0x00541300,  # FrameReferenceTime
    0x00541321,  # DecayFactor
    0x00541330,  # ImageIndex
)
"""What differs in nearly every series; whatever else does is learnt."""
_IMPLICIT_LIMIT, _EXPLICIT_LIMIT = 0x3FFF, HEAD_LIMIT_BYTES
"""Longest value that may differ: a longer length could be read as the letters of an explicit VR."""

_IN_TEXT, _IN_NUMBER = b"0123456789.:+-/ \0", b"0123456789.+-eE "
"""The bytes that a value may hold to be read here."""

T = TypeVar("T")


class Unusual(Exception):
    """A value that only pydicom can judge."""


def plain_text(value: bytes) -> str | None:
    """The one text of a UI, DA, TM or DT element, None where it is empty; Unusual where it is odd."""
    if value.translate(None, _IN_TEXT):
        raise Unusual
    return value.decode("ascii").strip(" \0") or None


def finite(value: bytes) -> float:
    """The one number of a DS or IS element; Unusual where it is odd or empty."""
    if value.translate(None, _IN_NUMBER):
        raise Unusual
    try:
        found = float(value)
    except ValueError:
        raise Unusual from None
    if not math.isfinite(found):
        raise Unusual
    return found


@dataclass(eq=False)
class Outlines(Generic[T]):
    """The outlines seen last, and which elements were seen to differ.

    ``own`` are the tags whose owner re-reads them from :attr:`Likeness.values`; they must be of the VR
    that the dictionary gives them.
    """

    own: Collection[int]
    known: list[Outline[T]] = field(default_factory=list)
    differing: set[int] = field(default_factory=lambda: set(_USUAL))
    reach: int = HEAD_BYTES

    def like(self, head: bytes) -> Likeness[T] | None:
        """What a header is by its likeness to one of those seen last; None where it is like none."""
        if not head.startswith(_MARK, _BEGIN):
            return None
        for place, outline in enumerate(self.known):
            found = outline.like(head)
            if found is not None:
                if place:
                    self.known.insert(0, self.known.pop(place))
                return found
        return None

    def learn(self, head: bytes, dataset: FileDataset, end: int, what: T) -> None:
        """Take a parsed header, and ``what`` was made of it, as an outline for those to come.

        ``head`` are the file's first bytes; up to ``end`` a like header has to be the same. An element
        counts as asked for where pydicom converted it meanwhile.
        """
        if len(head) < end or not head.startswith(_MARK, _BEGIN) or not _usual(dataset):
            return
        form = _form(dataset)
        last = next((k for k, o in enumerate(self.known) if _form(o.dataset) == form), None)
        if last is not None:
            old = self.known[last]
            self.differing |= _differences(dataset, old.dataset)
            self.known[last] = self._outline(old.head, old.dataset, old.end, old.what)
            if self.known[last].like(head) is not None:
                return
        self.known.insert(0, self._outline(head, dataset, end, what))
        del self.known[OUTLINES:]
        self.reach = max(o.end for o in self.known) + SPARE_BYTES

    def _outline(self, head: bytes, dataset: FileDataset, end: int, what: T) -> Outline[T]:
        cuts = [_cut(head, dataset.file_meta, tag) for tag in (_META_UID,) if tag in dataset.file_meta]
        for tag in {*self.own, *self.differing}.intersection(_tags(dataset)):
            if _standard(dataset, tag) if tag in self.own else _unasked(dataset, tag):
                cuts.append(_cut(head, dataset, tag))
        parts, at = [], FIRST
        for lies, width, tag in sorted(cut for cut in cuts if cut is not None):
            before = head[at:lies]
            parts.append((before, len(before), width, tag if tag in self.own else 0))
            at = lies + width + int.from_bytes(head[lies : lies + width], "little")
        limit = _IMPLICIT_LIMIT if dataset.original_encoding[0] else _EXPLICIT_LIMIT
        return Outline(head, dataset, end, what, tuple(parts), head[at:end], limit)


def _usual(dataset: FileDataset) -> bool:
    """Whether pydicom read the file without a guess: a stated syntax, not deflated, no command elements."""
    syntax = text(dataset.file_meta, "TransferSyntaxUID")
    if syntax is None or syntax == DeflatedExplicitVRLittleEndian or not dataset.original_encoding[1]:
        return False
    return all(tag >> 16 for tag in _tags(dataset))


def _form(dataset: FileDataset) -> tuple[object, ...]:
    """What headers share that one outline may fit: transfer syntax, series and the order of elements."""
    syntax, series = text(dataset.file_meta, "TransferSyntaxUID"), text(dataset, "SeriesInstanceUID")
    return syntax, series, _tags(dataset)


def _tags(dataset: Dataset) -> tuple[int, ...]:
    """The tags in their order; going over the data set itself would convert every element."""
    return tuple(map(int, dataset.keys()))


def _raw(dataset: Dataset, tag: int) -> RawDataElement | None:
    """An element that was not converted yet."""
    element = dataset.get_item(BaseTag(tag), keep_deferred=True)
    return element if isinstance(element, RawDataElement) else None


def _differences(one: Dataset, other: Dataset) -> set[int]:
    """Unconverted elements of two headers of one form that differ."""
    pairs = ((tag, _raw(one, tag), _raw(other, tag)) for tag in _tags(one))
    return {tag for tag, a, b in pairs if a is not None and b is not None and a.value != b.value}


def _unasked(dataset: Dataset, tag: int) -> bool:
    """Whether an element was never touched, although it could have been: a damaged one stays raw as well.

    Private creators and the character set are used on the way to other elements.
    """
    element = _raw(dataset, tag)
    creator = (tag >> 16) % 2 == 1 and tag & 0xFFFF < 0x100
    if element is None or creator or tag == _CHARACTER_SET:
        return False
    try:
        convert_raw_data_element(element, encoding=dataset.original_character_set, ds=dataset)
    except PARSER_ERRORS:
        return False
    return True


def _standard(dataset: Dataset, tag: int) -> bool:
    """Whether an element has the VR that its tag should have."""
    element = dataset.get_item(BaseTag(tag), keep_deferred=True)
    return element.VR in (None, dictionary_VR(tag))


def _cut(head: bytes, dataset: Dataset, tag: int) -> tuple[int, int, int] | None:
    """Where an element's length lies, the width of it in bytes, and the tag; None where that is unsure."""
    element = dataset.get_item(BaseTag(tag), keep_deferred=True)
    value = element.value_tell if isinstance(element, RawDataElement) else element.file_tell
    name = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little")
    if dataset.original_encoding[0]:
        before, width = name, 4
    elif element.VR in EXPLICIT_VR_LENGTH_32:
        before, width = name + str(element.VR).encode() + b"\0\0", 4
    else:
        before, width = name + str(element.VR).encode(), 2
    lies = int(value or 0) - width
    if lies < FIRST + len(before) or not head.startswith(before, lies - len(before)):
        return None
    return lies, width, tag

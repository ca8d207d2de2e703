"""Owns multi-frame headers: each frame of an Enhanced object as the one header that a slice would have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import cast

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.header.groups import Before, Element, Elements, Plain, cut
from atsmviewer.dicom.header.tags import PARSER_ERRORS, items, whole
from atsmviewer.model.errors import ReviewError

_GROUPS = (
    "UnassignedSharedConvertedAttributesSequence",
    "UnassignedPerFrameConvertedAttributesSequence",
    "FrameContentSequence",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "PETFrameCorrectionFactorsSequence",
    "SegmentIdentificationSequence",
    "CardiacSynchronizationSequence",
    "RespiratorySynchronizationSequence",
)
"""Functional groups of one item whose elements are a slice's own; assigned ones win over converted ones."""
_WHOLE = "RealWorldValueMappingSequence"
"""A group of several items, kept as it is."""
_FUNCTIONAL = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")


def _tag(keyword: str) -> BaseTag:
    return BaseTag(tag_for_keyword(keyword) or 0)


_GROUP_TAGS, _WHOLE_TAG, _PER_FRAME = [_tag(k) for k in _GROUPS], _tag(_WHOLE), _tag(_FUNCTIONAL[1])


class Frames:
    """The frames of a multi-frame object; what they share is parsed once, and of each only its own.

    ReviewError("FRAMES_DISAGREE") where as many frames are described as are not announced,
    ReviewError("BROKEN_HEADER") where what all share cannot be parsed.
    """

    def __init__(self, dataset: FileDataset) -> None:
        self._dataset = dataset
        self._cut = None
        if whole(dataset, "PixelRepresentation") in (0, 1):  # the parser hands it to every item
            self._cut = cut(dataset.get_item(_PER_FRAME, keep_deferred=True), check)
        self._count = whole(dataset, "NumberOfFrames") or 0
        described = len(self._parsed if self._cut is None else self._cut)
        if self._count < 1 or described != self._count:
            raise _disagree(self._count, described)
        self._encoding = cast("str | list[str]", dataset.original_character_set)
        self._shared = dict(_shared_header(dataset).items())
        self._before: Before = {}
        self._mapped: Before = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Dataset]:
        """The header of each frame."""
        return (self.header(self.own(frame)) for frame in range(len(self)))

    def own(self, frame: int) -> Elements:
        """The elements of a frame's own functional groups, as those of a slice, none converted.

        ReviewError("BROKEN_HEADER").
        """
        own = None if self._cut is None else self._quick(self._cut[frame])
        return dict(_with_groups(Dataset(), self._parsed[frame]).items()) if own is None else own

    def header(self, own: Elements, without: frozenset[int] = frozenset()) -> Dataset:
        """One frame's header: what all share, over it the frame's ``own``, and no element of ``without``."""
        both = {**self._shared, **own}
        if without:
            both = {tag: element for tag, element in both.items() if tag not in without}
        header = Dataset(both) if self._cut is None else Plain(both, self._encoding, self._before)
        try:
            for tag, element in own.items():
                if self._needs_parser(tag, element) and tag not in without:
                    header[tag] = element
        except PARSER_ERRORS as error:
            raise _broken("A functional group", error) from error
        return header

    def _needs_parser(self, tag: BaseTag, element: Element) -> bool:
        """Whether it depends on its neighbours: on a private creator, or on PixelRepresentation."""
        return bool(tag >> 16 & 1) or (self._cut is None and not isinstance(element, RawDataElement))

    @cached_property
    def _parsed(self) -> tuple[Dataset, ...]:
        """The functional groups of all frames by the parser."""
        groups = items(self._dataset, _FUNCTIONAL[1])
        if self._cut is not None and len(groups) != len(self._cut):
            raise _disagree(self._count, len(groups))
        return groups

    def _quick(self, group: Elements) -> Elements | None:
        """What the parser would find in a frame's groups; None where it has to be asked."""
        own: Elements = {}
        for tag in _GROUP_TAGS:
            if tag in group:
                found = cut(group[tag])
                if found is None:
                    return None
                for item in found[:1]:
                    own.update(item)
        if _WHOLE_TAG in group:
            found = cut(group[_WHOLE_TAG])
            if found is None:
                return None
            if found:
                own[_WHOLE_TAG] = DataElement(
                    _WHOLE_TAG, "SQ", Sequence([self._whole(item) for item in found]), already_converted=True
                )
        return own

    def _whole(self, elements: Elements) -> Dataset:
        """One item of the mappings, whose sequences are parsed once where they are the same."""
        return Plain(elements, self._encoding, self._mapped)


def _shared_header(dataset: Dataset) -> Dataset:
    """What all frames share: the elements of the object itself and of its shared functional groups."""
    header = Dataset()
    try:
        for element in dataset.elements():
            if element.tag.group != 0x7FE0:
                header[element.tag] = element
        for keyword in (*_FUNCTIONAL, "NumberOfFrames"):
            header.pop(keyword, None)
    except PARSER_ERRORS as error:
        raise _broken("Its header", error) from error
    for group in items(dataset, _FUNCTIONAL[0])[:1]:
        _with_groups(header, group)
    return _parsed(header)


def _parsed(header: Dataset) -> Dataset:
    """The header with its values converted, once for all frames; a damaged one stays as it is."""
    for tag in list(header.keys()):
        with suppress(*PARSER_ERRORS):
            header[tag]
    return header


def _with_groups(header: Dataset, group: Dataset) -> Dataset:
    try:
        for keyword in _GROUPS:
            for item in items(group, keyword)[:1]:
                header.update(item)
        if items(group, _WHOLE):
            header[_WHOLE] = group[_WHOLE]
    except PARSER_ERRORS as error:
        raise _broken("A functional group", error) from error
    return header


def _disagree(announced: int, described: int) -> ReviewError:
    what = f"It announces {announced} frames and describes {described}."
    return ReviewError("FRAMES_DISAGREE", what, "Export the object again.")


def _broken(what: str, error: Exception) -> ReviewError:
    said = f"{what} cannot be parsed ({type(error).__name__})."
    return ReviewError("BROKEN_HEADER", said, "Export the object again.")

"""Owns multi-frame headers: each frame of an Enhanced object as the one header that a slice would have."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from pydicom.dataset import Dataset

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


def frame_groups(dataset: Dataset) -> Sequence[Dataset]:
    """The functional groups of each frame; ReviewError("FRAMES_DISAGREE") where their count is another."""
    announced = whole(dataset, "NumberOfFrames") or 0
    groups = items(dataset, _FUNCTIONAL[1])
    if announced < 1 or len(groups) != announced:
        what = f"It announces {announced} frames and describes {len(groups)}."
        raise ReviewError("FRAMES_DISAGREE", what, "Export the object again.")
    return groups


def shared_header(dataset: Dataset) -> Dataset:
    """What all frames share: the elements of the object itself and of its shared functional groups."""
    header = Dataset()
    try:
        for element in dataset.elements():
            if element.tag.group != 0x7FE0:
                header[element.tag] = element
        for keyword in (*_FUNCTIONAL, "NumberOfFrames"):
            header.pop(keyword, None)
    except PARSER_ERRORS as error:
        what = f"Its header cannot be parsed ({type(error).__name__})."
        raise ReviewError("BROKEN_HEADER", what, "Export the object again.") from error
    return _parsed(_with_groups(header, items(dataset, _FUNCTIONAL[0])))


def _parsed(header: Dataset) -> Dataset:
    """The header with its values converted, once for all frames; a damaged one stays as it is."""
    for tag in list(header.keys()):
        with suppress(*PARSER_ERRORS):
            header[tag]
    return header


def frame_header(shared: Dataset, group: Dataset) -> Dataset:
    """One frame's header: what all share, and over it the frame's own functional groups."""
    header = Dataset()
    header.update(shared)
    return _with_groups(header, (group,))


def _with_groups(header: Dataset, groups: Sequence[Dataset]) -> Dataset:
    try:
        for group in groups[:1]:
            for keyword in _GROUPS:
                for item in items(group, keyword)[:1]:
                    header.update(item)
            if items(group, _WHOLE):
                header[_WHOLE] = group[_WHOLE]
    except PARSER_ERRORS as error:
        what = f"A functional group cannot be parsed ({type(error).__name__})."
        raise ReviewError("BROKEN_HEADER", what, "Export the object again.") from error
    return header

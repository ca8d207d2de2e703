"""Owns what ImageIndex tells of frames whose times and triggers are not in their headers."""

from __future__ import annotations

from dataclasses import replace

from atsmviewer.dicom.header.boundary import Rejected, read_header
from atsmviewer.dicom.header.tags import texts, whole
from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.dicom.slices.places import Places


def by_image_index(places: Places) -> Places | None:
    """The slices with their frame as temporal position; None where ImageIndex does not tell every frame.

    In a DYNAMIC or GATED series ImageIndex is (frame - 1) x NumberOfSlices + slice, frames being time
    slices, or the time slots of each R-R interval in turn (PS3.3 C.8.9.4.1.9).
    """
    numbered: Places = []
    for place in places:
        told = [_numbered(one) for one in place]
        known = [one for one in told if one is not None]
        if len(known) < len(place) or len({one.temporal for one in known}) < len(place):
            return None
        numbered.append(known)
    return numbered


def _numbered(one: Instance) -> Instance | None:
    header = read_header(one.path)
    if isinstance(header, Rejected):
        return None
    kind = texts(header.dataset, "SeriesType")[:1]
    index, slices = whole(header.dataset, "ImageIndex"), whole(header.dataset, "NumberOfSlices")
    if kind not in (("DYNAMIC",), ("GATED",)) or not index or not slices or min(index, slices) < 1:
        return None
    return replace(one, temporal=(index - 1) // slices + 1)

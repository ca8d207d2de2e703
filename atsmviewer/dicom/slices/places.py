"""Owns what lies at one place: slices by their place along the normal, and which of them are copies (R37)."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from atsmviewer.dicom.header.boundary import read_whole
from atsmviewer.dicom.pixel.pixels import frame_bytes
from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.model.errors import Refusal, ReviewError

SAME_PLACE_MM = 1e-2
"""Slices closer than this along the normal are at one place."""
SIDEWAYS_MM = 0.01
"""How far the slices of one place may lie beside each other."""

Places = list[list[Instance]]
"""The slices of each place, places in order along the normal."""


def places_of(members: Sequence[Instance]) -> Places:
    """Slices by their place; those of one place in the order given."""
    first = members[0].plane
    offsets_mm = [m.plane.offset_mm(first) for m in members]
    places: Places = []
    began_mm = -math.inf
    for k in sorted(range(len(members)), key=offsets_mm.__getitem__):
        if offsets_mm[k] - began_mm < SAME_PLACE_MM:
            places[-1].append(members[k])
        else:
            places.append([members[k]])
            began_mm = offsets_mm[k]
    return places


def without_copies(places: Places) -> tuple[Places, list[Instance]]:
    """The places without identical copies, and the copies; only slices of one moment are compared."""
    crowded = [m for p in places if len(p) > 1 for at_once in of_moments(p).values() for m in at_once[1:]]
    if not crowded:
        return places, []
    twins = [t for p in places if len(p) > 1 for t in of_moments(p).values() if len(t) > 1]
    contents = _contents([m for at_once in twins for m in at_once])
    copies: list[Instance] = []
    for at_once in twins:
        seen: set[object] = set()
        for one in at_once:
            if contents[id(one)] in seen:
                copies.append(one)
            seen.add(contents[id(one)])
    dropped = {id(one) for one in copies}
    return [[m for m in p if id(m) not in dropped] for p in places], copies


def of_moments(place: Iterable[Instance]) -> dict[tuple[object, ...], list[Instance]]:
    """The slices of one place by their moment."""
    found: dict[tuple[object, ...], list[Instance]] = defaultdict(list)
    for one in place:
        found[one.moment].append(one)
    return found


def beside(places: Places) -> Refusal | None:
    """Why the slices of a place cannot share it: some lie beside the others."""
    for place in places:
        for one in place[1:]:
            if math.dist(one.plane.position_mm, place[0].plane.position_mm) > SIDEWAYS_MM:
                what = "Its time frames lie beside each other: the patient or the table was moved between."
                return Refusal("STACKS_AMBIGUOUS", what, "Export each position as its own series.")
    return None


def _contents(members: Sequence[Instance]) -> dict[int, tuple[object, ...]]:
    """What two copies of a slice must share: place, rescale, facts and every pixel; unreadable is unlike."""
    found: dict[int, tuple[object, ...]] = {}
    for path, of_file in groupby(sorted(members, key=lambda m: m.path), key=lambda m: m.path):
        try:
            dataset = read_whole(path)
        except ReviewError:
            found |= {id(m): (path, m.frame) for m in of_file}
            continue
        for m in of_file:
            found[id(m)] = m.plane, m.rescale, m.facts, hashlib.sha256(frame_bytes(dataset, m.frame)).digest()
    return found

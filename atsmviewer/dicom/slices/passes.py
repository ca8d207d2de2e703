"""Owns how the passes of a scan over several beds are told where the last of them was not finished (R32)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.dicom.slices.places import Places


def passes(places: Places) -> list[tuple[Instance | None, ...]] | None:
    """The slices of each pass by place, None where it lacks one; None where times do not tell the passes.

    Passes do not interleave in time: one ends where a place is met again. That is believed where all
    passes go over the beds the same way, are as many as the slices of a place that has most, and two at
    least hold half of the places, so that a stray slice is no pass.
    """
    most = max(map(len, places))
    beds = _beds(places)
    if beds is None or min(map(len, places)) == most:
        return None
    found: list[list[dict[int, Instance]]] = []
    met: set[int] = set()
    for bed in beds:
        if not found or met & bed.keys():
            found.append([])
            met = set()
        found[-1].append(bed)
        met |= bed.keys()
    made = [{at: one for bed in beds for at, one in bed.items()} for beds in found]
    whole = sum(2 * len(one) >= len(places) for one in made)
    if len(made) != most or whole < 2 or not _one_way(found):
        return None
    return [tuple(one.get(at) for at in range(len(places))) for one in made]


def _beds(places: Places) -> list[dict[int, Instance]] | None:
    """The slices begun at each moment, by place, in order of time; None where that is unknown or twice."""
    begun: dict[datetime, dict[int, Instance]] = defaultdict(dict)
    for at, place in enumerate(places):
        for one in place:
            if one.acquired is None or at in begun[one.acquired.replace(tzinfo=None)]:
                return None
            begun[one.acquired.replace(tzinfo=None)][at] = one
    return [begun[moment] for moment in sorted(begun)]


def _one_way(found: Iterable[Sequence[dict[int, Instance]]]) -> bool:
    """Whether every pass goes over the beds in one direction, the same for all."""
    return len({min(one) < min(after) for beds in found for one, after in pairwise(beds)}) <= 1

"""Owns the scan that runs past midnight under the date that it began at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from atsmviewer.dicom.slices.instance import Instance

DAY = timedelta(days=1)


def past_midnight(members: Sequence[Instance]) -> tuple[list[Instance], int]:
    """Slices with the day added that their dates lack, and of how many that is so.

    AcquisitionDate may stay the day of the study while AcquisitionTime begins anew. FrameReferenceTime,
    which counts on, tells: slices that begin half a day or more before the one of the least reference
    time, though all of their reference times are later than those of the others, are of the next day,
    where a day more puts them after the others.
    """
    clocks = [(one, _began(one), _reference_s(one)) for one in members]
    known = [(began, reference) for _, began, reference in clocks if began and reference is not None]
    if len(known) < len(members) or len({began for began, _ in known}) < 2:
        return list(members), 0
    limit = min(known, key=lambda clock: clock[1])[0] - DAY / 2
    before = [clock for clock in known if clock[0] >= limit]
    after = [clock for clock in known if clock[0] < limit]
    if not after or min(r for _, r in after) <= max(r for _, r in before):
        return list(members), 0
    if min(began for began, _ in after) + DAY < max(began for began, _ in before):
        return list(members), 0
    return [_next_day(one) if began and began < limit else one for one, began, _ in clocks], len(after)


def _began(one: Instance) -> datetime | None:
    return None if one.acquired is None else one.acquired.replace(tzinfo=None)


def _reference_s(one: Instance) -> float | None:
    return one.facts.slices[0].frame_reference_s if one.facts else None


def _next_day(one: Instance) -> Instance:
    facts, began = one.facts, one.acquired
    moved = None if began is None else began + DAY
    if facts is not None:
        facts = replace(facts, slices=tuple(replace(s, acquired=moved) for s in facts.slices))
    return replace(one, acquired=moved, facts=facts)

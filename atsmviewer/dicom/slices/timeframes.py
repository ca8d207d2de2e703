"""Owns how the slices of a series become its time frames and gates, in order of time (R32)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.dicom.slices.passes import passes
from atsmviewer.dicom.slices.places import Places
from atsmviewer.model.errors import Refusal
from atsmviewer.model.facts import elapsed_s

CLOCK_S = 1.0
"""How far a frame may begin before the one before it has ended: clocks are cut to whole seconds."""
MOST = 0.75
"""Part of the places that a moment must hold to be taken for a frame by itself."""

Column = tuple[Instance | None, ...]


@dataclass(frozen=True, eq=False)
class TimeFrame:
    """One time frame or gate: a slice for each place of the series, None where it lacks one.

    ``gate`` is "gate 3 of 8, trigger 250 ms", or empty in a time frame.
    """

    slices: Column
    gate: str = ""

    @property
    def there(self) -> list[Instance]:
        """The slices that it has."""
        return [one for one in self.slices if one is not None]

    @property
    def began(self) -> datetime | None:
        """The earliest start of its slices, on the scanner's own clock."""
        starts = [one.acquired for one in self.there if one.acquired is not None]
        return min(starts, key=lambda m: m.replace(tzinfo=None)) if starts else None


def time_frames(places: Places) -> list[TimeFrame] | Refusal:
    """The frames of a series in order of time; a single one where no place has two slices.

    Slices are told apart by TemporalPositionIndex where all have one, else by their rank in time at each
    place, so that the passes of a whole-body dynamic scan are whole although their beds differ in time.
    Where places lack slices, a moment that is known from complete places names the frame, or else the
    pass over the beds that it lies in. Starts that are all the same cannot be true and are taken away:
    then nothing says when a frame began.

    Refused: "FRAMES_INCOMPLETE" where slices can be given to no frame, "FRAMES_OVERLAP" where a frame
    begins at one place more than 1 s before the one before it has ended (R32).
    """
    if max(map(len, places)) == 1:
        return [TimeFrame(tuple(p[0] for p in places))]
    columns = _by_temporal(places) or _by_rank(places) or _by_moment(places) or passes(places)
    if columns is None:
        counts = sorted({len(p) for p in places})
        what = f"Its places have {counts[0]} to {counts[-1]} slices, and their times do not tell which lack."
        return Refusal("FRAMES_INCOMPLETE", what, "Export the whole series, every slice of every time frame.")
    columns.sort(key=lambda column: min(_when(one) for one in column if one is not None))
    if _all_begin_at_once(columns):
        columns = [tuple(None if one is None else _unbegun(one) for one in column) for column in columns]
    return _overlap(columns) or _interleaved(columns) or _gated(columns)


def _when(one: Instance) -> tuple[tuple[bool, float], ...]:
    """What slices of one place are ordered by: start, frame reference, trigger, temporal position.

    Of a gated series trigger and temporal position come first: its gates are of one time, and a start
    or reference that differs a little between them says nothing.
    """
    start = None if one.acquired is None else elapsed_s(one.acquired.replace(tzinfo=None), datetime.min)
    reference = one.facts.slices[0].frame_reference_s if one.facts else None
    time, gate = (start, reference), (one.trigger_ms, one.temporal)
    parts = (*gate, *time) if one.gated else (*time, *gate)
    return tuple((part is None, 0.0 if part is None else float(part)) for part in parts)


def _columns(places: Places, label: Callable[[Instance], Hashable]) -> list[Column] | None:
    """The slices of each label over all places; None where a place has two of one label, or one has none."""
    by_place: list[dict[Hashable, Instance]] = []
    for place in places:
        named = {label(one): one for one in place}
        if len(named) < len(place) or None in named:
            return None
        by_place.append(named)
    labels = dict.fromkeys(one for named in by_place for one in named)
    return [tuple(named.get(one) for named in by_place) for one in labels]


def _by_temporal(places: Places) -> list[Column] | None:
    columns = _columns(places, lambda one: one.temporal)
    return columns if columns is not None and len(columns) > 1 else None


def _by_rank(places: Places) -> list[Column] | None:
    """Frames by rank in time at the places that have most slices; None where the ranks contradict."""
    most = max(map(len, places))
    ranks: dict[Hashable, int] = {}
    for place in places:
        if len(place) == most:
            for rank, one in enumerate(sorted(place, key=_when)):
                if ranks.setdefault(one.moment, rank) != rank:
                    return None
    return _columns(places, lambda one: ranks.get(one.moment))


def _by_moment(places: Places) -> list[Column] | None:
    """Frames by their one moment, where each holds most of the places."""
    columns = _columns(places, lambda one: one.moment)
    if columns is None:
        return None
    held = [sum(one is not None for one in column) for column in columns]
    return columns if min(held) >= MOST * len(places) else None


def _all_begin_at_once(columns: Sequence[Column]) -> bool:
    """Whether every time frame states the same start at every place; gates do so rightly."""
    for at_place in zip(*columns, strict=True):
        there = [one for one in at_place if one is not None]
        if _gates(there) or len({one.acquired for one in there}) > 1:
            return False
    return True


def untold_gates(place: Sequence[Instance]) -> bool:
    """Whether slices of one place are of several gates that their triggers do not tell apart."""
    return any(one.gated for one in place) and len({one.trigger_ms for one in place}) < len(place)


def _gates(several: Sequence[Instance]) -> bool:
    """Whether slices of one place and time are of several gates."""
    return len({one.trigger_ms for one in several}) > 1 or any(one.gated for one in several)


def _unbegun(one: Instance) -> Instance:
    facts = one.facts
    if facts is not None:
        facts = replace(facts, slices=tuple(replace(s, acquired=None) for s in facts.slices))
    return replace(one, acquired=None, facts=facts)


def _overlap(columns: Sequence[Column]) -> Refusal | None:
    """Why two time frames cannot both be true: at one place they overlap by more than the clock's 1 s."""
    for at_place in zip(*columns, strict=True):
        for one, following in pairwise(one for one in at_place if one is not None):
            lasts = one.facts.slices[0].duration_s if one.facts else None
            if _gates((one, following)) or lasts is None:
                continue
            if one.acquired is None or following.acquired is None:
                continue
            if elapsed_s(following.acquired, one.acquired) < lasts - CLOCK_S:
                what = (
                    f"Time frames overlap: one begun {one.acquired:%H:%M:%S} lasts {lasts:g} s, "
                    f"the next begins {following.acquired:%H:%M:%S}."
                )
                return Refusal("FRAMES_OVERLAP", what, "Export one reconstruction of the series alone.")
    return None


def _interleaved(columns: Sequence[Column]) -> Refusal | None:
    """Why frames cannot be told: a next one begins before one has ended, while the beds take turns.

    So it is where two beds lack slices of different passes. Beds scanned one after another, all frames of
    one before the next, take no turns: there is no time for another bed between their frames.
    """
    places = tuple(zip(*columns, strict=True))
    if _in_turn(columns) or (_in_turn(places) and not any(map(_pauses, places))):
        return None
    what = "Its time frames interleave: beds lack slices of different passes."
    return Refusal("FRAMES_INCOMPLETE", what, "Export the whole series, every slice of every time frame.")


def _pauses(place: Column) -> bool:
    """Whether another frame would fit between two of one place."""
    for one, following in pairwise(one for one in place if one is not None):
        lasts = one.facts.slices[0].duration_s if one.facts else None
        if lasts is None or one.acquired is None or following.acquired is None:
            continue
        if elapsed_s(following.acquired, one.acquired) >= 2 * lasts:
            return True
    return False


def _in_turn(groups: Sequence[Column]) -> bool:
    """Whether the starts of no group lie among those of another; also where starts or gates tell nothing."""
    spans = set()
    for group in groups:
        there = [one for one in group if one is not None]
        starts = [one.acquired.replace(tzinfo=None) for one in there if one.acquired is not None]
        if len(starts) < len(there) or any(one.gated or one.trigger_ms is not None for one in there):
            return True
        spans.add((min(starts), max(starts)))
    return all(one[1] <= following[0] for one, following in pairwise(sorted(spans)))


def _gated(columns: Sequence[Column]) -> list[TimeFrame]:
    """The frames, gates named by their number among those of one time and by their trigger."""
    times = [_time(column) for column in columns]
    triggers = [_trigger(column) for column in columns]
    made = []
    for at, column in enumerate(columns):
        together = [k for k, time in enumerate(times) if time == times[at]]
        gate = ""
        if _gates([next(one for one in columns[k] if one is not None) for k in together]):
            gate = f"gate {together.index(at) + 1} of {len(together)}"
            gate += "" if triggers[at] is None else f", trigger {triggers[at]:g} ms"
        made.append(TimeFrame(column, gate))
    return made


def _time(column: Column) -> tuple[tuple[bool, float], ...]:
    """Start and frame reference of a frame; all gates of a gated series are of one time."""
    there = [one for one in column if one is not None]
    return () if any(one.gated for one in there) else min(_when(one)[:2] for one in there)


def _trigger(column: Column) -> float | None:
    """The trigger time of a gate's first slice; beds differ a little, as the heart does."""
    return next(one.trigger_ms for one in column if one is not None)

"""Owns the decay-reference time of the pixels: candidates in order and their cross-check (R6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.decay import decay_factor, mean_activity_time

AGREE, WITHHOLD = 0.01, 0.10
"""Relative difference of SUV up to which two times agree, and beyond which SUV is withheld."""

SERIES, COMPUTED = "SeriesTime", "back-computed"


@dataclass(frozen=True)
class Candidate:
    """A possible reference time; ``readings`` are the moments that count as agreement with it."""

    name: str
    when: datetime
    readings: tuple[datetime, ...]


@dataclass(frozen=True)
class Reference:
    """The chosen time, every candidate, and what speaks against the choice."""

    chosen: Candidate | None
    candidates: tuple[Candidate, ...] = ()
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None


def earliest(moments: Iterable[datetime]) -> datetime | None:
    """The first of moments with or without a zone; None where there is none."""
    first: datetime | None = None
    for moment in moments:
        if first is None or elapsed_s(first, moment) > 0:
            first = moment
    return first


def first_acquired(facts: PetFacts) -> datetime | None:
    """The earliest acquisition start over all slices."""
    return earliest(s.acquired for s in facts.slices if s.acquired is not None)


def reference_time(facts: PetFacts, half_life_s: float | None, entered: datetime | None) -> Reference:
    """The time the pixels of a START series are decay-corrected to.

    The reader's own entry leads, then the header's candidates in R6's order. A conflict above 1 %
    of SUV flags; above 10 %, with no second candidate that agrees, SUV is withheld.
    """
    found = _candidates(facts, half_life_s)
    flags = [Flag("REFTIME_GUESSED", _GUESSED)] if [c.name for c in found] == [_GUESS] else []
    if found and found[0].name == SERIES and first_acquired(facts) is None:
        flags.append(
            Flag("REFTIME_UNCHECKED", "No acquisition time is in the header to check SeriesTime with.")
        )
    if entered is not None:
        reader = Candidate("entered by the reader", entered, (entered,))
        return Reference(reader, (reader, *found))
    if not found:
        what = "The header has no time that the pixels are decay-corrected to."
        return Reference(None, (), (), Refusal("REF_TIME_MISSING", what, "Enter reference_datetime."))
    doubt, refusal = _cross_check(facts, found, half_life_s)
    return Reference(found[0], found, (*flags, *doubt), refusal)


_GUESS = "earliest acquisition"
_GUESSED = "The decay reference is guessed: the earliest acquisition, for want of a better time."


def _candidates(facts: PetFacts, half_life_s: float | None) -> tuple[Candidate, ...]:
    named: list[tuple[str, datetime | None]] = [("DecayCorrectionDateTime", facts.decay_reference_datetime)]
    if _is_ge(facts):
        named.append(("GE scan date and time", facts.ge_scan_datetime))
    first, series = first_acquired(facts), facts.series_datetime
    if series is not None and (first is None or elapsed_s(first, series) >= 0):
        named.append((SERIES, series))
    found = [Candidate(name, when, (when,)) for name, when in named if when is not None]
    computed = _back_computed(facts, half_life_s)
    if computed is not None:
        found.append(computed)
    if not found and first is not None:
        found.append(Candidate(_GUESS, first, (first,)))
    return tuple(found)


def _is_ge(facts: PetFacts) -> bool:
    return (facts.manufacturer or "").upper().startswith("GE ") or (facts.manufacturer or "").upper() == "GE"


def _back_computed(facts: PetFacts, half_life_s: float | None) -> Candidate | None:
    """t_acq + τ - FRT, the median over slices that agree to 1 s; GE counts from the frame's start (τ = 0).

    Vendors differ in τ, so its other readings, T/2 and 0, also count as agreement.
    """
    if half_life_s is None or not facts.slices:
        return None
    offsets: list[tuple[float, float, float]] = []
    origin = facts.slices[0].acquired
    for one in facts.slices:
        if one.acquired is None or one.duration_s is None or one.frame_reference_s is None or origin is None:
            return None
        start = elapsed_s(one.acquired, origin) - one.frame_reference_s
        mean = mean_activity_time(one.duration_s, half_life_s)
        offsets.append((start + mean, start + one.duration_s / 2, start))
    if origin is None:
        return None
    by_reading = list(zip(*offsets, strict=True))
    lead = 2 if _is_ge(facts) else 0
    if max(by_reading[lead]) - min(by_reading[lead]) > 1.0:
        return None
    moments = tuple(origin + timedelta(seconds=median(values)) for values in by_reading)
    return Candidate(COMPUTED, moments[lead], moments)


def _cross_check(
    facts: PetFacts, found: tuple[Candidate, ...], half_life_s: float | None
) -> tuple[list[Flag], Refusal | None]:
    if half_life_s is None:
        return [], None
    chosen, flags, worst = found[0], [], 0.0
    errors = {other.name: suv_error(chosen, other, half_life_s) for other in found[1:]}
    for other in found[1:]:
        error = errors[other.name]
        if error <= AGREE:
            continue
        what = f"{chosen.name} {chosen.when:%H:%M:%S} or {other.name} {other.when:%H:%M:%S}"
        size = f"SUV differs by {100 * error:.1f} %. Chosen: {chosen.name}."
        flags.append(Flag("REFTIME_CONFLICT", f"Two header times disagree: {what}; {size}"))
        if not _series_start_only(facts, chosen, other):
            worst = max(worst, error)
    if worst <= WITHHOLD or min(errors.values()) <= AGREE:
        return flags, None
    what = f"Header times for the decay reference disagree by {100 * worst:.0f} % of SUV."
    return flags, Refusal("REFTIME_CONFLICT", what, "Choose one: enter reference_datetime.")


def suv_error(chosen: Candidate, other: Candidate, half_life_s: float) -> float:
    """How far the two SUVs are apart, the larger over the smaller: 2^(|Δt| / T½) - 1, at best reading."""
    apart = min(abs(elapsed_s(chosen.when, reading)) for reading in other.readings)
    return decay_factor(-apart, half_life_s) - 1.0


def _series_start_only(facts: PetFacts, chosen: Candidate, other: Candidate) -> bool:
    """Whether AcquisitionTime is the start of the series, not of a frame, so that back-computing misleads."""
    starts = {s.acquired for s in facts.slices}
    first, series = first_acquired(facts), facts.series_datetime
    if other.name != COMPUTED or len(starts) != 1 or first is None or series is None:
        return False
    return abs(elapsed_s(first, series)) <= 2.0 and elapsed_s(chosen.when, other.when) > 0

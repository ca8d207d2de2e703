"""Owns the decay-reference time of the pixels: candidates in order and their cross-check (R6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.decay import decay_factor, mean_activity_time
from atsmviewer.quant.doubt import off_by_time

AGREE, WITHHOLD = 0.01, 0.10
"""Relative difference of SUV up to which two times agree, and beyond which SUV is withheld."""

SERIES_START_WITHHOLD = 0.20
"""The same beyond, where AcquisitionTime seems to be the series' start: a real header has 14 % (R6)."""

ROUNDING_S = 1.0
"""SeriesTime may follow the first acquisition by this much: one of them may be cut to whole seconds."""

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
    """The earliest acquisition start over all slices, and all frames where there are several."""
    starts = (facts.series_acquired, *(s.acquired for s in facts.slices))
    return earliest(start for start in starts if start is not None)


def reference_time(facts: PetFacts, half_life_s: float | None, entered: datetime | None) -> Reference:
    """The time the pixels of a START series are decay-corrected to.

    The reader's own entry leads, then the header's candidates in R6's order. A conflict above 1 %
    of SUV flags; above 10 %, with no second candidate that agrees, SUV is withheld.
    """
    found = _candidates(facts, half_life_s)
    if entered is not None:
        reader = Candidate("entered by the reader", entered, (entered,))
        return Reference(reader, (reader, *found))
    if not found:
        what = "The header has no time that the pixels are decay-corrected to."
        return Reference(None, (), (), Refusal("REF_TIME_MISSING", what, "Enter reference_datetime."))
    if found[0].name == GUESS:
        return _guessed(facts, found, half_life_s)
    doubt, refusal = _cross_check(facts, found, half_life_s)
    return Reference(found[0], found, (*doubt, *_alone(facts, found, half_life_s)), refusal)


def _alone(facts: PetFacts, found: tuple[Candidate, ...], half_life_s: float | None) -> tuple[Flag, ...]:
    """The doubt about one candidate that nothing checks, or that lies apart from the acquisition's start."""
    only, first = found[0], first_acquired(facts)
    if len(found) > 1 or only.name not in (SERIES, COMPUTED):
        return ()
    if first is None:
        what = (
            f"No acquisition time is in the header to check {only.name} with. "
            f"If it was rewritten an hour later, {off_by_time(3600.0, half_life_s)}."
        )
        return (Flag("REFTIME_UNCHECKED", what),)
    apart = abs(elapsed_s(first, only.when))
    if half_life_s is None or decay_factor(-apart, half_life_s) - 1.0 <= AGREE:
        return ()
    what = (
        f"Only the {only.name} time {only.when:%H:%M:%S} says what decay was corrected to. "
        f"If it is the earliest acquisition {first:%H:%M:%S}, {off_by_time(apart, half_life_s)}."
    )
    return (Flag("REFTIME_UNCHECKED", what),)


def _guessed(facts: PetFacts, found: tuple[Candidate, ...], half_life_s: float | None) -> Reference:
    """R6's last candidate; refused where the frame would tell, had its duration not been taken out.

    IBSI's list of conversions refuses the same (DRO_error_3_2).
    """
    if not is_ge(facts) and any(one.duration_s is None for one in facts.slices):
        what = (
            "SUV withheld: SeriesTime is no decay reference here, and without ActualFrameDuration "
            "(0018,1242) the reference cannot be computed from the frame."
        )
        remedy = "Enter reference_datetime."
        return Reference(found[0], found, (), Refusal("FRAME_DURATION_MISSING", what, remedy))
    series = facts.series_datetime
    what = "The decay reference is guessed: the earliest acquisition, for want of a better time."
    if series is not None:
        apart = abs(elapsed_s(found[0].when, series))
        what += f" If it is SeriesTime {series:%H:%M:%S}, {off_by_time(apart, half_life_s)}."
    else:
        what += f" If it is 10 min earlier, {off_by_time(600.0, half_life_s)}."
    return Reference(found[0], found, (Flag("REFTIME_GUESSED", what),))


GUESS = "earliest acquisition"


def _candidates(facts: PetFacts, half_life_s: float | None) -> tuple[Candidate, ...]:
    named: list[tuple[str, datetime | None]] = [("DecayCorrectionDateTime", facts.decay_reference_datetime)]
    if is_ge(facts):
        named.append(("GE scan date and time", facts.ge_scan_datetime))
    first, series = first_acquired(facts), facts.series_datetime
    if series is not None and (first is None or elapsed_s(first, series) >= -ROUNDING_S):
        named.append((SERIES, series))
    found = [Candidate(name, when, (when,)) for name, when in named if when is not None]
    computed = _back_computed(facts, half_life_s)
    if computed is not None:
        found.append(computed)
    if not found and first is not None:
        found.append(Candidate(GUESS, first, (first,)))
    return tuple(found)


def is_ge(facts: PetFacts) -> bool:
    """Whether the scanner is of GE, by the manufacturer that the header names."""
    return (facts.manufacturer or "").upper().startswith("GE ") or (facts.manufacturer or "").upper() == "GE"


def _back_computed(facts: PetFacts, half_life_s: float | None) -> Candidate | None:
    """t_acq + τ - FRT, the median over slices that agree to 1 s; GE counts from the frame's start (τ = 0).

    Vendors differ in τ, so its other readings, T/2 and 0, also count as agreement.
    """
    if half_life_s is None or not facts.slices:
        return None
    offsets: list[tuple[float, ...]] = []
    origin, ge = facts.slices[0].acquired, is_ge(facts)
    for one in facts.slices:
        if one.acquired is None or one.frame_reference_s is None or origin is None:
            return None
        if one.duration_s is None and not ge:
            return None
        start = elapsed_s(one.acquired, origin) - one.frame_reference_s
        into = _readings_s(one.duration_s or 0.0, half_life_s)
        offsets.append(tuple(start + s for s in (reversed(into) if ge else into)))
    if origin is None:
        return None
    lead, *others = zip(*offsets, strict=True)
    if max(lead) - min(lead) > 1.0:
        return None
    moments = tuple(origin + timedelta(seconds=median(values)) for values in (lead, *others))
    return Candidate(COMPUTED, moments[0], moments)


def _readings_s(duration_s: float, half_life_s: float) -> tuple[float, ...]:
    """How far into a frame the frame reference time may lie, by vendor: mean activity, middle, start."""
    if duration_s <= 0:
        return 0.0, 0.0, 0.0
    return mean_activity_time(duration_s, half_life_s), duration_s / 2, 0.0


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
        if error > (SERIES_START_WITHHOLD if _series_start_only(facts, chosen, other) else WITHHOLD):
            worst = max(worst, error)
    if worst == 0.0 or min(errors.values()) <= AGREE:
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

"""Owns the injection time: explicit, or inferred with a flag, or refused where the day matters (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.decay import decay_factor
from atsmviewer.quant.times import first_acquired

LONG_HALF_LIFE_S = 3 * 3600.0
"""Beyond it a wrong day gives a plausible SUV (61Cu, 64Cu, 89Zr, 124I), so the day is never inferred."""

MOST_HALF_LIVES = 5.0
FAR_HALF_LIVES = 3.0


@dataclass(frozen=True)
class Injection:
    """When the tracer was given; ``refusal`` where that must not be used for decay."""

    when: datetime | None
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None


def injection(
    facts: PetFacts, reference: datetime | None, half_life_s: float | None, confirmed: bool
) -> Injection:
    """The injection time for a decay to ``reference``; ``confirmed`` says that the reader entered it."""
    if facts.injection_datetime is not None:
        flags = [] if confirmed else _clock_disagrees(facts)
        return _checked(facts, facts.injection_datetime, flags, reference, half_life_s, confirmed)
    clock = facts.injection_time
    if clock is None or reference is None:
        what = "SUV withheld: the injection time is missing. Tags (0018,1078) and (0018,1072) are empty."
        return Injection(None, (), Refusal("INJ_TIME_MISSING", what, "Enter injection_datetime."))
    if half_life_s is not None and half_life_s > LONG_HALF_LIFE_S:
        return Injection(None, (), _day_unknown(clock, reference, half_life_s))
    when = _latest_before(clock, reference)
    flag = Flag(
        "INJ_DATE_INFERRED", f"The header gives {clock:%H:%M} without a date; taken as {when:%Y-%m-%d}."
    )
    return _checked(facts, when, [flag], reference, half_life_s, confirmed)


def _latest_before(clock: time, reference: datetime) -> datetime:
    """That time of day on the day of the reference, or one day earlier if that is after it.

    The clock stands in the data set's zone where there is one, which need not be the reference's.
    """
    zone = clock.tzinfo or reference.tzinfo
    local = reference if zone is None or reference.tzinfo is None else reference.astimezone(zone)
    when = datetime.combine(local.date(), clock.replace(tzinfo=None), zone)
    return when if elapsed_s(reference, when) >= 0 else when - timedelta(days=1)


def _day_unknown(clock: time, reference: datetime, half_life_s: float) -> Refusal:
    """The offer of three days with the uptake and the SUV that each would give, relative to the first."""
    first = _latest_before(clock, reference)
    uptake = elapsed_s(reference, first)
    offers = []
    for days in range(3):
        minutes = round((uptake + days * 86400.0) / 60)
        times = 1.0 / decay_factor(days * 86400.0, half_life_s)
        factor = "" if days == 0 else f"; SUV × {times:.2f}"
        offers.append(
            f"{first - timedelta(days=days):%Y-%m-%d} ({minutes // 60} h {minutes % 60:02d} min{factor})"
        )
    what = f"On which day was the tracer injected? The header gives {clock:%H:%M} without a date."
    return Refusal("INJ_DAY_UNKNOWN", what, "Enter injection_datetime: " + ", ".join(offers) + ".")


def _clock_disagrees(facts: PetFacts) -> list[Flag]:
    full, clock = facts.injection_datetime, facts.injection_time
    if full is None or clock is None:
        return []
    zone = clock.tzinfo or full.tzinfo
    local = full if zone is None or full.tzinfo is None else full.astimezone(zone)
    apart = abs(elapsed_s(local, datetime.combine(local.date(), clock.replace(tzinfo=None), zone)))
    if min(apart, 86400.0 - apart) <= 1.0:
        return []
    what = f"Injection date and time says {full:%H:%M:%S}, injection time says {clock:%H:%M:%S}."
    return [Flag("INJ_TIMES_DISAGREE", what)]


def _checked(
    facts: PetFacts,
    when: datetime,
    flags: list[Flag],
    reference: datetime | None,
    half_life_s: float | None,
    confirmed: bool,
) -> Injection:
    if reference is None:
        return Injection(when, tuple(flags))
    if (when.tzinfo is None) != (reference.tzinfo is None):
        flags.append(
            Flag("ZONE_MIXED", "Only some header times state a time zone; all were read in that one.")
        )
    uptake = elapsed_s(reference, when)
    if uptake < 0:
        what = f"The tracer would have been injected {-uptake / 60:.0f} min after the scan's reference time."
        return Injection(when, tuple(flags), Refusal("UPTAKE_NEGATIVE", what, "Enter injection_datetime."))
    if half_life_s is not None and uptake > MOST_HALF_LIVES * half_life_s:
        what = f"Uptake of {uptake / 3600:.1f} h is more than five half-lives."
        return Injection(
            when, tuple(flags), Refusal("UPTAKE_TOO_LONG", what, "Check injection time and half-life.")
        )
    if half_life_s is not None and uptake > FAR_HALF_LIVES * half_life_s:
        flags.append(Flag("UPTAKE_LONG", f"Uptake of {uptake / 3600:.1f} h is more than three half-lives."))
    doubt = None if confirmed else _dummy(facts, when, reference)
    if doubt is None:
        return Injection(when, tuple(flags))
    flags.append(Flag("DATES_SUSPECT", doubt))
    unsure = half_life_s is None or half_life_s > LONG_HALF_LIFE_S or uptake == 0
    remedy = "Enter injection_datetime from the record."
    return Injection(when, tuple(flags), Refusal("DATES_SUSPECT", doubt, remedy) if unsure else None)


def _dummy(facts: PetFacts, when: datetime, reference: datetime) -> str | None:
    """What looks like an anonymiser's dummy: midnight, year 1900, or 1 January throughout (R15)."""
    moments = [when, reference, *(m for m in (first_acquired(facts), facts.series_datetime) if m is not None)]
    if any(moment.year <= 1900 for moment in moments):
        return "A date lies in 1900: dates seem to have been replaced."
    if {m.date() for m in moments} == {date(when.year, 1, 1)}:
        return "All dates are 1 January: dates seem to have been replaced."
    if any(moment.time() == time() for moment in (when, reference)):
        return "A time is 00:00:00: times seem to have been blanked."
    return None

"""Owns the injection time: explicit, or inferred with a flag, or refused where the day matters (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.decay import HALF_LIFE_S, decay_factor
from atsmviewer.quant.doubt import off_by_time, off_by_uptake
from atsmviewer.quant.dummies import dates_flag, dummy, far_from_study
from atsmviewer.quant.inputs import true_nuclide
from atsmviewer.quant.overrides import Entered

LONG_HALF_LIFE_S = 3 * 3600.0
"""Beyond it a wrong day gives a plausible SUV (61Cu, 64Cu, 89Zr, 124I), so the day is never inferred."""

MOST_HALF_LIVES = 5.0
FAR_HALF_LIVES = 3.0
DAY_S = 86400.0
MEANWHILE_S = 300.0
"""The tracer of a dynamic scan is given as it begins; later than this by the header a clock is wrong."""
CALENDAR_S = 30 * DAY_S
"""No scan follows its injection by more: beyond it one of the two dates has been replaced."""

_MISSING = "SUV withheld: the injection time is missing. Tags (0018,1078) and (0018,1072) are empty."


@dataclass(frozen=True)
class Injection:
    """When the tracer was given; ``refusal`` where that must not be used for decay."""

    when: datetime | None
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True)
class _Scan:
    """What an injection is checked against."""

    facts: PetFacts
    reference: datetime | None
    half_life_s: float | None
    confirmed: bool
    nuclides: tuple[str | None, ...]
    decays: bool
    """Whether the values stand on the injection's time; if not, it is told for the uptake only."""

    def off(self, seconds: float) -> str:
        """What a clock that is wrong by this much does."""
        return off_by_time(seconds, self.half_life_s) if self.decays else off_by_uptake(seconds)

    @property
    def meanwhile_s(self) -> float:
        """How long after the scan's start its tracer may have been given: of a dynamic one a few minutes."""
        return 0.0 if self.facts.series_acquired is None else MEANWHILE_S

    def ended(self, when: datetime) -> bool:
        """Whether the frame had ended by then; unknown times are no end."""
        return any(
            one.acquired is not None
            and one.duration_s is not None
            and elapsed_s(when, one.acquired) >= one.duration_s
            for one in self.facts.slices
        )

    @property
    def long(self) -> bool:
        """Whether the half-life or that of a nuclide in question lets a wrong day pass for a right one."""
        known = (self.half_life_s, *(HALF_LIFE_S.get(one or "") for one in self.nuclides))
        return any(one is not None and one > LONG_HALF_LIFE_S for one in known)

    @property
    def short(self) -> bool:
        return self.half_life_s is not None and not self.long


def injection(
    entered: Entered, reference: datetime | None, half_life_s: float | None, decays: bool = True
) -> Injection:
    """The injection time for a decay to ``reference``; what the reader entered is not doubted as a dummy.

    Where nothing ``decays`` by it, a time that cannot be is None with a flag about the uptake, not a refusal.
    """
    found = _found(entered, reference, half_life_s, decays)
    doubt = found.refusal
    if decays or doubt is None:
        return found
    if doubt.code == "INJ_TIME_MISSING":
        return Injection(None)
    what = f"{doubt.what} No uptake time is taken from it; the values shown do not depend on it."
    others = tuple(flag for flag in found.flags if flag.code != doubt.code)
    return Injection(None, (*others, Flag(doubt.code, what)))


def _found(
    entered: Entered, reference: datetime | None, half_life_s: float | None, decays: bool
) -> Injection:
    facts = entered.facts
    confirmed = bool({"injection_datetime", "injection_day"} & entered.names)
    scan = _Scan(facts, reference, half_life_s, confirmed, _nuclides(entered), decays)
    full = facts.injection_datetime
    if entered.day is not None and "injection_datetime" not in entered.names:
        return _on_day(scan, entered.day)
    if full is None:
        return _of_clock(scan)
    if confirmed or reference is None or not scan.short or abs(elapsed_s(reference, full)) <= CALENDAR_S:
        shifted = far_from_study(facts, half_life_s, scan.off(DAY_S))
        return _checked(scan, full, [] if confirmed else [*_clock_disagrees(scan), *shifted])
    return _of_another_calendar(scan, full)


def _nuclides(entered: Entered) -> tuple[str | None, ...]:
    """What may have been injected: the reader's word, else what nuclide and tracer of the header say.

    A half-life element may be another's: 64Cu is run on the protocol of 18F (R16).
    """
    if "nuclide" in entered.names or entered.scanned_as is not None:
        return (true_nuclide(entered),)
    return entered.facts.nuclide, entered.facts.tracer_nuclide


def _of_clock(scan: _Scan) -> Injection:
    """A time of day alone: its date is inferred where a wrong one would show, else asked."""
    clock, reference = scan.facts.injection_time, scan.reference
    if clock is None or reference is None:
        return Injection(None, (), Refusal("INJ_TIME_MISSING", _MISSING, "Enter injection_datetime."))
    if scan.long:
        return Injection(None, (), _day_unknown(clock, reference, scan.half_life_s))
    when = latest_before(clock, reference + timedelta(seconds=scan.meanwhile_s))
    what = (
        f"The header gives {clock:%H:%M} without a date; taken as {when:%Y-%m-%d}. "
        f"A day earlier, {scan.off(DAY_S)}."
    )
    return _checked(scan, when, [Flag("INJ_DATE_INFERRED", what)])


def _on_day(scan: _Scan, day: int | date) -> Injection:
    """The header's time of day on the day that the reader gave."""
    facts, reference = scan.facts, scan.reference
    clock = _clock(facts)
    if clock is None or (reference is None and isinstance(day, int)):
        return Injection(None, (), Refusal("INJ_TIME_MISSING", _MISSING, "Enter injection_datetime."))
    zone = clock.tzinfo or (reference.tzinfo if reference is not None else None)
    if isinstance(day, date):
        on = day
    else:
        local = reference if reference is not None else datetime.min
        local = local if zone is None or local.tzinfo is None else local.astimezone(zone)
        on = local.date() + timedelta(days=day)
    return _checked(scan, datetime.combine(on, clock.replace(tzinfo=None), zone), _clock_disagrees(scan))


def _clock(facts: PetFacts) -> time | None:
    """The time of day in R11's order: that of (0018,1078) leads, unless it was blanked to 00:00."""
    full, clock = facts.injection_datetime, facts.injection_time
    if full is None or (full.time() == time() and clock is not None):
        return clock
    return full.timetz()


def _of_another_calendar(scan: _Scan, full: datetime) -> Injection:
    """Injection and scan lie months apart: of a short-lived tracer only the times of day can be right.

    A de-identifier shifted one date but not the other (R11); never done where T½ is above 3 h.
    """
    reference = scan.reference or full
    when = latest_before(full.timetz(), reference)
    checked = _checked(scan, when, [])
    if checked.refusal is not None:
        return _checked(scan, full, [])
    what = (
        f"Injection {full:%Y-%m-%d} and scan {reference:%Y-%m-%d} are not of one calendar: dates seem to "
        "have been replaced. Only times of day were used. "
        f"A day earlier, {scan.off(DAY_S)}."
    )
    return Injection(when, (*checked.flags, Flag("DATES_SUSPECT", what)))


def latest_before(clock: time, reference: datetime) -> datetime:
    """That time of day on the day of the reference, or one day earlier if that is after it.

    The clock stands in the data set's zone where there is one, which need not be the reference's.
    """
    zone = clock.tzinfo or reference.tzinfo
    local = reference if zone is None or reference.tzinfo is None else reference.astimezone(zone)
    when = datetime.combine(local.date(), clock.replace(tzinfo=None), zone)
    return when if elapsed_s(reference, when) >= 0 else when - timedelta(days=1)


def _day_unknown(clock: time, reference: datetime, half_life_s: float | None) -> Refusal:
    """The offer of three days with the uptake and the SUV that each would give, relative to the first."""
    first = latest_before(clock, reference)
    uptake = elapsed_s(reference, first)
    offers = []
    for days in range(3):
        minutes = round((uptake + days * DAY_S) / 60)
        factor = ""
        if days > 0 and half_life_s is not None:
            factor = f"; SUV × {decay_factor(-days * DAY_S, half_life_s):.2f}"
        offers.append(
            f"{first - timedelta(days=days):%Y-%m-%d} ({minutes // 60} h {minutes % 60:02d} min{factor})"
        )
    what = f"On which day was the tracer injected? The header gives {clock:%H:%M} without a date."
    return Refusal("INJ_DAY_UNKNOWN", what, "Enter injection_datetime: " + ", ".join(offers) + ".")


def _clock_disagrees(scan: _Scan) -> list[Flag]:
    full, clock = scan.facts.injection_datetime, scan.facts.injection_time
    if full is None or clock is None:
        return []
    zone = clock.tzinfo or full.tzinfo
    local = full if zone is None or full.tzinfo is None else full.astimezone(zone)
    apart = abs(elapsed_s(local, datetime.combine(local.date(), clock.replace(tzinfo=None), zone)))
    apart = min(apart, DAY_S - apart)
    if apart <= 1.0:
        return []
    what = (
        f"Injection date and time says {full:%H:%M:%S}, injection time says {clock:%H:%M:%S}: "
        f"{scan.off(apart)}."
    )
    return [Flag("INJ_TIMES_DISAGREE", what)]


def _checked(scan: _Scan, when: datetime, flags: list[Flag]) -> Injection:
    """Refused before the scan's start or beyond five half-lives; dates that look replaced are flagged."""
    reference, half_life_s = scan.reference, scan.half_life_s
    if reference is None:
        return Injection(when, tuple(flags))
    if (when.tzinfo is None) != (reference.tzinfo is None):
        what = "Only some header times state a time zone; all were read in that one."
        flags.append(Flag("ZONE_MIXED", f"{what} For an hour {scan.off(3600.0)}."))
    uptake = elapsed_s(reference, when)
    if -scan.meanwhile_s <= uptake < 0 and not scan.ended(when):
        what = f"The tracer was given {-uptake:.0f} s after the scan began; if it was at its start"
        flags.append(Flag("INJ_IN_SCAN", f"{what}, {scan.off(-uptake)}."))
    elif uptake < 0:
        what = f"The tracer would have been injected {-uptake / 60:.0f} min after the scan's reference time."
        return Injection(when, tuple(flags), Refusal("UPTAKE_NEGATIVE", what, "Enter injection_datetime."))
    if half_life_s is not None and uptake > MOST_HALF_LIVES * half_life_s:
        what = f"Uptake of {uptake / 3600:.1f} h is more than five half-lives."
        remedy = "Check injection time and half-life."
        return Injection(when, tuple(flags), Refusal("UPTAKE_TOO_LONG", what, remedy))
    if half_life_s is not None and uptake > FAR_HALF_LIVES * half_life_s:
        one = decay_factor(-0.01 * uptake, half_life_s) - 1
        size = f"1 % of half-life are {100 * one:.1f} % of SUV" if scan.decays else "no value stands on it"
        what = f"Uptake of {uptake / 3600:.1f} h is more than three half-lives; {size}."
        flags.append(Flag("UPTAKE_LONG", what))
    doubt = None if scan.confirmed else dummy(scan.facts, when, reference)
    if doubt is None:
        return Injection(when, tuple(flags))
    flags.append(dates_flag(doubt, scan.off(3600.0)))
    unsure = not scan.short or uptake == 0
    remedy = "Enter injection_datetime from the record."
    return Injection(when, tuple(flags), Refusal("DATES_SUSPECT", doubt, remedy) if unsure else None)

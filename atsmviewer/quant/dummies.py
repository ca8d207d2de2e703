"""Owns what an anonymiser leaves of dates: dummies, and shifts of one date only (R11, R15)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from atsmviewer.model.errors import Flag
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.undated import is_dated
from atsmviewer.quant.times import first_acquired

FAR_HALF_LIVES = 3.0


def dummy(facts: PetFacts, when: datetime, reference: datetime) -> str | None:
    """What looks like an anonymiser's dummy: midnight, year 1900, or 1 January throughout (R15)."""
    if not (is_dated(when) or is_dated(reference)):
        return None  # both are counted in seconds from one zero; its time of day says nothing
    moments = [when, reference, *(m for m in (first_acquired(facts), facts.series_datetime) if m is not None)]
    if any(moment.year <= 1900 for moment in moments):
        return "A date lies in 1900: dates seem to have been replaced."
    if {m.date() for m in moments} == {date(when.year, 1, 1)}:
        return "All dates are 1 January: dates seem to have been replaced."
    if any(moment.time() == time() for moment in (when, reference)):
        return "A time is 00:00:00: times seem to have been blanked."
    return None


def dates_flag(doubt: str, hour: str) -> Flag:
    """That doubt as a flag; ``hour`` says what one hour would change."""
    return Flag("DATES_SUSPECT", f"{doubt} If a clock is wrong by an hour, {hour}.")


def far_from_study(facts: PetFacts, half_life_s: float | None, whole_day: str) -> list[Flag]:
    """An injection more than three half-lives from the study's day: one of the dates was shifted (R11).

    ``whole_day`` says what a day would change.
    """
    full, day = facts.injection_datetime, facts.study_date
    if full is None or day is None or half_life_s is None:
        return []
    begins = datetime.combine(day, time(), full.tzinfo)
    ends = begins + timedelta(days=1)
    away = max(elapsed_s(begins, full), elapsed_s(full, ends), 0.0)
    if away <= FAR_HALF_LIVES * half_life_s:
        return []
    what = (
        f"The injection on {full:%Y-%m-%d} is more than three half-lives from the study on {day:%Y-%m-%d}; "
        f"one of the dates may have been shifted. For a day {whole_day}."
    )
    return [Flag("INJ_FAR_FROM_STUDY", what)]

"""Owns facts without a date beside entries that have one: all of them are dated by the scan's, or none is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.undated import is_dated
from atsmviewer.quant.times import first_acquired

Move = Callable[[datetime | None], datetime | None]


def beside(facts: PetFacts, values: Mapping[str, Any]) -> PetFacts:
    """Facts that may stand beside what the reader entered; the very same where all have dates, or none has.

    The scan's start, entered with its date, dates every moment that was counted with it. Any other date
    says nothing of the scan's day: what has none is then taken away, but for the time of day of injection.
    """
    first = first_acquired(facts)
    if first is None or is_dated(first):
        return facts
    begun = values.get("scan_datetime")
    if begun is not None:
        shift = timedelta(seconds=elapsed_s(begun, first))
        zone = begun.tzinfo
        return _moved(facts, lambda one: None if one is None else _shifted(one, shift, zone))
    if not any(isinstance(value, date) for value in values.values()):
        return facts
    injected = facts.injection_datetime
    clock = injected.time() if injected is not None and not is_dated(injected) else facts.injection_time
    return replace(_moved(facts, lambda one: None), injection_time=clock)


def _shifted(moment: datetime, shift: timedelta, zone: Any) -> datetime:
    return (moment + shift).replace(tzinfo=zone)


def _moved(facts: PetFacts, move: Move) -> PetFacts:
    """The facts with each moment that has no date moved."""

    def one(moment: datetime | None) -> datetime | None:
        return moment if moment is None or is_dated(moment) else move(moment)

    return replace(
        facts,
        injection_datetime=one(facts.injection_datetime),
        decay_reference_datetime=one(facts.decay_reference_datetime),
        series_acquired=one(facts.series_acquired),
        slices=tuple(replace(s, acquired=one(s.acquired)) for s in facts.slices),
    )

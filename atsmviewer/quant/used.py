"""Owns the list of what a scale stood on: every input with its value and its source."""

from __future__ import annotations

from atsmviewer.model.undated import told
from atsmviewer.quant.overrides import Entered
from atsmviewer.quant.routes import Inputs, Route
from atsmviewer.quant.times import SERIES

_ALWAYS = ("units", "decay_correction", "corrected_image", "nuclide", "radiopharmaceutical")
_WHERE_USED = ("suv_type", "sex", "philips_suv_factor", "philips_activity_factor")

Used = tuple[tuple[str, str, str], ...]


def facts_used(entered: Entered, given: Inputs, made: Route, by_start: bool) -> Used:
    """(name, value, source) of every input; the source is a tag, a table, or who entered it and why."""
    facts = entered.facts
    used: list[tuple[str, str, str]] = []
    for name in _ALWAYS:
        value = getattr(facts, name)
        if value is not None:
            shown = " ".join(value) if isinstance(value, tuple) else str(value)
            used.append((name, shown, facts.source(name)))
    for known in (given.activity, given.weight, given.height, given.half_life):
        if known.value is not None and known.name in made.used:
            used.append((known.name, repr(known.value), known.source))
    for name in _WHERE_USED:
        if name in made.used and getattr(facts, name) is not None:
            used.append((name, str(getattr(facts, name)), facts.source(name)))
    return (*used, *made.shown, *_times(entered, given, by_start))


def _times(entered: Entered, given: Inputs, by_start: bool) -> Used:
    used, facts, when = [], entered.facts, given.injection.when
    if when is not None:
        name = "injection_datetime" if facts.injection_datetime is not None else "injection_time"
        source = facts.source(name)
        if entered.day is not None and "injection_datetime" not in entered.names:
            source = f"{source}; day {facts.source('injection_day')}"
        used.append(("injection_datetime", told(when), source))
    if by_start and given.reference.chosen is not None:
        chosen = given.reference.chosen
        source = chosen.name
        if entered.reference is not None:
            source = facts.source("reference_datetime")
        elif chosen.name == SERIES and "scan_datetime" in entered.names:
            source = facts.source("scan_datetime")
        used.append(("reference_datetime", told(chosen.when), source))
    return tuple(used)

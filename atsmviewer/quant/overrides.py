"""Owns the overlay of the reader's entries on the header: parsed strictly, flagged with who entered them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from atsmviewer.model.choice import PARTNER
from atsmviewer.model.errors import Flag, ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.session import Override
from atsmviewer.quant.acquired import ACQUIRED, acquired_as, is_unused, said_before
from atsmviewer.quant.decay import HALF_LIFE_S
from atsmviewer.quant.undated import beside
from atsmviewer.quant.usable import YEARS, usable

FORMS = {
    "weight_kg": "a weight in kg between 0.005 and 1000",
    "height_m": "a height in m between 0.02 and 3",
    "injected_activity_bq": "an activity in Bq between 1e5 and 1e11, so 370 MBq is 370e6",
    "half_life_s": "a half-life in s between 1 and 1e9",
    "injection_datetime": "a date and time like 2026-09-07T10:35:00",
    "injection_day": "0, -1 or -2 days from the scan's date, or a date like 2026-09-06",
    "reference_datetime": "a date and time like 2026-09-07T11:20:11",
    "assay_activity_bq": "an activity in Bq between 1e5 and 1e11, so 370 MBq is 370e6",
    "assay_datetime": "a date and time like 2026-09-07T10:20:00",
    "residual_activity_bq": "an activity in Bq between 0 and 1e11, so 2 MBq is 2e6",
    "residual_datetime": "a date and time like 2026-09-07T10:40:00",
    "nuclide": "a nuclide like 64Cu",
    "scanned_as": "the nuclide whose protocol the scanner ran, like 18F",
    "sex": "M, F or O",
    "units": "BQML or GML",
    "tracer_confirmed": "Cu-ATSM",
    "decay_correction": "START (to the scan's start), ADMIN (to the injection) or NONE",
    "attenuation_corrected": "yes",
    "scan_datetime": "the scan's start, a date and time like 2026-09-07T11:20:11",
    "frame_duration_s": "a length in s between 0.1 and 86400",
}
"""What may be entered, and how it is written."""


@dataclass(frozen=True)
class Assay:
    """The dose record: syringe activity before, what stayed in it after, each with its own time (R10)."""

    activity_bq: float | None = None
    measured: datetime | None = None
    residual_bq: float | None = None
    residual_measured: datetime | None = None


@dataclass(frozen=True)
class Entered:
    """Facts with the reader's entries in them; ``names`` are the fields that the reader supplied."""

    facts: PetFacts
    names: frozenset[str] = frozenset()
    flags: tuple[Flag, ...] = ()
    reference: datetime | None = None
    day: int | date | None = None
    """The injection's day: days from the date of the decay reference, or a date (R11)."""
    assay: Assay = field(default_factory=Assay)
    scanned_as: str | None = None
    """The nuclide whose protocol the scanner ran, where that is another than the tracer's (R16)."""
    is_cu_atsm: bool = False
    header: PetFacts | None = None
    """The facts before the reader's entries, where there are any."""


_BESIDE = {"reference_datetime": "reference", "injection_day": "day", "scanned_as": "scanned_as"}
"""Entries that are no fact of a header, with their field."""

_ASSAY = {
    "assay_activity_bq": "activity_bq",
    "assay_datetime": "measured",
    "residual_activity_bq": "residual_bq",
    "residual_datetime": "residual_measured",
}


_SETTLED = {"height_m", "sex"}
"""Facts that may differ between slices until the reader enters them: they are the patient's."""


def enter(facts: PetFacts, overrides: Sequence[Override]) -> Entered:
    """Lay overrides over the facts; the last one of a name counts.

    Raises ReviewError("OVERRIDE_INVALID") for a name or a value that cannot be used.
    """
    header = usable(facts)
    values: dict[str, Any] = {}
    sources, flags = dict(facts.sources), []
    for override in lasting(overrides).values():
        value = values[override.name] = parsed(override.name, override.value)
        sources[override.name] = f"entered by {override.who}: {override.why}"
        was = said_before(header, override.name)
        before = "not in the header" if was is None else f"header: {was}"
        what = f"{override.name} = {value} entered by {override.who} ({before}): {override.why}"
        if is_unused(header, override.name):
            flags.append(Flag("ENTRY_UNUSED", f"{what}. Not used: this frame of several states its own."))
            continue
        flags.append(Flag("OVERRIDDEN", what))
    if not values:
        return Entered(header)
    facts = beside(header, values)
    differ = tuple(name for name in facts.inconsistent if name not in _SETTLED & values.keys())
    if "attenuation_corrected" in values:
        sources["corrected_image"] = sources["attenuation_corrected"]
    of_header = {name: v for name, v in values.items() if hasattr(facts, name) and name not in ACQUIRED}
    changed = replace(facts, sources=tuple(sources.items()), inconsistent=differ, **of_header)
    return Entered(
        acquired_as(changed, values),
        frozenset(values),
        tuple(flags),
        assay=Assay(**{_ASSAY[name]: value for name, value in values.items() if name in _ASSAY}),
        is_cu_atsm="tracer_confirmed" in values,
        header=facts,
        **{_BESIDE[name]: value for name, value in values.items() if name in _BESIDE},
    )


def lasting(overrides: Sequence[Override]) -> dict[str, Override]:
    """The entries that are facts, the last one of each name; the choice of a CT or MR is none."""
    return {one.name: one for one in overrides if one.name != PARTNER}


def parsed(name: str, text: str) -> object:
    """The value of an entry; ReviewError("OVERRIDE_INVALID") where it is none of ``FORMS``."""
    parse = _PARSERS.get(name)
    if parse is None:
        names = ", ".join(FORMS)
        raise ReviewError("OVERRIDE_INVALID", f"{name!r} cannot be entered.", f"Choose one of {names}.")
    value = parse(text.strip())
    if value is None:
        raise ReviewError("OVERRIDE_INVALID", f"{name} cannot be {text!r}.", f"Enter {FORMS[name]}.")
    return value


def _between(low: float, high: float) -> Callable[[str], object]:
    def parse(text: str) -> float | None:
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) and low <= value <= high else None

    return parse


def _moment(text: str) -> datetime | None:
    """A full ISO date and time in ``YEARS``; a date alone would silently mean midnight."""
    try:
        moment = datetime.fromisoformat(text) if "T" in text or " " in text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.year in YEARS else None


def _day(text: str) -> int | date | None:
    if text in ("0", "-1", "-2"):
        return int(text)
    try:
        day = date.fromisoformat(text) if "-" in text[1:] else None
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None


def _one_of(*allowed: str) -> Callable[[str], object]:
    return lambda text: text if text in allowed else None


_PARSERS: dict[str, Callable[[str], object]] = {
    "weight_kg": _between(0.005, 1000.0),
    "height_m": _between(0.02, 3.0),
    "injected_activity_bq": _between(1e5, 1e11),
    "half_life_s": _between(1.0, 1e9),
    "injection_datetime": _moment,
    "injection_day": _day,
    "reference_datetime": _moment,
    "assay_activity_bq": _between(1e5, 1e11),
    "assay_datetime": _moment,
    "residual_activity_bq": _between(0.0, 1e11),
    "residual_datetime": _moment,
    "nuclide": _one_of(*HALF_LIFE_S),
    "scanned_as": _one_of(*HALF_LIFE_S),
    "sex": _one_of("M", "F", "O"),
    "units": _one_of("BQML", "GML"),
    "tracer_confirmed": _one_of("Cu-ATSM"),
    "decay_correction": _one_of("START", "ADMIN", "NONE"),
    "attenuation_corrected": _one_of("yes"),
    "scan_datetime": _moment,
    "frame_duration_s": _between(0.1, 86400.0),
}

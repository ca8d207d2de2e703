"""What a reader would have to enter for an SUV that is withheld: found by trying, never by assuming."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from atsmviewer.model.errors import Refusal
from atsmviewer.model.session import Override
from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale
from atsmviewer.model.undated import is_dated
from atsmviewer.quant.overrides import FORMS
from atsmviewer.quant.suv import suv_scale

_ASKED = {
    "UNITS_UNKNOWN": "units",
    "ACTIVITY_MISSING": "injected_activity_bq",
    "ACTIVITY_IMPLAUSIBLE": "injected_activity_bq",
    "ACTIVITY_NEGATIVE": "injected_activity_bq",
    "UPTAKE_TOO_LONG": "injection_datetime",
    "DOSE_UNIT_UNKNOWN": "injected_activity_bq",
}
"""What a refusal asks for where its remedy does not name the entry."""
_TRIALS = {
    "weight_kg": "70",
    "height_m": "1.7",
    "sex": "M",
    "injected_activity_bq": "4e8",
    "half_life_s": "6586.2",
    "nuclide": "18F",
    "units": "BQML",
    "decay_correction": "START",
    "injection_day": "0",
    "attenuation_corrected": "yes",
    "frame_duration_s": "600",
}
"""Values to see whether entering something would be enough; no number of theirs is ever shown."""
PLACEHOLDERS = {
    "weight_kg": "KG",
    "height_m": "M",
    "sex": "M_F_OR_O",
    "injected_activity_bq": "BQ",
    "half_life_s": "SECONDS",
    "injection_datetime": "YYYY-MM-DDTHH:MM:SS",
    "reference_datetime": "YYYY-MM-DDTHH:MM:SS",
    "injection_day": "YYYY-MM-DD",
    "decay_correction": "START_ADMIN_OR_NONE",
    "attenuation_corrected": "YES_IF_IT_WAS",
    "scan_datetime": "YYYY-MM-DDTHH:MM:SS",
    "frame_duration_s": "SECONDS",
}
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}) \(([^)]*)\)")
_HALF_LIFE = re.compile(r"half_life_s = ([\d.]+)")
_BY_UNIT = re.compile(r"([\d.e+]+) if (?:it is )?(\w+)")


@dataclass(frozen=True)
class Advice:
    """Entries that would lead to SUV, each with the choices that the header itself offers, and what stays.

    A choice is (value, what it would mean); an entry without choices is the reader's to know.
    ``stays`` is the refusal that no entry removes.
    """

    entries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    stays: Refusal | None = None


def advice(acquisition: Acquisition, overrides: Sequence[Override], scale: Scale) -> Advice:
    """Enter what each refusal asks for, one after another, until SUV follows or no entry helps."""
    trial: list[Override] = list(overrides)
    entries: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    while scale.refused is not None:
        name = _asked(scale.refused)
        if name is None or name in {n for n, _ in entries}:
            return Advice(tuple(entries), scale.refused)
        choices = _choices(name, scale, acquisition)
        entries.append((name, choices))
        value = choices[0][0] if choices else _trial(name, scale, acquisition)
        if value is None:
            return Advice(tuple(entries))
        trial = [o for o in trial if o.name != name]
        trial.append(Override(acquisition.uid, name, value, "trial", "trial"))
        scale = suv_scale(acquisition.facts, tuple(trial))
    return Advice(tuple(entries))


def _asked(refusal: Refusal) -> str | None:
    if refusal.code in _ASKED:
        return _ASKED[refusal.code]
    named = [(refusal.remedy.index(name), name) for name in FORMS if name in refusal.remedy]
    return min(named)[1] if named else None


def _choices(name: str, scale: Scale, acquisition: Acquisition) -> tuple[tuple[str, str], ...]:
    remedy, clock = scale.refused.remedy if scale.refused else "", acquisition.facts.injection_time
    if name == "injection_datetime" and clock is not None:
        return tuple((f"{day}T{clock.isoformat()}", meaning) for day, meaning in _DAY.findall(remedy))
    if name == "injection_day":
        return tuple(_DAY.findall(remedy))
    if name == "half_life_s":
        return tuple((value, "the tracer's name says so") for value in _HALF_LIFE.findall(remedy))
    if name == "reference_datetime" and len(scale.candidates) > 1:
        return tuple((c.when.isoformat(), c.name) for c in scale.candidates if is_dated(c.when))
    if name == "injected_activity_bq":
        return tuple((value, f"if it is {unit}") for value, unit in _BY_UNIT.findall(remedy))
    if name == "units":
        return (("BQML", "if pixels are Bq/ml"), ("GML", "if pixels are SUVbw already"))
    return ()


def _trial(name: str, scale: Scale, acquisition: Acquisition) -> str | None:
    """A value that lets the next refusal be seen; None where there is none to try with."""
    facts = acquisition.facts
    first = [s.acquired for s in facts.slices if s.acquired is not None]
    known = scale.reference_time or next(iter(first), None) or facts.series_datetime
    known = known or scale.injection_time
    known = known if known is not None and is_dated(known) else datetime(2020, 1, 1, 12)
    before = known - timedelta(seconds=60)
    moments = {"reference_datetime": known, "scan_datetime": known, "injection_datetime": before}
    return moments[name].isoformat() if name in moments else _TRIALS.get(name)

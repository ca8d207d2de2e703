"""Owns what a slip would cost: readings of an activity of unknown unit, entries, intercepts (R2, R7, R15)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.suv import Scale
from atsmviewer.quant.doubt import most_off, off_by, over_slices
from atsmviewer.quant.inputs import READINGS_BQ, Known
from atsmviewer.quant.routes import Inputs, Route, route

_NO_NUMBER = ("tracer_confirmed",)


def with_readings(given: Inputs, made: Route) -> Route:
    """Where the activity's unit is unknown, what 1 kBq/ml, as of muscle, would read under each (R7)."""
    if made.refusal is None or made.refusal.code != "DOSE_UNIT_UNKNOWN" or given.activity.value is None:
        return made
    offers = []
    for unit, bq in READINGS_BQ.items():
        value = given.activity.value * bq
        read = route(replace(given, activity=Known(given.activity.name, value, "")))
        shown = "" if not read.factors else f", 1 kBq/ml would read {read.factors[0] * _per_kbqml(given):.3g}"
        offers.append(f"{value:g} if it is {unit}{shown}")
    remedy = f"Enter it in Bq: {'; '.join(offers)}."
    return replace(made, refusal=Refusal(made.refusal.code, made.refusal.what, remedy))


def _per_kbqml(given: Inputs) -> float:
    """Pixels of 1 kBq/ml."""
    return 1000.0 / ((given.facts.philips_activity_factor or 1.0) if given.facts.units == "CNTS" else 1.0)


def intercept_flags(facts: PetFacts, factors: tuple[float, ...]) -> tuple[Flag, ...]:
    """A rescale intercept is applied, as DICOM says, and unusual for PET (R2)."""
    most = max((abs(b) for b in facts.intercepts if math.isfinite(b)), default=0.0)
    if not most:
        return ()
    size = f", up to {most * factors[0]:.3g} in the shown unit" if factors else ""
    what = "Pixels have a rescale intercept, which is unusual for PET"
    what += f"; it adds up to {most:.3g} as stored{size}."
    return (Flag("RESCALE_INTERCEPT", what),)


def sized(scale: Scale, without: Mapping[str, Scale]) -> tuple[Flag, ...]:
    """The flags of entries, each with what it does to this scan; ``without`` are the scales that lack one."""
    flags = []
    for flag in scale.flags:
        name = flag.what.split(" ", 1)[0]
        if flag.code != "OVERRIDDEN" or name in _NO_NUMBER or name not in without:
            flags.append(flag)
            continue
        flags.append(replace(flag, what=f"{flag.what}. {_change(scale, without[name])}."))
    return tuple(flags)


def _change(scale: Scale, before: Scale) -> str:
    if not scale.is_suv:
        return "SUV is withheld with it" if before.is_suv else "SUV is withheld with and without it"
    if not before.is_suv:
        return "Without it SUV is withheld"
    pairs = zip(scale.slice_factors, before.slice_factors, strict=True)
    ratios = [now / was if was > 0 else math.inf for now, was in pairs]
    if all(abs(ratio - 1) < 1e-12 for ratio in ratios):
        return f"{scale.label} is the same without it"
    changed = f"It changes {scale.label} by a factor of {over_slices(ratios)}"
    return f"{changed}; if it is wrong, {off_by(most_off(ratios))}"

"""Owns the ways from pixel to SUVbw: by activity, by the vendor's factor, from other SUVs (R4, R5, R9)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.body import MASSES, bsa_m2, mass_kg
from atsmviewer.quant.decay import decay_factor, frame_factor
from atsmviewer.quant.injection import Injection
from atsmviewer.quant.inputs import Known
from atsmviewer.quant.times import Reference, first_acquired

Factors = tuple[float, ...]


@dataclass(frozen=True)
class Inputs:
    """Everything a conversion may need, each with its own refusal."""

    facts: PetFacts
    activity: Known
    weight: Known
    half_life: Known
    reference: Reference
    injection: Injection
    slices: int


@dataclass(frozen=True)
class Route:
    """SUVbw per pixel of each slice with its algorithm, or the refusal; and the inputs it stood on."""

    factors: Factors = ()
    algorithm: str = ""
    refusal: Refusal | None = None
    flags: tuple[Flag, ...] = ()
    used: tuple[str, ...] = ()


def route(given: Inputs) -> Route:
    """Dispatch on the unit of the pixels (R4)."""
    units = given.facts.units
    if units == "BQML":
        return by_activity(given, 1.0)
    if units == "CNTS":
        return _philips(given)
    if units == "GML":
        return _from_suv(given)
    if units == "CM2ML":
        return _from_bsa(given)
    what = f"SUV withheld: pixels in {units} are not a calibrated activity."
    return Route(refusal=Refusal("UNITS_NOT_QUANTITATIVE", what, "Choose a series in Bq/ml."))


def by_activity(given: Inputs, bqml_per_pixel: float) -> Route:
    """SUVbw = C W 1000 / D, with D decayed to the reference time of the pixels (R17, R9)."""
    mode = given.facts.decay_correction
    needs: list[Known] = [given.activity, given.weight] + ([] if mode == "ADMIN" else [given.half_life])
    refusals = [known.refusal for known in needs]
    if mode == "START":
        refusals.append(given.reference.refusal)
    if mode != "ADMIN":
        refusals.append(given.injection.refusal)
    flags = tuple(flag for known in needs for flag in known.flags)
    used = tuple(known.name for known in needs)
    refusal = next((r for r in refusals if r is not None), None)
    if refusal is not None:
        return Route(refusal=refusal, flags=flags, used=used)
    factors = _decayed(given, bqml_per_pixel)
    if isinstance(factors, Refusal):
        return Route(refusal=factors, flags=flags, used=used)
    return Route(factors, "suv.bw/1", None, flags, used)


def factor_at(given: Inputs, moment: datetime) -> float | None:
    """SUVbw per Bq/ml if the pixels are decay-corrected to ``moment``; None where an input is missing."""
    injected, weight = given.activity, given.weight
    half_life, when = given.half_life.value, given.injection.when
    if injected.refusal or weight.refusal or half_life is None or when is None:
        return None
    grown = decay_factor(elapsed_s(when, moment), half_life)
    factor = (weight.value or 0.0) * 1000.0 / (injected.value or 1.0) * grown
    return factor if math.isfinite(factor) and factor > 0 else None


def _decayed(given: Inputs, bqml_per_pixel: float) -> Factors | Refusal:
    mode, when = given.facts.decay_correction, given.injection.when
    at_injection = (given.weight.value or 0.0) * 1000.0 / (given.activity.value or 1.0) * bqml_per_pixel
    if mode == "ADMIN":
        return (at_injection,) * given.slices
    if mode == "START" and given.reference.chosen is not None and when is not None:
        factor = factor_at(given, given.reference.chosen.when)
        if factor is not None:
            return (factor * bqml_per_pixel,) * given.slices
    if mode == "NONE" and when is not None and given.half_life.value is not None:
        slices = slice_corrections(given.facts, given.half_life.value, when)
        if slices is not None and len(slices) == given.slices:
            return tuple(at_injection * correction for correction in slices)
    what = "SUV withheld: the header does not say when each slice was acquired, and for how long."
    return Refusal("REF_TIME_MISSING", what, "Choose a series that is decay-corrected.")


def slice_corrections(facts: PetFacts, half_life_s: float, origin: datetime) -> Factors | None:
    """What turns each slice's mean activity into that at ``origin``: x / (1 - e^-x) e^(λ (t_acq - origin)).

    None where a slice's start or duration is not in the header, or cannot be. Source: R9.
    """
    corrections = []
    for one in facts.slices:
        if one.acquired is None or one.duration_s is None:
            return None
        grown = decay_factor(elapsed_s(origin, one.acquired), half_life_s)
        corrections.append(frame_factor(one.duration_s, half_life_s) * grown)
    return tuple(corrections) if corrections and all(0 < c < math.inf for c in corrections) else None


def bed_corrections(facts: PetFacts, half_life_s: float | None) -> Factors | None:
    """Undecayed slices brought to the first acquisition, so that beds compare; None where they cannot be."""
    first = first_acquired(facts)
    if facts.decay_correction != "NONE" or half_life_s is None or first is None:
        return None
    return slice_corrections(facts, half_life_s, first)


def _philips(given: Inputs) -> Route:
    """The vendor's own SUV factor leads; its activity factor is the cross-check, or the way (R4)."""
    vendor, bqml = given.facts.philips_suv_factor, given.facts.philips_activity_factor
    if vendor and given.facts.decay_correction != "NONE":
        factors, flags = (vendor,) * given.slices, []
        other = by_activity(given, bqml) if bqml else None
        if other is not None and other.factors and abs(other.factors[0] / vendor - 1) > 0.01:
            share = 100 * abs(other.factors[0] / vendor - 1)
            what = f"The vendor's SUV factor, which is used, and activity differ by {share:.1f} %."
            flags.append(Flag("PHILIPS_FACTORS_DISAGREE", what))
        return Route(factors, "suv.bw.vendor/1", None, tuple(flags), ("philips_suv_factor",))
    if bqml:
        made = by_activity(given, bqml)
        return Route(
            made.factors, made.algorithm, made.refusal, made.flags, (*made.used, "philips_activity_factor")
        )
    what = "SUV withheld: pixels are counts, and the Philips factors (7053,xx00) and (7053,xx09) are absent."
    return Route(refusal=Refusal("COUNTS_UNSCALED", what, "Choose a series in Bq/ml."))


def _from_suv(given: Inputs) -> Route:
    """GML is SUV already: of body weight, or of a lean mass whose ratio to the weight converts it (R5)."""
    kind = given.facts.suv_type or "BW"
    if kind == "BW":
        return Route((1.0,) * given.slices, "suv.bw.stored/1", used=("suv_type",))
    if kind not in MASSES:
        what = f"SUV withheld: SUVType {kind} is not one of body weight, lean or ideal mass."
        return Route(refusal=Refusal("SUV_TYPE_UNKNOWN", what, "Choose another series."))
    refusal = _body_refusal(given, sex=True)
    if refusal is not None:
        return Route(refusal=refusal, flags=given.weight.flags)
    weight = given.weight.value or 0.0
    mass, flags = mass_kg(kind, weight, given.facts.height_m or 1.0, given.facts.sex or "")
    if isinstance(mass, Refusal):
        return Route(refusal=mass, flags=tuple(flags))
    used = ("suv_type", "weight_kg", "height_m", "sex")
    doubts = (*given.weight.flags, *flags)
    return Route((weight / mass,) * given.slices, "suv.bw.converted/1", None, doubts, used)


def _from_bsa(given: Inputs) -> Route:
    """CM2ML is SUV by body surface: SUVbw = v W 1000 / (BSA 10⁴), Du Bois (R4)."""
    kind = given.facts.suv_type or "BSA"
    if kind != "BSA":
        what = f"SUV withheld: pixels in cm²/ml contradict SUVType {kind}."
        return Route(refusal=Refusal("SUV_TYPE_UNKNOWN", what, "Choose another series."))
    refusal = _body_refusal(given, sex=False)
    if refusal is not None:
        return Route(refusal=refusal, flags=given.weight.flags)
    weight = given.weight.value or 0.0
    factor = weight * 1000.0 / (bsa_m2(weight, given.facts.height_m or 1.0) * 1e4)
    used = ("suv_type", "weight_kg", "height_m")
    return Route((factor,) * given.slices, "suv.bw.converted/1", None, given.weight.flags, used)


def _body_refusal(given: Inputs, sex: bool) -> Refusal | None:
    if given.weight.refusal is not None:
        return given.weight.refusal
    height = given.facts.height_m
    if height is None or not 0.02 <= height <= 3:
        said = "is missing" if height is None else f"of {height:g} m cannot be"
        what = f"SUV withheld: the body height {said}; the pixels are an SUV of another kind."
        return Refusal("HEIGHT_MISSING", what, "Enter height_m to convert to SUVbw.")
    if sex and given.facts.sex not in ("M", "F", "O"):
        what = "SUV withheld: the patient's sex is missing; the pixels are SUV of another mass."
        return Refusal("SEX_MISSING", what, "Enter sex to convert to SUVbw.")
    return None

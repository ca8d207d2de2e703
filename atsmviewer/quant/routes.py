"""Owns the ways from pixel to SUV: by activity, by the vendor's factor, from a stored SUV (R4, R5, R9)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.beds import Factors, slice_corrections
from atsmviewer.quant.branching import Mend
from atsmviewer.quant.decay import decay_factor
from atsmviewer.quant.injection import Injection
from atsmviewer.quant.inputs import Known
from atsmviewer.quant.kinds import KINDS, Mass, mass_of, stored_kind
from atsmviewer.quant.times import Reference


@dataclass(frozen=True)
class Inputs:
    """Everything a conversion may need, each with its own refusal."""

    facts: PetFacts
    kind: str
    species: str
    activity: Known
    weight: Known
    height: Known
    half_life: Known
    reference: Reference
    injection: Injection
    mend: Mend
    slices: int
    moved: float | Refusal = 0.0
    """Seconds that an entered injection lies after the one that ADMIN pixels stand for."""
    recorded: bool = False
    """Whether the activity comes from a dose record, which decays by half-life and injection time (R10)."""

    def mass(self, kind: str | None = None) -> Mass:
        """What a kind of SUV divides by; by default the kind that is asked for."""
        return mass_of(kind or self.kind, self.facts, self.weight, self.height, self.species)


@dataclass(frozen=True)
class Route:
    """SUV per pixel of each slice with its algorithm, or the refusal; and the inputs it stood on."""

    factors: Factors = ()
    algorithm: str = ""
    refusal: Refusal | None = None
    flags: tuple[Flag, ...] = ()
    used: tuple[str, ...] = ()
    shown: tuple[tuple[str, str, str], ...] = ()


def route(given: Inputs) -> Route:
    """Dispatch on the unit of the pixels (R4); every kind is SUVbw times a ratio of masses (R5)."""
    units = given.facts.units
    if given.mend.refusal is not None:
        return Route(refusal=given.mend.refusal)
    if units == "BQML":
        return by_activity(given, 1.0)
    if units == "CNTS":
        return _philips(given)
    if units in ("GML", "CM2ML"):
        return _from_suv(given)
    what = f"SUV withheld: pixels in {units} are not a calibrated activity."
    return Route(refusal=Refusal("UNITS_NOT_QUANTITATIVE", what, "Choose a series in Bq/ml."))


def by_activity(given: Inputs, bqml_per_pixel: float) -> Route:
    """SUV = C M 1000 / D, with D decayed to the pixels' reference time and M the kind's mass (R17, R9)."""
    mode, mass = given.facts.decay_correction, given.mass()
    decays = mode != "ADMIN" or given.recorded or given.moved != 0.0
    needs = [given.activity, *([given.half_life] if decays else [])]
    refusals = [mass.refusal, *(known.refusal for known in needs)]
    if mode == "START":
        refusals.append(given.reference.refusal)
    if isinstance(given.moved, Refusal):
        refusals.append(given.moved)
    if decays:
        refusals.append(given.injection.refusal)
    flags = (*(flag for known in needs for flag in known.flags), *mass.flags, *given.mend.flags)
    used = (*(known.name for known in needs), *mass.needs)
    made = Route((), KINDS[given.kind].algorithm, None, flags, used, (*mass.shown, *given.mend.facts))
    refusal = next((r for r in refusals if r is not None), None)
    if refusal is not None:
        return replace(made, refusal=refusal)
    factors = _decayed(given, mass.kg, bqml_per_pixel)
    if isinstance(factors, Refusal):
        return replace(made, refusal=factors)
    return replace(made, factors=factors)


def factor_at(given: Inputs, moment: datetime) -> float | None:
    """SUV per Bq/ml if the pixels are decay-corrected to ``moment``; None where an input is missing."""
    injected, mass = given.activity, given.mass("bw" if given.kind == "kbqml" else None)
    half_life, when = given.half_life.usable, given.injection.when
    if injected.refusal or mass.refusal or half_life is None or when is None:
        return None
    grown = decay_factor(elapsed_s(when, moment), half_life)
    factor = mass.kg * 1000.0 / (injected.value or 1.0) * grown
    return factor if math.isfinite(factor) and factor > 0 else None


def _decayed(given: Inputs, mass_kg: float, bqml_per_pixel: float) -> Factors | Refusal:
    facts, when, half_life_s = given.facts, given.injection.when, given.half_life.usable
    at_injection = mass_kg * 1000.0 / (given.activity.value or 1.0) * bqml_per_pixel
    mended = mended_slices(given)
    if facts.decay_correction == "ADMIN":
        moved = 0.0 if isinstance(given.moved, Refusal) else given.moved
        back = 1.0 if moved == 0.0 or half_life_s is None else decay_factor(moved, half_life_s)
        return tuple(at_injection * back * m for m in mended)
    if facts.decay_correction == "START" and given.reference.chosen is not None:
        factor = factor_at(given, given.reference.chosen.when)
        if factor is not None:
            return tuple(factor * bqml_per_pixel * m for m in mended)
    if facts.decay_correction == "NONE" and when is not None and half_life_s is not None:
        slices = slice_corrections(facts, half_life_s, when)
        if slices is not None and len(slices) == given.slices:
            return tuple(at_injection * s * m for s, m in zip(slices, mended, strict=True))
    return _untimed(given)


def _untimed(given: Inputs) -> Refusal:
    """Which slices an undecayed series cannot be converted for."""
    facts = given.facts
    timed = [one.acquired is not None and one.duration_s is not None for one in facts.slices]
    without = [str(k + 1) for k, known in enumerate(timed) if not known]
    absent = given.slices - len(timed)
    which = f"slices {', '.join(without[:5])}{' and more' if len(without) > 5 else ''}" if without else ""
    which = which or (f"{absent} of {given.slices} slices" if absent > 0 else "its slices")
    what = f"SUV withheld: the header does not say when {which} were acquired, and for how long."
    remedy = "Choose a series that is decay-corrected."
    if facts.slices and all(one.offset_s is not None or one.acquired is not None for one in facts.slices):
        missing = [name for name, known in zip(_TIMES, _known_times(facts), strict=True) if not known]
        remedy = f"Enter {' and '.join(missing)}, or choose a series that is decay-corrected."
    return Refusal("REF_TIME_MISSING", what, remedy)


_TIMES = ("scan_datetime", "frame_duration_s")


def _known_times(facts: PetFacts) -> tuple[bool, bool]:
    starts = all(one.acquired is not None for one in facts.slices)
    return starts, all(one.duration_s is not None for one in facts.slices)


def mended_slices(given: Inputs) -> Factors:
    """What R16's correction multiplies the activity of each slice by; 1 where nothing is mended."""
    factors = given.mend.factors or (1.0,)
    if len(factors) == given.slices:
        return factors
    return (factors[0],) * given.slices


def _philips(given: Inputs) -> Route:
    """The vendor's own SUV factor leads; its activity factor is the cross-check, or the way (R4)."""
    vendor, bqml = given.facts.philips_suv_factor, given.facts.philips_activity_factor
    if vendor and given.facts.decay_correction != "NONE" and not given.mend.factors:
        return _by_vendor(given, vendor, bqml)
    if bqml:
        made = by_activity(given, bqml)
        return replace(made, used=(*made.used, "philips_activity_factor"))
    what = "SUV withheld: pixels are counts, and the Philips factors (7053,xx00) and (7053,xx09) are absent."
    why = Refusal("COUNTS_UNSCALED", what, "Choose a series in Bq/ml.")
    return Route(refusal=why, flags=given.mend.flags, shown=given.mend.facts)


def _by_vendor(given: Inputs, vendor: float, bqml: float | None) -> Route:
    flags: tuple[Flag, ...] = ()
    other = by_activity(replace(given, kind="bw"), bqml) if bqml else None
    if other is not None and other.factors and abs(other.factors[0] / vendor - 1) > 0.01:
        share = 100 * abs(other.factors[0] / vendor - 1)
        what = f"The vendor's SUV factor, which is used, and activity differ by {share:.1f} %."
        flags = (Flag("PHILIPS_FACTORS_DISAGREE", what),)
    made = Route((vendor,) * given.slices, "suv.bw.vendor/1", None, flags, ("philips_suv_factor",))
    return made if given.kind == "bw" else _exchanged(given, made, "bw")


def _from_suv(given: Inputs) -> Route:
    """Pixels that are SUV already, of the kind asked for or of another (R4, R5)."""
    stored, said = stored_kind(given.facts), given.facts.suv_type
    if stored is None:
        what = f"SUV withheld: SUVType {said} is not one of body weight, lean or ideal mass."
        if given.facts.units == "CM2ML":
            what = f"SUV withheld: pixels in cm²/ml contradict SUVType {said}."
        return Route(refusal=Refusal("SUV_TYPE_UNKNOWN", what, "Choose another series."))
    algorithm = "suv.bw.stored/1" if stored == "bw" else KINDS[stored].algorithm
    made = Route((1.0,) * given.slices, algorithm, used=("suv_type",))
    return made if given.kind == stored else _exchanged(given, made, stored)


def _exchanged(given: Inputs, made: Route, stored: str) -> Route:
    """One kind of SUV from another by the ratio of their masses; activity and times have no part in it."""
    held, asked = given.mass(stored), given.mass()
    made = replace(
        made,
        algorithm="suv.bw.converted/1" if given.kind == "bw" else KINDS[given.kind].algorithm,
        flags=tuple(dict.fromkeys((*made.flags, *held.flags, *asked.flags))),
        used=tuple(dict.fromkeys((*made.used, *held.needs, *asked.needs))),
        shown=tuple(dict.fromkeys((*held.shown, *asked.shown))),
    )
    refusal = held.refusal or asked.refusal
    if refusal is not None:
        return replace(made, factors=(), refusal=refusal)
    return replace(made, factors=tuple(f * asked.kg / held.kg for f in made.factors))

"""Owns the scale of a PET: from its header's facts to SUVbw, or to the refusal with what is shown instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.session import Override
from atsmviewer.model.suv import ReferenceTime, Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant.gates import gate_flags, one_bed, ratio_refusal, suv_refusal
from atsmviewer.quant.injection import Injection, injection
from atsmviewer.quant.inputs import activity, half_life, isotope_flags, weight
from atsmviewer.quant.overrides import Entered, enter
from atsmviewer.quant.routes import Inputs, Route, bed_corrections, factor_at, route
from atsmviewer.quant.times import Reference, first_acquired, reference_time
from atsmviewer.quant.tracer import is_cu_atsm, tracer_name


def suv_scale(facts: PetFacts, overrides: Sequence[Override] = (), slices: int | None = None) -> Scale:
    """From the rescaled pixels of each of ``slices`` to SUVbw (g/ml), or to kBq/ml or stored units.

    ``slices`` defaults to the number of slices that the facts speak of. Rules R1 to R17.

    Raises
    ------
    ReviewError
        "OVERRIDE_INVALID" where an override cannot be read. A fact that is missing or in doubt
        raises nothing: it is the Scale's ``refused`` or one of its ``flags``.
    """
    return _converted(enter(facts, overrides), slices, None)


def withheld_scale(facts: PetFacts, why: Refusal, slices: int | None = None) -> Scale:
    """The scale of a PET whose SUV is withheld for a reason from outside the header."""
    return _converted(enter(facts, ()), slices, why)


def _converted(entered: Entered, slices: int | None, why: Refusal | None) -> Scale:
    given = _inputs(entered, slices or len(entered.facts.slices) or 1)
    gate = why or suv_refusal(entered.facts)
    made = route(given) if gate is None else Route(refusal=gate)
    flags = (
        *entered.flags,
        *gate_flags(entered.facts),
        *isotope_flags(entered),
        *made.flags,
        *(given.reference.flags if _by_start(entered.facts) else ()),
        *given.injection.flags,
    )
    no_ratio = ratio_refusal(entered.facts, given.half_life.value)
    return _scale(entered, given, made, no_ratio, tuple(dict.fromkeys(flags)))


def _by_start(facts: PetFacts) -> bool:
    return facts.decay_correction == "START" and facts.units in ("BQML", "CNTS")


def _inputs(entered: Entered, slices: int) -> Inputs:
    facts = entered.facts
    lasting = half_life(entered)
    reference = reference_time(facts, lasting.value, entered.reference)
    confirmed = "injection_datetime" in entered.names
    given = injection(facts, _decayed_to(facts, reference), lasting.value, confirmed)
    return Inputs(facts, activity(entered), weight(entered), lasting, reference, given, slices)


def _decayed_to(facts: PetFacts, reference: Reference) -> datetime | None:
    """What the injection's date is inferred from: the pixels' reference, else the first acquisition."""
    if facts.decay_correction == "START" and reference.chosen is not None:
        return reference.chosen.when
    return first_acquired(facts) or facts.series_datetime


def _scale(
    entered: Entered, given: Inputs, made: Route, no_ratio: Refusal | None, flags: tuple[Flag, ...]
) -> Scale:
    unit, factors, algorithm = Unit.SUV, made.factors, made.algorithm
    if made.refusal is not None:
        unit, factors, algorithm = _shown_instead(given)
    cu_atsm = is_cu_atsm(entered.facts, entered.is_cu_atsm)
    return Scale(
        unit=unit,
        slice_factors=factors,
        algorithm=algorithm,
        refused=made.refusal,
        ratio_refused=no_ratio,
        reference_time=_reference(given),
        injection_time=given.injection.when,
        candidates=_candidates(given) if _by_start(entered.facts) else (),
        flags=flags,
        facts_used=_facts_used(entered, given, made),
        tracer_is_cu_atsm=cu_atsm,
        tracer=tracer_name(entered.facts, cu_atsm),
        nuclide=entered.facts.nuclide or "",
    )


def _shown_instead(given: Inputs) -> tuple[Unit, tuple[float, ...], str]:
    """kBq/ml where the pixels are an activity, else what is stored; undecayed beds are made comparable."""
    facts = given.facts
    bqml = {"BQML": 1.0, "CNTS": facts.philips_activity_factor or 0.0}.get(facts.units or "", 0.0)
    unit, factor, algorithm = (
        (Unit.KBQML, bqml * 0.001, "kbqml/1") if bqml else (Unit.STORED, 1.0, "stored/1")
    )
    beds = None if one_bed(facts) else bed_corrections(facts, given.half_life.value)
    if beds is not None and len(beds) == given.slices:
        return unit, tuple(factor * bed for bed in beds), algorithm
    return unit, (factor,) * given.slices, algorithm


def _reference(given: Inputs) -> datetime | None:
    """The decay reference of START series; ADMIN and NONE have none of their own, and say so by None."""
    if given.facts.decay_correction in ("ADMIN", "NONE"):
        return None
    return given.reference.chosen.when if given.reference.chosen is not None else None


def _candidates(given: Inputs) -> tuple[ReferenceTime, ...]:
    per_pixel = given.facts.philips_activity_factor if given.facts.units == "CNTS" else 1.0
    listed = []
    for one in given.reference.candidates:
        factor = factor_at(given, one.when)
        chosen = one is given.reference.chosen
        value = None if factor is None or not per_pixel else factor * per_pixel
        listed.append(ReferenceTime(one.name, one.when, value, chosen))
    return tuple(listed)


def _facts_used(entered: Entered, given: Inputs, made: Route) -> tuple[tuple[str, str, str], ...]:
    """(name, value, source) of what the scale stands on, in the order a reader checks it."""
    facts = entered.facts
    used: list[tuple[str, str, str]] = []
    for name in ("units", "decay_correction", "corrected_image", "nuclide", "radiopharmaceutical"):
        value = getattr(facts, name)
        if value is not None:
            shown = " ".join(value) if isinstance(value, tuple) else str(value)
            used.append((name, shown, facts.source(name)))
    for known in (given.activity, given.weight, given.half_life):
        if known.value is not None and known.name in made.used:
            used.append((known.name, repr(known.value), known.source))
    for name in ("suv_type", "height_m", "sex", "philips_suv_factor", "philips_activity_factor"):
        if name in made.used and getattr(facts, name) is not None:
            used.append((name, str(getattr(facts, name)), facts.source(name)))
    used += _times_used(given.injection, given.reference, facts)
    return tuple(used)


def _times_used(given: Injection, reference: Reference, facts: PetFacts) -> list[tuple[str, str, str]]:
    used = []
    if given.when is not None:
        name = "injection_datetime" if facts.injection_datetime is not None else "injection_time"
        used.append(("injection_datetime", given.when.isoformat(), facts.source(name)))
    if _by_start(facts) and reference.chosen is not None:
        used.append(("reference_datetime", reference.chosen.when.isoformat(), reference.chosen.name))
    return used

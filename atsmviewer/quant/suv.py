"""Owns the scale of a PET: from its header's facts to SUV, or to the refusal with what is shown instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.session import SUV_KINDS, Override
from atsmviewer.model.suv import ReferenceTime, Scale
from atsmviewer.quant.administered import moved_s
from atsmviewer.quant.assay import injected, recorded
from atsmviewer.quant.beds import beds_flags
from atsmviewer.quant.branching import branching_flags, calibrated_half_life_s, mend
from atsmviewer.quant.concentration import by_concentration, concentration
from atsmviewer.quant.decaymode import mode_flags
from atsmviewer.quant.gates import gate_flags, ratio_refusal, suv_refusal
from atsmviewer.quant.injection import injection
from atsmviewer.quant.inputs import activity, half_life
from atsmviewer.quant.isotope import isotope_flags, mend_ratio_refusal
from atsmviewer.quant.kinds import KINDS
from atsmviewer.quant.overrides import Entered, enter, lasting
from atsmviewer.quant.patient import height, species_flags, weight
from atsmviewer.quant.routes import Inputs, Route, factor_at, route
from atsmviewer.quant.slips import intercept_flags, sized, with_readings
from atsmviewer.quant.times import Reference, earliest, first_acquired, reference_time
from atsmviewer.quant.tracer import is_cu_atsm, tracer_flags, tracer_name
from atsmviewer.quant.uptake import stands_on_injection
from atsmviewer.quant.used import facts_used


@dataclass(frozen=True)
class _Asked:
    """What a scale is asked for."""

    slices: int | None
    kind: str
    species: str
    why: Refusal | None = None


def suv_scale(
    facts: PetFacts,
    overrides: Sequence[Override] = (),
    slices: int | None = None,
    kind: str = "bw",
    species: str = "human",
) -> Scale:
    """From the rescaled pixels of each of ``slices`` to one of ``SUV_KINDS``, or kBq/ml or stored units.

    ``slices`` defaults to the number of slices that the facts speak of; ``species`` is "human" or
    "animal". Units: g/ml, cm²/ml for "bsa", %ID/ml, %ID/g, kBq/ml. Rules R1 to R17.

    Raises
    ------
    ReviewError
        "OVERRIDE_INVALID" where an override cannot be read. A fact that is missing or in doubt
        raises nothing: it is the Scale's ``refused`` or one of its ``flags``.
    ValueError
        Where ``kind`` is none of ``SUV_KINDS``.
    """
    if kind not in SUV_KINDS:
        raise ValueError(f"kind is one of {', '.join(SUV_KINDS)}, not {kind!r}")
    asked = _Asked(slices, kind, species)
    scale = _converted(enter(facts, overrides), asked)
    entries = lasting(overrides)
    if not entries:
        return scale
    without = {
        name: _converted(enter(facts, [o for o in entries.values() if o.name != name]), asked)
        for name in entries
    }
    return replace(scale, flags=sized(scale, without))


def withheld_scale(
    facts: PetFacts, why: Refusal, slices: int | None = None, kind: str = "bw", species: str = "human"
) -> Scale:
    """The scale of a PET whose SUV is withheld for a reason from outside the header."""
    return _converted(enter(facts, ()), _Asked(slices, kind, species, why))


def _converted(entered: Entered, asked: _Asked) -> Scale:
    given = _inputs(entered, asked)
    gate = asked.why or suv_refusal(entered.facts)
    if gate is not None:
        made = Route(refusal=gate)
    elif asked.kind == "kbqml":
        made = by_concentration(given)
    else:
        made = with_readings(given, route(given))
    flags = (
        *entered.flags,
        *gate_flags(entered.facts),
        *beds_flags(entered.facts, given.half_life.usable, given.slices),
        *isotope_flags(entered, given, lambda run: _inputs(replace(entered, scanned_as=run), asked)),
        *branching_flags(entered),
        *tracer_flags(entered.facts, entered.is_cu_atsm),
        *species_flags(entered.facts, asked.species),
        *made.flags,
        *(given.reference.flags if _by_start(entered.facts) else ()),
        *given.injection.flags,
        *_mode_flags(given),
        *intercept_flags(entered.facts, made.factors),
    )
    return _scale(entered, given, made, tuple(dict.fromkeys(flags)))


def _by_start(facts: PetFacts) -> bool:
    return facts.decay_correction == "START" and facts.units in ("BQML", "CNTS")


def _inputs(entered: Entered, asked: _Asked) -> Inputs:
    """Each input with its refusal; times come first, since the size of a doubt stands on them."""
    facts = entered.facts
    known_half_life = half_life(entered)
    true_s = known_half_life.usable
    reference = reference_time(facts, calibrated_half_life_s(entered, true_s), entered.reference)
    decayed_to = _decayed_to(facts, reference)
    given = injection(entered, decayed_to, true_s, stands_on_injection(entered, asked.kind))
    chosen = None if reference.chosen is None else reference.chosen.when
    slices = asked.slices or len(facts.slices) or 1
    return Inputs(
        facts=facts,
        kind=asked.kind,
        species=asked.species,
        activity=injected(entered, activity(entered), given, known_half_life),
        weight=weight(entered, asked.species),
        height=height(entered),
        half_life=half_life(entered, _decays_s(entered, given.when, decayed_to)),
        reference=reference,
        injection=given,
        mend=mend(entered, true_s, chosen, given, slices),
        slices=slices,
        moved=moved_s(entered, given.when),
        recorded=recorded(entered),
    )


def _decays_s(entered: Entered, injected_at: datetime | None, decayed_to: datetime | None) -> float | None:
    """How long the activity is decayed for SUV, in s: from a dose record's assay on, where there is one."""
    begin, end = injected_at, decayed_to
    if recorded(entered):
        begin = entered.assay.measured
        end = injected_at if entered.facts.decay_correction == "ADMIN" else decayed_to
    return None if begin is None or end is None else elapsed_s(end, begin)


def _decayed_to(facts: PetFacts, reference: Reference) -> datetime | None:
    """What the injection's date is inferred from: the pixels' reference, else the first acquisition."""
    if facts.decay_correction == "START" and reference.chosen is not None:
        return reference.chosen.when
    return first_acquired(facts) or facts.series_datetime


def _mode_flags(given: Inputs) -> tuple[Flag, ...]:
    if given.facts.units not in ("BQML", "CNTS"):
        return ()
    chosen = given.reference.chosen
    moment = None if chosen is None else chosen.when
    return mode_flags(given.facts, moment, given.injection.when, given.half_life.usable)


def _with_cause(refusal: Refusal | None, facts: PetFacts) -> Refusal | None:
    """A refusal that says so where a side-car, which may hold what is missing, was refused itself."""
    if refusal is None or not facts.aside:
        return refusal
    mend = "Mend it and open the case again, or enter what is missing."
    return replace(refusal, remedy=f"{facts.aside} {mend} {refusal.remedy}".strip())


def _scale(entered: Entered, given: Inputs, made: Route, flags: tuple[Flag, ...]) -> Scale:
    instead, kind = concentration(given), KINDS[given.kind]
    shown = given.kind != "kbqml" and made.refusal is None
    cu_atsm = is_cu_atsm(entered.facts, entered.is_cu_atsm)
    return Scale(
        unit=kind.unit if shown else instead.unit,
        slice_factors=made.factors if shown else instead.factors,
        algorithm=made.algorithm if shown else instead.algorithm,
        refused=_with_cause(made.refusal, entered.facts),
        ratio_refused=_ratio_refusal(given),
        reference_time=_reference(given),
        injection_time=given.injection.when,
        candidates=_candidates(given) if _by_start(entered.facts) else (),
        flags=flags,
        facts_used=facts_used(entered, given, made, _by_start(entered.facts)),
        tracer_is_cu_atsm=cu_atsm,
        tracer=tracer_name(entered.facts, cu_atsm),
        nuclide=entered.facts.nuclide or "",
        kind=given.kind,
        label=kind.label if shown else instead.label,
        slices=entered.facts.slices,
        started=_started(entered),
    )


def _started(entered: Entered) -> datetime | None:
    """The entered start of the scan; of one of several frames its own, moved with the scan's."""
    if "scan_datetime" not in entered.names:
        return None
    facts = entered.facts
    own = earliest(one.acquired for one in facts.slices if one.acquired is not None)
    return own if own is not None or facts.several else facts.series_datetime


def _ratio_refusal(given: Inputs) -> Refusal | None:
    return ratio_refusal(given.facts, given.half_life.usable, given.slices) or mend_ratio_refusal(given)


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

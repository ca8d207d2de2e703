"""Owns activity concentration: kBq/ml on request or where SUV is withheld, with the time it is of (R17)."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.errors import Refusal
from atsmviewer.model.volume import Unit
from atsmviewer.quant.beds import Factors, bed_corrections, decay_doubt, one_bed
from atsmviewer.quant.routes import Inputs, Route, mended_slices


@dataclass(frozen=True)
class Concentration:
    """What is shown instead of SUV: unit, factor of each slice, algorithm, and the words for it."""

    unit: Unit
    factors: Factors
    algorithm: str
    label: str


def concentration(given: Inputs) -> Concentration:
    """kBq/ml where the pixels are an activity, else as stored; undecayed beds and frames made to compare."""
    facts = given.facts
    bqml = {"BQML": 1.0, "CNTS": facts.philips_activity_factor or 0.0}.get(facts.units or "", 0.0)
    factor = bqml * 0.001 if bqml else 1.0
    mended = mended_slices(given)
    alone = one_bed(facts) and facts.series_acquired is None
    beds = None if alone else bed_corrections(facts, given.half_life.usable, given.slices)
    factors = tuple(factor * m * b for m, b in zip(mended, beds or (1.0,) * given.slices, strict=True))
    if not bqml:
        return Concentration(Unit.STORED, factors, "stored/1", "stored units")
    return Concentration(Unit.KBQML, factors, "kbqml/1", f"kBq/ml {_moment(given, beds is not None)}")


def by_concentration(given: Inputs) -> Route:
    """kBq/ml as the kind that was asked for; pixels that are SUV already have no activity any more."""
    found = concentration(given)
    if given.mend.refusal is not None:
        return Route(refusal=given.mend.refusal)
    if found.unit is Unit.KBQML:
        return Route(
            found.factors,
            found.algorithm,
            None,
            given.mend.flags,
            ("philips_activity_factor",) if given.facts.units == "CNTS" else (),
            given.mend.facts,
        )
    what = f"kBq/ml withheld: pixels in {given.facts.units} are no activity concentration."
    return Route(refusal=Refusal("KBQML_UNAVAILABLE", what, "Choose SUVbw, or a series in Bq/ml."))


def _moment(given: Inputs, brought: bool) -> str:
    """The time that the concentration is of, in words."""
    mode = None if decay_doubt(given.facts) else given.facts.decay_correction
    if mode == "ADMIN":
        return "at injection"
    if mode == "NONE":
        return "at the first acquisition" if brought else "as acquired"
    if mode == "START":
        chosen = given.reference.chosen
        return "at the decay reference" + ("" if chosen is None else f" {chosen.when:%H:%M:%S}")
    return "at a time not stated"

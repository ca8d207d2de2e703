"""Owns a scan that was run as another nuclide: its positron fraction and decay, mended on request (R16)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, SliceTime, elapsed_s
from atsmviewer.quant.decay import (
    HALF_LIFE_S,
    POSITRON_FRACTION,
    decay_factor,
    frame_factor,
    mean_activity_time,
)
from atsmviewer.quant.doubt import off_by, over_slices
from atsmviewer.quant.injection import Injection
from atsmviewer.quant.inputs import true_nuclide
from atsmviewer.quant.overrides import Entered
from atsmviewer.quant.times import is_ge

_OFF = 0.02
"""Evaluations of a positron fraction differ by 1 %; beyond this it is that of another nuclide."""


@dataclass(frozen=True)
class Mend:
    """What the activity of each slice is to be multiplied by; () where nothing is to be mended."""

    factors: tuple[float, ...] = ()
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None
    facts: tuple[tuple[str, str, str], ...] = ()


def branching_flags(entered: Entered) -> tuple[Flag, ...]:
    """A positron fraction that is not that of the nuclide; silent once the reader has said what was run."""
    facts = entered.facts
    used, true = facts.positron_fraction, POSITRON_FRACTION.get(facts.nuclide or "")
    if entered.scanned_as is not None or used is None or true is None or abs(used / true - 1) <= _OFF:
        return ()
    what = f"The scanner took {100 * used:.4g} % positrons, {facts.nuclide} has {100 * true:.4g} %"
    return (Flag("BRANCHING_DEVIATES", f"{what}: {off_by(used / true)}."),)


def fraction_ratio(run: str, true: str) -> float | None:
    """Positron fraction of the nuclide that was run over the true one's; None where one is not known."""
    used, right = POSITRON_FRACTION.get(run), POSITRON_FRACTION.get(true)
    return None if used is None or right is None else used / right


def calibrated_half_life_s(entered: Entered, true_s: float | None) -> float | None:
    """The half-life that the scanner corrected decay with: the header's, or that of ``scanned_as``."""
    if entered.scanned_as is None:
        return true_s
    table, header = HALF_LIFE_S[entered.scanned_as], entered.facts.half_life_s
    return header if header is not None and abs(header / table - 1) <= 0.01 else table


def mend(
    entered: Entered, true_s: float | None, reference: datetime | None, given: Injection, slices: int
) -> Mend:
    """The explicit correction of a scan that was run as ``scanned_as``.

    C x BR_used / BR_true x G(λ_true) / G(λ_used) in each slice, where G = x / (1 - e^-x) e^(λ t) takes a
    frame's mean activity to the decay reference: x = λ T, t from the reference to its start. Source: R16.
    An injection time that is refused is none: pixels decayed to it cannot be mended by it. Nor can ``slices``
    of which only some, of several times, have a header.
    """
    run = entered.scanned_as
    if run is None:
        return Mend()
    true, used_s = true_nuclide(entered), calibrated_half_life_s(entered, true_s)
    if true is None or true not in POSITRON_FRACTION or true_s is None or used_s is None:
        what = f"SUV withheld: the scan was run as {run}, and the nuclide that was injected is not known."
        return Mend(refusal=Refusal("SCANNED_AS_ALONE", what, "Enter nuclide too."))
    if entered.facts.units not in ("BQML", "CNTS"):
        what = "SUV withheld: the scanner computed SUV with another nuclide's decay, which cannot be undone."
        return Mend(refusal=Refusal("SCANNED_AS_UNITS", what, "Choose a series in Bq/ml."))
    share, source = _fraction(entered, run)
    branching = share / POSITRON_FRACTION[true]
    injected = None if given.refusal is not None else given.when
    origin = {"START": reference, "ADMIN": injected}.get(entered.facts.decay_correction or "")
    grown = _regrown(entered.facts, origin, used_s, true_s)
    if grown is None or (len(set(grown)) > 1 and len(grown) != slices):
        return Mend(refusal=_untimed(entered.facts, given))
    factors = tuple(branching * one for one in grown)
    what = f"Activity was corrected from {run} to {true}: times {over_slices(factors)}."
    listed = (
        ("positron_fraction_used", repr(share), source),
        ("positron_fraction_true", repr(POSITRON_FRACTION[true]), f"table, {true}"),
        ("half_life_used_s", repr(used_s), f"scan run as {run}"),
    )
    return Mend(factors, (Flag("SCANNED_AS", what),), None, listed)


def _untimed(facts: PetFacts, given: Injection) -> Refusal:
    if facts.decay_correction == "ADMIN" and given.refusal is not None:
        what = "SUV withheld: pixels are decayed to an injection time that is missing or cannot be."
        return Refusal("SCANNED_AS_TIMES", what, given.refusal.remedy)
    what = "SUV withheld: without each slice's start and duration the wrong decay cannot be undone."
    return Refusal("SCANNED_AS_TIMES", what, "Choose a series with its times.")


def _regrown(
    facts: PetFacts, origin: datetime | None, used_s: float, true_s: float
) -> tuple[float, ...] | None:
    """Decay by the true half-life over that by the used one, for each slice; None where a time is missing."""
    if facts.decay_correction == "NONE":
        return (1.0,) * max(len(facts.slices), 1)
    grown = []
    for one in facts.slices:
        start_s = _start_s(facts, one, origin, used_s)
        if start_s is None or one.duration_s is None:
            return None
        frame = frame_factor(one.duration_s, true_s) / frame_factor(one.duration_s, used_s)
        grown.append(frame * decay_factor(start_s / used_s - start_s / true_s, 1.0))
    return tuple(grown) if grown and all(0 < g < math.inf for g in grown) else None


def _fraction(entered: Entered, run: str) -> tuple[float, str]:
    """What the calibration took: the header's where it is about that of ``run``, else the table's."""
    header, table = entered.facts.positron_fraction, POSITRON_FRACTION[run]
    if header is not None and abs(header / table - 1) <= 0.05:
        return header, entered.facts.source("positron_fraction")
    return table, f"table, {run}"


def _start_s(facts: PetFacts, one: SliceTime, origin: datetime | None, used_s: float) -> float | None:
    """When a frame began, from the moment that its decay is corrected to."""
    if facts.decay_correction == "START" and one.frame_reference_s is not None and one.duration_s is not None:
        into = 0.0 if is_ge(facts) else mean_activity_time(one.duration_s, used_s)
        return one.frame_reference_s - into
    if origin is None or one.acquired is None:
        return None
    return elapsed_s(one.acquired, origin)

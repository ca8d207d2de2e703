"""Owns the suspicion that a scan was run as another nuclide: what its correction would change (R16)."""

from __future__ import annotations

from collections.abc import Callable

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.quant.beds import Factors, one_bed
from atsmviewer.quant.branching import fraction_ratio
from atsmviewer.quant.concentration import concentration
from atsmviewer.quant.decay import HALF_LIFE_S
from atsmviewer.quant.doubt import most_off, off_by
from atsmviewer.quant.overrides import Entered
from atsmviewer.quant.routes import Inputs, route

_SAME = 1e-9
"""Relative rounding of factors, below which slices are changed alike."""


def isotope_flags(entered: Entered, given: Inputs, run_as: Callable[[str], Inputs]) -> tuple[Flag, ...]:
    """ISOTOPE_MISMATCH with the most that the correction would change SUV by, ISOTOPE_RATIO with T/M's part.

    ``run_as`` gives the inputs as they are with ``scanned_as`` entered. Silent once the reader has said so.
    """
    run, tracer = entered.facts.nuclide, entered.facts.tracer_nuclide
    if entered.scanned_as is not None or not run or not tracer or run == tracer:
        return ()
    known = run in HALF_LIFE_S
    changes = _changes(given, run_as(run)) if known else ()
    what = f"The scan says {run}, the tracer {tracer}. If it was run as {run}, {_size(changes, run, tracer)}."
    remedy = f"Enter scanned_as={run} to correct both, or the right nuclide." if known else "Enter nuclide."
    return (Flag("ISOTOPE_MISMATCH", f"{what} {remedy}"), *_between(given, changes, run))


def mend_ratio_refusal(given: Inputs) -> Refusal | None:
    """Why slices of different times must not be divided: the wrong decay that the reader told of stays."""
    if given.mend.refusal is None or one_bed(given.facts):
        return None
    what = "No T/M: decay was corrected as that of another nuclide, which cannot be undone between slices."
    return Refusal("SCANNED_AS_RATIO", what, given.mend.refusal.remedy)


def _changes(given: Inputs, mended: Inputs) -> Factors:
    """What the correction multiplies the shown value of each slice by; () where it cannot be told."""
    if mended.mend.refusal is not None or len(mended.mend.factors) != given.slices:
        return ()
    before, after = (() if one.kind == "kbqml" else route(one).factors for one in (given, mended))
    if not before or not after:
        before, after = concentration(given).factors, concentration(mended).factors
    if min(*before, *after) <= 0:
        return ()
    return tuple(a / b for a, b in zip(after, before, strict=True))


def _size(changes: Factors, run: str, tracer: str) -> str:
    ratio = fraction_ratio(run, tracer)
    fraction = "unknown" if ratio is None else f"{ratio:.3g} times the tracer's"
    if changes:
        return f"{off_by(most_off(changes))}: its positron fraction is {fraction}, its half-life was used"
    return f"{off_by(ratio or 0.0)} by its positron fraction, and by an unknown amount by its half-life"


def _between(given: Inputs, changes: Factors, run: str) -> tuple[Flag, ...]:
    if one_bed(given.facts):
        return ()
    if not changes:
        what = f"If the scan was run as {run}, values of two slices do not compare, by an unknown amount."
        return (Flag("ISOTOPE_RATIO", what),)
    spread = max(changes) / min(changes)
    if spread - 1.0 <= _SAME:
        return ()
    what = f"If the scan was run as {run}, beds decayed by another half-life: {off_by(spread, 'T/M')}."
    return (Flag("ISOTOPE_RATIO", what),)

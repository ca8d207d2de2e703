"""Owns the dose record: what was injected, from the syringe before and after, each at its own time (R10)."""

from __future__ import annotations

from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import elapsed_s
from atsmviewer.quant.decay import decay_factor
from atsmviewer.quant.doubt import off_by, off_by_time
from atsmviewer.quant.injection import Injection
from atsmviewer.quant.inputs import Known
from atsmviewer.quant.overrides import Entered

_NAMES = ("assay_activity_bq", "assay_datetime", "residual_activity_bq", "residual_datetime")


def recorded(entered: Entered) -> bool:
    """Whether the activity is that of a dose record; it then stands on half-life and injection time."""
    return bool(set(_NAMES) & entered.names)


def injected(entered: Entered, known: Known, given: Injection, half_life: Known) -> Known:
    """The activity at the injection: net of the dose record where one was entered, else ``known``.

    Net = A 2^(-(t_inj - t_A) / T½) - R 2^((t_R - t_inj) / T½) with the assay (A, t_A) and the residual
    (R, t_R) of the syringe, in Bq. Source: R10. A part of a record is refused with what is missing; a
    record whose half-life or injection time is refused, with that refusal, whatever the decay mode.
    """
    assay, when, half_life_s = entered.assay, given.when, half_life.value
    if not recorded(entered):
        return known if known.refusal else _paired(entered, known, half_life.usable)
    missing = _missing(entered, when, half_life_s)
    if missing:
        what = f"SUV withheld: the dose record is not complete; {', '.join(missing)} missing."
        remedy = f"Enter {' and '.join(missing)}."
        return _refused(known, Refusal("ASSAY_INCOMPLETE", what, remedy))
    doubt = half_life.refusal or given.refusal
    if doubt is not None:
        return _refused(known, doubt)
    if assay.activity_bq is None or assay.measured is None or when is None or half_life_s is None:
        raise ValueError("a complete dose record has an activity, its time, an injection and a half-life")
    left = assay.residual_measured
    if elapsed_s(when, assay.measured) < 0 or (left is not None and elapsed_s(left, when) < 0):
        what = "SUV withheld: the syringe is measured before the injection, and what stays in it after it."
        return _refused(known, Refusal("ASSAY_ORDER", what, "Check assay, injection and residual times."))
    net = assay.activity_bq * decay_factor(elapsed_s(when, assay.measured), half_life_s)
    if left is not None and assay.residual_bq is not None:
        net -= assay.residual_bq * decay_factor(-elapsed_s(left, when), half_life_s)
    if not 0 < net <= 1e11:
        what = f"SUV withheld: by the dose record {net:.4g} Bq were injected, which cannot be."
        return _refused(known, Refusal("ASSAY_INVALID", what, "Check the activities and their times."))
    source = f"dose record, {entered.facts.source('assay_activity_bq')}"
    return Known(known.name, net, source, (_flag(net, known, left is not None),))


def _missing(entered: Entered, when: datetime | None, half_life_s: float | None) -> list[str]:
    residual = set(_NAMES[2:]) & entered.names
    needed = _NAMES if residual else _NAMES[:2]
    missing = [name for name in needed if name not in entered.names]
    missing += [] if when is not None else ["injection_datetime"]
    return missing + ([] if half_life_s is not None else ["half_life_s"])


def _refused(known: Known, why: Refusal) -> Known:
    return Known(known.name, None, known.source, (), why)


def _flag(net: float, known: Known, residual: bool) -> Flag:
    what = f"{net / 1e6:.4g} MBq at injection follow from the dose record"
    what += "." if residual else "; nothing is known of what stayed in the syringe."
    if known.value is not None and known.refusal is None:
        what += f" The header says {known.value / 1e6:.4g} MBq: {off_by(known.value / net)}."
    return Flag("ACTIVITY_FROM_ASSAY", what)


def _paired(entered: Entered, known: Known, half_life_s: float | None) -> Known:
    """Activity and its time are one event: where the reader entered one of them only, say what that costs."""
    entries = entered.names & {"injected_activity_bq", "injection_datetime"}
    if len(entries) != 1 or _same_clock(entered):
        return known
    (one,) = entries
    other = "its time" if one == "injected_activity_bq" else "the activity"
    what = (
        f"{one} was entered, {other} is the header's; both must be of one event. "
        f"For each minute between them {off_by_time(60.0, half_life_s)}."
    )
    return Known(known.name, known.value, known.source, (*known.flags, Flag("DOSE_PAIR_MIXED", what)))


def _same_clock(entered: Entered) -> bool:
    """Whether the entered date and time only adds the date to the header's time of day."""
    clock, full = entered.facts.injection_time, entered.facts.injection_datetime
    if "injected_activity_bq" in entered.names or clock is None or full is None:
        return False
    return clock.replace(tzinfo=None, microsecond=0) == full.time().replace(microsecond=0)

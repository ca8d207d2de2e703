"""Owns the cut-off table and its match rule: a row judges a tumour only where all of it fits (R28)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any
from weakref import ref

from atsmviewer.model.assessment import HypoxicVolume, Measurement, Number, Ratio, RoiNumbers
from atsmviewer.model.evidence import CutOff, Evidence
from atsmviewer.model.facts import elapsed_s
from atsmviewer.model.resources import resource
from atsmviewer.model.roi import Role
from atsmviewer.model.suv import Scale
from atsmviewer.quant.kept import alive
from atsmviewer.quant.look import Found, Look

Span = tuple[float, float]

JUDGES = "verified"
STATUSES = {
    JUDGES: "",
    "verified, no cut or kind": "the paper was seen, but not its cut or kind",
    "cut not seen": "the cut was not seen in the paper",
    "document only": "no primary source was found",
    "contradicted": "its sources contradict each other",
    "example": "it is an example, not a finding",
}
"""What may be said of a row, and why it does not judge."""

METRICS = ("tm", "suv", "tb", "tumour_to_liver", "volume_ml")
RATIO_TO = {"tm": Role.MUSCLE, "tb": Role.BRAIN}
KINDS = (None, "mean", "max", "peak")
COMPARATORS = ("", ">", ">=", "<", "<=")
SUV_OF_KIND = {"mean": "mean", "max": "max", "peak": "peak_1ml"}
KIND_UNKNOWN = {"volume_ml": "how its volume was outlined is unknown"}
ANY = "any"
COPPER_ATSM = "Cu-ATSM"


@cache
def cut_offs() -> tuple[CutOff, ...]:
    """Every row of the shipped table, in its order.

    Raises ValueError, which names the row, where the file is not what this program expects.
    """
    return tuple(read_row(row) for row in _table()["rows"])


def tumour_types() -> tuple[str, ...]:
    """The tumours that the table knows, for the reader to choose from; a mixed cohort is none."""
    return tuple(str(name) for name in _table()["tumour_types"])


def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(resource("cutoffs.json").read_text("utf-8"))
    if table.get("schema") != "atsmviewer.cutoffs/1":
        raise ValueError(f"cutoffs.json has the schema {table.get('schema')!r}")
    return table


def read_row(row: Mapping[str, Any]) -> CutOff:
    """One row of the table, checked word by word; ValueError names what is wrong with it."""
    names = {field.name for field in fields(CutOff)}
    uptake = row.get("uptake_min")
    checks = {
        "its columns": set(row) == names,
        "status": row.get("status") in STATUSES,
        "metric": row.get("metric") in METRICS,
        "kind": row.get("kind") in KINDS,
        "comparator": row.get("comparator") in COMPARATORS,
        "cut": _number_or_none(row.get("cut")),
        "n": row.get("n") is None or (isinstance(row["n"], int) and row["n"] > 0),
        "uptake_min": uptake is None or _is_span(uptake),
        "a text": all(isinstance(row.get(name), str) for name in names - _NOT_TEXT),
    }
    wrong = [name for name, fine in checks.items() if not fine]
    if wrong:
        raise ValueError(f"cut-off {row.get('uid')!r}: {', '.join(wrong)} cannot be used")
    return CutOff(**{**row, "uptake_min": None if uptake is None else (float(uptake[0]), float(uptake[1]))})


_NOT_TEXT = {"kind", "cut", "n", "uptake_min"}


def _number_or_none(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0)


def _is_span(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(v, int | float) for v in value)
        and 0 <= value[0] < value[1]
    )


def uptake_min(scale: Scale) -> Span | None:
    """First and last middle of the scan's beds in minutes after injection (R31); None where unknown.

    Both ends are those that the scale stands on, with what the reader entered. Where SUV is refused the
    clock is not trusted: the refusal may be about the injection's day.
    """
    return _uptake_min(ref(scale))


@lru_cache(maxsize=64)
def _uptake_min(scale_ref: ref[Scale]) -> Span | None:
    scale = alive(scale_ref)
    if scale.injection_time is None or scale.refused is not None or not scale.slices:
        return None
    minutes = []
    for one in scale.slices:
        if one.acquired is None:
            return None
        middle = elapsed_s(one.acquired, scale.injection_time) + (one.duration_s or 0.0) / 2
        minutes.append(middle / 60.0)
    return min(minutes), max(minutes)


@dataclass(frozen=True)
class _Case:
    """One tumour on one scan, as the rows ask for it."""

    tumour_type: str | None
    scale: Scale
    ratios: Sequence[Ratio]
    numbers: RoiNumbers
    hypoxic: HypoxicVolume | None
    uptake_min: Span | None


def evidence(
    tumour_type: str | None,
    scale: Scale,
    ratios_of_tumour: Sequence[Ratio],
    numbers: RoiNumbers,
    hypoxic: HypoxicVolume | None,
    uptake: Span | None,
) -> tuple[Evidence, ...]:
    """What every row of the table says of one tumour; verdicts first, then what fits it, then the rest.

    ``tumour_type`` is what the reader chose, ``uptake`` the scan's first and last minute after
    injection. A row judges only where radiopharmaceutical, isotope, tumour, kind and uptake window all
    match and it is verified; each mismatch or unknown is said in ``why`` (R28).
    """
    case = _Case(tumour_type, scale, ratios_of_tumour, numbers, hypoxic, uptake)
    said = [judged(row, case) for row in cut_offs()]
    return tuple(sorted(said, key=lambda one: _rank(one, case)))


def of_tumour(look: Look, found: Found, roi_uid: str) -> tuple[Evidence, ...]:
    """What the table says of one tumour of one frame, from what has been found of it so far."""
    here = (roi_uid, look.acquisition.uid, look.frame.number)

    def its(one: Ratio | HypoxicVolume | RoiNumbers) -> bool:
        return (one.roi_uid, one.acquisition_uid, one.frame) == here

    numbers = next(filter(its, found.rois), None)
    if not isinstance(numbers, RoiNumbers):
        return ()
    return evidence(
        look.protocol.tumour_type,
        look.scale,
        tuple(filter(its, found.ratios)),
        numbers,
        next(filter(its, found.hypoxic), None),
        uptake_min(look.scale),
    )


def judged(row: CutOff, case: _Case) -> Evidence:
    """What one row says of one tumour."""
    ratio, number = _measured(row, case)
    why = tuple(_unlike(row, case))
    value = number.value if isinstance(number, Measurement) else None
    if not why and value is None:
        why = (f"{row.metric} {row.kind} is not measured here",)
    verdict = "context"
    if not why and value is not None and row.cut is not None:
        verdict = _verdict(value, row.cut, row.comparator, ratio)
    numbers = case.numbers
    return Evidence(row, numbers.roi_uid, numbers.acquisition_uid, numbers.frame, verdict, value, why)


def _verdict(value: float, cut: float, comparator: str, ratio: Ratio | None) -> str:
    """Above or below; "straddles" where the noise interval holds the cut, or the row does not say which
    side of it the cut itself is on.
    """
    if (
        ratio is not None
        and ratio.low is not None
        and ratio.high is not None
        and ratio.low <= cut <= ratio.high
    ):
        return "straddles"
    if value == cut:
        return {">": "below", "<=": "below", ">=": "above", "<": "above"}.get(comparator, "straddles")
    return "above" if value > cut else "below"


def _measured(row: CutOff, case: _Case) -> tuple[Ratio | None, Number | None]:
    """The number that a row speaks of; None where its kind is unknown or no such number is made."""
    if row.metric in RATIO_TO and row.kind is not None:
        wanted = (row.kind, RATIO_TO[row.metric])
        ratio = next((r for r in case.ratios if (r.kind, r.reference_role) == wanted), None)
        return ratio, None if ratio is None else ratio.number
    if row.metric == "suv" and row.kind is not None and case.scale.is_suv and case.scale.kind == "bw":
        return None, case.numbers[SUV_OF_KIND[row.kind]]
    if row.metric == "volume_ml" and case.hypoxic is not None:
        return None, case.hypoxic.volume
    return None, None


def _unlike(row: CutOff, case: _Case) -> list[str]:
    """Each thing that keeps a row from judging, in words."""
    why = []
    if row.status != JUDGES:
        why.append(STATUSES[row.status])
    if row.radiopharmaceutical != COPPER_ATSM or not case.scale.tracer_is_cu_atsm:
        why.append(f"the row is of {row.radiopharmaceutical}, this scan is not known to be")
    if row.isotope not in (ANY, case.scale.nuclide):
        why.append(f"the row is of {row.isotope}, this scan of {case.scale.nuclide or 'an unknown isotope'}")
    if case.tumour_type is None:
        why.append("the tumour type is not chosen")
    elif row.tumour not in (ANY, case.tumour_type):
        why.append(f"the row is of {row.tumour}, this tumour is {case.tumour_type}")
    if row.cut is None:
        why.append("the row gives no cut")
    if row.kind is None:
        why.append(KIND_UNKNOWN.get(row.metric, "its kind of ratio (mean, max or peak) is unknown"))
    if row.metric == "suv" and not (case.scale.is_suv and case.scale.kind == "bw"):
        why.append("the row is of SUVbw, which is not what is shown")
    return why + _unlike_window(row.uptake_min, case.uptake_min)


def _unlike_window(window: Span | None, uptake: Span | None) -> list[str]:
    if window is None:
        return ["its uptake window is unknown"]
    if uptake is None:
        return ["the time from injection to this scan is unknown"]
    if window[0] <= uptake[0] and uptake[1] <= window[1]:
        return []
    here = f"{uptake[0]:.0f}" if uptake[0] == uptake[1] else f"{uptake[0]:.0f} to {uptake[1]:.0f}"
    return [f"its window is {window[0]:g} to {window[1]:g} min after injection, this scan {here} min"]


def _rank(one: Evidence, case: _Case) -> tuple[bool, bool, bool, bool]:
    """Verdicts, then rows of this tumour and isotope, then of one of them; what is no finding last."""
    row = one.row
    return (
        one.verdict == "context",
        row.status in ("contradicted", "example", "document only"),
        row.tumour != case.tumour_type,
        row.isotope != case.scale.nuclide,
    )

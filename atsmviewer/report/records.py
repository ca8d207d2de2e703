"""What scripts rely on: the ``assess/1`` and ``suv/1`` records, and their bytes as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from atsmviewer.model.assessment import Assessment, HypoxicVolume, Missing, Number, Ratio, RoiNumbers
from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.suv import Scale
from atsmviewer.report.text import utf8

Record = dict[str, object]

ROI_QUANTITIES = (
    "voxels",
    "volume_ml",
    "min",
    "mean",
    "max",
    "median",
    "sd",
    "peak_1ml",
    "peak_local",
    "peak_global",
)


@dataclass(frozen=True)
class SuvEntry:
    """One PET series for ``suv_record``; the extremes are over all voxels in g/ml, None where refused."""

    acquisition: Acquisition
    scale: Scale
    suvbw_min: float | None = None
    suvbw_max: float | None = None


def missing_of(number: Number) -> Missing | None:
    """Why that number is not given, or None; a value that is not finite is not a number."""
    if isinstance(number, Missing):
        return number
    if math.isfinite(number.value):
        return None
    return Missing(number.quantity, "not_finite", "The computation gave no finite value.")


def value_of(number: Number) -> float | None:
    """The value, or None where ``missing_of`` says why."""
    if isinstance(number, Missing) or missing_of(number):
        return None
    return float(number.value)


def suv_record(entries: Sequence[SuvEntry]) -> Record:
    """The schema "atsmviewer.suv/1": per PET series the factor and what it came from, or the refusal."""
    return {"schema": "atsmviewer.suv/1", "series": [_suv_series(entry) for entry in entries]}


def assess_record(assessment: Assessment, study: Study, session: Session) -> Record:
    """The schema "atsmviewer.assess/1": every number of the Assessment, null where "missing" says why."""
    missing = [_missing(m) for m in assessment.missing]
    record: Record = {
        "schema": "atsmviewer.assess/1",
        "case": {"key": study.key, "patient_id": study.patient.id},
        "depth": str(assessment.depth),
        "rois": [_roi(r, missing) for r in assessment.rois],
        "ratios": [_ratio(r, missing) for r in assessment.ratios],
        "hypoxic": [_hypoxic(h, missing) for h in assessment.hypoxic],
        "hypoxic_total_ml": _value(assessment.hypoxic_total, missing),
    }
    record["missing"] = missing
    of_scales = [flag for _, scale in assessment.scales for flag in scale.flags]
    record["flags"] = _flags(dict.fromkeys([*of_scales, *assessment.flags]))
    record["scales"] = [{"acquisition_uid": uid} | _scale(scale) for uid, scale in assessment.scales]
    record["protocol"] = _protocol(session)
    record["provenance"] = dict(assessment.provenance)
    return record


def to_json_bytes(record: Record) -> bytes:
    """The record as UTF-8 JSON with its keys in order and a newline at the end; never NaN."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1)
    return utf8(text).encode("utf-8") + b"\n"


def _value(number: Number, missing: list[Record], **where: object) -> float | None:
    if (reason := missing_of(number)) is not None:
        missing.append(_missing(reason) | where)
    return value_of(number)


def _missing(reason: Missing) -> Record:
    return {"quantity": reason.quantity, "code": reason.code, "what": reason.what}


def _flags(flags: Iterable[Flag]) -> list[Record]:
    return [_flag(flag) for flag in flags]


def _flag(flag: Flag) -> Record:
    said: Record = {"code": flag.code, "what": flag.what}
    if flag.acquisition_uid:
        said["acquisition_uid"] = flag.acquisition_uid
    return said


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _roi(roi: RoiNumbers, missing: list[Record]) -> Record:
    where = {"roi": roi.name, "acquisition_uid": roi.acquisition_uid, "frame": roi.frame}
    record: Record = {
        "name": roi.name,
        "uid": roi.roi_uid,
        "role": str(roi.role),
        "acquisition_uid": roi.acquisition_uid,
        "frame": roi.frame,
        "mask_rule": roi.mask_rule,
        "unit": str(roi.unit),
    }
    given = tuple(n.quantity for n in roi.numbers)
    for quantity in dict.fromkeys((*ROI_QUANTITIES, *given)):
        record[quantity] = _value(roi[quantity], missing, **where)
    algorithms = {n.quantity: n.algorithm for n in roi.numbers if not isinstance(n, Missing)}
    return record | {"algorithms": algorithms}


def _ratio(ratio: Ratio, missing: list[Record]) -> Record:
    number = ratio.number
    where = {"roi": ratio.tumour, "acquisition_uid": ratio.acquisition_uid, "frame": ratio.frame}
    return {
        "quantity": number.quantity,
        "kind": ratio.kind,
        "roi": ratio.tumour,
        "roi_uid": ratio.roi_uid,
        "reference": ratio.reference,
        "acquisition_uid": ratio.acquisition_uid,
        "frame": ratio.frame,
        "value": _value(number, missing, kind=ratio.kind, **where),
        "low": _finite(ratio.low),
        "high": _finite(ratio.high),
        "interval": "noise only; not test-retest" if ratio.low is not None else None,
        "numerator": _finite(ratio.numerator),
        "denominator": _finite(ratio.denominator),
        "algorithm": None if isinstance(number, Missing) else number.algorithm,
    }


def _hypoxic(hypoxic: HypoxicVolume, missing: list[Record]) -> Record:
    where = {"roi": hypoxic.tumour, "acquisition_uid": hypoxic.acquisition_uid, "frame": hypoxic.frame}
    volume = hypoxic.volume
    return {
        "roi": hypoxic.tumour,
        "roi_uid": hypoxic.roi_uid,
        "reference": hypoxic.reference,
        "acquisition_uid": hypoxic.acquisition_uid,
        "frame": hypoxic.frame,
        "tm_threshold": hypoxic.tm_threshold,
        "comparator": hypoxic.comparator,
        "level": _value(hypoxic.level, missing, **where),
        "volume_ml": _value(volume, missing, **where),
        "fraction": _value(hypoxic.fraction, missing, **where),
        "largest_part_ml": _value(hypoxic.largest, missing, **where),
        "curve": [[float(t), float(ml)] for t, ml in hypoxic.curve if math.isfinite(t + ml)],
        "flags": _flags(hypoxic.flags),
        "algorithm": None if isinstance(volume, Missing) else volume.algorithm,
    }


def _protocol(session: Session) -> Record:
    protocol = session.protocol
    return {
        "tm_threshold": protocol.tm_threshold,
        "comparator": protocol.comparator,
        "mask_rule": protocol.mask_rule,
        "headline": protocol.headline,
        "suv": protocol.suv,
        "tumour_type": protocol.tumour_type,
        "overrides": [
            {
                "acquisition_uid": o.acquisition_uid,
                "name": o.name,
                "value": o.value,
                "who": o.who,
                "why": o.why,
            }
            for o in session.overrides
        ],
        "alignments": [
            {"from": a.from_uid, "to": a.to_uid, "matrix": list(a.matrix), "origin": a.origin, "who": a.who}
            for a in session.alignments
        ],
        "remarks": session.remarks,
    }


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _refusal(refusal: Refusal | None) -> Record | None:
    return None if refusal is None else {"code": refusal.code, "what": refusal.what, "remedy": refusal.remedy}


def _scale(scale: Scale) -> Record:
    candidates = [
        {"name": c.name, "when": _when(c.when), "factor": _finite(c.factor), "chosen": c.chosen}
        for c in scale.candidates
    ]
    return {
        "unit": str(scale.unit),
        "algorithm": scale.algorithm,
        "factor": _finite(scale.factor) if scale.is_suv else None,
        "reference_time": _when(scale.reference_time),
        "injection_time": _when(scale.injection_time),
        "candidates": candidates,
        "facts_used": [{"name": n, "value": v, "source": s} for n, v, s in scale.facts_used],
        "flags": _flags(scale.flags),
        "refused": _refusal(scale.refused),
        "ratio_refused": _refusal(scale.ratio_refused),
    }


def _suv_series(entry: SuvEntry) -> Record:
    facts, series = entry.acquisition.facts, entry.acquisition.pet
    given = entry.scale.is_suv
    return {
        "series_uid": series.uid,
        "modality": series.modality,
        "units": facts.units,
        "decay_correction": facts.decay_correction,
        "nuclide": facts.nuclide or entry.scale.nuclide or None,
        "radiopharmaceutical": facts.radiopharmaceutical or entry.scale.tracer or None,
        "suvbw_min": _finite(entry.suvbw_min) if given else None,
        "suvbw_max": _finite(entry.suvbw_max) if given else None,
    } | _scale(entry.scale)

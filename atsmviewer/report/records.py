"""What scripts rely on: the ``assess/1`` and ``suv/1`` records, and their bytes as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from atsmviewer.model.assessment import Assessment
from atsmviewer.model.errors import Refusal
from atsmviewer.model.placement import SHIFT, TURN, Placement
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.suv import Scale
from atsmviewer.model.undated import told
from atsmviewer.report.entries import evidence_entries, hypoxic_entry, muscle_entry, ratio_entry, roi_entry
from atsmviewer.report.regions import region_entry
from atsmviewer.report.text import utf8
from atsmviewer.report.values import Pool, Record, finite, flag_records, missing_record, traced


@dataclass(frozen=True)
class SuvEntry:
    """One PET series for ``suv_record``; the extremes are over all voxels in g/ml, None where refused."""

    acquisition: Acquisition
    scale: Scale
    suvbw_min: float | None = None
    suvbw_max: float | None = None


def suv_record(entries: Sequence[SuvEntry]) -> Record:
    """The schema "atsmviewer.suv/1": per PET series the factor and what it came from, or the refusal."""
    return {"schema": "atsmviewer.suv/1", "series": [_suv_series(entry) for entry in entries]}


def assess_record(assessment: Assessment, study: Study, session: Session) -> Record:
    """The schema "atsmviewer.assess/1": every number of the Assessment, null where "missing" says why.

    ``origins`` are written once; an entry names its origin by its place in that list.
    """
    pool = Pool([missing_record(m) for m in assessment.missing])
    first = dict(assessment.scales)
    of_scales = [replace(flag, acquisition_uid=uid) for uid, scale in first.items() for flag in scale.flags]
    further = ((uid, number, flag) for uid, number, scale in assessment.frame_scales for flag in scale.flags)
    of_scales += [
        replace(flag, acquisition_uid=uid, frame=number)
        for uid, number, flag in further
        if flag not in first[uid].flags
    ]
    record: Record = {
        "schema": "atsmviewer.assess/1",
        "case": {"key": study.key, "patient_id": study.patient.id},
        "depth": str(assessment.depth),
        "rois": [roi_entry(r, pool) for r in assessment.rois],
        "ratios": [ratio_entry(r, pool) for r in assessment.ratios],
        "hypoxic": [hypoxic_entry(h, pool) for h in assessment.hypoxic],
        "hypoxic_total_ml": pool.value(assessment.hypoxic_total),
        "hypoxic_total_traced": traced(assessment.hypoxic_total, pool),
        "muscles": [muscle_entry(m, pool) for m in assessment.muscles],
        "evidence": evidence_entries(assessment.evidence),
        "missing": pool.missing,
        "flags": flag_records(dict.fromkeys([*of_scales, *assessment.flags])),
        "scales": [{"acquisition_uid": uid} | _scale(scale) for uid, scale in assessment.scales],
        "frame_scales": [
            {"acquisition_uid": uid, "frame": number} | _scale(scale)
            for uid, number, scale in assessment.frame_scales
        ],
        "protocol": _protocol(session),
        "regions": [region_entry(roi) for roi in session.rois],
        "alignments": [_placement(one) for one in assessment.placements],
        "provenance": dict(assessment.provenance),
    }
    return record | {"origins": pool.origins}


def to_json_bytes(record: Record) -> bytes:
    """The record as UTF-8 JSON with its keys in order and a newline at the end; never NaN."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1)
    return utf8(text).encode("utf-8") + b"\n"


def _protocol(session: Session) -> Record:
    protocol = session.protocol
    return {
        "tm_threshold": protocol.tm_threshold,
        "comparator": protocol.comparator,
        "mask_rule": protocol.mask_rule,
        "headline": protocol.headline,
        "suv": protocol.suv,
        "tumour_type": protocol.tumour_type,
        "species": protocol.species,
        "resolution_mm": protocol.resolution_mm,
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


def _placement(one: Placement) -> Record:
    """An alignment that was followed: what it moved, from where to where, how far, and who says so."""
    return {
        "acquisition_uid": one.acquisition_uid,
        "moved": one.moved,
        "from": one.alignment.from_uid,
        "to": one.alignment.to_uid,
        "matrix": list(one.alignment.matrix),
        "shift_mm": list(one.shift_mm),
        "turn_deg": list(one.turn_deg),
        "algorithms": {"shift_mm": SHIFT, "turn_deg": TURN},
        "origin": one.alignment.origin,
        "who": one.alignment.who,
        "remark": one.remark,
    }


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else told(moment)


def _refusal(refusal: Refusal | None) -> Record | None:
    return None if refusal is None else {"code": refusal.code, "what": refusal.what, "remedy": refusal.remedy}


def _scale(scale: Scale) -> Record:
    candidates = [
        {"name": c.name, "when": _when(c.when), "factor": finite(c.factor), "chosen": c.chosen}
        for c in scale.candidates
    ]
    return {
        "unit": str(scale.unit),
        "kind": scale.kind,
        "label": scale.label,
        "algorithm": scale.algorithm,
        "factor": finite(scale.factor) if scale.is_suv else None,
        "reference_time": _when(scale.reference_time),
        "injection_time": _when(scale.injection_time),
        "candidates": candidates,
        "facts_used": [{"name": n, "value": v, "source": s} for n, v, s in scale.facts_used],
        "flags": flag_records(scale.flags),
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
        "suvbw_min": finite(entry.suvbw_min) if given else None,
        "suvbw_max": finite(entry.suvbw_max) if given else None,
    } | _scale(entry.scale)

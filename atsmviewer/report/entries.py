"""The entries of the ``assess/1`` record: regions, ratios, hypoxic volumes, muscles, evidence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict

from atsmviewer.model.assessment import HypoxicVolume, Missing, MuscleQuality, Ratio, RoiNumbers
from atsmviewer.model.evidence import Evidence
from atsmviewer.report.literature import EXPLORATORY
from atsmviewer.report.values import Pool, Record, finite, flag_records, traced, value_of

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
"""Keys that every region has, null where "missing" says why."""


def roi_entry(roi: RoiNumbers, pool: Pool) -> Record:
    """The statistics of one region, with the algorithm, inputs and origin of each."""
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
        record[quantity] = pool.value(roi[quantity], **where)
    numbers = [n for n in roi.numbers if not isinstance(n, Missing)]
    record["algorithms"] = {n.quantity: n.algorithm for n in numbers}
    record["origins"] = {n.quantity: pool.origin(n) for n in numbers}
    record["inputs"] = {n.quantity: dict(n.inputs) for n in numbers if n.inputs}
    record["number_flags"] = {n.quantity: [f.code for f in n.flags] for n in numbers if n.flags}
    record["ivh"] = [[float(x), float(part)] for x, part in roi.ivh if math.isfinite(x + part)]
    return record


def ratio_entry(ratio: Ratio, pool: Pool) -> Record:
    """One ratio with both ends, interval, spreads, and P(T/M > threshold) of the mean form."""
    number = ratio.number
    where = {"roi": ratio.tumour, "acquisition_uid": ratio.acquisition_uid, "frame": ratio.frame}
    return {
        "quantity": number.quantity,
        "kind": ratio.kind,
        "roi": ratio.tumour,
        "roi_uid": ratio.roi_uid,
        "reference": ratio.reference,
        "reference_role": str(ratio.reference_role),
        "acquisition_uid": ratio.acquisition_uid,
        "frame": ratio.frame,
        "value": pool.value(number, kind=ratio.kind, **where),
        "low": finite(ratio.low),
        "high": finite(ratio.high),
        "interval": "noise only; not test-retest" if ratio.low is not None else None,
        "numerator": finite(ratio.numerator),
        "denominator": finite(ratio.denominator),
        "spreads": [
            {"name": s.name, "low": finite(s.low), "high": finite(s.high), "what": s.what}
            for s in ratio.spreads
        ],
        "probability_above": value_of(ratio.above),
        "probability": "from image noise only, not a probability of hypoxia",
        "algorithm": None if isinstance(number, Missing) else number.algorithm,
        "traced": traced(number, pool),
    }


def hypoxic_entry(hypoxic: HypoxicVolume, pool: Pool) -> Record:
    """One hypoxic volume with its level, fraction, largest part, burden and whole curve."""
    where = {"roi": hypoxic.tumour, "acquisition_uid": hypoxic.acquisition_uid, "frame": hypoxic.frame}
    volume, burden = hypoxic.volume, hypoxic.burden
    parts = ("level", "volume", "fraction", "largest", "burden")
    return {
        "roi": hypoxic.tumour,
        "roi_uid": hypoxic.roi_uid,
        "reference": hypoxic.reference,
        "acquisition_uid": hypoxic.acquisition_uid,
        "frame": hypoxic.frame,
        "tm_threshold": hypoxic.tm_threshold,
        "comparator": hypoxic.comparator,
        "level": pool.value(hypoxic.level, **where),
        "volume_ml": pool.value(volume, **where),
        "fraction": pool.value(hypoxic.fraction, **where),
        "largest_part_ml": pool.value(hypoxic.largest, **where),
        "burden": pool.value(burden, **where),
        "burden_unit": None if isinstance(burden, Missing) else str(burden.unit),
        "within_pet_contour": hypoxic.within_pet_contour,
        "curve": [[float(t), float(ml)] for t, ml in hypoxic.curve if math.isfinite(t + ml)],
        "flags": flag_records(hypoxic.flags),
        "algorithm": None if isinstance(volume, Missing) else volume.algorithm,
        "traced": {part: traced(getattr(hypoxic, part), pool) for part in parts},
    }


def muscle_entry(muscle: MuscleQuality, pool: Pool) -> Record:
    """What speaks for and against a muscle reference."""
    where = {"roi": muscle.reference, "acquisition_uid": muscle.acquisition_uid, "frame": muscle.frame}
    parts = {
        "mean": muscle.mean,
        "volume_ml": muscle.volume,
        "cov": muscle.cov,
        "hu": muscle.hu,
        "distance_mm": muscle.distance_mm,
    }
    return {
        "reference": muscle.reference,
        "acquisition_uid": muscle.acquisition_uid,
        "frame": muscle.frame,
        **{name: pool.value(number, **where) for name, number in parts.items()},
        "sides": [
            {"name": s.name, "mean": finite(s.mean), "volume_ml": finite(s.volume_ml)} for s in muscle.sides
        ],
        "flags": flag_records(muscle.flags),
        "traced": {name: traced(number, pool) for name, number in parts.items()},
    }


def evidence_entries(rows: Iterable[Evidence]) -> Record:
    """The cut-off table, each row once, and what each says of each tumour."""
    said = tuple(rows)
    return {
        "caution": EXPLORATORY,
        "cut_offs": [asdict(row) for row in {one.row.uid: one.row for one in said}.values()],
        "said": [
            {
                "cut_off": one.row.uid,
                "roi_uid": one.roi_uid,
                "acquisition_uid": one.acquisition_uid,
                "frame": one.frame,
                "verdict": one.verdict,
                "value": finite(one.value),
                "why": list(one.why),
            }
            for one in said
        ],
    }

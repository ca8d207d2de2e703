"""The measurements as a tidy CSV: one number or one reason a row, for spreadsheets and statistics."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from atsmviewer.model.assessment import (
    Assessment,
    HypoxicVolume,
    Missing,
    MuscleQuality,
    Number,
    Provenance,
    Ratio,
    RoiNumbers,
)
from atsmviewer.model.errors import Flag
from atsmviewer.model.placement import SHIFT, TURN, Placement
from atsmviewer.model.session import Session
from atsmviewer.model.study import Study
from atsmviewer.report.text import utf8
from atsmviewer.report.values import finite, missing_of, value_of

COLUMNS = (
    "case",
    "patient_id",
    "acquisition_uid",
    "frame",
    "roi",
    "role",
    "quantity",
    "kind",
    "value",
    "unit",
    "algorithm",
    "mask_rule",
    "reference",
    "tm_threshold",
    "comparator",
    "flags",
    "missing",
    "inputs",
    "grid",
    "scale",
    "facts",
)
Cell = str | int | float | None
Row = dict[str, Cell]


def measurements_csv(assessment: Assessment, study: Study, session: Session) -> bytes:
    """Every number of the Assessment in full precision, UTF-8, RFC 4180 (CRLF, quotes doubled)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    case: Row = {"case": study.key, "patient_id": study.patient.id}
    for row in _rows(assessment, session):
        whole = case | row
        writer.writerow([_cell(whole.get(column)) for column in COLUMNS])
    return utf8(out.getvalue()).encode("utf-8")


def _cell(value: Cell) -> str:
    """Numbers by ``repr``; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value


def _rows(assessment: Assessment, session: Session) -> Iterator[Row]:
    rule = session.protocol.mask_rule
    flags = _scale_flags(assessment)
    for roi in assessment.rois:
        yield from _roi_rows(roi, flags(roi))
    for ratio in assessment.ratios:
        yield from _ratio_rows(ratio, rule, flags(ratio))
    for muscle in assessment.muscles:
        yield from _muscle_rows(muscle, rule, flags(muscle))
    for hypoxic in assessment.hypoxic:
        doubts = (*flags(hypoxic), *hypoxic.flags)
        yield from _hypoxic_rows(hypoxic, rule, doubts)
    total: Row = {"mask_rule": rule, "role": "tumour"}
    yield total | _number(assessment.hypoxic_total, "hypoxic_total", assessment.flags)
    for placement in assessment.placements:
        yield from _placement_rows(placement)
    for reason in assessment.missing:
        yield _number(reason, reason.quantity, ())


def _scale_flags(
    assessment: Assessment,
) -> Callable[[RoiNumbers | Ratio | MuscleQuality | HypoxicVolume], tuple[Flag, ...]]:
    """The doubts about the scale of a number's own frame."""
    known = {uid for uid, _ in assessment.scales}

    def of(one: RoiNumbers | Ratio | MuscleQuality | HypoxicVolume) -> tuple[Flag, ...]:
        return assessment.scale(one.acquisition_uid, one.frame).flags if one.acquisition_uid in known else ()

    return of


def _placement_rows(one: Placement) -> Iterator[Row]:
    """How far an alignment moved a CT, MR or regions, an axis a row."""
    way = one.alignment
    said = (("from", way.from_uid), ("to", way.to_uid), ("origin", way.origin), ("who", way.who))
    place: Row = {
        "acquisition_uid": one.acquisition_uid,
        "roi": one.moved,
        "inputs": "; ".join(f"{name} = {value}" for name, value in (*said, ("remark", one.remark))),
    }
    kinds = (("shift", one.shift_mm, "mm", SHIFT), ("turn", one.turn_deg, "degrees", TURN))
    for name, values, unit, algorithm in kinds:
        for axis, value in zip("xyz", values, strict=True):
            row: Row = {"quantity": f"alignment_{name}_{axis}", "value": value, "unit": unit}
            yield place | row | {"algorithm": algorithm}


def _number(number: Number, quantity: str, flags: tuple[Flag, ...]) -> Row:
    row: Row = {"quantity": quantity}
    own = () if isinstance(number, Missing) else number.flags
    row["flags"] = " ".join(dict.fromkeys(f.code for f in (*flags, *own)))
    if (reason := missing_of(number)) is not None:
        return row | {"missing": f"{reason.code}: {reason.what}"}
    assert not isinstance(number, Missing)
    row |= {"value": value_of(number), "unit": str(number.unit), "algorithm": number.algorithm}
    row["inputs"] = "; ".join(f"{name} = {value}" for name, value in number.inputs)
    return row | _origin(number.provenance)


def _origin(origin: Provenance | None) -> Row:
    """Lattice, scale and facts with their source: what the value stands on."""
    if origin is None:
        return {}
    facts = "; ".join(f"{name} = {value} [{source}]" for name, value, source in origin.facts)
    return {"grid": origin.grid, "scale": origin.scale, "facts": facts}


def _roi_rows(roi: RoiNumbers, flags: tuple[Flag, ...]) -> Iterator[Row]:
    place: Row = {
        "acquisition_uid": roi.acquisition_uid,
        "frame": roi.frame,
        "roi": roi.name,
        "role": str(roi.role),
        "mask_rule": roi.mask_rule,
    }
    for number in roi.numbers:
        yield place | _number(number, number.quantity, flags)


def _ratio_rows(ratio: Ratio, rule: str, flags: tuple[Flag, ...]) -> Iterator[Row]:
    place: Row = {
        "acquisition_uid": ratio.acquisition_uid,
        "frame": ratio.frame,
        "roi": ratio.tumour,
        "role": "tumour",
        "kind": ratio.kind,
        "mask_rule": rule,
        "reference": ratio.reference,
    }
    row = place | _number(ratio.number, ratio.number.quantity, flags)
    yield row
    if row.get("value") is None:
        return
    for end, bound in (("low", ratio.low), ("high", ratio.high)):
        if bound is not None:
            yield row | {"quantity": f"{ratio.number.quantity}_{end}_noise_only", "value": finite(bound)}
    for spread in ratio.spreads:
        name = f"{ratio.number.quantity}_spread_{spread.name.replace('-', '_')}"
        for end, bound in (("low", spread.low), ("high", spread.high)):
            yield row | {"quantity": f"{name}_{end}", "value": finite(bound), "inputs": spread.what}
    if not isinstance(ratio.above, Missing):
        yield place | _number(ratio.above, "probability_above_noise_only", flags)


def _muscle_rows(muscle: MuscleQuality, rule: str, flags: tuple[Flag, ...]) -> Iterator[Row]:
    place: Row = {
        "acquisition_uid": muscle.acquisition_uid,
        "frame": muscle.frame,
        "roi": muscle.reference,
        "role": "muscle",
        "mask_rule": rule,
    }
    numbers = (muscle.mean, muscle.volume, muscle.cov, muscle.hu, muscle.distance_mm)
    for number in numbers:
        yield place | _number(number, number.quantity, (*flags, *muscle.flags))


def _hypoxic_rows(hypoxic: HypoxicVolume, rule: str, flags: tuple[Flag, ...]) -> Iterator[Row]:
    place: Row = {
        "acquisition_uid": hypoxic.acquisition_uid,
        "frame": hypoxic.frame,
        "roi": hypoxic.tumour,
        "role": "tumour",
        "mask_rule": rule,
        "reference": hypoxic.reference,
        "tm_threshold": hypoxic.tm_threshold,
        "comparator": hypoxic.comparator,
    }
    for name in ("level", "volume", "fraction", "largest", "burden"):
        number: Number = getattr(hypoxic, name)
        yield place | _number(number, f"hypoxic_{name}", flags)

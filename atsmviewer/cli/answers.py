"""How answers read in a terminal, and the record of a scan; numbers come from the Assessment's own record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atsmviewer.dicom.scan import Scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Study

Record = Mapping[str, Any]


def scan_record(found: Scan, case: Study | None, refused: ReviewError | None) -> dict[str, object]:
    """Schema atsmviewer.scan/1: series, pairs with their reason, and what was set aside."""
    pairs = [] if case is None else case.acquisitions
    return {
        "schema": "atsmviewer.scan/1",
        "series": [
            {
                "series_uid": one.series.uid,
                "study_uid": one.series.study_uid,
                "modality": one.series.modality,
                "description": one.series.description,
                "slices": len(one.files),
                "frame_of_reference_uid": one.series.grid.frame_of_reference_uid,
                "when": None if one.series.when is None else one.series.when.isoformat(),
                "notes": list(one.notes),
            }
            for one in found.found
        ],
        "acquisitions": [
            {"pet": a.pet.uid, "anatomy": None if a.anatomy is None else a.anatomy.uid} for a in pairs
        ],
        "notes": [] if case is None else list(case.notes),
        "regions": [path.name for path in found.regions],
        "rejected": [{"file": r.path.name, "code": r.code, "what": r.what} for r in found.rejected],
        "refused": None
        if refused is None
        else {"code": refused.code, "what": refused.what, "remedy": refused.remedy},
    }


def scan_text(record: Record) -> str:
    """A line a series, then the pairing, then what was set aside, counted by reason."""
    lines = [
        f"{s['modality']:3} {s['slices']:5} slices  {s['description']}  {s['when'] or ''}"
        for s in record["series"]
    ]
    lines += list(record["notes"])
    reasons: dict[str, int] = {}
    for one in record["rejected"]:
        reasons[one["code"]] = reasons.get(one["code"], 0) + 1
    lines += [f"set aside: {count} x {code}" for code, count in sorted(reasons.items())]
    return "\n".join(lines)


RATIOS = {"tm": "T/M", "tb": "T/B", "tblood": "T/blood", "tref": "T/reference"}
"""Start of a ratio's quantity to what it is divided by."""


def text_of(record: Record) -> str:
    """Regions, ratios and hypoxic volumes in a few lines."""
    lines = []
    for roi in record["rois"]:
        values = "  ".join(f"{key} {_short(roi[key])}" for key in ("volume_ml", "mean", "max"))
        lines.append(f"{roi['name']} ({roi['role']}): {values} {roi['unit']}")
    for ratio in record["ratios"]:
        name = RATIOS[ratio["quantity"].partition("_")[0]]
        bounds = f" ({_short(ratio['low'])} to {_short(ratio['high'])}, noise only)" if ratio["low"] else ""
        lines.append(f"{name} {ratio['kind']} of {ratio['roi']}: {_short(ratio['value'])}{bounds}")
    for one in record["hypoxic"]:
        sign = f"T/M {one['comparator']} {one['tm_threshold']:g}"
        lines.append(
            f"{one['roi']}: {_short(one['volume_ml'])} ml, fraction {_short(one['fraction'])}, {sign}"
        )
    lines += dict.fromkeys(_missing(m) for m in record["missing"])
    lines += [f"flag {flag['code']}: {flag['what']}" for flag in record["flags"]]
    return "\n".join(lines)


def _missing(one: Record) -> str:
    of = f" of {one['roi']}" if one.get("roi") else ""
    return f"missing {one['quantity']}{of}: {one['what']}"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"

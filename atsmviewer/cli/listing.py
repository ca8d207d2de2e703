"""What a scan found, as a record and as text: series, what may be chosen and why, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from atsmviewer.dicom.scan import Scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Study
from atsmviewer.workflow.choices import choices

Record = Mapping[str, Any]


def scan_record(found: Scan, case: Study | None, refused: ReviewError | None) -> dict[str, object]:
    """Schema atsmviewer.scan/1: series, pairs with their reason, choices, and what was set aside."""
    pairs = [] if case is None else case.acquisitions
    listed, asides = choices(found, case)
    return {
        "schema": "atsmviewer.scan/1",
        "series": [
            {
                "series_uid": one.series.uid,
                "study_uid": one.series.study_uid,
                "modality": one.series.modality,
                "description": one.series.description,
                "slices": len(one.files),
                "frames": one.frame_count,
                "frame_of_reference_uid": one.series.grid.frame_of_reference_uid,
                "when": None if one.series.when is None else one.series.when.isoformat(),
                "notes": list(one.notes),
            }
            for one in found.found
            if one.frame == 0
        ],
        "acquisitions": [
            {"pet": a.pet.uid, "anatomy": None if a.anatomy is None else a.anatomy.uid} for a in pairs
        ],
        "choices": [{"series_uid": one.uid, **_without_uid(asdict(one))} for one in listed],
        "aside": [asdict(one) for one in asides],
        "notes": [] if case is None else list(case.notes),
        "regions": [found.name(path) for path in found.regions],
        "registrations": [
            {"from": one.from_uid, "to": one.to_uid, "origin": one.origin, "who": one.who}
            for one in found.registrations
        ],
        "registration_files": [found.name(path) for path in found.registration_files],
        "rejected": [{"file": r.name, "code": r.code, "what": r.what} for r in found.rejected],
        "refused": None
        if refused is None
        else {"code": refused.code, "what": refused.what, "remedy": refused.remedy},
    }


def _without_uid(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "uid"}


def scan_text(record: Record) -> str:
    """Two lines a series, what it is and why it is shown or not; then notes and what was set aside."""
    lines = []
    for one in record["choices"]:
        use = "shown" if one["shown_with"] else "offered" if one["offered_to"] else "found"
        lines += [f"{use:<9}{one['line']}", f"{'':<9}{one['why']}"]
    lines += [f"{'note':<9}{note}" for note in record["notes"]]
    lines += [f"{'aside':<9}{one['count']} x {one['why']}" for one in record["aside"]]
    return "\n".join(lines) or "nothing that can be read"

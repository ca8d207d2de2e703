"""The report as files: which formats, under which names, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from atsmviewer.model.assessment import Assessment, Depth
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.picture import Picture
from atsmviewer.model.session import Session, Stamp
from atsmviewer.model.study import Study
from atsmviewer.report.atomic import replace_files
from atsmviewer.report.page import pdf_bytes
from atsmviewer.report.records import assess_record, to_json_bytes
from atsmviewer.report.table import measurements_csv

FILE_NAMES = {"pdf": "atsmviewer-report.pdf", "csv": "measurements.csv", "json": "assessment.json"}


def write_report(  # noqa: PLR0913 - the three nouns, the pictures, and five plain choices of the caller
    out: Path,
    study: Study,
    session: Session,
    assessment: Assessment,
    pictures: Sequence[Picture],
    stamp: Stamp | None,
    formats: Sequence[str] = ("pdf", "csv", "json"),
    acquisition_uid: str | None = None,
    frame: int | None = None,
) -> tuple[Path, ...]:
    """Write the report into the folder ``out`` and answer the files, in the order of ``formats``.

    File names are fixed; nothing of the DICOM text reaches a path. ``acquisition_uid`` leads the page
    (default: the first acquisition with numbers) with its ``frame`` (default: the one looked at first).
    Raises ReviewError: "NOT_READY" where the Assessment is not full, "FORMAT_UNKNOWN",
    "EXPORT_NOT_WRITTEN" (the old files are then unchanged).
    """
    if assessment.depth is not Depth.FULL:
        raise ReviewError(
            "NOT_READY",
            "Some measurements are still being computed.",
            "Save the report when they are complete.",
        )
    contents: dict[Path, bytes] = {}
    for name in dict.fromkeys(formats):
        if name not in FILE_NAMES:
            known = ", ".join(FILE_NAMES)
            raise ReviewError(
                "FORMAT_UNKNOWN", f"There is no report format {name!r}.", f"Choose from {known}."
            )
        if name == "pdf":
            content = pdf_bytes(study, session, assessment, pictures, stamp, acquisition_uid, frame)
        elif name == "csv":
            content = measurements_csv(assessment, study, session)
        else:
            content = to_json_bytes(assess_record(assessment, study, session))
        contents[out / FILE_NAMES[name]] = content
    replace_files(contents)
    return tuple(contents)

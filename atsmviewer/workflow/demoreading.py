"""The demonstration read as a reader would: regions where the truth file says, then the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atsmviewer.model.roi import Ellipsoid, Role, sphere
from atsmviewer.session.edits import add_roi, new_roi
from atsmviewer.session.journal import Journal
from atsmviewer.workflow.opening import open_case
from atsmviewer.workflow.reporting import make_report

READER = "demonstration"


def tumour_and_muscles(scan: Mapping[str, Any]) -> list[tuple[Role, Ellipsoid]]:
    """The regions of one time point of truth.json."""
    tumour = scan["tumour"]
    made = [(Role.TUMOUR, _sphere(tumour["centre_mm"], tumour["radius_mm"]))]
    made += [(Role.MUSCLE, _sphere(one["centre_mm"], one["radius_mm"])) for one in scan["muscles"]]
    return made


def read_demo(folder: Path, out: Path) -> tuple[Path, ...]:
    """Read every time point of a demonstration study; session, PDF, CSV and JSON go to ``out``."""
    study = open_case(folder).study
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    path = _free(out)
    journal = Journal.open(path, study.key, READER)
    for scan in truth["acquisitions"]:
        for role, shape in tumour_and_muscles(scan):
            roi = new_roi(journal.session, role, scan["frame_of_reference_uid"], shape)
            journal.commit(add_roi(journal.session, roi), f"Place {roi.name}")
    session, stamp = journal.session, journal.stamp
    journal.close()
    return (*make_report(study, session, stamp, out), path)


def _free(out: Path) -> Path:
    """A session file of its own: one that a reader went on working in is never written over."""
    names = (f"session{'' if k == 0 else f'-{k}'}.atsm.jsonl" for k in range(10_000))
    return next(path for path in map(out.joinpath, names) if not path.exists())


def _sphere(centre_mm: tuple[float, float, float], radius_mm: float) -> Ellipsoid:
    x, y, z = centre_mm
    return sphere((float(x), float(y), float(z)), float(radius_mm))

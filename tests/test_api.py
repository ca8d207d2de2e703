"""The package as a script uses it: the same numbers as the command line, and nothing heavy at import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import atsmviewer
from atsmviewer.cli.run import run
from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import Role, sphere
from atsmviewer.phantom.small import small_case
from atsmviewer.session import edits
from atsmviewer.session.journal import Journal
from atsmviewer.workflow.demo import write_case


def test_importing_the_package_imports_no_library() -> None:
    code = (
        "import atsmviewer, sys; print(sorted({'numpy','pydicom','SimpleITK','PySide6'} & set(sys.modules)))"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"


def test_a_script_gets_the_numbers_of_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = small_case()
    folder = write_case(made, tmp_path / "study")
    study = atsmviewer.open_study(folder)
    place = study.acquisitions[0].frame_of_reference_uid
    journal = Journal.open(tmp_path / "case.session", study.key, "A. Reader")
    session = journal.session
    for role, x in ((Role.TUMOUR, 0.0), (Role.MUSCLE, 60.0)):
        cx, cy, cz = study.acquisitions[0].pet.grid.centre_mm
        drawn = edits.new_roi(session, role, place, sphere((cx + x, cy, cz), 15.0))
        session = edits.add_roi(session, drawn)
        journal.commit(session, f"Draw {drawn.name}")
    journal.close()

    loaded, stamp = atsmviewer.load_session(tmp_path / "case.session")
    assessment = atsmviewer.assess(study, loaded)
    written = atsmviewer.write_report(study, loaded, tmp_path / "out", ("json",), stamp)

    words = ["assess", str(folder), "--session", str(tmp_path / "case.session"), "--json"]
    assert run(words, lambda *_: 1) == 0
    told = json.loads(capsys.readouterr().out)
    ratio = assessment.ratios[0].number
    assert loaded == session
    assert isinstance(ratio, Measurement)
    assert told["ratios"][0]["value"] == ratio.value
    assert json.loads(written[0].read_text())["ratios"] == told["ratios"]

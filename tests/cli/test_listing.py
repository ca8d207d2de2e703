"""The scan verb: the same choices and set-aside files as the window lists, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atsmviewer.cli.run import DONE, REFUSED, run
from atsmviewer.dicom.scan import scan
from atsmviewer.workflow.choices import choices, paired
from tests.cli.test_run import no_window
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, ct, pet, save


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(pet(), tmp_path / "pet")
    save(ct(), tmp_path / "ct")
    (tmp_path / "photo").write_bytes(b"\xff\xd8\xff" + b"\0" * 200)
    return tmp_path


def test_json_lists_what_the_window_lists(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(folder), "--json"], no_window) == DONE
    record = json.loads(capsys.readouterr().out)
    found = scan(folder)
    listed, asides = choices(found, paired(found))
    assert [one["line"] for one in record["choices"]] == [one.line for one in listed]
    assert [one["why"] for one in record["choices"]] == [one.why for one in listed]
    assert record["choices"][1]["series_uid"] == CT_SERIES
    assert record["choices"][1]["shown_with"] == [PET_SERIES]
    assert record["choices"][1]["needs_alignment"] is False
    assert record["aside"] == [{"why": asides[0].why, "count": 1, "example": "photo"}]


def test_text_says_what_is_shown_and_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["scan", str(folder)], no_window)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "shown    PET PT series, 5 slices, 64Cu-ATSM, 60 min p.i."
    assert lines[3].strip().startswith("same frame of reference, covers all of the PET")
    assert lines[-1] == "aside    1 x No DICOM: 1 JPEG picture."


def test_a_refused_folder_still_lists_its_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(ct(), tmp_path)
    assert run(["scan", str(tmp_path)], no_window) == REFUSED
    assert capsys.readouterr().out.startswith("found    CT series, 5 slices")

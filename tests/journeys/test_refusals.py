"""Refusals on the empty page: what, why, what was found instead, and one thing that helps."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import SecondaryCaptureImageStorage
from PySide6.QtWidgets import QLabel

from atsmviewer.ui.pages import titled
from tests.dicom.synthetic import CT_SERIES, ct, pet, save
from tests.journeys.desk import Desk
from tests.workflow.test_choices import named

JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 200


def texts(widget: object) -> str:
    assert hasattr(widget, "findChildren")
    return "\n".join(part.text() for part in widget.findChildren(QLabel))


def refused(desk: Desk, path: Path) -> str:
    """The words of the empty page after something was not opened."""
    desk.window.opener.open(path)
    page = desk.window.empty
    desk.qtbot.waitUntil(lambda: not desk.window.opener.lane.busy, timeout=30_000)
    assert not page.bar.isVisible()
    return f"{page.title.text()}. {page.hint.text()}"


def test_two_patients(desk: Desk, tmp_path: Path) -> None:
    save(pet(), tmp_path / "1")
    save(named(ct(), CT_SERIES, PatientID="P2"), tmp_path / "2")
    said = refused(desk, tmp_path)
    assert "2 patients" in said
    assert "(1 series)" in said
    assert "Open the folder of one patient." in said
    assert "patient ID P2" in texts(desk.window.empty.found)


def test_no_pet_lists_what_there_is(desk: Desk, tmp_path: Path) -> None:
    save(ct(), tmp_path / "ct")
    for k in range(3):
        (tmp_path / f"{k}.dcm").write_bytes(JPEG)
    said = refused(desk, tmp_path)
    assert "No PET found here" in said
    assert "CT, 5 slices; 3 files that are no DICOM: 3 JPEG pictures" in said
    assert "CT series, 5 slices" in texts(desk.window.empty.found)
    assert desk.window.empty.open.isVisible()


def test_an_empty_folder(desk: Desk, tmp_path: Path) -> None:
    assert "the folder is empty" in refused(desk, tmp_path)


def test_a_zip_that_is_none(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "scan.zip").write_bytes(b"PK\x03\x04 torn" * 20)
    said = refused(desk, tmp_path / "scan.zip")
    assert "zip" in said.lower()
    assert desk.window.empty.open.isVisible()


def test_secondary_captures_only(desk: Desk, tmp_path: Path) -> None:
    slices = pet()
    for one in slices:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    save(slices, tmp_path)
    said = refused(desk, tmp_path)
    assert "5 files: It is a secondary capture, a picture of a screen" in said


def test_nothing_there(desk: Desk, tmp_path: Path) -> None:
    assert "There is nothing at" in refused(desk, tmp_path / "gone")


def test_everything_broken_is_grouped_by_reason(desk: Desk, tmp_path: Path) -> None:
    save(pet(), tmp_path / "whole")
    cut = tmp_path / "cut"
    cut.mkdir()
    for path in (tmp_path / "whole").iterdir():
        (cut / path.name).write_bytes(path.read_bytes()[:-20])
    said = refused(desk, cut)
    assert "5 files: It ends before its last pixel" in said
    assert "5 files" in texts(desk.window.empty.found)


def test_a_share_that_cannot_be_read(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = os.scandir

    def gone(path: Any) -> Any:
        if Path(path) == tmp_path:
            raise OSError(errno.ESTALE, "Stale file handle")
        return listing(path)

    monkeypatch.setattr(os, "scandir", gone)
    assert "Stale file handle" in refused(desk, tmp_path)


@pytest.mark.parametrize(
    ("what", "title", "rest"),
    [
        ("No PET found here. Found: CT, 5 slices.", "No PET found here", "Found: CT, 5 slices."),
        ("The series here are of 2 patients: ID a.", "The series here are of 2 patients", "ID a."),
        ("It is short.", "This was not opened", "It is short."),
        ("A" * 60 + ". Then more.", "This was not opened", "A" * 60 + ". Then more."),
    ],
)
def test_a_refusal_is_titled_by_its_first_clause(what: str, title: str, rest: str) -> None:
    assert titled(what) == (title, rest)

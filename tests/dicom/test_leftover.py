"""Files that became no series: counted by reason, and strangers by what their bytes say they are."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from atsmviewer.dicom.leftover import kinds, left_over
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import ct, save

JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 200
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


def holiday(folder: Path) -> None:
    """A folder of photos and a few texts, with extensions that lie."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(20):
        (folder / f"IM{k:04d}.dcm").write_bytes(JPEG)
    for k in range(3):
        (folder / f"{k}.jpg").write_text("Grüße aus Österreich, " * 40, "utf-8")


def test_strangers_are_counted_by_their_bytes(tmp_path: Path) -> None:
    holiday(tmp_path)
    with pytest.raises(ReviewError) as refused:
        study(scan(tmp_path))
    assert refused.value.code == "NO_PET"
    told = "No PET found here. Found: 23 files that are no DICOM: 20 JPEG pictures, 3 texts."
    assert refused.value.what == told


def test_series_and_strangers_together(tmp_path: Path) -> None:
    save(ct(), tmp_path / "ct")
    (tmp_path / "note.txt").write_text("hello " * 40)
    with pytest.raises(ReviewError) as refused:
        study(scan(tmp_path))
    told = "Found: CT, 5 slices; 1 file that is no DICOM: 1 text."
    assert refused.value.what.endswith(told)


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReviewError) as refused:
        study(scan(tmp_path))
    assert refused.value.what == "No PET found here. Found: nothing; the folder is empty."


def test_kinds(tmp_path: Path) -> None:
    files = {"a": JPEG, "b": PNG, "c": PNG, "d": b"", "e": b"%PDF-1.7", "f": bytes(range(256))}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "g", "w") as archive:
        archive.writestr("x", "y")
    told = kinds(sorted(tmp_path.iterdir()))
    assert told == (
        "2 PNG pictures, 1 JPEG picture, 1 PDF, 1 empty file, 1 other file, 1 zip archive or office document"
    )


def test_groups_largest_first_with_one_example(tmp_path: Path) -> None:
    save(ct(), tmp_path / "ct")
    cut = sorted((tmp_path / "ct").iterdir())[0].read_bytes()[:-20]
    for k in range(2):
        (tmp_path / f"cut{k}").write_bytes(cut)
    (tmp_path / "photo").write_bytes(JPEG)
    first, second = left_over(scan(tmp_path))
    assert (first.why, first.count, first.example) == ("It ends before its last pixel.", 2, "cut0")
    assert (second.why, second.count, second.example) == ("No DICOM: 1 JPEG picture.", 1, "photo")


def test_a_file_that_is_gone_is_still_counted(tmp_path: Path) -> None:
    assert kinds([tmp_path / "gone"]) == "1 other file"

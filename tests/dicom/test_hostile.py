"""Hostile, foreign and damaged files: set aside with a code, and nothing escapes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileDataset

from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import accounted, codes, ct, pet, save

Change = Callable[[FileDataset], None]


def _nested(depth: int) -> Dataset:
    inner = Dataset()
    for _ in range(depth):
        outer = Dataset()
        outer.RequestAttributesSequence = [inner]
        inner = outer
    return inner


def _element(tag: tuple[int, int], length: int) -> bytes:
    return b"".join(v.to_bytes(2, "little") for v in tag) + b"SQ\0\0" + length.to_bytes(4, "little")


def test_hostile_and_foreign_files_are_rejected_and_nothing_escapes(tmp_path: Path) -> None:
    save(pet(), tmp_path / "good")
    good = (tmp_path / "good" / "slice0").read_bytes()
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(500))
    (bad / "note.txt").write_text("scan of a patient\n" * 40, "utf-8")
    (bad / "empty").write_bytes(b"")
    (bad / "zeros").write_bytes(bytes(1000))
    (bad / "preamble only").write_bytes(bytes(128) + b"DICM")
    (bad / "garbage").write_bytes(bytes(128) + b"DICM" + random.Random(2).randbytes(4000))
    opened = b"".join(
        _element((0x0040, 0x0275), 0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff" for _ in range(2000)
    )
    (bad / "nested").write_bytes(good[:400] + opened)
    (bad / "long").write_bytes(good[:400] + b"\x10\x00\x00\x40UN\0\0\xf0\xff\xff\xff" + bytes(100))
    for end in range(140, len(good), 97):
        (bad / f"cut{end}").write_bytes(good[:end])
    os.mkfifo(bad / "pipe")
    (bad / "dangling").symlink_to(bad / "nowhere")
    result = scan(tmp_path)
    (found,) = result.found
    assert len(found.files) == 5
    assert {r.path.parent for r in result.rejected} == {bad}
    assert accounted(result, tmp_path)


def test_200_nested_sequences_are_read_or_rejected(tmp_path: Path) -> None:
    one = pet()[0]
    one.update(_nested(200))
    save([one], tmp_path)
    assert len(scan(tmp_path).rejected) == 1


def test_a_file_without_preamble_is_read(tmp_path: Path) -> None:
    save(pet(), tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[132:])
    assert scan(tmp_path).found[0].series.grid.shape == (5, 4, 3)


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(scan(tmp_path).found[0].files) == 5


def test_progress_counts_files_and_cancelling_stops(tmp_path: Path) -> None:
    save(pet(), tmp_path)
    seen: list[tuple[int, int]] = []
    scan(tmp_path, lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 0)  # listing: how many there are is not known yet
    assert seen[-1] == (5, 5)
    assert seen == sorted(seen)
    with pytest.raises(ReviewError, match="CANCELLED"):
        scan(tmp_path, cancelled=lambda: True)


def test_reading_changes_no_file(tmp_path: Path) -> None:
    save([*pet(), *ct()], tmp_path)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    scan(tmp_path)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("syntax", ["1.2.3", "garbage", "1.2.840.10008.1.2.9"])
def test_an_unknown_transfer_syntax_is_no_crash(tmp_path: Path, syntax: str) -> None:
    save(pet(), tmp_path)
    for path in tmp_path.iterdir():
        stated = b"1.2.840.10008.1.2.1\0"
        path.write_bytes(path.read_bytes().replace(stated, syntax.encode().ljust(len(stated), b"\0"), 1))
    (found,) = scan(tmp_path).found
    with pytest.raises(ReviewError, match="TRANSFER_SYNTAX"):
        load(found)


def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pet(), tmp_path / "open")
    (tmp_path / "closed").mkdir()
    listing = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = scan(tmp_path)
    assert len(result.found) == 1
    assert [(r.path.name, r.code) for r in result.rejected] == [("closed", "UNREADABLE")]


def test_pixels_under_a_damaged_vr_are_set_aside(tmp_path: Path) -> None:
    """Pydicom reads them as implicit VR, shifted by the four bytes of the explicit length."""
    save(pet(), tmp_path)
    path = tmp_path / "slice2"
    path.write_bytes(path.read_bytes().replace(b"\xe0\x7f\x10\0OW\0\0", b"\xe0\x7f\x10\0\x1c\0\0\0"))
    result = scan(tmp_path)
    assert codes(result) == {"NO_PIXELS": 1}
    assert result.found[0].gaps == (2,)

"""A zip opens like its folder; a hostile one ends as its code, within its limits, and leaves nothing."""

from __future__ import annotations

import gc
import gzip
import os
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import scan
from atsmviewer.dicom.source import unpacked
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import codes, ct, pet, save
from tests.dicom.zipped import overlapping, raw_zip, zipped

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own; at its end nothing is left in it."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    gc.collect()
    assert list(folder.iterdir()) == []


def refusal(archive: Path) -> ReviewError:
    with pytest.raises(ReviewError) as raised:
        scan(archive)
    return raised.value


def hostile(tmp_path: Path, data: bytes) -> str:
    archive = tmp_path / "hostile.zip"
    archive.write_bytes(data)
    return refusal(archive).code


@pytest.mark.parametrize("method", METHODS)
def test_a_zip_opens_like_its_folder(tmp_path: Path, method: int) -> None:
    save([*pet(), *ct()], tmp_path / "folder")
    (tmp_path / "folder" / "letter.txt").write_text("dear colleague")
    beside, inside = scan(tmp_path / "folder"), scan(zipped(tmp_path / "s.zip", tmp_path / "folder", method))
    assert [f.series for f in inside.found] == [f.series for f in beside.found]
    for a, b in zip(inside.found, beside.found, strict=True):
        assert np.array_equal(load(a).voxels, load(b).voxels)
    assert [(r.code, r.name) for r in inside.rejected] == [("NOT_DICOM", "s.zip › letter.txt")]
    assert inside.name(inside.found[0].files[0]).startswith("s.zip › slice")


def test_a_zip_64_and_one_behind_other_bytes_are_read(tmp_path: Path) -> None:
    archive = tmp_path / "s.zip"
    save(pet(), tmp_path / "folder")
    with zipfile.ZipFile(archive, "w") as out:
        for path in (tmp_path / "folder").iterdir():
            with out.open(path.name, "w", force_zip64=True) as member:
                member.write(path.read_bytes())
    assert scan(archive).found[0].series.grid.shape[0] == 5
    archive.write_bytes(b"#!/bin/sh\n" + archive.read_bytes())
    assert scan(archive).found[0].series.grid.shape[0] == 5


def test_its_members_lie_in_a_private_folder_until_it_is_let_go(tmp_path: Path, temporary: Path) -> None:
    save(pet(), tmp_path / "folder")
    result = scan(zipped(tmp_path / "s.zip", tmp_path / "folder"))
    (folder,) = temporary.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {f.parent for f in result.found[0].files} == {folder}
    assert load(result.found[0]).voxels.size  # and can be read again later
    del result
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../evil",
        "/etc/evil",
        "C:\\evil",
        "..\\..\\evil",
        "a/../../evil",
        "evil\nname",
        "x" * 5000,
        "~/evil",
        "",
    ],
)
def test_no_path_is_made_of_a_members_name(tmp_path: Path, temporary: Path, name: str) -> None:
    save(pet()[:1], tmp_path / "one")
    plain = (tmp_path / "one" / "slice0").read_bytes()
    archive = tmp_path / "deep" / "down" / "s.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(raw_zip([(name.encode(), plain, len(plain))]))
    before = sorted(tmp_path.rglob("*"))
    result = scan(archive)
    assert codes(result) == {"SINGLE_SLICE": 1}
    assert sorted(tmp_path.rglob("*")) == before
    assert [p.name for p in temporary.rglob("member-*")] == ["member-000000"]
    shown = result.rejected[0].name
    assert shown.startswith("s.zip › ")
    assert shown.isprintable()
    assert len(shown) < 200
    assert str(temporary) not in shown


def test_names_that_only_differ_by_case_or_not_at_all_are_all_read(tmp_path: Path) -> None:
    save(pet(), tmp_path / "folder")
    members = [((b"IM", b"im")[k % 2], p.read_bytes()) for k, p in enumerate((tmp_path / "folder").iterdir())]
    (tmp_path / "s.zip").write_bytes(raw_zip([(name, plain, len(plain)) for name, plain in members]))
    assert scan(tmp_path / "s.zip").found[0].series.grid.shape[0] == 5


def test_links_and_archives_within_are_set_aside(tmp_path: Path) -> None:
    save(pet(), tmp_path / "folder")
    inner = zipped(tmp_path / "folder" / "inner.zip", tmp_path / "folder")
    assert codes(scan(tmp_path / "folder")) == {"ARCHIVE_INSIDE": 1}
    outer = zipped(tmp_path / "outer.zip", tmp_path / "folder")
    with zipfile.ZipFile(outer, "a") as out:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, "/etc/passwd")
    inner.unlink()
    result = scan(outer)
    assert len(result.found) == 1
    assert sorted((r.code, r.name) for r in result.rejected) == [
        ("ARCHIVE_INSIDE", "outer.zip › inner.zip"),
        ("LINK_IGNORED", "outer.zip › link"),
    ]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"7z\xbc\xaf\x27\x1c", "ARCHIVE_OTHER"),
        (b"Rar!\x1a\x07\x01\0", "ARCHIVE_OTHER"),
        (bytes(257) + b"ustar\0", "ARCHIVE_OTHER"),
        (b"PK\3\4" + bytes(26) + b"[Content_Types].xml", "NOT_DICOM"),
        (gzip.compress(b"RDX3"), "ARCHIVE_OTHER"),
        (b"MATRIX72v", "ECAT"),
        (gzip.compress(b"MATRIX72v" + bytes(900)), "ECAT"),
    ],
)
def test_other_archives_are_set_aside_with_a_remedy(tmp_path: Path, head: bytes, code: str) -> None:
    (tmp_path / "file").write_bytes(head + bytes(600))
    (rejected,) = scan(tmp_path).rejected
    assert rejected.code == code
    assert ("unpack" in rejected.what) == (code == "ARCHIVE_OTHER")


def test_an_ecat_image_alone_is_named_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "scan.v").write_bytes(b"MATRIX72v" + bytes(600))
    with pytest.raises(ReviewError, match=r"is an ECAT image") as refused:
        study(scan(tmp_path))
    assert (refused.value.code, refused.value.remedy) == (
        "NO_PET",
        "Convert the ECAT image to DICOM or NIfTI.",
    )


def test_bombs_are_stopped_while_they_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "RATIO_FLOOR_BYTES", 8 << 20)
    zeros = bytes(40 << 20)
    assert hostile(tmp_path, raw_zip([(b"zeros", zeros, len(zeros))])) == "ARCHIVE_TOO_LARGE"
    assert hostile(tmp_path, raw_zip([(b"zeros", zeros, 100)])) == "ARCHIVE_BROKEN"  # it says 100
    assert hostile(tmp_path, overlapping(1000, bytes(1 << 20))) == "ARCHIVE_BROKEN"
    many = [(b"%d" % k, bytes(1 << 20), 1 << 20) for k in range(40)]
    assert hostile(tmp_path, raw_zip(many)) == "ARCHIVE_TOO_LARGE"


@pytest.mark.parametrize("limit", ["MEMBER_LIMIT_BYTES", "ALL_LIMIT_BYTES"])
def test_sizes_are_counted_whatever_is_declared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(unpacked, limit, 5000)
    assert hostile(tmp_path, raw_zip([(b"a", os.urandom(5001), 5001)])) == "ARCHIVE_TOO_LARGE"


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "SPARE_BYTES", 1 << 62)
    (tmp_path / "s.zip").write_bytes(raw_zip([(b"a", b"x", 1)]))
    assert "no room" in refusal(tmp_path / "s.zip").what


def test_a_bomb_of_bombs_is_not_followed(tmp_path: Path) -> None:
    inner = raw_zip([(b"zeros", bytes(1 << 20), 1 << 20)])
    outer = raw_zip([(b"%d.zip" % k, inner, len(inner)) for k in range(16)])
    (tmp_path / "42.zip").write_bytes(outer)
    assert codes(scan(tmp_path / "42.zip")) == {"ARCHIVE_INSIDE": 16}


def test_a_hundred_thousand_members_are_refused_at_once(tmp_path: Path) -> None:
    archive = tmp_path / "many.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for k in range(2):
            out.writestr(f"{k}", b"")
    whole = archive.read_bytes()
    begin = whole.index(b"PK\1\2")
    entry = whole[begin : begin + 47]
    listed = entry * 100_000
    end = b"PK\5\6" + bytes(4) + (2).to_bytes(2, "little") * 2  # it says two
    archive.write_bytes(
        whole[:begin]
        + listed
        + end
        + len(listed).to_bytes(4, "little")
        + begin.to_bytes(4, "little")
        + b"\0\0"
    )
    started = time.perf_counter()
    assert refusal(archive).code == "ARCHIVE_TOO_LARGE"
    assert time.perf_counter() - started < 2


def test_encrypted_unknown_and_damaged_ones_are_refused_whole(tmp_path: Path) -> None:
    save(pet(), tmp_path / "folder")
    good = zipped(tmp_path / "s.zip", tmp_path / "folder").read_bytes()
    assert hostile(tmp_path, raw_zip([(b"a", b"x", 1)], flags=1)) == "ARCHIVE_ENCRYPTED"
    assert hostile(tmp_path, raw_zip([(b"a", b"x", 1)], method=9)) == "ARCHIVE_BROKEN"
    for end in range(0, len(good), 251):
        assert hostile(tmp_path, good[:end]) == "ARCHIVE_BROKEN"
    flipped = bytearray(good)
    flipped[200] ^= 0xFF
    assert hostile(tmp_path, bytes(flipped)) == "ARCHIVE_BROKEN"
    assert hostile(tmp_path, b"no zip at all") == "ARCHIVE_BROKEN"
    (tmp_path / "cut.zip").write_bytes(good[: len(good) // 2])
    assert "download it again" in refusal(tmp_path / "cut.zip").remedy


def test_a_broken_zip_beside_a_good_folder_is_set_aside(tmp_path: Path) -> None:
    save(pet(), tmp_path / "folder")
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 no")
    result = scan([tmp_path / "folder", tmp_path / "bad.zip"])
    assert len(result.found) == 1
    assert codes(result) == {"ARCHIVE_BROKEN": 1}


def test_cancelling_in_the_middle_of_a_member_leaves_nothing(tmp_path: Path) -> None:
    data = os.urandom(16 << 20)
    (tmp_path / "s.zip").write_bytes(raw_zip([(b"a", data, len(data))]))
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.perf_counter())
        return len(asked) > 8

    with pytest.raises(ReviewError, match="CANCELLED"):
        scan(tmp_path / "s.zip", cancelled=cancelled)
    assert max(np.diff(asked)) < 0.1


def test_a_crash_while_it_is_read_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pet(), tmp_path / "folder")
    archive = zipped(tmp_path / "s.zip", tmp_path / "folder")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("atsmviewer.dicom.scan.series_of", broken)
    with pytest.raises(ZeroDivisionError):
        scan(archive)


def test_a_zip_that_vanishes_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pet(), tmp_path / "folder")
    archive = zipped(tmp_path / "s.zip", tmp_path / "folder")

    def stale(*_: object) -> bytes:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(zipfile.ZipExtFile, "read", stale)
    assert refusal(archive).code == "UNREADABLE"


def test_nothing_unpacked_stays_where_reading_ends_in_an_error(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a bug")

    save(pet(), tmp_path / "folder")
    monkeypatch.setattr("atsmviewer.dicom.scan.nifti_series", fails)
    with pytest.raises(RuntimeError) as held:
        scan(zipped(tmp_path / "s.zip", tmp_path / "folder", zipfile.ZIP_STORED))
    assert list(temporary.iterdir()) == []
    del held

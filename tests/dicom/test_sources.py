"""What may be given to be read: several paths, odd names, odd folders, a share that goes away."""

from __future__ import annotations

import errno
import io
import itertools
import json
import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from atsmviewer.cli.listing import scan_record
from atsmviewer.dicom.disk.naming import plain, shown
from atsmviewer.dicom.disk.pace import TOLD_EVERY_S
from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import codes, ct, pet, save
from tests.dicom.zipped import zipped


def test_several_paths_are_one_scan(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    save(ct()[:3], tmp_path / "b")
    save(ct()[3:], tmp_path / "c")
    paths = [tmp_path / "a", zipped(tmp_path / "b.zip", tmp_path / "b"), *(tmp_path / "c").iterdir()]
    result = scan(paths)
    assert [len(f.files) for f in result.found] == [5, 5]
    assert result.rejected == ()


def test_what_is_given_twice_is_read_once(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a" / "b")
    inside = tmp_path / "a" / "b"
    (tmp_path / "link").symlink_to(inside / "slice0")
    result = scan([inside / "slice1", tmp_path / "a", inside, tmp_path / "a", tmp_path / "link"])
    assert len(result.found[0].files) == 5
    assert result.rejected == ()


def test_one_of_several_that_is_not_there_is_refused(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    with pytest.raises(ReviewError, match="NO_SUCH_PATH"):
        scan([tmp_path / "a", tmp_path / "b"])


@pytest.mark.parametrize("name", ["x" * 5000, "d/" * 3000, "a\0b"])
def test_a_path_that_no_system_takes_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReviewError) as raised:
        scan(tmp_path / name)
    assert raised.value.code in ("UNREADABLE", "NO_SUCH_PATH")
    assert raised.value.what.isprintable()


def test_a_folder_deeper_than_a_path_may_be_long_is_told(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):  # 25 names of 200 letters: deeper than the 4096 of the system
        os.mkdir("n" * 200, dir_fd=at)
        deeper = os.open("n" * 200, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    os.close(at)
    result = scan(tmp_path)
    assert len(result.found) == 1
    assert codes(result) == {"UNREADABLE": 1}


NAMES = [
    "line\nend",
    "\udcff\udc80 bytes",
    "مرحبا",
    "\u202etxt.exe",
    "tab\t",
    "-rf",
    "e\u0301",
    "🫀",
    "a'\"b",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_read_and_print_anywhere(tmp_path: Path, name: str) -> None:
    save(pet(), tmp_path / name, [f"{name}{k}" for k in range(5)])
    (tmp_path / name / f"{name}.txt").write_text("a letter")
    result = scan(tmp_path)
    assert len(result.found[0].files) == 5
    (rejected,) = result.rejected
    assert rejected.name.isprintable()
    assert rejected.name.encode("utf-8")
    record = json.dumps(scan_record(result, None, None), ensure_ascii=False)
    assert json.loads(record.encode("utf-8"))["rejected"][0]["file"] == rejected.name


def test_shown_names() -> None:
    """Printable letters stay; what is none, or would turn the line around, is replaced."""
    assert shown(Path("ü 🫀.dcm")) == "ü 🫀.dcm"
    assert shown(Path("a\nb"), "c\u202ed") == "a\N{REPLACEMENT CHARACTER}b › c\N{REPLACEMENT CHARACTER}d"
    assert len(shown(Path("x" * 250))) == 120
    assert plain("\udcff") == "\N{REPLACEMENT CHARACTER}"


def test_what_is_no_file_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pet(), tmp_path / "a")
    os.mkfifo(tmp_path / "a" / "pipe")
    (tmp_path / "a" / "null").symlink_to("/dev/zero")
    (tmp_path / "a" / "round").symlink_to(tmp_path / "a" / "round")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path / "a")  # a socket's name has to be short
        listening.bind("socket")
        result = scan(tmp_path)
        alone = scan(tmp_path / "a" / "pipe")
    assert codes(result) == {"NOT_A_FILE": 4}
    assert codes(alone) == {"NOT_A_FILE": 1}


def test_links_to_folders_are_told_and_not_followed(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "out").symlink_to("/usr", target_is_directory=True)
    result = scan(tmp_path)
    assert codes(result) == {"LINK_IGNORED": 2}
    assert len(result.found[0].files) == 5


def test_a_thousand_files_with_progress_and_cancel(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    for k in range(10):
        (tmp_path / f"{k}").mkdir()
        for j in range(100):
            (tmp_path / f"{k}" / f"{j}").touch()
    seen: list[tuple[int, int]] = []
    assert codes(scan(tmp_path, lambda *told: seen.append(told))) == {"NOT_DICOM": 1000}
    assert seen[-1] == (1005, 1005)
    listing = [done for done, total in seen if total == 0]
    assert listing == sorted(listing)
    asked = itertools.count()
    with pytest.raises(ReviewError, match="CANCELLED"):
        scan(tmp_path, cancelled=lambda: next(asked) > 150)


def test_progress_is_told_at_most_fifty_times_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(k * TOLD_EVERY_S / 10 for k in range(1000))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    for k in range(200):
        (tmp_path / f"{k}").touch()
    seen: list[tuple[int, int]] = []
    scan(tmp_path, lambda *told: seen.append(told))
    assert 15 <= len(seen) <= 25


def code_of(act: Callable[[], object]) -> str:
    """The code of a refusal, "" where there was none."""
    try:
        act()
    except ReviewError as error:
        return error.code
    return ""


class Vanishing(io.FileIO):
    """A file of a share that goes away after so many reads of any file."""

    left = 0

    def _gone(self) -> None:
        type(self).left -= 1
        if self.left < 0:
            raise OSError(errno.ESTALE, "Stale file handle")

    def read(self, size: int | None = -1, /) -> bytes:
        self._gone()
        return super().read(size) or b""

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]
        self._gone()
        return super().readinto(buffer) or 0


@pytest.mark.parametrize("reads", range(0, 22, 2))
def test_a_share_that_goes_away_at_any_moment_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: int
) -> None:
    save(pet(), tmp_path)
    opening: Callable[..., object] = Path.open

    def opened(path: Path, mode: str = "r", buffering: int = -1, **more: str) -> object:
        if path.parent != tmp_path:
            return opening(path, mode, buffering, **more)
        Vanishing.left -= 1
        if Vanishing.left < 0:
            raise OSError(errno.ESTALE, "Stale file handle")
        raw = Vanishing(str(path))
        return raw if buffering == 0 else io.BufferedReader(cast(io.RawIOBase, raw))

    monkeypatch.setattr(Path, "open", opened)
    Vanishing.left = reads
    result = scan(tmp_path)
    assert set(codes(result)) <= {"UNREADABLE", "SINGLE_SLICE", "BROKEN_HEADER"}
    Vanishing.left = reads
    for found in result.found:
        assert code_of(partial(load, found)) in ("", "FILE_CHANGED")


def test_a_read_only_folder_is_read(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    for path in (tmp_path / "a").iterdir():
        path.chmod(0o400)
    (tmp_path / "a").chmod(0o500)
    try:
        assert len(scan(tmp_path / "a").found) == 1
    finally:
        (tmp_path / "a").chmod(0o700)

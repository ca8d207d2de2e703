"""A disk that takes no more: the reader is told, the file stays whole, and the next change writes all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.session.journal import load
from tests.session.made import drawn, inside, journal_at, refused, written

STATES = drawn(6)


@contextmanager
def no_file_larger_than(size_bytes: int) -> Iterator[None]:
    """A real refusal of the system: EFBIG, after the bytes that still fit were written."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_changes_wait_in_memory_until_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    with journal_at(path) as journal:
        journal.commit(STATES[0], "one")
        room = path.stat().st_size + 100
        with no_file_larger_than(room):
            for waiting, state in enumerate(STATES[1:4], 1):
                with pytest.raises(ReviewError, match=refused("JOURNAL_NOT_WRITTEN")):
                    journal.commit(state, "no room")
                assert (journal.session, journal.unwritten) == (state, waiting)
            assert path.stat().st_size == room  # the torn line is really there
            assert load(path)[0].present.session == STATES[0]
        journal.undo()
        assert journal.unwritten == 0
        assert load(path)[::2] == (journal.history, None)
        assert journal.session == STATES[2]


def test_a_journal_that_could_not_begin_begins_later(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    with journal_at(path) as journal:
        with no_file_larger_than(100), pytest.raises(ReviewError, match=refused("JOURNAL_NOT_WRITTEN")):
            journal.commit(STATES[0], "one")
        assert inside(tmp_path) == [f"{path.name}.lock"]
    assert load(path)[0] == journal.history  # the last try, on closing


def test_a_copy_that_does_not_fit_leaves_the_old_file(tmp_path: Path) -> None:
    path, copy = tmp_path / "case.atsm.jsonl", tmp_path / "copy.atsm.jsonl"
    written(path)
    copy.write_bytes(b"old")
    with journal_at(path) as journal:
        with no_file_larger_than(1000), pytest.raises(ReviewError, match=refused("JOURNAL_NOT_WRITTEN")):
            journal.save_as(copy)
        assert copy.read_bytes() == b"old"
    assert inside(tmp_path) == [path.name, copy.name]


class Fault:
    """Makes one call of the system's writing functions fail, counted from the first."""

    def __init__(self, patch: pytest.MonkeyPatch, which: int, code: int) -> None:
        self.left, self.code, self.fired = which, code, False
        for name in ("write", "fsync", "replace", "ftruncate"):
            patch.setattr(os, name, self._sometimes(getattr(os, name)))

    def _sometimes(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def act(*words: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == -1:
                self.fired = True
                raise OSError(self.code, os.strerror(self.code))
            return call(*words, **named)

        return act


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("damaged", [False, True])
def test_a_fault_at_any_call_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, damaged: bool
) -> None:
    for which in range(100):
        path = tmp_path / str(which) / "case.atsm.jsonl"
        path.parent.mkdir()
        if damaged:
            written(path, 3)
            path.write_bytes(path.read_bytes().replace(b"Step 3", b"Step 4"))
        with monkeypatch.context() as patch:
            fault = Fault(patch, which, code)
            with journal_at(path) as journal:
                for state in STATES[3:]:
                    safe = journal.history
                    with suppress(ReviewError):
                        journal.commit(state, "step")
                        safe = journal.history
                    assert journal.session == state
                    if safe.past and path.exists():
                        kept = load(path)[0]
                        assert [*kept.past, kept.present][: len(safe.past) + 1] == [*safe.past, safe.present]
        assert load(path)[0] == journal.history  # closing was the last try
        assert not [name for name in inside(path.parent) if name.endswith((".part", ".lock"))]
        assert [name for name in inside(path.parent) if "damaged" in name] == (
            [f"{path.name}.damaged-1"] if damaged else []
        )
        if not fault.fired:
            break
    assert which >= 10  # that many different calls failed, one a round


def test_a_commit_returns_after_the_disk_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.atsm.jsonl"
    safe: list[int] = []
    fsync = os.fsync

    def look(handle: int) -> None:
        fsync(handle)
        safe.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fsync", look)
    with journal_at(path) as journal:
        for state in STATES:
            safe.clear()
            journal.commit(state, "step")
            assert path.stat().st_size in safe


@pytest.mark.debian
def test_a_real_full_disk(tmp_path: Path) -> None:
    filling = f"{sys.executable} -m tests.session.filling {tmp_path}"
    command = f"mount -t tmpfs -o size=32k none {tmp_path} && exec {filling}"
    # Root may mount as it is, also where "/" is a plain folder; others only in a user namespace.
    may_mount = ["--propagation", "unchanged"] if os.geteuid() == 0 else ["--map-root-user"]
    run = subprocess.run(
        ["unshare", "--mount", *may_mount, "sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "full, then whole\n"), run.stderr

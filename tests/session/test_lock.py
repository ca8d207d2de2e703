"""One writer at a time: the second window is read-only, and a dead one stands in nobody's way."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.session import edits
from atsmviewer.session.journal import load
from atsmviewer.session.lock import Lock
from tests.session.made import drawn, inside, journal_at, refused, written

HOLD = """
import sys
from pathlib import Path
from atsmviewer.session.edits import set_remarks
from atsmviewer.session.journal import Journal
journal = Journal.open(Path(sys.argv[1]), "case", "R. Eader")
for line in sys.stdin:
    journal.commit(set_remarks(journal.session, line.strip()), "Remark")
    print("done", flush=True)
journal.close()
"""


@contextmanager
def another_window(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the session open; each line to it is a remark it commits."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        say(process, "open")
        yield process
        assert process.stdin is not None
        process.stdin.close()


def say(process: subprocess.Popen[str], remark: str) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(remark + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def test_the_second_window_reads_keeps_its_changes_and_saves_them_apart(tmp_path: Path) -> None:
    path, apart = tmp_path / "case.atsm.jsonl", tmp_path / "apart.atsm.jsonl"
    states = written(path)
    with another_window(path) as process:
        with journal_at(path) as journal:
            assert journal.read_only == (
                f"Another window (process {process.pid}) has this session open; changes here stay in memory."
            )
            assert journal.session == edits.set_remarks(states[-1], "open")
            before = path.read_bytes()
            with pytest.raises(ReviewError, match=refused("SESSION_LOCKED")):
                journal.commit(states[0], "mine")
            with pytest.raises(ReviewError, match=refused("SESSION_LOCKED")):
                journal.save_as(path)
            assert (journal.session, path.read_bytes()) == (states[0], before)
            journal.save_as(apart)
            say(process, "and on")
        assert load(path)[0].present.session.remarks == "and on"
    assert load(apart)[0].present.session == states[0]
    assert inside(tmp_path) == [apart.name, path.name]


def test_when_the_first_window_closes_the_second_may_write(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    with another_window(path):
        journal = journal_at(path).__enter__()
    journal.commit(drawn(1)[0], "mine")
    assert journal.read_only is None
    journal.close()
    assert load(path)[0] == journal.history


def test_what_the_first_window_wrote_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    with another_window(path) as process:
        journal = journal_at(path).__enter__()
        say(process, "meanwhile")
    with pytest.raises(ReviewError, match=refused("SESSION_CHANGED")):
        journal.commit(drawn(1)[0], "mine")
    journal.close()
    assert load(path)[0].present.session.remarks == "meanwhile"


def test_two_windows_that_begin_the_same_session(tmp_path: Path) -> None:
    path = tmp_path / "new" / "case.atsm.jsonl"  # no folder yet, so that neither could lock on opening
    first, second = journal_at(path).__enter__(), journal_at(path).__enter__()
    first.commit(drawn(1)[0], "first")
    with pytest.raises(ReviewError, match=refused("SESSION_LOCKED")):
        second.commit(drawn(2)[1], "second")
    first.close()
    with pytest.raises(ReviewError, match=refused("SESSION_CHANGED")):
        second.commit(drawn(2)[0], "second again")
    second.close()
    assert load(path)[0] == first.history


def test_a_line_that_the_first_window_is_writing_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    with another_window(path):
        whole = path.read_bytes()
        path.write_bytes(whole + b'{"n":2,"lab')
        with journal_at(path) as journal:
            assert (journal.recovery, journal.session.remarks) == (None, "open")


def test_a_lock_file_removed_while_it_is_being_taken_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (Lock(tmp_path / "case.atsm.jsonl") for _ in range(3))
    assert first.take() is None
    system_open = os.open

    def slow_open(*words: Any, **named: Any) -> int:
        handle = system_open(*words, **named)
        first.release()  # removes the file that was just opened
        return handle

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", slow_open)
        assert second.take() is None
    assert second.held
    assert "Another window" in (third.take() or "")
    second.release()


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    with another_window(path) as process:
        process.kill()
        process.wait()
    lock = tmp_path / f"{path.name}.lock"
    assert json.loads(lock.read_bytes()) == {"host": socket.gethostname(), "pid": process.pid}
    with journal_at(path) as journal:
        assert journal.read_only is None
        journal.commit(drawn(1)[0], "mine")
        assert json.loads(lock.read_bytes())["pid"] == os.getpid()
    assert inside(tmp_path) == [path.name]


def test_a_lock_of_another_computer_is_respected(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    lock = tmp_path / f"{path.name}.lock"
    lock.write_text('{"host":"reading-room-2.example","pid":1}', "utf-8")
    with journal_at(path) as journal:
        assert "reading-room-2.example" in (journal.read_only or "")
        with pytest.raises(ReviewError, match=refused("SESSION_LOCKED")):
            journal.commit(drawn(1)[0], "mine")
    assert inside(tmp_path) == [lock.name]
    lock.unlink()
    with journal_at(path) as journal:
        assert journal.read_only is None


@pytest.mark.parametrize("words", ["", "{", '{"host":5}', "\x00" * 50])
def test_a_lock_that_says_nothing_is_taken_over(tmp_path: Path, words: str) -> None:
    path = tmp_path / "case.atsm.jsonl"
    (tmp_path / f"{path.name}.lock").write_text(words, "utf-8")
    written(path)
    assert inside(tmp_path) == [path.name]


def test_a_folder_that_cannot_be_written_is_said_and_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = written(path)
    (tmp_path / f"{path.name}.lock").mkdir()  # refused to root too, as a read-only share would be
    with journal_at(path) as journal:
        assert "cannot be written" in (journal.read_only or "")
        assert journal.session == states[-1]
        with pytest.raises(ReviewError, match=refused("JOURNAL_NOT_WRITTEN")):
            journal.commit(states[0], "mine")
        assert journal.session == states[0]
        (tmp_path / f"{path.name}.lock").rmdir()
        journal.undo()
        assert (journal.read_only, journal.unwritten) == (None, 0)
    assert load(path)[0] == journal.history

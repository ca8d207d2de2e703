"""Whatever happened to a journal file, the last good state comes back and what was lost is said."""

from __future__ import annotations

import json
import random
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session
from atsmviewer.session import edits
from atsmviewer.session.journal import Journal, load
from tests.session.made import drawn, folder, inside, journal_at, refused, written


def states_of(journal: Journal) -> list[Session]:
    return [step.session for step in (*journal.history.past, journal.history.present)]


def commit_one_more(path: Path) -> None:
    """Open, change, close; the file must then be whole and hold the change."""
    with journal_at(path) as journal:
        journal.commit(edits.set_remarks(journal.session, "and on"), "Remark")
        expected = journal.history
    assert load(path)[::2] == (expected, None)


def test_every_cut_of_the_last_two_lines_opens_with_all_whole_lines(tmp_path: Path) -> None:
    whole = tmp_path / "whole.atsm.jsonl"
    expected = [Session("case"), *written(whole)]
    data = whole.read_bytes()
    lines = data.splitlines(keepends=True)
    path = tmp_path / "case.atsm.jsonl"
    for cut in range(len(data) - len(lines[-1]) - len(lines[-2]), len(data)):
        path.write_bytes(data[:cut])
        kept = data[:cut].count(b"\n")  # the header is a line too, and gives the first state
        history, _, recovery = load(path)
        assert [step.session for step in (*history.past, history.present)] == expected[:kept]
        assert (recovery is None) is data[:cut].endswith(b"\n")


@pytest.mark.parametrize("back", [1, 30, 200])
def test_a_torn_tail_is_said_and_cut_before_the_next_line(tmp_path: Path, back: int) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = written(path)
    path.write_bytes(path.read_bytes()[:-back])
    with journal_at(path) as journal:
        assert journal.session == states[-2]
        assert journal.recovery == (
            "The last change was not completely written before the program ended; 5 steps are kept."
        )
    commit_one_more(path)
    assert inside(tmp_path) == [path.name]


@pytest.mark.parametrize("line", [1, 3, 6])
def test_a_changed_byte_ends_the_history_before_it(tmp_path: Path, line: int) -> None:
    path = tmp_path / "case.atsm.jsonl"
    expected = [Session("case"), *written(path)]
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b"R. Eader", b"R. Eades")  # still good JSON, of another reader
    damaged = b"".join(lines)
    path.write_bytes(damaged)
    with journal_at(path) as journal:
        assert states_of(journal) == expected[:line]
        lost = f"{7 - line} lines are lost" if line < 6 else "1 line is lost"
        assert f"damaged from line {line + 1} on" in (journal.recovery or "")
        assert lost in (journal.recovery or "")
        assert inside(tmp_path) == [path.name, f"{path.name}.lock"]  # looking keeps no copy
    commit_one_more(path)
    assert (tmp_path / f"{path.name}.damaged-1").read_bytes() == damaged


@given(st.randoms(use_true_random=False))
def test_any_changed_byte_is_noticed_and_nothing_after_it_is_believed(chance: random.Random) -> None:
    with folder() as place:
        path = place / "case.atsm.jsonl"
        expected = [Session("case"), *written(path)]
        data = bytearray(path.read_bytes())
        at = chance.randrange(data.index(b"\n") + 1, len(data))
        data[at] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        whole = path.read_bytes()[:at].count(b"\n")
        history, _, recovery = load(path)
        assert [step.session for step in (*history.past, history.present)] == expected[:whole]
        assert recovery is not None
        commit_one_more(path)


def test_a_missing_or_repeated_or_moved_line_breaks_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    expected = [Session("case"), *written(path)]
    lines = path.read_bytes().splitlines(keepends=True)
    for order in ([0, 1, 3, 4], [0, 1, 1, 2], [0, 1, 3, 2], [0, 2, 1]):
        path.write_bytes(b"".join(lines[n] for n in order))
        history, _, recovery = load(path)
        good = 1 if order[1] == 2 else 2
        assert [step.session for step in (*history.past, history.present)] == expected[:good]
        assert "does not follow" in (recovery or "")


def sealed(line: dict[str, Any], **forged: Any) -> bytes:
    """The line with words forged and a good hash, as someone who knows the format would write it."""
    body = json.dumps({**line, **forged, "hash": None}, separators=(",", ":")).replace(',"hash":null', "")
    return f'{body[:-1]},"hash":"{sha256(body.encode()).hexdigest()}"}}\n'.encode()


def test_a_line_resealed_as_it_was_is_the_same_line(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    written(path, 1)
    line = path.read_bytes().splitlines(keepends=True)[1]
    assert sealed(json.loads(line)) == line


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"n": 4}, "does not follow"),
        ({"prev": "0" * 64}, "does not follow"),
        ({"state": "0" * 64}, "does not give the state"),
        ({"changes": [{"op": "redo"}]}, "changes nothing"),
        ({"changes": [{"op": "undo"}, {"op": "undo"}]}, "among other changes"),
        ({"changes": []}, "length >= 1"),
        ({"changes": [{"op": "run", "what": "rm"}]}, "Invalid value 'run'"),
        ({"more": 1}, "unknown field"),
        ({"when": 5}, "Expected `str`"),
    ],
)
def test_a_forged_line_is_not_believed(tmp_path: Path, forged: dict[str, Any], why: str) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = written(path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], sealed(json.loads(lines[3]), **forged)]))
    history, _, recovery = load(path)
    assert history.present.session == states[1]
    assert why in (recovery or "")


def test_a_damaged_first_line_loses_all_and_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    written(path)
    damaged = b"\x00" * 64 + path.read_bytes()[64:]
    path.write_bytes(damaged)
    with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
        load(path)
    with journal_at(path) as journal:
        assert journal.session == Session("case")
        assert "from its first line on" in (journal.recovery or "")
    commit_one_more(path)
    assert (tmp_path / f"{path.name}.damaged-1").read_bytes() == damaged


def test_each_damage_gets_a_copy_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    written(path)
    for number in (1, 2):
        path.write_bytes(path.read_bytes().replace(b"Step 3", b"Step 9").replace(b"and on", b"and so"))
        with journal_at(path) as journal:
            assert journal.recovery
            journal.commit(edits.set_remarks(journal.session, "and on"), "Remark")
        assert inside(tmp_path)[-1] == f"{path.name}.damaged-{number}"


def test_an_empty_file_is_a_session_not_begun(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    path.touch()
    with journal_at(path) as journal:
        assert (journal.session, journal.recovery) == (Session("case"), None)
    commit_one_more(path)


def test_a_file_that_vanished_or_shrank_is_written_again_whole(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = drawn(3)
    with journal_at(path) as journal:
        journal.commit(states[0], "one")
        path.unlink()
        journal.commit(states[1], "two")
        assert load(path)[0] == journal.history
        path.write_bytes(path.read_bytes()[:100])
        journal.commit(states[2], "three")
        assert load(path)[0] == journal.history
    assert inside(tmp_path) == [path.name]


def test_lines_of_someone_else_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = drawn(2)
    with journal_at(path) as journal:
        journal.commit(states[0], "one")
        with path.open("ab") as file:
            file.write(b"theirs\n")
        before = path.read_bytes()
        with pytest.raises(ReviewError, match=refused("SESSION_CHANGED")):
            journal.commit(states[1], "two")
        assert (path.read_bytes(), journal.session, journal.unwritten) == (before, states[1], 1)
        journal.save_as(tmp_path / "mine.atsm.jsonl")
        assert load(tmp_path / "mine.atsm.jsonl")[0] == journal.history
    assert path.read_bytes() == before

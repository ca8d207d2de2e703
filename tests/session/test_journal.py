"""A journal gives back what was committed to it, whoever opens it, whenever."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.session import codec, edits
from atsmviewer.session.journal import default_path, load
from tests.session.made import Edit, drawn, folder, gestures, inside, journal_at, place, refused, written

moves = st.lists(st.one_of(gestures, st.sampled_from(["undo", "redo", "reopen"])), max_size=12)


@given(moves)
def test_any_gestures_replay_to_what_memory_holds(acts: list[Edit | str]) -> None:
    with folder() as place_:
        path = place_ / "case.atsm.jsonl"
        context = journal_at(path)
        journal = context.__enter__()
        for act in acts:
            if act == "undo":
                journal.undo()
            elif act == "redo":
                journal.redo()
            elif act == "reopen":
                journal.close()
                journal = journal_at(path).__enter__()
            elif not isinstance(act, str):
                after = act(journal.session)
                journal.commit(after, "gesture")
                assert journal.session == after
        journal.close()
        if path.exists():
            history, stamp, recovery = load(path)
            assert repr(history) == repr(journal.history)  # the bits of every float, labels, undone steps
            assert (stamp, recovery) == (journal.stamp, None)
        else:
            assert journal.history.past == journal.history.future == ()


def test_looking_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "case.atsm.jsonl"
    with journal_at(path) as journal:
        assert (journal.session, journal.stamp, journal.recovery) == (Session("case"), None, None)
        journal.commit(Session("case"), "nothing")
        journal.undo()
        journal.redo()
        assert not path.parent.exists()
        journal.commit(drawn(1)[0], "Place Tumour 1")
        assert path.exists()
    assert inside(path.parent) == [path.name]


def test_a_line_says_what_who_and_when(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    (state,) = written(path, 1)
    with journal_at(path) as journal:
        journal.undo()
    header, line, undone = map(json.loads, path.read_text("utf-8").splitlines())
    assert header["schema"] == "atsmviewer.session/1"
    assert (line["n"], line["label"], line["who"]) == (1, "Step 1", "R. Eader")
    assert line["when"] == "2026-03-01T09:00:02.000+05:30"  # the clock's second look, with its zone
    assert [change["op"] for change in line["changes"]] == ["roi.add"]
    assert line["state"] == codec.state_hash(state)
    assert (line["prev"], undone["prev"]) == (header["hash"], line["hash"])
    assert (undone["label"], undone["changes"]) == ("Undo Step 1", [{"op": "undo"}])


def test_one_gesture_with_many_changes_is_one_step(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    state = edits.set_remarks(drawn(5)[-1], "Five at once")
    with journal_at(path) as journal:
        journal.commit(state, "Import")
    history, _, _ = load(path)
    assert len(history.past) == 1
    assert history.undo().present.session == Session("case")


def test_undo_works_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = written(path)
    with journal_at(path) as journal:
        assert journal.history.undo_label == "Step 6"
        journal.undo()
        journal.undo()
    with journal_at(path) as journal:
        assert (journal.session, journal.history.redo_label) == (states[3], "Step 5")
        journal.redo()
        assert journal.session == states[4]


def test_the_stamp_is_that_of_the_last_change(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    states = written(path, 2)
    _, stamp, _ = load(path)
    assert stamp is not None
    assert (stamp.who, stamp.when) == ("R. Eader", "2026-03-01T09:00:03.000+05:30")
    assert stamp.state == codec.state_hash(states[-1])


def test_save_load_save_gives_the_same_bytes(tmp_path: Path) -> None:
    path, first, second = (tmp_path / f"{name}.atsm.jsonl" for name in "abc")
    written(path)
    with journal_at(path) as journal:
        journal.undo()
        journal.save_as(first)
    with journal_at(first) as journal:
        journal.save_as(second)
        journal.save_as(first)
    assert path.read_bytes() == first.read_bytes() == second.read_bytes()
    assert inside(tmp_path) == [path.name, first.name, second.name]


def test_a_change_that_cannot_be_kept_is_not_taken(tmp_path: Path) -> None:
    (state,) = drawn(1)
    with journal_at(tmp_path / "case.atsm.jsonl") as journal:
        journal.commit(state, "Place")
        for bad in (
            place(sphere((math.nan, 0.0, 0.0), 1.0), Role.MUSCLE)(state),
            edits.set_remarks(state, "x" * 200_001),
            edits.set_remarks(state, "\ud800"),
        ):
            with pytest.raises(ReviewError, match=refused("CHANGE_NOT_KEPT")):
                journal.commit(bad, "Bad")
        assert journal.session == state
        journal.commit(edits.set_remarks(state, "Good"), "Good")
    assert load(tmp_path / "case.atsm.jsonl")[0].present.session.remarks == "Good"


def test_a_session_of_another_case_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    written(path)
    before = path.read_bytes()
    with pytest.raises(ReviewError, match=refused("SESSION_OTHER_CASE")), journal_at(path, "other"):
        pass
    assert (path.read_bytes(), inside(tmp_path)) == (before, [path.name])


def test_a_file_that_is_no_session_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    for look in (lambda: load(path), lambda: journal_at(path).__enter__()):
        with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
            look()
    assert path.read_bytes() == b"\x89PNG\r\n\x1a\n"
    with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
        load(tmp_path / "absent.atsm.jsonl")


def test_a_newer_session_is_neither_guessed_at_nor_written(tmp_path: Path) -> None:
    path = tmp_path / "case.atsm.jsonl"
    written(path)
    newer = path.read_bytes().replace(b"atsmviewer.session/1", b"atsmviewer.session/2")
    path.write_bytes(newer)
    with pytest.raises(ReviewError, match=refused("SESSION_NEWER")):
        load(path)
    with journal_at(path) as journal:
        assert "newer version" in (journal.read_only or "")
        with pytest.raises(ReviewError, match=refused("SESSION_NEWER")):
            journal.commit(drawn(1)[0], "Place")
        assert journal.session.rois
        journal.save_as(tmp_path / "apart.atsm.jsonl")
    assert path.read_bytes() == newer
    assert load(tmp_path / "apart.atsm.jsonl")[0] == journal.history


def test_the_default_place_holds_no_text_of_a_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATSMVIEWER_DATA", str(tmp_path))
    assert default_path("0f3a") == tmp_path / "sessions" / "0f3a.atsm.jsonl"
    for key in ("../../etc/passwd", "ZZCANARY^NAME", "", "a/b", "x" * 101):
        path = default_path(key)
        assert path.parent == tmp_path / "sessions"
        assert len(path.name) == 64 + len(".atsm.jsonl")
    monkeypatch.delenv("ATSMVIEWER_DATA")
    assert default_path("0f3a").parts[-2:] == ("sessions", "0f3a.atsm.jsonl")

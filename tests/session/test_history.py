"""Undo takes back exactly one step, redo does exactly it again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.session import Session
from atsmviewer.session.edits import set_remarks
from atsmviewer.session.history import History
from tests.session.made import Edit, gestures, sessions


def said(*remarks: str) -> History:
    history = History.of(Session("case"))
    for remark in remarks:
        history = history.commit(set_remarks(history.present.session, remark), f"Say {remark}")
    return history


def test_labels_name_what_undo_and_redo_would_do() -> None:
    history = said("a", "b", "c")
    assert (history.undo_label, history.redo_label) == ("Say c", None)
    history = history.undo().undo()
    assert (history.undo_label, history.redo_label) == ("Say a", "Say b")
    assert history.present.session.remarks == "a"
    assert history.redo().redo() == said("a", "b", "c")


def test_the_ends_are_not_passed() -> None:
    first = said()
    assert (first.can_undo, first.can_redo, first.undo_label, first.redo_label) == (False, False, None, None)
    assert first.undo() is first
    assert first.redo() is first


def test_a_new_step_lets_go_of_what_was_undone() -> None:
    history = said("a", "b").undo()
    other = history.commit(set_remarks(history.present.session, "x"), "Say x")
    assert not other.can_redo
    assert [step.session.remarks for step in (*other.past, other.present)] == ["", "a", "x"]


def test_a_commit_that_changes_nothing_is_no_step() -> None:
    history = said("a").undo()
    assert history.commit(set_remarks(history.present.session, ""), "Nothing") is history


@given(sessions, st.lists(gestures, max_size=8))
def test_undoing_everything_gives_the_beginning_and_redoing_gives_the_end(
    session: Session, edits: list[Edit]
) -> None:
    start = end = History.of(session)
    for edit in edits:
        before = end
        end = end.commit(edit(end.present.session), "step")
        assert end is before or end.undo().present == before.present
    back = end
    while back.can_undo:
        back = back.undo()
    assert back.present == start.present
    while back.can_redo:
        back = back.redo()
    assert back == end

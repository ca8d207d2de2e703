"""The difference of two Sessions, made to the first, gives the second: for any two there are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import ImportedMask, Role, sphere
from atsmviewer.model.session import Override, Session
from atsmviewer.session import codec, edits, wire
from atsmviewer.session.changes import apply, difference
from tests.session.made import FRAME, drawn, place, refused, sessions


@given(sessions, sessions)
def test_old_and_difference_give_new(old: Session, new: Session) -> None:
    assert apply(old, difference(old, new)) == new


@given(sessions)
def test_nothing_changed_is_no_change(session: Session) -> None:
    assert difference(session, session) == ()


def test_one_gesture_is_one_change_of_its_name() -> None:
    tumour, both, moved = drawn(3)
    uid = tumour.rois[0].uid
    assert [type(c) for c in difference(tumour, both)] == [wire.RoiAdd]
    assert [type(c) for c in difference(both, moved)] == [wire.RoiReplace]
    assert difference(both, edits.remove_roi(both, uid)) == (wire.RoiRemove(uid),)
    fact = Override("a", "weight_kg", "71", "R", "scale")
    assert difference(both, edits.set_override(both, fact)) == (
        wire.OverrideSet(codec.wire_override(fact), 0),
    )


def test_a_new_name_does_not_write_a_mask_again() -> None:
    mask = ImportedMask(Grid((10, 10, 10), (1.0,) * 12, FRAME), tuple(range(1_000)))
    session = place(mask, Role.REFERENCE)(Session("case"))
    renamed = edits.rename_roi(session, session.rois[0].uid, "GTV")
    (change,) = difference(session, renamed)
    assert len(codec.encode(change)) < 300
    assert apply(session, [change]) == renamed


def test_a_region_may_change_its_place_in_the_order() -> None:
    _, both = drawn(2)
    turned = replace(both, rois=both.rois[::-1])
    assert apply(both, difference(both, turned)) == turned


def test_two_regions_of_one_uid_are_refused() -> None:
    (session,) = drawn(1)
    with pytest.raises(ReviewError, match=refused("REGION_TWICE")):
        difference(session, replace(session, rois=session.rois * 2))


def test_a_change_that_does_not_fit_is_refused() -> None:
    (session,) = drawn(1)
    here = codec.wire_roi(session.rois[0])
    away = codec.wire_roi(replace(session.rois[0], uid="away", shape=sphere((0.0, 0.0, 0.0), 1.0)))
    for change in (
        wire.RoiAdd(here, 0),
        wire.RoiReplace(away),
        wire.RoiRemove("away"),
        wire.OverrideClear("a", "b"),
        wire.AlignmentClear("a", "b"),
        wire.Undo(),
    ):
        with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
            apply(session, [change])

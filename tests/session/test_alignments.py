"""Alignments by hand: where one starts, how moves add up, what reset takes back; the journal keeps them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.movement import STILL, Matrix, shifting, turning
from atsmviewer.model.session import Alignment, Session
from atsmviewer.model.study import Acquisition, Anatomy, Frame, Patient, Series, Study
from atsmviewer.session import edits
from atsmviewer.session.journal import Journal

HERE, THERE = "1.2", "9.8"
PET, CT, MR = "1.2.10", "1.2.20", "9.8.30"
SPACES = {PET: HERE, CT: HERE, MR: THERE}


def series(uid: str, modality: str, corner: tuple[float, float, float]) -> Series:
    x, y, z = corner
    grid = Grid((11, 21, 31), (0, 0, 2, x, 0, 2, 0, y, 2, 0, 0, z), SPACES[uid])
    return Series(uid, "1", modality, modality, 1, grid, None)


def study(shown: str = CT) -> Study:
    held = {CT: series(CT, "CT", (5.0, 0.0, 0.0)), MR: series(MR, "MR", (-300.0, 40.0, 900.0))}
    pet = Acquisition(series(PET, "PT", (0.0, 0.0, 0.0)), PetFacts(), (Frame(0, None, None),), held[shown])
    others = tuple(Anatomy(one) for uid, one in held.items() if uid != shown)
    return Study("case", Patient("", "", ""), (pet,), anatomies=others)


def carried(alignment: Alignment, point: tuple[float, ...]) -> Floats:
    return np.asarray((np.reshape(alignment.matrix, (4, 4)) @ (*point, 1.0))[:3], np.float64)


def test_by_hand_begins_with_the_middle_of_the_one_box_on_that_of_the_other() -> None:
    (made,) = edits.align_by_hand(Session("case"), study(), PET, MR, "A. Reader").alignments
    assert (made.from_uid, made.to_uid, made.origin, made.who) == (
        THERE,
        HERE,
        "reader, by hand",
        "A. Reader",
    )
    # middles: 30, 20, 10 mm from the corner of either grid
    assert carried(made, (-300.0 + 30, 40.0 + 20, 900.0 + 10)) == pytest.approx((30.0, 20.0, 10.0))
    assert np.reshape(made.matrix, (4, 4))[:3, :3] == pytest.approx(np.eye(3))


def test_by_hand_changes_nothing_where_a_way_is_known() -> None:
    empty = Session("case")
    assert edits.align_by_hand(empty, study(), PET, CT) is empty
    way = Alignment(HERE, THERE, shifting((1.0, 2.0, 3.0)), "DICOM registration", "maker")
    assert edits.align_by_hand(empty, replace(study(), registrations=(way,)), PET, MR) is empty
    held = edits.set_alignment(empty, way)
    assert edits.align_by_hand(held, study(), PET, MR) is held
    with pytest.raises(KeyError):
        edits.align_by_hand(empty, study(), PET, "none")


def test_moves_follow_one_another() -> None:
    acquisition = study().acquisitions[0]
    first = edits.move_anatomy(Session("case"), acquisition, None, shifting((10.0, 0.0, 0.0)))
    (one,) = first.alignments
    assert (one.from_uid, one.to_uid) == (CT, HERE)
    second = edits.move_anatomy(first, acquisition, one, turning((0, 0, 1), 90.0, (0.0, 0.0, 0.0)))
    (two,) = second.alignments
    # 10 mm along x, then a quarter turn from x to y
    assert carried(two, (1.0, 2.0, 3.0)) == pytest.approx((-2.0, 11.0, 3.0))


def test_one_of_another_frame_is_moved_by_its_frame_and_only_from_a_place() -> None:
    acquisition = study(MR).acquisitions[0]
    with pytest.raises(ReviewError, match="OTHER_FRAME"):
        edits.move_anatomy(Session("case"), acquisition, None, STILL)
    placed = edits.align_by_hand(Session("case"), study(MR), PET, MR)
    moved = edits.move_anatomy(placed, acquisition, placed.alignments[0], shifting((0.0, 4.0, 0.0)))
    (one,) = moved.alignments
    assert one.from_uid == THERE
    assert np.subtract(one.matrix, placed.alignments[0].matrix).reshape(4, 4)[:3, 3] == pytest.approx(
        (0, 4, 0)
    )


def test_a_move_is_not_beaten_by_one_the_other_way_round() -> None:
    back = Alignment(HERE, THERE, STILL, "reader, by hand", "R")
    there = Alignment(THERE, HERE, STILL, "reader, by hand", "R")
    acquisition = study(MR).acquisitions[0]
    for known in ((there, back), (back, there), (back,)):
        session = replace(Session("case"), alignments=known)
        moved = edits.move_anatomy(session, acquisition, there, shifting((1.0, 0.0, 0.0)))
        assert [(a.from_uid, a.matrix[3]) for a in moved.alignments] == [(THERE, 1.0)]


@pytest.mark.parametrize("bad", [tuple(np.diag([2.0, 1, 1, 1]).ravel()), (0.0,) * 16, (float("nan"),) * 16])
def test_what_is_not_rigid_is_refused(bad: Matrix) -> None:
    with pytest.raises(ReviewError, match="ALIGNMENT_NOT_RIGID"):
        edits.move_anatomy(Session("case"), study().acquisitions[0], None, bad)
    alone = replace(study().acquisitions[0], anatomy=None)
    with pytest.raises(ReviewError, match="NO_ANATOMY"):
        edits.move_anatomy(Session("case"), alone, None, STILL)


def test_reset_takes_back_this_anatomys_alignment_and_no_other() -> None:
    acquisition = study().acquisitions[0]
    empty = Session("case")
    assert edits.reset_alignment(empty, acquisition) is empty
    other = edits.align_by_hand(empty, study(), PET, MR)
    moved = edits.move_anatomy(other, acquisition, None, shifting((1.0, 0.0, 0.0)))
    assert edits.reset_alignment(moved, acquisition).alignments == other.alignments
    assert edits.reset_alignment(moved, study(MR).acquisitions[0]).alignments == moved.alignments[1:]


steps = st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(-50, 50), st.floats(-180, 180))


@settings(max_examples=15, deadline=None)
@given(st.lists(steps, min_size=1, max_size=5))
def test_the_journal_keeps_them_to_the_last_bit(moves: list[tuple[float, float, float, float]]) -> None:
    acquisition = study().acquisitions[0]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.session"
        journal = Journal.open(path, "case", "A. Reader")
        for x, y, z, angle in moves:
            known = next(iter(journal.session.alignments), None)
            session = edits.move_anatomy(journal.session, acquisition, known, shifting((x, y, z)))
            turn = turning((1.0, 2.0, 3.0), angle, (x, y, z))
            session = edits.move_anatomy(session, acquisition, session.alignments[0], turn)
            journal.commit(session, "Move CT")
        last, written = journal.session, path.read_bytes()
        journal.close()
        again = Journal.open(path, "case", "A. Reader")
        assert again.session == last
        again.close()
        assert path.read_bytes() == written

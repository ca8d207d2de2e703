"""Pure edits of alignments: where the reader puts the CT or MR of a PET; the PET never moves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import vector
from atsmviewer.model.movement import STILL, Matrix, after, rigid_parts, shifting
from atsmviewer.model.session import Alignment, Session
from atsmviewer.model.study import Acquisition, Series, Study

BY_HAND = "reader, by hand"
"""Origin of every alignment that the mouse or the keys made."""


def set_alignment(session: Session, alignment: Alignment) -> Session:
    """The session with one movement from the one frame of reference to the other; 4 x 4, rigid."""
    if len(alignment.matrix) != 16 or not all(map(math.isfinite, alignment.matrix)):
        raise ReviewError("ALIGNMENT_SHAPE", "An alignment is a 4 x 4 matrix of numbers.", "Align again.")
    same = (alignment.from_uid, alignment.to_uid)
    if any((a.from_uid, a.to_uid) == same for a in session.alignments):
        kept = (alignment if (a.from_uid, a.to_uid) == same else a for a in session.alignments)
        return replace(session, alignments=tuple(kept))
    return replace(session, alignments=(*session.alignments, alignment))


def align_by_hand(
    session: Session, study: Study, pet_uid: str, anatomy_uid: str, who: str = "reader"
) -> Session:
    """The session in which a CT or MR of another frame of reference may be shown with a PET, to be moved.

    It starts with the middle of its box on that of the PET's, unturned. Where the two share a frame of
    reference, or an alignment leads there already, the session is the same. KeyError where the case
    holds no such PET, CT or MR.
    """
    pet, anatomy = study.acquisition(pet_uid), _anatomy(study, anatomy_uid)
    pair = {anatomy.grid.frame_of_reference_uid, pet.frame_of_reference_uid}
    led = any({a.from_uid, a.to_uid} == pair for a in (*study.registrations, *session.alignments))
    if len(pair) == 1 or led:
        return session
    shift = vector(np.subtract(pet.pet.grid.centre_mm, anatomy.grid.centre_mm))
    return set_alignment(session, _by_hand(pet, anatomy, shifting(shift), who))


def move_anatomy(
    session: Session, acquisition: Acquisition, current: Alignment | None, by: Matrix, who: str = "reader"
) -> Session:
    """The session with the CT or MR of a PET moved on: ``by`` follows the alignment that placed it so far.

    Raises
    ------
    ReviewError
        "NO_ANATOMY", "OTHER_FRAME" where it has no place yet to be moved from, "ALIGNMENT_NOT_RIGID".
    """
    anatomy = acquisition.anatomy
    if anatomy is None:
        raise ReviewError("NO_ANATOMY", "There is no CT or MR with this PET.", "Choose one first.")
    same = anatomy.grid.frame_of_reference_uid == acquisition.frame_of_reference_uid
    if current is None and not same:
        what = f"The {anatomy.modality} lies in another frame of reference and has no place here yet."
        raise ReviewError("OTHER_FRAME", what, "Align it by hand, or load a registration.")
    start = STILL if current is None else current.matrix
    if rigid_parts(start) is None or rigid_parts(by) is None:
        what = "That is not a rigid movement."
        raise ReviewError("ALIGNMENT_NOT_RIGID", what, "Align the scans again, rigidly.")
    made = _by_hand(acquisition, anatomy, after(start, by), who)
    # one the other way round says the same of the two, and might come last and win
    other_way = (made.to_uid, made.from_uid)
    kept = tuple(a for a in session.alignments if (a.from_uid, a.to_uid) != other_way)
    return set_alignment(replace(session, alignments=kept), made)


def reset_alignment(session: Session, acquisition: Acquisition) -> Session:
    """The session without the reader's alignments of a PET's CT or MR; a registration's holds again.

    A CT or MR of another frame of reference that no registration leads from is then not shown.
    """
    anatomy = acquisition.anatomy
    if anatomy is None:
        return session
    pair = {_source(acquisition, anatomy), acquisition.frame_of_reference_uid}
    kept = tuple(a for a in session.alignments if {a.from_uid, a.to_uid} != pair)
    return session if len(kept) == len(session.alignments) else replace(session, alignments=kept)


def _by_hand(acquisition: Acquisition, anatomy: Series, matrix: Matrix, who: str) -> Alignment:
    here = acquisition.frame_of_reference_uid
    return Alignment(_source(acquisition, anatomy), here, matrix, BY_HAND, who)


def _source(acquisition: Acquisition, anatomy: Series) -> str:
    """What an alignment of an anatomy starts from: its frame, or itself where that is the PET's own."""
    there = anatomy.grid.frame_of_reference_uid
    return anatomy.uid if there == acquisition.frame_of_reference_uid else there


def _anatomy(study: Study, uid: str) -> Series:
    shown = (a.anatomy for a in study.acquisitions if a.anatomy is not None)
    for series in (*shown, *(one.series for one in study.anatomies)):
        if series.uid == uid:
            return series
    raise KeyError(uid)

"""Owns DICOM Spatial Registration objects: the rigid movements that they state, or why they are set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from pydicom import uid as uids
from pydicom.dataset import Dataset

from atsmviewer.dicom.header.boundary import Header, Rejected
from atsmviewer.dicom.header.person import patient
from atsmviewer.dicom.header.tags import items, numbers, text
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats
from atsmviewer.model.movement import STILL, Matrix, after, as_matrix, backwards, rigid_parts
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Patient

REGISTRATIONS = {uids.SpatialRegistrationStorage, uids.DeformableSpatialRegistrationStorage}
"""Objects that say how frames of reference lie to each other."""
MOST_FRAMES = 32
"""Frames of reference that one object may register: each is led to each other."""
MOST_STEPS = 64
"""Matrices of one item that are multiplied."""
SAME_MM = 0.01
"""Two statements of one movement may differ by this much; they are written with few digits."""


@dataclass(frozen=True)
class Registration:
    """What one object states; ``when`` is its content date and time as written, to order several by."""

    path: Path
    when: str
    alignments: tuple[Alignment, ...]
    patient: Patient

    def says(self, pair: tuple[str, str]) -> Matrix | None:
        """How it moves from one frame of reference to another; None where it does not speak of them."""
        return next((a.matrix for a in self.alignments if (a.from_uid, a.to_uid) == pair), None)

    def before(self, other: Registration) -> bool:
        """Whether it is surely older: both say when, and one does not only say it with fewer digits."""
        alike = self.when.startswith(other.when) or other.when.startswith(self.when)
        return not alike and self.when < other.when


def registration(header: Header) -> Registration | Rejected:
    """The rigid movements of a Spatial Registration object, between every two frames that it names.

    Its matrices take points of each item's frame of reference to the registered one, which is the
    object's own; several matrices of an item are applied in their order (PS3.3 C.20.2.1.1).

    Set aside as REGISTRATION_DEFORMABLE, REGISTRATION_NOT_RIGID, REGISTRATION_BY_IMAGES,
    REGISTRATION_CONTRADICTS or REGISTRATION_BROKEN.
    """
    dataset = header.dataset
    try:
        if text(dataset, "SOPClassUID") == uids.DeformableSpatialRegistrationStorage:
            what = "It bends one scan to another (Deformable Spatial Registration); only rigid ones are used."
            raise ReviewError("REGISTRATION_DEFORMABLE", what, "Export a rigid registration.")
        found = _to_registered(dataset)
    except ReviewError as error:
        return Rejected(header.path, error.code, error.what)
    origin, who = _said(dataset), _who(dataset)
    made = tuple(
        Alignment(a, b, after(found[a], backwards(found[b])), origin, who) for a, b in permutations(found, 2)
    )
    day = text(dataset, "ContentDate") or ""
    when = day + (text(dataset, "ContentTime") or "") if day else ""
    return Registration(header.path, when, made, patient(dataset))


def contradicting(found: Sequence[Registration]) -> list[Registration]:
    """The objects that speak of two frames of reference of which the newest say different things.

    The older ones are among them: to use one would be to prefer what was replaced. Of objects of which it
    is not known which is newer all are the newest.
    """
    pairs = dict.fromkeys((a.from_uid, a.to_uid) for one in found for a in one.alignments)
    against: dict[Path, Registration] = {}
    for pair in pairs:
        told = [(one, matrix) for one in found if (matrix := one.says(pair)) is not None]
        newest = [matrix for one, matrix in told if not any(one.before(other) for other, _ in told)]
        if any(not _same(newest[0], matrix) for matrix in newest):
            against |= {one.path: one for one, _ in told}
    return list(against.values())


def in_order(found: Sequence[Registration]) -> tuple[Alignment, ...]:
    """The alignments of several objects that do not contradict each other, the newest last, which wins."""
    newest_last = sorted(found, key=lambda one: (one.when, one.path))
    return tuple(alignment for one in newest_last for alignment in one.alignments)


def registration_notes(alignments: Iterable[Alignment], frames: set[str]) -> list[str]:
    """What registrations do for a case whose series lie in these frames of reference, a sentence each."""
    notes: dict[str, bool] = {}
    last: dict[tuple[str, str], Matrix] = {}
    older: dict[str, None] = {}
    for one in alignments:
        name, pair = f"{one.origin} ({one.who})", (one.from_uid, one.to_uid)
        notes[name] = notes.get(name, False) or set(pair) <= frames
        if set(pair) <= frames and not _same(last.get(pair, one.matrix), one.matrix):
            older[
                "An older registration between the same frames of reference says otherwise; "
                "the newest is used."
            ] = None
        last[pair] = one.matrix
    unused = "names a frame of reference that no series here has; it is not used."
    used = "leads between frames of reference of this case."
    return [*(f"{name} {used if leads else unused}" for name, leads in notes.items()), *older]


def _to_registered(dataset: Dataset) -> dict[str, Matrix]:
    """By frame of reference the movement to the registered one, which is among them and stays still."""
    to_uid = text(dataset, "FrameOfReferenceUID")
    sources = items(dataset, "RegistrationSequence")
    if not to_uid or not sources or len(sources) > MOST_FRAMES:
        raise _broken("It names no frame of reference, no registration, or too many.")
    found: dict[str, Matrix] = {to_uid: STILL}
    for item in sources:
        from_uid = text(item, "FrameOfReferenceUID")
        if not from_uid:
            what = "It names images instead of a frame of reference."
            raise ReviewError("REGISTRATION_BY_IMAGES", what, "Export it with the frames of reference.")
        matrix = _chain(item)
        if from_uid == to_uid and not _same(STILL, matrix):
            what = "It moves images within one frame of reference; such a movement is not applied."
            raise ReviewError("REGISTRATION_CONTRADICTS", what, "Align by hand, or export it as two frames.")
        if not _same(found.setdefault(from_uid, matrix), matrix):
            what = "It moves one frame of reference in two ways."
            raise ReviewError("REGISTRATION_CONTRADICTS", what, "Export one registration for each scan.")
    return found


def _chain(item: Dataset) -> Matrix:
    """The matrices of one item, the first one applied first, as one rigid movement."""
    steps = [
        (numbers(step, "FrameOfReferenceTransformationMatrix"), step)
        for one in items(item, "MatrixRegistrationSequence")
        for step in items(one, "MatrixSequence")
    ]
    if len(items(item, "MatrixRegistrationSequence")) != 1 or not steps:
        raise _broken("An item of it has no matrix.")
    if len(steps) > MOST_STEPS or any(len(values) != 16 for values, _ in steps):
        raise _broken("A matrix of it does not have 16 numbers, or there are too many.")
    whole = np.eye(4)
    with np.errstate(all="ignore"):  # what overflows is no rigid movement
        for values, _ in steps:
            whole = np.asarray(values, np.float64).reshape(4, 4) @ whole
    parts = rigid_parts(tuple(whole.ravel()))
    if parts is None:
        kinds = " and ".join(dict.fromkeys(text(s, _TYPE) or "of no stated type" for _, s in steps))
        what = f"Its matrix ({kinds}) stretches, shears or mirrors; only rigid movements are used."
        raise ReviewError("REGISTRATION_NOT_RIGID", what, "Export a rigid registration.")
    return as_matrix(*parts)


_TYPE = "FrameOfReferenceTransformationMatrixType"


def _same(one: Matrix, other: Matrix) -> bool:
    """Whether two movements agree over a metre around the origin."""

    def points(matrix: Matrix) -> Floats:
        corners = np.array([[x, y, z, 1.0] for x in (-1e3, 1e3) for y in (-1e3, 1e3) for z in (-1e3, 1e3)])
        return np.asarray(corners @ np.asarray(matrix).reshape(4, 4).T, np.float64)

    return float(np.abs(points(one) - points(other)).max()) <= SAME_MM


def _broken(what: str) -> ReviewError:
    return ReviewError("REGISTRATION_BROKEN", what, "Export the registration again.")


def _said(dataset: Dataset) -> str:
    name = text(dataset, "ContentDescription") or text(dataset, "SeriesDescription")
    return f"DICOM registration {name}" if name else "DICOM registration"


def _who(dataset: Dataset) -> str:
    parts = (text(dataset, "ContentCreatorName"), text(dataset, "Manufacturer"))
    return ", ".join(part.replace("^", " ").strip() for part in parts if part) or "maker not stated"

"""Owns regions, CTs and MRs moved rigidly to a PET's patient space, only as an alignment says (R42)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from weakref import WeakKeyDictionary, ref

import numpy as np

from atsmviewer.model.assessment import Missing
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid, Vector, vector
from atsmviewer.model.movement import STILL, backwards, rigid_parts
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, ImportedMask, Isocontour, Prism, Roi, Shape
from atsmviewer.model.session import Alignment, Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.volume import Volume
from atsmviewer.quant.kept import alive

_PLACED = 4
"""How many places of one CT are remembered: a drag makes one a frame, and nobody comes back to them."""


def alignments_of(study: Study, session: Session) -> tuple[Alignment, ...]:
    """Every alignment that may be followed, the reader's after those of registrations: the last one wins."""
    return (*study.registrations, *session.alignments)


def alignment_between(alignments: Sequence[Alignment], from_uid: str, to_uid: str) -> Alignment | None:
    """The last alignment from one frame of reference to another, or the inverse of one the other way.

    Nothing is chained: two alignments never make a third.
    """
    for one in reversed(alignments):
        if (one.from_uid, one.to_uid) == (from_uid, to_uid):
            return one
        if (one.from_uid, one.to_uid) == (to_uid, from_uid):
            rigid(one)
            matrix = backwards(one.matrix)
            return Alignment(from_uid, to_uid, matrix, f"inverse of {one.origin}", one.who)
    return None


def said(alignment: Alignment) -> str:
    """An alignment's origin and who made it, as they are printed."""
    return f"{alignment.origin} ({alignment.who})"


def brought(
    rois: Sequence[Roi], alignments: Sequence[Alignment], to_uid: str
) -> tuple[list[Roi], dict[str, Alignment], list[Missing]]:
    """The regions of a frame of reference in drawing order: its own, and those that an alignment leads there.

    Also which alignment moved which region (by its uid), and why some were not moved.
    """
    here: list[Roi] = []
    moved: dict[str, Alignment] = {}
    refused: list[Missing] = []
    for roi in rois:
        if roi.frame_of_reference_uid == to_uid:
            here.append(roi)
            continue
        try:
            way = alignment_between(alignments, roi.frame_of_reference_uid, to_uid)
            if way is not None:
                shape = aligned(roi.shape, way)
                here.append(replace(roi, shape=shape, frame_of_reference_uid=to_uid))
                moved[roi.uid] = way
        except ReviewError as error:
            refused.append(Missing("rois", error.code, f"{roi.name}: {error.what} {error.remedy}"))
    return here, moved, refused


def regions_in(study: Study, session: Session, acquisition_uid: str) -> tuple[Session, dict[str, str]]:
    """The session with the regions that lie in one acquisition's space, or that an alignment leads there.

    Also where those that were brought come from, by uid: "from scan B", the letter by order of time.
    """
    to_uid = study.acquisition(acquisition_uid).frame_of_reference_uid
    here, moved, _ = brought(session.rois, alignments_of(study, session), to_uid)
    frames = [a.frame_of_reference_uid for a in study.acquisitions]
    drawn = {roi.uid: roi.frame_of_reference_uid for roi in session.rois}
    letters = {frame: f"from scan {chr(65 + at)}" for at, frame in reversed(list(enumerate(frames)))}
    words = {uid: letters.get(drawn[uid], "from another scan") for uid in moved}
    return replace(session, rois=tuple(here)), words


def rigid(alignment: Alignment) -> tuple[Floats, Floats]:
    """Rotation (3, 3) and shift in mm (3,) of an alignment, the rotation made exact.

    Raises
    ------
    ReviewError
        "ALIGNMENT_NOT_RIGID" where the matrix stretches, shears, mirrors, or is no 4 x 4 of numbers.
    """
    parts = rigid_parts(alignment.matrix)
    if parts is None:
        what = f"The alignment by {said(alignment)} is not a rigid movement."
        raise ReviewError("ALIGNMENT_NOT_RIGID", what, "Align the scans again, rigidly.")
    return parts


def aligned(shape: Shape, alignment: Alignment) -> Shape:
    """A shape of the alignment's ``from_uid`` in its ``to_uid``: same size, moved rigidly.

    Raises
    ------
    ReviewError
        "ALIGNMENT_NOT_RIGID".
    """
    return _aligned(ref(shape), alignment)


@lru_cache(maxsize=128)
def _aligned(shape_ref: ref[Shape], alignment: Alignment) -> Shape:
    turn, shift = rigid(alignment)
    return _moved(alive(shape_ref), turn, shift, alignment.to_uid)


def _moved(shape: Shape, turn: Floats, shift: Floats, to_uid: str) -> Shape:
    def point(mm: Vector) -> Vector:
        return vector(turn @ np.asarray(mm, np.float64) + shift)

    if isinstance(shape, Ellipsoid):
        axes = np.asarray(shape.axes, np.float64).reshape(3, 3) @ turn.T
        return Ellipsoid(point(shape.centre_mm), shape.radii_mm, tuple(float(v) for v in axes.ravel()))
    if isinstance(shape, Prism):
        contours = tuple(Contour(tuple(point(mm) for mm in one.points_mm)) for one in shape.contours)
        return Prism(contours, vector(turn @ np.asarray(shape.normal, np.float64)), shape.thickness_mm)
    if isinstance(shape, ImportedMask):
        return ImportedMask(moved_grid(shape.grid, turn, shift, to_uid), shape.voxels)
    if isinstance(shape, Isocontour):
        seed = None if shape.seed_mm is None else point(shape.seed_mm)
        return replace(shape, inside=_moved(shape.inside, turn, shift, to_uid), seed_mm=seed)
    return Combined(shape.operation, tuple(_moved(part, turn, shift, to_uid) for part in shape.parts))


def moved_grid(grid: Grid, turn: Floats, shift: Floats, to_uid: str) -> Grid:
    """A lattice moved rigidly: rotation (3, 3), then shift in mm."""
    matrix = np.column_stack([turn @ grid.matrix[:3, :3], turn @ grid.matrix[:3, 3] + shift])
    return Grid(grid.shape, tuple(float(v) for v in matrix.ravel()), to_uid)


def anatomy_way(acquisition: Acquisition, alignments: Sequence[Alignment]) -> Alignment | None:
    """The alignment that places the CT or MR of a PET; None where none does.

    Within the PET's own frame of reference that is one of the anatomy's series, else one of its frame.
    """
    anatomy, volume = acquisition.anatomy, acquisition.anatomy_volume
    source = anatomy or volume
    if source is None:
        return None
    here, there = acquisition.frame_of_reference_uid, source.grid.frame_of_reference_uid
    if there != here:
        return alignment_between(alignments, there, here)
    uid = anatomy.uid if anatomy is not None else source.series_uid if isinstance(source, Volume) else ""
    own = (one for one in reversed(alignments) if (one.from_uid, one.to_uid) == (uid, here))
    return next(own, None)


def placed_anatomy(
    acquisition: Acquisition, alignments: Sequence[Alignment]
) -> tuple[Volume | None, Alignment | None]:
    """The CT or MR of a PET in the PET's patient space, and the alignment that placed it there, if any.

    Its voxels are the very same, on a lattice that is moved: nothing is resampled, and the PET stays where
    it is. The volume is None where it is not loaded, or lies in another frame of reference and nothing
    leads from there.

    Raises
    ------
    ReviewError
        "ALIGNMENT_NOT_RIGID".
    """
    volume, way = acquisition.anatomy_volume, anatomy_way(acquisition, alignments)
    if volume is None or way is None:
        here = acquisition.frame_of_reference_uid
        same = volume is not None and volume.grid.frame_of_reference_uid == here
        return (volume if same else None), way
    return _placed(volume, way), way


def placed_study(study: Study, session: Session) -> Study:
    """The study with every CT and MR where alignments put it, for pictures; none that has no place."""
    alignments = alignments_of(study, session)

    def placed(acquisition: Acquisition) -> Acquisition:
        try:
            return replace(acquisition, anatomy_volume=placed_anatomy(acquisition, alignments)[0])
        except ReviewError:  # said where HU are withheld; a picture shows the PET alone
            return replace(acquisition, anatomy_volume=None)

    return replace(study, acquisitions=tuple(map(placed, study.acquisitions)))


_places: WeakKeyDictionary[Volume, OrderedDict[Alignment, Volume]] = WeakKeyDictionary()
_lock = Lock()


def _placed(volume: Volume, way: Alignment) -> Volume:
    """One volume a place, so that it may key caches; a movement of nothing leaves the volume itself."""
    same = volume.grid.frame_of_reference_uid == way.to_uid
    if same and way.matrix == STILL:
        return volume
    with _lock:
        known = _places.setdefault(volume, OrderedDict())
        if way not in known:
            known[way] = replace(volume, grid=moved_grid(volume.grid, *rigid(way), way.to_uid))
            while len(known) > _PLACED:
                known.popitem(last=False)
        known.move_to_end(way)
        return known[way]

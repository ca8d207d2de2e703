"""Owns how far alignments moved what is shown and measured with a PET: one line for each followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from atsmviewer.model.assessment import Missing
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Vector, vector
from atsmviewer.model.movement import backwards, travel
from atsmviewer.model.placement import Placement
from atsmviewer.model.roi import Roi
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Acquisition
from atsmviewer.quant.aligned import anatomy_way, rigid


def placements(
    acquisition: Acquisition,
    alignments: Sequence[Alignment],
    rois: Sequence[Roi],
    moved: Mapping[str, Alignment],
) -> tuple[list[Placement], list[Missing]]:
    """What alignments placed in an acquisition's patient space, its CT or MR first; and why one could not.

    ``moved`` says which alignment brought which of the ``rois``, by uid.
    """
    found: list[Placement] = []
    refused: list[Missing] = []
    try:
        way = anatomy_way(acquisition, alignments)
        if way is not None:
            rigid(way)
            name = acquisition.anatomy.modality if acquisition.anatomy is not None else "CT"
            found.append(_placement(acquisition, name, True, way))
    except ReviewError as error:
        refused.append(Missing("anatomy", error.code, f"{error.what} {error.remedy}"))
    for one in dict.fromkeys(moved.values()):
        names = ", ".join(roi.name for roi in rois if moved.get(roi.uid) == one)
        found.append(_placement(acquisition, names, False, one))
    return found, refused


def reach(acquisition: Acquisition, matrix: Sequence[float]) -> tuple[Vector, Vector]:
    """How far a movement brings what then lies at the middle of the PET, mm; its rotation vector, degrees.

    A shift of a turned scan depends on the place that it is told of; the middle of the PET is where one
    looks. Ids ``alignment.shift/1`` and ``alignment.turn/1``. ValueError where it is not rigid.
    """
    back, turned_back = travel(backwards(matrix), acquisition.pet.grid.centre_mm)
    return vector(-v for v in back), vector(-v for v in turned_back)


def _placement(acquisition: Acquisition, what: str, is_anatomy: bool, way: Alignment) -> Placement:
    return Placement(acquisition.uid, what, is_anatomy, way, *reach(acquisition, way.matrix))

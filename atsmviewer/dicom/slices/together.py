"""Owns which slices of a series can be of one stack: one kind, one size, one spacing, one orientation."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.slices.geometry import COSINES_ALIKE, SPACING_ALIKE
from atsmviewer.dicom.slices.instance import Instance


def stacks_of(members: Sequence[Instance]) -> list[list[Instance]]:
    """Slices by stack: each goes to the first stack whose first slice is alike, else begins one.

    A series may have as many orientations as slices, so a slice is compared with all stacks at once.
    """
    stacks: list[list[Instance]] = []
    homes: dict[Hashable, list[Instance]] = {}
    kinds: dict[Hashable, int] = {}
    firsts = np.empty((9, len(members)))  # kind, spacing and cosines of the first slice of each stack
    for one in members:
        check()
        kind = one.modality, one.frame_of_reference_uid, one.plane.size
        plane = *one.plane.spacing_mm, *one.plane.row, *one.plane.column
        home = homes.get((kind, plane))
        if home is None:
            own = np.array([[kinds.setdefault(kind, len(kinds))], *([v] for v in plane)])
            limits = np.array([[0.0], *([SPACING_ALIKE * v] for v in plane[:2]), *[[COSINES_ALIKE]] * 6])
            near = (np.abs(firsts[:, : len(stacks)] - own) <= limits).all(axis=0)
            if not near.any():
                firsts[:, len(stacks) : len(stacks) + 1] = own
                stacks.append([])
                near = np.append(near, True)
            home = homes[kind, plane] = stacks[int(near.argmax())]
        home.append(one)
    return stacks

"""What the first picture of a case needs, made on the worker thread before the case is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from atsmviewer.model.grid import Vector
from atsmviewer.model.viewing import Viewing
from atsmviewer.model.volume import Volume
from atsmviewer.render.fuse import joint_table
from atsmviewer.render.maps import paper_table
from atsmviewer.render.slices import native_slice

if TYPE_CHECKING:
    from atsmviewer.workflow.opening import Case


def beforehand(case: Case, viewing: Viewing) -> Case:
    """The same case, once the colours of the look and the middle slices across memory are kept ready.

    All of it is what the views ask for anyway, and remember; without it they would make it while the
    event loop stands still.
    """
    from atsmviewer.workflow.firstlook import first_looked  # imported already by the worker

    joint_table(viewing.colour_map, viewing.blend)
    paper_table()
    looked = first_looked(case.study)
    middle = looked.view_grid.centre_mm
    for volume in (looked.anatomy_volume, looked.frame(looked.looked_at).volume):
        if volume is not None:
            _middle(volume, middle)
    return case


def _middle(volume: Volume, point_mm: Vector) -> None:
    column = round(float(volume.grid.to_index(np.array(point_mm))[2]))
    if 0 <= column < volume.grid.shape[2]:
        native_slice(volume, 2, column)

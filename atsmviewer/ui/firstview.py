"""How a time point is looked at first: where the cross stands, and a PET window that fits unit and tracer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atsmviewer.model.roi import Ellipsoid
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.viewing import Viewing, Window
from atsmviewer.model.volume import Unit
from atsmviewer.quant.assess import frame_scale
from atsmviewer.render.windows import body_window

SAMPLES = 200_000
"""How many voxels a window is derived from: enough for a percentile, quick for any volume."""


def first_view(study: Study, uid: str, session: Session, now: Viewing) -> Viewing:
    """Cursor on what was drawn, else the middle; a PET window that fits unit and tracer."""
    acquisition = study.acquisition(uid)
    frame = acquisition.frame_of_reference_uid
    drawn = [r for r in session.rois if r.frame_of_reference_uid == frame and isinstance(r.shape, Ellipsoid)]
    cursor = acquisition.view_grid.centre_mm
    if drawn and isinstance(drawn[0].shape, Ellipsoid):
        cursor = drawn[0].shape.centre_mm
    return replace(
        now,
        acquisition_uid=uid,
        frame=acquisition.looked_at,
        cursor_mm=cursor,
        pet_window=first_window(acquisition, session),
        selected_roi=drawn[0].uid if drawn else None,
        tool=now.tool if drawn else "sphere:tumour",
    )


def first_window(acquisition: Acquisition, session: Session, number: int | None = None) -> Window:
    """0 to 3 g/ml for Cu-ATSM, 0 to 6 for others; in other units from the data, never a stale SUV window.

    Of the frame of that number, else of the one looked at first.
    """
    frame = acquisition.frame(acquisition.looked_at if number is None else number)
    scale = frame_scale(acquisition, frame, session)
    if scale.unit is Unit.SUV:
        return (0.0, 3.0 if scale.tracer_is_cu_atsm else 6.0)
    volume = frame.volume
    if volume is None:
        return (0.0, 1.0)
    step = max(1, round((volume.voxels.size / SAMPLES) ** (1 / 3)))
    sampled = volume.voxels[::step, ::step, ::step]
    return body_window(sampled * np.float32(max(scale.slice_factors)))

"""The range of a PET's shown values: whole voxels, once, outside any frame budget."""

from __future__ import annotations

import numpy as np

from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale


def value_range(acquisition: Acquisition, scale: Scale) -> tuple[float | None, float | None]:
    """Smallest and largest value of the loaded frame in the scale's unit; None where nothing is loaded."""
    volume = acquisition.frames[0].volume
    if volume is None:
        return None, None
    axes = (1, 2)
    low = np.nanmin(volume.voxels, axis=axes).astype(np.float64)
    high = np.nanmax(volume.voxels, axis=axes).astype(np.float64)
    factors = np.broadcast_to(np.asarray(scale.slice_factors), low.shape)
    return float(np.nanmin(low * factors)), float(np.nanmax(high * factors))

"""Owns the values of voxels in the shown unit."""

from __future__ import annotations

import numpy as np

from atsmviewer.model.grid import Floats
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Box


def scaled(volume: Volume, scale: Scale, box: Box) -> Floats:
    """Values of a box of voxels in the scale's unit, in float64."""
    values = volume.voxels[box].astype(np.float64)
    if len(scale.slice_factors) == 1 or len(set(scale.slice_factors)) == 1:
        return np.asarray(values * scale.slice_factors[0], np.float64)
    factors = np.asarray(scale.slice_factors[box[0]], np.float64)
    return np.asarray(values * factors[:, None, None], np.float64)

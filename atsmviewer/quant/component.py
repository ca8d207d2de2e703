"""Owns the largest connected part of a hypoxic volume, by SimpleITK's labelling (R27, 26 neighbours)."""

from __future__ import annotations

from weakref import ref

import numpy as np
import SimpleITK as sitk

from atsmviewer.model.assessment import Measurement, Number
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.kept import alive
from atsmviewer.quant.sample import Region, region_mask
from atsmviewer.quant.values import scaled

QUANTITY = "hypoxic_largest"


def largest_part(
    where: Region, volume_ref: ref[Volume], scale_ref: ref[Scale], rule: str, level: float, inclusive: bool
) -> Number:
    """Volume in ml of the largest part of {value > level} whose voxels touch by face, edge or corner.

    Weights count as in the hypoxic volume, so the parts add up to it. 0 ml where nothing is above.
    """
    volume = alive(volume_ref)
    found = region_mask(where, volume_ref, scale_ref, rule)
    values = scaled(volume, alive(scale_ref), found.box)
    above = (values >= level if inclusive else values > level) & (found.weights > 0)
    weight = 0.0
    if above.any():
        parts = sitk.ConnectedComponent(sitk.GetImageFromArray(above.astype(np.uint8)), True)
        labels = sitk.GetArrayFromImage(parts)  # a copy: a view would outlive its image
        weight = float(np.bincount(labels[above], found.weights[above].astype(np.float64))[1:].max())
    return Measurement(QUANTITY, weight * volume.grid.voxel_ml, "ml", "hv.largest/1")

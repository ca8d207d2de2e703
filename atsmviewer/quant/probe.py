"""Owns the value under the cursor: the nearest native voxel of PET and CT, nothing interpolated."""

from __future__ import annotations

import math

import numpy as np

from atsmviewer.model.grid import Vector
from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume


def probe(
    acquisition: Acquisition, scale: Scale, point_mm: Vector, frame: int | None = None
) -> tuple[float | None, float | None]:
    """(PET value in the scale's unit, HU) at a point, LPS mm; None outside, at a gap, or not loaded.

    ``frame`` is the number of a frame, by default the first. T/M there is the value over the muscle mean.
    """
    frames = [f for f in acquisition.frames if frame is None or f.number == frame]
    pet = frames[0].volume if frames else None
    value = None
    if pet is not None and (at := _voxel(pet, point_mm)) is not None:
        factor = scale.slice_factors[at[0] if len(scale.slice_factors) > 1 else 0]
        value = _finite(float(pet.voxels[at]) * factor)
    ct, hu = acquisition.anatomy_volume, None
    same = ct is not None and ct.grid.frame_of_reference_uid == acquisition.frame_of_reference_uid
    if ct is not None and same and ct.unit is Unit.HU and (at := _voxel(ct, point_mm)) is not None:
        hu = _finite(float(ct.voxels[at]))
    return value, hu


def _voxel(volume: Volume, point_mm: Vector) -> tuple[int, int, int] | None:
    """The voxel that a point lies in; the low face belongs to it, the high face to the next."""
    index = np.floor(volume.grid.to_index(np.asarray(point_mm, np.float64)) + 0.5)
    if not all(0 <= i < n for i, n in zip(index, volume.grid.shape, strict=True)):
        return None
    return int(index[0]), int(index[1]), int(index[2])


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

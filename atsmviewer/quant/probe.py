"""Owns the value under the cursor: the nearest native voxel of PET and CT, nothing interpolated."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Vector
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.aligned import placed_anatomy
from atsmviewer.quant.hounsfield import without


def probe(
    acquisition: Acquisition,
    scale: Scale,
    point_mm: Vector,
    frame: int | None = None,
    alignments: Sequence[Alignment] = (),
) -> tuple[float | None, float | None]:
    """(PET value in the scale's unit, HU) at a point, LPS mm; None outside, at a gap, not loaded, or uneven.

    ``frame`` is the number of a frame, by default the first; the CT is asked where ``alignments`` place it.
    T/M there is the value over the muscle mean.
    """
    frames = [f for f in acquisition.frames if frame is None or f.number == frame]
    pet = frames[0].volume if frames and not acquisition.pet.irregular else None
    value = None
    if pet is not None and (at := _voxel(pet, point_mm)) is not None:
        factor = scale.slice_factors[at[0] if len(scale.slice_factors) > 1 else 0]
        value = _finite(float(pet.voxels[at]) * factor)
    return value, _hu(acquisition, point_mm, alignments)


def _hu(acquisition: Acquisition, point_mm: Vector, alignments: Sequence[Alignment]) -> float | None:
    try:
        ct, _ = placed_anatomy(acquisition, alignments)
    except ReviewError:
        return None
    if ct is None or ct.unit is not Unit.HU or without(acquisition) is not None:
        return None
    at = _voxel(ct, point_mm)
    return None if at is None else _finite(float(ct.voxels[at]))


def _voxel(volume: Volume, point_mm: Vector) -> tuple[int, int, int] | None:
    """The voxel that a point lies in; the low face belongs to it, the high face to the next."""
    index = np.floor(volume.grid.to_index(np.asarray(point_mm, np.float64)) + 0.5)
    if not all(0 <= i < n for i, n in zip(index, volume.grid.shape, strict=True)):
        return None
    return int(index[0]), int(index[1]), int(index[2])


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

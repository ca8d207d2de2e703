"""Owns the way from a muscle to the nearest hot tissue, by SimpleITK's distance map on a box (R29)."""

from __future__ import annotations

from functools import lru_cache
from weakref import ref

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.model.errors import Flag
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Box
from atsmviewer.quant.kept import alive
from atsmviewer.quant.sample import Region, region_mask
from atsmviewer.quant.values import scaled

REACH_MM = 50.0
"""How far is looked; hot tissue farther away spills nothing into a muscle."""

QUANTITY = "muscle_distance"

SQUARE = 1e-3
"""Largest cosine between two axes of a lattice that still counts as perpendicular."""


def nearest_hot(
    regions: tuple[Region, ...],
    volume_ref: ref[Volume],
    scale_ref: ref[Scale],
    rule: str,
    level: float,
    least_ml: float,
) -> Number:
    """The shortest way in mm from a voxel of the regions to a hot one, centre to centre; 0 where one is hot.

    Hot are voxels above ``level`` (shown unit) that hang together by face, edge or corner to at least
    ``least_ml`` within reach: less than that cannot be told from noise. At most ``REACH_MM``, and
    flagged there.
    """
    steps = alive(volume_ref).grid.matrix[:3, :3]
    axes = steps / np.linalg.norm(steps, axis=0)
    if np.abs(axes.T @ axes - np.eye(3)).max() > SQUARE:
        return Missing(QUANTITY, "oblique", "The PET's lattice is sheared, so this distance is not measured.")
    ways = [_way(one, volume_ref, scale_ref, rule, level, least_ml) for one in regions]
    shortest = min(ways, default=REACH_MM)
    inputs = (("hot_above", repr(level)), ("hot_from_ml", repr(least_ml)))
    flags: tuple[Flag, ...] = ()
    if shortest >= REACH_MM:
        flags = (Flag("AT_LEAST", f"Nothing hot within {REACH_MM:g} mm; the distance is at least that."),)
    return Measurement(QUANTITY, min(shortest, REACH_MM), "mm", "muscle.distance/1", inputs, flags=flags)


@lru_cache(maxsize=64)
def _way(
    where: Region,
    volume_ref: ref[Volume],
    scale_ref: ref[Scale],
    rule: str,
    level: float,
    least_ml: float,
) -> float:
    volume = alive(volume_ref)
    found = region_mask(where, volume_ref, scale_ref, rule)
    core = found.weights >= min(0.5, float(found.weights.max(initial=0)))
    box = _around(found.box, volume.grid)
    hot = scaled(volume, alive(scale_ref), box) > level
    if not hot.any():
        return REACH_MM
    at = np.argwhere(core & (found.weights > 0)) + [
        own.start - wide.start for own, wide in zip(found.box, box, strict=True)
    ]
    return float(_distances(hot, volume.grid, least_ml)[tuple(at.T)].min(initial=REACH_MM))


def _around(box: Box, grid: Grid) -> Box:
    """The box and what lies within the reach of it, inside the image."""
    margins = [int(np.ceil(REACH_MM / step)) for step in grid.spacing_mm]
    s, r, c = (
        slice(max(side.start - margin, 0), min(side.stop + margin, count))
        for side, margin, count in zip(box, margins, grid.shape, strict=True)
    )
    return s, r, c


def _distances(hot: NDArray[np.bool_], grid: Grid, least_ml: float) -> Floats:
    """The way from each voxel of a box to the nearest hot part that is large enough; far where none is."""
    image = sitk.GetImageFromArray(hot.astype(np.uint8))
    image.SetSpacing(grid.spacing_mm[::-1])
    least = int(np.ceil(least_ml / grid.voxel_ml))
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(image, True), least)
    large = sitk.Greater(parts, 0)
    if not sitk.GetArrayViewFromImage(large).any():
        return np.full(hot.shape, REACH_MM)
    far = sitk.SignedMaurerDistanceMap(large, False, False, True)
    return np.maximum(np.asarray(sitk.GetArrayFromImage(far), np.float64), 0.0)

"""Owns where regions overlap on a PET's voxels, and regions joined so that no voxel counts twice."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from atsmviewer.quant.box import Mask
from atsmviewer.quant.isocontour import Place
from atsmviewer.quant.kept import alive
from atsmviewer.quant.sample import Region, Sample, region_mask, sample, union

TOUCHING = 0.01
"""How far weights of regions that only touch may add up beyond a whole voxel, as a part of it."""


def shared_ml(one: Region, other: Region, place: Place) -> float:
    """Volume in ml that two regions share at least, Σ (w₁ + w₂ − 1) · V where that is above zero.

    In a voxel that both fill in part they may lie side by side, so regions that only touch share nothing.
    """
    first, second = region_mask(one, *place), region_mask(other, *place)
    low = [max(a.start, b.start) for a, b in zip(first.box, second.box, strict=True)]
    high = [min(a.stop, b.stop) for a, b in zip(first.box, second.box, strict=True)]
    if any(a >= b for a, b in zip(low, high, strict=True)):
        return 0.0
    both = _part(first, low, high) + _part(second, low, high) - 1
    return float(both[both > TOUCHING].sum()) * alive(place[0]).grid.voxel_ml


def _part(found: Mask, low: list[int], high: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The weights of a mask between two indices of the grid."""
    s, r, c = (slice(a - side.start, b - side.start) for a, b, side in zip(low, high, found.box, strict=True))
    return found.weights[s, r, c].astype(np.float64)


@lru_cache(maxsize=64)
def once(regions: tuple[Region, ...], place: Place) -> tuple[Sample, ...]:
    """The voxels of regions, those that overlap joined into one, so that each voxel counts once."""
    groups: list[tuple[Region, ...]] = []
    for one in regions:
        near = [group for group in groups if any(shared_ml(other, one, place) > 0 for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append((*(other for group in near for other in group), one))
    return tuple(sample(g[0], *place) if len(g) == 1 else union(g, *place) for g in groups)

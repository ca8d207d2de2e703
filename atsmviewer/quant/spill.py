"""Owns whether something hotter lies beside a region, near enough for its activity to spill in (R22)."""

from __future__ import annotations

from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import Flag
from atsmviewer.model.grid import Floats
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.kept import alive
from atsmviewer.quant.sample import Region, region_mask
from atsmviewer.quant.values import scaled

WIDTHS = 2.0
"""How many widths of the PET's resolution a neighbour reaches."""

_AT_ONCE = 256


@lru_cache(maxsize=64)
def spill_in(
    where: Region, volume_ref: ref[Volume], scale_ref: ref[Scale], unit: str, rule: str, fwhm_mm: float
) -> Flag | None:
    """SPILL_IN where a voxel within 2 x FWHM outside a region is above the region's maximum.

    Voxels of the region are those that weigh at least one half (R20); distances are between voxel centres.
    """
    volume = alive(volume_ref)
    found = region_mask(where, volume_ref, scale_ref, rule)
    heaviest = float(found.weights.max(initial=0))
    if heaviest <= 0:
        return None
    reach_mm = WIDTHS * fwhm_mm
    reach = np.ceil(reach_mm * np.linalg.norm(volume.grid.inverse[:3, :3], axis=1)).astype(int).tolist()
    ends = [
        (max(side.start - n, 0), min(side.stop + n, count))
        for side, n, count in zip(found.box, reach, volume.grid.shape, strict=True)
    ]
    s, r, c = (slice(a, b) for a, b in ends)
    pads = [(side.start - a, b - side.stop) for side, (a, b) in zip(found.box, ends, strict=True)]
    region = np.pad(found.weights >= min(0.5, heaviest), pads)
    values = scaled(volume, alive(scale_ref), (s, r, c))
    top = float(values[region].max())
    at = _hottest_near(values, region, top, volume.grid.matrix[:3, :3], reach_mm)
    if at is None:
        return None
    hottest, away_mm = at
    what = f"{hottest:.3g} {unit} lies {away_mm:.0f} mm outside the region, whose maximum is {top:.3g}: "
    return Flag("SPILL_IN", what + "its activity may spill in.")


def _hottest_near(
    values: Floats, region: NDArray[np.bool_], top: float, steps: Floats, reach_mm: float
) -> tuple[float, float] | None:
    """The highest value above ``top`` within reach of the region, and its distance in mm; None without."""
    hotter = np.argwhere((values > top) & ~region)
    heights = values[tuple(hotter.T)]
    order = np.argsort(-heights, kind="stable")
    rim = np.argwhere(_rim(region)) @ steps.T
    for first in range(0, len(order), _AT_ONCE):
        chosen = order[first : first + _AT_ONCE]
        apart = np.linalg.norm((hotter[chosen] @ steps.T)[:, None] - rim, axis=2).min(axis=1)
        near = np.flatnonzero(apart <= reach_mm)
        if len(near):
            return float(heights[chosen[near[0]]]), float(apart[near[0]])
    return None


def _rim(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels of a region that have a neighbour outside it by a face: no other is nearest to the outside."""
    inner = np.pad(region, 1)
    s, r, c = region.shape
    core = region.copy()
    for axis in range(3):
        for shift in (0, 2):
            start = [1, 1, 1]
            start[axis] = shift
            core &= inner[start[0] : start[0] + s, start[1] : start[1] + r, start[2] : start[2] + c]
    return region & ~core

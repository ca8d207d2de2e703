"""Owns SUVpeak in three named variants, local and global by IBSI and the sphere of 1 ml, and their doubts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.model.errors import Flag
from atsmviewer.model.grid import Floats
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Box, Mask
from atsmviewer.quant.kept import alive
from atsmviewer.quant.sample import Region, region_mask
from atsmviewer.quant.spheres import Surroundings, kernel, surroundings

PEAKS = ("peak_1ml", "peak_local", "peak_global")


@dataclass(frozen=True, eq=False)
class Peaks:
    """The numbers of ``PEAKS``, each with the doubts about it, and all doubts together."""

    numbers: tuple[Number, ...]
    flags: tuple[Flag, ...] = ()


@lru_cache(maxsize=64)
def peaks(where: Region, volume_ref: ref[Volume], scale_ref: ref[Scale], unit: str, rule: str) -> Peaks:
    """The highest mean of a sphere around any voxel of a region, neighbours outside it included (R22).

    The region's voxels are, as for its maximum, those that weigh at least one half (R20).
    """
    volume = alive(volume_ref)
    found = region_mask(where, volume_ref, scale_ref, rule)
    heaviest = float(found.weights.max(initial=0))
    if heaviest <= 0:
        return _none("empty", "This region holds no voxel of the PET.")
    box, core = _tight(found, found.weights >= min(0.5, heaviest))
    around = surroundings(volume, alive(scale_ref), box)
    region = np.pad(core, [(n, n) for n in around.reach])
    one_ml, counted = (means[core] for means in around.means())
    own = around.values[region]
    if not np.isfinite([own.max(), one_ml.max(), counted.max()]).all():
        if not volume.gaps:
            return _none("no_value", "A sphere around a voxel of this region holds padding, without a value.")
        return _none("gap", "A sphere around a voxel of this region touches a missing slice.")
    local = np.where(own == own.max(), counted, -np.inf)
    small = _small(float(found.weights.sum()) * volume.grid.voxel_ml)
    places = np.argwhere(core)
    numbers = []
    for name, means in zip(PEAKS, (one_ml, local, counted), strict=True):
        best = int(np.argmax(means))
        weights = kernel(around.steps, "fraction" if name == "peak_1ml" else "centre")
        flags = small + _doubts(around, tuple(places[best].tolist()), weights, region, unit)
        id_ = f"{name.replace('peak_', 'peak.')}/1"
        numbers.append(Measurement(name, float(means[best]), unit, id_, flags=flags))
    every = dict.fromkeys(flag for number in numbers for flag in number.flags)
    return Peaks(tuple(numbers), tuple(every))


def _doubts(
    around: Surroundings, index: tuple[int, ...], weights: Floats, region: NDArray[np.bool_], unit: str
) -> tuple[Flag, ...]:
    """Whether a sphere leaves the image, or holds a voxel outside the region above the region's maximum."""
    flags = []
    near, used = around.near(index), weights > 0
    if around.image is not None:
        inside = around.image[near] > 0
        if not inside[used].all():
            part = float(weights[inside].sum() / weights.sum())
            what = f"The peak's sphere leaves the image and is averaged over {part:.2f} of it."
            flags.append(Flag("PEAK_CLIPPED", what))
            used &= inside
    top = float(around.values[region].max())
    beside = float(around.values[near][used & ~region[near]].max(initial=-np.inf))
    if beside > top:
        what = f"The peak's sphere holds {beside:.3g} {unit} outside the region, whose maximum is {top:.3g}."
        flags.append(Flag("PEAK_OUTSIDE", what))
    return tuple(flags)


def _tight(found: Mask, core: NDArray[np.bool_]) -> tuple[Box, NDArray[np.bool_]]:
    """The smallest box around the voxels that may be centres."""
    ends = [(int(i.min()), int(i.max()) + 1) for i in np.nonzero(core)]
    s, r, c = (slice(side.start + a, side.start + b) for side, (a, b) in zip(found.box, ends, strict=True))
    return (s, r, c), core[tuple(slice(a, b) for a, b in ends)]


def _none(code: str, what: str) -> Peaks:
    return Peaks(tuple(Missing(name, code, what) for name in PEAKS))


def _small(volume_ml: float) -> tuple[Flag, ...]:
    if volume_ml >= 1.0:
        return ()
    what = f"The region has {volume_ml:.2f} ml; the peak's sphere has 1 ml."
    return (Flag("ROI_SMALLER_THAN_PEAK", what),)

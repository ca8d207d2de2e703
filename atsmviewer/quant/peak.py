"""Owns SUVpeak in three named variants: local and global by IBSI, and the sphere of exactly 1 ml (R22)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.model.errors import Flag
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Box, Mask
from atsmviewer.quant.ellipsoid import ellipsoid_mask
from atsmviewer.quant.kept import alive
from atsmviewer.quant.sample import Region, region_mask, scaled

RADIUS_MM = (3000.0 / (4.0 * np.pi)) ** (1.0 / 3.0)
"""Radius of a sphere of 1 ml: 6.2035 mm."""

PEAKS = ("peak_1ml", "peak_local", "peak_global")


@dataclass(frozen=True, eq=False)
class Peaks:
    """The numbers of ``PEAKS`` and the doubts about them."""

    numbers: tuple[Number, ...]
    flags: tuple[Flag, ...] = ()


@lru_cache(maxsize=8)
def kernel(spacing: tuple[float, ...], rule: str) -> Floats:
    """Weights of voxels within ``RADIUS_MM`` of a central one; ``spacing`` is the 3 x 3 index-to-mm map."""
    steps = np.asarray(spacing, np.float64).reshape(3, 3)
    reach = np.ceil(RADIUS_MM * np.linalg.norm(np.linalg.inv(steps), axis=1) + 0.5).astype(int)
    affine = np.column_stack([steps, -steps @ reach])
    s, r, c = (int(2 * n + 1) for n in reach)
    around = ellipsoid_mask(
        sphere((0.0, 0.0, 0.0), RADIUS_MM), Grid((s, r, c), tuple(affine.ravel()), ""), rule
    )
    weights = np.zeros((s, r, c))
    weights[around.box] = around.weights
    return weights


@lru_cache(maxsize=64)
def peaks(where: Region, volume_ref: ref[Volume], scale_ref: ref[Scale], unit: str, rule: str) -> Peaks:
    """The highest mean of a sphere around any voxel of a region, neighbours outside it included."""
    volume, scale = alive(volume_ref), alive(scale_ref)
    found = region_mask(where, volume_ref, rule)
    core = found.weights >= min(0.5, float(found.weights.max(initial=0)))
    if not core.any() or found.weights.max() <= 0:
        return _none("empty", "This region holds no voxel of the PET.")
    box, core = _tight(found, core)
    steps = tuple(volume.grid.matrix[:3, :3].ravel())
    own = scaled(volume, scale, box)[core]
    means, whole = sphere_means(volume, scale, box, kernel(steps, "centre"))
    parts, whole_parts = sphere_means(volume, scale, box, kernel(steps, "fraction"))
    at, part = means[core], parts[core]
    if not np.isfinite([own, at, part]).all():
        return _none("gap", "A sphere around a voxel of this region touches a missing slice.")
    values = (part.max(), at[own == own.max()].max(), at.max())
    numbers = tuple(
        Measurement(name, float(value), unit, f"{name.replace('peak_', 'peak.')}/1")
        for name, value in zip(PEAKS, values, strict=True)
    )
    left = not (whole[core][np.argmax(at)] and whole_parts[core][np.argmax(part)])
    return Peaks(numbers, _flags(float(found.weights.sum()) * volume.grid.voxel_ml, left))


def sphere_means(volume: Volume, scale: Scale, box: Box, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """For each voxel of a box the weighted mean around it, and whether all of that is in the image.

    A sphere that leaves the image is averaged over what is inside.
    """
    reach = [n // 2 for n in weights.shape]
    wide = [(side.start - n, side.stop + n) for side, n in zip(box, reach, strict=True)]
    inner = [(max(a, 0), min(b, count)) for (a, b), count in zip(wide, volume.grid.shape, strict=True)]
    pads = [(a - w, x - b) for (a, b), (w, x) in zip(inner, wide, strict=True)]
    s, r, c = (slice(a, b) for a, b in inner)
    values = np.pad(scaled(volume, scale, (s, r, c)), pads)
    inside = np.pad(np.ones([b - a for a, b in inner]), pads) if np.any(pads) else None
    shape = [side.stop - side.start for side in box]
    total, filled = np.zeros(shape), np.zeros(shape)
    for at in np.argwhere(weights > 0):
        window = tuple(slice(i, i + n) for i, n in zip(at, shape, strict=True))
        weight = weights[tuple(at)]
        total += weight * values[window]
        filled += weight if inside is None else weight * inside[window]
    return total / filled, filled >= float(weights.sum()) * (1 - 1e-9)


def _tight(found: Mask, core: NDArray[np.bool_]) -> tuple[Box, NDArray[np.bool_]]:
    """The smallest box around the voxels that may be centres."""
    ends = [(int(i.min()), int(i.max()) + 1) for i in np.nonzero(core)]
    s, r, c = (slice(side.start + a, side.start + b) for side, (a, b) in zip(found.box, ends, strict=True))
    return (s, r, c), core[tuple(slice(a, b) for a, b in ends)]


def _none(code: str, what: str) -> Peaks:
    return Peaks(tuple(Missing(name, code, what) for name in PEAKS))


def _flags(volume_ml: float, left: bool) -> tuple[Flag, ...]:
    flags = []
    if volume_ml < 1.0:
        flags.append(
            Flag("ROI_SMALLER_THAN_PEAK", f"The region has {volume_ml:.2f} ml; the peak's sphere has 1 ml.")
        )
    if left:
        flags.append(
            Flag("PEAK_CLIPPED", "The peak's sphere leaves the image and is averaged over what is inside.")
        )
    return tuple(flags)

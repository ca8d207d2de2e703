"""Owns SUVpeak in three named variants: local and global by IBSI, and the sphere of exactly 1 ml (R22)."""

from __future__ import annotations

from collections.abc import Sequence
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
from atsmviewer.quant.sample import Region, region_mask
from atsmviewer.quant.values import scaled

RADIUS_MM = (3000.0 / (4.0 * np.pi)) ** (1.0 / 3.0)
"""Radius of a sphere of 1 ml: 6.2035 mm."""

PEAKS = ("peak_1ml", "peak_local", "peak_global")


@dataclass(frozen=True, eq=False)
class Peaks:
    """The numbers of ``PEAKS``, each with the doubts about it, and all doubts together."""

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
    """The highest mean of a sphere around any voxel of a region, neighbours outside it included.

    The region's voxels, here as for its maximum, are those that weigh at least one half (R20).
    """
    volume, scale = alive(volume_ref), alive(scale_ref)
    found = region_mask(where, volume_ref, scale_ref, rule)
    core = found.weights >= min(0.5, float(found.weights.max(initial=0)))
    if not core.any() or found.weights.max() <= 0:
        return _none("empty", "This region holds no voxel of the PET.")
    box, core = _tight(found, core)
    steps = tuple(volume.grid.matrix[:3, :3].ravel())
    parts = (kernel(steps, "fraction"), kernel(steps, "centre"))
    around = _Around(volume, scale, box, parts[0].shape)
    one_ml, counted = around.means(parts)
    own = np.where(core, around.own(), -np.inf)
    for means in (one_ml, counted):
        means[~core] = -np.inf
    if np.isnan([own.max(), one_ml.max(), counted.max()]).any():
        return _none("gap", "A sphere around a voxel of this region touches a missing slice.")
    local = np.where(own == own.max(), counted, -np.inf)
    small = _small(float(found.weights.sum()) * volume.grid.voxel_ml)
    numbers: list[Number] = []
    for name, means, weights in zip(PEAKS, (one_ml, local, counted), (parts[0], *parts[1:] * 2), strict=True):
        at = np.unravel_index(int(np.argmax(means)), means.shape)
        flags = small + around.doubts(at, weights, core, unit)
        value = float(means[at])
        numbers.append(
            Measurement(name, value, unit, f"{name.replace('peak_', 'peak.')}/1", flags=flags)
        )
    every = [flag for number in numbers if isinstance(number, Measurement) for flag in number.flags]
    return Peaks(tuple(numbers), tuple(dict.fromkeys(every)))


class _Around:
    """The values of a box of voxels and of what spheres around them reach, zero outside the image."""

    def __init__(self, volume: Volume, scale: Scale, box: Box, kernel_shape: Sequence[int]) -> None:
        self.reach = [n // 2 for n in kernel_shape]
        self.shape = tuple(side.stop - side.start for side in box)
        wide = [(side.start - n, side.stop + n) for side, n in zip(box, self.reach, strict=True)]
        inner = [(max(a, 0), min(b, count)) for (a, b), count in zip(wide, volume.grid.shape, strict=True)]
        pads = [(a - w, x - b) for (a, b), (w, x) in zip(inner, wide, strict=True)]
        s, r, c = (slice(a, b) for a, b in inner)
        values = scaled(volume, scale, (s, r, c))
        self.whole = not np.any(pads)
        self.values = values if self.whole else np.pad(values, pads)
        self.image = None if self.whole else np.pad(np.ones(values.shape), pads)

    def own(self) -> Floats:
        """The values of the box itself."""
        return self.values[tuple(slice(n, n + m) for n, m in zip(self.reach, self.shape, strict=True))]

    def means(self, kernels: Sequence[Floats]) -> list[Floats]:
        """For each voxel of the box its mean by each kernel; outside the image nothing counts."""
        totals = self._sums(self.values, kernels)
        if self.image is None:
            return [total / weights.sum() for total, weights in zip(totals, kernels, strict=True)]
        filled = self._sums(self.image, kernels)
        return [total / weight for total, weight in zip(totals, filled, strict=True)]

    def _sums(self, values: Floats, kernels: Sequence[Floats]) -> list[Floats]:
        """Sums over voxels of equal weight first: a step in any direction is one step of the flat array."""
        flat = values.ravel()
        s, r, c = values.shape
        ends = [m - 1 for m in self.shape]
        length = (ends[0] * r + ends[1]) * c + ends[2] + 1
        groups: dict[tuple[float, ...], list[int]] = {}
        for at in np.argwhere(sum(kernels) > 0):
            weights = tuple(float(one[tuple(at)]) for one in kernels)
            groups.setdefault(weights, []).append(int((at[0] * r + at[1]) * c + at[2]))
        totals = [np.zeros(s * r * c) for _ in kernels]
        for weights, places in groups.items():
            ring = flat[places[0] : places[0] + length].copy()
            for place in places[1:]:
                ring += flat[place : place + length]
            for total, weight in zip(totals, weights, strict=True):
                if weight:
                    total[:length] += ring if weight == 1 else weight * ring
        a, b, d = self.shape
        return [total.reshape(s, r, c)[:a, :b, :d] for total in totals]

    def doubts(
        self, at: Sequence[np.intp], weights: Floats, core: NDArray[np.bool_], unit: str
    ) -> tuple[Flag, ...]:
        """Whether the sphere at a voxel of the box leaves the image, or holds more than the region does."""
        near = tuple(slice(int(i), int(i) + n) for i, n in zip(at, weights.shape, strict=True))
        used = weights > 0
        flags = []
        if self.image is not None:
            inside = self.image[near] > 0
            if not inside[used].all():
                what = "The peak's sphere leaves the image: averaged over {:.2f} of its 1 ml."
                part = float(weights[inside].sum() / weights.sum())
                flags.append(Flag("PEAK_CLIPPED", what.format(part)))
        region = np.pad(core, [(n, n) for n in self.reach])[near]
        top, beside = float(self.own()[core].max()), self.values[near][used & ~region]
        if beside.size and beside.max() > top:
            what = f"The peak's sphere reaches {beside.max():.3g} {unit} outside the region, whose maximum is "
            flags.append(Flag("PEAK_OUTSIDE", f"{what}{top:.3g} {unit}."))
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

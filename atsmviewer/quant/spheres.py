"""Owns means over spheres of 1 ml around the voxels of a box, by two rules of what is inside (R22)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Box
from atsmviewer.quant.ellipsoid import ellipsoid_mask
from atsmviewer.quant.values import scaled

RADIUS_MM = (3000.0 / (4.0 * np.pi)) ** (1.0 / 3.0)
"""Radius of a sphere of 1 ml: 6.2035 mm."""

RULES = ("fraction", "centre")

Steps = tuple[float, ...]
"""The 3 x 3 map from index differences to mm, row by row."""


@lru_cache(maxsize=16)
def kernel(steps: Steps, rule: str) -> Floats:
    """Weights of the voxels within ``RADIUS_MM`` of the central one."""
    matrix = np.asarray(steps, np.float64).reshape(3, 3)
    reach = np.ceil(RADIUS_MM * np.linalg.norm(np.linalg.inv(matrix), axis=1) + 0.5).astype(int)
    affine = np.column_stack([matrix, -matrix @ reach])
    s, r, c = (int(2 * n + 1) for n in reach)
    around = ellipsoid_mask(
        sphere((0.0, 0.0, 0.0), RADIUS_MM), Grid((s, r, c), tuple(affine.ravel()), ""), rule
    )
    weights = np.zeros((s, r, c))
    weights[around.box] = around.weights
    return weights


@lru_cache(maxsize=8)
def _rings(steps: Steps) -> tuple[tuple[tuple[float, ...], NDArray[np.int64]], ...]:
    """Voxels of equal weight by both rules: the weights, and the voxels' indices (n, 3) in the kernel."""
    kernels = [kernel(steps, rule) for rule in RULES]
    groups: dict[tuple[float, ...], list[NDArray[np.int64]]] = {}
    for at in np.argwhere((kernels[0] > 0) | (kernels[1] > 0)):
        groups.setdefault(tuple(float(one[tuple(at)]) for one in kernels), []).append(at)
    return tuple((weights, np.array(places)) for weights, places in groups.items())


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The values of a box and of all that spheres around its voxels reach, in the scale's unit.

    ``values`` is wider than the box by ``reach`` voxels to each side and 0 outside the image;
    ``image`` is 1 inside it, or None where the image holds all.
    """

    steps: Steps
    box: Box
    reach: tuple[int, ...]
    values: Floats
    image: Floats | None

    def means(self) -> tuple[Floats, Floats]:
        """For each voxel of the box the mean of the sphere around it, by parts of voxels and by centres.

        A sphere that leaves the image is averaged over what is inside.
        """
        parts, counts = self._sums(self.values)
        if self.image is None:
            part, count = (float(kernel(self.steps, rule).sum()) for rule in RULES)
            return parts / part, counts / count
        filled = self._sums(self.image)
        return parts / filled[0], counts / filled[1]

    def _sums(self, values: Floats) -> tuple[Floats, Floats]:
        """Voxels of equal weight are added first; one step in any direction is one in the flat array."""
        flat = values.ravel()
        shape = [side.stop - side.start for side in self.box]
        strides = (values.shape[1] * values.shape[2], values.shape[2], 1)
        length = sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True)) + 1
        totals = np.zeros((2, values.size))
        for weights, places in _rings(self.steps):
            first, *others = (places @ strides).tolist()
            ring = flat[first : first + length]
            if others:
                ring = ring + flat[others[0] : others[0] + length]
            for place in others[1:]:
                ring += flat[place : place + length]
            for total, weight in zip(totals, weights, strict=True):
                if weight > 0:
                    total[:length] += weight * ring
        a, b, c = shape
        parts, counts = (total.reshape(values.shape)[:a, :b, :c] for total in totals)
        return parts, counts

    def near(self, index: tuple[int, ...]) -> tuple[slice, ...]:
        """Where in ``values`` the kernel's box around one voxel of the box lies."""
        return tuple(slice(i, i + 2 * n + 1) for i, n in zip(index, self.reach, strict=True))


def surroundings(volume: Volume, scale: Scale, box: Box) -> Surroundings:
    """What spheres around the voxels of a box reach."""
    steps = tuple(volume.grid.matrix[:3, :3].ravel())
    reach = tuple(n // 2 for n in kernel(steps, "fraction").shape)
    wide = [(side.start - n, side.stop + n) for side, n in zip(box, reach, strict=True)]
    inner = [(max(a, 0), min(b, count)) for (a, b), count in zip(wide, volume.grid.shape, strict=True)]
    pads = [(a - w, x - b) for (a, b), (w, x) in zip(inner, wide, strict=True)]
    s, r, c = (slice(a, b) for a, b in inner)
    values = scaled(volume, scale, (s, r, c))
    if not any(map(any, pads)):
        return Surroundings(steps, box, reach, values, None)
    return Surroundings(steps, box, reach, np.pad(values, pads), np.pad(np.ones(values.shape), pads))

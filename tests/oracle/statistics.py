"""Owns statistics of weighted voxels by their definitions (R21-R23): plain loops and sorted lists."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mean(values: Floats, weights: Floats) -> float:
    """Sum of w x over sum of w."""
    return math.fsum((weights * values).ravel()) / math.fsum(weights.ravel())


def sd(values: Floats, weights: Floats) -> float:
    """Of the population, weighted."""
    middle = mean(values, weights)
    return math.sqrt(mean((values - middle) ** 2, weights))


def counted(values: Floats, weights: Floats) -> list[float]:
    """The values of voxels at least half inside, ascending; of the heaviest where there is none."""
    enough = weights >= 0.5
    if not enough.any():
        enough = weights == weights.max()
    return sorted(float(v) for v in values[enough])


def percentile(values: Floats, weights: Floats, percent: float) -> float:
    """Linear between ranks, rank (n - 1) p / 100."""
    ranked = counted(values, weights)
    place = (len(ranked) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def volume_at_least(values: Floats, weights: Floats, level: float) -> float:
    """The part of a region's weight at or above a level: one point of its IVH."""
    return math.fsum(weights[values >= level]) / math.fsum(weights.ravel())


def above_ml(values: Floats, weights: Floats, level: float, voxel_ml: float) -> float:
    """Volume strictly above a level."""
    return voxel_ml * math.fsum(weights[values > level])


def peak(values: Floats, weights: Floats, spacing_mm: tuple[float, float, float], radius_mm: float) -> float:
    """The highest mean of whole voxels within a radius of one of the region (R22 b); edges renormalise."""
    best = -math.inf
    reach = [range(-math.ceil(radius_mm / s), math.ceil(radius_mm / s) + 1) for s in spacing_mm]
    near = [np.array(o) for o in product(*reach) if math.hypot(*(np.array(o) * spacing_mm)) <= radius_mm]
    for centre in np.argwhere(weights >= 0.5):
        around = [tuple(int(v) for v in centre + o) for o in near]
        present = [a for a in around if all(0 <= i < n for i, n in zip(a, values.shape, strict=True))]
        best = max(best, math.fsum(float(values[a]) for a in present) / len(present))
    return best

"""Owns ellipsoids as voxel weights; only voxels on the surface are divided."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import Ellipsoid
from atsmviewer.quant.box import Mask, Weights, shape_of, sub_points, touched

_PART = 0.08
"""Largest edge of a part of a voxel, in radii: volume errors then stay below 0.1 % from r = 10 mm on."""
_FEWEST, _MOST = 2, 24

_ON = 1e-9
"""A centre this near the surface, in squared radii, is on it: rounding must not decide."""

_SKEW = 1e-12
"""Cosine of two axes of the grid, in unit space, that are perpendicular."""

_CORNERS = np.array([corner for corner in product((-0.5, 0.5), repeat=3)]).T
"""Corners of a voxel, (3, 8), in index differences from its centre."""


def ellipsoid_mask(shape: Ellipsoid, grid: Grid, rule: str) -> Mask:
    """An ellipsoid on a grid; see :func:`atsmviewer.quant.mask.mask`.

    By the centre rule a centre on the surface itself is inside (IBSI).
    """
    to_unit = _unit_map(shape, grid)
    centre = grid.to_index(np.asarray(shape.centre_mm, np.float64))
    half = np.sqrt((np.linalg.inv(to_unit) ** 2).sum(axis=1))
    box, clipped = touched(centre - half, centre + half, grid)
    if min(shape_of(box)) == 0:
        return Mask(box, np.zeros(shape_of(box), np.float32), clipped)
    steps = [np.arange(side.start, side.stop) - at for side, at in zip(box, centre.tolist(), strict=True)]
    square = _square(steps, to_unit.T @ to_unit)
    if rule == "centre":
        return Mask(box, (square <= 1.0 + _ON).astype(np.float32), clipped)
    return Mask(box, _fractions(steps, square, to_unit), clipped)


def _unit_map(shape: Ellipsoid, grid: Grid) -> Floats:
    """The matrix from index differences to the space where the ellipsoid is the unit ball."""
    finite = all(map(math.isfinite, (*shape.radii_mm, *shape.centre_mm, *shape.axes)))
    axes = np.asarray(shape.axes, np.float64).reshape(3, 3)
    turned = np.abs(axes @ axes.T - np.eye(3)).max() <= 1e-6
    if not finite or min(shape.radii_mm) <= 0 or not turned:
        what = "An ellipsoid needs three positive radii and three perpendicular axes."
        raise ReviewError("SHAPE_INVALID", what, "Draw the region again.")
    return np.asarray(axes @ grid.matrix[:3, :3] / np.asarray(shape.radii_mm)[:, None], np.float64)


def _square(steps: list[Floats], gram: Floats) -> Floats:
    """Squared distance from the centre in unit space, (slice, row, column), of index differences by axis."""
    s, r, c = steps[0][:, None, None], steps[1][:, None], steps[2]
    total = (gram[0, 0] * s**2 + gram[1, 1] * r**2) + gram[2, 2] * c**2
    for (i, one), (j, other) in combinations(enumerate((s, r, c)), 2):
        if abs(gram[i, j]) > _SKEW * math.sqrt(gram[i, i] * gram[j, j]):
            total += 2.0 * gram[i, j] * one * other
    return np.asarray(total, np.float64)


def _fractions(steps: list[Floats], square: Floats, to_unit: Floats) -> Weights:
    """Inside 1, outside 0, and on the surface the mean over parts of the voxel."""
    reach = float(np.linalg.norm(to_unit @ _CORNERS, axis=0).max())
    weights = (square <= max(1.0 - reach, 0.0) ** 2).astype(np.float32)
    surface = (square < (1.0 + reach) ** 2) & (weights == 0)
    at = np.stack([step[i] for step, i in zip(steps, np.nonzero(surface), strict=True)], axis=1)
    weights[surface] = _surface(at @ to_unit.T, to_unit)
    return weights


def _surface(at: Floats, to_unit: Floats) -> Floats:
    """The part of voxels inside the unit ball; ``at`` (n, 3) are their centres in unit space.

    Each part of a voxel counts by how far its plane-like piece of surface cuts it: a ramp as wide
    as the part (equal variance along the normal) over the mean of 1 - |u|² in the part, whose
    gradient is 2u. Using the part's mean rather than its centre's value removes the bias that
    curvature would give.
    """
    parts = [min(max(math.ceil(edge / _PART), _FEWEST), _MOST) for edge in np.linalg.norm(to_unit, axis=0)]
    edges = to_unit / np.asarray(parts, np.float64)
    offsets = sub_points(parts) @ to_unit.T
    mean_square = (
        (at**2).sum(1)[:, None] + 2.0 * at @ offsets.T + (offsets**2).sum(1) + (edges**2).sum() / 12.0
    )
    here, there = at @ edges, offsets @ edges
    width_square = (here**2).sum(1)[:, None] + 2.0 * here @ there.T + (there**2).sum(1)
    width = 2.0 * np.sqrt(np.maximum(width_square, 1e-12))
    return np.asarray(np.clip(0.5 + (1.0 - mean_square) / width, 0.0, 1.0).mean(axis=1), np.float64)

"""Owns ellipsoids as voxel weights; only voxels on the surface are divided."""

from __future__ import annotations

import math

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import Ellipsoid
from atsmviewer.quant.box import Mask, Weights, indices, shape_of, sub_points, touched

_PART = 0.08
"""Largest edge of a part of a voxel, in radii: volume errors then stay below 0.1 % from r = 10 mm on."""
_FEWEST, _MOST = 2, 24


def ellipsoid_mask(shape: Ellipsoid, grid: Grid, rule: str) -> Mask:
    """An ellipsoid on a grid; see :func:`atsmviewer.quant.mask.mask`.

    By the centre rule a centre on the surface itself is inside (IBSI).
    """
    to_unit = _unit_map(shape, grid)
    centre = grid.to_index(np.asarray(shape.centre_mm, np.float64))
    half = np.linalg.norm(np.linalg.inv(to_unit), axis=1)
    box, clipped = touched(centre - half, centre + half, grid)
    if min(shape_of(box)) == 0:
        return Mask(box, np.zeros(shape_of(box), np.float32), clipped)
    steps = [at - middle for at, middle in zip(indices(box), centre, strict=True)]
    unit = [row[0] * steps[0] + row[1] * steps[1] + row[2] * steps[2] for row in to_unit]
    square = unit[0] ** 2 + unit[1] ** 2 + unit[2] ** 2
    if rule == "centre":
        return Mask(box, (square <= 1.0).astype(np.float32), clipped)
    return Mask(box, _fractions(unit, square, to_unit), clipped)


def _unit_map(shape: Ellipsoid, grid: Grid) -> Floats:
    """The matrix from index differences to the space where the ellipsoid is the unit ball."""
    radii = np.asarray(shape.radii_mm, np.float64)
    axes = np.asarray(shape.axes, np.float64).reshape(3, 3)
    finite = np.isfinite(radii).all() and np.isfinite(shape.centre_mm).all() and np.isfinite(axes).all()
    if not finite or radii.min() <= 0 or not np.allclose(axes @ axes.T, np.eye(3), atol=1e-6):
        what = "An ellipsoid needs three positive radii and three perpendicular axes."
        raise ReviewError("SHAPE_INVALID", what, "Draw the region again.")
    return np.asarray(axes @ grid.matrix[:3, :3] / radii[:, None], np.float64)


def _fractions(unit: list[Floats], square: Floats, to_unit: Floats) -> Weights:
    """Inside 1, outside 0, and on the surface the mean over parts of the voxel."""
    corners = np.array(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5])).reshape(3, -1)
    reach = float(np.linalg.norm(to_unit @ corners, axis=0).max())
    weights = (square <= max(1.0 - reach, 0.0) ** 2).astype(np.float32)
    surface = (weights == 0) & (square < (1.0 + reach) ** 2)
    at = np.stack([np.broadcast_to(axis, square.shape)[surface] for axis in unit], axis=1)
    weights[surface] = _surface(at, to_unit)
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

"""Owns volumes in closed form, and weights of voxels by 20^3 points each, counted one by one."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Inside = Callable[[Floats], NDArray[np.bool_]]
"""Of points (..., 3) in LPS mm, which lie inside."""

POINTS = 20


def ellipsoid_ml(a_mm: float, b_mm: float, c_mm: float) -> float:
    """4/3 pi abc."""
    return 4 / 3 * math.pi * a_mm * b_mm * c_mm / 1000


def ball(centre_mm: tuple[float, float, float], radius_mm: float) -> Inside:
    """A sphere."""
    return ellipsoid(centre_mm, (radius_mm,) * 3, np.eye(3))


def ellipsoid(centre_mm: tuple[float, float, float], radii_mm: tuple[float, ...], axes: Floats) -> Inside:
    """An ellipsoid; the rows of ``axes`` are the directions of its radii."""

    def inside(points: Floats) -> NDArray[np.bool_]:
        along = (points - np.asarray(centre_mm)) @ axes.T
        return np.asarray(((along / np.asarray(radii_mm)) ** 2).sum(axis=-1) <= 1)

    return inside


def upright_prism(corners_mm: list[tuple[float, float]], low_z: float, high_z: float) -> Inside:
    """A polygon in x and y between two heights: crossings of a ray are counted, edge by edge."""

    def inside(points: Floats) -> NDArray[np.bool_]:
        x, y, z = np.moveaxis(points, -1, 0)
        odd = np.zeros(x.shape, bool)
        for (x0, y0), (x1, y1) in zip(corners_mm, corners_mm[1:] + corners_mm[:1], strict=True):
            if y0 == y1:
                continue
            crosses = (y0 <= y) != (y1 <= y)
            odd ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        return np.asarray(odd & (low_z <= z) & (z < high_z))

    return inside


def weights(inside: Inside, affine: Floats, shape: tuple[int, int, int], points: int = POINTS) -> Floats:
    """The part of each voxel inside, from ``points``^3 of it; affine is (slice, row, column, 1) to LPS mm."""
    offsets = (np.arange(points) + 0.5) / points - 0.5
    s, r, c = np.meshgrid(offsets, offsets, offsets, indexing="ij")
    cloud = np.stack([s, r, c], axis=-1).reshape(-1, 3) @ affine[:3, :3].T
    found = np.zeros(shape)
    for index in np.ndindex(shape):
        middle = affine[:3, :3] @ np.array(index, float) + affine[:3, 3]
        found[index] = inside(cloud + middle).mean()
    return found

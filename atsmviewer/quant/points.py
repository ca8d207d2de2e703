"""Owns whether single points lie in a shape, for voxels that the borders of several shapes cut."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats
from atsmviewer.model.roi import Combined, Ellipsoid, ImportedMask, Isocontour, Prism, Shape
from atsmviewer.quant.prism import prism_holds

Flags = NDArray[np.bool_]
Reached = Callable[[Isocontour, Floats], Flags]
"""Whether the voxels that points, (n, 3) LPS mm, lie in reach the level of an isocontour."""


def holds(shape: Shape, points_mm: Floats, reached: Reached) -> Flags:
    """Whether a shape holds each of the points, (n, 3) LPS mm; answers (n,)."""
    if isinstance(shape, Ellipsoid):
        axes, radii = np.asarray(shape.axes, np.float64).reshape(3, 3), np.asarray(shape.radii_mm, np.float64)
        unit = (points_mm - np.asarray(shape.centre_mm, np.float64)) @ (axes / radii[:, None]).T
        return np.asarray(np.einsum("ij,ij->i", unit, unit) <= 1.0)
    if isinstance(shape, Prism):
        return prism_holds(shape, points_mm)
    if isinstance(shape, Isocontour):
        return holds(shape.inside, points_mm, reached) & reached(shape, points_mm)
    if isinstance(shape, Combined):
        parts = [holds(part, points_mm, reached) for part in shape.parts]
        return boolean(shape.operation, parts)
    return _mask_holds(shape, points_mm)


def boolean(operation: str, parts: list[Flags]) -> Flags:
    """Union, intersection, or the first without all others, of truth values of one shape."""
    if operation == "union":
        return reduce(np.logical_or, parts)
    if operation == "intersection":
        return reduce(np.logical_and, parts)
    return reduce(lambda left, out: left & ~out, parts)


def _mask_holds(shape: ImportedMask, points_mm: Floats) -> Flags:
    """A voxel reaches half a voxel to each side of its centre, low edge included."""
    at = np.floor(shape.grid.to_index(points_mm) + 0.5).astype(np.int64)
    there = np.all((at >= 0) & (at < shape.grid.shape), axis=1)
    flat = np.ravel_multi_index(tuple(np.where(there[:, None], at, 0).T), shape.grid.shape)
    voxels = np.asarray(shape.voxels, np.int64)
    place = np.minimum(np.searchsorted(voxels, flat), len(voxels) - 1)
    return np.asarray(there & (voxels[place] == flat))

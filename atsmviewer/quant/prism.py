"""Owns prisms of planar contours as voxel weights, along the axes of the grid or oblique to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import Flag, ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import Prism
from atsmviewer.quant.box import Box, Mask, Weights, indices, shape_of, touched
from atsmviewer.quant.oblique import oblique_weights
from atsmviewer.quant.polygon import covered, holds

_SAME_PLANE_MM = 0.05
"""Contours that lie this close belong to one plane, where they combine by XOR."""

_EVEN = 0.05
"""Part of the spacing by which planes may deviate from it, as slices may (R35)."""

_ALIGNED = 1e-4
"""Sine of the angle up to which contour planes count as parallel to the voxel planes."""

Planes = list[tuple[float, list[Floats]]]


def prism_mask(shape: Prism, grid: Grid, rule: str) -> Mask:
    """Contours extruded half their spacing to each side; see :func:`atsmviewer.quant.mask.mask`.

    The face of a slab at the lower index is inside, the other outside, so that slabs tile and a region
    turned together with its grid keeps its voxels. Source: R20, R41.
    """
    points = [np.asarray(contour.points_mm, np.float64) for contour in shape.contours]
    normal = np.asarray(shape.normal, np.float64)
    if not points or shape.thickness_mm <= 0 or abs(float(np.linalg.norm(normal)) - 1) > 1e-6:
        what = "A region of contours needs a contour, a thickness and a unit normal."
        raise ReviewError("SHAPE_INVALID", what, "Import the region again.")
    ends = np.concatenate([p + side * normal * shape.thickness_mm / 2 for p in points for side in (-1, 1)])
    at = grid.to_index(ends)
    box, clipped = touched(at.min(axis=0), at.max(axis=0), grid)
    if min(shape_of(box)) == 0:
        return Mask(box, np.zeros(shape_of(box), np.float32), clipped)
    axis = _along(normal, grid)
    planes = _planes(points, normal)
    if axis is not None:
        return Mask(box, _aligned(planes, shape.thickness_mm, grid, box, (axis, rule)), clipped)
    return Mask(box, _oblique(planes, shape, grid, box, rule), clipped)


def uneven(shape: Prism) -> Flag | None:
    """The doubt about contours whose planes are not evenly spaced, with the height it concerns.

    Each contour counts for half the usual spacing to each side. Where a plane is left out, two parts
    may lie apart, or somebody drew on every other slice: the file does not say, so nothing is filled in.
    """
    normal = np.asarray(shape.normal, np.float64)
    offsets = [place for place, _ in _planes([np.asarray(c.points_mm) for c in shape.contours], normal)]
    steps = np.diff(offsets)
    off = np.abs(steps - shape.thickness_mm)
    if not len(steps) or off.max() <= _EVEN * shape.thickness_mm:
        return None
    share = float(off.sum()) / (shape.thickness_mm * len(offsets))
    what = (
        f"its contours lie {steps.min():.3g} to {steps.max():.3g} mm apart and each counts as "
        f"{shape.thickness_mm:.3g} mm thick: its volume could differ by up to {100 * share:.0f} %."
    )
    return Flag("CONTOURS_UNEVEN", what)


def _planes(points: list[Floats], normal: Floats) -> Planes:
    """Contours by the offset of their plane along the normal, ascending."""
    planes: Planes = []
    for offset, contour in sorted(
        ((float((p @ normal).mean()), p) for p in points), key=lambda pair: pair[0]
    ):
        if planes and offset - planes[-1][0] <= _SAME_PLANE_MM:
            planes[-1][1].append(contour)
        else:
            planes.append((offset, [contour]))
    return planes


def _along(normal: Floats, grid: Grid) -> int | None:
    """The grid axis that runs along the normal while the two others are perpendicular to it, or None."""
    directions = grid.matrix[:3, :3] / np.linalg.norm(grid.matrix[:3, :3], axis=0)
    cosines = np.abs(normal @ directions)
    axis = int(np.argmax(cosines))
    others = np.delete(cosines, axis)
    parallel = float(np.linalg.norm(np.cross(normal, directions[:, axis]))) <= _ALIGNED
    return axis if parallel and others.max() <= _ALIGNED else None


def _aligned(planes: Planes, thickness_mm: float, grid: Grid, box: Box, how: tuple[int, str]) -> Weights:
    """Each plane's coverage times the part of the voxel's depth that its slab fills."""
    axis, rule = how
    rest = [a for a in range(3) if a != axis]
    half = thickness_mm / 2 / grid.spacing_mm[axis]
    depth = np.arange(box[axis].start, box[axis].stop, dtype=np.float64)
    total = np.zeros([shape_of(box)[a] for a in (axis, *rest)])
    for _, contours in planes:
        at = [grid.to_index(contour) for contour in contours]
        place = round(float(np.concatenate(at)[:, axis].mean()), 6)
        if rule == "centre":
            filled = ((depth >= round(place - half, 6)) & (depth < round(place + half, 6))).astype(np.float64)
        else:
            low, high = np.maximum(depth - 0.5, place - half), np.minimum(depth + 0.5, place + half)
            filled = np.clip(high - low, 0.0, 1.0)
        if filled.any():
            flat = covered([p[:, rest] for p in at], box[rest[0]], box[rest[1]], rule)
            total = (
                np.maximum(total, filled[:, None, None] * flat)
                if rule == "centre"
                else (total + filled[:, None, None] * flat)
            )
    return np.moveaxis(np.clip(total, 0.0, 1.0), 0, axis).astype(np.float32)


def _oblique(planes: Planes, shape: Prism, grid: Grid, box: Box, rule: str) -> Weights:
    if rule != "centre":
        normal = np.asarray(shape.normal, np.float64)
        return oblique_weights(planes, shape.thickness_mm / 2, normal, grid, box)
    centres = np.stack([np.broadcast_to(i, shape_of(box)).ravel() for i in indices(box)], axis=1)
    inside = _holds(planes, shape, grid.to_mm(centres))
    return np.asarray(inside.reshape(shape_of(box)), np.float32)


def prism_holds(shape: Prism, points_mm: Floats) -> NDArray[np.bool_]:
    """Whether each of the points, (n, 3) LPS mm, lies in any slab; the lower face of a slab is inside."""
    normal = np.asarray(shape.normal, np.float64)
    return _holds(
        _planes([np.asarray(c.points_mm, np.float64) for c in shape.contours], normal), shape, points_mm
    )


def _holds(planes: Planes, shape: Prism, points_mm: Floats) -> NDArray[np.bool_]:
    normal, half = np.asarray(shape.normal, np.float64), shape.thickness_mm / 2
    across, depth = _across(normal), np.round(points_mm @ normal, 6)
    inside = np.zeros(len(points_mm), np.bool_)
    for place, contours in planes:
        here = np.flatnonzero((depth >= round(place - half, 6)) & (depth < round(place + half, 6)))
        inside[here] |= holds([c @ across.T for c in contours], points_mm[here] @ across.T)
    return inside


def _across(normal: Floats) -> Floats:
    """Two unit vectors, (2, 3), that span the plane of a normal."""
    helper = np.eye(3)[int(np.argmin(np.abs(normal)))]
    first = np.cross(normal, helper)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(normal, first)])

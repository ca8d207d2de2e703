"""How far inside a shape each pixel of a raster lies: positive within, for the eye and for contouring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats, Grid, vector
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, ImportedMask, Isocontour, Prism, Shape
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.raster import Raster
from atsmviewer.render.sample import sample

Field = NDArray[np.float32]
Flags = NDArray[np.bool_]
Part = TypeVar("Part", Field, Flags)


class Same:
    """A shape as a cache key by identity: hashing a mask's voxels each time would cost more than drawing."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def __hash__(self) -> int:
        return id(self.shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.shape is self.shape


@dataclass(frozen=True)
class PxBox:
    """A part of a raster: its first pixel at (x, y) of the whole."""

    x: int
    y: int
    raster: Raster


def drawn_as(shape: Shape, derived: ImportedMask | None) -> Shape:
    """What the eye is shown of a shape: of a rule the voxels that were derived from it, where there are any.

    A rule without them is drawn as all that it may reach.
    """
    by_rule = isinstance(shape, Isocontour | Combined)
    return shape if derived is None or not by_rule else derived


def px_box(shape: Shape, raster: Raster) -> PxBox | None:
    """The part of a raster that a shape can touch, one pixel of margin; None where it misses the plane."""
    low, high = bounds_mm(shape)
    corners = np.stack(np.meshgrid(*np.stack([low, high]).T, indexing="ij"), -1).reshape(-1, 3)
    place = raster.points_to_px(corners)
    if place[:, 2].min() > 0 or place[:, 2].max() < 0:
        return None
    rows, columns = raster.shape
    x0, y0 = (max(int(np.floor(v)) - 1, 0) for v in place[:, :2].min(axis=0))
    x1, y1 = (int(np.ceil(v)) + 2 for v in place[:, :2].max(axis=0))
    x1, y1 = min(x1, columns), min(y1, rows)
    if x1 <= x0 or y1 <= y0:
        return None
    return PxBox(x0, y0, replace(raster, origin_mm=raster.to_mm(x0, y0), shape=(y1 - y0, x1 - x0)))


def inside(shape: Shape, raster: Raster) -> Flags:
    """Whether each pixel centre lies in the shape, (rows, columns); of a rule, all that it may reach."""
    if isinstance(shape, Isocontour):
        return inside(shape.inside, raster)
    if isinstance(shape, Combined):
        return _combined(shape.operation, [inside(part, raster) for part in shape.parts], np.logical_not)
    if isinstance(shape, Prism):
        return prism_inside(shape, raster)
    return np.asarray(depth(shape, raster) > 0)


def depth(shape: Shape, raster: Raster) -> Field:
    """Positive inside, negative outside, near zero at the border; (rows, columns) float32.

    Pixels of distance for an ellipsoid (first order), covered part of the pixel minus a half for a
    prism, trilinear weight minus a half for an imported mask; of a rule, that of all that it may reach.
    """
    if isinstance(shape, Isocontour):
        return depth(shape.inside, raster)
    if isinstance(shape, Combined):
        return _combined(shape.operation, [depth(part, raster) for part in shape.parts], np.negative)
    if isinstance(shape, Ellipsoid):
        return _ellipsoid_depth(shape, raster)
    if isinstance(shape, Prism):
        return _prism_depth(shape, raster)
    weight = sample(_dense(Same(shape)), raster)
    return np.asarray(np.nan_to_num(weight, copy=False, nan=0.0) - np.float32(0.5), np.float32)


def bounds_mm(shape: Shape) -> tuple[Floats, Floats]:
    """Lowest and highest LPS mm of a shape; for a mask, of its voxels' extent.

    Where parts of an intersection do not meet, lowest and highest are one point.
    """
    if isinstance(shape, Isocontour):
        return bounds_mm(shape.inside)
    if isinstance(shape, Combined):
        return _combined_bounds(shape)
    if isinstance(shape, Ellipsoid):
        # the support of an ellipsoid along a unit axis e is |R diag(radii) e|
        half = np.linalg.norm(np.array(shape.axes).reshape(3, 3) * np.array(shape.radii_mm)[:, None], axis=0)
        return np.array(shape.centre_mm) - half, np.array(shape.centre_mm) + half
    if isinstance(shape, Prism):
        points = np.array([p for c in shape.contours for p in c.points_mm])
        half = np.abs(np.array(shape.normal)) * shape.thickness_mm / 2
        return points.min(axis=0) - half, points.max(axis=0) + half
    index = np.stack(np.unravel_index(np.array(shape.voxels), shape.grid.shape), axis=1)
    ends = np.stack([index.min(axis=0) - 0.5, index.max(axis=0) + 0.5])
    corners = shape.grid.to_mm(np.stack(np.meshgrid(*ends.T, indexing="ij"), -1).reshape(-1, 3))
    return corners.min(axis=0), corners.max(axis=0)


def _combined(operation: str, parts: list[Part], negation: Callable[[Part], Part]) -> Part:
    """A boolean of truth values, or of depths, of which the lesser is the deeper in both."""
    if operation == "union":
        return reduce(np.maximum, parts)
    if operation == "difference":
        parts = parts[:1] + [negation(part) for part in parts[1:]]
    return reduce(np.minimum, parts)


def _combined_bounds(shape: Combined) -> tuple[Floats, Floats]:
    lows, highs = (np.stack(ends) for ends in zip(*map(bounds_mm, shape.parts), strict=True))
    if shape.operation == "union":
        return lows.min(axis=0), highs.max(axis=0)
    if shape.operation == "difference":
        return lows[0], highs[0]
    return lows.max(axis=0), np.maximum(highs.min(axis=0), lows.max(axis=0))


def _ellipsoid_depth(shape: Ellipsoid, raster: Raster) -> Field:
    """(1 - |q|) x mean radius in px, with q the place in coordinates that make the shape a unit sphere."""
    to_unit = np.array(shape.axes).reshape(3, 3) / np.array(shape.radii_mm)[:, None]
    start = to_unit @ np.subtract(raster.origin_mm, shape.centre_mm)
    right, down = to_unit @ np.array(raster.right_mm), to_unit @ np.array(raster.down_mm)
    rows, columns = raster.shape
    square = np.zeros((rows, columns), np.float64)
    for a in range(3):
        square += ((start[a] + np.arange(rows) * down[a])[:, None] + np.arange(columns) * right[a]) ** 2
    radius_px = float(np.cbrt(np.prod(shape.radii_mm))) / raster.px_mm
    return ((1.0 - np.sqrt(square)) * radius_px).astype(np.float32)


def contour_planes(shape: Prism) -> tuple[tuple[float, tuple[Contour, ...]], ...]:
    """Contours by their plane: (mm along the normal, contours); within 1 % of the spacing is one plane."""
    normal = np.array(shape.normal)
    placed = sorted(
        ((float(np.mean(np.array(c.points_mm) @ normal)), c) for c in shape.contours), key=lambda p: p[0]
    )
    planes: list[tuple[float, list[Contour]]] = []
    for at, contour in placed:
        if planes and at - planes[-1][0] < 0.01 * shape.thickness_mm:
            planes[-1][1].append(contour)
        else:
            planes.append((at, [contour]))
    return tuple((at, tuple(contours)) for at, contours in planes)


def prism_inside(shape: Prism, raster: Raster) -> Flags:
    """Even-odd rule along scan lines: each line crosses the polygon's edges at places that toggle it."""
    normal = np.array(shape.normal)
    right, down = np.array(raster.right_mm), np.array(raster.down_mm)
    if abs(right @ normal) > abs(down @ normal):  # scan along the axis that lies in the contour planes
        turned = Raster(raster.origin_mm, raster.down_mm, raster.right_mm, raster.shape[::-1])
        return prism_inside(shape, turned).T
    rows, columns = raster.shape
    along = float(np.array(raster.origin_mm) @ normal)
    height = (along + np.arange(rows) * (down @ normal))[:, None] + np.arange(columns) * (right @ normal)
    result = np.zeros(raster.shape, np.bool_)
    for at, contours in contour_planes(shape):
        near = np.abs(height - at) <= shape.thickness_mm / 2 * (1 + 1e-9)
        lines = np.flatnonzero(near.any(axis=1))
        if lines.size:
            result[lines] |= _even_odd(contours, raster, lines, normal) & near[lines]
    return result


def _prism_depth(shape: Prism, raster: Raster) -> Field:
    """Covered part of each pixel, by 3 x 3 places in it, minus a half; its sign is that of the centre."""
    right, down = (tuple(v / 3 for v in step) for step in (raster.right_mm, raster.down_mm))
    rows, columns = raster.shape
    fine = Raster(raster.to_mm(-1 / 3, -1 / 3), vector(right), vector(down), (3 * rows, 3 * columns))
    places = prism_inside(shape, fine)
    covered = places.reshape(rows, 3, columns, 3).sum(axis=(1, 3), dtype=np.float32) / 9 - 0.5
    centre = places[1::3, 1::3]
    signed = np.where(centre, np.maximum(covered, 0.02), np.minimum(covered, -0.02))
    return np.asarray(signed, np.float32)


def _even_odd(
    contours: tuple[Contour, ...], raster: Raster, lines: NDArray[np.intp], normal: Floats
) -> Flags:
    """Parity of crossings left of each pixel on the given lines, all contours of one plane together."""
    # A scan line seen along the normal is straight: u counts pixels on it, v its distance from others.
    right = np.array(raster.right_mm) - normal * (np.array(raster.right_mm) @ normal)
    across = np.cross(normal, right / np.linalg.norm(right))
    line_v = (np.array(raster.origin_mm) + lines[:, None] * np.array(raster.down_mm)) @ across
    line_u = (lines[:, None] * np.array(raster.down_mm)) @ right / (right @ right)
    toggles = np.zeros((lines.size, raster.shape[1] + 1), np.int32)
    for contour in contours:
        points = np.array(contour.points_mm)
        v = points @ across
        u = (points - np.array(raster.origin_mm)) @ right / (right @ right)
        v_next, u_next = np.roll(v, -1), np.roll(u, -1)
        line, edge = np.nonzero((v <= line_v[:, None]) != (v_next <= line_v[:, None]))
        share = (line_v[line] - v[edge]) / (v_next[edge] - v[edge])
        crossing = u[edge] + share * (u_next[edge] - u[edge]) - line_u[line]
        np.add.at(toggles, (line, np.clip(np.ceil(crossing), 0, raster.shape[1]).astype(np.intp)), 1)
    return np.asarray(np.cumsum(toggles, axis=1)[:, :-1] % 2 == 1)


@lru_cache(maxsize=16)
def _dense(key: Same) -> Volume:
    """The mask's weights in a box with an empty rim, so that they fall to zero at its border."""
    mask = key.shape
    assert isinstance(mask, ImportedMask)
    index = np.stack(np.unravel_index(np.array(mask.voxels, np.intp), mask.grid.shape), axis=1)
    low, high = index.min(axis=0) - 1, index.max(axis=0) + 2
    weights = np.zeros(tuple(high - low), np.float32)
    weights[tuple((index - low).T)] = 1.0
    matrix = mask.grid.matrix[:3].copy()
    matrix[:, 3] = vector(mask.grid.to_mm(low.astype(np.float64)))
    s, r, c = weights.shape
    grid = Grid((s, r, c), tuple(float(v) for v in matrix.ravel()), mask.grid.frame_of_reference_uid)
    return Volume(grid, weights, Unit.RATIO, "")

"""Solids by formula: how deep a point lies below a surface, in body coordinates (LPS, mm)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import IDENTITY

Array = NDArray[np.float32]
Points = tuple[Array, Array, Array]
"""x, y, z in mm; three arrays that broadcast together, so an unturned grid costs one axis each."""
Box = tuple[Vector, Vector]
"""Lowest and highest corner, mm."""

_FAR = 1e6
_TINY = np.float32(1e-6)


class Solid(Protocol):
    """Anything with an inside; ``depth_mm`` is positive inside, 0 on the surface, about mm near it."""

    @property
    def box_mm(self) -> Box:
        """A box that holds the inside."""
        ...

    def depth_mm(self, points: Points) -> Array:
        """How far below the surface, negative outside."""
        ...


@dataclass(frozen=True)
class Ball:
    """An ellipsoid; the rows of ``axes`` (a 3 x 3 rotation) are the directions of its radii."""

    centre_mm: Vector
    radii_mm: Vector
    axes: tuple[float, ...] = IDENTITY

    @property
    def box_mm(self) -> Box:
        """Half extents of a turned ellipsoid: the root of the sum of (radius x cosine) squared."""
        rotation = np.reshape(self.axes, (3, 3))
        half = np.sqrt(((rotation * np.asarray(self.radii_mm)[:, None]) ** 2).sum(axis=0))
        return _around(self.centre_mm, (half[0], half[1], half[2]))

    def depth_mm(self, points: Points) -> Array:
        """First-order distance k0 (1 - k0) / k1 with k0 = |p / r| and k1 = |p / r^2|; exact for a sphere."""
        moved = [p - np.float32(c) for p, c in zip(points, self.centre_mm, strict=True)]
        along = moved if self.axes == IDENTITY else _turned(moved, self.axes)
        # at the very centre k0 / k1 is 0 / 0; the small term makes it a mean radius there
        per = [np.float32(1 / radius) for radius in self.radii_mm]
        u, v, w = ((distance * p) ** 2 for distance, p in zip(along, per, strict=True))
        k0 = np.sqrt(u + v + w + _TINY)
        k1 = np.sqrt(u * per[0] ** 2 + v * per[1] ** 2 + w * per[2] ** 2 + _TINY * max(per) ** 2)
        return np.asarray(k0 * (1 - k0) / k1, np.float32)


@dataclass(frozen=True)
class Tube:
    """A body along z whose elliptical section changes smoothly from knot to knot.

    A knot is (z, centre x, centre y, half width, half depth); ``corner`` from 0 to 1 turns the
    ellipse into a rounded rectangle (Fernandez-Guasti's squircle).
    """

    knots: tuple[tuple[float, float, float, float, float], ...]
    corner: float = 0.0

    @property
    def box_mm(self) -> Box:
        """From the lowest to the highest knot; a little over, since smooth curves overshoot knots."""
        _, cx, cy, a, b = np.asarray(self.knots).T
        low = (float((cx - a).min()) - 3, float((cy - b).min()) - 3, self.knots[0][0])
        return low, (float((cx + a).max()) + 3, float((cy + b).max()) + 3, self.knots[-1][0])

    @cached_property
    def _table(self) -> Array:
        return smooth(self.knots)

    def depth_mm(self, points: Points) -> Array:
        """First-order distance to the section's outline, cut flat at the end knots."""
        x, y, z = points
        cx, cy, a, b = looked_up(self._table, self.knots[0][0], z)
        per_a, per_b = 1 / a, 1 / b
        xx, yy = ((x - cx) * per_a) ** 2, ((y - cy) * per_b) ** 2
        k0k0, k1k1 = xx + yy + _TINY, xx * per_a**2 + yy * per_b**2 + _TINY * per_a * per_b
        if self.corner:
            # beyond the square around it the squircle bends back in; the product is held at its edge
            k0k0 -= np.float32(self.corner) * np.minimum(xx, 1) * np.minimum(yy, 1)
        k0 = np.sqrt(k0k0)
        side = k0 * (1 - k0) / np.sqrt(k1k1)
        low, high = np.float32(self.knots[0][0]), np.float32(self.knots[-1][0])
        return np.asarray(np.minimum(side, np.minimum(z - low, high - z)), np.float32)


@dataclass(frozen=True)
class Rod:
    """A straight rod with round ends; the radius goes evenly from one end to the other."""

    start_mm: Vector
    end_mm: Vector
    radius_start_mm: float
    radius_end_mm: float

    @property
    def box_mm(self) -> Box:
        """The boxes of the two end spheres together."""
        first = _around(self.start_mm, (self.radius_start_mm,) * 3)
        return joined([first, _around(self.end_mm, (self.radius_end_mm,) * 3)])

    def depth_mm(self, points: Points) -> Array:
        """Radius at the nearest point of the axis, less the distance to it."""
        axis = np.subtract(self.end_mm, self.start_mm).astype(np.float32)
        moved = [p - np.float32(c) for p, c in zip(points, self.start_mm, strict=True)]
        reach = (moved[0] * axis[0] + moved[1] * axis[1] + moved[2] * axis[2]) / np.float32(axis @ axis)
        t = np.clip(reach, 0, 1)
        apart = [m - t * a for m, a in zip(moved, axis, strict=True)]
        radius = np.float32(self.radius_start_mm) + t * np.float32(self.radius_end_mm - self.radius_start_mm)
        return np.asarray(radius - np.sqrt(apart[0] ** 2 + apart[1] ** 2 + apart[2] ** 2), np.float32)


def smooth(knots: Sequence[Sequence[float]], step_mm: float = 0.5) -> Array:
    """Columns 1.. of the knots as a Catmull-Rom curve of column 0, every ``step_mm``; (columns - 1, n)."""
    table = np.asarray(knots, np.float64)
    z, values = table[:, 0], table[:, 1:]
    slopes = np.gradient(values, z, axis=0) if len(z) > 1 else np.zeros_like(values)
    at = np.arange(z[0], z[-1] + step_mm, step_mm)
    left = np.clip(np.searchsorted(z, at, side="right") - 1, 0, len(z) - 2)
    span = (z[left + 1] - z[left])[:, None]
    t = np.clip((at - z[left])[:, None] / span, 0, 1)
    h00, h10 = (1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2
    h01, h11 = t * t * (3 - 2 * t), t * t * (t - 1)
    right = left + 1
    curve = h00 * values[left] + h01 * values[right] + span * (h10 * slopes[left] + h11 * slopes[right])
    return np.ascontiguousarray(curve.T, np.float32)


def looked_up(table: Array, first_mm: float, z: Array, step_mm: float = 0.5) -> list[Array]:
    """Each row of a table of :func:`smooth` at heights ``z``, the ends held beyond them."""
    index = np.clip(((z - first_mm) / step_mm + 0.5).astype(np.int32), 0, table.shape[1] - 1)
    return [row[index] for row in table]


def turn(axis: Vector, degrees: float) -> tuple[float, ...]:
    """The 3 x 3 rotation about an axis by Rodrigues' formula, row by row."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = c * np.eye(3) + s * cross + (1 - c) * np.outer((x, y, z), (x, y, z))
    return tuple(float(v) for v in rotation.ravel())


def joined(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    low, high = np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def shared(boxes: Sequence[Box]) -> Box:
    """The box that boxes have in common."""
    low, high = np.max([b[0] for b in boxes], axis=0), np.min([b[1] for b in boxes], axis=0)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def _around(centre: Vector, half: Sequence[float]) -> Box:
    (x, y, z), (a, b, c) = centre, half
    return (x - a, y - b, z - c), (x + a, y + b, z + c)


def _turned(moved: Sequence[Array], axes: tuple[float, ...]) -> list[Array]:
    rows = np.asarray(axes, np.float32).reshape(3, 3)
    return [moved[0] * r[0] + moved[1] * r[1] + moved[2] * r[2] for r in rows]


EVERYWHERE: Box = ((-_FAR,) * 3, (_FAR,) * 3)

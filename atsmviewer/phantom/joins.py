"""Solids made of solids: unions with or without a fillet, intersections, shells, insets, cuts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from atsmviewer.model.grid import Vector
from atsmviewer.phantom.shapes import EVERYWHERE, Array, Box, Points, Rod, Solid, joined, shared


@dataclass(frozen=True)
class Either:
    """All of them together; ``fillet_mm`` rounds the creases where they meet."""

    solids: tuple[Solid, ...]
    fillet_mm: float = 0.0

    @property
    def box_mm(self) -> Box:
        """Around all."""
        return joined([s.box_mm for s in self.solids])

    def depth_mm(self, points: Points) -> Array:
        """The greatest depth; with a fillet the polynomial smooth maximum of two after two."""
        first, *others = self._near(points[2])
        depth = first.depth_mm(points)
        for solid in others:
            other = solid.depth_mm(points)
            if self.fillet_mm:
                h = np.clip(np.float32(0.5) + (depth - other) / np.float32(2 * self.fillet_mm), 0, 1)
                depth = other + h * (depth - other) + np.float32(self.fillet_mm) * h * (1 - h)
            else:
                depth = np.maximum(depth, other)
        return depth

    def _near(self, z: Array) -> Sequence[Solid]:
        """The solids that reach the heights asked for, at least one: the others cannot be the greatest."""
        low, high = float(z.min()) - 2 * self.fillet_mm, float(z.max()) + 2 * self.fillet_mm
        near = [s for s in self.solids if s.box_mm[0][2] <= high and s.box_mm[1][2] >= low]
        return near or self.solids[:1]


@dataclass(frozen=True)
class Both:
    """What all of them have in common."""

    solids: tuple[Solid, ...]

    @property
    def box_mm(self) -> Box:
        """What the boxes share."""
        return shared([s.box_mm for s in self.solids])

    def depth_mm(self, points: Points) -> Array:
        """The smallest depth."""
        depth = self.solids[0].depth_mm(points)
        for solid in self.solids[1:]:
            depth = np.minimum(depth, solid.depth_mm(points))
        return depth


@dataclass(frozen=True)
class Without:
    """A solid with another taken out."""

    solid: Solid
    hole: Solid

    @property
    def box_mm(self) -> Box:
        """The first solid's."""
        return self.solid.box_mm

    def depth_mm(self, points: Points) -> Array:
        """Below the first surface and outside the second."""
        return np.minimum(self.solid.depth_mm(points), -self.hole.depth_mm(points))


@dataclass(frozen=True)
class Inset:
    """A solid shrunk by a thickness (grown where it is negative)."""

    solid: Solid
    by_mm: float

    @property
    def box_mm(self) -> Box:
        """The solid's, moved in or out."""
        low, high = self.solid.box_mm
        b = self.by_mm
        return (low[0] + b, low[1] + b, low[2] + b), (high[0] - b, high[1] - b, high[2] - b)

    def depth_mm(self, points: Points) -> Array:
        """Depth less the thickness."""
        return self.solid.depth_mm(points) - np.float32(self.by_mm)


@dataclass(frozen=True)
class Shell:
    """The wall of a solid, from its surface inwards."""

    solid: Solid
    thick_mm: float

    @property
    def box_mm(self) -> Box:
        """The solid's."""
        return self.solid.box_mm

    def depth_mm(self, points: Points) -> Array:
        """Distance to the nearer face of the wall."""
        depth = self.solid.depth_mm(points)
        return np.asarray(np.minimum(depth, np.float32(self.thick_mm) - depth), np.float32)


@dataclass(frozen=True)
class Side:
    """The half space where normal . p > offset (mm, for a unit normal)."""

    normal: Vector
    offset_mm: float

    @property
    def box_mm(self) -> Box:
        """Unbounded, save on the far side of a plane across an axis."""
        low, high = list(EVERYWHERE[0]), list(EVERYWHERE[1])
        for axis, n in enumerate(self.normal):
            if abs(n) == 1:
                (low if n > 0 else high)[axis] = n * self.offset_mm
        return (low[0], low[1], low[2]), (high[0], high[1], high[2])

    def depth_mm(self, points: Points) -> Array:
        """Signed distance to the plane."""
        n = [np.float32(v) for v in self.normal]
        return np.asarray(
            points[0] * n[0] + points[1] * n[1] + points[2] * n[2] - np.float32(self.offset_mm), np.float32
        )


@dataclass(frozen=True)
class Mirrored:
    """A solid on the other side of the body."""

    solid: Solid

    @property
    def box_mm(self) -> Box:
        """The solid's, with x turned."""
        low, high = self.solid.box_mm
        return (-high[0], *low[1:]), (-low[0], *high[1:])

    def depth_mm(self, points: Points) -> Array:
        """Depth at the mirror image of the points."""
        return self.solid.depth_mm((-points[0], points[1], points[2]))


def path(points_mm: Sequence[Vector], radii_mm: Sequence[float]) -> tuple[Rod, ...]:
    """Rods from point to point: a vessel, a bone, a loop of bowel."""
    ends = zip(points_mm, radii_mm, strict=True)
    return tuple(Rod(a, b, ra, rb) for (a, ra), (b, rb) in itertools.pairwise(ends))

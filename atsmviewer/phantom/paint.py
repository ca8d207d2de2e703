"""Voxels from solids: parts painted one over another on a grid, edges shared by the part of a voxel."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from atsmviewer.model.grid import Floats, Grid
from atsmviewer.phantom.shapes import Array, Box, Points, Solid
from atsmviewer.phantom.warp import WARP_MM, warped

SLAB = 6
"""Slices painted at once: their temporaries stay in the processor's cache."""
Coat = tuple[float, float]
"""(below mm, value)."""


@dataclass(frozen=True)
class Layer:
    """What lies deeper than ``below_mm``: ``hu`` in CT, ``tissue`` in PET; None leaves that image alone."""

    below_mm: float
    hu: float | None
    tissue: str | None


@dataclass(frozen=True)
class Part:
    """A solid and its layers from the surface inwards."""

    name: str
    solid: Solid
    layers: tuple[Layer, ...]
    rigid: bool = False
    """Whether it keeps its exact shape where the rest of the body is warped."""


def part(name: str, solid: Solid, hu: float | None, tissue: str | None = None) -> Part:
    """A part of one layer."""
    return Part(name, solid, (Layer(0.0, hu, tissue),))


def paint_ct(grid: Grid, movement: Floats, parts: Sequence[Part], onto: Array | None = None) -> Array:
    """HU of every voxel, air (or what ``onto`` holds, which is changed) where there is no part.

    ``movement`` is (4, 4), body mm to the grid's mm.
    """
    coats = [
        (one, [(layer.below_mm, layer.hu) for layer in one.layers if layer.hu is not None]) for one in parts
    ]
    voxels = np.full(grid.shape, -1000.0, np.float32) if onto is None else onto
    return _painted(grid, movement, coats, voxels)


def paint_pet(grid: Grid, movement: Floats, parts: Sequence[Part], suv: Mapping[str, float]) -> Array:
    """SUV of every voxel before blur and noise, 0 in air; ``suv`` gives each tissue's value."""
    coats = [
        (one, [(layer.below_mm, suv[layer.tissue]) for layer in one.layers if layer.tissue is not None])
        for one in parts
    ]
    return _painted(grid, movement, coats, np.zeros(grid.shape, np.float32))


def _painted(grid: Grid, movement: Floats, coats: Sequence[tuple[Part, list[Coat]]], voxels: Array) -> Array:
    to_body = np.linalg.inv(movement) @ grid.matrix
    placed = [(one, values, _window(grid, to_body, one.solid.box_mm)) for one, values in coats if values]
    per_mm = np.float32(1.0 / min(grid.spacing_mm[1:]))
    for first in range(0, grid.shape[0], SLAB):
        slab = voxels[first : first + SLAB]
        still = _points(to_body, first, slab.shape)
        bent = warped(still)
        for one, values, (s, r, c) in placed:
            here = slice(max(s.start - first, 0), max(s.stop - first, 0)), r, c
            if (target := slab[here]).size == 0:
                continue
            points = still if one.rigid else bent
            depth = one.solid.depth_mm(_cut(points, here)) * per_mm
            for below_mm, value in values:
                covered = np.clip(depth + (np.float32(0.5) - np.float32(below_mm) * per_mm), 0, 1)
                target += covered * (np.float32(value) - target)
    return voxels


def _window(grid: Grid, to_body: Floats, box: Box) -> tuple[slice, slice, slice]:
    """The voxels that may touch a box of the body; the box is widened by what the warp may move."""
    low, high = np.asarray(box[0]) - WARP_MM, np.asarray(box[1]) + WARP_MM
    corners = np.array([(*corner, 1.0) for corner in itertools.product(*zip(low, high, strict=True))])
    index = np.linalg.inv(to_body) @ corners.T
    first = np.clip(np.floor(index[:3].min(axis=1)).astype(int) - 1, 0, None)
    last = np.minimum(np.ceil(index[:3].max(axis=1)).astype(int) + 2, grid.shape)
    s, r, c = (slice(int(a), max(int(a), int(b))) for a, b in zip(first, last, strict=True))
    return s, r, c


def _points(to_body: Floats, first: int, shape: tuple[int, ...]) -> Points:
    """Body coordinates of a slab's voxel centres; an axis that a coordinate does not follow has length 1."""
    steps = [np.arange(n, dtype=np.float64) + (first if a == 0 else 0) for a, n in enumerate(shape)]
    axes = [step.reshape([-1 if a == b else 1 for b in range(3)]) for a, step in enumerate(steps)]

    def along(row: Floats) -> Array:
        total = np.full((1, 1, 1), row[3])
        for weight, axis in zip(row[:3], axes, strict=True):
            if weight:
                total = total + weight * axis
        return total.astype(np.float32)

    return along(to_body[0]), along(to_body[1]), along(to_body[2])


def _cut(points: Points, window: tuple[slice, slice, slice]) -> Points:
    """The points of a window; axes of length 1 stay."""

    def cut(array: Array) -> Array:
        return array[tuple(w if n > 1 else slice(None) for w, n in zip(window, array.shape, strict=True))]

    return cut(points[0]), cut(points[1]), cut(points[2])

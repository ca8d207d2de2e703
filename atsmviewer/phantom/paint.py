"""Voxels from solids: parts painted one over another on a grid, edges shared by the part of a voxel."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from atsmviewer.model.grid import Floats, Grid
from atsmviewer.phantom.shapes import Array, Box, Points, Solid

SLAB = 6
"""Slices painted at once: their temporaries stay in the processor's cache."""


@dataclass(frozen=True)
class Part:
    """A solid with its look in CT (``hu``) and its kind in PET (``tissue``); None leaves that image alone."""

    name: str
    solid: Solid
    hu: float | None
    tissue: str | None = None


def paint_ct(grid: Grid, movement: Floats, parts: Sequence[Part]) -> Array:
    """HU of every voxel, air where there is no part; ``movement`` is (4, 4), body mm to the grid's mm."""
    voxels = np.full(grid.shape, -1000.0, np.float32)
    for part in parts:
        if part.hu is not None:
            _paint(voxels, grid, movement, part.solid, part.hu)
    return voxels


def paint_pet(grid: Grid, movement: Floats, parts: Sequence[Part], suv: Mapping[str, float]) -> Array:
    """SUV of every voxel before blur and noise, 0 in air; ``suv`` gives each tissue's value."""
    voxels = np.zeros(grid.shape, np.float32)
    for part in parts:
        if part.tissue is not None:
            _paint(voxels, grid, movement, part.solid, suv[part.tissue])
    return voxels


def _paint(voxels: Array, grid: Grid, movement: Floats, solid: Solid, value: float) -> None:
    to_body = np.linalg.inv(movement) @ grid.matrix
    window = _window(grid, to_body, solid.box_mm)
    if any(w.start >= w.stop for w in window):
        return
    edge = np.float32(min(grid.spacing_mm[1:]))
    for start in range(window[0].start, window[0].stop, SLAB):
        slab = (slice(start, min(start + SLAB, window[0].stop)), *window[1:])
        covered = np.clip(solid.depth_mm(_points(to_body, slab)) / edge + np.float32(0.5), 0, 1)
        here = voxels[slab]
        here += covered * (np.float32(value) - here)


def _window(grid: Grid, to_body: Floats, box: Box) -> tuple[slice, slice, slice]:
    """The voxels that may touch a box of the body."""
    corners = np.array([(*corner, 1.0) for corner in itertools.product(*zip(*box, strict=True))])
    index = np.linalg.inv(to_body) @ corners.T
    low = np.clip(np.floor(index[:3].min(axis=1)).astype(int) - 1, 0, None)
    high = np.minimum(np.ceil(index[:3].max(axis=1)).astype(int) + 2, grid.shape)
    s, r, c = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return s, r, c


def _points(to_body: Floats, window: tuple[slice, ...]) -> Points:
    """Body coordinates of a window's voxel centres; axes that a coordinate does not follow stay length 1."""
    steps = [np.arange(w.start, w.stop, dtype=np.float64) for w in window]
    axes = [step.reshape([-1 if a == b else 1 for b in range(3)]) for a, step in enumerate(steps)]

    def along(row: Floats) -> Array:
        total = np.full((1, 1, 1), row[3])
        for weight, axis in zip(row[:3], axes, strict=True):
            if weight:
                total = total + weight * axis
        return total.astype(np.float32)

    return along(to_body[0]), along(to_body[1]), along(to_body[2])

"""A volume seen upright: axes along patient z, y, x, whatever way the scanner stored it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid, Vector, vector
from atsmviewer.model.volume import Volume
from atsmviewer.render.raster import Plane, field_raster
from atsmviewer.render.sample import sample


def upright(volume: Volume, factors: Sequence[float] = (1.0,)) -> Volume:
    """The volume in shown values on a grid whose axes are LPS z, y, x, ascending.

    A turned grid is resampled trilinearly once at its own spacing, an upright one only viewed.
    """
    matrix = volume.grid.matrix[:3, :3]
    order = [int(np.argmax(np.abs(matrix[axis]))) for axis in (2, 1, 0)]
    spacing = [float(abs(matrix[axis, order[2 - axis]])) for axis in range(3)]  # x, y, z
    if not is_upright(volume.grid):
        return _resampled(volume, factors)
    scale = np.asarray(factors, np.float32)
    voxels = volume.voxels if np.all(scale == 1) else _scaled(volume, scale)
    turned = voxels.transpose(order)
    flips, first = [], np.zeros(3)
    for axis, coordinate in zip(order, (2, 1, 0), strict=True):
        backward = bool(matrix[coordinate, axis] < 0)
        flips.append(slice(None, None, -1 if backward else 1))
        first[axis] = volume.grid.shape[axis] - 1 if backward else 0
    grid = _upright_grid(volume, vector(volume.grid.to_mm(first)), vector(spacing), turned.shape)
    return Volume(grid, turned[tuple(flips)], volume.unit, volume.series_uid)


def is_upright(grid: Grid) -> bool:
    """Whether the axes of a grid run along LPS axes, to half a voxel at its far end."""
    matrix = np.abs(grid.matrix[:3, :3])
    order = [int(np.argmax(matrix[axis])) for axis in range(3)]
    spacing = [float(matrix[axis, order[axis]]) for axis in range(3)]
    off_axis = matrix.sum() - sum(spacing)
    return sorted(order) == [0, 1, 2] and off_axis * max(grid.shape) <= 0.5 * min(spacing)


def _scaled(volume: Volume, factors: NDArray[np.float32]) -> NDArray[np.float32]:
    by_slice = factors if factors.size > 1 else np.repeat(factors, volume.grid.shape[0])
    return np.asarray(volume.voxels * by_slice[:, None, None], np.float32)


def _upright_grid(volume: Volume, origin: Vector, spacing: Vector, shape: tuple[int, ...]) -> Grid:
    x, y, z = spacing
    affine = (0.0, 0.0, x, origin[0], 0.0, y, 0.0, origin[1], z, 0.0, 0.0, origin[2])
    return Grid((shape[0], shape[1], shape[2]), affine, volume.grid.frame_of_reference_uid)


def _resampled(volume: Volume, factors: Sequence[float]) -> Volume:
    low, high = volume.grid.extent_mm
    px = min(volume.grid.spacing_mm)
    count = max(1, round(float(high[2] - low[2]) / px))
    field = (float(high[1] - low[1]), float(high[0] - low[0]))
    middle = (low + high) / 2
    heights = [middle[2] + (k - (count - 1) / 2) * px for k in range(count)]
    rasters = [field_raster(Plane.AXIAL, (middle[0], middle[1], z), field, px) for z in heights]
    voxels = np.stack([sample(volume, raster, factors) for raster in rasters])
    grid = _upright_grid(volume, rasters[0].origin_mm, (px, px, px), voxels.shape)
    return Volume(grid, voxels, volume.unit, volume.series_uid)

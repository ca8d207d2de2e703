"""Maximum-intensity projections of a PET, still and turning, with the raster that says where they look."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid, Vector, vector
from atsmviewer.model.viewing import Window
from atsmviewer.model.volume import Volume
from atsmviewer.render.fuse import Bytes, to_bytes
from atsmviewer.render.lerp import Line, along_y
from atsmviewer.render.raster import Raster
from atsmviewer.render.upright import upright

Values = NDArray[np.float32]

_CHUNK = 32


@dataclass(frozen=True, eq=False)
class Mip:
    """``values`` (rows, columns) in the shown unit; ``raster`` is the plane through the volume's middle.

    A pixel holds the highest value on the line through it along ``raster.normal``.
    """

    values: Values
    raster: Raster


def mip(volume: Volume, angle_deg: float = 0.0, factors: Sequence[float] = (1.0,)) -> Mip:
    """One projection: 0 from the front (anterior), 90 from the patient's left, square pixels.

    The voxel nearest to each ray at steps of one pixel is taken; NaN only where a ray meets no value.
    """
    body, factor = _body(volume, factors)
    rays, raster = _rays(body.grid, angle_deg)
    z, y, x = body.grid.shape
    outside = np.full((z, 1), np.nan, np.float32)
    if angle_deg % 360 == 0:  # every ray runs along one column: reduce first, then pick columns
        front = np.fmax.reduce(np.asarray(body.voxels, np.float32), axis=1)
        middle = rays[len(rays) // 2]
        values = np.concatenate([front, outside], axis=1)[:, np.where(middle == y * x, x, middle % x)]
    else:
        flat = np.concatenate([np.asarray(body.voxels, np.float32).reshape(z, -1), outside], axis=1)
        values = flat[:, rays[0]]
        for ray in rays[1:]:
            np.fmax(values, flat[:, ray], out=values)
    return Mip(_tall(values * np.float32(factor), body.grid, raster), raster)


def _body(volume: Volume, factors: Sequence[float]) -> tuple[Volume, float]:
    """The upright volume and the one factor still to apply; a factor that differs by slice is applied."""
    if len(set(factors)) == 1:
        return upright(volume), factors[0]
    return upright(volume, factors), 1.0


def turning(
    volume: Volume, window: Window, count: int = 72, factors: Sequence[float] = (1.0,)
) -> Iterator[tuple[float, Bytes, Raster]]:
    """(angle, bytes through the window, raster) of ``count`` even angles from the front on; 0 is no value.

    Opposite directions are mirror images, so half of an even count is projected. Order: each angle
    with its opposite. A generator, so that a background job can stop between pictures.
    """
    body, factor = _body(volume, factors)
    z, y, x = body.grid.shape
    stored = (window[0] / factor, window[1] / factor)
    # z runs fastest: each step along a ray then reads one run of memory for a whole picture column
    flat = np.zeros((y * x + 1, z), np.uint8)
    for k in range(0, z, _CHUNK):
        flat[:-1, k : k + _CHUNK] = to_bytes(body.voxels[k : k + _CHUNK], stored, 1).reshape(-1, y * x).T
    half = count // 2 if count % 2 == 0 else count
    for k in range(half):
        angle = 360.0 * k / count
        rays, raster = _rays(body.grid, angle)
        picture = np.zeros((rays.shape[1], z), np.uint8)
        for ray in rays:
            np.maximum(picture, flat[ray], out=picture)
        tall = np.rint(_tall(picture.T.astype(np.float32), body.grid, raster)).astype(np.uint8)
        yield angle, tall, raster
        if half < count:
            yield angle + 180.0, np.ascontiguousarray(tall[:, ::-1]), _rays(body.grid, angle + 180.0)[1]


def _rays(grid: Grid, angle_deg: float) -> tuple[NDArray[np.intp], Raster]:
    """Flat (row, column) index met by each picture column at each step, and the picture's raster.

    The index is (steps, picture columns); one past the end where the ray is outside.
    """
    z, y, x = grid.shape
    dz, dy, dx = grid.spacing_mm
    px = min(dx, dy)
    turn = math.radians(angle_deg)
    right = np.array([math.cos(turn), math.sin(turn)])
    into = np.array([-math.sin(turn), math.cos(turn)])
    extent = np.array([x * dx, y * dy])
    wide, deep = (max(1, math.ceil(float(extent @ np.abs(v)) / px - 1e-6)) for v in (right, into))
    u = (np.arange(wide) - (wide - 1) / 2) * px
    v = (np.arange(deep) - (deep - 1) / 2) * px
    place = u[None, :, None] * right + v[:, None, None] * into
    column = np.floor(place[..., 0] / dx + x / 2).astype(np.intp)
    row = np.floor(place[..., 1] / dy + y / 2).astype(np.intp)
    outside = (column < 0) | (column >= x) | (row < 0) | (row >= y)
    tall = max(1, math.ceil(z * dz / px - 1e-6))
    corner = np.array([*(np.array(grid.centre_mm[:2]) - right * (wide - 1) / 2 * px), 0.0])
    corner[2] = grid.centre_mm[2] + (z * dz - px) / 2
    raster = Raster(vector(corner), vector((*(right * px), 0.0)), (0.0, 0.0, -px), (tall, wide))
    return np.where(outside, y * x, row * x + column), raster


def _tall(values: Values, grid: Grid, raster: Raster) -> Values:
    """Rows at the raster's square pixels, head first, by interpolation between rows of ascending z."""
    top = (raster.origin_mm[2] - grid.matrix[2, 3]) / grid.spacing_mm[0]
    step = raster.px_mm / grid.spacing_mm[0]
    place = np.clip(top - step * np.arange(raster.shape[0]), 0, grid.shape[0] - 1)
    line = Line(place, grid.shape[0])
    return along_y(values[line.low : line.high], line)


def hottest_mm(volume: Volume, raster: Raster, x_px: float, y_px: float) -> Vector | None:
    """The LPS place of the highest value on the ray behind a MIP's pixel; None where there is none."""
    low, high = volume.grid.extent_mm
    reach = float(np.linalg.norm(high - low)) / 2
    step = min(volume.grid.spacing_mm) / 2
    along = np.arange(-reach, reach + step, step)
    points = np.array(raster.to_mm(x_px, y_px)) + along[:, None] * raster.normal
    index = np.floor(volume.grid.to_index(points) + 0.5).astype(np.intp)
    index = index[np.all((index >= 0) & (index < volume.grid.shape), axis=1)]
    values = volume.voxels[tuple(index.T)]
    if values.size == 0 or np.isnan(values).all():
        return None
    return vector(volume.grid.to_mm(index[int(np.nanargmax(values))].astype(np.float64)))

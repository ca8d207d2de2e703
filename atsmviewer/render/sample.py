"""Values of a volume at the pixels of a raster: trilinear, NaN outside, neighbouring slices remembered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats, Grid, vector
from atsmviewer.model.volume import Volume
from atsmviewer.render.lerp import Line, Plane32, along_x, along_y
from atsmviewer.render.raster import Raster
from atsmviewer.render.slices import native_slice

# A plane that leaves a native slice by less than this over the whole picture is taken as parallel to it:
# headers round direction cosines, and a hundredth of a voxel is not visible.
_PARALLEL_INDEX = 0.02


def sample(volume: Volume, raster: Raster, factors: Sequence[float] = (1.0,)) -> Plane32:
    """Trilinear values on a raster, (rows, columns) float32; NaN outside the extent.

    The extent reaches half a voxel beyond the outer voxel centres and is clamped there. ``factors``
    turn stored into shown values: one for all, or one a slice as in ``Scale.slice_factors``.
    Volume and raster must share a frame of reference; that is the caller's promise.
    """
    step = volume.grid.inverse[:3, :3] @ np.column_stack([raster.right_mm, raster.down_mm])
    start = volume.grid.to_index(np.array(raster.origin_mm))
    axes = _separate(volume.grid, raster.shape, step, start)
    by_slice = np.asarray(factors, np.float32)
    uniform = bool(np.all(by_slice == by_slice[0]))
    if axes is None:
        plane = _oblique(volume, raster.shape, step, start, None if uniform else by_slice)
    else:
        plane = _separable(volume, raster.shape, axes, None if uniform else by_slice)
    if uniform and by_slice[0] != 1:
        plane *= by_slice[0]
    return plane


def sample_moving(volume: Volume, raster: Raster) -> Plane32:
    """``sample`` for a picture that will be replaced: of a turned volume every second pixel, the rest mixed.

    Eight neighbours of each pixel cost ten times what two slices cost; a quarter of them fits into a frame.
    """
    step = volume.grid.inverse[:3, :3] @ np.column_stack([raster.right_mm, raster.down_mm])
    start = volume.grid.to_index(np.array(raster.origin_mm))
    if _separate(volume.grid, raster.shape, step, start) is not None:
        return sample(volume, raster)
    right, down = np.array(raster.right_mm), np.array(raster.down_mm)
    rows, columns = ((n + 1) // 2 for n in raster.shape)
    origin = np.array(raster.origin_mm) + (right + down) / 2
    coarse = Raster(vector(origin), vector(2 * right), vector(2 * down), (rows, columns))
    places = (np.clip((np.arange(n) - 0.5) / 2, 0, (n - 1) // 2) for n in raster.shape)
    lines = [Line(place, (n + 1) // 2) for place, n in zip(places, raster.shape, strict=True)]
    return along_x(along_y(sample(volume, coarse), lines[0]), lines[1])


_Axes = tuple[int, float, int, Line, Line]


def _separate(grid: Grid, shape: tuple[int, int], step: Floats, start: Floats) -> _Axes | None:
    """(axis across, its index, axis down, line down, line right) where grid and raster are parallel."""
    rows, columns = shape
    travel = np.abs(step) * (columns, rows)
    right, down = int(np.argmax(travel[:, 0])), int(np.argmax(travel[:, 1]))
    across = 3 - right - down
    if right == down or travel[across].max() > _PARALLEL_INDEX:
        return None
    if travel[right, 1] > _PARALLEL_INDEX or travel[down, 0] > _PARALLEL_INDEX:
        return None
    middle = start + step @ ((columns - 1) / 2, (rows - 1) / 2)
    x = middle[right] + step[right, 0] * (np.arange(columns) - (columns - 1) / 2)
    y = middle[down] + step[down, 1] * (np.arange(rows) - (rows - 1) / 2)
    return across, float(middle[across]), down, Line(y, grid.shape[down]), Line(x, grid.shape[right])


def _separable(volume: Volume, shape: tuple[int, int], axes: _Axes, by_slice: Plane32 | None) -> Plane32:
    """Two neighbouring native slices mixed, then one lerp an axis."""
    across, index, down, line_y, line_x = axes
    line_n = Line(np.array([index]), volume.grid.shape[across])
    if min(line_n.stop, line_y.stop, line_x.stop) == 0:
        return np.full(shape, np.nan, np.float32)

    def native(at: int) -> Plane32:
        plane = native_slice(volume, across, at)
        if down > 3 - across - down:
            plane = plane.T
        part = plane[line_y.low : line_y.high, line_x.low : line_x.high]
        if by_slice is None:
            return np.asarray(part, np.float32)
        if across == 0:
            return np.asarray(part * by_slice[at], np.float32)
        if down == 0:
            return np.asarray(part * by_slice[line_y.low : line_y.high, None], np.float32)
        return np.asarray(part * by_slice[line_x.low : line_x.high], np.float32)

    plane = native(int(line_n.lower[0]))
    if line_n.weight[0] > 0:
        upper = native(int(line_n.upper[0]))
        plane = plane + line_n.weight[0] * (upper - plane)
    # the shorter result first: fewer rows go through the costly column gather
    if line_y.lower.size < plane.shape[0]:
        inner = along_x(along_y(plane, line_y), line_x)
    else:
        inner = along_y(along_x(plane, line_x), line_y)
    if inner.shape == shape:
        return _own(inner)
    full = np.full(shape, np.nan, np.float32)
    full[line_y.first : line_y.stop, line_x.first : line_x.stop] = inner
    return full


def _own(plane: Plane32) -> Plane32:
    """A contiguous array that is not a view of voxels."""
    return plane if plane.flags.owndata and plane.flags.c_contiguous else plane.copy()


def _oblique(
    volume: Volume, shape: tuple[int, int], step: Floats, start: Floats, by_slice: Plane32 | None
) -> Plane32:
    """Eight neighbours of every pixel inside the extent, for a volume turned against the raster."""
    rows, columns = shape
    full = np.full(rows * columns, np.nan, np.float32)
    place = [
        (start[a] + np.arange(rows)[:, None] * step[a, 1] + np.arange(columns) * step[a, 0]).ravel()
        for a in range(3)
    ]
    inside = np.flatnonzero(
        np.logical_and.reduce(
            [(p >= -0.5) & (p < n - 0.5) for p, n in zip(place, volume.grid.shape, strict=True)]
        )
    )
    lower, upper, weight = [], [], []
    for p, count in zip(place, volume.grid.shape, strict=True):
        clamped = np.clip(p[inside], 0.0, count - 1.0)
        floor = np.minimum(clamped.astype(np.intp), max(count - 2, 0))
        lower.append(floor)
        upper.append(np.minimum(floor + 1, count - 1))
        weight.append((clamped - floor).astype(np.float32))
    flat = volume.voxels.reshape(-1)
    _, n_rows, n_columns = volume.grid.shape

    def slab(s: NDArray[np.intp]) -> Plane32:
        lines = []
        for r in (lower[1], upper[1]):
            base = (s * n_rows + r) * n_columns
            a = flat[base + lower[2]].astype(np.float32)
            a += weight[2] * (flat[base + upper[2]] - a)
            lines.append(a)
        lines[0] += weight[1] * (lines[1] - lines[0])
        return np.asarray(lines[0] if by_slice is None else lines[0] * by_slice[s], np.float32)

    first = slab(lower[0])
    first += weight[0] * (slab(upper[0]) - first)
    full[inside] = first
    return full.reshape(shape)

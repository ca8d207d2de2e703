"""Where to look: the place of the highest value in a shape, for the eye to go to."""

from __future__ import annotations

import numpy as np

from atsmviewer.model.grid import Vector, vector
from atsmviewer.model.roi import Shape
from atsmviewer.model.volume import Volume
from atsmviewer.render.inside import bounds_mm, inside, px_box
from atsmviewer.render.raster import slice_raster


def hottest_in(shape: Shape, volume: Volume) -> Vector | None:
    """LPS mm of the highest voxel whose centre lies in the shape; None where no voxel does."""
    low, high = bounds_mm(shape)
    corners = np.stack(np.meshgrid(*np.stack([low, high]).T, indexing="ij"), -1).reshape(-1, 3)
    slices = volume.grid.to_index(corners)[:, 0]
    first, last = (
        max(0, int(np.floor(slices.min()))),
        min(volume.grid.shape[0] - 1, int(np.ceil(slices.max()))),
    )
    best, place = -np.inf, None
    for k in range(first, last + 1):
        box = px_box(shape, slice_raster(volume.grid, k))
        if box is None:
            continue
        rows, columns = box.raster.shape
        part = volume.voxels[k, box.y : box.y + rows, box.x : box.x + columns].astype(np.float64)
        part[~inside(shape, box.raster) | np.isnan(part)] = -np.inf
        row, column = np.unravel_index(int(np.argmax(part)), part.shape)
        if part[row, column] > best:
            best, place = float(part[row, column]), (k, box.y + int(row), box.x + int(column))
    return None if place is None else vector(volume.grid.to_mm(np.array(place, np.float64)))

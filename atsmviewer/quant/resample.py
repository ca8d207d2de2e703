"""Owns the CT on a PET's lattice: the mean over each PET voxel, never a point, never a cubic (R40, R41)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.session import Alignment
from atsmviewer.model.volume import Volume
from atsmviewer.quant.aligned import alignment_between, moved_grid, rigid
from atsmviewer.quant.hounsfield import counted

_PARALLEL = 1e-6
"""Largest off-axis part of a step, in voxels, of lattices that run along the same axes."""

_OUTSIDE = 1e-3
"""Part of a CT voxel by which a PET voxel may stand over its edge: headers round."""

_MISSING = 1e-6
"""Part of a PET voxel without CT value from which it has none."""

_PER_VOXEL, _FEWEST, _MOST = 1.5, 2, 12
"""Sub-points for each CT voxel that an oblique PET voxel passes along an axis, their fewest and most."""


def ct_on_pet(ct: Volume, pet: Grid, alignments: Sequence[Alignment] = ()) -> Volume:
    """HU on the voxels of a PET: the mean of the CT over each, as float32.

    Where the lattices run along the same axes the mean is exact, else it is that of sub-points, three to
    two CT voxels. A voxel that lies not wholly in the CT, or holds padding or a missing slice, is NaN:
    edges are not drawn out.

    Raises
    ------
    ReviewError
        "OTHER_FRAME" where the frames of reference differ and no alignment leads from the CT's to the
        PET's (R42), "ALIGNMENT_NOT_RIGID".
    """
    grid = _brought(ct.grid, pet.frame_of_reference_uid, alignments)
    to_ct = grid.inverse @ pet.matrix
    steps = np.diag(to_ct)[:3]
    if np.abs(to_ct[:3, :3] - np.diag(steps)).max() <= _PARALLEL:
        values = _averaged(ct, steps, to_ct[:3, 3], pet.shape)
    else:
        passed = np.abs(to_ct[:3, :3]).max(axis=0)
        parts = [min(max(math.ceil(_PER_VOXEL * n), _FEWEST), _MOST) for n in passed]
        values = _sampled(ct, to_ct, pet.shape, parts)
    values[_outside(to_ct, pet.shape, ct.grid.shape)] = np.nan
    return Volume(pet, values.astype(np.float32), ct.unit, ct.series_uid)


def _outside(to_ct: Floats, shape: Sequence[int], most: Sequence[int]) -> NDArray[np.bool_]:
    """Which PET voxels stand over the CT's edge with any corner."""
    s, r, c = (axis.astype(np.float64) for axis in np.ogrid[tuple(slice(n) for n in shape)])
    outside = np.zeros(tuple(shape), np.bool_)
    for (a, b, d, origin), count in zip(to_ct[:3], most, strict=True):
        middle = a * s + b * r + d * c + origin
        reach = (abs(a) + abs(b) + abs(d)) / 2 - _OUTSIDE
        outside |= (middle - reach < -0.5) | (middle + reach > count - 0.5)
    return outside


def _brought(grid: Grid, to_uid: str, alignments: Sequence[Alignment]) -> Grid:
    if grid.frame_of_reference_uid == to_uid:
        return grid
    way = alignment_between(alignments, grid.frame_of_reference_uid, to_uid)
    if way is None:
        what = "CT and PET lie in different frames of reference."
        raise ReviewError("OTHER_FRAME", what, "Align the scans, or open a CT of the same session.")
    return moved_grid(grid, *rigid(way), to_uid)


def _averaged(ct: Volume, steps: Floats, origin: Floats, shape: tuple[int, int, int]) -> Floats:
    """Exact means: the overlap of a PET voxel with CT voxels is a product of three lengths."""
    lows, highs = [], []
    for step, start, count, most in zip(steps, origin, shape, ct.grid.shape, strict=True):
        middle = start + step * np.arange(count) + 0.5
        lows.append(np.clip(middle - abs(step) / 2, 0, most))
        highs.append(np.clip(middle + abs(step) / 2, 0, most))
    planes = np.zeros((ct.grid.shape[0], *shape[1:]))
    missing = np.zeros(planes.shape, np.float32)
    for index in range(math.floor(lows[0].min()), math.ceil(highs[0].max())):
        values = ct.voxels[index].astype(np.float64)
        real = counted(values)
        planes[index] = _plane(np.where(real, values, 0.0), lows, highs)
        if not real.all():
            missing[index] = _plane((~real).astype(np.float64), lows, highs)
    made = _means(planes, lows[0], highs[0])
    made[_means(missing, lows[0], highs[0]) > _MISSING] = np.nan
    return made


def _plane(values: Floats, lows: Sequence[Floats], highs: Sequence[Floats]) -> Floats:
    return _means(_means(values, lows[1], highs[1]).T, lows[2], highs[2]).T


def _means(values: NDArray[np.floating], low: Floats, high: Floats) -> Floats:
    """Means along the first axis between two places each, counted in voxels from the first one's edge."""
    total = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=total[1:])
    ends = []
    for at in (low, high):
        whole = np.minimum(at.astype(np.intp), len(values) - 1)
        part = (at - whole).reshape(-1, *[1] * (values.ndim - 1))
        ends.append(total[whole] + part * values[whole])
    width = np.where(high > low, high - low, 1.0).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray((ends[1] - ends[0]) / width, np.float64)


def _sampled(ct: Volume, to_ct: Floats, shape: Sequence[int], parts: Sequence[int]) -> Floats:
    """Means of sub-points, by SimpleITK's nearest neighbour, one PET slice at a time.

    Both lattices are given to SimpleITK by index alone, and how they lie as the transform between them.
    """
    import SimpleITK as sitk  # takes 0.2 s: not before the window

    values = ct.voxels.astype(np.float32)
    values[~counted(values)] = np.nan
    image = sitk.GetImageFromArray(values)
    slices, rows, columns = shape
    s, r, c = parts
    way = sitk.AffineTransform(3)
    way.SetMatrix((to_ct[:3, :3] / (s, r, c))[::-1, ::-1].ravel().tolist())
    size = (columns * c, rows * r, s)
    made = np.empty((slices, rows, columns))
    for index in range(slices):
        first = to_ct @ (index + 0.5 / s - 0.5, 0.5 / r - 0.5, 0.5 / c - 0.5, 1.0)
        way.SetTranslation(first[2::-1].tolist())
        found = sitk.Resample(
            image,
            size,
            way,
            sitk.sitkNearestNeighbor,
            (0.0, 0.0, 0.0),
            (1.0, 1.0, 1.0),
            (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
            float("nan"),
        )
        points = sitk.GetArrayFromImage(found).reshape(s, rows, r, columns, c)
        made[index] = points.mean(axis=(0, 2, 4), dtype=np.float64)
    return made

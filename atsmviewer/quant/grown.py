"""Owns region-grow: the part of a set of voxels that hangs together with a seed, by SimpleITK."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray


def grown(kept: NDArray[np.bool_], seed: tuple[int, int, int]) -> NDArray[np.bool_]:
    """The voxels of ``kept`` (slice, row, column) that voxels sharing a face join to ``seed``.

    ITK's ConnectedThreshold with its default connectivity, 6 neighbours: an edge or a corner does not join.
    """
    slice_, row, column = seed
    image = sitk.GetImageFromArray(kept.astype(np.uint8))
    part = sitk.ConnectedThreshold(image, [(column, row, slice_)], 1, 1, 1)
    return np.asarray(sitk.GetArrayFromImage(part) == 1)

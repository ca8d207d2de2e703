"""Voxels that know where they are and what they count: grid, read-only array, unit, source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid

Voxels = NDArray[np.float32] | NDArray[np.int16]


class Unit(StrEnum):
    """Unit of a voxel or a measurement, written as it is shown."""

    HU = "HU"
    BQML = "Bq/ml"
    KBQML = "kBq/ml"
    SUV = "g/ml"
    STORED = "stored units"
    COUNTS = "counts"
    ML = "ml"
    RATIO = ""
    CM2ML = "cm²/ml"
    ID_ML = "%ID/ml"
    ID_G = "%ID/g"


@dataclass(frozen=True, eq=False)
class Volume:
    """A grid with its voxels, equal only to itself, so that it may key a cache.

    ``voxels`` has the grid's shape (slice, row, column) and is made read-only; ``unit`` is what
    one voxel counts after the rescale of each slice; ``series_uid`` says where it came from.
    ``gaps`` are slice indices that were missing and are filled with NaN.
    """

    grid: Grid
    voxels: Voxels
    unit: Unit
    series_uid: str
    gaps: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.voxels.shape != self.grid.shape:
            raise ValueError(f"voxels {self.voxels.shape} do not fill the grid {self.grid.shape}")
        self.voxels.setflags(write=False)

"""Owns the object of the SUV cases: hot 4.00, cold 0.20, background 1.00 in a body, 0 outside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats, Grid
from atsmviewer.phantom.cases import lattice

SLICES, SIDE = 6, 24
SPACING_MM = (4.0, 10.0, 10.0)
"""Slice, row, column; coarse, for a field of view that is a person's."""
COLD, BACKGROUND, HOT = 0.20, 1.00, 4.00
"""What every published object reads: the least, the median and the largest SUVbw of the body."""


def body() -> NDArray[np.bool_]:
    """The region that is measured, (slice, row, column): a cylinder along the slices."""
    row, column = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    return np.broadcast_to(row**2 + column**2 <= (SIDE / 2 - 2) ** 2, (SLICES, SIDE, SIDE)).copy()


def suv() -> Floats:
    """The true SUVbw in g/ml, (slice, row, column)."""
    values = np.where(body(), BACKGROUND, 0.0)
    values[:, 7:10, 10:14] = HOT
    values[:, 14:17, 10:14] = COLD
    return values


def lattice_of(frame_of_reference_uid: str) -> Grid:
    """The object's grid about the origin."""
    return lattice((SLICES, SIDE, SIDE), SPACING_MM, (0.0, 0.0, 0.0), frame_of_reference_uid)

"""A gentle warp of the whole body by closed formula, so that no organ looks drawn with compasses."""

from __future__ import annotations

import numpy as np

from atsmviewer.phantom.shapes import Array, Points

WARP_MM = 3.5
"""The most that a point is moved along one axis."""


def warped(points: Points) -> Points:
    """The points moved sideways by waves in y and z, and to front or back by waves in x and z."""
    x, y, z = points
    return x + _waves(y, z, 0.5), y + _waves(x, z, 2.1), z


def _waves(across: Array, z: Array, phase: float) -> Array:
    long = np.float32(2.2) * np.sin(
        across * np.float32(1 / 27.0) + z * np.float32(1 / 37.0) + np.float32(phase)
    )
    short = np.sin(across * np.float32(1 / 13.0) - z * np.float32(1 / 23.0) + np.float32(3 * phase))
    return np.asarray(long + short, np.float32)

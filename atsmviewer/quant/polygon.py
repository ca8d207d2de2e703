"""Owns polygons on a lattice: which points of it they hold, or what part of each pixel, even-odd."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atsmviewer.model.grid import Floats

_SNAP = 6
"""Decimals that polygon vertices are rounded to, so that an edge through a point counts alike everywhere."""

_LINES = 16
"""Scan lines a pixel row for the part of a pixel; along a line the part is exact."""


def covered(polygons: Sequence[Floats], rows: slice, columns: slice, rule: str) -> Floats:
    """What even-odd filled polygons cover of pixels ``rows`` x ``columns``, (rows, columns).

    ``polygons`` are (n, 2) as fractional (row, column); a pixel's centre is at whole numbers. By
    rule "centre" the answer is 0 or 1, and a point on a low (left, upper) edge is inside, on a high
    edge outside, so that polygons with a common edge tile (R20). Else it is the part of the pixel.
    """
    lines = np.arange(rows.start, rows.stop, dtype=np.float64)
    at = np.arange(columns.start, columns.stop, dtype=np.float64)
    if rule == "centre":
        crossed = crossings(polygons, lines)
        return np.asarray((crossed[:, :, None] <= at).sum(axis=1) % 2, np.float64)
    steps = (np.arange(_LINES) + 0.5) / _LINES - 0.5
    crossed = crossings(polygons, (lines[:, None] + steps).ravel())
    signs = np.where(np.arange(crossed.shape[1]) % 2 == 0, 1.0, -1.0)
    total = np.zeros((len(lines) * _LINES, len(at)))
    for sign, crossing in zip(signs, crossed.T, strict=True):
        total += sign * np.clip(at + 0.5 - crossing[:, None], 0.0, 1.0)
    return np.asarray(total.reshape(len(lines), _LINES, len(at)).mean(axis=1), np.float64)


def crossings(polygons: Sequence[Floats], lines: Floats) -> Floats:
    """Where each line crosses edges, ascending, (lines, crossings); rows are filled up with infinity.

    An edge counts for a line from its lower end, included, to its upper end, not included.
    """
    starts = np.round(np.concatenate(polygons), _SNAP)
    ends = np.round(np.concatenate([np.roll(p, -1, axis=0) for p in polygons]), _SNAP)
    rising = ends[:, 0] != starts[:, 0]
    start, end = starts[rising], ends[rising]
    low, high = np.minimum(start[:, 0], end[:, 0]), np.maximum(start[:, 0], end[:, 0])
    slope = (end[:, 1] - start[:, 1]) / (end[:, 0] - start[:, 0])
    line = lines[:, None]
    crossing = start[:, 1] + (line - start[:, 0]) * slope
    crossing = np.where((low <= line) & (line < high), np.round(crossing, _SNAP), np.inf)
    most = int(np.isfinite(crossing).sum(axis=1).max(initial=0))
    return np.asarray(np.sort(crossing, axis=1)[:, :most], np.float64)


def holds(polygons: Sequence[Floats], points: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether even-odd filled polygons hold each of any points, (n, 2); ties as by ``covered``."""
    inside = np.zeros(len(points), np.bool_)
    order = np.round(points, _SNAP)
    for first in range(0, len(points), 4096):
        part = order[first : first + 4096]
        crossed = crossings(polygons, part[:, 0])
        inside[first : first + 4096] = (crossed <= part[:, 1:]).sum(axis=1) % 2 == 1
    return inside

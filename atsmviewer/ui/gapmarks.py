"""Missing slices are hatched where a plane cuts them: nothing was measured there (R36)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPolygonF

from atsmviewer.model.grid import Floats, Vector, vector
from atsmviewer.model.volume import Volume

if TYPE_CHECKING:
    from atsmviewer.ui.planeview import PlaneView

INK = QColor(160, 166, 176, 150)
EDGES = tuple(
    (a, b)
    for a, b in itertools.combinations(itertools.product((0, 1), repeat=3), 2)
    if sum(x != y for x, y in zip(a, b, strict=True)) == 1
)
"""The twelve edges of a box by the corners that they join."""


def paint_gaps(painter: QPainter, view: PlaneView) -> None:
    """Hatch the missing slices of the PET and of the CT or MR."""
    frame = view.document.frame
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(INK, Qt.BrushStyle.BDiagPattern))
    for volume in (None if frame is None else frame.volume, view.document.anatomy):
        if volume is not None and volume.gaps:
            for corners in cuts(volume, vector(view.normal), view.depth_mm(view.document.viewing.cursor_mm)):
                painter.drawPolygon(QPolygonF([QPointF(view.widget_of(corner)) for corner in corners]))


def cuts(volume: Volume, normal: Vector, depth_mm: float) -> Iterator[list[Vector]]:
    """The polygons, LPS mm, in which a plane (n·x = depth) cuts the missing slices, each run of them one."""
    along = np.asarray(normal)
    _, rows, columns = volume.grid.shape
    for first, last in runs(volume.gaps):
        low = np.array([first - 0.5, -0.5, -0.5])
        high = np.array([last + 0.5, rows - 0.5, columns - 0.5])
        points = []
        for a, b in EDGES:
            start, end = (volume.grid.to_mm(low + (high - low) * np.array(c)) for c in (a, b))
            before, after = along @ start - depth_mm, along @ end - depth_mm
            if (before < 0) != (after < 0):
                points.append(start + (end - start) * before / (before - after))
        if len(points) >= 3:
            yield [vector(p) for p in _around(np.array(points), along)]


def runs(gaps: Sequence[int]) -> list[tuple[int, int]]:
    """Missing slices as first and last of each run."""
    found: list[tuple[int, int]] = []
    for gap in sorted(gaps):
        if found and gap == found[-1][1] + 1:
            found[-1] = found[-1][0], gap
        else:
            found.append((gap, gap))
    return found


def _around(points: Floats, normal: Floats) -> Floats:
    """Corners of a convex polygon in order about their middle."""
    spokes = points - points.mean(axis=0)
    first = spokes[0] / np.linalg.norm(spokes[0])
    angles = np.arctan2(spokes @ np.cross(normal, first), spokes @ first)
    return np.asarray(points[np.argsort(angles)])

"""Outlines of shapes in a plane: the analytic ellipse, drawn contours as drawn, the rest by contouring."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from atsmviewer.model.roi import Ellipsoid, Prism, Shape
from atsmviewer.render.inside import Field, Same, contour_planes, depth, px_box
from atsmviewer.render.raster import Raster

Polyline = NDArray[np.float64]

_ELLIPSE_POINTS = 96
_PARALLEL_COSINE = 0.9999


def ellipse(shape: Ellipsoid, raster: Raster) -> tuple[Polyline, ...]:
    """The ellipse in which a plane cuts an ellipsoid, as one closed polyline; nothing where it misses.

    In coordinates that make the ellipsoid the unit sphere a plane point is q = q0 + B (x, y). With
    B'B = L L' and m the squared distance of the plane from the centre, |q|² = 1 is the circle
    |L'((x, y) - c)|² = 1 - m.
    """
    to_unit = np.array(shape.axes).reshape(3, 3) / np.array(shape.radii_mm)[:, None]
    basis = to_unit @ np.column_stack([raster.right_mm, raster.down_mm])
    start = to_unit @ np.subtract(raster.origin_mm, shape.centre_mm)
    gram = basis.T @ basis
    centre = -np.linalg.solve(gram, basis.T @ start)
    rest = 1.0 - float(np.sum((start + basis @ centre) ** 2))
    if rest <= 0:
        return ()
    turn = np.linspace(0.0, 2 * np.pi, _ELLIPSE_POINTS, endpoint=False)
    circle = np.sqrt(rest) * np.stack([np.cos(turn), np.sin(turn)])
    points = centre[:, None] + np.linalg.solve(np.linalg.cholesky(gram).T, circle)
    return (np.ascontiguousarray(points.T),)


def outlines(shape: Shape, raster: Raster) -> tuple[Polyline, ...]:
    """Closed polylines (n, 2) as (x, y) px, first point not repeated; holes are polylines of their own.

    An even-odd fill of all of them together is the shape. Remembered for unchanged shape and raster.
    """
    return _remembered(Same(shape), raster)


@lru_cache(maxsize=256)
def _remembered(key: Same, raster: Raster) -> tuple[Polyline, ...]:
    shape = key.shape
    if isinstance(shape, Ellipsoid):
        return ellipse(shape, raster)
    if isinstance(shape, Prism) and abs(float(np.dot(shape.normal, raster.normal))) > _PARALLEL_COSINE:
        return _as_drawn(shape, raster)
    window = px_box(shape, raster)
    if window is None:
        return ()
    return contour(depth(shape, window.raster), window.x, window.y)


def _as_drawn(shape: Prism, raster: Raster) -> tuple[Polyline, ...]:
    """The contours of the nearest contour plane within half the spacing, moved along the normal."""
    at = float(np.dot(raster.to_mm((raster.shape[1] - 1) / 2, (raster.shape[0] - 1) / 2), shape.normal))
    distance, contours = min(((abs(p - at), c) for p, c in contour_planes(shape)), key=lambda near: near[0])
    if distance > shape.thickness_mm / 2 * (1 + 1e-9):
        return ()
    return tuple(raster.points_to_px(np.array(c.points_mm))[:, :2] for c in contours)


def contour(field: Field, x_px: int = 0, y_px: int = 0) -> tuple[Polyline, ...]:
    """Closed polylines where a field crosses zero; its first pixel lies at (x_px, y_px)."""
    rim = -max(float(np.abs(field).max(initial=0.0)), 1e-6)  # so that every line closes
    padded = np.pad(field, 1, constant_values=rim)
    lines = contour_generator(z=padded, line_type=LineType.Separate).lines(0.0)
    shift = np.array([x_px - 1.0, y_px - 1.0])
    return tuple(np.asarray(line[:-1]) + shift for line in lines if len(line) > 3)

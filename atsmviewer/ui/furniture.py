"""What stands in a view beside the picture: titles, letters, cross, scale bar, colour bar, cursor values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.picture import ticks
from atsmviewer.render.maps import colour_table
from atsmviewer.render.raster import letters, position_label, slice_of
from atsmviewer.render.theme import TOKENS
from atsmviewer.ui.frames import plane_detail
from atsmviewer.ui.gapmarks import paint_gaps
from atsmviewer.ui.viewtext import PLAIN, SMALL, TITLE, paint_text, width_px
from atsmviewer.ui.words import muscle_mean, number_text, plane_content, window_text

if TYPE_CHECKING:
    from atsmviewer.ui.planeview import PlaneView

SCRIM_PX = 64
INK, SOFT, LETTER = TOKENS["t1"], TOKENS["t2"], TOKENS["letter"]
BAR_LENGTHS_MM = (10, 20, 30, 50, 100, 200)


def paint_furniture(painter: QPainter, view: PlaneView) -> None:
    """Everything in device coordinates; the painter has an identity transform."""
    if view.raster is None:
        return
    paint_gaps(painter, view)
    _scrim(painter, view)
    _cross(painter, view)
    _letters(painter, view)
    _titles(painter, view)
    _scale_bar(painter, view)
    if view.plane.value == "axial":
        _colour_bar(painter, view)
        _windows(painter, view)
    _pill(painter, view)
    if view.hasFocus():
        painter.setPen(QPen(QColor(TOKENS["accent"]), 1.5))
        painter.drawRect(QRectF(0.75, 0.75, view.width() - 1.5, view.height() - 1.5))


def _scrim(painter: QPainter, view: PlaneView) -> None:
    gradient = QLinearGradient(0, 0, 0, SCRIM_PX)
    gradient.setColorAt(0, QColor(0, 0, 0, 170))
    gradient.setColorAt(1, QColor(0, 0, 0, 0))
    painter.fillRect(QRectF(0, 0, view.width(), SCRIM_PX), gradient)


def _cross(painter: QPainter, view: PlaneView) -> None:
    at = view.widget_of(view.document.viewing.cursor_mm)
    x, y, gap = round(at.x()), round(at.y()), 10
    # Straight lines on whole pixels need no smoothing, which costs a millisecond a view.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(127, 184, 238, 150), 1))
    painter.drawLine(0, y, x - gap, y)
    painter.drawLine(x + gap, y, view.width(), y)
    painter.drawLine(x, 0, x, y - gap)
    painter.drawLine(x, y + gap, x, view.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _letters(painter: QPainter, view: PlaneView) -> None:
    if view.raster is None:
        return
    left, right, top, bottom = letters(view.raster)
    font = TITLE
    w, h = view.width(), view.height()
    paint_text(painter, QPointF(8, h / 2 + 4), left, LETTER, font)
    paint_text(painter, QPointF(w - 8, h / 2 + 4), right, LETTER, font, right=True)
    paint_text(painter, QPointF(w / 2 - 4, 18), top, LETTER, font)
    paint_text(painter, QPointF(w / 2 - 4, h - 9), bottom, LETTER, font)


def _titles(painter: QPainter, view: PlaneView) -> None:
    acquisition = view.document.acquisition
    if acquisition is None:
        return
    cursor = view.document.viewing.cursor_mm
    paint_text(painter, QPointF(9, 18), view.plane.value.capitalize(), INK, TITLE)
    paint_text(painter, QPointF(9, 34), plane_content(view.document), SOFT)
    if detail := plane_detail(view.document):
        paint_text(painter, QPointF(9, 50), detail, INK)
    paint_text(
        painter, QPointF(view.width() - 9, 18), position_label(view.plane, cursor), INK, TITLE, right=True
    )
    # Beyond a short CT the PET's own slices are counted.
    grid = acquisition.grid_at(cursor)
    number, count = slice_of(view.plane, cursor, grid)
    paint_text(painter, QPointF(view.width() - 9, 34), f"slice {number} of {count}", SOFT, PLAIN, right=True)


def _scale_bar(painter: QPainter, view: PlaneView) -> None:
    wanted = view.width() * 0.25 / view.px_per_mm
    length = min(BAR_LENGTHS_MM, key=lambda mm: abs(mm - wanted))
    px = length * view.px_per_mm
    y = view.height() - 14.0
    left, right, middle = 10, round(10 + px), round(y)
    painter.fillRect(left - 1, middle - 1, right - left + 3, 4, QColor(0, 0, 0, 150))
    painter.fillRect(left, middle, right - left + 1, 2, QColor(INK))
    for end in (left, right):
        painter.fillRect(end, middle - 4, 2, 10, QColor(INK))
    paint_text(painter, QPointF(18 + px, y + 4), f"{length} mm", INK, PLAIN)


def _windows(painter: QPainter, view: PlaneView) -> None:
    font = PLAIN
    for row, text in enumerate(reversed(window_text(view.document))):
        paint_text(
            painter, QPointF(view.width() - 9, view.height() - 10 - 16 * row), text, SOFT, font, right=True
        )


def _colour_bar(painter: QPainter, view: PlaneView) -> None:
    """PET unit on the right; T/M on the left where muscle is known, since T/M is value / muscle mean."""
    document = view.document
    low, high = document.viewing.pet_window
    scale = document.scale
    if scale is None or high <= low:
        return
    height = min(230.0, view.height() * 0.34)
    bar = QRectF(48, view.height() - height - 64, 9, height)
    table = np.ascontiguousarray(colour_table(document.viewing.colour_map)[::-1])
    image = QImage(table.data, 1, len(table), 3, QImage.Format.Format_RGB888)
    painter.drawImage(bar, image.copy())
    painter.setPen(QPen(QColor(255, 255, 255, 90), 1))
    painter.drawRect(bar)
    font = SMALL

    def y_of(value: float) -> float:
        return bar.bottom() - (value - low) / (high - low) * bar.height()

    for value in ticks(low, high):
        paint_text(painter, QPointF(bar.right() + 6, y_of(value) + 4), f"{value:g}", INK, font)
    paint_text(painter, QPointF(bar.right() + 4, bar.top() - 13), scale.unit.value, INK, font)
    muscle = muscle_mean(document)
    if not muscle:
        return
    for value in ticks(low / muscle, high / muscle):
        paint_text(
            painter, QPointF(bar.left() - 6, y_of(value * muscle) + 4), f"{value:g}", INK, font, right=True
        )
    paint_text(painter, QPointF(bar.left() - 4, bar.top() - 13), "T/M", INK, font, right=True)
    levels = [h.level.value for h in document.here.hypoxic if isinstance(h.level, Measurement)]
    level = levels[0] if levels else math.nan
    if low <= level <= high:
        painter.setPen(QPen(Qt.GlobalColor.white, 2))
        painter.drawLine(QPointF(bar.left() - 4, y_of(level)), QPointF(bar.right() + 4, y_of(level)))


def _pill(painter: QPainter, view: PlaneView) -> None:
    """Value, T/M and HU at the cross, beside it, in the view that has the focus."""
    if not view.hasFocus():
        return
    lines = number_text(view.document, view.document.viewing.cursor_mm)
    if not lines:
        return
    width = max(width_px(lines[0], TITLE), width_px(lines[1], PLAIN))
    at = view.widget_of(view.document.viewing.cursor_mm)
    x = at.x() + 18 if at.x() + 18 + width + 20 < view.width() else at.x() - 18 - width - 20
    y = min(max(at.y() - 50, 44), view.height() - 50)
    box = QRectF(x, y, width + 18, 40)
    painter.setPen(QPen(QColor(TOKENS["line2"]), 1))
    painter.setBrush(QColor(16, 19, 23, 225))
    painter.drawRoundedRect(box, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    paint_text(painter, QPointF(box.left() + 9, box.top() + 17), lines[0], INK, TITLE)
    paint_text(painter, QPointF(box.left() + 9, box.top() + 33), lines[1], SOFT, PLAIN)

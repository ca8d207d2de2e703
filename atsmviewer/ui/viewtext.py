"""Words over a picture: each drawn once with its dark edge, kept, and laid down as a picture after that."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

Style = tuple[float, bool]
"""(size in px, bold)."""
TITLE: Style = (12.0, True)
PLAIN: Style = (11.5, False)
SMALL: Style = (11.0, False)
EDGE_PX = 2.5
MARGIN_PX = 3.0


@lru_cache(maxsize=8)
def view_font(style: Style) -> QFont:
    """The type of view texts, with tabular figures."""
    font = QFont("Inter")
    font.setPixelSize(round(style[0]))
    font.setWeight(QFont.Weight.DemiBold if style[1] else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def width_px(text: str, style: Style) -> float:
    """How much room a text takes."""
    return QFontMetricsF(view_font(style)).horizontalAdvance(text)


@lru_cache(maxsize=512)
def _picture(
    text: str, colour: str, style: Style, halo: bool, ratio: float
) -> tuple[QPixmap, QPointF, float]:
    """The text as a picture, where its baseline starts in it, and its advance.

    Stroking glyph outlines costs 0.2 ms a text; a view has twenty, and a drag step must fit in a frame.
    """
    font = view_font(style)
    metrics = QFontMetricsF(font)
    advance = metrics.horizontalAdvance(text)
    origin = QPointF(MARGIN_PX, MARGIN_PX + metrics.ascent())
    width, height = advance + 2 * MARGIN_PX, metrics.height() + 2 * MARGIN_PX
    picture = QPixmap(max(1, math.ceil(width * ratio)), max(1, math.ceil(height * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addText(origin, font, text)
    if halo:
        painter.strokePath(path, QPen(QColor(0, 0, 0, 170), EDGE_PX))
    painter.fillPath(path, QColor(colour))
    painter.end()
    return picture, origin, advance


def paint_text(
    painter: QPainter,
    at: QPointF,
    text: str,
    colour: str,
    style: Style = PLAIN,
    right: bool = False,
    halo: bool = True,
) -> None:
    """Text with its baseline starting (or, ``right``, ending) at a point."""
    ratio = painter.device().devicePixelRatioF()
    picture, origin, advance = _picture(text, colour, style, halo, ratio)
    x = at.x() - (advance if right else 0.0) - origin.x()
    # On whole pixels the kept picture is as sharp as fresh text.
    painter.drawPixmap(
        QPointF(round(x * ratio) / ratio, round((at.y() - origin.y()) * ratio) / ratio), picture
    )

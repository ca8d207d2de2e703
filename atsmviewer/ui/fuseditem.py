"""One finished RGB picture in a view, at its place in plane millimetres."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter, QPixmap


class FusedItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph is untyped
    """Draws one finished RGB picture at its place in plane coordinates (mm right, mm down)."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._pixels: NDArray[np.uint32] | None = None
        self._rect = QRectF(0, 0, 1, 1)
        self._wanted: tuple[int, QRectF] | None = None
        self._scaled: QPixmap | None = None

    def _kept(self, painter: QPainter) -> QPixmap | None:
        """The picture at screen size, from its second painting on: scaling it costs more than all words."""
        painter_device = painter.device()
        wanted = (self._image.cacheKey(), painter.worldTransform().mapRect(self._rect))
        if wanted != self._wanted:
            self._wanted, self._scaled = wanted, None
            return None
        if self._scaled is None:
            ratio = painter_device.devicePixelRatioF()
            size = (wanted[1].size() * ratio).toSize()
            self._scaled = QPixmap(size)
            self._scaled.setDevicePixelRatio(ratio)
            inner = QPainter(self._scaled)
            inner.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            inner.drawImage(QRectF(QPointF(), QSizeF(size) / ratio), self._image)
            inner.end()
        return self._scaled

    def show_picture(self, pixels: NDArray[np.uint32], rect: QRectF) -> None:
        """``pixels`` is (rows, columns) 0xffRRGGBB; ``rect`` its outer edge in mm."""
        rows, columns = pixels.shape
        self._pixels = pixels
        self._image = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self.update()

    def boundingRect(self) -> QRectF:
        """Where it paints."""
        return self._rect

    def paint(self, painter: QPainter, *_: object) -> None:
        """One drawImage, smoothly scaled; while nothing changes, the picture as it was scaled last."""
        kept = self._kept(painter)
        if kept is None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._rect, self._image)
            return
        place = painter.worldTransform().mapRect(self._rect).topLeft()
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(place, kept)
        painter.restore()

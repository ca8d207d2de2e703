"""The whole body at a glance: the anterior projection; a click goes to the hottest point behind it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from atsmviewer.model.volume import Volume
from atsmviewer.render.fuse import to_bytes
from atsmviewer.render.maps import paper_table
from atsmviewer.render.mip import Mip, hottest_mm, mip
from atsmviewer.render.raster import letters
from atsmviewer.render.theme import TOKENS
from atsmviewer.render.upright import is_upright
from atsmviewer.ui.document import Document
from atsmviewer.ui.lane import Lane
from atsmviewer.ui.viewtext import PLAIN, TITLE, paint_text
from atsmviewer.ui.words import pet_unit

HEAD_PX = 44
AT_ONCE_VOXELS = 20_000_000
"""A larger volume, or one that lies oblique, is projected off the GUI thread: it takes more than a frame."""


class MipView(QWidget):
    """Made once a volume; only its window and the cursor's mark change after that."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.setMinimumWidth(120)
        self.setAccessibleName("maximum-intensity projection")
        self.setToolTip("Click: go to the hottest point behind it")
        self._made: tuple[Volume, Mip] | None = None
        self._factors: tuple[float, ...] = ()
        self._asked: tuple[Volume, tuple[float, ...]] | None = None
        self.lane = Lane("mip", self)
        self.lane.answered.connect(self._arrived)
        self.lane.failed.connect(document.trouble)
        self._image = QImage()
        self._shown: object = None
        document.viewing_changed.connect(lambda _: self.update())
        document.study_changed.connect(lambda _: self.update())

    def _projection(self) -> tuple[Volume, Mip] | None:
        frame, scale = self.document.frame, self.document.scale
        volume = None if frame is None else frame.volume
        if volume is None or scale is None:
            return None
        factors = scale.slice_factors
        if self._made is None or self._made[0] is not volume or self._factors != factors:
            if volume.voxels.size > AT_ONCE_VOXELS or not is_upright(volume.grid):
                self._ask(volume, factors)
                return None
            self._made, self._factors = (volume, mip(volume, 0.0, factors)), factors
        return self._made

    def _ask(self, volume: Volume, factors: tuple[float, ...]) -> None:
        """Have it made off this thread, once; the place stays dark until then."""
        if self._asked is not None and self._asked[0] is volume and self._asked[1] == factors:
            return
        self._asked = volume, factors
        self.lane.submit(lambda _progress, _cancelled: (volume, mip(volume, 0.0, factors), factors))

    def _arrived(self, answer: tuple[Volume, Mip, tuple[float, ...]]) -> None:
        volume, made, self._factors = answer
        self._made, self._asked = (volume, made), None
        self.update()

    def place(self) -> QRectF:
        """Where the picture lies in the widget, whole and undistorted."""
        made = self._projection()
        if made is None:
            return QRectF()
        rows, columns = made[1].values.shape
        room = QRectF(0, HEAD_PX, self.width(), self.height() - HEAD_PX - 8)
        scale = min(room.width() / columns, room.height() / rows)
        size = columns * scale, rows * scale
        return QRectF(room.center().x() - size[0] / 2, room.center().y() - size[1] / 2, *size)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the hottest point behind the pointer."""
        made, place = self._projection(), self.place()
        if made is None or not place.contains(event.position()):
            return
        px = made[1].values.shape[1] / place.width()
        x = (event.position().x() - place.left()) * px - 0.5
        y = (event.position().y() - place.top()) * px - 0.5
        point = hottest_mm(made[0], made[1].raster, x, y)
        if point is not None:
            self.document.look(replace(self.document.viewing, cursor_mm=point))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, picture, letters, and the cursor's mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made = self._projection()
        painter.fillRect(self.rect(), QColor(TOKENS["mip_paper" if made else "void"]))
        if made is None:
            return
        self._develop(made[1])
        place = self.place()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        self._mark(painter, made[1], place)
        ink = TOKENS["paper_ink"]
        low, high = self.document.viewing.pet_window
        paint_text(painter, QPointF(9, 18), "MIP", ink, TITLE, halo=False)
        text = f"anterior, {low:.3g} … {high:.3g} {pet_unit(self.document)}"
        paint_text(painter, QPointF(9, 34), text, ink, PLAIN, halo=False)
        left, right, _, _ = letters(made[1].raster)
        middle = self.height() / 2
        paint_text(painter, QPointF(8, middle), left, ink, TITLE, halo=False)
        paint_text(painter, QPointF(self.width() - 8, middle), right, ink, TITLE, True, False)

    def _develop(self, made: Mip) -> None:
        wanted = made, self.document.viewing.pet_window
        if wanted == self._shown:
            return
        self._shown = wanted
        rgb = np.ascontiguousarray(paper_table()[to_bytes(made.values, self.document.viewing.pet_window, 0)])
        rows, columns, _ = rgb.shape
        self._image = QImage(rgb.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()

    def _mark(self, painter: QPainter, made: Mip, place: QRectF) -> None:
        x, y, _ = made.raster.to_px(self.document.viewing.cursor_mm)
        scale = place.width() / made.values.shape[1]
        at = QPointF(place.left() + (x + 0.5) * scale, place.top() + (y + 0.5) * scale)
        painter.setPen(QPen(QColor(TOKENS["primary"]), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 8, 8)
        painter.drawLine(QPointF(0, at.y()), QPointF(at.x() - 8, at.y()))
        painter.drawLine(QPointF(at.x() + 8, at.y()), QPointF(self.width(), at.y()))

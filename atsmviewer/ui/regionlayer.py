"""Regions over a plane: outlines, the avid overlay, labels and handles, and what lies under the mouse."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import Ellipsoid, Roi, Role, Shape
from atsmviewer.quant.aligned import regions_in
from atsmviewer.render.inside import drawn_as
from atsmviewer.render.outline import outlines
from atsmviewer.render.overlay import avid
from atsmviewer.render.theme import AVID_STYLE, BROUGHT_DASH, HALO, HATCH, LINE_PX, role_style
from atsmviewer.ui.alignment import ALIGN
from atsmviewer.ui.viewtext import PLAIN, paint_text, width_px

if TYPE_CHECKING:
    from atsmviewer.ui.planeview import PlaneView

SHADE = QColor(HALO.colour)
SHADE.setAlphaF(HALO.opacity)
HANDLE_PX = 8.0
HANDLE_REACH_PX = 10.0
OUTLINE_REACH_PX = 6.0
LABEL_FROM_PX = 40.0
"""Smaller regions are named only while selected, so that names do not pile up."""


@dataclass
class Drawn:
    """One roi as it lies in this plane, in plane millimetres."""

    roi: Roi
    shape: Shape
    path: QPainterPath
    centre: QPointF
    source: str = ""
    """Where an alignment brought it from ("from scan B"): seen here, edited there."""


class RegionLayer:
    """Paths are kept in plane mm and mapped to the screen when painted."""

    def __init__(self, view: PlaneView) -> None:
        self.view = view
        self.drawn: list[Drawn] = []
        self.avid = QPainterPath()
        self._hatch: QBrush | None = None
        self._outlined: object = None

    def refresh(self) -> None:
        """Regions and the avid overlay, from what the document holds now."""
        self.outline()
        self.avid = self._avid() if self.view.document.viewing.show_overlay else QPainterPath()

    def outline(self) -> None:
        """Cut every region that lies in this frame of reference, or was brought here, with the plane."""
        document, raster = self.view.document, self.view.raster
        acquisition = document.acquisition
        found = {numbers.roi_uid: numbers.derived for numbers in document.here.rois}
        wanted = (document.session.rois, raster, acquisition and acquisition.uid, found, document.alignments)
        if wanted == self._outlined:
            return
        self._outlined = wanted
        self.drawn = []
        if acquisition is None or raster is None or document.study is None:
            return
        here, sources = regions_in(document.study, document.session, acquisition.uid)
        for roi in here.rois:
            shape = drawn_as(roi.shape, found.get(roi.uid))
            lines = outlines(shape, raster)
            if lines:
                path = self._path(lines)
                drawn = Drawn(roi, shape, path, self._centre(roi, path), sources.get(roi.uid, ""))
                self.drawn.append(drawn)

    def _avid(self) -> QPainterPath:
        document, raster, pet = self.view.document, self.view.raster, self.view.planes[1]
        found = document.here.hypoxic
        level = next((h.level for h in found if isinstance(h.level, Measurement)), None)
        if level is None or raster is None or pet is None:
            return QPainterPath()
        tumours = [d.shape for d in self.drawn if d.roi.role is Role.TUMOUR]
        taken = [d.shape for d in self.drawn if d.roi.role in (Role.PHYSIOLOGIC, Role.NECROSIS)]
        return self._path(avid(pet, raster, level.value, tumours, taken, found[0].comparator).outlines)

    def _path(self, lines: tuple[NDArray[np.float64], ...]) -> QPainterPath:
        raster = self.view.raster
        path = QPainterPath()
        if raster is None:
            return path
        path.setFillRule(Qt.FillRule.OddEvenFill)
        px = raster.px_mm
        u, v = self.view.uv(raster.origin_mm)
        for line in lines:
            x, y = np.ascontiguousarray((line * px + (u, v)).T)
            path.addPath(pg.arrayToQPath(x, y))
            path.closeSubpath()
        return path

    def _centre(self, roi: Roi, path: QPainterPath) -> QPointF:
        if isinstance(roi.shape, Ellipsoid):
            return QPointF(*self.view.uv(roi.shape.centre_mm))
        return path.boundingRect().center()

    # -- painting ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Avid hatch first, then outlines with halo, then the selected region's handles."""
        transform = self._to_widget()
        self._paint_avid(painter, transform)
        for drawn in self.drawn:
            colour, dash = role_style(drawn.roi.role)
            dash = BROUGHT_DASH if drawn.source else dash
            selected = drawn.roi.uid == self.view.document.viewing.selected_roi
            path = transform.map(drawn.path)
            stroke(painter, path, QColor(colour), dash)
            if selected or path.boundingRect().width() > LABEL_FROM_PX:
                name = f"{drawn.roi.name} ({drawn.source})" if drawn.source else drawn.roi.name
                self._paint_label(painter, name, path.boundingRect(), colour)
            if selected and not drawn.source and isinstance(drawn.roi.shape, Ellipsoid):
                self._paint_handles(painter, drawn, transform, QColor(colour))

    def _paint_avid(self, painter: QPainter, transform: QTransform) -> None:
        if self.avid.isEmpty():
            return
        path = transform.map(self.avid)
        sizes = [
            transform.map(d.path).boundingRect().width() for d in self.drawn if d.roi.role is Role.TUMOUR
        ]
        if max(sizes, default=0.0) > HATCH.least_px:
            painter.fillPath(path, self._hatch_brush())
        stroke(painter, path, QColor(AVID_STYLE[0]), AVID_STYLE[1])

    def _hatch_brush(self) -> QBrush:
        if self._hatch is None:
            pitch = round(HATCH.pitch_px)
            tile = QPixmap(pitch, pitch)
            tile.fill(Qt.GlobalColor.transparent)
            brush = QPainter(tile)
            brush.setRenderHint(QPainter.RenderHint.Antialiasing)
            ink = QColor(HATCH.colour)
            ink.setAlphaF(HATCH.opacity)
            brush.setPen(QPen(ink, 1.2))
            for shift in (-pitch, 0, pitch):
                brush.drawLine(QPointF(shift, pitch), QPointF(shift + pitch, 0))
            brush.end()
            self._hatch = QBrush(tile)
        return self._hatch

    def _paint_label(self, painter: QPainter, name: str, box: QRectF, colour: str) -> None:
        at = QPointF(box.center().x() - width_px(name, PLAIN) / 2, box.bottom() + 16)
        paint_text(painter, at, name, colour)

    def _paint_handles(self, painter: QPainter, drawn: Drawn, transform: QTransform, colour: QColor) -> None:
        centre = transform.map(drawn.centre)
        for pen in (QPen(SHADE, 3.5), QPen(colour, 1.4)):
            painter.setPen(pen)
            painter.drawLine(centre - QPointF(6, 0), centre + QPointF(6, 0))
            painter.drawLine(centre - QPointF(0, 6), centre + QPointF(0, 6))
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(QColor(0, 0, 0, 200))
        for at in self._handles(drawn, transform):
            painter.drawRect(QRectF(at.x() - HANDLE_PX / 2, at.y() - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # -- hit tests, in widget pixels ----------------------------------------------------------------

    def handle_at(self, position: QPointF) -> Roi | None:
        """The selected region, if one of its handles is under the mouse."""
        transform = self._to_widget()
        for drawn in self._own():
            if drawn.roi.uid == self.view.document.viewing.selected_roi:
                # In a small picture handles crowd the centre: the nearer of the two is meant.
                reach = min(HANDLE_REACH_PX, _distance(transform.map(drawn.centre), position))
                if any(_distance(at, position) <= reach for at in self._handles(drawn, transform)):
                    return drawn.roi
        return None

    def roi_at(self, position: QPointF, inside: bool) -> Roi | None:
        """The region whose centre or outline is under the mouse, or its inside where ``inside`` is asked."""
        transform = self._to_widget()
        best: tuple[float, Roi] | None = None
        for drawn in self._own():
            path = transform.map(drawn.path)
            near = _distance(transform.map(drawn.centre), position) <= HANDLE_REACH_PX
            edge = QPainterPath()
            edge.addEllipse(position, OUTLINE_REACH_PX, OUTLINE_REACH_PX)
            on_edge = path.intersects(edge) and not path.contains(edge)
            if near or on_edge or (inside and path.contains(position)):
                size = path.boundingRect().width()
                if best is None or size < best[0]:
                    best = (size, drawn.roi)
        return None if best is None else best[1]

    def _own(self) -> list[Drawn]:
        """The regions drawn in this frame of reference: only these may be held here."""
        return [drawn for drawn in self.drawn if not drawn.source]

    def hover(self, position: QPointF) -> None:
        """Say by the pointer's shape what a press would do."""
        tool = self.view.document.viewing.tool
        if tool == ALIGN:
            self.view.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        if self.handle_at(position) is not None:
            shape = Qt.CursorShape.SizeFDiagCursor
        elif self.roi_at(position, inside=tool.startswith("sphere")) is not None:
            shape = Qt.CursorShape.SizeAllCursor
        else:
            shape = Qt.CursorShape.CrossCursor if tool.startswith("sphere") else Qt.CursorShape.ArrowCursor
        self.view.setCursor(shape)

    def _handles(self, drawn: Drawn, transform: QTransform) -> list[QPointF]:
        box = transform.map(drawn.path).boundingRect()
        middle = box.center()
        if not isinstance(drawn.roi.shape, Ellipsoid):
            return []
        return [
            QPointF(box.left(), middle.y()),
            QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.top()),
            QPointF(middle.x(), box.bottom()),
        ]

    def _to_widget(self) -> QTransform:
        zero, one = self.view.to_widget(0.0, 0.0), self.view.to_widget(1000.0, 1000.0)
        sx, sy = (one.x() - zero.x()) / 1000.0, (one.y() - zero.y()) / 1000.0
        return QTransform(sx, 0, 0, sy, zero.x(), zero.y())


def stroke(painter: QPainter, path: QPainterPath, colour: QColor, dash: tuple[float, ...]) -> None:
    """A line with a dark halo, so that it reads on any picture; ``dash`` in line widths, empty for solid."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.strokePath(path, QPen(SHADE, LINE_PX + HALO.wider_px))
    pen = QPen(colour, LINE_PX)
    if dash:
        pen.setDashPattern(list(dash))
    painter.strokePath(path, pen)


def _distance(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())

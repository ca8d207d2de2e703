"""One plane on screen: samples, fuses and paints it, and turns the mouse into gestures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QResizeEvent, QWheelEvent

from atsmviewer.model.grid import Floats, Vector, vector
from atsmviewer.model.volume import Volume
from atsmviewer.render.fuse import Look, fuse_rgb32
from atsmviewer.render.lerp import Plane32
from atsmviewer.render.raster import Plane, Raster, field_raster, step_mm
from atsmviewer.render.sample import sample, sample_moving
from atsmviewer.ui.document import Document
from atsmviewer.ui.furniture import paint_furniture
from atsmviewer.ui.fuseditem import FusedItem
from atsmviewer.ui.gestures import Gestures
from atsmviewer.ui.regionlayer import RegionLayer

MOVING_PX = 512
"""Longest side of a fused picture while something moves (performance.md: fuse at <= 512)."""
STILL_PX = 1024
STILL_AFTER_MS = 120


Planes = tuple[Plane32 | None, Plane32 | None]
"""(CT, PET) sampled on one raster."""


class PlaneView(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph is untyped
    """An axial, coronal or sagittal view of the document."""

    hovered = Signal(object)
    enlarged = Signal(object)
    zoomed = Signal(object, float)

    def __init__(self, plane: Plane, document: Document) -> None:
        super().__init__(background="#000000")
        self.plane = plane
        self.document = document
        unit = field_raster(plane, (0.0, 0.0, 0.0), (1.0, 1.0), 1.0)
        self.right, self.down = np.asarray(unit.right_mm), np.asarray(unit.down_mm)
        self.normal = np.abs(unit.normal)
        self.box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, enableMouse=False)
        self.box.setBorder(None)
        self.setCentralItem(self.box)
        self.item = FusedItem()
        self.box.addItem(self.item, ignoreBounds=True)
        self.layer = RegionLayer(self)
        self.gestures = Gestures(self)
        self.planes: Planes = (None, None)
        self.raster: Raster | None = None
        self._sampled: tuple[object, object] = (None, None)
        self._fused: object = None
        self._still = QTimer(self, singleShot=True, interval=STILL_AFTER_MS)
        self._still.timeout.connect(self._sharpen)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{plane.value} view")
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)

    # -- where things are -------------------------------------------------------------------------

    def uv(self, point_mm: Vector) -> tuple[float, float]:
        """Plane coordinates (mm right, mm down) of a patient point."""
        point = np.asarray(point_mm)
        return float(point @ self.right), float(point @ self.down)

    def depth_mm(self, point_mm: Vector) -> float:
        """Position of a patient point along the normal of the plane."""
        return float(np.asarray(point_mm) @ self.normal)

    def point_mm(self, position: QPointF) -> Vector:
        """The patient point under a widget position, on the shown plane."""
        uv = self.box.mapSceneToView(self.mapToScene(position.toPoint()))
        depth = self.depth_mm(self.document.viewing.cursor_mm)
        x, y, z = uv.x() * self.right + uv.y() * self.down + depth * self.normal
        return float(x), float(y), float(z)

    def to_widget(self, u: float, v: float) -> QPointF:
        """Widget position of plane coordinates."""
        scene = self.box.mapViewToScene(QPointF(u, v))
        return QPointF(self.viewportTransform().map(scene))

    def widget_of(self, point_mm: Vector) -> QPointF:
        """Widget position of a patient point projected on the plane."""
        return self.to_widget(*self.uv(point_mm))

    @property
    def px_per_mm(self) -> float:
        """Screen pixels (logical) a millimetre takes."""
        a, b = self.to_widget(0.0, 0.0), self.to_widget(100.0, 0.0)
        return math.hypot(b.x() - a.x(), b.y() - a.y()) / 100.0

    # -- showing ----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show all of PET and CT together: the one may be a crop of the other."""
        acquisition = self.document.acquisition
        if acquisition is not None:
            self.box.setRange(self._extent(*acquisition.extent_mm), padding=0.02)
            self.refresh()

    def zoom(self, factor: float, about: QPointF) -> None:
        """Scale about a widget position; the other planes follow about the cross."""
        self.scale_about(factor, self.box.mapSceneToView(self.mapToScene(about.toPoint())))
        self.zoomed.emit(self, factor)

    def scale_about(self, factor: float, centre: QPointF) -> None:
        """Scale about a point in plane millimetres."""
        self.box.scaleBy((1 / factor, 1 / factor), center=centre)
        self.refresh()

    def pan(self, du_mm: float, dv_mm: float) -> None:
        """Move the picture under the glass."""
        self.box.translateBy(x=-du_mm, y=-dv_mm)
        self.refresh()

    def refresh(self) -> None:
        """Sample and fuse what changed since the last time, then repaint; a region's drag changes neither."""
        document = self.document
        if document.frame is None or self.width() < 16:
            return
        self.raster = self._visible_raster(MOVING_PX)
        wanted = (
            (self.raster, document.anatomy),
            (self.raster, document.frame.volume, document.scale),
        )
        look = Look.of(document.viewing)
        if wanted != self._sampled:
            (ct_was, pet_was), (ct, pet) = self._sampled, self.planes
            self._sampled, self._fused = wanted, None
            ct = ct if ct_was == wanted[0] else self._ct(self.raster, sample_moving)
            self.planes = ct, pet if pet_was == wanted[1] else self._pet(self.raster)
        if look != self._fused:
            self._fused = look
            self._show(self.raster, self.planes)
            self._still.start()
        self.layer.refresh()
        self.viewport().update()

    def _sharpen(self) -> None:
        """Once nothing moves, the same picture again at the screen's own resolution."""
        if self.document.acquisition is not None and self.isVisible():
            raster = self._visible_raster(STILL_PX)
            self._show(raster, (self._ct(raster, sample), self._pet(raster)))
            self.viewport().update()

    def _ct(self, raster: Raster, how: Callable[[Volume, Raster], Plane32]) -> Plane32 | None:
        """CT in HU (MR in its own units) on a raster, where alignments place it."""
        ct = self.document.anatomy
        return None if ct is None else how(ct, raster)

    def _pet(self, raster: Raster) -> Plane32 | None:
        """PET in the shown unit on a raster."""
        frame, scale = self.document.frame, self.document.scale
        if frame is None or frame.volume is None:
            return None
        return sample(frame.volume, raster, (1.0,) if scale is None else scale.slice_factors)

    def _show(self, raster: Raster, planes: Planes) -> None:
        ct, pet = planes
        if ct is None and pet is None:
            return
        rows, columns = raster.shape
        px = raster.px_mm
        u, v = self.uv(raster.origin_mm)
        rect = QRectF(u - px / 2, v - px / 2, columns * px, rows * px)
        self.item.show_picture(fuse_rgb32(ct, pet, Look.of(self.document.viewing)), rect)

    def mark_regions(self) -> None:
        """Only regions changed: the overlay follows when the assessment arrives."""
        self.layer.outline()
        self.viewport().update()

    def _extent(self, low: Floats, high: Floats) -> QRectF:
        corners = [self.uv(vector(corner)) for corner in (low, high)]
        (u0, u1), (v0, v1) = (sorted(axis) for axis in zip(*corners, strict=True))
        return QRectF(u0, v0, u1 - u0, v1 - v0)

    def _visible_raster(self, longest_px: int) -> Raster:
        (u0, u1), (v0, v1) = self.box.viewRange()
        device = max(self.width(), self.height()) * self.devicePixelRatioF()
        px = max(u1 - u0, v1 - v0) / max(1.0, min(longest_px, device))
        shape = max(1, math.ceil((v1 - v0) / px)), max(1, math.ceil((u1 - u0) / px))
        depth = self.depth_mm(self.document.viewing.cursor_mm)
        origin = (u0 + px / 2) * self.right + (v0 + px / 2) * self.down + depth * self.normal
        return Raster(vector(origin), vector(px * self.right), vector(px * self.down), shape)

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Outlines, handles, cross, letters and scale in device coordinates, over the picture."""
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.layer.paint(painter)
        paint_furniture(painter, self)
        painter.restore()

    # -- mouse ------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Wheel: slice; Shift: five slices; Ctrl: zoom at the pointer."""
        turns = (event.angleDelta().y() or event.angleDelta().x()) / 120.0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.15**turns, event.position())
        else:
            many = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.step(round(turns) * many)
        event.accept()

    def step(self, slices: int) -> None:
        """Move the cursor along the normal by that many native slices, staying inside the data.

        By those of the CT where it lies, by the PET's beyond it.
        """
        acquisition = self.document.acquisition
        if acquisition is not None and slices:
            low, high = acquisition.extent_mm
            grid = acquisition.grid_at(self.document.viewing.cursor_mm)
            along = slices * step_mm(self.plane, grid) * self.normal
            moved = np.asarray(self.document.viewing.cursor_mm) + along
            inside = vector(np.clip(moved, low + 1e-3, high - 1e-3))
            self.document.look(replace(self.document.viewing, cursor_mm=inside))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a gesture, or hover."""
        self.gestures.move(event)
        self.hovered.emit(self.point_mm(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a gesture: one undo step."""
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One view large, again back."""
        self.enlarged.emit(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is shown, at the new size."""
        super().resizeEvent(event)
        if hasattr(self, "layer"):
            self.refresh()

"""Hypoxic volume against T/M threshold, with the threshold's handle on the curve itself."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy

from atsmviewer.render.theme import TOKENS
from atsmviewer.ui.threshold import HIGHEST, LOWEST, STEP


class ThresholdCurve(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph is untyped
    """Drag, click, arrow keys, + and −; ``previewed`` follows the hand, ``chosen`` is the release."""

    previewed = Signal(float)
    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__(background=TOKENS["bg2"])
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("T/M threshold")
        self.setToolTip("Drag to choose the T/M threshold; + and − by 0.1")
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        for name in ("left", "bottom", "right"):
            axis = plot.getAxis(name)
            axis.setPen(QColor(TOKENS["line2"]))
            axis.setTextPen(QColor(TOKENS["t2"]))
            axis.setStyle(tickLength=-4)
        plot.showAxis("right")
        plot.getAxis("left").setWidth(34)
        plot.getAxis("right").setWidth(40)
        plot.getAxis("left").setStyle(maxTickLevel=0)
        plot.getAxis("bottom").setTicks([[(1, "1"), (1.4, "1.4"), (2, "2"), (3, "3"), (4, "4"), (5, "5")]])
        plot.setLabel("bottom", "T/M threshold", color=TOKENS["t3"])
        self._curve = plot.plot(
            [], [], pen=pg.mkPen(TOKENS["t1"], width=2), fillLevel=0, brush=QColor(232, 236, 240, 26)
        )
        example = pg.InfiniteLine(1.4, pen=pg.mkPen(TOKENS["t3"], style=Qt.PenStyle.DotLine))
        self._line = pg.InfiniteLine(1.4, pen=pg.mkPen(TOKENS["accent"], width=2))
        self._dot = pg.ScatterPlotItem(
            [], [], size=13, brush=QColor(TOKENS["accent"]), pen=pg.mkPen("w", width=2)
        )
        for item in (example, self._line, self._dot):
            plot.addItem(item)
        plot.setXRange(LOWEST, HIGHEST, padding=0.03)
        self.fold(False)
        self._threshold = 1.4
        self._points: tuple[tuple[float, float], ...] = ()
        self._dragging = False
        self._scaled = (0.0, 0.0)

    def sizeHint(self) -> QSize:
        """As low as it may be: a column that is short counts with it."""
        return QSize(200, self.minimumHeight())

    def fold(self, folded: bool) -> None:
        """Lower, and without the name of its axis, where height is short."""
        self.setMinimumHeight(88 if folded else 118)
        self.getPlotItem().getAxis("bottom").showLabel(not folded)

    def show_curve(
        self, points: tuple[tuple[float, float], ...], threshold: float, tumour_ml: float | None
    ) -> None:
        """``points`` are (T/M threshold, ml); an empty tuple keeps the last curve while a new one is made."""
        self._threshold = threshold
        if points:
            self._points = points
            x, y = np.array(points).T
            self._curve.setData(x, y)
            self._scale(max(float(y.max()), 1e-3), tumour_ml)
        self._line.setPos(threshold)
        if self._points:
            x, y = np.array(self._points).T
            self._dot.setData([threshold], [float(np.interp(threshold, x, y))])

    def _scale(self, top: float, tumour_ml: float | None) -> None:
        """Axes follow in steps of half a per cent: laying them out again costs more than the curve."""
        scaled = top, tumour_ml or 0.0
        if all(abs(new - old) <= 0.005 * old for new, old in zip(scaled, self._scaled, strict=True)):
            return
        self._scaled = scaled
        self.getPlotItem().setYRange(0, top, padding=0.08)
        if tumour_ml:
            ticks = [(tumour_ml * share / 100, f"{share} %") for share in (0, 50, 100)]
            self.getPlotItem().getAxis("right").setTicks([ticks])

    def clear_curve(self) -> None:
        """No tumour or no muscle: nothing to draw."""
        self._points = ()
        self._curve.setData([], [])
        self._dot.setData([], [])

    def threshold_at(self, position: QPointF) -> float:
        """The threshold under a widget position, to 0.05, inside the axis."""
        at = self.getPlotItem().vb.mapSceneToView(self.mapToScene(position.toPoint())).x()
        return float(np.clip(round(at / 0.05) * 0.05, LOWEST, HIGHEST))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle."""
        if event.button() == Qt.MouseButton.LeftButton and self._points:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._dragging = True
            self.previewed.emit(self.threshold_at(event.position()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Numbers and hatch follow."""
        if self._dragging:
            self.previewed.emit(self.threshold_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """One undo step."""
        if self._dragging:
            self._dragging = False
            self.chosen.emit(self.threshold_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel over the curve does nothing, so it never scrolls a slice by accident."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and + − move the threshold by 0.1."""
        steps = {
            Qt.Key.Key_Left: -STEP,
            Qt.Key.Key_Right: STEP,
            Qt.Key.Key_Minus: -STEP,
            Qt.Key.Key_Plus: STEP,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._points:
            event.ignore()
            return
        self.chosen.emit(float(np.clip(round(self._threshold + step, 2), LOWEST, HIGHEST)))

"""A reader's hands: the real window, driven with mouse and keys in patient millimetres."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from atsmviewer.model.assessment import Depth
from atsmviewer.model.grid import Vector
from atsmviewer.ui.app import application
from atsmviewer.ui.planeview import PlaneView
from atsmviewer.ui.theme import dress
from atsmviewer.ui.window import MainWindow

WAIT_MS = 60_000


class Desk:
    """The window and what a hand can do to it."""

    def __init__(self, qtbot: QtBot, width: int = 1280, height: int = 800) -> None:
        worn = application()
        if not worn.styleSheet():  # the test runner made it, undressed; sizes are those of the dress
            dress(worn)
        self.qtbot = qtbot
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(width, height)
        self.window.show()
        self.window.activateWindow()
        # Keys only reach the active window; a bare X server has no window manager to make it so.
        with qtbot.waitActive(self.window, timeout=10_000):
            self.window.windowHandle().requestActivate()

    def open(self, path: Path) -> None:
        """Open a folder and wait for its pictures."""
        with self.qtbot.waitSignal(self.window.document.study_changed, timeout=WAIT_MS):
            self.window.opener.open(path)
        self.qtbot.waitUntil(lambda: not self.window.opener.lane.busy, timeout=WAIT_MS)
        self.settle()

    def settle(self) -> None:
        """Wait until every number is there."""
        self.qtbot.waitUntil(lambda: self.window.document.assessment.depth is Depth.FULL, timeout=WAIT_MS)
        QApplication.processEvents()

    def look_at(self, view: PlaneView, point_mm: Vector) -> None:
        """Click the cross to a point of a view's plane."""
        self.click(view, point_mm)

    def widget_point(self, view: PlaneView, point_mm: Vector) -> QPoint:
        return view.widget_of(point_mm).toPoint()

    def click(self, view: PlaneView, point_mm: Vector) -> None:
        press(view.viewport(), self.widget_point(view, point_mm))

    def drag(self, view: PlaneView, start: QPoint, end: QPoint, steps: int = 6) -> None:
        """Press, move in steps, release, as a hand does."""
        self.drag_widget(view.viewport(), start, end, steps)

    def drag_widget(self, widget: QWidget, start: QPoint, end: QPoint, steps: int = 6) -> None:
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, Qt.KeyboardModifier.NoModifier, start)
        for k in range(1, steps + 1):
            at = QPointF(start) + (QPointF(end) - QPointF(start)) * (k / steps)
            self.move_held(widget, at.toPoint())
        QTest.mouseRelease(widget, left, Qt.KeyboardModifier.NoModifier, end)

    def move_held(self, widget: QWidget, to: QPoint) -> None:
        """One mouse move with the left button down."""
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        at = QPointF(to)
        event = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), left, left, none)
        QApplication.sendEvent(widget, event)
        QApplication.processEvents()

    def wheel(self, view: PlaneView, turns: int, modifier: Qt.KeyboardModifier | None = None) -> None:
        at = QPointF(view.width() / 2, view.height() / 2)
        event = QWheelEvent(
            at,
            view.mapToGlobal(at),
            QPoint(),
            QPoint(0, 120 * turns),
            Qt.MouseButton.NoButton,
            modifier or Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), event)
        QApplication.processEvents()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)
        QApplication.processEvents()

    def grab(self, path: Path) -> None:
        """A picture of the window."""
        QApplication.processEvents()
        self.window.grab().save(str(path))

    def go_to(self, point_mm: Vector) -> None:
        """Bring all three planes to a point, with the cross: one click in axial, one in coronal."""
        self.key(Qt.Key.Key_Escape)
        self.click(self.window.page.axial, point_mm)
        self.click(self.window.page.coronal, point_mm)

    def drop(self, path: Path) -> None:
        """Drop a folder on the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        at = QPointF(self.window.width() / 2, self.window.height() / 2)
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window, QDragEnterEvent(at.toPoint(), copy, data, left, none))
        QApplication.sendEvent(self.window, QDropEvent(at, copy, data, left, none))


def press(widget: QWidget, at: QPoint | None = None) -> None:
    """One click of the left button, in the middle unless said where."""
    at = widget.rect().center() if at is None else at
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def tumour_of(scan: dict[str, Any]) -> Vector:
    """Where the phantom's tumour is in one time point."""
    return place(scan["tumour"])


def muscles_of(scan: dict[str, Any]) -> list[Vector]:
    """Where muscle is, both sides."""
    return [place(one) for one in scan["muscles"]]


def first_scan(truth: dict[str, Any]) -> dict[str, Any]:
    """The early time point."""
    scan: dict[str, Any] = truth["acquisitions"][0]
    return scan


def place(sphere: dict[str, Any]) -> Vector:
    x, y, z = (float(value) for value in sphere["centre_mm"])
    return x, y, z


def place_both(desk: Desk, scan: dict[str, Any]) -> None:
    """Tumour and one muscle sphere, each by going there and one click."""
    desk.go_to(tumour_of(scan))
    desk.key(Qt.Key.Key_S)
    desk.click(desk.window.page.axial, tumour_of(scan))
    desk.go_to(muscles_of(scan)[0])
    desk.key(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    desk.click(desk.window.page.axial, muscles_of(scan)[0])
    desk.settle()

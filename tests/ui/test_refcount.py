"""Drawing, signals and void calls keep the count of references to None and True (PySide6 6.12 does not)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

TIMES = 1_000
SLACK = 50  # what the interpreter and the test itself may let go of meanwhile


class Picture(QWidget):
    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), Qt.GlobalColor.black)
        self.painted += 1


class Bell(QObject):
    rung = Signal(bool)


def counts() -> tuple[int, int]:
    return sys.getrefcount(None), sys.getrefcount(True)


def test_a_thousand_repaints_emits_and_void_calls_lose_no_reference(qtbot: QtBot) -> None:
    picture, bell, heard = Picture(), Bell(), list[bool]()
    qtbot.addWidget(picture)
    bell.rung.connect(heard.append)
    with qtbot.waitExposed(picture):
        picture.show()
    before, painted = counts(), picture.painted
    for _ in range(TIMES):
        picture.repaint()
        bell.rung.emit(True)
        picture.setVisible(True)
    after = counts()
    assert picture.painted - painted == TIMES
    assert len(heard) == TIMES
    assert [new - old > -SLACK for old, new in zip(before, after, strict=True)] == [True, True]

"""Small parts of the window: cards, labels, rows; looks come from the style sheet by property."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget


def label(text: str = "", kind: str = "body", wrap: bool = False, selectable: bool = False) -> QLabel:
    """A plain-text label; patient text is never markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Change a property the style sheet looks at, and dress the widget again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Shortened(QLabel):
    """A line that loses its middle where there is no room: its end says why. ``text()`` is all of it."""

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)

    def minimumSizeHint(self) -> QSize:
        """Any width."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of both ends as there is room for."""
        room = self.contentsRect()
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class Card(QFrame):
    """A titled block in the readout column."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 7, 12, 8)
        self.column.setSpacing(4)
        self.head = QHBoxLayout()
        self.head.setSpacing(6)
        self.title = label(title, "head")
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        if title:
            self.column.addLayout(self.head)


def row(*parts: QWidget | int, spacing: int = 6) -> QHBoxLayout:
    """Widgets side by side; a whole number is a stretch."""
    line = QHBoxLayout()
    line.setSpacing(spacing)
    line.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        if isinstance(part, int):
            line.addStretch(part)
        else:
            line.addWidget(part, alignment=Qt.AlignmentFlag.AlignBottom)
    return line

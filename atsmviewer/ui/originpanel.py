"""The popover that a number opens: where it comes from, to be read, selected and copied; Esc closes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from atsmviewer.ui.origin import Origin
from atsmviewer.ui.parts import label, row

WIDTH_PX, NAME_PX, MOST_PX = 468, 104, 560
SIDE_PX = 12
LONGEST = 40


class OriginPanel(QFrame):
    """One for the window; filled anew each time it opens."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._within = window
        self.setObjectName("Popover")
        self.setFixedWidth(WIDTH_PX)
        self.origin = Origin("")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        self.title = label("", "title", wrap=True)
        self.equation = label("", "equation", wrap=True, selectable=True)
        self.view = QScrollArea()
        self.view.setWidgetResizable(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.copy = QPushButton("Copy as text")
        self.copy.clicked.connect(self._copy)
        self.copy.setDefault(False)
        for part in (self.title, self.equation, self.view):
            column.addWidget(part)
        column.addLayout(row(self.copy, 1, label("Esc closes", "label")))

    def open_beside(self, origin: Origin, source: QWidget) -> None:
        """Fill it and show it left of ``source``, or wherever there is room in the window."""
        self.origin = origin
        self.title.setText(origin.title)
        self.equation.setText(origin.equation)
        self.equation.setVisible(bool(origin.equation))
        body = _body(origin)
        self.view.setWidget(body)
        window = self._within
        tall = body.heightForWidth(WIDTH_PX - 44) + 4
        self.view.setFixedHeight(min(tall, MOST_PX, max(160, window.height() - 220)))
        self.adjustSize()
        self.move(self._place(source, window))
        self.show()
        self.copy.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def _place(self, source: QWidget, window: QWidget) -> QPoint:
        """Left of the source, its title at the source's height, inside the window."""
        at = source.mapToGlobal(QPoint(0, 0))
        corner = window.mapToGlobal(QPoint(0, 0))
        x = at.x() - WIDTH_PX - SIDE_PX
        if x < corner.x():
            x = min(at.x() + source.width() + SIDE_PX, corner.x() + window.width() - WIDTH_PX)
        lowest = corner.y() + window.height() - self.height() - SIDE_PX
        return QPoint(x, max(corner.y() + SIDE_PX, min(at.y() - 24, lowest)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.origin.text)
        self.hide()


def _body(origin: Origin) -> QWidget:
    """The lines, names at the left; all text can be selected."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 6, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, NAME_PX)
    grid.setColumnStretch(1, 1)
    for line, (name, words) in enumerate(origin.lines):
        head = label(name, "label", wrap=True)
        head.setFixedWidth(NAME_PX)
        text = label(_breakable(words), "warnbody" if name == "Doubt" else "body", wrap=True, selectable=True)
        grid.addWidget(head, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, line, 1, Qt.AlignmentFlag.AlignTop)
    grid.setRowStretch(len(origin.lines), 1)
    return made


def _breakable(words: str) -> str:
    """A uid has no space to break a line at: it may break after a dot (in what is seen, not in the copy)."""
    return " ".join(
        word.replace(".", ".\u200b") if len(word) > LONGEST else word for word in words.split(" ")
    )

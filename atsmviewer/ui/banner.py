"""What happened, what to do, one button: said over the views, and the last good picture stays behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from atsmviewer.ui.parts import label, set_property
from atsmviewer.ui.theme import icon

COLUMN_ROOM_PX = 390
"""The banner stands over the views, never over the readout."""
WIDEST_PX, LEAST_PX, TOP_PX, APART_PX = 780, 52, 92, 6


class Banner(QFrame):
    """One for the window; what is said last is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Banner")
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 9, 10, 9)
        self.picture = QLabel()
        self.what = label("", "body", wrap=True, selectable=True)
        self.action = QPushButton("")
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.hide)
        line.addWidget(self.picture)
        line.addWidget(self.what, 1)
        line.addWidget(self.action)
        line.addWidget(self.close_button)
        self._slot: object = None
        self._spared: QWidget | None = None
        self.hide()

    def say(self, light: str, text: str, action: str = "", slot: object = None) -> None:
        """``light`` is ok, warn or bad; ``slot`` is called by the one button."""
        set_property(self, "light", light)
        self.picture.setPixmap(icon(light).pixmap(QSize(20, 20)))
        self.what.setText(text)
        self.action.setVisible(bool(action))
        self.action.setText(action)
        if self._slot is not None:
            self.action.clicked.disconnect()
        self._slot = slot
        if callable(slot):
            self.action.clicked.connect(slot)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Centred near the top of its parent, below what it spares."""
        parent = self.parentWidget()
        if parent is not None:
            room = parent.width() - COLUMN_ROOM_PX
            width = min(WIDEST_PX, room - 40)
            self.setFixedWidth(width)
            self.setFixedHeight(max(LEAST_PX, self.heightForWidth(width)))
            self.move((room - width) // 2 + 20, self._top(parent))

    def spare(self, bar: QWidget) -> None:
        """Never cover a bar that comes and goes."""
        self._spared = bar
        bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make room when the bar comes, moves or goes."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize):
            self.place()
        return False

    def _top(self, parent: QWidget) -> int:
        bar = self._spared
        if bar is None or not bar.isVisible():
            return TOP_PX
        return bar.mapTo(parent, QPoint(0, bar.height())).y() + APART_PX

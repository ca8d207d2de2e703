"""The button in the top bar that names the PET and the CT on screen, and opens the list of all series."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton

WIDEST_PX, NARROWEST_PX, EDGES_PX = 290, 110, 44
"""It never pushes undo and help out of the bar; its edges and its arrow take some of it."""
JOIN = " + "


class PairButton(QPushButton):
    """Names are shortened each by itself, so that both can be told where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("pair", True)
        self.setToolTip("What this case holds: another PET, CT or MR (F4)")
        self.setMaximumWidth(WIDEST_PX)
        self._names: tuple[str, ...] = ("",)

    def name(self, pet: str, anatomy: str) -> None:
        """Say what is on screen; ``anatomy`` is empty for a PET alone."""
        names = (pet, anatomy) if anatomy else (f"{pet}, no CT",)
        if names != self._names:
            self._names = names
            self.setAccessibleName(f"Shown: {JOIN.join(names)}. Choose another")
            self.updateGeometry()
            self._shorten()

    def sizeHint(self) -> QSize:
        """As wide as both names, within the bar."""
        whole = self.fontMetrics().horizontalAdvance(JOIN.join(self._names)) + EDGES_PX
        return QSize(min(WIDEST_PX, whole), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Some letters of each name."""
        return QSize(NARROWEST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        metrics, room = self.fontMetrics(), self.width() - EDGES_PX
        words = JOIN.join(self._names)
        if metrics.horizontalAdvance(words) > room:
            each = (room - metrics.horizontalAdvance(JOIN)) // len(self._names)
            right = Qt.TextElideMode.ElideRight
            words = JOIN.join(metrics.elidedText(name, right, each) for name in self._names)
        self.setText(f"{words} ▾")

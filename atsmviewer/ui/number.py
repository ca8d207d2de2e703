"""A number is a button: value, dotted underline, and a click or a key that opens where it comes from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from atsmviewer.ui.origin import Origin
from atsmviewer.ui.parts import set_property

NOTHING = "–"


class NumberButton(QPushButton):
    """``kind`` is lead, key, cell or small, as the style sheet has it; the unit stands beside it."""

    asked = Signal(object)

    def __init__(self, name: str, kind: str = "cell") -> None:
        super().__init__(NOTHING)
        self.name = name
        self._origin: Callable[[], Origin] | None = None
        self.setProperty("number", True)
        self.setProperty("kind", kind)
        self.setFlat(True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._ask)
        self.show_number(NOTHING, None)

    def show_number(self, text: str, origin: Callable[[], Origin] | None, unit: str = "") -> None:
        """Show ``text``; ``origin`` makes what a click opens, None where there is nothing to tell."""
        self._origin = origin
        if text != self.text() or not self.accessibleName():
            self.setText(text)
            self.setAccessibleName(f"{self.name} {text} {unit}".strip() + ", open origin")
        if self.isEnabled() is not (origin is not None):
            self.setEnabled(origin is not None)

    def wait(self) -> None:
        """Keep the old value, dimmed, while a new one is computed."""
        set_property(self, "stale", True)

    def settle(self) -> None:
        """What is shown is current."""
        set_property(self, "stale", False)

    def origin(self) -> Origin | None:
        """Where the number comes from."""
        return None if self._origin is None else self._origin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
            return
        super().keyPressEvent(event)

    def _ask(self) -> None:
        origin = self.origin()
        if origin is not None:
            self.asked.emit(origin)

"""The step guide: Check, Tumour, Muscle, Hypoxia, Report; it guides and arms tools, it does not lock."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton

STEPS = ("Check", "Tumour", "Muscle", "Hypoxia", "Report")


class StepGuide(QFrame):
    """Five numbered steps; a done one carries a tick, the present one is blue."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 3, 4, 3)
        line.setSpacing(0)
        self._group = QButtonGroup(self, exclusive=True)
        self.buttons: dict[str, QToolButton] = {}
        for number, name in enumerate(STEPS, 1):
            button = QToolButton()
            button.setText(f"{number} {name}")
            button.setCheckable(True)
            button.setProperty("step", True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            line.addWidget(button, 1)
        self.buttons["Check"].setChecked(True)

    def show_state(self, now: str, done: set[str], attention: set[str]) -> None:
        """Which step one is at, which are done, which want a look."""
        for number, name in enumerate(STEPS, 1):
            mark = "!" if name in attention else "✓" if name in done else str(number)
            self.buttons[name].setText(f"{mark} {name}")
        self.buttons[now].setChecked(True)

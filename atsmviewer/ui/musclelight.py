"""The light of the muscle reference: good, check or poor, and the numbers that it rests on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from atsmviewer.model.assessment import Measurement, Missing, MuscleQuality
from atsmviewer.model.study import Study
from atsmviewer.ui.number import NOTHING, NumberButton
from atsmviewer.ui.origin import Origin, of_muscle
from atsmviewer.ui.parts import label
from atsmviewer.ui.theme import icon
from atsmviewer.ui.words import decimal

REASONS = {
    "MUSCLE_SMALL": "size",
    "MUSCLE_VARIES": "CoV",
    "MUSCLE_SIDES_DIFFER": "sides",
    "MUSCLE_HU": "HU",
    "MUSCLE_NEAR_HOT": "near hot tissue",
    "MUSCLE_ON_TUMOUR": "on a tumour",
    "MUSCLE_SUV": "SUV",
}
SHOWN = (("volume", 1.0, 1, "ml"), ("hu", 1.0, 0, "HU"), ("cov", 100.0, 0, "% CoV"))
"""Which numbers stand beside the light: part, factor, digits, unit."""


ICON_PX = 24
ELIDE = Qt.TextElideMode.ElideRight


class MuscleLight(QWidget):
    """One line; the word opens everything that is known of the muscle, each number its own origin."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._muscle: tuple[MuscleQuality, Study | None] | None = None
        self.light = QPushButton()
        self.light.setProperty("light", "ok")
        self.light.setProperty("bare", True)
        self.light.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.light.clicked.connect(self._ask)
        self.light.installEventFilter(self)
        self._words = ""
        self.numbers = {part: NumberButton(f"muscle {part}", "small") for part, *_ in SHOWN}
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.light, 1)
        for part, _, _, unit in SHOWN:
            line.addWidget(self.numbers[part])
            line.addWidget(label(unit, "label"))
        line.setContentsMargins(0, 2, 0, 0)
        self.setLayout(line)
        self.hide()

    def show_muscle(self, muscle: MuscleQuality | None, study: Study | None) -> None:
        """None where no muscle is drawn: then nothing is said."""
        self._muscle = None if muscle is None else (muscle, study)
        self.setVisible(muscle is not None)
        if muscle is None:
            return
        state = light_of(muscle)
        words = {"ok": "Muscle good", "warn": "Muscle: check ", "bad": "Muscle poor: "}[state]
        reasons = "" if state == "ok" else ", ".join(reason_of(flag.code) for flag in muscle.flags)
        if self._words != words + reasons:
            self._words = words + reasons
            self.light.setIcon(icon(state))
            self.light.setAccessibleName(self._words)
            self.light.setToolTip("\n".join(f.what for f in muscle.flags) or "No doubt was found.")
            self._elide()
        for part, factor, digits, _ in SHOWN:
            number = getattr(muscle, part)
            button = self.numbers[part]
            if isinstance(number, Missing) and number.code == "computing":
                button.wait()
                continue
            button.settle()
            text = decimal(number.value * factor, digits) if isinstance(number, Measurement) else NOTHING
            button.show_number(text, partial(of_muscle, muscle, part, study))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The word gives way to the numbers, never the other way: its own width follows theirs."""
        if event.type() == QEvent.Type.Resize:
            self._elide()
        return False

    def _elide(self) -> None:
        room = max(40, self.light.width() - ICON_PX)
        self.light.setText(self.light.fontMetrics().elidedText(self._words, ELIDE, room))

    def origin(self) -> Origin | None:
        """Everything that is known of the muscle."""
        return None if self._muscle is None else of_muscle(self._muscle[0], "mean", self._muscle[1])

    def _ask(self) -> None:
        origin = self.origin()
        if origin is not None:
            self.asked.emit(origin)


def light_of(muscle: MuscleQuality) -> str:
    """The light: "ok", "warn" for one doubt, "bad" for two or more, or where hot tissue touches it."""
    near = isinstance(muscle.distance_mm, Measurement) and muscle.distance_mm.value <= 0
    if len(muscle.flags) > 1 or near:
        return "bad"
    return "warn" if muscle.flags else "ok"


def reason_of(code: str) -> str:
    """A doubt in one word."""
    return REASONS.get(code, code.removeprefix("MUSCLE_").replace("_", " ").lower())

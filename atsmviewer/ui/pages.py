"""What stands in the middle without a picture: where to begin, what is being read, why nothing was opened."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from atsmviewer.model.choice import Aside, Choice
from atsmviewer.ui.choicelist import ChoiceList, Entry
from atsmviewer.ui.parts import label, set_property
from atsmviewer.ui.theme import icon
from atsmviewer.ui.words import RESEARCH

PAGE_PX = 820
LONGEST_TITLE = 44
DROP = "Drop a PET/CT study here"
KINDS = "A folder of any depth, files, a zip, a DICOMDIR or NIfTI. PET and CT are paired and fused for you."


class EmptyPage(QWidget):
    """Where to begin; while a study is read how far it is; after a refusal the reasons."""

    open_asked = Signal()
    demo_asked = Signal()
    cancel_asked = Signal()
    remedy_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Body")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        middle = QWidget()
        middle.setObjectName("Body")
        middle.setMaximumWidth(PAGE_PX)
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 24, 20, 24)
        line.addStretch(1)
        line.addWidget(middle, 100)
        line.addStretch(1)
        outer = QVBoxLayout(middle)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(self._field())
        self.found = ChoiceList()
        self.view = QScrollArea()
        self.view.setObjectName("Found")
        self.view.setWidgetResizable(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setWidget(self.found)
        outer.addSpacing(12)
        outer.addWidget(self.view, 20)
        self.notice = _notice()
        outer.addSpacing(6)
        outer.addWidget(self.notice)
        outer.addStretch(1)
        self.show_idle()

    def _field(self) -> QFrame:
        field = QFrame()
        field.setObjectName("DropField")
        inside = QVBoxLayout(field)
        inside.setContentsMargins(30, 26, 30, 30)
        inside.setSpacing(8)
        self.picture = QLabel()
        self.title = label("", "key")
        self.hint = label("", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for part in (self.picture, self.title):
            inside.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self.hint)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setObjectName("Far")
        inside.addWidget(self.bar, alignment=Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(10)
        inside.addLayout(self._buttons())
        return field

    def _buttons(self) -> QHBoxLayout:
        self.open = QPushButton(icon("folder"), "Open folder…")
        self.open.setProperty("main", True)
        self.demo = QPushButton("Open demonstration")
        self.remedy, self.cancel = QPushButton(""), QPushButton("Cancel")
        self.open.clicked.connect(self.open_asked)
        self.demo.clicked.connect(self.demo_asked)
        self.remedy.clicked.connect(self.remedy_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.remedy, self.open, self.demo, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        return buttons

    def show_idle(self) -> None:
        """Where to begin."""
        set_property(self.open, "main", True)
        self._say("drop", 150, DROP, KINDS)
        self._only(self.open, self.demo)

    def show_reading(self, done: int, total: int) -> None:
        """How far the files are read; ``total`` 0 while it is not known how many there are."""
        self._say("drop", 150, "Reading the study", reading_words(done, total))
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._only(self.bar, self.cancel)

    def show_refusal(
        self, what: str, remedy: str, choices: Sequence[Choice], asides: Sequence[Aside], action: str
    ) -> None:
        """Why nothing was opened, what was found instead, and the one thing that helps."""
        title, rest = titled(what)
        self._say("warn", 40, title, f"{rest} {remedy}".strip())
        self.found.fill([("Series", [Entry(one, "") for one in choices])], asides)
        self.remedy.setText(action)
        set_property(self.remedy, "main", True)
        set_property(self.open, "main", not action)
        parts = [self.open, self.demo, *([self.remedy] if action else [])]
        self._only(*parts, *([self.view] if choices or asides else []))

    def _say(self, picture: str, size: int, title: str, hint: str) -> None:
        if self.title.text() != title:
            self.picture.setPixmap(icon(picture).pixmap(QSize(size, size)))
            self.title.setText(title)
        self.hint.setText(hint)

    def _only(self, *shown: QWidget) -> None:
        for part in (self.open, self.demo, self.remedy, self.cancel, self.bar, self.view):
            part.setVisible(part in shown)


def titled(what: str) -> tuple[str, str]:
    """A refusal as a short title and the rest of it: its first clause, where that is short."""
    first = re.match(r"(.*?)[.:] (.+)", what, re.DOTALL)
    if first is None or len(first[1]) > LONGEST_TITLE:
        return "This was not opened", what
    return first[1], first[2]


def reading_words(done: int, total: int) -> str:
    """Progress in words: "Reading 326 of 650 files"."""
    return f"Reading {done:,} of {total:,} files".replace(",", " ") if total else "Looking for files…"


def _notice() -> QFrame:
    notice = QFrame()
    notice.setProperty("card", True)
    lines = QVBoxLayout(notice)
    lines.setContentsMargins(16, 12, 16, 12)
    lines.addWidget(label(RESEARCH, wrap=True))
    lines.addWidget(label("Images and patient data stay on this computer."))
    return notice

"""The popover of a case's series: which PET, with which CT or MR, and why; one click takes another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from atsmviewer.model.choice import Aside, Choice
from atsmviewer.ui.choicelist import ALIGN, SHOWN, ChoiceList, Entry, anatomy_entries, pet_entries
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import label

WIDTH_PX, MOST_PX = 640, 620
UNDO = "Undo takes a choice back. What lies in another frame of reference is never overlaid by itself."


class ChoicePanel(QFrame):
    """Opened from the top bar or by its key; filled anew each time, it holds no state."""

    pet_chosen = Signal(str)
    anatomy_chosen = Signal(str)
    alignment_asked = Signal(str)

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._within = window
        self.document = document
        self.setObjectName("Popover")
        self.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 10)
        column.setSpacing(6)
        self.title = label("", "title", wrap=True)
        self.title.setContentsMargins(10, 0, 10, 0)
        self.list = ChoiceList()
        self.list.clicked.connect(self._clicked)
        self.view = QScrollArea()
        self.view.setWidgetResizable(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setWidget(self.list)
        self.foot = label("", "label", wrap=True)
        self.foot.setContentsMargins(10, 4, 10, 0)
        for part in (self.title, self.view, self.foot):
            column.addWidget(part)

    def open_below(
        self, source: QWidget, choices: Sequence[Choice], asides: Sequence[Aside], notes: Sequence[str]
    ) -> None:
        """What the case holds, below its button; the first row that can be taken has the focus."""
        study, acquisition = self.document.study, self.document.acquisition
        if study is None or acquisition is None:
            return
        groups = [("PET", pet_entries(choices, acquisition))]
        groups.append(("CT or MR with it", anatomy_entries(choices, study, acquisition)))
        self.title.setText("What this case holds")
        self.foot.setText(UNDO)
        self._open(source, groups, asides, notes)

    def open_refused(
        self, source: QWidget, remedy: str, choices: Sequence[Choice], asides: Sequence[Aside]
    ) -> None:
        """What was found where a case was refused, and what would help; nothing of it can be taken."""
        self.title.setText("What was found")
        self.foot.setText(remedy)
        self._open(source, refused_groups(choices), asides)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; up and down go from row to row."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def _open(
        self,
        source: QWidget,
        groups: Sequence[tuple[str, Sequence[Entry]]],
        asides: Sequence[Aside],
        notes: Sequence[str] = (),
    ) -> None:
        self.list.fill(groups, asides, notes)
        window = self._within
        tall = self.list.heightForWidth(WIDTH_PX - 32) + 4
        self.view.setFixedHeight(min(tall, MOST_PX, max(200, window.height() - 220)))
        self.adjustSize()
        corner = source.mapToGlobal(QPoint(0, source.height() + 4))
        edge = window.mapToGlobal(QPoint(window.width() - WIDTH_PX - 12, 0)).x()
        self.move(min(corner.x(), edge), corner.y())
        self.show()
        first = next((row for row in self.list.rows if row.isEnabled() and not row.isChecked()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def _clicked(self, entry: Entry) -> None:
        self.hide()
        if entry.act == SHOWN:
            return
        if entry.choice.modality == "PT":
            self.pet_chosen.emit(entry.choice.uid)
        elif entry.act == ALIGN:
            self.alignment_asked.emit(entry.choice.uid)
        else:
            self.anatomy_chosen.emit(entry.choice.uid)


def refused_groups(choices: Sequence[Choice]) -> list[tuple[str, list[Entry]]]:
    """Everything that was found, none of it to be taken."""
    return [("Series", [Entry(one, "") for one in choices])]

"""The list of a case's series: what each is, why it is shown or not, and what a click on it would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from atsmviewer.model.choice import Aside, Choice
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Series, Study
from atsmviewer.ui.parts import label

MARK_PX = 14
SHOWN, SHOW, ALIGN, NOTHING = "shown", "Show", "Align by hand", ""
ELSEWHERE = "another frame of reference than this PET: not overlaid, unless aligned by hand"
GONE = "chosen for this PET, but not in the case: nothing takes its place, and HU are withheld"
NO_ANATOMY = Choice("", "", "No CT or MR", "the PET alone, on black")


@dataclass(frozen=True)
class Entry:
    """One row: a series and what a click does; ``act`` is SHOWN, SHOW, ALIGN or NOTHING."""

    choice: Choice
    act: str


def pet_entries(choices: Sequence[Choice], acquisition: Acquisition | None) -> list[Entry]:
    """The PETs of a case; the one on screen is marked."""
    here = "" if acquisition is None else acquisition.uid
    return [Entry(one, SHOWN if one.uid == here else SHOW) for one in choices if one.modality == "PT"]


def anatomy_entries(choices: Sequence[Choice], study: Study, acquisition: Acquisition) -> list[Entry]:
    """The CTs and MRs as partners of the PET on screen: shown, then those that fit, then the others."""
    shown, gone = "" if acquisition.anatomy is None else acquisition.anatomy.uid, acquisition.anatomy_gone
    frames = {one.uid: one.grid.frame_of_reference_uid for one in anatomies_of(study)}
    entries = []
    for one in choices:
        if one.modality == "PT":
            continue
        act = NOTHING
        if one.uid == shown:
            act = SHOWN
        elif acquisition.uid in one.offered_to and not one.needs_alignment:
            act = SHOW
        elif frames.get(one.uid) not in (None, acquisition.frame_of_reference_uid):
            act, one = ALIGN, replace(one, why=ELSEWHERE)
        entries.append(Entry(one, act))
    order = {SHOWN: 0, SHOW: 1, ALIGN: 2, NOTHING: 3}
    entries.sort(key=lambda entry: order[entry.act])
    if gone:
        entries.insert(0, Entry(Choice(gone, "", f"Series {gone}", GONE), NOTHING))
    return [*entries, Entry(NO_ANATOMY, SHOW if shown or gone else SHOWN)] if entries else []


def anatomies_of(study: Study) -> list[Series]:
    """Every CT and MR of a case, shown or not."""
    shown = [a.anatomy for a in study.acquisitions if a.anatomy is not None]
    return [*{one.uid: one for one in shown}.values(), *(one.series for one in study.anatomies)]


def aligned(session: Session, study: Study, pet: Acquisition, frame_of_reference_uid: str) -> bool:
    """Whether an alignment between the two frames of reference is there already."""
    pair = {pet.frame_of_reference_uid, frame_of_reference_uid}
    known = (*study.registrations, *session.alignments)
    return len(pair) == 1 or any({a.from_uid, a.to_uid} == pair for a in known)


class ChoiceRow(QPushButton):
    """A series as a button of two lines: the line it is known by, and why."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.setProperty("choice", True)
        self.setCheckable(True)
        self.setChecked(entry.act == SHOWN)
        self.setEnabled(entry.act != NOTHING)
        said = f"{entry.choice.line}. {entry.choice.why}"
        self.setAccessibleName(f"{said}. {entry.act}" if entry.act else said)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 5, 10, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        mark = label({SHOWN: "●", NOTHING: "–"}.get(entry.act, "○"), "mark")
        mark.setFixedWidth(MARK_PX)
        act = label(entry.act, "label" if entry.act == SHOWN else "act")
        parts = mark, label(entry.choice.line, "line", wrap=True), act
        for column, part in enumerate(parts):
            grid.addWidget(part, 0, column, alignment=Qt.AlignmentFlag.AlignTop if column != 1 else _ANY)
        grid.addWidget(label(entry.choice.why, "label", wrap=True), 1, 1, 1, 2)
        for part in self.findChildren(QLabel):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            part.setEnabled(True)

    def nextCheckState(self) -> None:
        """A click chooses; what is marked follows from the document, never from the click."""

    def sizeHint(self) -> QSize:
        """As its lines need: a button would only count its own text."""
        layout = self.layout()
        return super().sizeHint() if layout is None else layout.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The same."""
        layout = self.layout()
        return super().minimumSizeHint() if layout is None else layout.minimumSize()


_ANY = Qt.AlignmentFlag(0)


class ChoiceList(QWidget):
    """Rows under their headings, and what was set aside below them; emits the row that was clicked."""

    clicked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ChoiceList")
        self.rows: list[ChoiceRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def fill(
        self,
        groups: Sequence[tuple[str, Sequence[Entry]]],
        asides: Sequence[Aside],
        notes: Sequence[str] = (),
    ) -> None:
        """Show headings with their rows, set-aside files and notes; a heading without any is left out."""
        self._empty()
        for heading, entries in groups:
            if entries:
                self._head(heading)
            for entry in entries:
                row = ChoiceRow(entry)
                row.clicked.connect(lambda _=False, entry=entry: self.clicked.emit(entry))
                self.rows.append(row)
                self._column.addWidget(row)
        self._lines("Set aside", [aside_words(one) for one in asides])
        self._lines("Notes", notes)
        self._column.addStretch(1)

    def _lines(self, heading: str, texts: Sequence[str]) -> None:
        if texts:
            self._head(heading)
        for text in texts:
            line = label(text, "label", wrap=True)
            line.setContentsMargins(10, 1, 10, 1)
            self._column.addWidget(line)

    def _head(self, text: str) -> None:
        head = label(text, "head")
        head.setContentsMargins(10, 8, 10, 2)
        self._column.addWidget(head)

    def _empty(self) -> None:
        self.rows = []
        while (item := self._column.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.setParent(None)
                part.deleteLater()


def aside_words(one: Aside) -> str:
    """One group of files: "3 files: It is a secondary capture, a picture of a screen. (IM0001)"."""
    files = "1 file" if one.count == 1 else f"{one.count} files"
    name = one.example if len(one.example) <= 40 else f"{one.example[:37]}…"
    return f"{files}: {one.why} ({name})" if name else f"{files}: {one.why}"

"""What was published for this tumour: the type that the reader chooses, a verdict, or context with why."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton

from atsmviewer.model.evidence import Evidence
from atsmviewer.quant.evidence import tumour_types
from atsmviewer.report.literature import summary
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.document import Document
from atsmviewer.ui.origin import of_evidence
from atsmviewer.ui.parts import Card, label

ASK = "choose tumour type"
OTHER = "another tumour"


class EvidenceCard(Card):
    """One line where height is short: the type and the verdict; the sentence below it folds first."""

    asked = Signal(object)

    def __init__(self, document: Document) -> None:
        super().__init__("Cut-offs")
        self.document = document
        self._rows: tuple[Evidence, ...] = ()
        self._folded = False
        self.type = QToolButton()
        self.type.setProperty("title", True)
        self.type.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.type.setToolTip("Asked, never guessed: a cut-off holds for one tumour type")
        menu = QMenu(self.type)
        for name in (*tumour_types(), OTHER):
            menu.addAction(name, partial(self.choose, name))
        menu.addSeparator()
        menu.addAction("not chosen", lambda: self.choose(None))
        self.type.setMenu(menu)
        self.verdict = QPushButton()
        self.verdict.setProperty("bare", True)
        self.verdict.setToolTip("Every row of the table, and why it judges or does not")
        self.verdict.clicked.connect(self._ask)
        self.head.insertWidget(1, self.type)
        self.head.addWidget(self.verdict)
        self.note = label("", "body", wrap=True)
        self.column.addWidget(self.note)

    def choose(self, tumour_type: str | None) -> None:
        """The reader's word: one undo step."""
        protocol = self.document.session.protocol
        if tumour_type != protocol.tumour_type and self.document.study is not None:
            changed = set_protocol(self.document.session, replace(protocol, tumour_type=tumour_type))
            self.document.commit(changed, f"Tumour type: {tumour_type or 'not chosen'}")

    def show_rows(self, rows: tuple[Evidence, ...]) -> None:
        """``rows`` are those of the leading tumour."""
        chosen = self.document.session.protocol.tumour_type
        if rows == self._rows and self.type.text() == f"{chosen or ASK} ▾":
            return
        self._rows = rows
        self.type.setText(f"{chosen or ASK} ▾")
        verdicts = [one.verdict for one in rows if one.verdict != "context"]
        said = ", ".join(f"{verdict} the cut" for verdict in verdicts)
        self.verdict.setText(said or "none judges")
        self.verdict.setVisible(bool(rows))
        self.note.setText(summary(rows, chosen))
        self.note.setVisible(not self._folded)

    def fold(self, folded: bool) -> None:
        """Hide the sentence."""
        self._folded = folded
        self.note.setVisible(not folded)

    def _ask(self) -> None:
        self.asked.emit(of_evidence(self._rows))

"""The bar over the planes while the CT or MR is in the hand: how far it was moved, back, and done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from atsmviewer.model.placement import DISPLAY_ONLY, Placement, movement_words
from atsmviewer.session.edits import reset_alignment
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import label

HINT = (
    "Drag moves the CT or MR under the PET, Shift and drag turns it about the cross.\n"
    "Arrows: 1 mm (Shift 5 mm, Alt 0.2 mm); < and > turn by 1 degree. Esc or Done leaves."
)
HOW = "drag moves, Shift+drag turns · arrows 1 mm, < > 1° · Esc leaves"
CHOOSE = "No CT or MR is shown with this PET: choose the one to align in the list (F4)."
TOP_PX = 34
_STILL = (0.0, 0.0, 0.0)


class AlignmentBar(QFrame):
    """Near the top of the planes; it says what the assessment says of the alignment."""

    def __init__(self, page: QWidget, document: Document) -> None:
        super().__init__(page)
        self.document = document
        self.setObjectName("Popover")
        self.setToolTip(HINT)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 5, 6, 5)
        line.setSpacing(8)
        said = QVBoxLayout()
        said.setSpacing(0)
        self.moved, self.remark = label("", "body"), label(DISPLAY_ONLY, "label")
        self.how = label(HOW, "label")
        self.start = QPushButton("Align by hand")
        self.reset, self.done = QPushButton("Reset"), QPushButton("Done")
        for button in (self.start, self.reset, self.done):
            button.setProperty("chip", True)
        for words in (self.moved, self.how, self.remark):
            said.addWidget(words)
        line.addLayout(said)
        for button in (self.start, self.reset, self.done):
            line.addWidget(button)
        page.installEventFilter(self)
        self.hide()

    @property
    def placement(self) -> Placement | None:
        """How the CT or MR lies now, where an alignment placed it."""
        return next((p for p in self.document.here.placements if p.is_anatomy), None)

    def follow(self, armed: bool) -> None:
        """Show what is, or go."""
        if not armed or self.document.acquisition is None:
            self.hide()
            return
        acquisition, placement = self.document.acquisition, self.placement
        kind = "CT" if acquisition.anatomy is None else acquisition.anatomy.modality
        here = self.document.anatomy is not None or placement is not None
        if acquisition.anatomy is None:
            others = self.document.study is not None and self.document.study.anatomies
            self.moved.setText(CHOOSE if others else "There is no CT or MR with this PET to align.")
        elif not here and acquisition.anatomy_volume is None:
            self.moved.setText(f"The {kind} is being read.")
        elif not here:
            self.moved.setText(f"The {kind} lies in another frame of reference and is not shown.")
        else:
            shift, turn = (_STILL, _STILL) if placement is None else (placement.shift_mm, placement.turn_deg)
            self.moved.setText(f"Alignment: {movement_words(shift, turn)}")
        self.start.setVisible(acquisition.anatomy is not None and not here)
        session = self.document.session
        self.reset.setEnabled(reset_alignment(session, acquisition) is not session)
        self.remark.setVisible(here)
        self.how.setVisible(here)
        if not self.isVisible():
            self.show()
            self.raise_()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the page when it changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        page = self.parentWidget()
        if page is not None:
            wanted = self.sizeHint()
            width = min(max(wanted.width(), self.width()), page.width())  # steady while digits come and go
            self.setGeometry(max(0, (page.width() - width) // 2), TOP_PX, width, wanted.height())

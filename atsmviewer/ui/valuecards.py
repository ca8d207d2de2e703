"""The table of values: SUV of the kind that the reader chose, or what stands in for it and why."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from atsmviewer.model.assessment import Assessment, Missing, RoiNumbers
from atsmviewer.model.session import SUV_KINDS
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.document import Document
from atsmviewer.ui.factpanel import needed_fact
from atsmviewer.ui.number import NOTHING, NumberButton
from atsmviewer.ui.origin import of_roi
from atsmviewer.ui.parts import Card, label
from atsmviewer.ui.words import shown, valued

ROWS = (
    ("Max", "max"),
    ("Peak, 1 ml", "peak_1ml"),
    ("Mean", "mean"),
    ("SD", "sd"),
    ("CT, HU", "hu_mean"),
    ("TLG, value × ml", "tlg"),
)
SUMMARY = ("max", "peak_1ml", "mean")
LONG = 8
"""A title of more letters leaves no room for unit and mean beside it in one line."""
KIND_WORDS = {
    "bw": "SUVbw, body weight",
    "lbmjanma": "SUVlbm, Janmahasatian",
    "lbmjames128": "SUVlbm, James",
    "lbm": "SUVlbm, Morgan",
    "ibw": "SUVibw, ideal weight",
    "bsa": "SUVbsa, body surface",
    "idml": "%ID/ml",
    "idg": "%ID/g",
    "kbqml": "kBq/ml",
}


class ValueCard(Card):
    """Max, peak, mean, SD, HU and TLG of the selected tumour and of muscle, on native voxels."""

    def __init__(self, document: Document) -> None:
        super().__init__(" ")
        self.document = document
        self.title.hide()
        self.kind = QToolButton()
        self.kind.setText("SUVbw ▾")
        self.kind.setProperty("title", True)
        self.kind.setToolTip("What PET values are shown as; T/M does not depend on it")
        self.kind.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.kind)
        for kind in SUV_KINDS:
            menu.addAction(KIND_WORDS.get(kind, kind), partial(self.show_as, kind))
        self.kind.setMenu(menu)
        self.head.insertWidget(0, self.kind)
        self.unit = label("g/ml", "unit")
        self.head.insertWidget(1, self.unit)
        self.native = label("native PET voxels", "label")
        self.head.addWidget(self.native)
        self._folded = False
        self.refusal = label("", "body", wrap=True, selectable=True)
        self.refused = label("", "bad", wrap=True)
        self.enter = QPushButton("Enter…")
        self.enter.setToolTip("Supply the missing fact, with the reason")
        asking = QHBoxLayout()
        asking.addWidget(self.refused, 1)
        asking.addWidget(self.enter)
        self.column.addLayout(asking)
        self.column.addWidget(self.refusal)
        self.summary = QWidget()
        line = QHBoxLayout(self.summary)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self.short = {quantity: NumberButton(f"tumour {quantity}", "small") for quantity in SUMMARY}
        for quantity, number in self.short.items():
            name = label(quantity.removesuffix("_1ml"), "label")
            line.addWidget(name)
            line.addWidget(number)
        self.spare = (name, number)
        self.head.addWidget(self.summary)
        self._build_rows()
        for part in (self.refused, self.refusal, self.enter):
            part.hide()
        self.fold(False)

    def _build_rows(self) -> None:
        self.rows = QWidget()
        grid = QGridLayout(self.rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        self.heads = label("Tumour", "label"), label("Muscle", "label")
        right = Qt.AlignmentFlag.AlignRight
        for column, head in enumerate(self.heads, 1):
            grid.addWidget(head, 0, column, right)
        self.cells: dict[str, tuple[NumberButton, NumberButton]] = {}
        for line, (text, quantity) in enumerate(ROWS, 1):
            grid.addWidget(label(text), line, 0)
            pair = NumberButton(f"tumour {text}"), NumberButton(f"muscle {text}")
            for column, cell in enumerate(pair, 1):
                grid.addWidget(cell, line, column, right)
            self.cells[quantity] = pair
        for column in (1, 2):
            grid.setColumnMinimumWidth(column, 52)
        self.column.addWidget(self.rows)

    def show_as(self, kind: str) -> None:
        """Another kind of value: one undo step."""
        protocol = self.document.session.protocol
        if kind != protocol.suv:
            changed = set_protocol(self.document.session, replace(protocol, suv=kind))
            self.document.commit(changed, f"Show {KIND_WORDS.get(kind, kind)}")

    def fold(self, folded: bool) -> None:
        """One line where height is short: max, peak and mean of the tumour."""
        self.rows.setVisible(not folded)
        self._folded = folded
        self.native.setVisible(not folded)
        self.summary.setVisible(folded)

    def show_scale(self, scale: Scale | None) -> None:
        """Title and unit, and the refusal with its remedy where SUV is withheld."""
        if scale is None:
            return
        title = scale.label if scale.is_suv else "Activity" if "Bq" in scale.unit else "PET values"
        self.kind.setText(f"{title} ▾")
        self.unit.setText("" if scale.unit.value == title else scale.unit.value)
        narrow = self._folded and (len(title) > LONG or scale.unit is not Unit.SUV)
        for spare in self.spare:
            spare.setVisible(not narrow)
        self.unit.setVisible(not (self._folded and len(title) > LONG))
        for part in (self.refused, self.refusal):
            part.setVisible(scale.refused is not None)
        self.enter.setVisible(scale.refused is not None and needed_fact(scale.refused.code) is not None)
        if scale.refused is not None:
            what, _, rest = scale.refused.what.partition(". ")
            self.refused.setText(what.rstrip(".") + ".")
            self.refused.setToolTip(scale.refused.what)
            self.refusal.setText(f"{rest} {scale.refused.remedy}".strip())
            self.refusal.setVisible(not self._folded)

    def show_assessment(self, assessment: Assessment, tumour: str | None, muscle: str | None) -> None:
        """Values of one tumour and one muscle region; what is being computed keeps its old value, dimmed."""
        for column, uid in enumerate((tumour, muscle)):
            numbers = None if uid is None else assessment.of_roi(uid)
            self.heads[column].setText(numbers.name if numbers else ("Tumour", "Muscle")[column])
            for _, quantity in ROWS:
                self._fill(self.cells[quantity][column], numbers, quantity)
            if column == 0:
                for quantity, number in self.short.items():
                    self._fill(number, numbers, quantity)

    def _fill(self, cell: NumberButton, numbers: RoiNumbers | None, quantity: str) -> None:
        if numbers is None:
            cell.settle()
            cell.show_number(NOTHING, None)
            return
        number, study = numbers[quantity], self.document.study
        if isinstance(number, Missing) and number.code in ("computing", "loading", "not_computed"):
            cell.wait()
            return
        cell.settle()
        text = shown(number, 0) if quantity == "hu_mean" else valued(number, numbers.unit)
        cell.show_number(text, lambda: of_roi(numbers, quantity, study), numbers.unit)
        cell.setToolTip(number.what if isinstance(number, Missing) else "")

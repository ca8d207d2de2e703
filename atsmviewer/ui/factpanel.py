"""A header fact supplied by the reader, with the reason, or taken back; every number follows at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QPushButton

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Override
from atsmviewer.quant.acquired import said_before
from atsmviewer.quant.overrides import FORMS, parsed
from atsmviewer.session.edits import clear_override, set_override
from atsmviewer.session.journal import reader_name
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import label, row
from atsmviewer.ui.words import fact_name

NEEDED = {
    "WEIGHT": "weight_kg",
    "HEIGHT": "height_m",
    "SEX": "sex",
    "ACTIVITY": "injected_activity_bq",
    "DOSE": "injected_activity_bq",
    "INJ_DAY": "injection_day",
    "INJ": "injection_datetime",
    "UPTAKE": "injection_datetime",
    "DATES": "injection_datetime",
    "HALF_LIFE": "half_life_s",
    "REF": "reference_datetime",
    "FRAME_DURATION": "reference_datetime",
    "ASSAY": "assay_activity_bq",
    "SCANNED_AS": "scanned_as",
    "LBM": "height_m",
    "UNITS_UNKNOWN": "units",
    "CORRECTIONS_UNKNOWN": "attenuation_corrected",
    "DECAY_CORRECTION_UNKNOWN": "decay_correction",
}
"""Start of a refusal's code to the fact that answers it."""


def needed_fact(code: str) -> str | None:
    """The fact that a refusal of that code misses, or None where no entry would help."""
    return next((fact for start, fact in NEEDED.items() if code.startswith(start)), None)


class FactPanel(QFrame):
    """Which fact, what it is now, its value, why; who is the user of this computer. One undo step each.

    While SUV is still withheld for another fact that can be entered, it asks for that one next.
    """

    def __init__(self, document: Document) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setObjectName("Popover")
        self.document = document
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 14)
        grid.setVerticalSpacing(8)
        self.fact = QComboBox()
        for name in FORMS:
            self.fact.addItem(fact_name(name), name)
        self.value, self.why = QLineEdit(), QLineEdit()
        self.why.setPlaceholderText("from the dose record")
        self.now, self.form = label("", "body", wrap=True, selectable=True), label("", "label", wrap=True)
        self.wrong = label("", "bad", wrap=True)
        self.apply, self.back = QPushButton("Enter"), QPushButton("Take back")
        self.apply.setProperty("main", True)
        self.back.setToolTip("Use what the header says again")
        parts = (("Fact", self.fact), ("Now", self.now), ("Value", self.value), ("", self.form))
        for line, (name, part) in enumerate((*parts, ("Why", self.why))):
            grid.addWidget(label(name, "head"), line, 0)
            grid.addWidget(part, line, 1)
        grid.addWidget(self.wrong, 5, 0, 1, 2)
        grid.addLayout(row(self.back, 1, self.apply), 6, 1)
        self.setFixedWidth(380)
        self.fact.currentIndexChanged.connect(lambda _: self._show_fact())
        self.apply.clicked.connect(self._enter)
        self.back.clicked.connect(self._take_back)
        for field in (self.value, self.why):
            field.returnPressed.connect(self._enter)

    def ask(self, name: str) -> None:
        """Get ready for one fact."""
        self.fact.setCurrentIndex(self.fact.findData(name))
        self._show_fact()
        self.value.clear()
        self.why.clear()
        self.show()
        self.value.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    @property
    def entry(self) -> Override | None:
        """What the reader entered for the shown fact of the scan being looked at."""
        uid, name = self.document.viewing.acquisition_uid, self.fact.currentData()
        entries = self.document.session.overrides
        return next((o for o in entries if (o.acquisition_uid, o.name) == (uid, name)), None)

    def _show_fact(self) -> None:
        name = self.fact.currentData()
        self.form.setText(FORMS.get(name, ""))
        self.now.setText(self._now(name))
        self.back.setVisible(self.entry is not None)
        self.wrong.hide()

    def _now(self, name: str) -> str:
        """The value in use and where it is from."""
        entry, acquisition, scale = self.entry, self.document.acquisition, self.document.scale
        if entry is not None:
            return f"{entry.value}, entered by {entry.who}: {entry.why}"
        used = {fact: (value, source) for fact, value, source in scale.facts_used} if scale else {}
        if name in used:
            value, source = used[name]
            return f"{value}  [{source}]"
        if acquisition is None:
            return "not known"
        facts = acquisition.facts_of(self.document.viewing.frame)
        known = said_before(facts, name)
        tag = dict(facts.sources).get("corrected_image" if name == "attenuation_corrected" else name)
        return "not known" if known is None else f"{known}  [{tag}]" if tag else str(known)

    def _enter(self) -> None:
        acquisition, name = self.document.acquisition, self.fact.currentData()
        text = self.value.text().strip()
        if acquisition is None:
            return
        try:
            parsed(name, text)
        except ReviewError as error:
            self.wrong.setText(f"{error.what} {error.remedy}")
            self.wrong.show()
            return
        why = self.why.text().strip() or "no reason given"
        entry = Override(acquisition.uid, name, text, reader_name(), why)
        self.hide()
        self.document.commit(set_override(self.document.session, entry), f"Enter {name}")
        self._ask_next(name, self.why.text())

    def _ask_next(self, entered: str, why: str) -> None:
        """What SUV still lacks, with the same reason offered: an image without a header lacks many facts."""
        scale = self.document.scale
        refused = None if scale is None else scale.refused
        following = None if refused is None else needed_fact(refused.code)
        if following is not None and following != entered:
            self.ask(following)
            self.why.setText(why)

    def _take_back(self) -> None:
        entry = self.entry
        self.hide()
        if entry is not None:
            changed = clear_override(self.document.session, entry.acquisition_uid, entry.name)
            self.document.commit(changed, f"Take back {entry.name}")

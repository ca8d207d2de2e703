"""A header fact supplied by the reader, with the reason; every number that rests on it follows at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QPushButton

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Override
from atsmviewer.quant.overrides import FORMS, parsed
from atsmviewer.session.edits import set_override
from atsmviewer.session.journal import reader_name
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import label

NEEDED = {
    "WEIGHT": "weight_kg",
    "ACTIVITY": "injected_activity_bq",
    "DOSE": "injected_activity_bq",
    "INJ": "injection_datetime",
    "HALF_LIFE": "half_life_s",
    "REF": "reference_datetime",
    "UNITS": "units",
}
"""Start of a refusal's code to the fact that answers it."""


WORDS = {
    "weight_kg": "Body weight, kg",
    "height_m": "Height, m",
    "injected_activity_bq": "Injected activity, Bq",
    "half_life_s": "Half-life, s",
    "injection_datetime": "Injection date and time",
    "reference_datetime": "Decay-reference date and time",
    "nuclide": "Nuclide",
    "sex": "Sex",
    "units": "Units of the pixels",
    "tracer_confirmed": "Tracer",
}


def needed_fact(code: str) -> str:
    """The fact that a refusal of that code misses."""
    return next((fact for start, fact in NEEDED.items() if code.startswith(start)), "weight_kg")


class FactPanel(QFrame):
    """Which fact, its value, why; who is the user of this computer. One undo step."""

    def __init__(self, document: Document) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setObjectName("Popover")
        self.document = document
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 14)
        grid.setVerticalSpacing(8)
        self.fact = QComboBox()
        for name in FORMS:
            self.fact.addItem(WORDS.get(name, name), name)
        self.value, self.why = QLineEdit(), QLineEdit()
        self.why.setPlaceholderText("from the dose record")
        self.form = label("", "label")
        self.wrong = label("", "bad", wrap=True)
        self.apply = QPushButton("Enter")
        self.apply.setProperty("main", True)
        for line, (name, part) in enumerate((("Fact", self.fact), ("Value", self.value), ("Why", self.why))):
            grid.addWidget(label(name, "head"), 2 * line, 0)
            grid.addWidget(part, 2 * line, 1)
        grid.addWidget(self.form, 3, 1)
        grid.addWidget(self.wrong, 6, 0, 1, 2)
        grid.addWidget(self.apply, 7, 1)
        self.setFixedWidth(360)
        self.fact.currentIndexChanged.connect(lambda _: self.form.setText(FORMS[self.fact.currentData()]))
        self.apply.clicked.connect(self._enter)
        for field in (self.value, self.why):
            field.returnPressed.connect(self._enter)

    def ask(self, name: str) -> None:
        """Get ready for one fact."""
        self.fact.setCurrentIndex(self.fact.findData(name))
        self.form.setText(FORMS[name])
        self.value.clear()
        self.wrong.hide()
        self.show()
        self.value.setFocus()

    def _enter(self) -> None:
        acquisition, name, text = (
            self.document.acquisition,
            self.fact.currentData(),
            self.value.text().strip(),
        )
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

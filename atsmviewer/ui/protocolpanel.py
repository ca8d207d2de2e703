"""The quieter choices that change a number: species, resolution, mask rule, comparator; one step each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFrame, QGridLayout

from atsmviewer.model.session import Protocol
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import label, row

CHOICES = (
    ("species", "Subject", (("human", "human"), ("animal", "animal (preclinical mode)"))),
    ("mask_rule", "Mask rule", (("fraction", "part of the voxel inside"), ("centre", "voxel centre inside"))),
    ("comparator", "At the threshold", ((">", "T/M > threshold"), (">=", "T/M ≥ threshold"))),
)
"""Field of the protocol, its name, and its values with their words."""


class ProtocolPanel(QFrame):
    """Opened from the menu or by F3; everything here is saved and printed."""

    def __init__(self, document: Document) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setObjectName("Popover")
        self.document = document
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 14)
        grid.setVerticalSpacing(8)
        grid.addWidget(label("Choices that change a number", "title"), 0, 0, 1, 2)
        self.boxes: dict[str, QComboBox] = {}
        for line, (field, name, values) in enumerate(CHOICES, 1):
            box = QComboBox()
            for value, words in values:
                box.addItem(words, value)
            box.activated.connect(lambda _, field=field: self._chosen(field))
            grid.addWidget(label(name, "head"), line, 0)
            grid.addWidget(box, line, 1)
            self.boxes[field] = box
        self.resolution = QDoubleSpinBox(minimum=0.1, maximum=50.0, singleStep=0.5, decimals=1)
        self.resolution.setKeyboardTracking(False)
        self.resolution.setAccessibleName("PET resolution, mm FWHM")
        self.resolution.valueChanged.connect(self._resolved)
        grid.addWidget(label("PET resolution", "head"), 4, 0)
        grid.addLayout(row(self.resolution, label("mm FWHM", "unit"), 1), 4, 1)
        words = "The noise interval, partial volume and the muscle's distance rest on the resolution."
        grid.addWidget(label(words, "label", wrap=True), 5, 0, 1, 2)
        self.setFixedWidth(340)

    def open_at(self, x: int, y: int) -> None:
        """Show the protocol as it is."""
        protocol = self.document.session.protocol
        for field, box in self.boxes.items():
            box.setCurrentIndex(box.findData(getattr(protocol, field)))
        self.resolution.blockSignals(True)
        self.resolution.setValue(protocol.resolution_mm)
        self.resolution.blockSignals(False)
        self.move(x, y)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def _chosen(self, field: str) -> None:
        value = self.boxes[field].currentData()
        changes: dict[str, Any] = {field: value}
        self._keep(replace(self.document.session.protocol, **changes), f"{field.replace('_', ' ')} {value}")

    def _resolved(self, width_mm: float) -> None:
        changed = replace(self.document.session.protocol, resolution_mm=round(width_mm, 3))
        self._keep(changed, f"Resolution {width_mm:g} mm")

    def _keep(self, protocol: Protocol, step: str) -> None:
        session = self.document.session
        if self.document.study is not None and protocol != session.protocol:
            self.document.commit(set_protocol(session, protocol), step)

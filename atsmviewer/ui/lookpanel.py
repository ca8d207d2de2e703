"""Windows for CT and PET, opacity and colour map, in a popover; looks only, never a number."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFrame, QGridLayout, QPushButton, QSlider

from atsmviewer.model.viewing import Window
from atsmviewer.render.maps import NAMES
from atsmviewer.render.windows import CT_WINDOWS
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import label, row
from atsmviewer.ui.words import anatomy_unit


class LookPanel(QFrame):
    """Opens beside the rail; every change shows at once in all planes."""

    def __init__(self, document: Document) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setObjectName("Popover")
        self.document = document
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 14)
        grid.setVerticalSpacing(8)
        self.ct = _spin(-2000, 4000, 10), _spin(-2000, 4000, 10)
        self.pet = _spin(0, 1e9, 0.1), _spin(0, 1e9, 0.1)
        self.unit, self.ct_unit = label("", "unit"), label("", "unit")
        grid.addWidget(label("CT window", "head"), 0, 0)
        grid.addLayout(row(*self.ct, self.ct_unit, 1), 0, 1)
        presets = []
        for name, window in CT_WINDOWS.items():
            button = QPushButton(name.capitalize())
            button.clicked.connect(lambda _=False, window=window: self._look(ct_window=window))
            presets.append(button)
        grid.addLayout(row(*presets, 1), 1, 1)
        grid.addWidget(label("PET window", "head"), 2, 0)
        grid.addLayout(row(*self.pet, self.unit, 1), 2, 1)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setAccessibleName("PET opacity")
        grid.addWidget(label("PET opacity", "head"), 3, 0)
        grid.addWidget(self.opacity, 3, 1)
        self.map = QComboBox()
        self.map.addItems(list(NAMES))
        grid.addWidget(label("Colour map", "head"), 4, 0)
        grid.addWidget(self.map, 4, 1)
        for spin in self.ct:
            spin.valueChanged.connect(lambda _: self._look(ct_window=_window(self.ct)))
        for spin in self.pet:
            spin.valueChanged.connect(lambda _: self._look(pet_window=_window(self.pet)))
        self.opacity.valueChanged.connect(lambda value: self._look(blend=value / 100))
        self.map.currentTextChanged.connect(lambda name: self._look(colour_map=name))
        document.viewing_changed.connect(lambda _: self.follow())

    def follow(self) -> None:
        """Show what is, without answering as if it had been changed here."""
        viewing = self.document.viewing
        parts = (*self.ct, *self.pet, self.opacity, self.map)
        for part in parts:
            part.blockSignals(True)
        for spin, value in zip((*self.ct, *self.pet), (*viewing.ct_window, *viewing.pet_window), strict=True):
            spin.setValue(value)
        self.opacity.setValue(round(viewing.blend * 100))
        self.map.setCurrentText(viewing.colour_map)
        for part in parts:
            part.blockSignals(False)
        self.ct_unit.setText(anatomy_unit(self.document))
        self.unit.setText(self.document.scale.unit.value if self.document.scale else "")

    def _look(
        self,
        ct_window: Window | None = None,
        pet_window: Window | None = None,
        blend: float | None = None,
        colour_map: str | None = None,
    ) -> None:
        now = self.document.viewing
        self.document.look(
            replace(
                now,
                ct_window=ct_window or now.ct_window,
                pet_window=pet_window or now.pet_window,
                blend=now.blend if blend is None else blend,
                colour_map=colour_map or now.colour_map,
            )
        )


def _window(pair: tuple[QDoubleSpinBox, QDoubleSpinBox]) -> Window | None:
    """The window two fields name; None while the lower end is not the lower one."""
    low, high = pair[0].value(), pair[1].value()
    return (low, high) if high > low else None


def _spin(low: float, high: float, step: float) -> QDoubleSpinBox:
    made = QDoubleSpinBox(minimum=low, maximum=high, singleStep=step, decimals=1)
    made.setFixedWidth(92)
    return made

"""The values in the status bar: under the pointer, and at the cross once cross or picture changed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from atsmviewer.model.grid import Vector
from atsmviewer.ui.document import Document
from atsmviewer.ui.words import number_text


class Readout:
    """Reads again whatever changes, so that what it says is never of another picture than the one shown."""

    def __init__(self, document: Document, said: QLabel) -> None:
        self.document, self.said = document, said
        self._pointed: Vector | None = None
        self._at = self._place

    @property
    def _place(self) -> tuple[str, int, Vector]:
        viewing = self.document.viewing
        return viewing.acquisition_uid, viewing.frame, viewing.cursor_mm

    def hover(self, point_mm: Vector) -> None:
        """The pointer is there now."""
        self._pointed, self._at = point_mm, self._place
        self._show(point_mm)

    def follow(self) -> None:
        """The same place again in what is shown now; the cross where that, or the picture, is another."""
        if self._at != self._place:
            self._pointed, self._at = self._place[2], self._place
        if self._pointed is not None:
            self._show(self._pointed)

    def _show(self, point_mm: Vector) -> None:
        lines = number_text(self.document, point_mm)
        if lines is None:
            self.said.clear()
            return
        x, y, z = (round(value) for value in point_mm)  # whole numbers have no −0
        place = f"L {x}  P {y}  S {z} mm".replace("-", "−")
        self.said.setText(f"{place}    " + " · ".join(part for part in lines if part))

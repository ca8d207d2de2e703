"""The volume above the T/M threshold, its fraction, and the whole curve; the threshold is never hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDoubleSpinBox

from atsmviewer.model.assessment import HypoxicVolume, Measurement, Missing
from atsmviewer.model.session import Session
from atsmviewer.report.words import significant
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.document import Document
from atsmviewer.ui.number import NOTHING, NumberButton
from atsmviewer.ui.origin import Origin, of_hypoxic
from atsmviewer.ui.parts import Card, label, row
from atsmviewer.ui.threshold import STEP
from atsmviewer.ui.words import THRESHOLD_DEFAULT, avid_words, decimal

if TYPE_CHECKING:
    from atsmviewer.ui.curve import ThresholdCurve

WITHIN = "Within PET contour: the outline is a threshold of this PET, so no fraction."
FOLLOWS = "Follows the T/M threshold that you set on the curve."


class AvidCard(Card):
    """Follows the threshold of the protocol, which its handle and its field set."""

    def __init__(self, document: Document) -> None:
        super().__init__(avid_words(True))
        self.document = document
        self._folded = False
        self.sign = label("T/M >", "body")
        self.spin = QDoubleSpinBox(minimum=0.05, maximum=100.0, singleStep=STEP, decimals=2)
        self.spin.setFixedWidth(56)
        self.spin.setProperty("bare", True)
        self.spin.setKeyboardTracking(False)
        self.spin.setAccessibleName("T/M threshold value")
        self.volume = NumberButton("volume above the threshold", "key")
        self.fraction = NumberButton("fraction of the tumour", "key")
        self.whole = label("% of tumour", "unit")
        for part in (self.sign, self.spin):
            self.head.addWidget(part)
        first = row(self.volume, label("ml   ", "unit"), self.fraction, self.whole, 1)
        self.column.addLayout(first)
        self.largest = NumberButton("largest connected part", "small")
        self.burden, self.unit = NumberButton("burden", "small"), label("", "label")
        self.below = (label("largest part", "label"), label("ml   burden", "label"))
        second = row(self.below[0], self.largest, self.below[1], self.burden, self.unit, 1, spacing=4)
        self.column.addLayout(second)
        self.within = label(WITHIN, "warnbody", wrap=True)
        self.within.hide()
        self.column.addWidget(self.within)
        self.note = label(THRESHOLD_DEFAULT, "body", wrap=True)
        self.column.addWidget(self.note)
        self.column.addStretch(0)
        self._curve: ThresholdCurve | None = None
        self.spin.valueChanged.connect(lambda value: self._edit(value, True))

    @property
    def curve(self) -> ThresholdCurve:
        """Made when there is something to draw: its library is a quarter of the program's start."""
        if self._curve is None:
            from atsmviewer.ui.curve import ThresholdCurve

            self._curve = ThresholdCurve()
            self._curve.previewed.connect(lambda value: self._edit(value, False))
            self._curve.chosen.connect(lambda value: self._edit(value, True))
            self._curve.fold(self._folded)
            self.column.insertWidget(self.column.indexOf(self.note), self._curve, 1)
        return self._curve

    def fold(self, folded: bool) -> None:
        """A lower curve, and the outline's doubt in two words, where height is short."""
        self._folded = folded
        if self._curve is not None:
            self._curve.fold(folded)
        self.within.setVisible(self.within.isVisible() and not folded)

    def _edit(self, threshold: float, commit: bool) -> None:
        session = self.document.session
        changed = set_protocol(session, replace(session.protocol, tm_threshold=threshold))
        if commit:
            self.document.commit(changed, f"T/M threshold {threshold:g}")
        elif changed != session:
            self.document.preview(changed)

    def show_assessment(self, session: Session, found: HypoxicVolume | None, total_ml: float | None) -> None:
        """``found`` is the selected tumour's; None where there is no tumour."""
        protocol = session.protocol
        self.spin.blockSignals(True)
        self.spin.setValue(protocol.tm_threshold)
        self.spin.blockSignals(False)
        sign = "≥" if protocol.comparator == ">=" else ">"
        self.sign.setText(f"T/M {sign}")
        scale = self.document.scale
        gate = scale is None or scale.tracer_is_cu_atsm
        self.title.setText(avid_words(gate, protocol.comparator, protocol.tm_threshold))
        there = found is not None and isinstance(found.volume, Measurement)
        for part in (*self.below, self.largest, self.burden, self.unit):
            part.setVisible(there)
        if self._curve is not None or there:
            self.curve.setVisible(there)
        if found is None or not isinstance(found.volume, Measurement):
            self._clear(found)
            return
        self._show(found, total_ml)
        self.curve.show_curve(found.curve, protocol.tm_threshold, total_ml)
        chosen = f"T/M {sign} {protocol.tm_threshold:g} was chosen by you; 1.4 is a protocol example."
        self.note.setText(THRESHOLD_DEFAULT if protocol.tm_threshold == 1.4 else chosen)

    def _show(self, found: HypoxicVolume, total_ml: float | None) -> None:
        assert isinstance(found.volume, Measurement)
        ml = found.volume.value
        self.volume.show_number(decimal(ml, 1 if ml < 100 else 0), self._origin(found, "volume"), "ml")
        share = found.fraction
        percent = decimal(share.value * 100, 0) if isinstance(share, Measurement) else NOTHING
        self.fraction.show_number(percent, self._origin(found, "fraction"), "%")
        of = "tumour" if total_ml is None else f"{decimal(total_ml, 0 if total_ml >= 10 else 1)} ml"
        without = "PET contour" if self._folded and found.within_pet_contour else "no fraction"
        self.whole.setText(f"% of {of}" if isinstance(share, Measurement) else without)
        self.within.setVisible(found.within_pet_contour and not self._folded)
        for part in (self.whole, self.within):
            part.setToolTip(share.what if isinstance(share, Missing) else "")
        for name, number in (("largest", self.largest), ("burden", self.burden)):
            value = getattr(found, name)
            waiting = isinstance(value, Missing) and value.code in ("computing", "not_computed")
            if waiting and number.text() != NOTHING:
                number.wait()
                continue
            number.settle()
            text = NOTHING
            if isinstance(value, Measurement):
                text = significant(value.value) if name == "burden" else decimal(value.value, 1)
            number.show_number(text, self._origin(found, name))
        if isinstance(found.burden, Measurement):
            self.unit.setText(found.burden.unit.replace(" x ", " × "))

    def _clear(self, found: HypoxicVolume | None) -> None:
        for number, part in ((self.volume, "volume"), (self.fraction, "fraction")):
            number.show_number(NOTHING, None if found is None else self._origin(found, part))
        self.whole.setText("% of tumour")
        self.within.hide()
        if self._curve is not None:
            self._curve.clear_curve()
        missing = found.volume if found is not None else None
        self.note.setText(missing.what if isinstance(missing, Missing) else FOLLOWS)

    def _origin(self, found: HypoxicVolume, part: str) -> Callable[[], Origin]:
        study = self.document.study
        return lambda: of_hypoxic(found, part, study)

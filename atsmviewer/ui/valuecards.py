"""The table of values and the avid volume: SUV or what stands in for it, and the curve with its handle."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from atsmviewer.model.assessment import Assessment, HypoxicVolume, Measurement, Missing
from atsmviewer.model.session import Session
from atsmviewer.model.suv import Scale
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.curve import STEP, ThresholdCurve
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import Card, label, row, set_property
from atsmviewer.ui.words import THRESHOLD_DEFAULT, avid_words, decimal, shown

ROWS = (("Max", "max"), ("Peak, 1 ml", "peak_1ml"), ("Mean", "mean"), ("SD", "sd"))


class ValueCard(Card):
    """Max, peak, mean and SD of the selected tumour and of muscle, on native PET voxels."""

    def __init__(self) -> None:
        super().__init__("SUVbw")
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
        self.summary = label("", "body")
        self.head.addWidget(self.summary)
        self.rows = QWidget()
        grid = QGridLayout(self.rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        self.heads = label("Tumour", "label"), label("Muscle", "label")
        for column, head in enumerate(self.heads, 1):
            grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
        self.cells: dict[str, tuple[QLabel, QLabel]] = {}
        for line, (text, quantity) in enumerate(ROWS, 1):
            grid.addWidget(label(text), line, 0)
            pair = label("–"), label("–")
            for column, cell in enumerate(pair, 1):
                cell.setMinimumWidth(52)
                cell.setAlignment(Qt.AlignmentFlag.AlignRight)
                grid.addWidget(cell, line, column)
            self.cells[quantity] = pair
        self.column.addWidget(self.rows)
        for part in (self.refused, self.refusal, self.enter):
            part.hide()
        self.fold(False)

    def fold(self, folded: bool) -> None:
        """One line where height is short: max and mean of the tumour."""
        self.rows.setVisible(not folded)
        self._folded = folded
        self.native.setVisible(not folded)
        self.summary.setVisible(folded)

    def show_scale(self, scale: Scale | None) -> None:
        """Title and unit, and the refusal with its remedy where SUV is withheld."""
        if scale is None:
            return
        self.title.setText("SUVbw" if scale.is_suv else "Activity" if "Bq" in scale.unit else "PET values")
        self.unit.setText(scale.unit.value)
        for part in (self.refused, self.refusal, self.enter):
            part.setVisible(scale.refused is not None)
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
                cell = self.cells[quantity][column]
                number = numbers[quantity] if numbers else None
                waiting = isinstance(number, Missing) and number.code in ("computing", "loading")
                set_property(cell, "stale", waiting)
                if number is None or not waiting:
                    cell.setText("–" if number is None else shown(number))
                    cell.setToolTip(number.what if isinstance(number, Missing) else "")
        self.summary.setText(f"max {self.cells['max'][0].text()} · mean {self.cells['mean'][0].text()}")


class AvidCard(Card):
    """Volume above the threshold, its fraction, and the whole curve; the threshold is never hidden."""

    def __init__(self, document: Document) -> None:
        super().__init__(avid_words(True))
        self.document = document
        self.sign = label("T/M >", "body")
        self.spin = QDoubleSpinBox(minimum=0.05, maximum=100.0, singleStep=STEP, decimals=2)
        self.spin.setFixedWidth(56)
        self.spin.setProperty("bare", True)
        self.spin.setKeyboardTracking(False)
        self.spin.setAccessibleName("T/M threshold value")
        self.volume, self.fraction = label("–", "key"), label("–", "key")
        self.whole = label("% of tumour", "unit")
        self.column.addLayout(
            row(self.volume, label("ml   ", "unit"), self.fraction, self.whole, 1, self.sign, self.spin)
        )
        self.curve = ThresholdCurve()
        self.column.addWidget(self.curve, 1)
        self.note = label(THRESHOLD_DEFAULT, "body", wrap=True)
        self.column.addWidget(self.note)
        self.column.addStretch(0)
        self.spin.valueChanged.connect(lambda value: self._edit(value, True))
        self.curve.previewed.connect(lambda value: self._edit(value, False))
        self.curve.chosen.connect(lambda value: self._edit(value, True))

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
        if found is None or not isinstance(found.volume, Measurement):
            self.volume.setText("–")
            self.fraction.setText("–")
            self.whole.setText("% of tumour")
            self.curve.clear_curve()
            self.curve.hide()
            self.note.setText(
                found.volume.what
                if found and isinstance(found.volume, Missing)
                else "Follows the T/M threshold that you set on the curve."
            )
            return
        ml = found.volume.value
        self.curve.show()
        self.volume.setText(decimal(ml, 1 if ml < 100 else 0))
        self.volume.setToolTip(f"{ml!r} ml ({found.volume.algorithm})")
        has_fraction = isinstance(found.fraction, Measurement)
        percent = found.fraction.value * 100 if isinstance(found.fraction, Measurement) else 0.0
        self.fraction.setText(decimal(percent, 0) if has_fraction else "–")
        self.whole.setText(
            f"% of {decimal(total_ml, 0 if total_ml >= 10 else 1)} ml"
            if total_ml is not None
            else "% of tumour"
        )
        if isinstance(found.largest, Measurement):
            self.volume.setToolTip(
                f"{ml!r} ml ({found.volume.algorithm}); largest connected part {found.largest.value:.1f} ml"
            )
        self.curve.show_curve(found.curve, protocol.tm_threshold, total_ml)
        chosen = f"T/M {sign} {protocol.tm_threshold:g} was chosen by you; 1.4 is a protocol example."
        self.note.setText(THRESHOLD_DEFAULT if protocol.tm_threshold == 1.4 else chosen)

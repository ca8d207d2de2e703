"""The answer: T/M, the largest number on screen, with its kind, its interval and what it was made of."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QToolButton, QVBoxLayout

from atsmviewer.model.assessment import Assessment, Measurement, Missing, Ratio
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.document import Document
from atsmviewer.ui.parts import Card, label, row
from atsmviewer.ui.words import decimal, shown

WAIT = "Appears as soon as one tumour and one muscle region exist."


class RatioCard(Card):
    """T/M of the selected tumour (or the first); a click on the kind changes which one leads."""

    def __init__(self, document: Document) -> None:
        super().__init__("Tumour-to-muscle ratio")
        self.document = document
        self.kind = QToolButton()
        self.kind.setToolTip("Which T/M leads: mean/mean or max/mean")
        self.kind.clicked.connect(self._switch)
        self.head.addWidget(self.kind)
        self.value = label("–", "lead")
        self.value.setAccessibleName("T/M")
        self.interval = label("", "body")
        self.parts = label("", "label")
        side = row(self.value)
        stack = QVBoxLayout()
        stack.setSpacing(1)
        stack.addStretch(1)
        stack.addWidget(self.interval)
        stack.addWidget(self.parts)
        stack.addSpacing(6)
        side.addSpacing(8)
        side.addLayout(stack)
        side.addStretch(1)
        self.column.addLayout(side)
        self.other = label("", "body")
        self.column.addWidget(self.other)
        self.doubts = label("", "warn", wrap=True)
        self.doubts.hide()
        self.column.addWidget(self.doubts)
        self.note = label(WAIT, "body", wrap=True)
        self.column.addWidget(self.note)

    def show_assessment(self, assessment: Assessment, tumour_uid: str | None, reason: str) -> None:
        """``reason`` is said where there is no ratio."""
        lead = self.document.session.protocol.headline
        second = "max" if lead == "mean" else "mean"
        ratio = None if tumour_uid is None else assessment.ratio_of(tumour_uid, lead)
        other = None if tumour_uid is None else assessment.ratio_of(tumour_uid, second)
        self.kind.setText(f"{lead} / mean ▾")
        doubts = [flag.what for flag in assessment.flags]
        more = f"  and {len(doubts) - 1} more" if len(doubts) > 1 else ""
        self.doubts.setText(doubts[0] + more if doubts else "")
        self.doubts.setToolTip("\n".join(doubts))
        self.doubts.setVisible(bool(doubts))
        if ratio is None or not isinstance(ratio.number, Measurement):
            self.value.setText("–")
            for part in (self.interval, self.parts, self.other):
                part.setText("")
            missing = ratio.number.what if ratio and isinstance(ratio.number, Missing) else reason
            self.note.setText(missing)
            self.note.show()
            return
        self.note.hide()
        self.value.setText(shown(ratio.number, 1))
        self.value.setToolTip(f"T/M {lead}: {ratio.number.value!r} ({ratio.number.algorithm})")
        self.interval.setText(interval_text(ratio))
        unit = self.document.scale.unit.value if self.document.scale else ""
        if ratio.numerator is not None and ratio.denominator is not None:
            self.parts.setText(f"{decimal(ratio.numerator, 2)} ÷ {decimal(ratio.denominator, 2)} {unit}")
        bias = "  one-voxel max reads high" if second == "max" else ""
        self.other.setText(f"{second} / mean  {shown(other.number, 1)}{bias}" if other else "")

    def _switch(self) -> None:
        protocol = self.document.session.protocol
        headline = "max" if protocol.headline == "mean" else "mean"
        changed = set_protocol(self.document.session, replace(protocol, headline=headline))
        self.document.commit(changed, f"Lead with T/M {headline}")


def interval_text(ratio: Ratio) -> str:
    """The interval is given for the mean form only, and says that it covers noise only."""
    if ratio.low is None or ratio.high is None:
        return "positively biased, no interval" if ratio.kind == "max" else ""
    return f"{decimal(ratio.low, 1)} – {decimal(ratio.high, 1)}  noise only"

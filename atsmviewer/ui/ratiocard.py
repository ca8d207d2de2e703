"""The answer: T/M, the largest number on screen, with kind, interval and spreads, and its muscle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout

from atsmviewer.model.assessment import Assessment, Measurement, Missing, Ratio
from atsmviewer.model.roi import Role
from atsmviewer.report.words import amount, ratio_name
from atsmviewer.session.edits import set_protocol
from atsmviewer.ui.document import Document
from atsmviewer.ui.musclelight import MuscleLight
from atsmviewer.ui.number import NOTHING, NumberButton
from atsmviewer.ui.origin import Origin, of_end, of_ratio
from atsmviewer.ui.parts import Card, label, row
from atsmviewer.ui.words import decimal, shown

WAIT = "Appears as soon as one tumour and one muscle region exist."
KINDS = ("mean", "max", "peak")
ELIDE = Qt.TextElideMode.ElideRight
OTHERS = (Role.BLOOD_POOL, Role.BRAIN, Role.REFERENCE)


class RatioCard(Card):
    """T/M of the selected tumour (or the first); the menu says which kind leads."""

    def __init__(self, document: Document) -> None:
        super().__init__("Tumour-to-muscle ratio")
        self.document = document
        self.kind = QToolButton()
        self.kind.setProperty("title", True)
        self.kind.setToolTip("Which T/M leads: the tumour's mean, max or peak, over the muscle mean")
        self.kind.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.kind)
        for kind in KINDS:
            menu.addAction(f"{kind} / mean", partial(self.lead_with, kind))
        self.kind.setMenu(menu)
        self.head.addWidget(self.kind)
        self._build_lead()
        self._build_others()
        self.light = MuscleLight()
        self.column.addWidget(self.light)
        self.doubts = label("", "warn")
        self.doubts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.column.addWidget(self.doubts)
        self.note = label(WAIT, "body", wrap=True)
        self.column.addWidget(self.note)
        self.corrected = QPushButton("Show the corrected PET (N)")
        self.corrected.setToolTip("The same scan with attenuation correction; N goes there and back")
        self.corrected.hide()
        self.column.addWidget(self.corrected, alignment=Qt.AlignmentFlag.AlignLeft)
        self._parts = (self.interval, self.spread, self.top, self.bottom, self.divided, self.unit)
        self._wait(WAIT)

    def _build_lead(self) -> None:
        self.value = NumberButton("T M", "lead")
        self.interval, self.spread = label("", "body"), label("", "label", wrap=True)
        self.top, self.bottom = NumberButton("numerator", "small"), NumberButton("denominator", "small")
        self.divided, self.unit = label("÷", "label"), label("", "label")
        stack = QVBoxLayout()
        stack.setSpacing(1)
        stack.addStretch(1)
        stack.addWidget(self.interval)
        stack.addLayout(row(self.top, self.divided, self.bottom, self.unit, 1, spacing=4))
        stack.addWidget(self.spread)
        stack.addSpacing(4)
        side = row(self.value)
        side.addSpacing(8)
        side.addLayout(stack, 1)
        self.column.addLayout(side)

    def _build_others(self) -> None:
        self.pairs = [(label("", "label"), NumberButton("other ratio", "small")) for _ in range(5)]
        line = row(spacing=4)
        for name, number in self.pairs:
            line.addWidget(name)
            line.addWidget(number)
        self.bias = label("  max reads high", "label")
        line.addWidget(self.bias)
        line.addStretch(1)
        self.column.addLayout(line)

    def lead_with(self, kind: str) -> None:
        """Another kind leads: one undo step."""
        protocol = self.document.session.protocol
        if kind != protocol.headline:
            changed = set_protocol(self.document.session, replace(protocol, headline=kind))
            self.document.commit(changed, f"Lead with T/M {kind}")

    def show_assessment(self, assessment: Assessment, tumour_uid: str | None, reason: str) -> None:
        """``reason`` is said where there is no ratio."""
        lead = self.document.session.protocol.headline
        self.kind.setText(f"{lead} / mean ▾")
        self._show_doubts(assessment)
        muscle = assessment.muscles[0] if assessment.muscles else None
        self.light.show_muscle(muscle, self.document.study)
        ratios = {} if tumour_uid is None else _of_tumour(assessment, tumour_uid)
        ratio = ratios.get((Role.MUSCLE, lead))
        self._show_others(ratios, lead)
        if ratio is None or not isinstance(ratio.number, Measurement):
            number = None if ratio is None else ratio.number
            if isinstance(number, Missing) and number.code == "computing" and self.value.text() != NOTHING:
                for stale in (self.value, self.top, self.bottom):
                    stale.wait()
                return
            self._wait(number.what if isinstance(number, Missing) else reason, ratio)
            return
        self._show(ratio, assessment)

    def offer(self, corrected: bool) -> None:
        """Offer the corrected PET of the same scan where it is there and this one is not corrected."""
        acquisition = self.document.acquisition
        here = acquisition is not None and acquisition.pet.attenuation_corrected is False
        self.corrected.setVisible(corrected and here)

    def _show(self, ratio: Ratio, assessment: Assessment) -> None:
        study = self.document.study
        self.note.hide()
        for part in self._parts:
            part.show()
        for number in (self.value, self.top, self.bottom):
            number.settle()
        self.value.show_number(shown(ratio.number, 1), self._origin(ratio))
        self.interval.setText(interval_text(ratio))
        self.spread.setText(spread_text(ratio))
        self.spread.setToolTip("\n".join(spread.what for spread in ratio.spreads))
        self.spread.setVisible(bool(ratio.spreads))
        self.unit.setText(self._unit)
        muscle = assessment.muscles[0] if assessment.muscles else None
        numbers = assessment.of_roi(ratio.roi_uid)
        if ratio.numerator is not None and ratio.denominator is not None:
            self.top.show_number(
                amount(ratio.numerator, self._unit), lambda: of_end(ratio, numbers, None, study)
            )
            self.bottom.show_number(
                amount(ratio.denominator, self._unit), lambda: of_end(ratio, None, muscle, study)
            )

    def _show_others(self, ratios: dict[tuple[Role, str], Ratio], lead: str) -> None:
        """The other kinds of T/M, and the leading kind to blood, brain and any other reference."""
        wanted = [(Role.MUSCLE, kind) for kind in KINDS if kind != lead] + [(role, lead) for role in OTHERS]
        for at, ((role, kind), (name, number)) in enumerate(zip(wanted, self.pairs, strict=True)):
            ratio = ratios.get((role, kind))
            there = ratio is not None
            name.setVisible(there)
            number.setVisible(there)
            if ratio is not None:
                name.setText(("" if at == 0 else "  ") + (kind if role is Role.MUSCLE else ratio_name(role)))
                if isinstance(ratio.number, Missing) and ratio.number.code == "computing":
                    number.wait()
                    continue
                number.settle()
                number.show_number(shown(ratio.number, 1), self._origin(ratio))
        self.bias.setVisible(
            lead != "max" and (Role.MUSCLE, "max") in ratios and not any(role in OTHERS for role, _ in ratios)
        )

    def _show_doubts(self, assessment: Assessment) -> None:
        """What the light does not say already, the first in one line."""
        told = {flag.code for muscle in assessment.muscles for flag in muscle.flags}
        doubts = [flag.what for flag in assessment.flags if flag.code not in told]
        more = f" and {len(doubts) - 1} more" if len(doubts) > 1 else ""
        room = max(120, self.width() - 34 - self.doubts.fontMetrics().horizontalAdvance(more))
        first = doubts[0] if doubts else ""
        elided = self.doubts.fontMetrics().elidedText(first, ELIDE, room)
        self.doubts.setText(elided + more)
        self.doubts.setToolTip("\n".join(doubts))
        self.doubts.setVisible(bool(doubts))

    def _origin(self, ratio: Ratio) -> Callable[[], Origin]:
        protocol, unit, study = self.document.session.protocol, self._unit, self.document.study
        return lambda: of_ratio(ratio, unit, (protocol.tm_threshold, protocol.comparator), study)

    @property
    def _unit(self) -> str:
        return self.document.scale.unit.value if self.document.scale else ""

    def _wait(self, what: str, ratio: Ratio | None = None) -> None:
        self.value.settle()
        self.value.show_number(NOTHING, None if ratio is None else self._origin(ratio))
        for part in self._parts:
            part.hide()
        self.note.setText(what)
        self.note.show()


def interval_text(ratio: Ratio) -> str:
    """The interval is given for the mean form only, and says that it covers noise only."""
    if ratio.low is None or ratio.high is None:
        return "positively biased, no interval" if ratio.kind != "mean" else ""
    return f"{decimal(ratio.low, 1)} – {decimal(ratio.high, 1)}  noise only"


def spread_text(ratio: Ratio) -> str:
    """How the ratio moves where its reference is chosen otherwise: beside the interval, never in it."""
    parts = (f"{s.name} {decimal(s.low, 1)}–{decimal(s.high, 1)}" for s in ratio.spreads)
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def _of_tumour(assessment: Assessment, uid: str) -> dict[tuple[Role, str], Ratio]:
    return {(r.reference_role, r.kind): r for r in assessment.ratios if r.roi_uid == uid}

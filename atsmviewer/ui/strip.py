"""The check strip: what SUV rests on, green, amber with the reason, or withheld with what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from atsmviewer.model.facts import elapsed_s
from atsmviewer.model.placement import Placement
from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale
from atsmviewer.model.undated import NO_DATE, is_dated
from atsmviewer.report.doubts import doubt_name
from atsmviewer.ui.parts import label
from atsmviewer.ui.theme import icon
from atsmviewer.ui.words import isotope, minutes


@dataclass(frozen=True)
class Chip:
    """``light`` is lead, ok, warn or bad; ``fact`` is what a click lets the reader enter."""

    light: str
    text: str
    tip: str = ""
    fact: str = ""


def chips(acquisition: Acquisition, scale: Scale | None, placements: Sequence[Placement] = ()) -> list[Chip]:
    """What the numbers rest on, in the order a reader checks it; the verdict first."""
    if scale is None:
        return [Chip("ok", "Reading the scan")]
    if scale.refused is None:
        made = [Chip("lead", f"{scale.label} valid", f"Algorithm {scale.algorithm}")]
    else:
        made = [Chip("bad", "SUV withheld", f"{scale.refused.what}\n{scale.refused.remedy}")]
    for flag in scale.flags:
        short = flag.what if len(flag.what) < 42 else doubt_name(flag.code)
        made.append(Chip("warn", short, flag.what))
    made += _facts(acquisition, scale)
    made += [
        Chip("warn", f"{series.modality} slices uneven", f"{series.irregular} Shown, not measured.")
        for series in (acquisition.pet, acquisition.anatomy)
        if series is not None and series.irregular
    ]
    anatomy = acquisition.anatomy
    if anatomy is not None and anatomy.lacking:
        made.append(Chip("warn", f"{anatomy.modality}: {anatomy.lacking}", "The header announces more."))
    made.append(_placed(acquisition, placements))
    if scale.refused is not None and scale.ratio_refused is None:
        made.append(Chip("lead", "T/M available", "T/M needs no weight, activity or clock"))
    return made


def _facts(acquisition: Acquisition, scale: Scale) -> list[Chip]:
    """Facts as they were used, else as the header has them; one that is absent is said where SUV needs it."""
    facts = acquisition.facts
    used = {name: (value, source) for name, value, source in scale.facts_used}
    made = []
    for name, word, write in (
        ("injected_activity_bq", "Activity", _mbq),
        ("weight_kg", "Weight", _kg),
    ):
        value, source = used.get(name, (getattr(facts, name), facts.source(name)))
        if value is not None:
            made.append(Chip("ok", f"{word} {write(value)}", source, name))
        elif scale.refused is not None:
            made.append(Chip("warn", f"{word} missing", source, name))
    made += _injected(scale)
    if scale.nuclide:
        made.append(
            Chip("ok", f"Isotope {isotope(scale.nuclide)}", f"half-life {facts.half_life_s} s", "half_life_s")
        )
    if facts.decay_correction:
        made.append(Chip("ok", f"Decay {facts.decay_correction}", facts.source("decay_correction")))
    if facts.corrected_image:
        done = facts.corrected_image
        made.append(Chip("ok", f"{len(done)} corrections", " ".join(done)))
    return made


def _injected(scale: Scale) -> list[Chip]:
    """When the tracer was given, or what of it is to be entered; and how long before the scan."""
    injected, reference, refused = scale.injection_time, scale.reference_time, scale.refused
    made = []
    if injected is not None:
        form = "%d %b %Y %H:%M:%S" if is_dated(injected) else f"%H:%M:%S ({NO_DATE})"
        made.append(Chip("ok", f"Injected {injected:{form}}", "", "injection_datetime"))
    elif refused is not None and refused.code == "INJ_DAY_UNKNOWN":
        made.append(Chip("warn", "Injection day unknown", refused.remedy, "injection_day"))
    elif refused is not None:
        made.append(Chip("warn", "Injection time missing", "", "injection_datetime"))
    if injected is not None and reference is not None:
        made.append(Chip("ok", f"Scan {minutes(elapsed_s(reference, injected))} p.i."))
    return made


def _mbq(activity_bq: object) -> str:
    return f"{float(str(activity_bq)) / 1e6:.4g} MBq"


def _kg(weight_kg: object) -> str:
    return f"{float(str(weight_kg)):.1f} kg"


def _placed(acquisition: Acquisition, placements: Sequence[Placement]) -> Chip:
    """Whether PET and CT lie on each other, and by whom where an alignment put them there."""
    anatomy = acquisition.anatomy
    if anatomy is None:
        return Chip("warn", "No CT", "No CT shares the PET's frame of reference; they are not overlaid.")
    kind = anatomy.modality
    placed = next((p for p in placements if p.is_anatomy and p.acquisition_uid == acquisition.uid), None)
    if placed is not None:
        tip = f"{placed.remark.capitalize()}\nA shows how far, moves it on or takes it back"
        return Chip("warn", f"PET on {kind} aligned: {placed.by}", tip)
    if anatomy.grid.frame_of_reference_uid != acquisition.frame_of_reference_uid:
        what = f"PET and {kind} do not share a frame of reference. They are not overlaid."
        return Chip("warn", f"{kind} in another frame", f"{what}\nLoad a registration or align by hand (A)")
    return Chip("ok", f"PET on {kind} same frame", anatomy.description)


class CheckStrip(QFrame):
    """One line; green chips at the end merge when it is narrow, amber and red never do."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("CheckStrip")
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(10, 0, 10, 0)
        self.line.setSpacing(4)
        self._chips: list[Chip] = []
        self._buttons: list[QPushButton] = []
        self._more = _button(Chip("ok", ""))
        self.line.addWidget(label("No study open"))
        self.line.addStretch(1)

    def show_chips(self, made: list[Chip]) -> None:
        """Replace the line."""
        if made == self._chips:
            return
        self._chips = made
        while self.line.count():
            item = self.line.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons = [_button(chip) for chip in made]
        for chip, button in zip(made, self._buttons, strict=True):
            if chip.fact:
                button.clicked.connect(lambda _=False, fact=chip.fact: self.asked.emit(fact))
        self._more = _button(Chip("ok", ""))
        for button in (*self._buttons, self._more):
            self.line.addWidget(button)
        self.line.addStretch(1)
        self._fold()

    def chip_of(self, fact: str) -> QPushButton | None:
        """The chip in view that lets a fact be entered."""
        pairs = zip(self._chips, self._buttons, strict=True)
        return next((button for chip, button in pairs if chip.fact == fact and button.isVisible()), None)

    def resizeEvent(self, event: object) -> None:
        """Fold or unfold green chips."""
        self._fold()

    def _fold(self) -> None:
        if not self._buttons:
            return
        for button in self._buttons:
            button.setVisible(True)
        self._more.setVisible(False)
        spare = self.width() - 24
        taken = sum(b.sizeHint().width() + 4 for b in self._buttons)
        hidden: list[str] = []
        for chip, button in reversed(list(zip(self._chips, self._buttons, strict=True))):
            room = 90 if hidden else 0
            if taken + room <= spare:
                break
            if chip.light == "ok":
                button.setVisible(False)
                taken -= button.sizeHint().width() + 4
                hidden.append(chip.text)
        self._more.setVisible(bool(hidden))
        self._more.setText(f"{len(hidden)} more")
        self._more.setToolTip("\n".join(reversed(hidden)))


def _button(chip: Chip) -> QPushButton:
    made = QPushButton(icon({"lead": "ok"}.get(chip.light, chip.light)), chip.text)
    made.setProperty("chip", True)
    made.setProperty("light", chip.light)
    made.setToolTip(chip.tip + ("\nClick to enter another value" if chip.fact else ""))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made

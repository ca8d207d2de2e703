"""The check strip: what SUV rests on, green, amber with the reason, or withheld with what is missing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale
from atsmviewer.ui.parts import label
from atsmviewer.ui.theme import icon
from atsmviewer.ui.words import isotope, minutes

Chip = tuple[str, str, str]
"""(light, text, tooltip); light is lead, ok, warn or bad."""


def chips(acquisition: Acquisition, scale: Scale | None) -> list[Chip]:
    """The facts in the order a reader checks them; the verdict first."""
    facts = acquisition.facts
    if scale is None:
        return [("ok", "Reading the scan", "")]
    if scale.refused is None:
        made: list[Chip] = [("lead", "SUVbw valid", f"Algorithm {scale.algorithm}")]
    else:
        made = [("bad", "SUV withheld", f"{scale.refused.what}\n{scale.refused.remedy}")]
    for flag in scale.flags:
        made.append(
            ("warn", flag.what if len(flag.what) < 42 else flag.code.replace("_", " ").lower(), flag.what)
        )
    activity, weight = facts.injected_activity_bq, facts.weight_kg
    made += [
        _fact("Activity", activity, lambda v: f"{v / 1e6:.1f} MBq", facts.source("injected_activity_bq")),
        _fact("Weight", weight, lambda v: f"{v:.1f} kg", facts.source("weight_kg")),
        _fact("Injected", scale.injection_time, lambda v: f"{v:%d %b %H:%M:%S}", "injection time"),
    ]
    if scale.injection_time is not None and scale.reference_time is not None:
        made.append(
            ("ok", f"Scan {minutes((scale.reference_time - scale.injection_time).total_seconds())} p.i.", "")
        )
    half_life = facts.half_life_s
    made += [
        _fact("Isotope", scale.nuclide or None, isotope, f"half-life {half_life} s"),
        _fact("Decay", facts.decay_correction, str, facts.source("decay_correction")),
        _fact(
            "Corrected",
            facts.corrected_image,
            lambda v: " ".join(v[:3]),
            " ".join(facts.corrected_image or ()),
        ),
        _placed(acquisition),
    ]
    if scale.refused is not None and scale.ratio_refused is None:
        made.append(("lead", "T/M available", "T/M needs no weight, dose or clock (rule R25)"))
    return made


def _fact(name: str, value: object, write: Callable[..., str], source: str) -> Chip:
    if value is None:
        return "warn", f"{name} missing", source
    return "ok", f"{name} {write(value)}", source


def _placed(acquisition: Acquisition) -> Chip:
    if acquisition.anatomy is None:
        return "warn", "No CT", "No CT shares the PET's frame of reference; they are not overlaid."
    return "ok", "PET on CT same frame", acquisition.anatomy.description


class CheckStrip(QFrame):
    """One line; green chips at the end merge when it is narrow, amber and red never do."""

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
        self._more = _button(("ok", "", ""))
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
        self._more = _button(("ok", "", ""))
        for button in (*self._buttons, self._more):
            self.line.addWidget(button)
        self.line.addStretch(1)
        self._fold()

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
            if chip[0] == "ok":
                button.setVisible(False)
                taken -= button.sizeHint().width() + 4
                hidden.append(chip[1])
        self._more.setVisible(bool(hidden))
        self._more.setText(f"{len(hidden)} more")
        self._more.setToolTip("\n".join(reversed(hidden)))


def _button(chip: Chip) -> QPushButton:
    light, text, tip = chip
    made = QPushButton(icon({"lead": "ok"}.get(light, light)), text)
    made.setProperty("chip", True)
    made.setProperty("light", light)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made

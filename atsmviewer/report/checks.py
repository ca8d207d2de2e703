"""The checks behind the numbers: what SUV was made of, doubts, refusals with remedy, overrides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.errors import Flag
from atsmviewer.model.volume import Unit
from atsmviewer.report.doubts import doubt_name
from atsmviewer.report.flow import Paragraph, paragraph
from atsmviewer.report.head import Heading
from atsmviewer.report.reading import Reading
from atsmviewer.report.sheet import AMBER, GREEN, GREY, MEDIUM, RED, Run, Sheet
from atsmviewer.report.text import clean, isotope
from atsmviewer.report.values import value_of
from atsmviewer.report.words import clock, day, decimal, significant, stamped

OK, DOUBT, STOP = "ok", "doubt", "stop"
FACTS = {
    "injected_activity_bq": ("Injected activity", 1e-6, "MBq", 1),
    "weight_kg": ("Body weight", 1.0, "kg", 1),
    "half_life_s": ("Half-life", 1 / 3600, "h", 2),
    "height_m": ("Height", 100.0, "cm", 0),
}
NAMES = {
    "units": "Units",
    "decay_correction": "Decay correction",
    "corrected_image": "Corrections",
    "injection_datetime": "Injection time",
    "injection_time": "Injection time",
    "nuclide": "Nuclide",
    "series_datetime": "Series time",
    "decay_reference_datetime": "Decay reference",
    "radiopharmaceutical": "Tracer",
}


@dataclass(frozen=True)
class Check:
    """One line: its state, what it is about, what was found."""

    state: str
    about: str
    found: str
    most_lines: int = 2
    """How many lines it may take on paper; a refusal may take five."""


def checks(page: Reading) -> tuple[Check, ...]:
    """Every check of the page's scan, stops first, then doubts, then what is in order."""
    found = [*_suv(page), *_moved(page), *_doubts(page), *_muscle(page), *_facts(page), *_place(page)]
    order = (STOP, DOUBT, OK)
    return tuple(sorted(dict.fromkeys(found), key=lambda check: order.index(check.state)))


def _suv(page: Reading) -> Iterator[Check]:
    scale = page.scale
    if scale is None:
        yield Check(STOP, "SUV", "No scale was established for this scan.")
        return
    if scale.ratio_refused is not None:
        yield Check(STOP, "T/M withheld", f"{scale.ratio_refused.what} {scale.ratio_refused.remedy}")
    if scale.refused is not None:
        shown = "" if scale.unit in (Unit.STORED, Unit.SUV) else f" Values are in {scale.unit}."
        shown = " Values are in stored units." if scale.unit is Unit.STORED else shown
        yield Check(STOP, "SUV withheld", f"{scale.refused.what} {scale.refused.remedy}{shown}")
        return
    units = page.acquisition.facts.units if page.acquisition else None
    words = scale.label
    if scale.factor and units == "BQML":
        words += f"; 1 g/ml = {significant(1e-3 / scale.factor)} kBq/ml"
    yield Check(OK, "SUV", words)
    if scale.reference_time is not None:
        chosen = next((c.name for c in scale.candidates if c.chosen), "")
        when = f"{day(scale.reference_time)}, {clock(scale.reference_time)}"
        yield Check(OK, "Decay reference", when + (f", {chosen}" if chosen else ""))


def _doubts(page: Reading) -> Iterator[Check]:
    lead = page.lead
    hypoxic = None if lead is None else page.hypoxic(lead.roi_uid)
    uid = page.acquisition.uid if page.acquisition else ""
    flags: tuple[Flag, ...] = page.assessment.at(uid).flags
    flags += page.scale.flags if page.scale else ()
    flags += hypoxic.flags if hypoxic else ()
    for flag in dict.fromkeys(flags):
        yield Check(DOUBT, doubt_name(flag.code), flag.what)
    for override in page.session.overrides:
        if override.acquisition_uid == uid:
            about = FACTS[override.name][0] if override.name in FACTS else _named(override.name)
            why = f"{_valued(override.name, override.value)}, entered by {override.who}: {override.why}"
            yield Check(DOUBT, about, why)


def _muscle(page: Reading) -> Iterator[Check]:
    """Size, CT number, variation and surroundings of the muscle; its doubts stand among the doubts."""
    muscle = page.muscle
    if muscle is None:
        return
    parts = (
        (muscle.volume, 1.0, 1, "ml"),
        (muscle.hu, 1.0, 0, "HU"),
        (muscle.cov, 100.0, 0, "% CoV"),
        (muscle.distance_mm, 1.0, 0, "mm to hot tissue"),
    )
    given = ((value_of(number), factor, places, unit) for number, factor, places, unit in parts)
    words = [f"{decimal(v * factor, places)} {unit}" for v, factor, places, unit in given if v is not None]
    far = muscle.distance_mm
    if isinstance(far, Measurement) and any(flag.code == "AT_LEAST" for flag in far.flags):
        words[-1] = f"at least {words[-1]}"
    state = "Muscle" if muscle.flags else "Muscle good"
    if words:
        yield Check(DOUBT if muscle.flags else OK, state, ", ".join(words))


def _facts(page: Reading) -> Iterator[Check]:
    uid = page.acquisition.uid if page.acquisition else ""
    overridden = {o.name for o in page.session.overrides if o.acquisition_uid == uid}
    for name, value, source in page.scale.facts_used if page.scale else ():
        if name not in overridden:
            about = FACTS[name][0] if name in FACTS else _named(name)
            yield Check(OK, about, f"{_valued(name, value)}, {_tag(source)}")


def _place(page: Reading) -> Iterator[Check]:
    acquisition = page.acquisition
    if acquisition is None:
        return
    for series in (acquisition.pet, acquisition.anatomy):
        if series is not None and series.irregular:
            what = f"{clean(series.irregular)} Shown, not measured."
            yield Check(STOP, f"{clean(series.modality)} slices uneven", what)
    if acquisition.anatomy_gone:
        what = "The CT or MR chosen for this PET is not in the case. None takes its place; HU are withheld."
        yield Check(STOP, "HU withheld", what)
        return
    if acquisition.anatomy is None:
        yield Check(DOUBT, "Anatomy", "No CT or MR is paired with this PET.")
        return
    about = f"PET on {clean(acquisition.anatomy.modality)}"
    placed = page.assessment.at(acquisition.uid).placements
    if acquisition.anatomy.grid.frame_of_reference_uid == acquisition.frame_of_reference_uid:
        yield Check(OK, about, "Same frame of reference.")
    elif not any(one.is_anatomy for one in placed):
        yield Check(DOUBT, about, "Different frames of reference; not overlaid without an alignment.")


def _moved(page: Reading) -> Iterator[Check]:
    """Every alignment that the pictures and the numbers of the page's scan rest on, before other doubts."""
    uid = page.acquisition.uid if page.acquisition else ""
    for one in page.assessment.at(uid).placements:
        movement = one.movement.replace("-", "\N{MINUS SIGN}")
        what = f"moved {movement}, by {one.by}; {one.remark}."
        yield Check(DOUBT, f"{clean(one.moved)} to PET", what, 5)


def _tag(source: str) -> str:
    """A source by its tag alone, "tag (0018,1074)"; a source that is no tag as it stands."""
    found = re.search(r"\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)", source)
    return f"tag {found.group()}" if found else source


def _named(name: str) -> str:
    return NAMES.get(name, name.replace("_", " ").capitalize())


def _valued(name: str, value: str) -> str:
    """A fact's text with its unit turned into the one people use, where it is a number."""
    if name == "nuclide":
        return isotope(value)
    if name not in FACTS:
        return stamped(value, seconds=True) if len(value) > 10 else value
    _, factor, unit, places = FACTS[name]
    try:
        number = float(value.split()[0]) * factor
    except (ValueError, IndexError):
        return value
    if name == "half_life_s" and number < 1:
        return f"{decimal(number * 60, 2)} min"
    return f"{decimal(number, places)} {unit}"


@dataclass(frozen=True)
class CheckList:
    """The checks that fit into a height, each with its sign, and how many more there are."""

    lines: tuple[tuple[str, str, Paragraph], ...]
    hidden: int

    @property
    def height(self) -> float:
        """Heading, lines, and the line that counts the rest."""
        body = sum(text.height + 2.6 for _, _, text in self.lines)
        return Heading.height + body + (10.5 if self.hidden else 0)

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Draw at ``x`` and ``top``."""
        Heading("Checks behind the numbers").draw(sheet, x, top)
        y = top + Heading.height
        for state, about, text in self.lines:
            draw_sign(sheet, state, x + 4, y + 5.4)
            sheet.text(x + 14, y + 8, Run(about, 7.6, MEDIUM), width=76)
            text.draw(sheet, x + 92, y + 0.2)
            y += text.height + 2.6
        if self.hidden:
            sheet.text(x + 14, y + 7.5, Run(f"and {self.hidden} more in the JSON", 7.1, ink=GREY))


def check_list(page: Reading, width: float, room: float) -> CheckList:
    """As many checks as ``room`` points hold, each in the lines that it may take."""
    found = checks(page)
    lines: list[tuple[str, str, Paragraph]] = []
    used = Heading.height + 10.5
    for check in found:
        runs = [Run(clean(check.found), 7.6, ink=GREY)]
        text = paragraph(runs, width - 92, 10.2, 5 if check.state == STOP else check.most_lines)
        if used + text.height + 2.6 > room:
            break
        used += text.height + 2.6
        lines.append((check.state, clean(check.about), text))
    return CheckList(tuple(lines), len(found) - len(lines))


def draw_sign(sheet: Sheet, state: str, x: float, y: float) -> None:
    """A tick, a triangle or an octagon about a centre: the shape says it too, not the colour alone."""
    if state == OK:
        tick = np.array([(x - 2.6, y + 0.2), (x - 0.7, y + 2.2), (x + 2.9, y - 2.4)])
        sheet.path(tick, GREEN, 1.2)
    elif state == DOUBT:
        triangle = np.array([(x - 3.4, y + 2.8), (x + 3.4, y + 2.8), (x, y - 3.2)])
        sheet.path(triangle, None, fill=AMBER, closed=True)
    else:
        angles = np.pi / 8 + np.arange(8) * np.pi / 4
        sheet.path(
            np.stack([x + 3.5 * np.cos(angles), y + 3.5 * np.sin(angles)], axis=1),
            None,
            fill=RED,
            closed=True,
        )

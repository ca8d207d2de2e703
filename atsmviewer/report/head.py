"""The top of the page: title, who and what was scanned, the research-use banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from atsmviewer.report.reading import Reading
from atsmviewer.report.sheet import (
    BLUE,
    GREY,
    INK,
    INNER,
    MARGIN,
    SEMIBOLD,
    WIDTH,
    Run,
    Sheet,
    fit_middle,
    width_of,
)
from atsmviewer.report.text import clean, isotope, person
from atsmviewer.report.words import RESEARCH_LEAD, RESEARCH_REST, day, decimal, lapse

TITLE = "Cu-ATSM hypoxia PET/CT"
PLAIN_TITLE = "PET/CT tumour-to-muscle reading"


def title_of(page: Reading) -> str:
    """The title that the tracer gate allows."""
    return TITLE if page.is_atsm else PLAIN_TITLE


@dataclass(frozen=True)
class Header:
    """Title at the left, patient and scan at the right, a rule below."""

    page: Reading
    height: ClassVar[float] = 41.0

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        title = Run(title_of(self.page), 14.25, SEMIBOLD)
        sheet.text(MARGIN, top + 15, title)
        sheet.text(MARGIN, top + 29, Run("Quantitative reading", 8.25, ink=GREY))
        right, room = WIDTH - MARGIN, INNER - width_of(title) - 24
        name, rest = patient_words(self.page)
        shown = sheet.text(right, top + 8, Run(rest, 8.25), "right", room * 0.66)
        sheet.text(right - shown, top + 8, Run(name, 8.25, SEMIBOLD), "right", room - shown)
        for i, line in enumerate(scan_words(self.page)):
            sheet.text(right, top + 20 + 11 * i, Run(line, 8.25, ink=GREY), "right", room + 20)
        sheet.line((MARGIN, top + 39), (right, top + 39), INK, 1.4)


def patient_words(page: Reading) -> tuple[str, str]:
    """The name (or the id where there is none), and ", id, sex, age, weight" of what is known."""
    patient = page.study.patient
    name, uid = person(patient.name), clean(patient.id)
    uid = fit_middle(Run(uid, 8.25), 96 if name else 200).text
    parts = [uid if name else "", clean(patient.sex), _age(page), _weight(page)]
    return name or uid or "Patient not named", "".join(f"  ·  {part}" for part in parts if part)


def scan_words(page: Reading) -> tuple[str, ...]:
    """Tracer with injected activity and time; scan time with uptake time."""
    if page.acquisition is None:
        return ("No PET series",)
    scale, facts = page.scale, page.acquisition.facts
    tracer = [tracer_words(page)]
    activity = _activity(page)
    injected = None if scale is None else scale.injection_time
    if activity:
        tracer.append(f"{activity} injected" + (f" {day(injected)}, {injected:%H:%M}" if injected else ""))
    elif facts.injected_activity_bq is None:
        tracer.append("injected activity not in the header")
    scan = [
        f"scan {day(page.started)}, {page.started:%H:%M}" if page.started else "scan time not in the header"
    ]
    scan.append(f"{lapse(page.uptake)} p.i." if page.uptake is not None else "uptake time not established")
    if len(page.acquisition.frames) > 1:
        numbers = [frame.number for frame in page.acquisition.frames]
        place = numbers.index(page.frame) + 1 if page.frame in numbers else page.frame
        gate = page.acquisition.frame(page.frame).gate if page.frame in numbers else ""
        scan.append(clean(gate) or f"frame {place} of {len(numbers)}")
    return ", ".join(tracer), ", ".join(scan)


def tracer_words(page: Reading) -> str:
    """The tracer with its nuclide raised, as "⁶⁴Cu-ATSM"."""
    facts = None if page.acquisition is None else page.acquisition.facts
    scale = page.scale
    nuclide = isotope((scale.nuclide if scale else "") or (facts.nuclide if facts else None) or "")
    name = clean((scale.tracer if scale else "") or (facts.radiopharmaceutical if facts else None) or "")
    if page.is_atsm:
        return f"{nuclide}-ATSM" if nuclide else "Cu-ATSM"
    if not name:
        return f"{nuclide}, tracer not in the header" if nuclide else "tracer not in the header"
    return name if not nuclide else f"{name} ({nuclide})"


def _age(page: Reading) -> str:
    """PatientAge (AS, "054Y", PS3.5 6.2) as "54 y"; else whole years from the birth date to the scan."""
    text = clean(page.study.patient.age)
    if len(text) == 4 and text[:3].isdigit() and text[3] in "DWMY":
        return f"{int(text[:3])}\u00a0{text[3].lower() if text[3] != 'M' else 'months'}"
    born, then = page.study.patient.birth_date, page.started
    if text or born is None or then is None:
        return text
    years = then.year - born.year - ((then.month, then.day) < (born.month, born.day))
    return f"{years}\u00a0y" if years >= 0 else ""


def number_of(page: Reading, name: str) -> float | None:
    """A numeric fact: as the scale used it (overrides included), else as the header has it."""
    used = page.fact(name)
    if used is not None:
        try:
            return float(used[0].split()[0])
        except (ValueError, IndexError):
            return None
    facts = None if page.acquisition is None else page.acquisition.facts
    value = getattr(facts, name, None)
    return value if isinstance(value, float | int) else None


def _weight(page: Reading) -> str:
    weight = number_of(page, "weight_kg")
    return "" if weight is None else f"{decimal(weight, 1 if weight >= 2 else 3)}\u00a0kg"


def _activity(page: Reading) -> str:
    activity = number_of(page, "injected_activity_bq")
    return "" if activity is None else f"{decimal(activity / 1e6, 1)}\u00a0MBq"


@dataclass(frozen=True)
class Banner:
    """What this page is not for; on every page."""

    height: ClassVar[float] = 19.0

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        sheet.box(MARGIN, top, (INNER, self.height), "#FFF3DC")
        lead = Run(RESEARCH_LEAD, 7.9, SEMIBOLD, "#5C3A00")
        sheet.runs(MARGIN + 8, top + 12.4, [lead, Run(RESEARCH_REST, 7.9, ink="#5C3A00")])


@dataclass(frozen=True)
class Heading:
    """A section's name."""

    text: str
    height: ClassVar[float] = 15.0

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Draw at ``x`` and ``top``."""
        sheet.text(x, top + 9, Run(self.text, 8.6, SEMIBOLD, BLUE))

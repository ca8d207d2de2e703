"""The measurement table: regions down, quantities across; other scans as one line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from atsmviewer.model.assessment import Number, Ratio, RoiNumbers
from atsmviewer.model.roi import Role
from atsmviewer.model.volume import Unit
from atsmviewer.report.head import Heading
from atsmviewer.report.headline import threshold_words
from atsmviewer.report.reading import Reading
from atsmviewer.report.records import value_of
from atsmviewer.report.sheet import GREY, INK, INNER, MARGIN, MEDIUM, REGULAR, TABLE_LINE, Run, Sheet
from atsmviewer.report.text import clean
from atsmviewer.report.words import amount, clock, day, decimal, lapse, percent

MOST_TUMOURS, MOST_MUSCLES, MOST_OTHERS, MOST_SCANS = 5, 3, 2, 3
NONE = "–"


@dataclass(frozen=True)
class Table:
    """A heading, column names (two lines each), rows of text, and a note below."""

    title: str
    columns: tuple[tuple[str, str], ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    line: ClassVar[float] = 13.4

    @property
    def height(self) -> float:
        """Heading, two lines of column names, rows, note."""
        return Heading.height + 22 + self.line * len(self.rows) + (11 if self.note else 0)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw over the full width; the first column is text, the others end at their right edge."""
        Heading(self.title).draw(sheet, MARGIN, top)
        y = top + Heading.height
        places = self._places()
        for i, (name, unit) in enumerate(self.columns):
            align = "right" if i else "left"
            sheet.text(places[i], y + 8, Run(name, 7.6, MEDIUM, GREY), align)
            sheet.text(places[i], y + 17, Run(unit, 7.1, ink=GREY), align)
        y += 22
        sheet.line((MARGIN, y - 1), (MARGIN + INNER, y - 1), INK, 0.9)
        for row in self.rows:
            for i, cell in enumerate(row):
                face = MEDIUM if i == 0 else REGULAR
                ink = GREY if cell == NONE else INK
                sheet.text(
                    places[i],
                    y + 9.2,
                    Run(cell, 8.25, face, ink),
                    "right" if i else "left",
                    self.widths[i] - 6,
                )
            y += self.line
            sheet.line((MARGIN, y - 0.6), (MARGIN + INNER, y - 0.6), TABLE_LINE, 0.5)
        if self.note:
            sheet.text(MARGIN, y + 8.5, Run(self.note, 7.1, ink=GREY), width=INNER)

    def _places(self) -> list[float]:
        edges, x = [MARGIN], MARGIN + self.widths[0]
        for width in self.widths[1:]:
            x += width
            edges.append(x)
        return edges


def measurements(page: Reading) -> Table | None:
    """The regions of the page's scan, or None where none is drawn."""
    tumours, muscles = page.rois(Role.TUMOUR), page.rois(Role.MUSCLE)
    others = page.rois(*(role for role in Role if role not in (Role.TUMOUR, Role.MUSCLE)))
    if not (tumours or muscles or others):
        return None
    shown = (_kept(tumours, MOST_TUMOURS, page.lead), muscles[:MOST_MUSCLES], others[:MOST_OTHERS])
    rows = [_row(page, roi) for roi in chain(*shown)]
    pooled = _pooled(page, tumours)
    if pooled is not None and len(muscles) > 1:
        blank = ("",) * (len(_columns(page)) - 3)
        place = len(shown[0]) + len(shown[1])
        rows.insert(place, ("Muscle mean used", "", pooled, *blank))
    hidden = len(tumours) + len(muscles) + len(others) - sum(len(part) for part in shown)
    note = f"and {hidden} more {'region' if hidden == 1 else 'regions'} in the CSV" if hidden else ""
    columns = _columns(page)
    first = INNER - 46 * (len(columns) - 1)
    return Table("Measurements", columns, (first, *[46.0] * (len(columns) - 1)), tuple(rows), note)


def _kept(tumours: Sequence[RoiNumbers], most: int, lead: RoiNumbers | None) -> list[RoiNumbers]:
    """The first ones, and always the one that leads the page."""
    kept = list(tumours[:most])
    if lead is not None and lead not in kept:
        kept[-1] = lead
    return kept


def _columns(page: Reading) -> tuple[tuple[str, str], ...]:
    unit = str(page.scale.unit) if page.scale else ""
    prefix = "SUV" if unit == Unit.SUV else ""
    names = ("mean", "peak", "max") if prefix else ("Mean", "Peak", "Max")
    mean, peak, most = (prefix + name for name in names)
    below = "avid" if page.is_atsm else "volume"
    limit = threshold_words(page)
    return (
        ("Region", ""),
        ("Volume", "ml"),
        (mean, unit),
        (peak, f"1 ml, {unit}" if unit == Unit.SUV else "1 ml sphere"),
        (most, "one voxel"),
        ("SD", unit),
        ("T/M mean", "÷ muscle mean"),
        ("T/M max", "÷ muscle mean"),
        (limit, f"{below}, ml"),
        (limit, f"{below}, %"),
    )


def _row(page: Reading, roi: RoiNumbers) -> tuple[str, ...]:
    def shown(quantity: str) -> str:
        value = value_of(roi[quantity])
        return NONE if value is None else amount(value, roi.unit)

    name = clean(roi.name) or str(roi.role)
    label = name if roi.role is Role.TUMOUR or str(roi.role) in name.lower() else f"{name} ({roi.role})"
    volume = value_of(roi["volume_ml"])
    cells = [label, NONE if volume is None else _listed(volume)]
    cells += [shown(quantity) for quantity in ("mean", "peak_1ml", "max", "sd")]
    if roi.role is not Role.TUMOUR:
        return (*cells, "", "", "", "")
    cells += [_times(page.ratio(roi.roi_uid, kind)) for kind in ("mean", "max")]
    hypoxic = page.hypoxic(roi.roi_uid)
    above = None if hypoxic is None else value_of(hypoxic.volume)
    share = None if hypoxic is None else value_of(hypoxic.fraction)
    cells.append(NONE if above is None else _listed(above))
    cells.append(NONE if share is None else percent(share, 1))
    return tuple(cells)


def _listed(volume_ml: float) -> str:
    """A volume in a list: one decimal, two below 1 ml."""
    return decimal(volume_ml, 1 if volume_ml >= 1 else 2)


def _times(ratio: Ratio | None) -> str:
    value = None if ratio is None else value_of(ratio.number)
    return NONE if value is None else decimal(value, 2)


def _pooled(page: Reading, tumours: Iterable[RoiNumbers]) -> str | None:
    """The denominator that the ratios of the page share."""
    ratios = (page.ratio(roi.roi_uid, kind) for roi in tumours for kind in ("mean", "max"))
    found = next((r.denominator for r in ratios if r is not None and r.denominator is not None), None)
    return None if found is None or page.scale is None else amount(found, page.scale.unit)


def other_scans(page: Reading) -> Table | None:
    """One line for the leading tumour of every other scan with numbers, or None."""
    pages = page.elsewhere
    if not pages:
        return None
    limit = threshold_words(page)
    columns = (
        ("Scan", ""),
        ("Uptake time", "p.i."),
        ("Region", ""),
        (f"T/M {page.session.protocol.headline}", "÷ muscle mean"),
        (limit, "ml"),
        (limit, "%"),
    )
    rows = tuple(_scan_row(other) for other in pages[:MOST_SCANS])
    hidden = len(pages) - len(rows)
    note = f"and {hidden} more {'scan' if hidden == 1 else 'scans'} in the CSV" if hidden else ""
    return Table("Other scans of this case", columns, (INNER - 394, 80, 150, 68, 48, 48), rows, note)


def _scan_row(page: Reading) -> tuple[str, ...]:
    lead = page.lead
    assert lead is not None
    when = f"{day(page.started)}, {clock(page.started)}" if page.started else "time not in the header"
    ratio = page.ratio(lead.roi_uid, page.session.protocol.headline)
    hypoxic = page.hypoxic(lead.roi_uid)
    numbers: tuple[Number | None, ...] = (
        None if ratio is None else ratio.number,
        None if hypoxic is None else hypoxic.volume,
        None if hypoxic is None else hypoxic.fraction,
    )
    tm, volume, share = (None if n is None else value_of(n) for n in numbers)
    return (
        when,
        NONE if page.uptake is None else lapse(page.uptake),
        clean(lead.name),
        NONE if tm is None else decimal(tm, 2),
        NONE if volume is None else _listed(volume),
        NONE if share is None else percent(share, 1),
    )

"""The measurement table: regions down, quantities across; other scans as one line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import ClassVar

from atsmviewer.model.assessment import Number, Ratio, RoiNumbers
from atsmviewer.model.roi import Role
from atsmviewer.report.head import Heading
from atsmviewer.report.headline import threshold_words
from atsmviewer.report.reading import Reading
from atsmviewer.report.sheet import (
    GREY,
    HAIRLINE,
    INK,
    INNER,
    MARGIN,
    MEDIUM,
    TABLE_LINE,
    Run,
    Sheet,
    fit_middle,
)
from atsmviewer.report.text import clean
from atsmviewer.report.values import value_of
from atsmviewer.report.words import amount, day, decimal, lapse, percent

MOST_TUMOURS, MOST_MUSCLES, MOST_OTHERS, MOST_SCANS = 5, 3, 2, 3
NONE = "–"
KINDS = ("mean", "peak", "max")


@dataclass(frozen=True)
class Column:
    """A column: the group it shares with its neighbours, its own name, its width in points."""

    group: str
    name: str
    width: float


@dataclass(frozen=True)
class Table:
    """A heading, columns, rows of text, and a note below; the first column is text, the others numbers."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    line: ClassVar[float] = 13.2

    @property
    def height(self) -> float:
        """Heading, two lines of column names, rows, note."""
        return Heading.height + 23 + self.line * len(self.rows) + (11 if self.note else 0)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw over the full width."""
        Heading(self.title).draw(sheet, MARGIN, top)
        rights = [MARGIN + sum(c.width for c in self.columns[: i + 1]) for i in range(len(self.columns))]
        y = top + Heading.height
        self._names(sheet, y, rights)
        y += 23
        sheet.line((MARGIN, y - 1), (MARGIN + INNER, y - 1), INK, 0.9)
        for row in self.rows:
            first = fit_middle(Run(row[0], 8.25, MEDIUM), self.columns[0].width - 6)
            sheet.text(MARGIN, y + 9.2, first)
            for cell, right, column in zip(row[1:], rights[1:], self.columns[1:], strict=True):
                ink = GREY if cell == NONE else INK
                shown = fit_middle(Run(cell, 8.25, ink=ink), column.width - 4)
                sheet.text(right, y + 9.2, shown, "right")
            y += self.line
            sheet.line((MARGIN, y - 0.6), (MARGIN + INNER, y - 0.6), TABLE_LINE, 0.5)
        if self.note:
            sheet.text(MARGIN, y + 8.5, Run(self.note, 7.1, ink=GREY), width=INNER)

    def _names(self, sheet: Sheet, top: float, rights: list[float]) -> None:
        """Column names; a group's name once, over a hairline that spans it."""
        place = 0
        for group, members in groupby(self.columns, key=lambda column: column.group):
            count = len(tuple(members))
            left, right = rights[place] - self.columns[place].width, rights[place + count - 1]
            if group:
                middle = (left + 8 + right) / 2
                sheet.text(middle, top + 7.5, Run(group, 7.4, MEDIUM, GREY), "centre")
                sheet.line((left + 8, top + 10.3), (right, top + 10.3), HAIRLINE, 0.5)
            place += count
        sheet.text(MARGIN, top + 19, Run(self.columns[0].name, 7.4, MEDIUM, GREY))
        for column, right in zip(self.columns[1:], rights[1:], strict=True):
            sheet.text(right, top + 19, Run(column.name, 7.4, MEDIUM, GREY), "right")


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
    return Table("Measurements", _columns(page), tuple(rows), note)


def _kept(tumours: Sequence[RoiNumbers], most: int, lead: RoiNumbers | None) -> list[RoiNumbers]:
    """The first ones, and always the one that leads the page."""
    kept = list(tumours[:most])
    if lead is not None and lead not in kept:
        kept[-1] = lead
    return kept


def _columns(page: Reading) -> tuple[Column, ...]:
    unit = str(page.scale.unit) if page.scale else ""
    kind = page.scale.label if page.scale is not None and page.scale.is_suv else "PET value"
    values = f"{kind}, {unit}" if unit and unit != kind else kind
    limit = threshold_words(page)
    avid = "avid " if page.is_atsm else ""
    across = (
        Column("", "Volume ml", 50),
        Column(values, "mean", 40),
        Column(values, "peak 1 ml", 50),
        Column(values, "max", 42),
        Column(values, "SD", 36),
        Column("÷ muscle mean", "T/M mean", 44),
        Column("÷ muscle mean", "T/M peak", 42),
        Column("÷ muscle mean", "T/M max", 40),
        Column(limit, f"{avid}ml", 46),
        Column(limit, f"{avid}%", 38),
    )
    return (Column("", "Region", INNER - sum(column.width for column in across)), *across)


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
        return (*cells, "", "", "", "", "")
    cells += [_times(page.ratio(roi.roi_uid, kind)) for kind in KINDS]
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
    ratios = (page.ratio(roi.roi_uid, kind) for roi in tumours for kind in KINDS)
    found = next((r.denominator for r in ratios if r is not None and r.denominator is not None), None)
    return None if found is None or page.scale is None else amount(found, page.scale.unit)


def other_scans(page: Reading) -> Table | None:
    """One line for the leading tumour of every other scan with numbers, or None."""
    pages = page.elsewhere
    if not pages:
        return None
    limit = threshold_words(page)
    ratio = f"T/M {page.session.protocol.headline}"
    across = (
        Column("", "uptake time p.i.", 80),
        Column("", "region", 170),
        Column("÷ muscle mean", ratio, 66),
        Column(limit, "ml", 46),
        Column(limit, "%", 38),
    )
    columns = (Column("", "Scan", INNER - sum(column.width for column in across)), *across)
    rows = tuple(_scan_row(other) for other in pages[:MOST_SCANS])
    hidden = len(pages) - len(rows)
    note = f"and {hidden} more {'scan' if hidden == 1 else 'scans'} in the CSV" if hidden else ""
    return Table("Other scans of this case", columns, rows, note)


def _scan_row(page: Reading) -> tuple[str, ...]:
    lead = page.lead
    assert lead is not None
    when = f"{day(page.started)}, {page.started:%H:%M}" if page.started else "time not in the header"
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

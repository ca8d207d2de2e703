"""The one page that a reader hands to a colleague: A4, from the three nouns and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Protocol

from atsmviewer.model.assessment import Assessment
from atsmviewer.model.picture import Picture
from atsmviewer.model.session import Session, Stamp
from atsmviewer.model.study import Study
from atsmviewer.report.checks import CheckList, check_list
from atsmviewer.report.curve import Curve
from atsmviewer.report.figures import Pictures, row_height
from atsmviewer.report.flow import Paragraph, paragraph
from atsmviewer.report.head import Banner, Header, Heading, title_of
from atsmviewer.report.headline import boxes, finding_block
from atsmviewer.report.measures import Table, measurements, other_scans
from atsmviewer.report.notes import Footer, Notes, Signatures, notes
from atsmviewer.report.reading import Reading, read
from atsmviewer.report.sheet import GREY, HEIGHT, INNER, MARGIN, MEDIUM, Run, Sheet
from atsmviewer.report.values import value_of

TOP, BOTTOM = 34.0, HEIGHT - 26 - Footer.height
AIR = 9.0
HIGHEST_PICTURES, LOWEST_COLUMNS = 300.0, 206.0
COLUMN = (INNER - 22) / 2


def pdf_bytes(
    study: Study,
    session: Session,
    assessment: Assessment,
    pictures: Sequence[Picture],
    stamp: Stamp | None,
    acquisition_uid: str | None = None,
    frame: int | None = None,
) -> bytes:
    """The page as PDF, the same bytes for the same arguments.

    The page leads with ``acquisition_uid``, by default the first acquisition with numbers, and its
    ``frame``, by default the one looked at first; the others get a line each.
    Raises ReviewError("ACQUISITION_UNKNOWN").
    """
    page = read(study, session, assessment, pictures, stamp, acquisition_uid, frame)
    sheet = Sheet()
    _lay_out(page, sheet)
    return sheet.finish(title_of(page))


class Block(Protocol):
    """A part over the full width that knows its height in points before it is drawn."""

    @property
    def height(self) -> float:
        """Points it takes."""
        ...

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw with its upper edge at ``top``."""
        ...


@dataclass(frozen=True)
class Lower:
    """The two columns below the tables: checks at the left; curve and notes at the right."""

    checked: CheckList
    chart: Curve | Paragraph
    noted: Notes
    title: str

    @property
    def height(self) -> float:
        """The taller column."""
        return max(self.checked.height, Heading.height + self.chart.height + 6 + self.noted.height)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        right = MARGIN + INNER - COLUMN
        self.checked.draw(sheet, MARGIN, top)
        Heading(self.title).draw(sheet, right, top)
        self.chart.draw(sheet, right, top + Heading.height)
        self.noted.draw(sheet, right, top + Heading.height + self.chart.height + 6)


def _lay_out(page: Reading, sheet: Sheet) -> None:
    """Fixed parts take what they need; the lower columns, then the pictures, share the rest."""
    upper: tuple[Block, ...] = (Header(page), Banner(), boxes(page), finding_block(page))
    tables: list[Table] = [table for table in (measurements(page), other_scans(page)) if table is not None]
    fixed = sum(part.height + AIR for part in (*upper, *tables)) + Signatures.height
    room = BOTTOM - TOP - fixed
    wished = row_height(page.pictures, HIGHEST_PICTURES) + AIR if page.pictures else 14.0
    lower = _lower(page, max(room - wished, LOWEST_COLUMNS))
    tall = row_height(page.pictures, min(room - lower.height - AIR, HIGHEST_PICTURES))
    y = TOP
    for part in upper:
        part.draw(sheet, y)
        y += part.height + AIR
    if page.pictures:
        Pictures(page.pictures, tall).draw(sheet, y)
        y += tall + AIR
    else:
        sheet.text(MARGIN, y + 5, Run("No key images were supplied with this report.", 7.9, ink=GREY))
        y += 14.0
    for table in tables:
        table.draw(sheet, y)
        y += table.height + AIR
    lower.draw(sheet, y)
    Signatures().draw(sheet, BOTTOM - Signatures.height - 4)
    Footer(page).draw(sheet)


def _lower(page: Reading, room: float) -> Lower:
    lead = page.lead
    hypoxic = None if lead is None else page.hypoxic(lead.roi_uid)
    noted = notes(page, COLUMN)
    title = "Volume against T/M threshold"
    checked = check_list(page, COLUMN, room - AIR)
    curve = () if hypoxic is None else tuple(p for p in hypoxic.curve if isfinite(p[0] + p[1]))
    if lead is None or hypoxic is None or len(curve) < 2:
        words = "No curve: it needs a tumour and a muscle region on this scan."
        return Lower(checked, paragraph([Run(words, 7.9, MEDIUM)], COLUMN, 11), noted, title)
    most = 140.0 if page.pictures else 220.0
    tall = min(most, max(92.0, room - AIR - Heading.height - 6 - noted.height))
    return Lower(
        checked, Curve(replace(hypoxic, curve=curve), value_of(lead["volume_ml"]), COLUMN, tall), noted, title
    )

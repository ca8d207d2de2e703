"""Threshold, interval and protocol in sentences; who made the page and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from atsmviewer.model.assessment import Missing
from atsmviewer.model.roi import Role
from atsmviewer.model.version import __version__
from atsmviewer.report.flow import Paragraph, paragraph
from atsmviewer.report.head import Heading, tracer_words
from atsmviewer.report.headline import threshold_words
from atsmviewer.report.literature import summary
from atsmviewer.report.reading import Reading
from atsmviewer.report.sheet import GREY, HAIRLINE, HEIGHT, INK, INNER, MARGIN, WIDTH, Run, Sheet
from atsmviewer.report.text import clean
from atsmviewer.report.values import value_of
from atsmviewer.report.words import (
    CAUTION,
    EXAMPLE_THRESHOLD,
    MASK_RULES,
    PROTOCOL_EXAMPLE,
    decimal,
    ratio_name,
    stamped,
)


def protocol_words(page: Reading) -> tuple[str, ...]:
    """The paragraphs of "Protocol and threshold"."""
    protocol = page.session.protocol
    limit = threshold_words(page)
    if limit.endswith(f"\u00a0{EXAMPLE_THRESHOLD}"):
        chosen = f"{limit} is a {PROTOCOL_EXAMPLE}."
    else:
        chosen = f"{limit} was chosen by the reader."
    mask = f"Mask rule: {MASK_RULES[protocol.mask_rule]}"
    kind = f"Tumour type as entered: {clean(protocol.tumour_type)}." if protocol.tumour_type else ""
    mode = " Preclinical mode." if protocol.species == "animal" else ""
    published = " ".join(words for words in (kind, _published(page)) if words)
    said = (chosen, mask + mode, _interval(page), _others(page), published, _caution(page))
    return tuple(words for words in said if words)


def _interval(page: Reading) -> str:
    kind, lead = page.session.protocol.headline, page.lead
    ratio = None if lead is None else page.ratio(lead.roi_uid, kind)
    if kind != "mean":
        what = "highest voxel" if kind == "max" else "1 ml peak"
        words = f"T/M of the {what} carries no interval; noise biases it upwards."
    elif ratio is None or ratio.low is None:
        return ""
    else:
        fwhm = f"{page.session.protocol.resolution_mm:g} mm"
        words = f"The interval is noise only, for a PET of {fwhm} FWHM; it does not cover test-retest spread."
    spreads = () if ratio is None else ratio.spreads
    moved = (f"{s.name} {decimal(s.low, 2)} – {decimal(s.high, 2)}" for s in spreads)
    return f"{words} Beside it, by choice of muscle: {', '.join(moved)}." if spreads else words


def _others(page: Reading) -> str:
    """The leading tumour against blood, brain and any other reference."""
    lead, kind = page.lead, page.session.protocol.headline
    if lead is None:
        return ""
    said = []
    for role in (Role.BLOOD_POOL, Role.BRAIN, Role.REFERENCE):
        ratio = page.ratio(lead.roi_uid, kind, role)
        value = None if ratio is None else value_of(ratio.number)
        if value is not None:
            said.append(f"{ratio_name(role)} {kind} {decimal(value, 2)}")
    return f"{', '.join(said)}." if said else ""


def _published(page: Reading) -> str:
    """What the cut-off table says of the leading tumour, where its type was chosen."""
    tumour_type, lead = page.session.protocol.tumour_type, page.lead
    if tumour_type is None or lead is None:
        return ""
    return summary(page.evidence(lead.roi_uid), tumour_type)


def _caution(page: Reading) -> str:
    if page.is_atsm:
        return CAUTION
    tracer = f"Tracer: {tracer_words(page)}."
    return f"{tracer} It is not established as Cu-ATSM, so volumes are named by their threshold."


@dataclass(frozen=True)
class Notes:
    """A heading over paragraphs in a column."""

    title: str
    parts: tuple[Paragraph, ...]

    @property
    def height(self) -> float:
        """Heading and paragraphs with a little air between them."""
        return Heading.height + sum(part.height + 2.5 for part in self.parts)

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Draw at ``x`` and ``top``."""
        Heading(self.title).draw(sheet, x, top)
        y = top + Heading.height
        for part in self.parts:
            part.draw(sheet, x, y)
            y += part.height + 2.5


def notes(page: Reading, width: float) -> Notes:
    """The notes of a page, broken for a column of ``width`` points."""
    parts = (paragraph([Run(words, 7.6, ink=GREY)], width, 10.2, 7) for words in protocol_words(page))
    return Notes("Protocol and threshold", tuple(parts))


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on."""

    height: ClassVar[float] = 30.0

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        x = MARGIN
        for label, part in (("Reader", 0.36), ("Second reader", 0.36), ("Date", 0.2)):
            sheet.line((x, top + 18), (x + INNER * part, top + 18), INK, 0.8)
            sheet.text(x, top + 28, Run(label, 7.9, ink=GREY))
            x += INNER * (part + 0.04)


@dataclass(frozen=True)
class Footer:
    """Program, algorithms, state and stamp at the foot of the page; the time is never the clock's."""

    page: Reading
    height: ClassVar[float] = 24.0

    def draw(self, sheet: Sheet) -> None:
        """Draw at the bottom margin."""
        top = HEIGHT - 26 - self.height
        sheet.line((MARGIN, top), (WIDTH - MARGIN, top), HAIRLINE, 0.6)
        right = Run(f"{made_words(self.page)} · page 1 of 1", 7.1, ink=GREY)
        used = sheet.text(WIDTH - MARGIN, top + 10, right, "right", INNER * 0.55)
        stamp = self.page.stamp
        state = f" · session {clean(stamp.state)[:8]}" if stamp is not None else ""
        left = Run(f"atsmviewer {__version__}{state}", 7.1, ink=GREY)
        sheet.text(MARGIN, top + 10, left, width=INNER - used - 12)
        sheet.text(MARGIN, top + 19.5, Run(" · ".join(algorithms(self.page)), 7.1, ink=GREY), width=INNER)


def made_words(page: Reading) -> str:
    """Who made the last change and when, from the stamp."""
    if page.stamp is None:
        return "Session without a stamp: author and date not recorded"
    who = clean(page.stamp.who)
    return f"Last change {stamped(clean(page.stamp.when))}" + (f" by {who}" if who else "")


def algorithms(page: Reading) -> tuple[str, ...]:
    """The algorithm ids behind the page's numbers, each once, in the order of the page."""
    lead = page.lead
    ids = [page.scale.algorithm] if page.scale else []
    numbers = []
    if lead is not None:
        ratios = (page.ratio(lead.roi_uid, kind) for kind in ("mean", "max", "peak"))
        numbers += [ratio.number for ratio in ratios if ratio is not None]
        hypoxic = page.hypoxic(lead.roi_uid)
        numbers += [hypoxic.volume, hypoxic.fraction, hypoxic.burden] if hypoxic is not None else []
        numbers += [lead[quantity] for quantity in ("volume_ml", "mean", "peak_1ml", "max", "sd")]
    ids += [number.algorithm for number in numbers if not isinstance(number, Missing)]
    return tuple(dict.fromkeys(name for name in ids if name))

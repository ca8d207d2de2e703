"""One sheet of A4 measured from its top left corner in points: letters, lines, boxes, pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from atsmviewer.model.resources import resource

WIDTH, HEIGHT = float(A4[0]), float(A4[1])
MARGIN = 35.0
INNER = WIDTH - 2 * MARGIN

REGULAR, MEDIUM, SEMIBOLD = "Inter-Regular", "Inter-Medium", "Inter-SemiBold"
INK, GREY, BLUE, AMBER = "#12171C", "#4A545E", "#1B4F86", "#9A5B00"
WHITE, HAIRLINE, TABLE_LINE, GREEN, RED, PALE = (
    "#FFFFFF",
    "#C4CBD2",
    "#DDE2E7",
    "#1C7A4A",
    "#B3261E",
    "#E6ECF3",
)


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face, size (pt) and colour; markup means nothing in it."""

    text: str
    size: float = 8.25
    face: str = REGULAR
    ink: str = INK


@cache
def _faces() -> dict[str, frozenset[int]]:
    """Register the three faces once; which characters each can print."""
    known: dict[str, frozenset[int]] = {}
    for name in (REGULAR, MEDIUM, SEMIBOLD):
        font = TTFont(name, str(resource(f"fonts/{name}.ttf")))
        pdfmetrics.registerFont(font)
        known[name] = frozenset(font.face.charToGlyph)
    return known


def printable(text: str, face: str = REGULAR) -> str:
    """The text with plain spaces, and "?" for every character that the face has no glyph for."""
    known = _faces()[face]
    return "".join(c if ord(c) in known else "?" for c in text.replace("\u00a0", " "))


def width_of(run: Run) -> float:
    """The width of a run in points."""
    return float(pdfmetrics.stringWidth(printable(run.text, run.face), run.face, run.size))


def fit(run: Run, width: float) -> Run:
    """The run, shortened by an ellipsis at its end where it is wider than ``width``."""
    return _shortened(run, width, lambda kept: run.text[:kept].rstrip() + "…")


def fit_middle(run: Run, width: float) -> Run:
    """The run, shortened in its middle: names in a list often differ at their end only."""

    def cut(kept: int) -> str:
        head, tail = (kept + 1) // 2, kept // 2
        return f"{run.text[:head].rstrip()}…{run.text[len(run.text) - tail :].lstrip()}"

    return _shortened(run, width, cut)


def _shortened(run: Run, width: float, cut: Callable[[int], str]) -> Run:
    """The longest ``cut`` that fits, by halving: a word may be as long as a file."""
    if width_of(run) <= width:
        return run
    fits, too_long = 0, len(run.text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if width_of(replace(run, text=cut(middle))) <= width:
            fits = middle
        else:
            too_long = middle
    return replace(run, text=cut(fits))


class Sheet:
    """A canvas with its origin at the top left, y downwards; text is placed by its baseline."""

    def __init__(self) -> None:
        _faces()
        self._bytes = io.BytesIO()
        self.canvas = Canvas(
            self._bytes, pagesize=A4, pageCompression=1, invariant=1, initialFontName=REGULAR
        )

    def finish(self, title: str) -> bytes:
        """Close the page; the metadata holds a generic title and nothing of the patient."""
        canvas = self.canvas
        canvas.setTitle(title)
        canvas.setAuthor("atsmviewer")
        canvas.setCreator("atsmviewer")
        canvas.setSubject("Research use only")
        canvas.showPage()
        canvas.save()
        return self._bytes.getvalue()

    def text(self, x: float, y: float, run: Run, align: str = "left", width: float | None = None) -> float:
        """Draw one run with its baseline at y; shortened to ``width`` where given; answers its width."""
        shown = run if width is None else fit(run, width)
        wide = width_of(shown)
        left = {"left": x, "right": x - wide, "centre": x - wide / 2}[align]
        self.canvas.setFillColor(HexColor(shown.ink))
        self.canvas.setFont(shown.face, shown.size)
        self.canvas.drawString(left, HEIGHT - y, printable(shown.text, shown.face))
        return wide

    def runs(self, x: float, y: float, runs: Sequence[Run]) -> None:
        """Draw runs one after the other on one baseline."""
        for run in runs:
            x += self.text(x, y, run)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], ink: str, thick: float = 0.6
    ) -> None:
        """A straight line between two (x, y)."""
        self.canvas.setStrokeColor(HexColor(ink))
        self.canvas.setLineWidth(thick)
        self.canvas.line(start[0], HEIGHT - start[1], end[0], HEIGHT - end[1])

    def box(
        self, x: float, top: float, size: tuple[float, float], fill: Color | str, edge: str | None = None
    ) -> None:
        """A box with slightly rounded corners; ``size`` is (width, height)."""
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(HexColor(fill) if isinstance(fill, str) else fill)
        canvas.setStrokeColor(HexColor(edge or INK))
        canvas.setLineWidth(0.75)
        canvas.roundRect(x, HEIGHT - top - size[1], *size, 3, stroke=int(edge is not None), fill=1)
        canvas.restoreState()

    def path(
        self, points: NDArray[np.float64], ink: Color | str | None, thick: float = 1.0, **style: object
    ) -> None:
        """A polyline through (n, 2) points; style: ``fill`` colour, ``dash`` in points, ``closed``."""
        canvas, path = self.canvas, self.canvas.beginPath()
        for i, (x, y) in enumerate(points):
            (path.lineTo if i else path.moveTo)(float(x), HEIGHT - float(y))
        if style.get("closed"):
            path.close()
        fill = style.get("fill")
        canvas.saveState()
        canvas.setLineJoin(1)
        canvas.setLineCap(0)
        canvas.setLineWidth(thick)
        canvas.setDash(style.get("dash") or [])
        if ink:
            canvas.setStrokeColor(HexColor(ink) if isinstance(ink, str) else ink)
        if fill:
            canvas.setFillColor(HexColor(fill))
        canvas.drawPath(path, stroke=int(bool(ink)), fill=int(bool(fill)))
        canvas.restoreState()

    def image(self, rgb: NDArray[np.uint8], x: float, top: float, size: tuple[float, float]) -> None:
        """Pixels (height, width, 3), stored without loss."""
        picture = Image.fromarray(np.ascontiguousarray(rgb))
        self.canvas.drawImage(ImageReader(picture), x, HEIGHT - top - size[1], *size)

"""Key images: lossless pixels under vector outlines, with letters, scale bar, legend and colour bar."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from reportlab.lib.colors import Color

from atsmviewer.model.picture import ColourBar, Outline, Picture, ticks
from atsmviewer.report.flow import Paragraph, paragraph
from atsmviewer.report.sheet import (
    BLUE,
    GREY,
    HEIGHT,
    INK,
    INNER,
    MARGIN,
    MEDIUM,
    REGULAR,
    WHITE,
    Run,
    Sheet,
    fit_middle,
    width_of,
)
from atsmviewer.report.text import clean
from atsmviewer.report.words import significant

GAP, CAPTION, LEGEND, SIDE, NARROW = 5.0, 12.0, 26.0, 150.0, 90.0
SCALE_BARS_MM = (1, 2, 5, 10, 20, 30, 50, 100, 200, 300, 500)
LETTER = "#F2D98B"
MOST = 4


@dataclass(frozen=True)
class Pictures:
    """Up to four pictures in one row of ``height`` points; captions below them.

    The legend stands beside the row where the pictures leave room for it, else below.
    """

    pictures: tuple[Picture, ...]
    height: float

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        shown = self.pictures[:MOST]
        beside, tall, captions = _arrange(shown, self.height)
        x = MARGIN
        for picture in shown:
            width = tall * aspect(picture)
            Panel(picture, x, top, width, tall).draw(sheet)
            _caption(picture, width).draw(sheet, x, top + tall + 1.5)
            x += width + GAP
        bar = next((p.bar for p in shown if p.bar is not None and p.bar.muscle_mean), None)
        bar = bar or next((p.bar for p in shown if p.bar is not None), None)
        if beside:
            left = x + 8
            if bar is not None:
                draw_bar(sheet, bar, left, top, min(120.0, MARGIN + INNER - left - 32))
            draw_legend(sheet, shown, (left, top + (34 if bar else 0)), MARGIN + INNER - left, 15.0)
            return
        below = top + tall + captions
        if bar is not None:
            draw_bar(sheet, bar, MARGIN + INNER - 150, below)
        draw_legend(sheet, shown, (MARGIN, below), INNER - (166 if bar else 0))


def _caption(picture: Picture, width: float) -> Paragraph:
    """Title and caption below a picture, at most two lines."""
    title, words = clean(picture.title), clean(picture.caption)
    if title and not words.lower().startswith(title.lower()):
        words = f"{title}, {words}" if words else title
    return paragraph([Run(words, 6.8, ink=GREY)], width, 8.8, 2)


def _arrange(pictures: tuple[Picture, ...], height: float) -> tuple[bool, float, float]:
    """Whether the legend stands beside the row; the height of the pictures and of the captions (points)."""
    wide, gaps = sum(aspect(p) for p in pictures), GAP * len(pictures)
    beside, tall = False, 0.0
    for captions in (CAPTION, CAPTION + 8.8):
        below = min(height - captions - LEGEND, (INNER - gaps + GAP) / wide)
        aside = min(height - captions, (INNER - gaps - SIDE) / wide)
        beside, tall = aside > below, max(aside, below)
        if all(len(_caption(p, tall * aspect(p)).lines) < 2 for p in pictures):
            return beside, tall, captions
    return beside, tall, CAPTION + 8.8


def aspect(picture: Picture) -> float:
    """Width over height."""
    return float(picture.rgb.shape[1] / picture.rgb.shape[0])


def row_height(pictures: tuple[Picture, ...], room: float) -> float:
    """The height that the row takes of ``room`` points, captions and legend included; 0 without pictures."""
    if not pictures:
        return 0.0
    beside, tall, captions = _arrange(pictures[:MOST], room)
    return tall + captions + (0.0 if beside else LEGEND)


@dataclass(frozen=True)
class Panel:
    """One picture with everything drawn over it, at a place on the sheet (points)."""

    picture: Picture
    x: float
    top: float
    width: float
    height: float

    @property
    def pt_per_px(self) -> float:
        """Points on paper for one pixel."""
        return float(self.width / self.picture.rgb.shape[1])

    def draw(self, sheet: Sheet) -> None:
        """Pixels, outlines, letters, scale bar."""
        canvas = sheet.canvas
        canvas.saveState()
        clip = canvas.beginPath()
        clip.roundRect(self.x, HEIGHT - self.top - self.height, self.width, self.height, 2)
        canvas.clipPath(clip, stroke=0)
        sheet.image(self.picture.rgb, self.x, self.top, (self.width, self.height))
        for outline in self.picture.outlines:
            self._outline(sheet, outline)
        self._letters(sheet)
        self._scale_bar(sheet)
        canvas.restoreState()

    def _outline(self, sheet: Sheet, outline: Outline) -> None:
        """A dark halo under the line; pixel centres are at whole numbers."""
        if len(outline.points_px) < 2:
            return
        points = (outline.points_px + 0.5) * self.pt_per_px + np.array([self.x, self.top])
        thick = 1.0
        dash = [max(0.1, d * thick) for d in outline.dash]
        sheet.path(points, Color(0, 0, 0, 0.55), thick + 1.2, closed=outline.closed)
        sheet.path(points, outline.colour, thick, dash=dash, closed=outline.closed)

    def _bright(self, x: float, y: float) -> bool:
        """Whether the pixels around a place, given as parts of width and height, are light."""
        high, wide = self.picture.rgb.shape[:2]
        row, column, reach = int(y * (high - 1)), int(x * (wide - 1)), max(1, wide // 20)
        around = self.picture.rgb[
            max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1
        ]
        return float(around.mean()) > 128

    def _over(self, sheet: Sheet, place: tuple[float, float], run: Run, align: str) -> None:
        """Text over pixels on a soft chip: dark on light ones, light on dark ones."""
        x, y = self.x + place[0] * self.width, self.top + place[1] * self.height
        bright, wide = self._bright(*place), width_of(run)
        left, shade = (x - wide / 2 if align == "centre" else x), float(bright)
        chip = (left - 2, y - run.size * 0.62)
        sheet.box(*chip, (wide + 4, run.size * 1.24), Color(shade, shade, shade, 0.4))
        sheet.text(x, y + run.size * 0.36, replace(run, ink=INK if bright else run.ink), align)

    def _letters(self, sheet: Sheet) -> None:
        left, right, up, down = self.picture.letters
        inset_x, inset_y = 9 / self.width, 9 / self.height
        places = ((inset_x, 0.5), (1 - inset_x, 0.5), (0.5, inset_y), (0.5, 1 - inset_y))
        for letter, place in zip((left, right, up, down), places, strict=True):
            self._over(sheet, place, Run(clean(letter), 8.25, MEDIUM, LETTER), "centre")

    def _scale_bar(self, sheet: Sheet) -> None:
        if self.picture.mm_per_px <= 0:
            return
        quarter_mm = self.picture.rgb.shape[1] * self.picture.mm_per_px / 4
        length_mm = max((mm for mm in SCALE_BARS_MM if mm <= quarter_mm * 1.25), default=0)
        if not length_mm:
            return
        long = length_mm / self.picture.mm_per_px * self.pt_per_px
        lift = 7.0 if self.width >= NARROW else 21.0  # clear of the letter at the foot
        x, y = self.x + 7, self.top + self.height - lift
        bright = self._bright(14 / self.width, 1 - lift / self.height)
        sheet.line((x, y), (x + long, y), WHITE if bright else "#000000", 2.4)
        sheet.line((x, y), (x + long, y), INK if bright else WHITE, 1.4)
        place = (7 / self.width, 1 - (lift + 7) / self.height)
        self._over(sheet, place, Run(f"{length_mm} mm", 6.8, ink=WHITE), "left")


def draw_legend(
    sheet: Sheet, pictures: tuple[Picture, ...], corner: tuple[float, float], room: float, step: float = 0.0
) -> None:
    """A sample of every line style, on a dark chip so that the colours are those of the pictures.

    In a row from ``corner``, ``room`` points wide; or one below the other, ``step`` points apart.
    """
    labels: dict[tuple[str, tuple[float, ...]], list[str]] = {}
    for outline in (o for p in pictures for o in p.outlines):
        names = labels.setdefault((outline.colour, outline.dash), [])
        if (name := clean(outline.label)) and name not in names:
            names.append(name)
    (x, top), end = corner, corner[0] + room
    for (colour, dash), names in labels.items():
        if not names or end - x < 64:
            continue
        more = f" and {len(names) - 1} more" if len(names) > 2 else ""
        run = Run(", ".join(names[: 1 if more else 2]) + more, 7.4, REGULAR, GREY)
        sheet.box(x, top + 7, (26, 9), INK)
        line = np.array([(x + 3, top + 11.5), (x + 23, top + 11.5)])
        sheet.path(line, colour, 1.2, dash=[max(0.1, d * 1.2) for d in dash])
        used = sheet.text(x + 30, top + 14.2, fit_middle(run, end - x - 34))
        top += step
        x += 0 if step else 43 + used


def draw_bar(sheet: Sheet, bar: ColourBar, x: float, top: float, width: float = 120.0) -> None:
    """The PET colours from low to high: the unit below, T/M (value over muscle mean) above."""
    y = top + 10
    sheet.image(bar.rgb[np.newaxis], x, y, (width, 5.5))
    span = bar.high - bar.low
    if span <= 0:
        return
    for tick in ticks(bar.low, bar.high, 4):
        place = x + (tick - bar.low) / span * width
        sheet.text(place, y + 13, Run(significant_tick(tick), 6.8), "centre")
    sheet.text(x + width + 9, y + 13, Run(clean(bar.unit), 6.8, ink=GREY))
    if bar.muscle_mean is None or bar.muscle_mean <= 0:
        return
    muscle = bar.muscle_mean
    for tick in ticks(bar.low / muscle, bar.high / muscle, 5):
        if tick > 0:
            place = x + (tick * muscle - bar.low) / span * width
            sheet.text(place, y - 2.8, Run(significant_tick(tick), 6.8, ink=BLUE), "centre")
    sheet.text(x + width + 9, y - 2.8, Run("T/M", 6.8, ink=BLUE))
    if bar.level is not None and bar.low < bar.level < bar.high:
        place = x + (bar.level - bar.low) / span * width
        sheet.line((place, y - 1), (place, y + 6.5), WHITE, 1.8)
        sheet.line((place, y - 1), (place, y + 6.5), INK, 0.8)


def significant_tick(value: float) -> str:
    """A tick's value without trailing zeros."""
    text = significant(value) if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text

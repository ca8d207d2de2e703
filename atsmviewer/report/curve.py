"""The volume against its T/M threshold as a vector chart: the choice is never hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atsmviewer.model.assessment import HypoxicVolume
from atsmviewer.model.picture import ticks
from atsmviewer.report.figures import significant_tick
from atsmviewer.report.sheet import BLUE, GREY, HEIGHT, PALE, TABLE_LINE, Run, Sheet
from atsmviewer.report.values import value_of
from atsmviewer.report.words import EXAMPLE_THRESHOLD, PROTOCOL_EXAMPLE

LEFT, RIGHT, ABOVE, BELOW = 26.0, 34.0, 12.0, 34.0


@dataclass(frozen=True)
class Curve:
    """One tumour's curve; ``whole_ml`` gives the percent scale, None hides it. ``width`` x ``height`` pt."""

    hypoxic: HypoxicVolume
    whole_ml: float | None
    width: float
    height: float

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Draw with its axes inside the given box."""
        points = np.array(self.hypoxic.curve, np.float64)
        low, high = float(points[0, 0]), float(points[-1, 0])
        most = max(float(points[:, 1].max()), self.whole_ml or 0.0, 1e-9)
        frame = _Frame(
            x + LEFT, top + ABOVE, self.width - LEFT - RIGHT, self.height - ABOVE - BELOW, low, high, most
        )
        self._axes(sheet, frame)
        theta, volume = self.hypoxic.tm_threshold, value_of(self.hypoxic.volume)
        if low < theta < high:
            above = points[points[:, 0] > theta]
            start = volume if volume is not None else float(np.interp(theta, points[:, 0], points[:, 1]))
            area = np.vstack([[theta, 0.0], [theta, start], above, [high, 0.0]])
            sheet.path(frame.place(area), None, fill=PALE, closed=True)
        self._example(sheet, frame)
        sheet.path(frame.place(points), BLUE, 1.4)
        if low <= theta <= high:
            _mark(sheet, frame, theta, volume)

    def _axes(self, sheet: Sheet, frame: _Frame) -> None:
        bottom = frame.top + frame.height
        right = frame.x + frame.width
        for tick in ticks(0.0, frame.most, 3):
            y = frame.y(tick)
            sheet.line((frame.x, y), (right, y), TABLE_LINE, 0.5)
            sheet.text(frame.x - 5, y + 2.6, Run(significant_tick(tick), 7.1, ink=GREY), "right")
        sheet.text(frame.x - 5, frame.top - 5, Run("ml", 7.1, ink=GREY), "right")
        if self.whole_ml:
            for part in (0.0, 0.5, 1.0):
                y = frame.y(part * self.whole_ml)
                sheet.text(right + 5, y + 2.6, Run(f"{part:.0%}".replace("%", " %"), 7.1, ink=GREY))
        for tick in ticks(frame.low, frame.high, 4):
            sheet.text(frame.at(tick), bottom + 9.5, Run(significant_tick(tick), 7.1, ink=GREY), "centre")
        middle = frame.x + frame.width / 2
        sheet.text(middle, bottom + 19, Run("T/M threshold", 7.1, ink=GREY), "centre")

    def _example(self, sheet: Sheet, frame: _Frame) -> None:
        """The dotted tick at 1.4 with its label below the axis."""
        if not frame.low <= EXAMPLE_THRESHOLD <= frame.high:
            return
        x, bottom = frame.at(EXAMPLE_THRESHOLD), frame.top + frame.height
        dots = np.array([(x, frame.top - 4), (x, bottom)])
        sheet.path(dots, GREY, 0.9, dash=[1.2, 2.2])
        sheet.text(x, bottom + 9.5, Run(f"{EXAMPLE_THRESHOLD:g}", 7.1, ink=GREY), "centre")
        sample = np.array([(frame.x, bottom + 27), (frame.x + 14, bottom + 27)])
        sheet.path(sample, GREY, 0.9, dash=[1.2, 2.2])
        sheet.text(frame.x + 18, bottom + 29.4, Run(f"1.4: {PROTOCOL_EXAMPLE}", 7.1, ink=GREY))


@dataclass(frozen=True)
class _Frame:
    """Where thresholds and ml lie on the sheet."""

    x: float
    top: float
    width: float
    height: float
    low: float
    high: float
    most: float

    def at(self, threshold: float) -> float:
        return self.x + (threshold - self.low) / max(self.high - self.low, 1e-9) * self.width

    def y(self, volume_ml: float) -> float:
        return self.top + (1 - volume_ml / self.most) * self.height

    def place(
        self, points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.array([(self.at(t), self.y(v)) for t, v in points])


def _mark(sheet: Sheet, frame: _Frame, theta: float, volume: float | None) -> None:
    x = frame.at(theta)
    sheet.line((x, frame.top - 4), (x, frame.top + frame.height), BLUE, 1.2)
    sheet.text(x + 3, frame.top - 2, Run(f"{theta:g}", 7.1, ink=BLUE))
    if volume is None:
        return
    y = frame.y(volume)
    sheet.path(np.array([(frame.x, y), (x, y)]), BLUE, 0.7, dash=[1.6, 1.6])
    sheet.canvas.setLineWidth(1)
    for radius, ink in ((3.4, "#FFFFFF"), (2.4, BLUE)):
        sheet.canvas.setFillColor(ink)
        sheet.canvas.circle(x, HEIGHT - y, radius, stroke=0, fill=1)

"""Lines of running text: broken at spaces, within words that are too wide, cut by an ellipsis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from atsmviewer.report.sheet import Run, Sheet, fit, width_of


@dataclass(frozen=True)
class Paragraph:
    """Lines of runs with a distance between baselines in points."""

    lines: tuple[tuple[Run, ...], ...]
    leading: float

    @property
    def height(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return self.leading * len(self.lines)

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Draw with the first baseline three quarters of a line below ``top``."""
        for i, line in enumerate(self.lines):
            sheet.runs(x, top + self.leading * (i + 0.76), line)


def paragraph(runs: Sequence[Run], width: float, leading: float, most: int = 99) -> Paragraph:
    """Break runs into at most ``most`` lines of ``width`` points; what does not fit ends in an ellipsis."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for word in _words(runs, width):
        wide = width_of(replace(word, text=word.text.rstrip()))
        if lines[-1] and used + wide > width:
            if len(lines) > most:
                break
            lines.append([])
            used = 0.0
        lines[-1].append(word)
        used += width_of(word)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = _ended(lines[-1], width)
    return Paragraph(tuple(_joined(line) for line in lines if line), leading)


def _words(runs: Sequence[Run], width: float) -> Iterator[Run]:
    """Words with their trailing space; one that is wider than a line is cut into pieces."""
    for run in runs:
        for part in re.finditer(r"[^ ]+ ?| ", run.text):
            rest = replace(run, text=part.group())
            while width_of(replace(rest, text=rest.text.rstrip())) > width and len(rest.text) > 2:
                cut = len(fit(rest, width).text) - 1
                yield replace(rest, text=rest.text[: max(cut, 1)])
                rest = replace(rest, text=rest.text[max(cut, 1) :])
            yield rest


def _ended(line: list[Run], width: float) -> list[Run]:
    """The line with an ellipsis at its end, shortened until that fits."""
    *before, last = line
    room = width - sum(width_of(run) for run in before)
    longer = replace(last, text=last.text.rstrip() + "…")
    if width_of(longer) <= room:
        return [*before, longer]
    if before and width_of(replace(last, text="…")) > room:
        return _ended(before, width)
    return [*before, fit(longer, room)]


def _joined(line: list[Run]) -> tuple[Run, ...]:
    """Neighbours of one style as one run, so that a search finds the phrase."""
    joined: list[Run] = []
    for run in line:
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)

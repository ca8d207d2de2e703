"""A picture ready for paper: pixels, outlines over them, orientation letters, scale and colour bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Outline:
    """A polyline for the eye; ``points_px`` is (n, 2) as (x, y), pixel centres at whole numbers.

    ``colour`` is "#RRGGBB"; ``dash`` lists on and off lengths in line widths, empty for solid.
    """

    points_px: NDArray[np.float64]
    colour: str
    dash: tuple[float, ...] = ()
    closed: bool = True
    label: str = ""


@dataclass(frozen=True, eq=False)
class ColourBar:
    """The PET colour map from low to high; ``rgb`` is (n, 3); ``muscle_mean`` gives the T/M scale."""

    rgb: Rgb
    low: float
    high: float
    unit: str
    muscle_mean: float | None = None
    level: float | None = None


@dataclass(frozen=True, eq=False)
class Picture:
    """``rgb`` is (height, width, 3); ``letters`` are the patient directions at (left, right, top, bottom)."""

    rgb: Rgb
    title: str
    caption: str
    mm_per_px: float
    letters: tuple[str, str, str, str]
    outlines: tuple[Outline, ...] = ()
    bar: ColourBar | None = None


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values (steps 1, 2, 5 x 10^n) from low to high, about that many; none where high <= low."""
    if not high > low:
        return []
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [step * k for k in range(first, last + 1)]

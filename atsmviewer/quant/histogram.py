"""Owns the intensity-volume histogram of a region: the part of its volume at or above each value (R23)."""

from __future__ import annotations

import numpy as np

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.model.volume import Unit
from atsmviewer.quant.sample import Sample
from atsmviewer.quant.statistics import Inputs, absent

HISTOGRAM = ("ivh_v10", "ivh_v90", "ivh_i10", "ivh_i90")
STEPS = 100
"""The curve has a point at each hundredth of the way from the region's minimum to its maximum."""

Curve = tuple[tuple[float, float], ...]


def part_above(sample: Sample, level: float) -> float:
    """ν(level): the part of a region's volume whose value is at or above a level, 0 to 1."""
    return float(sample.above[np.searchsorted(sample.values, level, side="left")] / sample.above[0])


def curve(sample: Sample) -> Curve:
    """(value, ν) from the smallest to the largest value, ascending; empty where there are no values."""
    if absent(sample) is not None:
        return ()
    levels = np.linspace(sample.core[0], sample.core[-1], STEPS + 1)
    parts = sample.above[np.searchsorted(sample.values, levels, side="left")] / sample.above[0]
    return tuple(zip(levels.tolist(), parts.tolist(), strict=True))


def histogram(sample: Sample, unit: str, inputs: Inputs = ()) -> tuple[Number, ...]:
    """V10 and V90 (parts of the volume), I10 and I90 (values), after IBSI BC2M and GBPN.

    V_x is ν at x % of the way from minimum to maximum; I_x the smallest level that at most x % of the
    volume reaches. Whole numbers in stored units are IBSI's discrete case, whose levels lie one
    apart; every other value is not discretised, the limit of ever finer bins. Levels lie between minimum and
    maximum. Volumes are weighted as everywhere (R21).
    """
    reason = absent(sample)
    if reason is not None:
        return tuple(Missing(name, *reason) for name in HISTOGRAM)
    low, high = float(sample.core[0]), float(sample.core[-1])
    made: list[Number] = []
    for percent in (10, 90):
        name = f"ivh_v{percent}"
        if high > low:
            part = part_above(sample, low + percent / 100 * (high - low))
            made.append(Measurement(name, part, "", "ivh.volume/1", inputs))
        else:
            what = "All values of this region are equal, so they have no range to divide."
            made.append(Missing(name, "no_range", what))
    for percent in (10, 90):
        level = min(max(_level(sample, percent / 100, unit), low), high)
        made.append(Measurement(f"ivh_i{percent}", level, unit, "ivh.intensity/1", inputs))
    return tuple(made)


def _level(sample: Sample, part: float, unit: str) -> float:
    """The smallest level that at most this part of the volume reaches."""
    over = sample.above[:-1] > part * sample.above[0] * (1 + 1e-12)
    last = float(sample.values[int(np.count_nonzero(over)) - 1])
    discrete = unit == Unit.STORED and bool((sample.values == np.rint(sample.values)).all())
    return last + 1.0 if discrete else last

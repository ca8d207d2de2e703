"""Owns the denominator of T/M: the volume-weighted mean of all muscle regions, and its doubts (R25, R29)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from atsmviewer.model.assessment import Missing
from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Roi
from atsmviewer.quant import statistics
from atsmviewer.quant.interval import standard_error
from atsmviewer.quant.sample import Sample

SMALL_ML, VARIES, SIDES, SUV_RANGE = 5.0, 0.25, 0.20, (0.2, 1.5)
"""When a muscle mean is doubted: total volume, COV, difference of the sides, SUV outside (R29)."""

NEAR_ZERO = 3.0
"""A mean below this many standard errors is no denominator."""

NONE_DRAWN = Missing("tm_ratio", "no_muscle", "Draw a muscle region. T/M appears at once.")


@dataclass(frozen=True)
class Muscle:
    """Mean, standard error (noise only) and volume over the muscle regions called ``name``."""

    name: str
    mean: float
    standard_error: float
    volume_ml: float
    flags: tuple[Flag, ...] = ()


def muscle(drawn: Sequence[tuple[Roi, Sample]], is_suv: bool) -> Muscle | Missing:
    """The muscle of one frame, or why there is none."""
    if not drawn:
        return NONE_DRAWN
    for roi, sample in drawn:
        reason = statistics.absent(sample)
        if reason is not None:
            return Missing("tm_ratio", f"muscle_{reason[0]}", f"{roi.name}: {reason[1]}")
    volumes = [sample.volume_ml for _, sample in drawn]
    means = [statistics.mean(sample) for _, sample in drawn]
    spreads = [statistics.sd(sample) for _, sample in drawn]
    total = math.fsum(volumes)
    mean = math.fsum(v * m for v, m in zip(volumes, means, strict=True)) / total
    moments = (v * (s**2 + (m - mean) ** 2) for v, m, s in zip(volumes, means, spreads, strict=True))
    spread = math.sqrt(math.fsum(moments) / total)
    error = standard_error(spread, total)
    if mean <= 0 or mean < NEAR_ZERO * error:
        return Missing("tm_ratio", "muscle_near_zero", "No ratio: muscle mean is within noise of zero.")
    doubts = _doubts(total, mean, spread, is_suv) + _sides(drawn, means)
    return Muscle(" + ".join(roi.name for roi, _ in drawn), mean, error, total, tuple(doubts))


def _doubts(volume_ml: float, mean: float, spread: float, is_suv: bool) -> list[Flag]:
    flags = []
    if volume_ml < SMALL_ML:
        flags.append(
            Flag("MUSCLE_SMALL", f"Muscle regions hold {volume_ml:.1f} ml, less than {SMALL_ML:g} ml.")
        )
    if spread > VARIES * mean:
        flags.append(Flag("MUSCLE_VARIES", f"Muscle varies by {100 * spread / mean:.0f} %, more than 25 %."))
    if is_suv and not SUV_RANGE[0] <= mean <= SUV_RANGE[1]:
        flags.append(Flag("MUSCLE_SUV", f"Muscle SUV {mean:.2f} is outside 0.2 to 1.5."))
    return flags


def _sides(drawn: Sequence[tuple[Roi, Sample]], means: Sequence[float]) -> list[Flag]:
    """Whether the highest and the lowest of several regions differ by more than a fifth of their mean."""
    low, high = min(means), max(means)
    if len(drawn) < 2 or high - low <= SIDES * abs(low + high) / 2:
        return []
    return [Flag("MUSCLE_SIDES_DIFFER", f"Muscle regions differ: means from {low:.3g} to {high:.3g}.")]

"""Owns how the size of a possible error is said: every doubt names what it may do to SUV in this scan."""

from __future__ import annotations

import math
from collections.abc import Sequence

from atsmviewer.quant.decay import decay_factor


def off_by(ratio: float, of: str = "SUV") -> str:
    """What SUV may be off by, where one reading of the header gives ``ratio`` times the other's SUV.

    ``of`` names what else it is the size of. Beyond a factor of two it is said as a factor, up to that in
    percent; which way is the reading's to say.
    """
    if not math.isfinite(ratio) or ratio <= 0:
        return f"{of} could be wrong beyond all measure"
    larger = max(ratio, 1.0 / ratio)
    if larger >= 2.0:
        return f"{of} could be off by a factor of {larger:.3g}"
    return f"{of} could differ by {_percent(larger - 1.0)}"


def off_by_time(seconds: float, half_life_s: float | None) -> str:
    """The same for a clock that may be wrong by ``seconds``; nothing where the half-life is unknown."""
    if half_life_s is None:
        return "SUV could differ by an unknown amount, since the half-life is unknown"
    return off_by(decay_factor(-abs(seconds), half_life_s))


def off_by_uptake(seconds: float) -> str:
    """What a clock that may be wrong does where no value is decayed by it: it puts the uptake in doubt."""
    span = f"{seconds / 3600:.3g} h" if seconds >= 3600 else f"{seconds / 60:.3g} min"
    return f"the uptake time could be off by {span}, and the values shown do not depend on it"


def most_off(ratios: Sequence[float]) -> float:
    """The ratio that is furthest from one, either way."""
    return max(ratios, key=lambda ratio: max(ratio, 1.0 / ratio) if ratio > 0 else math.inf)


def over_slices(factors: Sequence[float]) -> str:
    """Factors of slices in words: one where all are alike, else the least and the most."""
    low, high = f"{min(factors):.4g}", f"{max(factors):.4g}"
    return low if low == high else f"{low} to {high} over the slices"


def _percent(share: float) -> str:
    percent = 100.0 * share
    return f"{percent:.1f} %" if percent >= 0.95 else f"{percent:.2g} %"

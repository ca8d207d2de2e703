"""Owns the statistics of a region, weighted by the part of each voxel inside, or why there are none (R21)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.quant.sample import Sample

STATISTICS = ("min", "mean", "max", "median", "sd", "p10", "p25", "p75", "p90", "cov")

Inputs = tuple[tuple[str, str], ...]


def mean(sample: Sample) -> float:
    """Σwx / Σw."""
    return float(np.dot(sample.weights, sample.values) / sample.above[0])


def sd(sample: Sample) -> float:
    """Standard deviation of the population, √(Σw (x - mean)² / Σw)."""
    return math.sqrt(float(np.dot(sample.weights, (sample.values - mean(sample)) ** 2) / sample.above[0]))


def percentile(sample: Sample, percent: float) -> float:
    """Percentile of the core voxels, linear between ranks (numpy's default, as IBSI's)."""
    rank = percent / 100 * (len(sample.core) - 1)
    below = min(int(rank), len(sample.core) - 2) if len(sample.core) > 1 else 0
    low, high = sample.core[below], sample.core[min(below + 1, len(sample.core) - 1)]
    return float(low + (high - low) * (rank - below))


def volume_above(sample: Sample, level: float, inclusive: bool) -> float:
    """Volume in ml of the weights whose value lies above a level, or at it where ``inclusive``."""
    return volumes_above(sample, (level,), inclusive)[0]


def volumes_above(sample: Sample, levels: Sequence[float], inclusive: bool) -> tuple[float, ...]:
    """``volume_above`` of many levels at once."""
    first = np.searchsorted(sample.values, levels, side="left" if inclusive else "right")
    return tuple((sample.above[first] * sample.voxel_ml).tolist())


def absent(sample: Sample) -> tuple[str, str] | None:
    """The code and the sentence why a region has no values, or None."""
    if sample.above[0] <= 0:
        if sample.clipped:
            return "outside", "This region lies outside the PET."
        return "empty", "This region holds no voxel: no centre lies inside, or all of it is taken out."
    if sample.padded:
        return "no_value", "This region holds voxels without a value (padding), so it has no values."
    if sample.gap:
        return "gap", "This region touches a missing slice, so it has no values."
    return None


@lru_cache(maxsize=256)
def statistics(sample: Sample, unit: str, inputs: Inputs = ()) -> tuple[Number, ...]:
    """voxels, volume_ml and the ``STATISTICS`` of a region, each a Measurement or Missing."""
    size: list[Number] = [
        Measurement("voxels", float(sample.halves), "", "roi.voxels/1", inputs),
        Measurement("volume_ml", sample.volume_ml, "ml", "roi.volume/1", inputs),
    ]
    reason = absent(sample)
    if reason is not None:
        hidden = size if sample.gap else [Missing(n.quantity, *reason) for n in size]
        return (*hidden, *(Missing(name, *reason) for name in STATISTICS))
    middle, spread = mean(sample), sd(sample)
    values = {
        "min": float(sample.core[0]),
        "mean": middle,
        "max": float(sample.core[-1]),
        "median": percentile(sample, 50),
        "sd": spread,
        "p10": percentile(sample, 10),
        "p25": percentile(sample, 25),
        "p75": percentile(sample, 75),
        "p90": percentile(sample, 90),
    }
    made: list[Number] = [
        Measurement(name, value, unit, f"roi.{name}/1", inputs) for name, value in values.items()
    ]
    if middle > 0:
        made.append(Measurement("cov", spread / middle, "", "roi.cov/1", inputs))
    else:
        made.append(Missing("cov", "mean_not_positive", "The mean is not above zero."))
    return (*size, *made)


def lesion_glycolysis(sample: Sample, unit: str, inputs: Inputs = ()) -> Number:
    """TLG, mean x volume = Σwx · V, in the shown unit x ml; "glycolysis" is the name, whatever the tracer."""
    reason = absent(sample)
    if reason is not None:
        return Missing("tlg", *reason)
    return Measurement("tlg", mean(sample) * sample.volume_ml, f"{unit} x ml", "roi.tlg/1", inputs)

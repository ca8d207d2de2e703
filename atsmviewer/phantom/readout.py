"""What noise does to a reading of the blurred truth: the volume to expect above a threshold, its spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from atsmviewer.phantom.blurred import Floats, sigma_of

_BINS = 1500


def noise_cell_ml(fwhm_mm: float) -> float:
    """Volume in which noise of a Gaussian kernel is one draw: (4 pi sigma^2)^(3/2) (R30)."""
    return float((4 * math.pi * sigma_of(fwhm_mm) ** 2) ** 1.5) / 1000.0


def expected_curve(
    tm: Floats, cell_ml: Floats, cov: float, fwhm_mm: float, thresholds: Sequence[float]
) -> list[list[float]]:
    """Rows of (threshold, expected ml above it, at most this standard deviation in ml).

    ``tm`` are T/M values without noise and ``cell_ml`` the volumes that hold them. Noise of sd
    cov sqrt(T/M) lifts a place of T/M t above the threshold with the chance
    p = (1 + erf((t - threshold) / (cov sqrt(2 t)))) / 2. The mean volume is the integral of p; neighbours
    within one noise cell go together, so the variance is at most the cell times the integral of
    p (1 - p). The noise of the muscle mean is not in it.
    """
    volumes, edges = np.histogram(tm, bins=_BINS, weights=cell_ml)
    value = (edges[1:] + edges[:-1]) / 2
    one_ml = noise_cell_ml(fwhm_mm)
    rows = []
    for threshold in thresholds:
        away = (value - threshold) / (cov * np.sqrt(2 * value))
        chance = np.array([0.5 * (1 + math.erf(a)) for a in away.tolist()])
        spread = math.sqrt(one_ml * float((volumes * chance * (1 - chance)).sum()))
        rows.append([threshold, float((volumes * chance).sum()), spread])
    return rows


def mean_sd(tm: Floats, cell_ml: Floats, cov: float, fwhm_mm: float) -> float:
    """At most this standard deviation of the mean T/M: cov sqrt(mean T/M x noise cell / volume)."""
    volume = float(cell_ml.sum())
    mean = float((tm * cell_ml).sum()) / volume
    return cov * math.sqrt(mean * min(1.0, noise_cell_ml(fwhm_mm) / volume))

"""Owns the noise of a ratio of two means, as interval and probability: of the image only, not test-retest."""

from __future__ import annotations

import math

FWHM_MM = 6.0
"""Default width of the PET's smoothing kernel."""

Z = 1.959963984540054
"""Two-sided 95 % of a normal distribution."""

FIELLER_FROM = 0.2
"""Relative uncertainty of the denominator from which the symmetric form is too narrow."""


def correlated_ml(fwhm_mm: float = FWHM_MM) -> float:
    """Volume that counts as one independent value: (4πσ²)^1.5, σ the width of the smoothing kernel."""
    sigma = fwhm_mm / math.sqrt(8.0 * math.log(2.0))
    return float((4.0 * math.pi * sigma**2) ** 1.5) / 1000.0


def standard_error(sd: float, volume_ml: float, fwhm_mm: float = FWHM_MM) -> float:
    """Uncertainty of a region's mean: SD / √n_eff, n_eff = max(1, V / V_c)."""
    return sd / math.sqrt(max(1.0, volume_ml / correlated_ml(fwhm_mm)))


def ratio_interval(top: float, u_top: float, bottom: float, u_bottom: float) -> tuple[float, float] | None:
    """95 % interval of top / bottom for independent means; Fieller's where the denominator is uncertain.

    None where no bounded interval exists. ``bottom`` is positive.
    """
    ratio = top / bottom
    if u_bottom / bottom <= FIELLER_FROM:
        half = Z * math.hypot(u_top, ratio * u_bottom) / bottom
        return ratio - half, ratio + half
    g = (Z * u_bottom / bottom) ** 2
    inside = u_top**2 * (1.0 - g) + (ratio * u_bottom) ** 2
    if g >= 1.0 or inside < 0:
        return None
    half = Z * math.sqrt(inside) / bottom
    return (ratio - half) / (1.0 - g), (ratio + half) / (1.0 - g)


def probability_above(top: float, u_top: float, bottom: float, u_bottom: float, threshold: float) -> float:
    """P(top / bottom > threshold) from noise alone: Φ((T - θM) / √(u_T² + θ² u_M²)), M known to be positive.

    T - θM of two independent normal means is normal itself, so no ratio's distribution is needed. Without
    noise it is 1 above the threshold, else 0.
    """
    difference = top - threshold * bottom
    spread = math.hypot(u_top, threshold * u_bottom)
    if spread <= 0:
        return 1.0 if difference > 0 else 0.0
    return 0.5 * math.erfc(-difference / spread / math.sqrt(2.0))

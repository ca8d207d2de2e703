"""The uniform sphere seen through a Gaussian point spread, in closed form."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))


def sigma_of(fwhm_mm: float) -> float:
    """Standard deviation of a Gaussian of that full width at half maximum."""
    return fwhm_mm / FWHM_PER_SIGMA


def blurred_sphere_at(r_mm: float, radius_mm: float, sigma_mm: float) -> float:
    """Value at distance ``r_mm`` of a sphere of value 1 convolved with an isotropic 3-D Gaussian.

    With R the radius and s the standard deviation::

        f(r) = 1/2 [erf((R - r) / (s sqrt 2)) + erf((R + r) / (s sqrt 2))]
               - s / (r sqrt(2 pi)) [exp(-(R - r)^2 / (2 s^2)) - exp(-(R + r)^2 / (2 s^2))]

    Derivation: in spherical coordinates about the point the angular part of the convolution is
    elementary and leaves f(r) = 1 / (r s sqrt(2 pi)) times the integral from 0 to R of
    u [exp(-(u - r)^2 / (2 s^2)) - exp(-(u + r)^2 / (2 s^2))] du; each half is an error function plus
    an exponential. As r goes to 0, f = erf(R / (s sqrt 2)) - R / s sqrt(2 / pi) exp(-R^2 / (2 s^2)).
    """
    root = sigma_mm * math.sqrt(2.0)
    if r_mm < 1e-4 * sigma_mm:
        tail = radius_mm / sigma_mm * math.sqrt(2.0 / math.pi) * math.exp(-((radius_mm / root) ** 2))
        return math.erf(radius_mm / root) - tail
    near, far = (radius_mm - r_mm) / root, (radius_mm + r_mm) / root
    waves = math.exp(-near * near) - math.exp(-far * far)
    return 0.5 * (math.erf(near) + math.erf(far)) - sigma_mm / (r_mm * math.sqrt(2.0 * math.pi)) * waves


def blurred_sphere(r_mm: Floats, radius_mm: float, sigma_mm: float) -> Floats:
    """:func:`blurred_sphere_at` of an array of distances, from a radial table every s / 200.

    The table is read linearly: its error is below (s / 200)^2 max|f''| / 8 < 1e-5 of the sphere's
    value. Beyond R + 8 s the value is 0 (it is below 1e-14).
    """
    reach = radius_mm + 8.0 * sigma_mm
    at = np.linspace(0.0, reach, math.ceil(200 * reach / sigma_mm) + 1)
    table = np.array([blurred_sphere_at(float(r), radius_mm, sigma_mm) for r in at])
    return np.asarray(np.interp(r_mm, at, table, right=0.0), np.float64)


def sphere_ml(radius_mm: float) -> float:
    """Volume of a sphere."""
    return 4.0 / 3.0 * math.pi * radius_mm**3 / 1000.0

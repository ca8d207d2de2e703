"""The blurred sphere's formula against brute-force quadrature, its limits, and its invariants."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.phantom.blurred import blurred_sphere, blurred_sphere_at, sigma_of, sphere_ml

radii = st.floats(2.0, 40.0)
sigmas = st.floats(0.8, 6.0)


def by_quadrature(r: float, radius: float, sigma: float) -> float:
    """The convolution integral itself: the sphere cut into shells and belts, midpoint rule."""
    s = ((np.arange(1500) + 0.5) * radius / 1500)[:, None]
    u = ((np.arange(3000) + 0.5) / 1500 - 1)[None, :]
    apart2 = s**2 + r**2 - 2 * s * r * u
    weight = np.exp(-apart2 / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi)) ** 3
    return float((2 * math.pi * s**2 * weight).sum() * (radius / 1500) * (1 / 1500))


@pytest.mark.parametrize(("radius", "sigma"), [(20.0, 2.55), (12.0, 2.55), (5.0, 3.0)])
@pytest.mark.parametrize("part", [0.0, 0.4, 0.9, 1.0, 1.2])
def test_formula_is_the_convolution(radius: float, sigma: float, part: float) -> None:
    r = part * radius
    assert blurred_sphere_at(r, radius, sigma) == pytest.approx(by_quadrature(r, radius, sigma), abs=1e-4)


@given(radii, sigmas)
def test_nothing_is_lost(radius: float, sigma: float) -> None:
    edges = np.linspace(0.0, radius + 8 * sigma, 4001)
    middle = (edges[1:] + edges[:-1]) / 2
    shell_ml = (edges[1:] ** 3 - edges[:-1] ** 3) * 4 / 3 * math.pi / 1000
    total = float((blurred_sphere(middle, radius, sigma) * shell_ml).sum())
    assert total == pytest.approx(sphere_ml(radius), rel=1e-4)


@given(radii, sigmas)
def test_it_falls_from_the_centre_and_stays_between_0_and_1(radius: float, sigma: float) -> None:
    values = blurred_sphere(np.linspace(0.0, radius + 9 * sigma, 500), radius, sigma)
    assert np.all(np.diff(values) <= 1e-12)
    assert values.min() >= 0.0
    assert values.max() <= 1.0 + 1e-12


@given(radii, sigmas, st.floats(0.0, 60.0))
def test_the_table_is_the_formula(radius: float, sigma: float, r: float) -> None:
    table = float(blurred_sphere(np.array([r]), radius, sigma)[0])
    assert table == pytest.approx(blurred_sphere_at(r, radius, sigma), abs=1e-5)


def test_a_sharp_image_is_the_sphere_itself() -> None:
    assert blurred_sphere_at(9.0, 10.0, 0.05) == pytest.approx(1.0)
    assert blurred_sphere_at(11.0, 10.0, 0.05) == pytest.approx(0.0, abs=1e-12)
    # a flat edge would read 1/2; a curved one reads less by sigma / (R sqrt(2 pi))
    assert blurred_sphere_at(10.0, 10.0, 0.1) == pytest.approx(0.5 - 0.1 / (10 * math.sqrt(2 * math.pi)))


def test_fwhm() -> None:
    half = math.exp(-0.5 * (3.0 / sigma_of(6.0)) ** 2)
    assert half == pytest.approx(0.5)

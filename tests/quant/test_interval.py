"""The noise interval of T/M: its constants, its form, and its coverage in simulated noise (R30, O19)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.roi import sphere
from atsmviewer.quant.interval import correlated_ml, probability_above, ratio_interval, standard_error
from atsmviewer.quant.mask import mask
from tests.quant.made import grid

STEP = 3.0


def test_the_volume_of_one_independent_value() -> None:
    assert correlated_ml() == pytest.approx(0.737, abs=5e-4)
    assert correlated_ml(12.0) == pytest.approx(8 * correlated_ml(6.0))


def test_a_region_below_that_volume_has_one_value() -> None:
    assert standard_error(0.3, 0.1) == 0.3
    assert standard_error(0.3, 4 * correlated_ml()) == pytest.approx(0.15)


def test_the_symmetric_form() -> None:
    low, high = ratio_interval(3.0, 0.15, 1.0, 0.1) or (0, 0)
    half = 1.959964 * 3.0 * np.hypot(0.15 / 3.0, 0.1)
    assert (low, high) == pytest.approx((3.0 - half, 3.0 + half), rel=1e-6)


def test_fiellers_bounds_are_the_roots_of_their_quadratic() -> None:
    """(T - θ M)² = z² (u_T² + θ² u_M²) at both ends."""
    top, u_top, bottom, u_bottom = 3.0, 0.3, 1.0, 0.25
    bounds = ratio_interval(top, u_top, bottom, u_bottom)
    assert bounds is not None
    for theta in bounds:
        assert (top - theta * bottom) ** 2 == pytest.approx(
            1.959963984540054**2 * (u_top**2 + theta**2 * u_bottom**2), rel=1e-9
        )
    assert bounds[0] < 3.0 < bounds[1]
    assert bounds[1] - 3.0 > 3.0 - bounds[0]


def test_a_denominator_that_may_be_zero_has_no_bounded_interval() -> None:
    assert ratio_interval(3.0, 0.3, 1.0, 0.6) is None


def _noise(rng: np.random.Generator, shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """White noise smoothed by a Gaussian kernel of 6 mm FWHM, standard deviation 1."""
    sigma = 6.0 / 2.354820045
    frequency = np.meshgrid(*[np.fft.fftfreq(n, STEP) for n in shape], indexing="ij")
    transfer = np.exp(-2 * (np.pi * sigma) ** 2 * sum(f**2 for f in frequency))
    smooth = np.real(np.fft.ifftn(np.fft.fftn(rng.standard_normal(shape)) * transfer))
    return np.asarray(smooth / np.sqrt((transfer**2).mean()), np.float64)


def test_standard_error_and_coverage_in_correlated_noise() -> None:
    """O19 with 600 images: tumour r 20 mm at 3, muscle r 15 mm at 1, SD 0.3; covers 92 to 99.8 %."""
    rng, shape = np.random.default_rng(7), (28, 20, 34)
    on = grid(shape, (STEP, STEP, STEP))
    regions = [(sphere((-28.0, 0, 0), 20.0), 3.0), (sphere((28.0, 0, 0), 15.0), 1.0)]
    masks = [(mask(ball, on, "fraction"), level) for ball, level in regions]
    means, errors, covered = [], [], 0
    for _ in range(600):
        image, found = 0.3 * _noise(rng, shape), []
        for made, level in masks:
            values, weights = image[made.box] + level, made.weights.astype(np.float64)
            mean = np.average(values, weights=weights)
            spread = float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
            found.append((float(mean), standard_error(spread, float(weights.sum()) * on.voxel_ml)))
        (top, u_top), (bottom, u_bottom) = found
        bounds = ratio_interval(top, u_top, bottom, u_bottom)
        covered += bounds is not None and bounds[0] <= 3.0 <= bounds[1]
        means.append((top, bottom))
        errors.append((u_top, u_bottom))
    true, stated = np.std(means, axis=0), np.mean(errors, axis=0)
    assert (stated / true > 0.90).all()
    assert (stated / true < 1.40).all()
    assert 0.92 <= covered / 600 <= 0.998


@pytest.mark.parametrize(
    ("top", "u_top", "bottom", "u_bottom", "threshold", "expected"),
    [
        (2.8, 0.3, 2.0, 0.1, 1.4, 0.5),
        (2.8 + 0.5, 0.3, 2.0, 0.4 / 1.4, 1.4, 0.841344746),
        (2.8 - 1.0, 0.3, 2.0, 0.4 / 1.4, 1.4, 0.022750132),
        (2.9, 0.0, 2.0, 0.0, 1.4, 1.0),
        (2.8, 0.0, 2.0, 0.0, 1.4, 0.0),
        (2.7, 0.0, 2.0, 0.0, 1.4, 0.0),
    ],
)
def test_the_probability_above_a_threshold(
    top: float, u_top: float, bottom: float, u_bottom: float, threshold: float, expected: float
) -> None:
    """T - 1.4 M at 0, +1 and -2 of its standard deviation, hypot(0.3, 1.4 u_M) = 0.5; and without noise."""
    assert probability_above(top, u_top, bottom, u_bottom, threshold) == pytest.approx(expected, abs=1e-8)

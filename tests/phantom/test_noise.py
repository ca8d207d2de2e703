"""Noise of unit variance with the correlation of its kernel; a blur that keeps sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atsmviewer.phantom.blurred import sigma_of
from atsmviewer.phantom.noise import blur, noise

SHAPE, SPACING, FWHM = (48, 64, 64), (4.0, 4.0, 4.0), 6.0


def test_variance_is_1_and_mean_0() -> None:
    field = noise(SHAPE, SPACING, FWHM, seed=5).astype(np.float64)
    # independent cells: volume / (4 pi sigma^2)^1.5 (R30)
    cells = field.size * 64.0 / (4 * math.pi * sigma_of(FWHM) ** 2) ** 1.5
    assert field.mean() == pytest.approx(0.0, abs=5 / math.sqrt(cells))
    assert field.var() == pytest.approx(1.0, abs=5 * math.sqrt(2 / cells))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_neighbours_correlate_as_the_kernel_with_itself(axis: int) -> None:
    field = noise(SHAPE, SPACING, FWHM, seed=6).astype(np.float64)
    neighbour = float((field * np.roll(field, 1, axis=axis)).mean())
    # sum of exp(-(i^2 + (i + d)^2) / (2 s^2)) over that of exp(-i^2 / s^2), voxels of d = 1
    i, width2 = np.arange(-9, 10), (sigma_of(FWHM) / 4.0) ** 2
    both = np.exp(-(i**2 + (i + 1) ** 2) / (2 * width2)).sum()
    assert neighbour == pytest.approx(both / np.exp(-(i**2) / width2).sum(), abs=0.015)


def test_a_seed_is_the_noise() -> None:
    same = noise((6, 8, 10), SPACING, FWHM, seed=1)
    assert np.array_equal(same, noise((6, 8, 10), SPACING, FWHM, seed=1))
    assert not np.array_equal(same, noise((6, 8, 10), SPACING, FWHM, seed=2))


def test_blur_spreads_a_point_by_its_width_and_keeps_its_sum() -> None:
    point = np.zeros((41, 43, 45), np.float32)
    point[20, 21, 22] = 1.0
    spread = blur(point, (1.5, 2.0, 2.5), 8.0).astype(np.float64)
    assert spread.sum() == pytest.approx(1.0, abs=1e-5)
    for axis, (centre, spacing) in enumerate(zip((20, 21, 22), (1.5, 2.0, 2.5), strict=True)):
        profile = spread.sum(axis=tuple(a for a in range(3) if a != axis))
        at = (np.arange(len(profile)) - centre) * spacing
        # cut at 3.5 sigma, which takes 0.4 % of the second moment
        assert math.sqrt(float((profile * at**2).sum())) == pytest.approx(sigma_of(8.0), rel=0.01)


def test_blur_leaves_a_constant() -> None:
    flat = np.full((7, 8, 9), 3.0, np.float32)
    assert blur(flat, (4.0, 4.0, 4.0), 6.0) == pytest.approx(3.0, rel=1e-6)

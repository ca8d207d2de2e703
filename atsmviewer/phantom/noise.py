"""Noise as a scanner leaves it: white Gaussian noise smoothed to a stated kernel, of unit variance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atsmviewer.phantom.blurred import sigma_of

Array = NDArray[np.float32]
STRIP = 4


def gaussian(sigma_index: float, reach: float = 3.5) -> NDArray[np.float64]:
    """A sampled 1-D Gaussian of sum 1, ``reach`` standard deviations to each side."""
    half = max(1, math.ceil(reach * sigma_index - 0.5))
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma_index) ** 2)
    return np.asarray(kernel / kernel.sum(), np.float64)


def smoothed(voxels: Array, kernel: NDArray[np.float64], axis: int, wrap: bool) -> Array:
    """Convolution along one axis; beyond the ends the array repeats (``wrap``) or its ends are held."""
    half, n = len(kernel) // 2, voxels.shape[axis]
    places = np.arange(-half, n + half)
    places = places % n if wrap else np.clip(places, 0, n - 1)
    out = np.empty_like(voxels)
    # strips across another axis, so that a strip and its temporaries stay in the processor's cache
    other = 1 if axis == 0 else 0
    for start in range(0, voxels.shape[other], STRIP):
        strip = tuple(slice(start, start + STRIP) if a == other else slice(None) for a in range(3))
        padded = voxels[strip].take(places, axis=axis)
        out[strip] = _weighted(padded, kernel, axis, n)
    return out


def _weighted(padded: Array, kernel: NDArray[np.float64], axis: int, n: int) -> Array:
    total = padded[_shifted(axis, 0, n)] * np.float32(kernel[0])
    part = np.empty_like(total)
    for k, weight in enumerate(kernel[1:], 1):
        np.multiply(padded[_shifted(axis, k, n)], np.float32(weight), out=part)
        total += part
    return total


def _shifted(axis: int, k: int, n: int) -> tuple[slice, ...]:
    return tuple(slice(k, k + n) if a == axis else slice(None) for a in range(3))


def blur(voxels: Array, spacing_mm: tuple[float, ...], fwhm_mm: float) -> Array:
    """A Gaussian blur of that full width at half maximum; the ends are held."""
    for axis, spacing in enumerate(spacing_mm):
        voxels = smoothed(voxels, gaussian(sigma_of(fwhm_mm) / spacing), axis, wrap=False)
    return voxels


def noise(shape: tuple[int, ...], spacing_mm: tuple[float, ...], fwhm_mm: float, seed: int) -> Array:
    """Correlated noise of mean 0 and variance 1: white noise through a Gaussian kernel of ``fwhm_mm``.

    The kernel is scaled by the root of its sum of squares, so the variance is 1 by construction and
    not by the sample; the ends wrap, so it is 1 everywhere.
    """
    field: Array = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    for axis, spacing in enumerate(spacing_mm):
        kernel = gaussian(sigma_of(fwhm_mm) / spacing)
        field = smoothed(field, kernel / math.sqrt(float((kernel**2).sum())), axis, wrap=True)
    return field

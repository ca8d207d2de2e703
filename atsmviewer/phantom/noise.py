"""Noise as a scanner leaves it: white Gaussian noise smoothed to a stated kernel, of unit variance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atsmviewer.phantom.blurred import sigma_of

Array = NDArray[np.float32]


def gaussian(sigma_index: float, reach: float = 4.0) -> NDArray[np.float64]:
    """A sampled 1-D Gaussian of sum 1, ``reach`` standard deviations to each side."""
    half = max(1, math.ceil(reach * sigma_index))
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma_index) ** 2)
    return np.asarray(kernel / kernel.sum(), np.float64)


def smoothed(voxels: Array, kernel: NDArray[np.float64], axis: int, wrap: bool) -> Array:
    """Convolution along one axis; beyond the ends the array repeats (``wrap``) or its ends are held."""
    half = len(kernel) // 2
    width = [(half, half) if a == axis else (0, 0) for a in range(voxels.ndim)]
    padded = np.pad(voxels, width, mode="wrap" if wrap else "edge")
    n = voxels.shape[axis]
    out = np.zeros_like(voxels)
    part = np.empty_like(voxels)
    for k, weight in enumerate(kernel):
        window = tuple(slice(k, k + n) if a == axis else slice(None) for a in range(voxels.ndim))
        np.multiply(padded[window], np.float32(weight), out=part)
        out += part
    return out


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

"""Which values the eye is given at first: CT presets, and a PET window from the data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.viewing import Window

CT_WINDOWS: Mapping[str, Window] = MappingProxyType(
    {"soft tissue": (-140.0, 240.0), "lung": (-1350.0, 150.0), "bone": (-450.0, 1050.0)}
)
"""HU, in the order of the window key."""

_SUV_TOPS = (3.0, 6.0)
_TOLERANCE = 1.1
_BODY_TIMES = 4.0


def pet_window(values: NDArray[np.float32], is_suv: bool) -> Window:
    """From 0 to a top that about holds the 99.8th percentile of the finite values, in their unit.

    In SUV 3 or 6 g/ml where that serves, so that pictures of patients compare; else the percentile,
    rounded up to two digits. 0 to 1 where nothing is above 0.
    """
    finite = values[np.isfinite(values)]
    top = float(np.percentile(finite, 99.8)) if finite.size else 0.0
    if top <= 0:
        return 0.0, 1.0
    for usual in _SUV_TOPS if is_suv else ():
        if top <= usual * _TOLERANCE:
            return 0.0, usual
    return 0.0, _rounded_up(top)


def body_window(values: NDArray[np.float32]) -> Window:
    """From 0 to four times the body's median, in their unit, where that is no SUV.

    No higher than ``pet_window`` of them. The body is what is above half of the mean of all, since the air
    about it is near 0. The highest values are those of the liver, in a window of which nothing else is seen.
    """
    finite = values[np.isfinite(values)]
    low, high = pet_window(values, is_suv=False)
    body = finite[finite > 0.5 * float(finite.mean(dtype=np.float64))] if finite.size else finite
    top = _BODY_TIMES * float(np.median(body)) if body.size else 0.0
    return low, min(high, _rounded_up(top)) if top > 0 else high


def _rounded_up(top: float) -> float:
    """To two digits."""
    digit = 10.0 ** (math.floor(math.log10(top)) - 1)
    return math.ceil(top / digit - 1e-9) * digit


def tm_window(muscle_mean: float) -> Window:
    """T/M 0 to 5 as a window in the shown unit."""
    return 0.0, 5.0 * muscle_mean

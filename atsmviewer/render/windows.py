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
    digit = 10.0 ** (math.floor(math.log10(top)) - 1)
    return 0.0, math.ceil(top / digit - 1e-9) * digit


def tm_window(muscle_mean: float) -> Window:
    """T/M 0 to 5 as a window in the shown unit."""
    return 0.0, 5.0 * muscle_mean

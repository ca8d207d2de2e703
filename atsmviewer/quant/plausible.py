"""Owns the check of SUV that needs no header: over a body it is near one whatever was injected (R7)."""

from __future__ import annotations

from functools import lru_cache
from weakref import ref

import numpy as np

from atsmviewer.model.errors import Flag
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.doubt import off_by
from atsmviewer.quant.kept import alive

LONG_MM = 600.0
"""Shorter scans may hold an organ of any uptake, and tell nothing (R7)."""
USUAL = (0.2, 3.0)
PART = 0.25
_STEP = 2
"""Every second row and column: a mean over a body does not need more."""


def plausibility(volume: Volume, scale: Scale) -> Flag | None:
    """SUV_IMPLAUSIBLE where the mean SUVbw over the body of a scan of 60 cm or more is outside 0.2 to 3.

    The body is every voxel above a quarter of the mean of those voxels that exceed the mean of the whole
    scan: a rule of ratios, so that it finds the same body whatever the factor is. None where all is
    well, the scan is shorter, or values are not SUVbw. Source: R7 (its cuts are the project's own).
    """
    length_mm = volume.grid.shape[0] * volume.grid.spacing_mm[0]
    if length_mm < LONG_MM or not scale.is_suv or scale.kind != "bw":
        return None
    return _flag(ref(volume), ref(scale))


@lru_cache(maxsize=16)
def _flag(volume_ref: ref[Volume], scale_ref: ref[Scale]) -> Flag | None:
    volume, scale = alive(volume_ref), alive(scale_ref)
    mean = body_mean(volume, scale)
    if mean is None or USUAL[0] <= mean <= USUAL[1]:
        return None
    what = (
        f"The mean SUVbw over the body is {mean:.3g}, where 0.2 to 3 is usual: activity, weight or a time "
        f"may be wrong. If it should be 1, {off_by(1.0 / mean)}."
    )
    return Flag("SUV_IMPLAUSIBLE", what)


def body_mean(volume: Volume, scale: Scale) -> float | None:
    """Mean over the body by the rule of ``plausibility``, in the scale's unit; None where there is none."""
    factors = np.asarray(scale.slice_factors, np.float32)[:, None, None]
    values = volume.voxels[:, ::_STEP, ::_STEP] * factors
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    above = values[values > values.mean(dtype=np.float64)]
    if not above.size:
        return None
    body = values[values > PART * above.mean(dtype=np.float64)]
    return float(body.mean(dtype=np.float64)) if body.size else None

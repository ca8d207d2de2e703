"""Owns the level of an isocontour: absolute, part of maximum or peak, or adapted to the background."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import RULES, Isocontour
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.box import Mask
from atsmviewer.quant.combined import in_box
from atsmviewer.quant.spheres import surroundings
from atsmviewer.quant.values import scaled

ALGORITHMS = {
    "absolute": "iso.absolute/1",
    "percent_max": "iso.max/2",
    "percent_peak": "iso.peak/2",
    "background": "iso.background/2",
}

SHELL_MM = 10.0
"""How far outside ``inside`` the local background reaches: a definition of this project."""


def no_value(volume: Volume) -> ReviewError:
    """Why an isocontour cannot be followed where a voxel has no value."""
    if volume.gaps:
        what = "This isocontour touches a missing slice."
        return ReviewError("ISO_GAP", what, "Place the region where the scan is whole.")
    what = "This isocontour holds voxels without a value (padding)."
    return ReviewError("ISO_NO_VALUE", what, "Place the region where the scan has values.")


def shown_in(scale: Scale) -> str:
    """The unit that an absolute level is given in: "g/ml" is that of SUVbw; other SUVs are named in it."""
    other = scale.is_suv and scale.unit is Unit.SUV and scale.kind != "bw"
    return f"{scale.unit} {scale.label}" if other else str(scale.unit)


def level_of(
    shape: Isocontour, whole: Mask, volume: Volume, scale: Scale, taken_out: Sequence[Mask] = ()
) -> float:
    """The value that voxels of an isocontour reach, in the scale's unit.

    ``whole`` is the mask of ``shape.inside`` on the volume's grid, not empty; ``taken_out`` are those of
    shapes that ``inside`` leaves out, which are no background either. With L the rule's level, max the
    highest value of its voxels that weigh at least one half (R20), peak the highest mean of a sphere of
    1 ml around any of these (R22), B the background:

    - absolute: L; percent_max: L/100 x max; percent_peak: L/100 x peak;
    - background: B + L/100 x (peak - B). At L = 50, with the maximum for the peak, this is the contour
      "0.5 (BG + MAX)" of Boellaard et al., J Nucl Med 2004;45:1519. The peak stands for the maximum,
      which noise biases upwards; B, the mean of all voxels up to 10 mm outside that are not taken out,
      is this project's own.

    Raises
    ------
    ReviewError
        "ISO_INVALID", "ISO_UNIT" where the scan is shown in another unit, "ISO_NO_CONTRAST",
        "ISO_NO_BACKGROUND", and as ``no_value``.
    """
    _refuse_invalid(shape)
    if shape.rule == "absolute":
        if shape.unit != shown_in(scale):
            what = f"The level is {shape.level:g} {shape.unit}, but this scan is shown in {shown_in(scale)}."
            raise ReviewError("ISO_UNIT", what, "Show the scan in that unit, or set the level again.")
        return shape.level
    core = whole.weights >= min(0.5, float(whole.weights.max()))
    if shape.rule == "percent_max":
        highest = float(scaled(volume, scale, whole.box)[core].max())
    else:
        highest = float(surroundings(volume, scale, whole.box).means()[0][core].max())
        if not math.isfinite(highest):
            raise no_value(volume)
    base = _background(whole, taken_out, volume, scale) if shape.rule == "background" else 0.0
    if highest <= base:
        what = f"The highest uptake inside, {highest:.3g}, is not above {base:.3g}."
        raise ReviewError("ISO_NO_CONTRAST", what, "Place the region around the uptake.")
    return base + shape.level / 100 * (highest - base)


def _refuse_invalid(shape: Isocontour) -> None:
    most = math.inf if shape.rule == "absolute" else 100.0
    if shape.rule not in RULES or not math.isfinite(shape.level) or not 0 < shape.level <= most:
        what = f"An isocontour needs a rule and a level above 0, not {shape.rule!r} at {shape.level:g}."
        raise ReviewError("ISO_INVALID", what, "Set the level again.")


def _background(whole: Mask, taken_out: Sequence[Mask], volume: Volume, scale: Scale) -> float:
    """The mean of the voxels outside, and outside of what is taken out, whose distance along each axis of
    the grid is at most ``SHELL_MM``.
    """
    reach = [max(1, int(SHELL_MM / step)) for step in volume.grid.spacing_mm]
    ends = [
        (max(side.start - n, 0), min(side.stop + n, count))
        for side, n, count in zip(whole.box, reach, volume.grid.shape, strict=True)
    ]
    s, r, c = (slice(a, b) for a, b in ends)
    pads = [(side.start - a, b - side.stop) for side, (a, b) in zip(whole.box, ends, strict=True)]
    inside = np.pad(whole.weights > 0, pads)
    near = inside
    for axis, n in enumerate(reach):
        near = _widened(near, axis, n)
    for out in taken_out:
        near &= in_box(out, (s, r, c)) == 0
    values = scaled(volume, scale, (s, r, c))[near & ~inside]
    if not values.size:
        what = "No voxel lies around this region, so it has no local background."
        raise ReviewError("ISO_NO_BACKGROUND", what, "Use another rule, or a smaller region.")
    mean = float(values.mean())
    if not math.isfinite(mean):
        raise no_value(volume)
    return mean


def _widened(flags: NDArray[np.bool_], axis: int, steps: int) -> NDArray[np.bool_]:
    """Whether any voxel at most ``steps`` away along an axis is set."""
    along = np.moveaxis(flags, axis, 0)
    near = along.copy()
    for step in range(1, steps + 1):
        near[step:] |= along[:-step]
        near[:-step] |= along[step:]
    return np.moveaxis(near, 0, axis)

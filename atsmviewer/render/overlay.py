"""The Cu-ATSM-avid part of the tumours in one plane, for the eye; its volume is measured elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.roi import Shape
from atsmviewer.render.inside import Field, Flags, PxBox, Same, depth, px_box
from atsmviewer.render.outline import Polyline, contour
from atsmviewer.render.raster import Raster


@dataclass(frozen=True, eq=False)
class Avid:
    """``mask`` is (rows, columns); ``outlines`` are closed, holes included, for an even-odd fill."""

    mask: Flags
    outlines: tuple[Polyline, ...]


def avid(
    pet: NDArray[np.float32],
    raster: Raster,
    level: float,
    tumours: Sequence[Shape],
    excluded: Sequence[Shape] = (),
    comparator: str = ">",
) -> Avid:
    """Pixels inside a tumour, outside every excluded shape, with a value above the level.

    ``pet`` is the plane sampled on ``raster`` in the unit of ``level``; ``comparator`` is ">" or ">="
    as in the protocol. The outline lies where the smallest of the conditions is just met.
    """
    mask = np.zeros(raster.shape, np.bool_)
    box = _joined([px_box(shape, raster) for shape in tumours], raster)
    if box is None:
        return Avid(mask, ())
    within = _tumour_depth(tuple(map(Same, tumours)), tuple(map(Same, excluded)), box.raster)
    rows, columns = box.raster.shape
    window = (slice(box.y, box.y + rows), slice(box.x, box.x + columns))
    values = pet[window]
    above = values >= level if comparator == ">=" else values > level
    mask[window] = above & (within > 0)
    if not mask[window].any():
        return Avid(mask, ())
    # in tenths of the level, so that both conditions fall at a like pace near their borders
    excess = (values - np.float32(level)) * np.float32(10 / max(abs(level), 1e-9))
    field = np.minimum(within, excess)
    np.copyto(field, np.float32(-1), where=np.isnan(field))
    return Avid(mask, contour(field, box.x, box.y))


def _joined(boxes: Sequence[PxBox | None], raster: Raster) -> PxBox | None:
    """The smallest box around boxes, or None where there is none."""
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    x, y = min(b.x for b in found), min(b.y for b in found)
    x_end = max(b.x + b.raster.shape[1] for b in found)
    y_end = max(b.y + b.raster.shape[0] for b in found)
    return PxBox(x, y, replace(raster, origin_mm=raster.to_mm(x, y), shape=(y_end - y, x_end - x)))


@lru_cache(maxsize=16)
def _tumour_depth(tumours: tuple[Same, ...], excluded: tuple[Same, ...], raster: Raster) -> Field:
    """Depth in the union of the tumours less the excluded; remembered while only the level moves."""
    within = depth(tumours[0].shape, raster)
    for key in tumours[1:]:
        within = np.maximum(within, depth(key.shape, raster))
    for key in excluded:
        within = np.minimum(within, -depth(key.shape, raster))
    within.setflags(write=False)
    return within

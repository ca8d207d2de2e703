"""Owns how a ratio moves when its reference is chosen otherwise: one side alone, or elsewhere (R30)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import ref

from atsmviewer.model.assessment import Spread
from atsmviewer.model.grid import Vector, vector
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, Prism, Roi, Shape
from atsmviewer.quant.kept import alive
from atsmviewer.quant.look import Look
from atsmviewer.quant.reference import Reference, reference
from atsmviewer.quant.sample import Sample, region, sample

MOVES = tuple((axis, sign) for axis in range(3) for sign in (-1.0, 1.0))
"""The directions in which regions are moved: to both sides along the three patient axes."""

PART = 0.5
"""How far each region is moved, in its equivalent radius ∛(3V / 4π)."""


def spreads(top: float, over: Reference, moved: Sequence[float]) -> tuple[Spread, ...]:
    """The spreads of top / reference; ``moved`` are the means of ``moved_means``.

    "left-right" with each side alone, where there are several and each is above noise; "placement" with
    all regions moved, the place as drawn included. Neither is noise, so no interval holds them.
    """
    found = []
    if len(over.sides) > 1 and over.sides_stand:
        alone = [top / side.mean for side in over.sides]
        named = ", ".join(f"{s.name} {ratio:.3g}" for s, ratio in zip(over.sides, alone, strict=True))
        what = f"With each {over.role} region alone: {named}."
        found.append(Spread("left-right", min(alone), max(alone), what))
    if moved:
        ratios = [top / mean for mean in (over.mean, *moved)]
        what = (
            f"With the {over.role} regions moved by half their radius along each patient axis, "
            f"{len(moved)} of {len(MOVES)} moves."
        )
        found.append(Spread("placement", min(ratios), max(ratios), what))
    return tuple(found)


def moved_means(look: Look, drawn: Sequence[tuple[Roi, Sample]], over: Reference) -> tuple[float, ...]:
    """The reference's mean after each of ``MOVES``, all its regions moved at once, each by half its own
    equivalent radius; a move that leaves the PET or ends within noise of zero is left out.

    Empty where a region is no geometry but voxels or a threshold: those do not move.
    """
    found, place = [], (*look.keys, look.protocol.mask_rule)
    for axis, sign in MOVES:
        there: list[tuple[Roi, Sample]] = []
        for roi, made in drawn:
            step = [0.0, 0.0, 0.0]
            step[axis] = sign * PART * (3000.0 * made.volume_ml / (4.0 * math.pi)) ** (1.0 / 3.0)
            shape = _moved(ref(roi.shape), vector(step))
            if shape is None:
                return ()
            there.append((replace(roi, shape=shape), sample(region(shape), *place)))
        mean = reference(over.role, there, look.protocol.resolution_mm, place)
        if isinstance(mean, Reference) and mean.near_zero is None and not any(s.clipped for _, s in there):
            found.append(mean.mean)
    return tuple(found)


@lru_cache(maxsize=256)
def _moved(shape_ref: ref[Shape], by_mm: Vector) -> Shape | None:
    """Remembered, so that the voxels of a moved region are found again by the shape itself."""
    return moved(alive(shape_ref), by_mm)


def moved(shape: Shape, by_mm: Vector) -> Shape | None:
    """A shape elsewhere, LPS mm; None for voxels and for thresholds of a PET."""
    if isinstance(shape, Ellipsoid):
        return replace(shape, centre_mm=_sum(shape.centre_mm, by_mm))
    if isinstance(shape, Prism):
        contours = (Contour(tuple(_sum(p, by_mm) for p in c.points_mm)) for c in shape.contours)
        return replace(shape, contours=tuple(contours))
    if isinstance(shape, Combined):
        parts = [moved(part, by_mm) for part in shape.parts]
        kept = tuple(part for part in parts if part is not None)
        return replace(shape, parts=kept) if len(kept) == len(parts) else None
    return None


def _sum(point_mm: Vector, by_mm: Vector) -> Vector:
    return vector(a + b for a, b in zip(point_mm, by_mm, strict=True))

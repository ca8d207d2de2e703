"""Owns regions that are rules on PET values: their masks, whether they are circular, and what they derive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Number
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Vector
from atsmviewer.model.roi import Combined, ImportedMask, Isocontour, Shape
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Mask
from atsmviewer.quant.combined import combined_mask
from atsmviewer.quant.kept import alive
from atsmviewer.quant.level import ALGORITHMS, level_of, no_value
from atsmviewer.quant.mask import mask
from atsmviewer.quant.points import holds
from atsmviewer.quant.values import scaled

Place = tuple[ref[Volume], ref[Scale], str]
"""The PET that a rule is followed on, its scale, and the mask rule."""


OTHER_PET = "RULE_OTHER_PET"


def is_rule(shape: Shape) -> bool:
    """Whether a shape depends on PET values."""
    return bool(_rules(shape))


def circular(shape: Shape, acquisition_uid: str) -> bool:
    """Whether an outline comes, wholly or in part, from a threshold on that very PET (R27a)."""
    return any(rule.acquisition_uid == acquisition_uid for rule in _rules(shape))


def refuse_elsewhere(shapes: Sequence[Shape], acquisition_uid: str, frame: int) -> None:
    """ReviewError("RULE_OTHER_PET") where one of the shapes is a rule on another PET or frame."""
    for rule in (rule for shape in shapes for rule in _rules(shape)):
        if (rule.acquisition_uid, rule.frame) != (acquisition_uid, frame):
            what = "This region is a threshold on another PET or frame, and follows only that one."
            raise ReviewError(OTHER_PET, what, "Draw a region for this scan.")


def _rules(shape: Shape) -> list[Isocontour]:
    """All isocontours in a shape, at any depth."""
    if isinstance(shape, Isocontour):
        return [shape, *_rules(shape.inside)]
    if isinstance(shape, Combined):
        return [rule for part in shape.parts for rule in _rules(part)]
    return []


def apart_from(shape: Shape, less: Sequence[Shape]) -> Shape:
    """A shape whose rules look only where nothing of ``less`` is: their levels are those of what is left.

    A shape without rules is answered itself.
    """
    return _apart(ref(shape), tuple(ref(one) for one in less)) if less and is_rule(shape) else shape


@lru_cache(maxsize=64)
def _apart(shape_ref: ref[Shape], less: tuple[ref[Shape], ...]) -> Shape:
    """Remembered, so that the voxels of such a shape are found again by the shape itself."""
    return _looking_elsewhere(alive(shape_ref), tuple(map(alive, less)))


def _looking_elsewhere(shape: Shape, less: tuple[Shape, ...]) -> Shape:
    if isinstance(shape, Isocontour):
        inside = _looking_elsewhere(shape.inside, less)
        return replace(shape, inside=Combined("difference", (inside, *less)))
    if isinstance(shape, Combined):
        return replace(shape, parts=tuple(_looking_elsewhere(part, less) for part in shape.parts))
    return shape


def pet_mask(shape: Shape, place: Place) -> Mask:
    """The mask of any shape on the PET's own grid; of a geometric one that of :func:`..mask.mask`.

    A voxel of an isocontour weighs what it weighs in ``inside`` where its value is at or above the level,
    else 0; where a seed is given only what hangs together with the seed's voxel by faces counts.

    Raises
    ------
    ReviewError
        as ``mask`` and ``level_of``; "RULE_OTHER_PET"; "ISO_SEED" where the seed's voxel is not in the
        isocontour; "ISO_GAP" or "ISO_NO_VALUE" where a voxel inside has no value.
    """
    if isinstance(shape, Isocontour):
        return _isocontour(ref(shape), place)[0]
    if isinstance(shape, Combined) and is_rule(shape):
        return _joined(ref(shape), place)
    return mask(shape, alive(place[0]).grid, place[2])


def level(shape: Shape, place: Place, unit: str) -> tuple[Number, ...]:
    """The level that an isocontour's voxels reach, as a number; nothing for other shapes."""
    if not isinstance(shape, Isocontour):
        return ()
    inputs = (("rule", shape.rule), ("level", repr(shape.level)))
    reached = _isocontour(ref(shape), place)[1]
    if reached is None:
        return ()
    return (Measurement("iso_level", reached, unit, ALGORITHMS[shape.rule], inputs),)


def derived(shape: Shape, place: Place) -> ImportedMask | None:
    """A rule's voxels that weigh at least one half, for the eye; None for other shapes, or without any."""
    return _derived(ref(shape), place) if is_rule(shape) else None


@lru_cache(maxsize=64)
def _derived(shape_ref: ref[Shape], place: Place) -> ImportedMask | None:
    grid, made = alive(place[0]).grid, pet_mask(alive(shape_ref), place)
    at = np.argwhere(made.weights >= 0.5) + [side.start for side in made.box]
    if not len(at):
        return None
    return ImportedMask(grid, tuple(np.ravel_multi_index(tuple(at.T), grid.shape).tolist()))


@lru_cache(maxsize=64)
def _joined(shape_ref: ref[Combined], place: Place) -> Mask:
    return joined(alive(shape_ref), place)


def joined(shape: Combined, place: Place) -> Mask:
    """The mask of a boolean of any shapes on the PET's own grid, not remembered; see ``pet_mask``."""
    grid = alive(place[0]).grid

    def reached(rule: Isocontour, points_mm: Floats) -> NDArray[np.bool_]:
        made = pet_mask(rule, place)
        at = np.floor(grid.to_index(points_mm) + 0.5).astype(np.int64) - [side.start for side in made.box]
        there = np.all((at >= 0) & (at < made.weights.shape), axis=1)
        found = np.zeros(len(at), np.bool_)
        found[there] = made.weights[tuple(at[there].T)] > 0
        return found

    parts = [pet_mask(part, place) for part in shape.parts]
    return combined_mask(shape, grid, parts, lambda at: [holds(part, at, reached) for part in shape.parts])


@lru_cache(maxsize=64)
def _isocontour(shape_ref: ref[Isocontour], place: Place) -> tuple[Mask, float | None]:
    """The mask of an isocontour and its level; no level where nothing is inside."""
    shape, volume, scale = alive(shape_ref), alive(place[0]), alive(place[1])
    refuse_elsewhere((shape,), volume.series_uid, shape.frame)
    whole = pet_mask(shape.inside, place)
    inside = whole.weights > 0
    if not inside.any():
        return whole, None
    values = scaled(volume, scale, whole.box)
    if not np.isfinite(values[inside]).all():
        raise no_value(volume)
    taken_out = [pet_mask(part, place) for part in _left_out(shape.inside)]
    reached = level_of(shape, whole, volume, scale, taken_out)
    kept = inside & (values >= reached)
    if shape.seed_mm is not None:
        kept = _hanging(kept, whole, volume, shape.seed_mm)
    return Mask(whole.box, np.where(kept, whole.weights, np.float32(0)), whole.clipped), reached


def _left_out(shape: Shape) -> tuple[Shape, ...]:
    """What a difference, of a difference of any depth, leaves out."""
    if isinstance(shape, Combined) and shape.operation == "difference":
        return (*_left_out(shape.parts[0]), *shape.parts[1:])
    return ()


def _hanging(kept: NDArray[np.bool_], whole: Mask, volume: Volume, seed_mm: Vector) -> NDArray[np.bool_]:
    """The part of ``kept`` that hangs together with the voxel of the seed."""
    from atsmviewer.quant.grown import grown  # SimpleITK takes 0.2 s: only where a seed is

    index = np.floor(volume.grid.to_index(np.asarray(seed_mm, np.float64)) + 0.5).astype(int)
    s, r, c = (int(i) - side.start for i, side in zip(index, whole.box, strict=True))
    if not all(0 <= i < n for i, n in zip((s, r, c), kept.shape, strict=True)) or not kept[s, r, c]:
        what = "The seed's voxel is below the level, or outside the region that bounds the growth."
        raise ReviewError("ISO_SEED", what, "Place the seed on the uptake, or lower the level.")
    return grown(kept, (s, r, c))

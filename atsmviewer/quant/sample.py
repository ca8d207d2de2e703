"""Owns the voxels of a region as values and weights in order, from which every statistic follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.grid import Floats
from atsmviewer.model.roi import Combined, Shape
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.box import Mask, Weights
from atsmviewer.quant.isocontour import Place, joined, pet_mask
from atsmviewer.quant.kept import alive
from atsmviewer.quant.values import scaled

Region = tuple[ref[Shape], tuple[ref[Shape], ...]]
"""A shape, and the shapes that are taken out of it."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Values of a region's voxels, ascending, in the scale's unit, with their weights, both (n,).

    ``above[i]`` is the weight of all values from the i-th on, so ``above[0]`` is the whole and
    ``above[n]`` zero. ``core`` are the values of voxels that weigh at least one half, or of the
    heaviest where none does (R20). ``gap`` says that a voxel has no value: then values are empty;
    ``padded`` that no slice is missing there, so that it is padding or NaN as stored.
    """

    values: Floats
    weights: Floats
    above: Floats
    core: Floats
    halves: int
    voxel_ml: float
    clipped: bool
    gap: bool = False
    padded: bool = False

    @property
    def volume_ml(self) -> float:
        """Volume of the region."""
        return float(self.above[0]) * self.voxel_ml


def region(shape: Shape, less: Sequence[Shape] = ()) -> Region:
    """The key of a region, which does not keep its shapes alive and hashes each of them once."""
    return ref(shape), tuple(ref(other) for other in less)


def region_mask(where: Region, volume_ref: ref[Volume], scale_ref: ref[Scale], rule: str) -> Mask:
    """The mask of a region on the PET's own grid: the difference of its shape and what is taken out.

    Rules on PET values are followed in the scale's unit.
    """
    place = (volume_ref, scale_ref, rule)
    return _difference(where, place) if where[1] else pet_mask(alive(where[0]), place)


@lru_cache(maxsize=256)
def _difference(where: Region, place: Place) -> Mask:
    shapes = (alive(where[0]), *map(alive, where[1]))
    return joined(Combined("difference", shapes), place)


@lru_cache(maxsize=256)
def sample(where: Region, volume_ref: ref[Volume], scale_ref: ref[Scale], rule: str) -> Sample:
    """The voxels of one region."""
    volume, scale = alive(volume_ref), alive(scale_ref)
    found = region_mask(where, volume_ref, scale_ref, rule)
    kept = found.weights > 0
    values = scaled(volume, scale, found.box)[kept]
    made = ordered(values, found.weights[kept], volume.grid.voxel_ml, found.clipped)
    return _explained(made, np.nonzero(kept)[0] + found.box[0].start, values, volume) if made.gap else made


@lru_cache(maxsize=64)
def union(where: tuple[Region, ...], volume_ref: ref[Volume], scale_ref: ref[Scale], rule: str) -> Sample:
    """The voxels of several regions together; where they overlap a voxel has its largest weight, once."""
    volume, scale = alive(volume_ref), alive(scale_ref)
    places, values, weights, clipped = [], [], [], False
    for one in where:
        found = region_mask(one, volume_ref, scale_ref, rule)
        kept = found.weights > 0
        at = tuple(i + side.start for i, side in zip(np.nonzero(kept), found.box, strict=True))
        places.append(np.ravel_multi_index(at, volume.grid.shape))
        values.append(scaled(volume, scale, found.box)[kept])
        weights.append(found.weights[kept])
        clipped |= found.clipped
    place, weight = np.concatenate(places), np.concatenate(weights)
    order = np.lexsort((weight, place))
    last = np.append(np.diff(place[order]) > 0, True)[: len(order)]
    chosen = order[last]
    own = np.concatenate(values)[chosen]
    made = ordered(own, weight[chosen], volume.grid.voxel_ml, clipped)
    slices = place[chosen] // (volume.grid.shape[1] * volume.grid.shape[2])
    return _explained(made, slices, own, volume) if made.gap else made


def _explained(made: Sample, slices: NDArray[np.int64], values: Floats, volume: Volume) -> Sample:
    """The sample, told whether a missing slice or something else left its voxels, by slice, without value."""
    lacking = set(slices[~np.isfinite(values)].tolist())
    return replace(made, padded=lacking.isdisjoint(volume.gaps))


def ordered(values: Floats, weights: Weights, voxel_ml: float, clipped: bool = False) -> Sample:
    """A sample of values with positive weights, in any order."""
    heavy = weights.astype(np.float64)
    above = np.zeros(len(heavy) + 1)
    gap = not bool(np.isfinite(values).all())
    alike = len(heavy) > 0 and bool((heavy == heavy[0]).all())
    if gap:
        ascending, by_value = values[:0], heavy[:0]
    elif alike:  # as by the centre rule: which voxel has which weight needs no order
        ascending, by_value = np.sort(values), heavy
    else:
        order = np.argsort(values)  # of equal values the order is never asked for
        ascending, by_value = values[order], heavy[order]
    above[:-1] = np.cumsum((heavy if gap else by_value)[::-1])[::-1]
    half = by_value >= 0.5
    if not half.any() and len(by_value):
        half = by_value == by_value.max()
    core = ascending if half.all() else ascending[half]
    return Sample(ascending, by_value, above, core, int((heavy >= 0.5).sum()), voxel_ml, clipped, gap)

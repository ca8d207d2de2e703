"""Owns masks: a shape as voxel weights on a grid, cropped to its box and remembered."""

from __future__ import annotations

from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.errors import Refusal, ReviewError
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.roi import Combined, Ellipsoid, ImportedMask, Isocontour, Prism, Shape
from atsmviewer.quant.box import Mask
from atsmviewer.quant.combined import combined_mask
from atsmviewer.quant.ellipsoid import ellipsoid_mask
from atsmviewer.quant.imported import imported_mask
from atsmviewer.quant.kept import alive
from atsmviewer.quant.points import holds
from atsmviewer.quant.prism import prism_mask

RULE_NEEDS_PET = Refusal(
    "RULE_NEEDS_PET", "This region is a rule on PET values.", "Measure it on the PET that it was made on."
)


def mask(shape: Shape, grid: Grid, rule: str) -> Mask:
    """The voxels of ``grid`` that a shape covers.

    ``rule`` is "fraction": the weight is the part of the voxel that lies inside (R20, R41), or
    "centre": 1 where the voxel's centre is inside. The caller has seen to it that both are in the
    same frame of reference.

    Raises
    ------
    ReviewError
        "SHAPE_INVALID" for a shape without extent, "MASK_RULE_UNKNOWN", "RULE_NEEDS_PET" for a
        shape that is a rule on PET values, which a grid alone does not give.
    """
    # A weak reference keeps the shape's hash, which for an imported mask runs over all its voxels.
    return _mask(ref(shape), grid, rule)


@lru_cache(maxsize=256)
def _mask(shape_ref: ref[Shape], grid: Grid, rule: str) -> Mask:
    shape = alive(shape_ref)
    if rule not in ("fraction", "centre"):
        raise ReviewError(
            "MASK_RULE_UNKNOWN", f"There is no mask rule {rule!r}.", "Choose fraction or centre."
        )
    if isinstance(shape, Ellipsoid):
        return ellipsoid_mask(shape, grid, rule)
    if isinstance(shape, Prism):
        return prism_mask(shape, grid, rule)
    if isinstance(shape, ImportedMask):
        return imported_mask(shape, grid, rule)
    if isinstance(shape, Combined):
        parts = [mask(part, grid, rule) for part in shape.parts]
        return combined_mask(
            shape, grid, parts, lambda at: [holds(part, at, _refused) for part in shape.parts]
        )
    raise RULE_NEEDS_PET.error()


def _refused(shape: Isocontour, points_mm: Floats) -> NDArray[np.bool_]:
    raise RULE_NEEDS_PET.error()

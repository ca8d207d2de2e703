"""Shapes to the file's words and back, bit for bit, and what no file may hold."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import pairwise
from typing import Any

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, ImportedMask, Isocontour, Prism, Shape
from atsmviewer.session import wire


def unreadable(why: str) -> ReviewError:
    """The one refusal of this file format."""
    return ReviewError(
        "SESSION_UNREADABLE", f"The session holds {why}.", "Open a copy of the session, or start a new one."
    )


def wire_shape(shape: Shape) -> wire.Shape:
    """A shape in the file's words."""
    if isinstance(shape, Ellipsoid):
        return wire.Ellipsoid(**_facts(shape))
    if isinstance(shape, Prism):
        contours = tuple(contour.points_mm for contour in shape.contours)
        return wire.Prism(contours, shape.normal, shape.thickness_mm)
    if isinstance(shape, Isocontour):
        return wire.Isocontour(**{**_facts(shape), "inside": wire_shape(shape.inside)})
    if isinstance(shape, Combined):
        return wire.Combined(**{**_facts(shape), "parts": tuple(map(wire_shape, shape.parts))})
    grid = shape.grid
    return wire.Mask(grid.shape, grid.affine, grid.frame_of_reference_uid, shape.voxels)


def read_shape(words: wire.Shape, depth: int = 1) -> Shape:
    """A shape of the file's words; ``depth`` counts the shapes it lies in, itself included."""
    if depth > wire.DEEPEST_SHAPE:
        raise unreadable(f"regions of regions more than {wire.DEEPEST_SHAPE} deep")
    if isinstance(words, wire.Ellipsoid):
        return Ellipsoid(**_fields(words))
    if isinstance(words, wire.Prism):
        return Prism(tuple(map(Contour, words.contours_mm)), words.normal, words.thickness_mm)
    if isinstance(words, wire.Isocontour):
        return Isocontour(**{**_fields(words), "inside": read_shape(words.inside, depth + 1)})
    if isinstance(words, wire.Combined):
        return Combined(words.operation, tuple(read_shape(part, depth + 1) for part in words.parts))
    return _read_mask(words)


def _read_mask(words: wire.Mask) -> ImportedMask:
    if min(words.shape) < 1:
        raise unreadable("a mask on an empty grid")
    voxels, size = words.voxels, math.prod(words.shape)
    if any(low >= high for low, high in pairwise(voxels)) or (voxels and voxels[-1] >= size):
        raise unreadable("a mask whose voxels are out of order or outside its grid")
    return ImportedMask(Grid(words.shape, words.affine, words.frame_of_reference_uid), voxels)


def _facts(shape: Ellipsoid | Isocontour | Combined) -> dict[str, Any]:
    """Every field, so that one the file has no word for is a loud TypeError, not a silent loss."""
    return {field.name: getattr(shape, field.name) for field in fields(shape)}


def _fields(words: wire.Ellipsoid | wire.Isocontour) -> dict[str, Any]:
    return {name: getattr(words, name) for name in words.__struct_fields__}

"""Owns rules on made-up PETs for tests: a cone of values, and what a shape gives on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.roi import Isocontour, Shape, sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.isocontour import level, pet_mask
from tests.quant.made import UID, centres, grid, value, volume

LATTICE = grid((30, 30, 30), (4.0, 4.0, 4.0), (2.0, 2.0, 2.0))
"""The centre of its voxel (14, 14, 14) lies at the origin."""
SCALE = Scale(Unit.SUV, (1.0,), "suv.bw/1", None)
BALL = sphere((0.0, 0.0, 0.0), 30.0)


def distance(at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(centres(LATTICE) - at, axis=-1))


def cone() -> Volume:
    """10 in the middle, less by 0.2 a mm, so that every level is a sphere; 1 where that is less."""
    return volume(LATTICE, np.maximum(10 - 0.2 * distance(), 1.0))


def made(
    shape: Shape, pet: Volume, scale: Scale = SCALE, rule: str = "centre"
) -> tuple[NDArray[np.float64], float]:
    """The weights on the whole grid, and the level."""
    place = (ref(pet), ref(scale), rule)
    found, full = pet_mask(shape, place), np.zeros(pet.grid.shape)
    full[found.box] = found.weights
    numbers = level(shape, place, "g/ml")
    return full, value(numbers[0]) if numbers else np.nan


def iso(rule: str, at: float, inside: Shape = BALL, **more: Any) -> Isocontour:
    return replace(Isocontour(inside, rule, at, UID, unit="g/ml" if rule == "absolute" else ""), **more)

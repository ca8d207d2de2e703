"""The largest connected part against parts counted by hand."""

from __future__ import annotations

from weakref import ref

import numpy as np
import pytest

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import sphere
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.component import largest_part
from atsmviewer.quant.sample import region
from tests.quant.made import grid

SCALE = Scale(Unit.SUV, (1.0,), "suv.bw/1", None)


def part_ml(voxels: list[tuple[int, int, int]], level: float = 1.5, inclusive: bool = False) -> float:
    lattice = grid((20, 20, 20), (4.0, 4.0, 4.0))
    values = np.ones(lattice.shape, np.float32)
    for place in voxels:
        values[place] = 2.0
    volume, shape = Volume(lattice, values, Unit.SUV, "1.2"), sphere(lattice.centre_mm, 30.0)
    made = largest_part(region(shape), ref(volume), ref(SCALE), "centre", level, inclusive)
    assert isinstance(made, Measurement)
    return made.value


def test_a_corner_joins_and_a_gap_parts() -> None:
    joined = [(9, 9, 9), (10, 10, 10), (10, 10, 11)]
    apart = [(9, 9, 13), (9, 9, 14)]
    assert part_ml([*joined, *apart]) == pytest.approx(3 * 0.064)


def test_what_lies_outside_the_region_does_not_join() -> None:
    assert part_ml([(9, 9, 9), (0, 0, 0), (0, 0, 1)]) == pytest.approx(0.064)


def test_the_comparator_decides_at_the_level() -> None:
    assert part_ml([(9, 9, 9)], level=2.0) == 0.0
    assert part_ml([(9, 9, 9)], level=2.0, inclusive=True) == pytest.approx(0.064)

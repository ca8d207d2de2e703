"""The value under the cursor: the voxel it lies in, nothing beyond the edges, nothing at a gap (R39)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from atsmviewer.model.study import Series
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.probe import probe
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, SPACE, copper, grid, study, turned, volume

ON = grid((5, 6, 7), (3.0, 4.0, 5.0))
CODED = np.arange(5 * 6 * 7, dtype=np.float64).reshape(5, 6, 7)


def test_every_voxel_answers_with_its_own_value_also_on_a_turned_grid() -> None:
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    for on in (ON, turned(ON, rotation, (10, 20, 30))):
        (acquisition,) = study(volume(on, CODED)).acquisitions
        scale = suv_scale(acquisition.facts, (), 5)
        for at in np.ndindex(on.shape):
            for shift in ((0, 0, 0), (0.49, -0.49, 0.49)):
                x, y, z = on.to_mm(np.array(at) + shift)
                assert probe(acquisition, scale, (x, y, z))[0] == CODED[at]


def test_half_a_voxel_beyond_the_centres_is_outside() -> None:
    (acquisition,) = study(volume(ON, CODED)).acquisitions
    scale = suv_scale(acquisition.facts, (), 5)
    low, high = ON.extent_mm
    for corner, inward in ((low, 0.01), (high, -0.01)):
        x, y, z = (edge + inward for edge in corner)
        assert probe(acquisition, scale, (x, y, z))[0] is not None
        assert probe(acquisition, scale, (x - 2 * inward, y, z)) == (None, None)


def test_values_come_in_the_unit_of_the_scale_slice_by_slice() -> None:
    (acquisition,) = study(volume(ON, np.ones(ON.shape)), copper(weight_kg=None)).acquisitions
    scale = replace(suv_scale(acquisition.facts, (), 5), slice_factors=(1.0, 2.0, 3.0, 4.0, 5.0))
    x, y, z = ON.to_mm(np.array([3.0, 0.0, 0.0]))
    assert probe(acquisition, scale, (x, y, z))[0] == 4.0


def test_a_gap_and_an_unloaded_frame_have_no_value() -> None:
    values = CODED.copy()
    values[2] = np.nan
    (acquisition,) = study(volume(ON, values)).acquisitions
    scale = suv_scale(acquisition.facts, (), 5)
    assert probe(acquisition, scale, (0.0, 0.0, 0.0)) == (None, None)
    waiting = replace(acquisition, frames=(replace(acquisition.frames[0], volume=None),))
    assert probe(waiting, scale, (0.0, 0.0, 3.0)) == (None, None)
    assert probe(acquisition, scale, (0.0, 0.0, 3.0), frame=7) == (None, None)


def test_an_uneven_pet_has_no_value() -> None:
    (acquisition,) = study(volume(ON, CODED)).acquisitions
    scale = suv_scale(acquisition.facts, (), 5)
    uneven = replace(acquisition, pet=replace(acquisition.pet, irregular="Slices lie 1 to 2 mm apart."))
    assert probe(acquisition, scale, (0.0, 0.0, 0.0))[0] == CODED[2, 3, 3]
    assert probe(uneven, scale, (0.0, 0.0, 0.0))[0] is None


@pytest.mark.parametrize(
    ("space", "unit", "hu"), [(SPACE, Unit.HU, -7.0), ("9.9", Unit.HU, None), (SPACE, Unit.STORED, None)]
)
def test_hu_of_a_ct_in_the_same_space_only(space: str, unit: Unit, hu: float | None) -> None:
    fine = replace(grid((10, 12, 14), (1.5, 2.0, 2.5)), frame_of_reference_uid=space)
    ct = Volume(fine, np.full(fine.shape, -7, np.int16), unit, "ct")
    (acquisition,) = study(volume(ON, CODED)).acquisitions
    series = Series("ct", "1.2", "CT", "CT", 2, fine, SCAN)
    with_ct = replace(acquisition, anatomy=series, anatomy_volume=ct)
    assert probe(with_ct, suv_scale(acquisition.facts, (), 5), (0.0, 0.0, 0.0))[1] == hu

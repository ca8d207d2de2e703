"""The avid mask equals its definition pixel by pixel, and its outline encloses it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.roi import Combined, Shape, sphere
from atsmviewer.render.overlay import avid
from atsmviewer.render.raster import Plane, Raster, field_raster

RASTER = field_raster(Plane.AXIAL, (0, 0, 0), (120.0, 120.0), 1.0)


def within(centre: tuple[float, float], radius: float) -> NDArray[np.bool_]:
    """Distance in the plane z = 0, pixel centres at -59.5, -58.5 and so on."""
    at = np.arange(120) - 59.5
    return np.asarray(np.hypot(at[None] - centre[0], at[:, None] - centre[1]) < radius)


def noisy() -> NDArray[np.float32]:
    return np.random.default_rng(7).random((120, 120), np.float32)


def test_mask_is_its_definition() -> None:
    pet = noisy()
    tumours = [sphere((0, 0, 0), 30.0), sphere((40, 5, 0), 12.0), sphere((0, 0, 90), 10.0)]
    cut = [sphere((5, -20, 0), 15.0)]
    expected = (within((0, 0), 30) | within((40, 5), 12)) & ~within((5, -20), 15) & (pet > 0.6)
    np.testing.assert_array_equal(avid(pet, RASTER, 0.6, tumours, cut).mask, expected)


def test_a_boolean_is_a_tumour_like_any_other() -> None:
    pet = noisy()
    shell = Combined("difference", (sphere((0, 0, 0), 30.0), sphere((3.0, 0, 0), 12.0)))
    expected = within((0, 0), 30) & ~within((3, 0), 12) & (pet > 0.6)
    np.testing.assert_array_equal(avid(pet, RASTER, 0.6, [shell]).mask, expected)


@pytest.mark.parametrize(("comparator", "count"), [(">", 0), (">=", 1)])
def test_comparator_decides_at_exactly_the_level(comparator: str, count: int) -> None:
    pet = np.full((120, 120), 1.5, np.float32)
    found = avid(pet, RASTER, 1.5, [sphere((0, 0, 0), 30.0)], (), comparator)
    np.testing.assert_array_equal(found.mask, within((0, 0), 30) & bool(count))


def crossings(x: float, y: float, lines: tuple[NDArray[np.float64], ...]) -> int:
    total = 0
    for line in lines:
        (x0, y0), (x1, y1) = line.T, np.roll(line, -1, axis=0).T
        meets = (y0 > y) != (y1 > y)
        total += int(np.sum(x < x0[meets] + (y - y0[meets]) / (y1[meets] - y0[meets]) * (x1 - x0)[meets]))
    return total


def test_even_odd_fill_of_the_outlines_is_the_mask() -> None:
    at = np.arange(120) - 59.5
    ring = np.hypot(at[None], at[:, None])
    pet = np.asarray(3 - np.abs(ring - 15) / 4, np.float32)  # hot ring, cold middle
    found = avid(pet, RASTER, 2.0, [sphere((6, 0, 0), 20.0)])
    assert len(found.outlines) == 2
    for y, x in np.ndindex(120, 120):
        assert crossings(x, y, found.outlines) % 2 == found.mask[y, x]


def test_outline_lies_where_the_level_is_met() -> None:
    at = np.arange(120) - 59.5
    pet = np.asarray(10 - np.hypot(at[None], at[:, None]) * 0.2, np.float32)
    (line,) = avid(pet, RASTER, 7.0, [sphere((0, 0, 0), 40.0)]).outlines
    np.testing.assert_allclose(np.hypot(*(line - 59.5).T), 15.0, atol=0.05)


def test_absent_values_are_not_avid() -> None:
    pet = np.full((120, 120), 3.0, np.float32)
    pet[:, :60] = np.nan
    found = avid(pet, RASTER, 2.0, [sphere((0, 0, 0), 30.0)])
    assert not found.mask[:, :60].any()
    assert found.mask.sum() == within((0, 0), 30)[:, 60:].sum()
    assert all(np.isfinite(line).all() for line in found.outlines)


@pytest.mark.parametrize("tumours", [[], [sphere((0, 0, 50), 10.0)], [sphere((500, 0, 0), 10.0)]])
def test_no_tumour_in_the_plane_is_an_empty_overlay(tumours: list[Shape]) -> None:
    found = avid(noisy(), RASTER, 0.1, tumours)
    assert not found.mask.any()
    assert found.outlines == ()


def test_tumour_reaching_out_of_the_picture_still_closes() -> None:
    small = Raster((0.5, 0.5, 0), (1, 0, 0), (0, 1, 0), (20, 20))
    (line,) = avid(np.full((20, 20), 3.0, np.float32), small, 2.0, [sphere((0, 0, 0), 15.0)]).outlines
    assert line.min() == pytest.approx(-0.5, abs=0.5)

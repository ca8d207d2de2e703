"""Projections against plain maxima, from every stored orientation; turning is seen from known sides."""

from __future__ import annotations

import numpy as np
import pytest

from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.mip import hottest_mm, mip, turning
from atsmviewer.render.raster import letters
from atsmviewer.render.upright import upright
from tests.render.made import FRAME, axial, grid, ramp
from tests.render.test_sample import GRIDS

CUBIC = axial((7, 9, 11), (2.0, 2.0, 2.0), (-10.0, -8.0, -6.0))


def noise(seed: int = 1) -> Volume:
    return Volume(CUBIC, np.random.default_rng(seed).random(CUBIC.shape, np.float32), Unit.SUV, "")


def test_anterior_is_the_maximum_along_y_head_up() -> None:
    volume = noise()
    found = mip(volume)
    np.testing.assert_array_equal(found.values, volume.voxels.max(axis=1)[::-1])
    assert letters(found.raster) == ("R", "L", "S", "I")
    assert found.raster.to_mm(3, 2)[::2] == pytest.approx((-10 + 3 * 2, 6 - 2 * 2))


@pytest.mark.parametrize(
    ("angle", "edges"), [(90.0, ("A", "P")), (180.0, ("L", "R")), (270.0, ("P", "A")), (360.0, ("R", "L"))]
)
def test_quarter_turns_are_maxima_seen_from_the_named_side(angle: float, edges: tuple[str, str]) -> None:
    volume = noise()
    found = mip(volume, angle)
    assert letters(found.raster)[:2] == edges
    plain = volume.voxels.max(axis=1 if angle % 180 == 0 else 2)[::-1]
    mirrored = edges in (("L", "R"), ("P", "A"))
    np.testing.assert_array_equal(found.values, plain[:, ::-1] if mirrored else plain)


@pytest.mark.parametrize("name", ["feet first", "prone", "sagittal scan", "coronal scan"])
def test_upright_undoes_flips_and_swaps(name: str) -> None:
    volume = ramp(GRIDS[name])
    seen = upright(volume)
    assert seen.grid.frame_of_reference_uid == FRAME
    assert np.all(np.diag(np.fliplr(seen.grid.matrix[:3, :3])) > 0)
    np.testing.assert_allclose(seen.voxels, ramp(seen.grid).voxels, rtol=1e-5)


def test_upright_resamples_a_turned_grid() -> None:
    seen = upright(ramp(GRIDS["turned"]))
    inside = np.isfinite(seen.voxels)
    where = seen.grid.to_mm(np.moveaxis(np.indices(seen.grid.shape).astype(np.float64), 0, -1))
    index = GRIDS["turned"].to_index(where)
    between = np.all((index >= 0) & (index <= np.array(GRIDS["turned"].shape) - 1), axis=-1)
    assert inside[between].all()
    np.testing.assert_allclose(seen.voxels[between], ramp(seen.grid).voxels[between], atol=1e-4)


def test_thick_slices_become_square_pixels() -> None:
    volume = ramp(axial((6, 8, 10), (3.0, 2.0, 2.0)))  # 18 mm high, 20 mm wide
    found = mip(volume)
    assert found.values.shape == (9, 10)
    assert found.raster.right_mm == (2.0, 0.0, 0.0)
    assert found.raster.down_mm == (0.0, 0.0, -2.0)
    assert found.raster.to_mm(0, 0)[2] == pytest.approx(-9 + 18 - 1)


def test_factors_apply_to_all_or_by_slice() -> None:
    volume = noise()
    np.testing.assert_allclose(mip(volume, 0.0, (2.0,) * 7).values, mip(volume).values * 2, rtol=1e-6)
    factors = tuple(float(k) for k in range(1, 8))
    expected = (volume.voxels * np.array(factors)[:, None, None]).max(axis=1)[::-1]
    np.testing.assert_allclose(mip(volume, 0.0, factors).values, expected, rtol=1e-6)


def test_gap_does_not_hide_the_rest() -> None:
    made = np.array(noise().voxels, np.float32)
    made[:, 4] = np.nan
    found = mip(Volume(CUBIC, made, Unit.SUV, ""))
    np.testing.assert_array_equal(found.values, np.nanmax(made, axis=1)[::-1])


def test_turning_gives_each_angle_once_and_mirrors() -> None:
    pictures = {angle: (bytes_, raster) for angle, bytes_, raster in turning(noise(), (0.0, 1.0), 8)}
    assert sorted(pictures) == [45.0 * k for k in range(8)]
    for angle, (seen, raster) in pictures.items():
        assert seen.shape == raster.shape
        fine = mip(noise(), angle)
        present = np.isfinite(fine.values)
        expected = 1 + 254 * fine.values[present]
        assert np.abs(seen[present] - expected).max() <= 0.51
        assert raster == fine.raster


def test_odd_count_turns_too() -> None:
    assert [round(angle) for angle, _, _ in turning(noise(), (0.0, 1.0), 3)] == [0, 120, 240]


def test_click_finds_the_hot_voxel_behind_the_pixel() -> None:
    made = np.zeros(CUBIC.shape, np.float32)
    made[2, 5, 8] = 9.0
    volume = Volume(CUBIC, made, Unit.SUV, "")
    place = tuple(CUBIC.to_mm(np.array([2.0, 5, 8])))
    for angle in (0.0, 30.0, 90.0, 250.0):
        raster = mip(volume, angle).raster
        x, y, _ = raster.to_px((place[0], place[1], place[2]))
        assert hottest_mm(volume, raster, x, y) == pytest.approx(place)


@pytest.mark.parametrize("angle", [0.0, 30.0, 75.0, 135.0, 200.0, 310.0])
def test_hot_voxel_projects_to_its_own_pixel(angle: float) -> None:
    made = np.zeros(CUBIC.shape, np.float32)
    made[2, 1, 9] = 9.0
    found = mip(Volume(CUBIC, made, Unit.SUV, ""), angle)
    x, y, _ = found.raster.to_px(tuple(CUBIC.to_mm(np.array([2.0, 1, 9])).tolist()))
    rows, columns = np.nonzero(found.values == 9)
    assert set(rows) == {round(y)}
    assert np.abs(columns - x).max() < 1.2  # half a pixel and half a voxel's diagonal


def test_click_beside_the_volume_finds_nothing() -> None:
    volume = noise()
    assert hottest_mm(volume, mip(volume).raster, -40, 2) is None
    hollow = Volume(CUBIC, np.full(CUBIC.shape, np.nan, np.float32), Unit.SUV, "")
    assert hottest_mm(hollow, mip(hollow).raster, 3, 3) is None


def test_grid_of_another_column_order_is_seen_alike() -> None:
    volume = noise()
    swapped = grid((11, 9, 7), np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2.0]]), (-10.0, -8.0, -6.0))
    other = Volume(swapped, np.asarray(volume.voxels.transpose(2, 1, 0), np.float32), Unit.SUV, "")
    np.testing.assert_array_equal(mip(other).values, mip(volume).values)

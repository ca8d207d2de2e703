"""A linear ramp must come back exactly, on every orientation of grid and plane."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.raster import Plane, Raster, field_raster, plane_raster, slice_raster
from atsmviewer.render.sample import sample, sample_moving
from tests.render.made import FRAME, SLOPE, axial, grid, ramp, ramp_at


def turned(angles_deg: tuple[float, float], spacing: tuple[float, float, float]) -> NDArray[np.float64]:
    a, b = np.radians(angles_deg)
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    usual = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0.0]]) * spacing
    return np.asarray(about_z @ about_x @ usual)


GRIDS = {
    "axial": axial(),
    "feet first": grid((6, 8, 10), np.array([[0, 0, 2], [0, 2, 0], [-3, 0, 0.0]]), (-9, -7, 7.5)),
    "prone": grid((6, 8, 10), np.array([[0, 0, -2], [0, -2, 0], [3, 0, 0.0]]), (9, 7, -7.5)),
    "sagittal scan": grid((10, 6, 8), np.array([[2, 0, 0], [0, 0, 2], [0, -3, 0.0]]), (-9, -7, 7.5)),
    "coronal scan": grid((8, 6, 10), np.array([[0, 0, 2], [-2, 0, 0], [0, -3, 0.0]]), (-9, 7, 7.5)),
    "turned": grid((12, 14, 16), turned((20, 13), (2.0, 1.5, 1.5)), (-7, -14, -9)),
    "tilted gantry": grid((8, 14, 12), np.array([[0, 0, 2], [0.8, 2, 0], [3, 0, 0.0]]), (-11, -15.8, -10.5)),
    "rounded cosines": grid((6, 8, 10), turned((1e-4, 0), (3.0, 2.0, 2.0)), (-9, -7, -7.5)),
}


def pixel_centres(raster: Raster) -> NDArray[np.float64]:
    y, x = np.indices(raster.shape)
    steps = x[..., None] * np.array(raster.right_mm) + y[..., None] * np.array(raster.down_mm)
    return np.asarray(steps + np.array(raster.origin_mm))


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("name", GRIDS)
def test_ramp_is_exact_between_centres_and_absent_outside(name: str, plane: Plane) -> None:
    where = GRIDS[name]
    raster = field_raster(plane, (0.3, -0.7, 0.9), (34.0, 38.0), 0.7)
    values = sample(ramp(where), raster)
    centres = pixel_centres(raster)
    index = where.to_index(centres)
    size = np.array(where.shape)
    slack = 0.02
    between = np.all((index >= 0) & (index <= size - 1), axis=-1)
    outside = np.any((index < -0.5 - slack) | (index > size - 0.5 + slack), axis=-1)
    within = np.all((index > -0.5 + slack) & (index < size - 0.5 - slack), axis=-1)
    assert between.sum() > 100
    # "rounded cosines" is taken as parallel, which may move a value by 0.02 of a voxel's rise
    loose = 0.03 if name == "rounded cosines" else 2e-5
    np.testing.assert_allclose(values[between], ramp_at(centres)[between], atol=loose)
    assert np.isnan(values[outside]).all()
    assert np.isfinite(values[within]).all()
    assert values.dtype == np.float32


def test_rim_is_clamped_half_a_voxel_out() -> None:
    where = axial()  # x centres from -9 to 9, extent to 10
    volume = ramp(where)
    raster = Raster((9.0, -7.0, -7.5), (0.3, 0, 0), (0, 0.3, 0), (1, 6))
    values = sample(volume, raster)[0]
    assert values[:4] == pytest.approx([volume.voxels[0, 0, 9]] * 4)
    assert np.isnan(values[4:]).all()


def test_native_lattice_returns_the_voxels() -> None:
    made = np.random.default_rng(3).random((5, 6, 7), np.float32)
    volume = Volume(axial((5, 6, 7)), made, Unit.SUV, "")
    np.testing.assert_array_equal(sample(volume, slice_raster(volume.grid, 3)), made[3])


def test_int16_ct_is_interpolated_as_values_not_as_integers() -> None:
    voxels = np.zeros((2, 2, 2), np.int16)
    voxels[1] = 5
    volume = Volume(axial((2, 2, 2), (2.0, 1.0, 1.0), (0, 0, 0)), voxels, Unit.HU, "")
    assert sample(volume, Raster((0, 0, 1.0), (1, 0, 0), (0, 1, 0), (2, 2))) == pytest.approx(
        np.full((2, 2), 2.5)
    )


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("name", ["axial", "sagittal scan", "coronal scan", "turned"])
def test_factor_of_each_slice_is_applied_before_mixing(name: str, plane: Plane) -> None:
    where = GRIDS[name]
    factors = tuple(0.5 + 0.1 * k for k in range(where.shape[0]))
    volume = ramp(where)
    shown = volume.voxels * np.array(factors, np.float32)[:, None, None]
    raster = plane_raster(plane, (0.2, 0.4, 0.6), [where], max_px=40)
    expected = sample(Volume(where, shown, Unit.SUV, ""), raster)
    np.testing.assert_allclose(sample(volume, raster, factors), expected, rtol=1e-5)


def test_one_factor_scales_all() -> None:
    raster = plane_raster(Plane.AXIAL, (0, 0, 0), [axial()], max_px=30)
    volume = ramp(axial())
    np.testing.assert_allclose(
        sample(volume, raster, (0.001,) * 6), sample(volume, raster) * 0.001, rtol=1e-5
    )


def test_missing_slice_does_not_spread_to_exact_neighbours() -> None:
    made = np.ones((3, 4, 4), np.float32)
    made[1] = np.nan
    volume = Volume(axial((3, 4, 4), (2.0, 1.0, 1.0), (0, 0, 0)), made, Unit.SUV, "", gaps=(1,))
    assert (sample(volume, slice_raster(volume.grid, 0)) == 1).all()
    assert np.isnan(sample(volume, slice_raster(volume.grid, 1))).all()


def test_plane_beyond_the_volume_is_all_absent() -> None:
    assert np.isnan(sample(ramp(axial()), plane_raster(Plane.AXIAL, (0, 0, 99.0), [axial()], 20))).all()
    beside = field_raster(Plane.AXIAL, (500.0, 0, 0), (10, 10), 1.0)
    assert np.isnan(sample(ramp(axial()), beside)).all()


def test_single_slice_and_single_column_grids_work() -> None:
    one = Grid((1, 1, 4), (0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0), FRAME)
    volume = Volume(one, np.arange(4, dtype=np.float32).reshape(1, 1, 4), Unit.SUV, "")
    assert sample(volume, Raster((0.5, 0, 0), (1, 0, 0), (0, 1, 0), (1, 3)))[0] == pytest.approx(
        [0.5, 1.5, 2.5]
    )


def test_answer_is_never_a_view_of_the_voxels() -> None:
    volume = ramp(axial())
    plane = sample(volume, slice_raster(volume.grid, 0))
    assert plane.flags.writeable
    assert not np.shares_memory(plane, volume.voxels)


@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (8, 8), (12, 5)])
def test_a_moving_picture_of_a_turned_volume_is_the_same_ramp_inside(shape: tuple[int, int]) -> None:
    on = GRIDS["turned"]
    x, y, z = on.centre_mm
    rows, columns = shape
    corner = (x - 0.5 * (columns - 1) / 2, y - 0.5 * (rows - 1) / 2, z)
    raster = Raster(corner, (0.5, 0.0, 0.0), (0.0, 0.5, 0.0), shape)
    fast = sample_moving(ramp(on), raster)
    assert fast.shape == shape
    # between the coarse pixels a ramp comes back exactly; the rim is half a pixel flat
    inner = (slice(1, -1), slice(1, -1))
    np.testing.assert_allclose(fast[inner], ramp_at(pixel_centres(raster))[inner], atol=1e-3)
    assert np.abs(fast - ramp_at(pixel_centres(raster))).max() <= 0.25 * np.abs(SLOPE[:2]).sum() + 1e-3


def test_a_moving_picture_of_a_parallel_volume_is_the_picture() -> None:
    for name in ("axial", "prone", "sagittal scan"):
        on = GRIDS[name]
        raster = plane_raster(Plane.AXIAL, on.centre_mm, [on], 40)
        np.testing.assert_array_equal(sample_moving(ramp(on), raster), sample(ramp(on), raster))

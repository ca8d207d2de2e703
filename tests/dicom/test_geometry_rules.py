"""The rules of geometry through files and numbers: gaps, the fitted line, tilt, voxel extent (R35-R39)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.dicom.slices.geometry import Plane, Stacking, plane, spread, stack
from atsmviewer.model.assessment import Assessment
from atsmviewer.model.errors import Refusal
from atsmviewer.model.grid import Grid, Vector
from atsmviewer.model.roi import Contour, Prism, Role, Shape, sphere
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.mask import mask
from tests.dicom.synthetic import FRAME, pet, save
from tests.quant.made import code, of, roi, session, study

SHAPE = (30, 16, 15)
STORED = np.random.default_rng(4).integers(0, 9000, SHAPE).astype(np.int16)
BELOW, ACROSS = (
    roi(Role.TUMOUR, sphere((0.5, -5.0, 100.0 + 3.0 * k), 7.0), name, FRAME)
    for k, name in ((6, "below"), (14, "across"))
)


def read(folder: Path, without: Sequence[int] = ()) -> Volume:
    """A PET series of 3 mm slices, some of them deleted, through the front door."""
    slices = pet(stored=STORED)
    save([one for k, one in enumerate(slices) if k not in without], folder)
    (found,) = scan(folder).found
    return load(found)


def measured(volume: Volume, rule: str) -> Assessment:
    return assess(study(volume), session(BELOW, ACROSS, mask_rule=rule))


@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_a_deleted_slice_refuses_what_crosses_it_and_leaves_the_rest(tmp_path: Path, rule: str) -> None:
    """R36's oracle: unchanged to 1e-6."""
    whole, gapped = read(tmp_path / "whole"), read(tmp_path / "gapped", without=(15,))
    assert gapped.gaps == (15,)
    assert np.isnan(gapped.voxels[15]).all()
    before, after = measured(whole, rule), measured(gapped, rule)
    for name in ("voxels", "volume_ml", "min", "mean", "max", "sd", "p25", "peak_1ml", "tlg", "mesh_ml"):
        assert of(after, BELOW, name) == pytest.approx(of(before, BELOW, name), rel=1e-6)
    across = after.of_roi(ACROSS.uid)
    assert across is not None
    for name in ("mean", "max", "median", "peak_1ml", "tlg", "ivh_i10"):
        assert code(across[name]) == "gap"
    assert of(after, ACROSS, "volume_ml") == pytest.approx(of(before, ACROSS, "volume_ml"), rel=1e-6)


def _stacked(offsets: Sequence[float], shear: float = 0.0) -> Stacking | Refusal:
    return stack(_planes(offsets, shear), FRAME)


def _planes(offsets: Sequence[float], shear: float = 0.0) -> list[Plane]:
    made = [plane((shear * z - 20, -16.0, z), (1.0, 0, 0, 0, 1.0, 0), (2.0, 1.5), (21, 27)) for z in offsets]
    return [p for p in made if isinstance(p, Plane)]


def line(offsets: Sequence[float]) -> float:
    """How far the farthest slice lies from the straight line through all, by numpy's own fit."""
    index = np.arange(len(offsets))
    slope, start = np.polyfit(index, offsets, 1)
    return float(np.abs(np.asarray(offsets) - (start + slope * index)).max())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-0.35, 0.35), min_size=6, max_size=30))
def test_slices_are_even_as_far_as_a_twentieth_from_the_fitted_line(off: list[float]) -> None:
    offsets = [3.0 * k + shift for k, shift in enumerate(off)]
    spacing, farthest = float(np.median(np.diff(offsets))), line(offsets)
    made = _stacked(offsets)
    if farthest < 0.05 * spacing * (1 - 1e-6):
        assert isinstance(made, Stacking)
    elif farthest > 0.05 * spacing * (1 + 1e-6):
        assert isinstance(made, Refusal)
        assert made.code == "GEOMETRY_IRREGULAR"


def test_the_distances_of_a_real_scan_are_even() -> None:
    """R35 names it: 3.19 and 3.29 mm beside a median of 3.27."""
    offsets = np.cumsum([0.0] + [3.27] * 20 + [3.19] + [3.29] * 4 + [3.27] * 20)
    made = _stacked(offsets.tolist())
    assert isinstance(made, Stacking)
    assert made.gaps == ()


@pytest.mark.parametrize("degrees", [0.0, 12.0])
def test_on_a_tilted_stack_volume_and_mean_are_those_of_the_patient(degrees: float) -> None:
    """R38: the true affine is kept, so a ball has its volume and a ramp its value at the centre."""
    made = _stacked([2.5 * k for k in range(40)], float(np.tan(np.radians(degrees))))
    assert isinstance(made, Stacking)
    on: Grid = made.grid
    assert made.tilted is (degrees > 0.1)
    mm = on.to_mm(np.moveaxis(np.indices(on.shape), 0, -1).astype(np.float64))
    ramp = Volume(on, (50 + mm @ np.array([0.4, 0.3, -0.2])).astype(np.float32), Unit.SUV, "1.2.3.4")
    centre = on.to_mm(np.array([20.0, 10.0, 13.0]))
    one = roi(Role.TUMOUR, sphere((float(centre[0]), float(centre[1]), float(centre[2])), 12.0), "", FRAME)
    found = assess(study(ramp), session(one))
    assert of(found, one, "volume_ml") == pytest.approx(4 / 3 * np.pi * 1.2**3, rel=1e-3)
    assert of(found, one, "mean") == pytest.approx(50 + centre @ np.array([0.4, 0.3, -0.2]), rel=1e-3)


def _oblique() -> Grid:
    row, column = np.array([0.8, 0.6, 0.0]), np.array([-0.36, 0.48, 0.8])
    normal = np.cross(row, column)
    planes = [
        plane((5 - 2.5 * k * normal).tolist(), [*row, *column], (2.0, 1.5), (12, 14)) for k in range(10)
    ]
    made = stack([p for p in planes if p is not None], FRAME)
    assert isinstance(made, Stacking)
    return made.grid


OBLIQUE = _oblique()
INDEX = st.tuples(st.integers(0, 9), st.integers(0, 11), st.integers(0, 13))


@settings(max_examples=40, deadline=None)
@given(INDEX)
def test_a_point_region_lies_in_the_voxel_whose_position_it_has(at: tuple[int, int, int]) -> None:
    """R39's oracle: a known LPS point maps to its whole index, and the region to that voxel alone."""
    point = OBLIQUE.matrix[:3, :3] @ at + OBLIQUE.matrix[:3, 3]
    assert OBLIQUE.to_index(point) == pytest.approx(at, abs=1e-6)
    assert _voxels(sphere(_vector(point), 0.5)) == {at}


@settings(max_examples=40, deadline=None)
@given(INDEX, st.tuples(*[st.sampled_from([-0.49, 0.49])] * 3))
def test_a_voxel_reaches_half_a_step_to_each_side(at: tuple[int, int, int], side: Vector) -> None:
    """A region near a voxel's corner, within it, weighs there and in no other by parts of voxels."""
    corner = OBLIQUE.to_mm(np.array(at) + np.array(side))
    made = mask(sphere(_vector(corner), 0.01), OBLIQUE, "fraction")
    places = np.argwhere(made.weights > 0) + [part.start for part in made.box]
    assert [tuple(place) for place in places.tolist()] == [at]


def test_contours_around_whole_voxels_hold_just_those() -> None:
    """From half a voxel before the first to half a voxel after the last: a shift by half would show."""
    first, last = np.array([2, 3, 4]), np.array([5, 8, 9])
    corners = [(3 - 0.5, 4 - 0.5), (8 + 0.5, 4 - 0.5), (8 + 0.5, 9 + 0.5), (3 - 0.5, 9 + 0.5)]
    contours = tuple(
        Contour(tuple(_vector(OBLIQUE.to_mm(np.array([float(k), r, c]))) for r, c in corners))
        for k in range(2, 6)
    )
    normal = OBLIQUE.matrix[:3, 0] / 2.5
    made = mask(Prism(contours, _vector(normal), 2.5), OBLIQUE, "fraction")
    filled = np.zeros(OBLIQUE.shape)
    filled[made.box] = made.weights
    expected = np.zeros(OBLIQUE.shape)
    expected[tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))] = 1
    assert np.abs(filled - expected).max() < 1e-6


def _voxels(shape: Shape) -> set[tuple[int, ...]]:
    made = mask(shape, OBLIQUE, "centre")
    places = np.argwhere(made.weights > 0) + [part.start for part in made.box]
    return {tuple(place) for place in places.tolist()}


def _vector(point: NDArray[np.float64]) -> Vector:
    x, y, z = point.tolist()
    return x, y, z


@settings(max_examples=60, deadline=None)
@example([1.0, 0.725], 0.0)
@given(st.lists(st.floats(0.5, 9.0), min_size=2, max_size=30), st.floats(0.0, 0.4))
def test_an_uneven_stack_shows_at_each_place_the_nearest_slice(apart: list[float], shear: float) -> None:
    """Every slice of the even grid lies along the scanned line and repeats the slice nearest to it."""
    offsets = np.concatenate([[0.0], np.cumsum(apart)])
    made = spread(_planes(offsets.tolist(), shear), FRAME)
    assert isinstance(made, Stacking)
    said = re.fullmatch(r"Slices lie (\d+\.\d\d) to (\d+\.\d\d) mm apart\.", made.irregular)
    assert said is not None
    # Two decimals; a distance that lies between two of them may be told as either.
    assert [float(mm) for mm in said.groups()] == pytest.approx([min(apart), max(apart)], abs=0.005 + 1e-9)
    sources = made.sources
    assert len(sources) == made.grid.shape[0] <= 2000
    for index, source in enumerate(sources):
        x, _, z = made.grid.to_mm(np.array([float(index), 0.0, 0.0]))
        assert x == pytest.approx(shear * z - 20, abs=1e-6)
        nearest = np.abs(offsets - z).min()
        if source is None:
            assert nearest > 2 * np.median(apart) - 1e-9
        else:
            assert abs(offsets[source] - z) == pytest.approx(nearest, abs=1e-9)
            assert nearest <= 2 * np.median(apart) + 1e-9


def test_the_step_is_the_smallest_distance_and_positions_are_true_to_half_of_it() -> None:
    made = spread(_planes([0.0, 2.0, 4.0, 9.0, 14.0, 19.0]), FRAME)
    assert isinstance(made, Stacking)
    assert made.grid.spacing_mm[0] == pytest.approx(2.0)
    # 0, 2, 4 ... 18 or 20 mm: 6 is nearest to 4, 8 and 10 to 9, 12 and 14 and 16 to 14, 18 to 19
    assert made.sources[:9] == (0, 1, 2, 2, 3, 3, 4, 4, 4)
    offsets = (0.0, 2.0, 4.0, 9.0, 14.0, 19.0)
    for true_mm in offsets:
        shown = [2.0 * k for k, s in enumerate(made.sources) if s is not None and offsets[s] == true_mm]
        assert min(abs(z - true_mm) for z in shown) <= 1.0


def test_farther_than_two_distances_from_every_slice_is_a_gap() -> None:
    """Steps of 2 mm, the median: 12 and 14 mm lie 6 mm from the nearest slice, 10 and 16 mm just 4 mm."""
    made = spread(_planes([0.0, 2.0, 4.0, 6.0, 20.0, 22.0]), FRAME)
    assert isinstance(made, Stacking)
    assert made.gaps == (6, 7)
    assert made.sources == (0, 1, 2, 3, 3, 3, None, None, 4, 4, 4, 5)


def test_two_thousand_slices_are_the_most() -> None:
    made = spread(_planes([0.0, 0.01, 5.0, 10.0, 15.0, 20.0, 200.0]), FRAME)
    assert isinstance(made, Stacking)
    assert made.grid.shape[0] == 2000


def test_a_stack_that_lies_on_no_line_is_refused() -> None:
    planes = _planes([0.0, 3.0, 6.0, 10.0])
    planes[2] = replace(planes[2], position_mm=(5.0, -16.0, 6.0))
    made = spread(planes, FRAME)
    assert isinstance(made, Refusal)
    assert made.code == "GEOMETRY_IRREGULAR"

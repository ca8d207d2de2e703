"""Ellipsoids as weights: volumes against 4πabc/3 (O8, O9, O10), ties, clipping, subsets (P8)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import Ellipsoid, sphere
from atsmviewer.quant.mask import mask
from tests.quant.made import centres, grid

offset = st.tuples(*[st.floats(-4, 4)] * 3)


def rotation(seed: int) -> tuple[float, ...]:
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return tuple(float(value) for value in axes.ravel())


def volume_ml(shape: Ellipsoid, spacing: tuple[float, float, float], rule: str = "fraction") -> float:
    lattice = grid((60, 60, 60), spacing)
    return float(mask(shape, lattice, rule).weights.sum(dtype=np.float64)) * lattice.voxel_ml


def exact_ml(radii: Vector) -> float:
    return float(4 * np.pi * np.prod(radii) / 3000)


@settings(max_examples=60, deadline=None)
@given(
    offset,
    st.sampled_from([10.0, 12.5, 15.0, 20.0, 30.0]),
    st.sampled_from([(4, 4, 4), (5, 4, 4), (3, 4.07, 4.07)]),
)
def test_sphere_volume_is_right_to_a_tenth_of_a_percent(
    centre: Vector, radius: float, spacing: tuple[float, float, float]
) -> None:
    assert volume_ml(sphere(centre, radius), spacing) == pytest.approx(exact_ml((radius,) * 3), rel=1e-3)


@settings(max_examples=40, deadline=None)
@given(offset, st.floats(5.0, 10.0), st.floats(1.0, 4.0))
def test_small_spheres_to_half_a_percent(centre: Vector, radius: float, step: float) -> None:
    assert volume_ml(sphere(centre, radius), (step, step, step)) == pytest.approx(
        exact_ml((radius,) * 3), rel=5e-3
    )


@settings(max_examples=40, deadline=None)
@given(offset, st.integers(0, 10_000), st.tuples(*[st.floats(5.0, 30.0)] * 3))
def test_turned_ellipsoids_to_half_a_percent(centre: Vector, seed: int, radii: Vector) -> None:
    shape = Ellipsoid(centre, radii, rotation(seed))
    assert volume_ml(shape, (3, 4, 4)) == pytest.approx(exact_ml(radii), rel=5e-3)


def test_the_centre_rule_to_six_percent() -> None:
    """O9 at 95 of 100 random centres; counting centres errs by up to a tenth at the worst, by its nature."""
    middles = np.random.default_rng(0).uniform(-2.5, 2.5, (200, 3))
    found = [volume_ml(sphere((x, y, z), 15.0), (5, 4, 4), "centre") for x, y, z in middles]
    errors = np.abs(np.array(found) / exact_ml((15.0, 15.0, 15.0)) - 1)
    assert np.quantile(errors, 0.95) < 0.06
    assert errors.max() < 0.10


def test_a_weight_is_the_part_of_the_voxel_inside() -> None:
    """Against brute force: 24³ points in every voxel."""
    lattice, shape = (
        grid((9, 9, 9), (3.0, 4.0, 5.0)),
        Ellipsoid((0.7, -1.1, 0.3), (6.0, 9.0, 12.0), rotation(3)),
    )
    made = mask(shape, lattice, "fraction")
    got = np.zeros(lattice.shape)
    got[made.box] = made.weights
    inside = np.zeros(lattice.shape)
    steps = (np.arange(24) + 0.5) / 24 - 0.5
    axes = np.asarray(shape.axes).reshape(3, 3)
    for ds in steps:
        points = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1).reshape(-1, 2)
        index = np.moveaxis(np.indices(lattice.shape), 0, -1)[..., None, :] + np.insert(points, 0, ds, axis=1)
        unit = (lattice.to_mm(index) - shape.centre_mm) @ axes.T / shape.radii_mm
        inside += ((unit**2).sum(-1) <= 1).mean(-1) / 24
    assert np.abs(got - inside).max() < 0.02
    assert got.sum() == pytest.approx(inside.sum(), rel=1e-3)


def test_by_the_centre_rule_exactly_the_centres_within_the_radius_count() -> None:
    lattice = grid((21, 21, 21), (3.0, 4.0, 4.0), (1.0, 2.0, 3.0))
    made = mask(sphere((1.0, 2.0, 3.0), 12.0), lattice, "centre")
    got = np.zeros(lattice.shape)
    got[made.box] = made.weights
    distance = np.linalg.norm(centres(lattice) - (1.0, 2.0, 3.0), axis=-1)
    assert np.array_equal(got == 1, distance <= 12.0 + 1e-9)
    assert set(np.unique(got)) == {0.0, 1.0}


@settings(max_examples=30, deadline=None)
@given(offset, st.floats(6.0, 20.0), st.floats(0.1, 5.0), st.sampled_from(["fraction", "centre"]))
def test_a_sphere_inside_another_weighs_no_more_anywhere(
    centre: Vector, radius: float, more: float, rule: str
) -> None:
    """P8; the ramps of neighbouring radii may cross by the error of a part of a voxel."""
    lattice = grid((40, 40, 40), (3.0, 4.0, 4.0))
    both = []
    for r in (radius, radius + more):
        made, full = mask(sphere(centre, r), lattice, rule), np.zeros(lattice.shape)
        full[made.box] = made.weights
        both.append(full)
    assert (both[0] - both[1]).max() < 0.01
    assert both[0].sum() <= both[1].sum()


def test_what_lies_outside_is_clipped_and_said() -> None:
    lattice = grid((20, 20, 20), (4.0, 4.0, 4.0))
    assert not mask(sphere((0, 0, 0), 30.0), lattice, "fraction").clipped
    half = mask(sphere((0, 0, 40.0), 16.0), lattice, "fraction")
    assert half.clipped
    assert half.weights.sum(dtype=np.float64) * lattice.voxel_ml == pytest.approx(
        exact_ml((16.0,) * 3) / 2, rel=2e-3
    )
    away = mask(sphere((500.0, 0, 0), 16.0), lattice, "fraction")
    assert away.clipped
    assert away.weights.size == 0


def test_a_sphere_smaller_than_a_voxel_keeps_its_volume() -> None:
    assert volume_ml(sphere((0.3, 0.2, 0.1), 1.0), (4, 4, 4)) == pytest.approx(exact_ml((1.0,) * 3), rel=5e-3)


@pytest.mark.parametrize(
    "shape",
    [
        sphere((0, 0, 0), 0.0),
        sphere((0, 0, 0), -3.0),
        sphere((0, 0, 0), float("nan")),
        sphere((float("inf"), 0, 0), 3.0),
        Ellipsoid((0, 0, 0), (5.0, 5.0, 5.0), (1, 0, 0, 0, 1, 0, 0, 1, 1)),
    ],
)
def test_a_shape_without_extent_is_refused(shape: Ellipsoid) -> None:
    with pytest.raises(ReviewError, match="SHAPE_INVALID"):
        mask(shape, grid(), "fraction")


def test_an_unknown_rule_is_refused_and_a_mask_is_remembered() -> None:
    ball, lattice = sphere((0, 0, 0), 10.0), grid()
    with pytest.raises(ReviewError, match="MASK_RULE_UNKNOWN"):
        mask(ball, lattice, "half")
    assert mask(ball, lattice, "fraction") is mask(ball, grid(), "fraction")
    assert not mask(ball, lattice, "fraction").weights.flags.writeable

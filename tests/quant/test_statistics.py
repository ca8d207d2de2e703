"""Statistics against the IBSI phantom (R24, O13), constants, ramps and invariants (O11, O12, P7, P9)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import ImportedMask, Roi, Role
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant.assess import assess
from atsmviewer.quant.sample import ordered
from atsmviewer.quant.statistics import lesion_glycolysis, mean, percentile, sd, volume_above
from atsmviewer.quant.values import scaled
from tests.quant.made import ball, code, grid, of, roi, session, study, volume

PHANTOM = """
1 4 4 1 1 / 1 4 6 1 1 / 4 1 6 4 1 / 4 4 6 4 1
1 4 4 1 1 / 1 1 6 1 1 / -1 1 3 1 1 / 4 4 6 1 1
1 4 4 -1 -1 / 1 1 1 1 1 / 1 1 -9 1 1 / 1 1 6 1 1
1 4 4 -1 -1 / 1 1 1 1 1 / 1 1 1 1 1 / 1 1 6 1 1
"""
"""Rows of slices as R24 prints them: a minus marks a voxel outside the region, with its intensity."""

VALUES = np.array(
    [[[int(v) for v in row.split()] for row in line.split("/")] for line in PHANTOM.split("\n") if line]
)
ON = grid((4, 4, 5), (2.0, 2.0, 2.0))
REGION = roi(Role.TUMOUR, ImportedMask(ON, tuple(np.flatnonzero(VALUES > 0).tolist())))


@pytest.fixture(scope="module")
def phantom() -> Assessment:
    return assess(study(volume(ON, np.abs(VALUES))), session(REGION))


@pytest.mark.parametrize(
    ("quantity", "expected", "digits"),
    [
        ("voxels", 74, 1e-9),
        ("volume_ml", 0.592, 1e-9),
        ("mean", 2.148649, 1e-6),
        ("median", 1, 1e-9),
        ("min", 1, 1e-9),
        ("max", 6, 1e-9),
        ("p10", 1, 1e-9),
        ("p25", 1, 1e-9),
        ("p75", 4, 1e-9),
        ("p90", 4, 1e-9),
        ("tlg", 2.148649 * 0.592, 1e-6),
        ("cov", 0.812, 5e-4),
        ("peak_local", 2.6, 5e-7),
        ("peak_global", 3.103448, 1e-6),
    ],
)
def test_the_ibsi_phantom(phantom: Assessment, quantity: str, expected: float, digits: float) -> None:
    assert of(phantom, REGION, quantity) == pytest.approx(expected, abs=digits)


def test_its_variance_is_that_of_the_population(phantom: Assessment) -> None:
    assert of(phantom, REGION, "sd") ** 2 == pytest.approx(3.045471, abs=1e-6)


@pytest.mark.parametrize("rule", ["fraction", "centre"])
@pytest.mark.parametrize("constant", [1.0, 0.37, 12345.678])
def test_a_constant_image_is_that_constant_in_every_way(rule: str, constant: float) -> None:
    """O11."""
    region = ball(Role.TUMOUR, (1.3, -2.1, 0.7), 17.0)
    stored = float(np.float32(constant))
    found = assess(study(volume(grid(), np.array(constant))), session(region, mask_rule=rule))
    for name in (
        "min",
        "mean",
        "max",
        "median",
        "p10",
        "p25",
        "p75",
        "p90",
        "peak_1ml",
        "peak_local",
        "peak_global",
    ):
        assert of(found, region, name) == pytest.approx(stored, rel=1e-9)
    assert of(found, region, "sd") <= 1e-9 * stored


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.floats(-3, 3)] * 3))
def test_on_a_ramp_the_mean_is_the_value_at_the_centre(centre: Vector) -> None:
    """O12."""
    ramp = volume(grid(), lambda mm: 100 + mm @ np.array([0.3, -0.2, 0.5]))
    region = ball(Role.TUMOUR, centre, 20.0)
    found = assess(study(ramp), session(region))
    expected = 100 + np.asarray(centre) @ np.array([0.3, -0.2, 0.5])
    assert of(found, region, "mean") == pytest.approx(expected, rel=2e-3)


def test_weights_enter_mean_and_spread_but_not_the_extremes() -> None:
    values, weights = np.array([1.0, 2.0, 10.0]), np.array([1.0, 0.5, 0.25], np.float32)
    sample = ordered(values, weights, 2.0)
    expected = (1 + 1 + 2.5) / 1.75
    assert mean(sample) == pytest.approx(expected)
    assert sd(sample) == pytest.approx(np.sqrt(np.average((values - expected) ** 2, weights=weights)))
    assert sample.core.tolist() == [1.0, 2.0]
    assert percentile(sample, 50) == 1.5
    assert sample.volume_ml == 3.5
    assert [volume_above(sample, 2.0, inclusive) for inclusive in (False, True)] == [0.5, 1.5]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([0, 10, 25, 50, 75, 90, 100]))
def test_percentiles_are_linear_between_ranks(seed: int, count: int, percent: int) -> None:
    values = np.random.default_rng(seed).normal(size=count)
    sample = ordered(values, np.ones(count, np.float32), 1.0)
    assert percentile(sample, percent) == pytest.approx(float(np.percentile(values, percent)), rel=1e-12)


def test_tlg_is_mean_times_volume_with_parts_of_voxels() -> None:
    sample = ordered(np.array([1.0, 2.0, 10.0]), np.array([1.0, 0.5, 0.25], np.float32), 2.0)
    number = lesion_glycolysis(sample, "g/ml")
    assert isinstance(number, Measurement)
    assert number.value == pytest.approx((1 + 1 + 2.5) * 2.0)
    assert number.unit == "g/ml x ml"


def test_where_no_voxel_is_half_inside_the_heaviest_speaks() -> None:
    sample = ordered(np.array([5.0, 7.0]), np.array([0.1, 0.2], np.float32), 1.0)
    assert sample.core.tolist() == [7.0]
    assert sample.halves == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(4.0, 25.0), st.sampled_from(["fraction", "centre"]))
def test_order_of_statistics(seed: int, radius: float, rule: str) -> None:
    """P7."""
    made = np.random.default_rng(seed)
    region = ball(Role.TUMOUR, (1.0, 2.0, -1.0), radius)
    found = assess(study(volume(grid(), made.gamma(2.0, 1.0, grid().shape))), session(region, mask_rule=rule))
    low, p10, median, p90, high = (of(found, region, n) for n in ("min", "p10", "median", "p90", "max"))
    assert low <= p10 <= median <= p90 <= high
    if rule == "centre":
        assert low <= of(found, region, "mean") <= high
    assert of(found, region, "peak_local") <= of(found, region, "peak_global")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_disjoint_regions_add(seed: int) -> None:
    """P9: volumes and sums of halves are those of the whole."""
    made = np.random.default_rng(seed)
    on = grid((8, 9, 10))
    inside = made.random(on.shape) < 0.5
    part = made.random(on.shape) < 0.5
    pet = volume(on, made.random(on.shape))

    def total(chosen: NDArray[np.bool_]) -> tuple[float, float]:
        region = roi(Role.REFERENCE, ImportedMask(on, tuple(np.flatnonzero(chosen).tolist())))
        found = assess(study(pet), session(region))
        ml = of(found, region, "volume_ml")
        return ml, ml * of(found, region, "mean")

    one, other, whole = total(inside & part), total(inside & ~part), total(inside)
    assert one[0] + other[0] == pytest.approx(whole[0], rel=1e-12)
    assert one[1] + other[1] == pytest.approx(whole[1], rel=1e-9)


def _codes(region: Roi, values: NDArray[np.float64], gaps: tuple[int, ...] = ()) -> set[str]:
    pet = replace(volume(grid(), values), gaps=gaps)
    found = assess(study(pet), session(region)).of_roi(region.uid)
    assert found is not None
    return {code(found[name]) for name in ("mean", "max", "median", "sd", "min")}


def test_a_region_that_touches_a_missing_slice_gives_no_value_and_keeps_its_volume() -> None:
    values = np.ones(grid().shape)
    values[20] = np.nan
    touching = ball(Role.TUMOUR, (0, 0, 10.0), 9.0, "touching")
    clear = ball(Role.TUMOUR, (0, 0, -20.0), 9.0, "clear")
    assert _codes(touching, values, (20,)) == {"gap"}
    found = assess(study(replace(volume(grid(), values), gaps=(20,))), session(touching, clear))
    assert of(found, touching, "volume_ml") == pytest.approx(4 * np.pi * 729 / 3000, rel=1e-3)
    assert of(found, clear, "mean") == 1.0


def test_a_voxel_without_a_value_is_no_missing_slice() -> None:
    """One voxel of padding at the middle of the slice 14, beside a slice 25 that is missing."""
    values = np.ones(grid().shape)
    values[25] = values[14, 15, 15] = np.nan
    middle, upper = ball(Role.TUMOUR, (0, 0, 0), 9.0, "m"), ball(Role.TUMOUR, (0, 0, 30.0), 9.0, "u")
    assert _codes(middle, values, (25,)) == {"no_value"}
    assert _codes(upper, values, (25,)) == {"gap"}
    pet = study(replace(volume(grid(), values), gaps=(25,)))
    found = assess(pet, session(middle))
    assert of(found, middle, "volume_ml") == pytest.approx(4 * np.pi * 729 / 3000, rel=1e-3)
    muscle = assess(pet, session(middle, ball(Role.MUSCLE, (0, 0, 0), 9.0)))
    assert "muscle_no_value" in {one.code for one in muscle.missing}
    both = assess(pet, session(middle, upper, ball(Role.MUSCLE, (0, 40.0, 0), 9.0)))
    assert code(both.hypoxic_total) in {"no_value", "gap"}


def test_a_region_without_voxels_says_so() -> None:
    values = np.ones(grid().shape)
    assert _codes(ball(Role.TUMOUR, (500.0, 0, 0), 9.0), values) == {"outside"}
    tiny = ball(Role.TUMOUR, (0.0, 0.0, 0.0), 0.1)
    found = assess(study(volume(grid(), values)), session(tiny, mask_rule="centre")).of_roi(tiny.uid)
    assert found is not None
    assert code(found["mean"]) == "empty"


def test_factors_by_slice_are_applied_before_anything() -> None:
    """P1 by slice: pixels divided by their slice's factor give the same values again."""
    factors = tuple(float(f) for f in np.linspace(0.5, 3.0, 30))
    made = np.random.default_rng(0).random(grid().shape)
    pet = volume(grid(), made / np.array(factors)[:, None, None])
    box = (slice(4, 9), slice(2, 5), slice(0, 30))
    assert scaled(pet, Scale(Unit.SUV, factors, "", None), box) == pytest.approx(made[box], rel=1e-6)


def test_a_sphere_is_no_larger_than_its_image_maximum() -> None:
    made = np.random.default_rng(4).random(grid().shape)
    region = ball(Role.TUMOUR, (0, 0, 0), 12.0)
    found = assess(study(volume(grid(), made)), session(region))
    for name in ("max", "peak_1ml", "peak_global"):
        assert of(found, region, name) <= made.max()

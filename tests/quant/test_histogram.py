"""The intensity-volume histogram against IBSI's table for its phantom, and a plain loop (R23, R24)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.roi import Role
from atsmviewer.quant.assess import assess
from atsmviewer.quant.histogram import curve, histogram, part_above
from atsmviewer.quant.sample import ordered
from tests.quant.made import ball, code, facts, grid, of, session, study, value, volume
from tests.quant.test_statistics import ON, REGION, VALUES

IBSI = {"ivh_v10": 0.324, "ivh_v90": 0.0946, "ivh_i10": 5, "ivh_i90": 2}


@pytest.mark.parametrize("quantity", IBSI)
def test_the_ibsi_phantom(quantity: str) -> None:
    found = assess(study(volume(ON, np.abs(VALUES)), facts(units=None)), session(REGION))
    assert float(f"{of(found, REGION, quantity):.3g}") == IBSI[quantity]


def test_ibsi_prints_the_histogram_of_its_phantom() -> None:
    """ν of 1 to 6: its example table."""
    sample = ordered(VALUES[VALUES > 0].astype(np.float64), np.ones(74, np.float32), 0.008)
    parts = [round(part_above(sample, level), 3) for level in range(1, 7)]
    assert parts == [1.0, 0.324, 0.324, 0.311, 0.095, 0.095]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 400))
def test_numbers_and_curve_by_a_plain_loop(seed: int, count: int) -> None:
    made = np.random.default_rng(seed)
    values, weights = made.gamma(2.0, 1.0, count), made.choice([0.3, 0.6, 1.0], count).astype(np.float32)
    heavy = weights.astype(np.float64)
    sample = ordered(values, weights, 1.0)
    inside = values[weights >= 0.5]
    low, high = inside.min(), inside.max()

    def part(level: float) -> float:
        return float(heavy[values >= level].sum() / heavy.sum())

    numbers = {n.quantity: n for n in histogram(sample, "g/ml")}
    assert value(numbers["ivh_v10"]) == pytest.approx(part(low + 0.1 * (high - low)))
    assert value(numbers["ivh_v90"]) == pytest.approx(part(low + 0.9 * (high - low)))
    for percent in (10, 90):
        # The least level that at most x % reach, as the limit of ever finer levels: just above it they do.
        level = value(numbers[f"ivh_i{percent}"])
        assert low <= level <= high
        assert level == high or part(level * (1 + 1e-9)) <= percent / 100
        assert level == low or part(level * (1 - 1e-9)) > percent / 100
    drawn = curve(sample)
    assert len(drawn) == 101
    assert [at for at, _ in drawn] == pytest.approx(np.linspace(low, high, 101).tolist())
    assert [share for _, share in drawn] == pytest.approx([part(at) for at, _ in drawn])


def test_no_level_lies_beyond_minimum_and_maximum() -> None:
    """Voxels that weigh less than one half count in the volume, not in the range (R20, R21)."""
    sample = ordered(np.array([0.5, 1.5, 2.5, 50.5]), np.array([0.4, 1.0, 1.0, 0.4], np.float32), 1.0)
    numbers = {n.quantity: value(n) for n in histogram(sample, "g/ml")}
    assert numbers["ivh_i10"] == 2.5
    assert numbers["ivh_i90"] == 1.5
    assert numbers["ivh_v10"] == pytest.approx(1.4 / 2.8)


def test_the_curve_falls_and_stands_with_the_region() -> None:
    region = ball(Role.TUMOUR, (0, 0, 0), 15.0)
    made = np.random.default_rng(5).gamma(4.0, 0.25, grid().shape)
    one = assess(study(volume(grid(), made)), session(region)).of_roi(region.uid)
    assert one is not None
    shares = [share for _, share in one.ivh]
    assert all(a >= b for a, b in pairwise(shares))
    assert one.ivh[0][0] == value(one["min"])
    assert one.ivh[-1][0] == value(one["max"])


def test_a_region_of_one_value_has_no_range_to_divide() -> None:
    region = ball(Role.TUMOUR, (0, 0, 0), 15.0)
    one = assess(study(volume(grid(), np.array(2.5))), session(region)).of_roi(region.uid)
    assert one is not None
    assert code(one["ivh_v10"]) == code(one["ivh_v90"]) == "no_range"
    assert value(one["ivh_i10"]) == value(one["ivh_i90"]) == 2.5

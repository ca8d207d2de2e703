"""Decay arithmetic against values of rules R8, R9 and R18, which come from ENSDF and closed forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.quant.decay import (
    HALF_LIFE_S,
    POSITRON_FRACTION,
    decay_factor,
    frame_factor,
    mean_activity_time,
)

TABLE = {
    "60Cu": (1422.0, 92.6),
    "61Cu": (12009.6, 61.4),
    "62Cu": (580.2, 97.8),
    "64Cu": (45722.2, 17.49),
    "18F": (6586.2, 96.73),
    "68Ga": (4062.6, 88.91),
    "89Zr": (282276.0, 22.74),
    "11C": (1221.8, 99.77),
    "13N": (597.9, 99.80),
    "15O": (122.24, 99.90),
    "82Rb": (75.45, 95.4),
    "124I": (360806.0, 22.7),
}
"""R18: half-life in s and positrons in percent of decays."""


def test_the_table_is_that_of_r18() -> None:
    assert {name: seconds for name, (seconds, _) in TABLE.items()} == HALF_LIFE_S
    assert POSITRON_FRACTION.keys() == TABLE.keys()
    for name, (_, percent) in TABLE.items():
        assert POSITRON_FRACTION[name] == pytest.approx(percent / 100, rel=1e-12)


@pytest.mark.parametrize(
    ("nuclide", "elapsed_s", "growth"),
    [("64Cu", 86400.0, 3.705516), ("62Cu", 600.0, 2.047873), ("60Cu", 1800.0, 2.404643)],
)
def test_decay_over_a_span(nuclide: str, elapsed_s: float, growth: float) -> None:
    assert 1 / decay_factor(elapsed_s, HALF_LIFE_S[nuclide]) == pytest.approx(growth, rel=2e-6)


def test_mean_activity_where_the_exponent_is_one() -> None:
    half_life = 100.0 * math.log(2)
    assert mean_activity_time(100.0, half_life) / 100.0 == pytest.approx(
        math.log(1 / (1 - math.exp(-1))), abs=1e-9
    )


def test_mean_activity_of_62cu_is_not_the_middle_of_the_frame() -> None:
    assert mean_activity_time(600.0, HALF_LIFE_S["62Cu"]) == pytest.approx(282.156, abs=1e-3)


@pytest.mark.parametrize(
    ("nuclide", "factor"), [("62Cu", 1.400856), ("60Cu", 1.153352), ("64Cu", 1.004555), ("18F", 1.031905)]
)
def test_frame_factor_of_600_s(nuclide: str, factor: float) -> None:
    assert frame_factor(600.0, HALF_LIFE_S[nuclide]) == pytest.approx(factor, abs=1e-6)


def test_short_frames_do_not_lose_digits() -> None:
    """Below the switch to T/2 and above it the series expansion T/2 (1 - λT/12) must hold."""
    half_life = 1e6
    for duration in (1e-3, 1e-2, 0.1, 1.0, 10.0):
        rate = math.log(2) / half_life
        expected = duration / 2 * (1 - rate * duration / 12)
        assert mean_activity_time(duration, half_life) == pytest.approx(expected, rel=1e-7)


@given(st.floats(1e-3, 1e5), st.floats(60.0, 1e6))
def test_the_activity_at_the_mean_time_is_the_mean(duration: float, half_life: float) -> None:
    at = decay_factor(mean_activity_time(duration, half_life), half_life)
    assert at * frame_factor(duration, half_life) == pytest.approx(1.0, rel=1e-7)

"""Round ticks between two values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.picture import ticks


def test_three_grams_per_millilitre() -> None:
    assert ticks(0.0, 3.0) == pytest.approx([0, 1, 2, 3])


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6))
def test_ticks_lie_inside_and_are_few(low: float, span: float) -> None:
    made = ticks(low, low + span)
    assert 2 <= len(made) <= 12
    slack = span * 1e-6
    assert all(low - slack <= tick <= low + span + slack for tick in made)
    assert made == sorted(made)


def test_no_span_has_no_ticks() -> None:
    assert ticks(2.0, 2.0) == []

"""Fuzz then compare: one slice's header is damaged, and the numbers are the same, flagged, or not given."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.hazards.one_slice import OneSlice

EVERYDAY, CAMPAIGN = 50, 500


def _judged(folder: Path, count: int) -> Counter[str]:
    seed = time.time_ns() >> 20
    bench = OneSlice(folder, seed)
    came = {k: bench.judged(k) for k in range(count)}
    wrong = [
        f"python docs/fuzz.py --compare --seed {seed} --only {k}: {c}"
        for k, c in came.items()
        if c.how == "wrong"
    ]
    assert wrong == []
    return Counter(c.how for c in came.values())


def test_no_number_changes_silently_with_one_slice(tmp_path: Path) -> None:
    assert _judged(tmp_path, EVERYDAY)["right"] > 0


@pytest.mark.campaign
def test_no_number_changes_silently_with_one_slice_in_many(tmp_path: Path) -> None:
    ended = _judged(tmp_path, CAMPAIGN)
    assert min(ended[how] for how in ("right", "withheld", "no SUV", "refused")) > 0


def test_a_number_that_is_off_is_seen(tmp_path: Path) -> None:
    """The comparison itself: another truth makes every reading wrong."""
    bench = OneSlice(tmp_path, 1)
    bench.files.truth["tumour/mean"] += 1e-5
    assert any(bench.judged(k).how == "wrong" for k in range(20))

"""Damaged files of every kind are read, set aside or refused; docs/fuzz.py does what failed again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.dicom.fuzzing import Hung, trials

EVERYDAY_S, CAMPAIGN_S = 5.0, 60.0


def _fuzzed(folder: Path, seconds: float) -> int:
    """How many inputs were tried; each trouble is told with the command that does it again."""
    seed, k, until, troubles = time.time_ns() >> 20, 0, time.monotonic() + seconds, []
    with trials(folder, seed) as bench:
        while time.monotonic() < until:
            trial = bench.tried(k)
            if trial.trouble:
                troubles.append(f"python docs/fuzz.py --seed {seed} --only {k}: {trial.trouble}")
            k += 1
    assert troubles == []
    return k


def test_a_damaged_file_is_read_set_aside_or_refused(tmp_path: Path) -> None:
    assert _fuzzed(tmp_path, EVERYDAY_S) > 50


@pytest.mark.campaign
def test_a_minute_of_damaged_files(tmp_path: Path) -> None:
    assert _fuzzed(tmp_path, CAMPAIGN_S) > 600


def test_an_input_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with trials(tmp_path / "a", 3) as one, trials(tmp_path / "b", 3) as other:
        assert [one.input(k)[1:] for k in range(200)] == [other.input(k)[1:] for k in range(200)]


def test_what_escapes_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error, a hang and a file that is left behind are each a trouble."""

    def fails(_: Path) -> None:
        raise RecursionError("too deep")

    def hangs(_: Path) -> None:
        raise Hung

    with trials(tmp_path, 4) as bench:
        monkeypatch.setattr("tests.dicom.fuzzing.scan", fails)
        assert "RecursionError escaped" in bench.tried(0).trouble
        monkeypatch.setattr("tests.dicom.fuzzing.scan", hangs)
        assert "Hung escaped" in bench.tried(1).trouble
        left = tmp_path / "case" / "left behind"
        monkeypatch.setattr("tests.dicom.fuzzing._read", lambda *_: left.write_bytes(b"x"))
        assert "files changed" in bench.tried(2).trouble

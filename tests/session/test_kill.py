"""kill -9 while committing: no acknowledged step is lost, and no file is corrupt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.session.killing import ROUNDS_A_FILE
from tests.session.made import inside

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills as POSIX does")


@pytest.mark.parametrize("rounds", [20, pytest.param(300, marks=pytest.mark.campaign)])
def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "tests.session.killing", str(tmp_path), str(rounds), "20260301"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    lives = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lives) == rounds
    for number, life in enumerate(lives):
        before = lives[number - 1]["kept"] if number % ROUNDS_A_FILE else 0
        assert life["killed"]
        assert life["right"]
        assert max(before, life["acknowledged"]) <= life["kept"]  # at most the one not yet told is more
        assert life["kept"] <= max(before, life["acknowledged"]) + 1
        assert life["said"] is None or "not completely written" in life["said"]
    assert sum(life["acknowledged"] > 0 for life in lives) >= rounds // 2  # the kills met work going on
    assert not [name for name in inside(tmp_path) if "damaged" in name]

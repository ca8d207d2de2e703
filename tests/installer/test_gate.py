"""The gate itself: everyday leaves the long markers out, --all runs them and allows no skip."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

def test_plain(): pass
@pytest.mark.debian
def test_tool(): pass
@pytest.mark.campaign
def test_long(): pass
@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""
SKIPS = {
    "in the test": "import pytest\ndef test_it(): pytest.skip('no data')\n",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='no data')\ndef test_it(): pass\n",
    "the module": "import pytest\npytest.skip('no data', allow_module_level=True)\n",
}


def last_line(folder: Path, *words: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-xvfb", "-p", "no:cacheprovider", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout.strip().splitlines()[-1]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    here = Path(__file__).resolve().parents[1]
    shutil.copy(here / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  debian: x\n  campaign: x\n")
    (tmp_path / "test_suite.py").write_text(SUITE)
    return tmp_path


def test_everyday_leaves_the_long_markers_out(suite: Path) -> None:
    code, line = last_line(suite)
    assert code == 0
    assert line.startswith("1 passed, 2 deselected, 1 xfailed")


def test_all_runs_them(suite: Path) -> None:
    code, line = last_line(suite, "--all")
    assert code == 0
    assert line.startswith("3 passed, 1 xfailed")


@pytest.mark.parametrize("way", SKIPS)
def test_a_skip_passes_everyday_and_fails_all(suite: Path, way: str) -> None:
    (suite / "test_suite.py").write_text(SKIPS[way])
    code, line = last_line(suite)
    assert code in (0, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert line.startswith("1 skipped")
    code, line = last_line(suite, "--all")
    assert code not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert line.startswith(("1 failed", "1 error"))

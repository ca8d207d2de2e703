"""What every test may ask for: reference data, and the rule that --all allows no skip."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    # pytest-xvfb sets DISPLAY before this file is read; with no display at all Qt would abort.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ONLY_IN_ALL = ("debian", "campaign")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real and reference data; skips with a reason where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ATSMVIEWER_REFERENCE_DATA", default))
    if not (folder / "reference_values.json").is_file():
        pytest.skip("reference data absent: put it at ../shared/data or set ATSMVIEWER_REFERENCE_DATA")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run every marker, and count a skip as a failure")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the debian and campaign tests to --all, unless the run asks for markers itself."""
    if config.getoption("--all") or config.getoption("-m"):
        return
    later = [item for item in items if any(item.get_closest_marker(name) for name in ONLY_IN_ALL)]
    if later:
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if item not in later]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With --all a skipped test failed: what was not run was not shown (xfail is not a skip)."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--all"):
        report.outcome, report.longrepr = "failed", f"--all allows no skip: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself while it is collected."""
    report = yield
    if report.skipped and collector.config.getoption("--all"):
        report.outcome, report.longrepr = "failed", f"--all allows no skip: {report.longrepr}"
    return report

"""The desk a journey sits at: the demonstration study once a run, a private data folder each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from atsmviewer.workflow.demo import write_demo
from tests.journeys.desk import Desk


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration study, made once."""
    return write_demo(out=tmp_path_factory.mktemp("demo") / "study")


@pytest.fixture(scope="session")
def truth(demo_folder: Path) -> dict[str, Any]:
    """What the phantom was made of."""
    loaded: dict[str, Any] = json.loads((demo_folder / "truth.json").read_text("utf-8"))
    return loaded


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A window whose journals go to a folder of this test."""
    monkeypatch.setenv("ATSMVIEWER_DATA", str(tmp_path / "data"))
    made = Desk(qtbot)
    yield made
    made.window.close()

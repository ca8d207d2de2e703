"""What every test may ask for: reference data, and the rule that --all allows no skip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real and reference data; skips with a reason where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ATSMVIEWER_REFERENCE_DATA", default))
    if not (folder / "reference_values.json").is_file():
        pytest.skip("reference data absent: put it at ../shared/data or set ATSMVIEWER_REFERENCE_DATA")
    return folder

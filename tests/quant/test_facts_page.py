"""The manual lists every fact that may be entered, as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from atsmviewer.model.session import SUV_KINDS
from atsmviewer.quant.overrides import FORMS

MANUAL = Path(__file__).parents[2] / "docs" / "reading.md"
PAGE = MANUAL.read_text("utf-8").partition("## Facts that may be entered")[2]


@pytest.mark.parametrize("name", FORMS)
def test_the_manual_names_a_fact_and_its_form(name: str) -> None:
    assert f"| `{name}` | {FORMS[name]}" in PAGE


@pytest.mark.parametrize("kind", SUV_KINDS)
def test_the_manual_names_a_kind(kind: str) -> None:
    assert f"`{kind}`" in PAGE

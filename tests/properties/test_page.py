"""docs/properties.md names every oracle and property once, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.properties.bench import SETUPS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "properties.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([OP]\d+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)


def test_every_oracle_and_property_has_one_row() -> None:
    oracles = [f"O{n}" for n in range(1, 23) if n not in (4, 5, 17, 18)]
    assert [row[0] for row in ROWS] == [*oracles, *(f"P{n}" for n in range(1, 19))]


def test_every_test_that_is_named_exists() -> None:
    for number, _, tests in ROWS:
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", tests)
        assert named, number
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{number}: {path}::{name}"


def test_nothing_is_silent_in_the_table_of_changed_elements() -> None:
    numbers = r" \| ([\d,]+)" * 5
    counts = re.findall(rf"^\| (.+?){numbers} \|$", PAGE, re.MULTILINE)
    assert [row[0] for row in counts] == [*SETUPS, "all"]
    assert [row[0] for row in counts if row[-1] != "0"] == []

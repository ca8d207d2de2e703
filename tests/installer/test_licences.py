"""docs/licences.md names every run-time package with the licence that its own metadata states."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKED = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "installer/constraints.txt").read_text("utf-8"), re.M))


def rows() -> dict[str, str]:
    """Package -> licence, of the run-time table."""
    page = (ROOT / "docs/licences.md").read_text("utf-8").split("## At run time")[1].split("\n## ")[0]
    cells = re.findall(r"^\| ([a-z0-9._-]+) \| ([^|]+) \| [^|]+ \|$", page, re.M)
    return {name: licence.strip() for name, licence in cells if name != "package"}


def stated(package: str) -> str | None:
    """The licence a package states: expression, else classifier, else a short text; None if not installed."""
    try:
        facts = metadata(package)
    except PackageNotFoundError:
        return None
    expression = "".join(facts.get_all("License-Expression", []))
    classifiers = [c.split(" :: ")[-1] for c in facts.get_all("Classifier", []) if c.startswith("License ::")]
    return expression or " OR ".join(classifiers) or facts["License"]


def test_every_package_passed_on_has_its_row_and_no_other_has() -> None:
    assert len(LOCKED) > 10
    assert set(rows()) == LOCKED


def test_the_rows_say_what_the_packages_say() -> None:
    wrong = {
        name: (licence, stated(name))
        for name, licence in rows().items()
        if stated(name) not in (None, licence)
    }
    assert wrong == {}


def test_no_package_can_only_be_had_under_the_gpl() -> None:
    choices = {name: re.split(r" OR ", licence) for name, licence in rows().items()}
    assert [name for name, ways in choices.items() if all(re.search(r"\bA?GPL", way) for way in ways)] == []

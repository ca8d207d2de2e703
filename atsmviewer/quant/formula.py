"""Owns what an algorithm id means: its formula, unit and source, read from the one list of all numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from atsmviewer.model.resources import resource

_ROW = re.compile(r"^\| `([a-z0-9.]+/\d+)` \|(.*)\|(.*)\|(.*)\|(.*)\|$", re.M)
_SYMBOLS = re.compile(r"^\*\*Symbols\.\*\*(.*?)\n\n", re.M | re.S)


@dataclass(frozen=True)
class Formula:
    """How a number is made, in words and signs; ``symbols`` says what the signs in it stand for."""

    text: str
    unit: str
    source: str
    symbols: tuple[tuple[str, str], ...] = ()


def formula_of(algorithm: str) -> Formula | None:
    """The formula behind an algorithm id; None where the list does not know it."""
    return _formulas().get(algorithm)


@cache
def _formulas() -> dict[str, Formula]:
    text = resource("algorithms.md").read_text("utf-8")
    symbols = _symbols(text)
    made = {}
    for name, *cells in _ROW.findall(text):
        words, unit, source = (cell.strip().replace("`", "") for cell in cells[:3])
        used = tuple((sign, what) for sign, what in symbols if _uses(words, sign))
        made[name] = Formula(words, unit, source, used)
    return made


def _symbols(text: str) -> list[tuple[str, str]]:
    """The (sign, meaning) pairs of the list's own legend: "W body weight in kg; T½ half-life"."""
    found = _SYMBOLS.search(text)
    parts = " ".join(found[1].split()).rstrip(".").split(";") if found else []
    pairs = (part.strip().partition(" ") for part in parts)
    return [(sign, what) for sign, _, what in pairs if what]


def _uses(words: str, sign: str) -> bool:
    words = words.replace("wx", "w x").replace("θM", "θ M")  # products are written without a sign
    return re.search(rf"(?<![A-Za-z_]){re.escape(sign)}(?![A-Za-z_½])", words) is not None

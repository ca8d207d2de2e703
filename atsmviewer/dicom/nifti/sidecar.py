"""Owns the side-car of a NIfTI image: a JSON object beside it, believed whole or refused."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from atsmviewer.model.errors import ReviewError

LIMIT_BYTES = 1 << 20
"""A longer side-car is refused."""
_SILENT = (None, "", "n/a", "N/A")
"""What BIDS writes where nothing is known."""


@dataclass
class Sidecar:
    """The values of one side-car by key; what a caller took by key counts as used."""

    path: Path
    name: str
    values: dict[str, Any]
    used: set[str] = field(default_factory=set)

    def text(self, key: str) -> str | None:
        """A text, None where it is silent; SIDECAR_BROKEN where it is none."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.broken(f"{key} is no text")
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise self.broken(f"{key} holds half a character")
        return value.strip()

    def identifier(self, key: str) -> str | None:
        """A text that many write as a whole number, like an ID."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            self.used.add(key)
            return str(value)
        return self.text(key)

    def number(self, key: str, least: float = -math.inf) -> float | None:
        """A finite number not below ``least``."""
        value = self._take(key)
        return None if value is None else self._finite(key, value, least)

    def numbers(self, key: str, count: int, least: float = -math.inf) -> tuple[float, ...] | None:
        """As many finite numbers as there are frames; of one frame also the number alone."""
        value = self._take(key)
        if value is None:
            return None
        listed = value if isinstance(value, list) else [value]
        if len(listed) != count:
            raise self.broken(f"{key} lists {len(listed)} values, but the image has {count} frames")
        return tuple(self._finite(key, one, least) for one in listed)

    def truth(self, key: str) -> bool | None:
        """True or false."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.broken(f"{key} is neither true nor false")
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.broken(f"{key} is no list of texts")
        return tuple(value)

    def moment(self, key: str) -> datetime | None:
        """A full ISO date and time; a date alone would silently mean midnight."""
        written = self.text(key)
        if written is None:
            return None
        try:
            if "T" in written or " " in written:
                return datetime.fromisoformat(written)
        except ValueError:
            pass
        raise self.broken(f"{key} is no date and time like 2026-09-07T10:35:00")

    def unknown(self) -> tuple[str, ...]:
        """Keys that nobody asked for, in the order of the file."""
        return tuple(key for key in self.values if key not in self.used)

    def broken(self, why: str) -> ReviewError:
        """The refusal of this side-car."""
        what = f"The side-car {self.name} cannot be used: {why}."
        return ReviewError("SIDECAR_BROKEN", what, "Mend it, or take it away and enter what the image lacks.")

    def _take(self, key: str) -> Any:
        self.used.add(key)
        value = self.values.get(key)
        return None if any(value is one or value == one for one in _SILENT) or value == [] else value

    def _finite(self, key: str, value: Any, least: float) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e300:
            raise self.broken(f"{key} is no number")
        if value < least:
            raise self.broken(f"{key} is {value:g}, which cannot be")
        return float(value)


def read_sidecar(path: Path, name: str) -> Sidecar:
    """The JSON object of a file; ``name`` is what it is called to the reader.

    Raises ReviewError("SIDECAR_BROKEN") where it is too large, no JSON object, states a key twice or a
    number that is none.
    """
    side = Sidecar(path, name, {})
    try:
        with path.open("rb") as opened:
            content = opened.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise side.broken(f"it is longer than {LIMIT_BYTES >> 10} kB")
        values = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as error:
        raise side.broken(f"it cannot be parsed ({type(error).__name__})") from error
    if not isinstance(values, dict):
        raise side.broken("it is no JSON object")
    side.values.update(values)
    return side


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key} is there twice")
        found[key] = value
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")

"""A protocol from a JSON file: every choice that changes a number, checked word by word."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import msgspec

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Protocol

LARGEST_BYTES = 100_000


def read_protocol(path: Path) -> Protocol:
    """The Protocol of a JSON object; keys left out keep their default, unknown keys are refused."""
    try:
        raw = path.read_bytes()
        words = msgspec.json.decode(raw[: LARGEST_BYTES + 1], type=dict[str, object])
        unknown = sorted(set(words) - {field.name for field in fields(Protocol)})
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}")
        return msgspec.convert(words, Protocol)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        known = ", ".join(field.name for field in fields(Protocol))
        raise ReviewError(
            "PROTOCOL_UNREADABLE", f"The protocol file is not usable: {error}.", f"It may hold: {known}."
        ) from error

"""Unique identifiers that are the same on every machine: made from names, never from a clock."""

from __future__ import annotations

import uuid

_SPACE = uuid.UUID("c0bba1d5-0064-4a75-9a70-a75300000064")


def uid_of(*names: str) -> str:
    """A DICOM UID below 2.25 (PS3.5 B.2) from the UUID of a path of names."""
    return f"2.25.{uuid.uuid5(_SPACE, '/'.join(names)).int}"

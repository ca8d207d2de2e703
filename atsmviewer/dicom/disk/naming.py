"""Owns how the name of a file is shown: one short line that prints anywhere, never used as a path."""

from __future__ import annotations

from pathlib import Path

SHOWN = 120
"""Longer names are shown by their ends."""
INSIDE = " › "
"""Between an archive and what lies in it."""
_ODD = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """Text as one printable line: line ends, control and direction marks, undecodable bytes are replaced."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _ODD for c in text)


def shown(path: Path, member: str = "") -> str:
    """The name of a file, or of what lies in an archive: "scan.zip › DICOM/IM1"."""
    return _short(path.name or str(path)) + (INSIDE + _short(member) if member else "")


def _short(name: str) -> str:
    name = plain(name)
    return name if len(name) <= SHOWN else f"{name[: SHOWN // 2]}…{name[-SHOWN // 2 + 1 :]}"

"""A journal's bytes, whatever happened to them, to the last good state and a sentence about the rest."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from atsmviewer.model.errors import ReviewError
from atsmviewer.session import chain as chained
from atsmviewer.session.chain import Chain

_SCHEMA = re.compile(rb'\{"schema":"atsmviewer[.]session/([0-9]{1,6})"')
_COPY = "A copy of the damaged file is kept before anything is written."


@dataclass(frozen=True)
class Replay:
    """What a file gave: ``chain`` is None where its first line is not readable.

    ``rest`` are the bytes after the last good line. They are ``damaged`` where they were once
    whole, and else the beginning of a line that was never completely written. ``newer`` is a file of a
    later schema, which is not read at all: half a session would mislead.
    """

    chain: Chain | None
    rest: bytes
    recovery: str | None
    damaged: bool
    newer: bool


def replay(data: bytes) -> Replay:
    """Follow the lines from the first until one does not hold."""
    schema = _SCHEMA.match(data)
    if schema is not None and int(schema[1]) > 1:
        return Replay(None, data, None, damaged=False, newer=True)
    chain, why, good = None, "", 0
    for raw in io.BytesIO(data):
        try:
            chain = chained.start(raw) if chain is None else chained.follow(chain, raw)
        except ReviewError as error:
            why = error.what
            break
        good += len(raw)
    rest = data[good:]
    damaged = b"\n" in rest or (bool(rest) and chain is None)
    return Replay(chain, rest, _said(chain, rest, damaged, why), damaged, newer=False)


def _said(chain: Chain | None, rest: bytes, damaged: bool, why: str) -> str | None:
    if not rest:
        return None
    if chain is None:
        return f"The session file is not readable from its first line on. {why} {_COPY}"
    kept = _count(len(chain.lines) - 1, "step")
    if not damaged:
        return f"The last change was not completely written before the program ended; {kept} kept."
    line, lost = len(chain.lines) + 1, _count(sum(1 for _ in io.BytesIO(rest)), "line")
    return f"The session file is damaged from line {line} on: {kept} kept, {lost} lost. {why} {_COPY}"


def _count(number: int, noun: str) -> str:
    many = "is" if number == 1 else "are"
    return f"{number} {noun}{'' if number == 1 else 's'} {many}"

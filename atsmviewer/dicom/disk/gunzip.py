"""Owns unpacking gzip as a stream that can be taken up again in its middle, no further than asked."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

GZIP = b"\x1f\x8b"
"""How a gzip file begins (RFC 1952)."""
_STEP_BYTES = 1 << 16
_WITH_HEADER = 31
"""zlib's word for gzip's header and checksum, which it then compares."""


@dataclass(frozen=True, eq=False)
class Mark:
    """A place in a packed file: what is still to be read of it, and the decoder as it was there."""

    at: int
    ahead: bytes
    decoder: Any
    ended: bool


class Gunzip:
    """The bytes of a gzip file, of all its members one after another; zlib.error where it is damaged."""

    def __init__(self, raw: BinaryIO, mark: Mark | None = None) -> None:
        self._raw = raw
        self._ahead, self._ended = b"", False
        self._decoder: Any = zlib.decompressobj(_WITH_HEADER)
        if mark is not None:
            raw.seek(mark.at)
            self._ahead, self._ended, self._decoder = mark.ahead, mark.ended, mark.decoder.copy()

    def mark(self) -> Mark:
        """Where it is now; about 100 kB."""
        return Mark(self._raw.tell(), self._ahead, self._decoder.copy(), self._ended)

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only where the file ends."""
        parts: list[bytes] = []
        while size > 0:
            self._ahead = self._ahead or self._raw.read(_STEP_BYTES)
            if self._ended and not self._next_member():
                break
            part = self._decoder.decompress(self._ahead, size)
            if not part and not self._ahead:
                break
            self._ended = self._decoder.eof
            self._ahead = self._decoder.unused_data if self._ended else self._decoder.unconsumed_tail
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _next_member(self) -> bool:
        """Whether another member follows; a tail of zeros is none."""
        self._ahead = self._ahead.lstrip(b"\0")
        if self._ahead:
            self._decoder, self._ended = zlib.decompressobj(_WITH_HEADER), False
        return bool(self._ahead)

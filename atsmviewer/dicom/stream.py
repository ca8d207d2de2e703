"""Owns the bytes of one file on their way to the parser: never more than there are, and stoppable."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from atsmviewer.dicom.pace import check

READS_LIMIT = 4_000_000
"""Steps in which one header may be read, some three an element: ten thousand frames take half of them."""
HEADER_LIMIT_BYTES = 256 << 20
"""The most that the elements of one header may hold together."""
STEP_BYTES = 8 << 20
"""A longer value is read in steps, between which a cancel is noticed."""
_CHECKED_EVERY = 512


class TooMuch(Exception):
    """A header beyond its limits."""


class Stream(io.BufferedReader):
    """A file for the parser, whose declared lengths are not believed.

    A length beyond the end gives what is there, before anything is allocated for it. Reading all that is
    left is refused: the parser would inflate it without a limit.
    """

    def __init__(self, opened: BinaryIO, size_bytes: int, limit_bytes: int = HEADER_LIMIT_BYTES) -> None:
        super().__init__(cast(io.RawIOBase, opened))
        self.size_bytes = size_bytes
        self._left_bytes, self._reads = limit_bytes, 0
        self._name = str(getattr(opened, "name", ""))

    @property
    def name(self) -> str:
        """The path of the file, empty where it has none."""
        return self._name

    def read(self, size: int | None = -1, /) -> bytes:
        """At most ``size`` bytes; ReviewError("CANCELLED"), TooMuch, ValueError for all there is."""
        if size is None or size < 0:
            raise ValueError("the parser asked for all that is left")
        self._reads += 1
        self._left_bytes -= size
        if self._reads % _CHECKED_EVERY == 0:
            check()
        if size < STEP_BYTES and self._left_bytes > 0 and self._reads < READS_LIMIT:
            return super().read(size)
        return self._long(size)

    def _long(self, size: int) -> bytes:
        """A long value, as far as the file goes."""
        self._left_bytes += size
        size = min(size, max(self.size_bytes - self.tell(), 0))
        self._left_bytes -= size
        if self._left_bytes < 0 or self._reads >= READS_LIMIT:
            raise TooMuch
        whole = io.BytesIO()
        while size > 0:
            check()
            part = super().read(min(size, STEP_BYTES))
            if not part:
                break
            size -= whole.write(part)
        return whole.getvalue()

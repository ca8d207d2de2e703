"""Owns the bytes of one file on their way to the parser: never more than there are, and stoppable."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from atsmviewer.dicom.disk.pace import check

HEADER_LIMIT_BYTES = 256 << 20
"""The most that the elements of one header may hold together."""
READ_COSTS_BYTES = 64
"""What each step of reading counts as: 4 million are the limit then, some three an element."""
STEP_BYTES = 8 << 20
"""A longer value is read in steps, between which a cancel is noticed."""
_CHECKED_EVERY_BYTES = 512 * READ_COSTS_BYTES
_read = io.BufferedReader.read


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
        self._left_bytes, self._pause_bytes = limit_bytes, limit_bytes - _CHECKED_EVERY_BYTES
        self._name = str(getattr(opened, "name", ""))

    @property
    def name(self) -> str:
        """The path of the file, empty where it has none."""
        return self._name

    def read(self, size: int | None = -1, /) -> bytes:
        """At most ``size`` bytes; ReviewError("CANCELLED"), TooMuch, ValueError for all there is."""
        if size is None or size < 0:
            raise ValueError("the parser asked for all that is left")
        left_bytes = self._left_bytes = self._left_bytes - size - READ_COSTS_BYTES
        if left_bytes > self._pause_bytes and size < STEP_BYTES:
            return _read(self, size)
        return self._weighed(size)

    def _weighed(self, size: int) -> bytes:
        """A long value, or one at which to look around, as far as the file goes."""
        check()
        there = min(size, max(self.size_bytes - self.tell(), 0))
        self._left_bytes += size - there
        self._pause_bytes = max(self._left_bytes - _CHECKED_EVERY_BYTES, 0)
        if self._left_bytes < 0:
            raise TooMuch
        whole = io.BytesIO()
        while there > 0:
            part = _read(self, min(there, STEP_BYTES))
            if not part:
                break
            there -= whole.write(part)
            check()
        return whole.getvalue()

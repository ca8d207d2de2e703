"""Owns how often progress is told while files are read, and where a cancel is noticed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from atsmviewer.model.errors import ReviewError

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

TOLD_EVERY_S = 0.02
"""Progress is told no oftener: 50 times a second is more than an eye follows."""


class Paced:
    """Progress that is passed on rarely enough to cost nothing; a first and a last call always are."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._next_s = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Tell (done, total); a total of 0 is not known yet."""
        if self._progress is None:
            return
        now_s = time.monotonic()
        if now_s >= self._next_s or done == total:
            self._next_s = now_s + TOLD_EVERY_S
            self._progress(done, total)


def paced(progress: Progress | None) -> Paced:
    """The same progress, paced once."""
    return progress if isinstance(progress, Paced) else Paced(progress)


_asked: ContextVar[Cancelled | None] = ContextVar("cancelled", default=None)


@contextmanager
def stoppable(cancelled: Cancelled | None) -> Iterator[None]:
    """While it lasts :func:`check` asks ``cancelled``, so that a cancel is noticed inside a large file too.

    Within another one None asks what that asks.
    """
    before = _asked.set(cancelled or _asked.get())
    try:
        yield
    finally:
        _asked.reset(before)


def check() -> None:
    """Stop here if the reader cancelled; ReviewError("CANCELLED")."""
    cancelled = _asked.get()
    if cancelled is not None and cancelled():
        raise ReviewError("CANCELLED", "Reading was cancelled.", "Open it again to read it.")

"""Owns reading ahead: compressed slices are read in threads, so that both decoders always have work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

from atsmviewer.dicom.pixel.codecs import CHILDREN
from atsmviewer.model.errors import ReviewError

AHEAD = 4
"""How many slices are on their way: one for each decoder, and as many read from disk meanwhile."""
ASKED_EVERY_S = 0.05
"""How often a cancel is looked for while a slice is awaited."""

T = TypeVar("T")


def ahead(
    jobs: Iterable[Callable[[], T]], cancelled: Callable[[], bool] | None = None
) -> Generator[T, None, None]:
    """What each job gives, in order, while the next ones run; what one raises comes in its place.

    After a cancel, or where no more is asked for, those not begun are dropped and those begun end by
    themselves, unawaited. ReviewError("CANCELLED").
    """
    workers = ThreadPoolExecutor(CHILDREN + 1, "slices")
    coming: deque[Future[T]] = deque()
    try:
        for job in jobs:
            coming.append(workers.submit(copy_context().run, job))
            if len(coming) == AHEAD:
                yield _awaited(coming.popleft(), cancelled)
        while coming:
            yield _awaited(coming.popleft(), cancelled)
    finally:
        workers.shutdown(wait=False, cancel_futures=True)


def _awaited(future: Future[T], cancelled: Callable[[], bool] | None) -> T:
    while not wait([future], ASKED_EVERY_S).done:
        if cancelled is not None and cancelled():
            raise ReviewError("CANCELLED", "Reading was cancelled.", "Open it again to read it.")
    return future.result()

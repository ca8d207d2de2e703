"""Slow work off the GUI thread: one worker, the latest request wins, answers come back as signals."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from PySide6.QtCore import QObject, Qt, Signal

Work = Callable[[Callable[[int, int], None], Callable[[], bool]], object]


class Lane(QObject):
    """Runs one pure function at a time; a newer request cancels the one before and drops its answer.

    ``work`` is called with ``progress(done, total)`` and ``cancelled()``; it captures immutable values
    only, so nothing is shared and nothing is locked.
    """

    answered = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int)
    _arrived = Signal(int, object)
    _stepped = Signal(int, int, int)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._number = 0
        self._cancel = Event()
        self._pending: Future[object] | None = None
        self._busy = False
        # Queued always: work that is done at once would else be answered before its own progress.
        self._arrived.connect(self._arrive, Qt.ConnectionType.QueuedConnection)
        self._stepped.connect(self._step, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy

    def submit(self, work: Work) -> None:
        """Start ``work``, replacing whatever was asked before."""
        self.cancel()
        number, cancel = self._number, Event()

        def progress(done: int, total: int) -> None:
            if number == self._number:
                self._stepped.emit(number, done, total)

        self._cancel = cancel
        self._busy = True
        self._pending = self._pool.submit(work, progress, cancel.is_set)
        self._pending.add_done_callback(lambda future: self._arrived.emit(number, future))

    def stop(self) -> None:
        """Ask the running work to end early; what it answers then arrives."""
        self._cancel.set()

    def cancel(self) -> None:
        """Ask the running work to stop and forget its answer."""
        self._cancel.set()
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        self._number += 1
        self._busy = False

    def close(self) -> None:
        """Stop for good. The window does not wait: what runs is told, and its answer is dropped."""
        self.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _step(self, number: int, done: int, total: int) -> None:
        # Judged here, not in the worker: what it said before it was stopped may still be on its way.
        if number == self._number and not self._cancel.is_set():
            self.progressed.emit(done, total)

    def _arrive(self, number: int, future: Future[object]) -> None:
        if number != self._number or future.cancelled():
            return
        self._busy = False
        self._pending = None  # an answer may be a whole study: nobody but its receiver keeps it
        error = future.exception()
        if error is None:
            self.answered.emit(future.result())
        else:
            self.failed.emit(error)

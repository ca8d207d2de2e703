"""Owns the native decoders: at most two child processes with little memory and time, started when needed.

A damaged codestream can crash a decoder or make it ask for all memory. Here that ends one child, which
is one refusal ("CODEC_FAILED"); the next slice gets a new one. A child is another Python that runs
:mod:`atsmviewer.dicom.pixel.codec_child`, or, in the packaged program, the program itself;
no module of a script that uses this package is imported again. Children without work end by themselves.
"""

from __future__ import annotations

import atexit
import threading
import time

from atsmviewer.dicom.pixel.codec_child import MEMORY_BYTES, Asked
from atsmviewer.dicom.pixel.codec_process import START_S, Child, DecoderFailed

CHILDREN = 2
IDLE_S = 5.0
"""How long a child waits for more work."""
_WATCH_S = 0.05


class Decoders:
    """The children of a process; safe to use from several threads."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._turn = threading.BoundedSemaphore(CHILDREN)
        self._lock = threading.Lock()
        self._busy: set[Child] = set()
        self._idle: list[Child] = []
        self._watch: threading.Thread | None = None

    def decode(self, asked: Asked, codestream: bytes) -> bytes:
        """The pixels of one frame, rows x columns, each as wide as its bits need, little endian.

        DecoderFailed where its decoder refuses it, crashes, takes too long or too much memory.
        """
        with self._turn:
            child = self._take()
            try:
                pixels = child.decode(asked, codestream)
            except BaseException:
                self._drop(child)  # one that failed once is not asked again
                raise
            with self._lock:
                self._busy.discard(child)
                child.idle_since = time.monotonic()
                self._idle.append(child)
            return pixels

    def ids(self) -> set[int]:
        """The process ids of the children that run now."""
        with self._lock:
            return {child.id for child in (*self._busy, *self._idle)}

    def stop(self) -> None:
        """End all children; a slice that is being decoded fails."""
        with self._lock:
            ended, self._idle = self._idle, []
            for child in self._busy:
                child.kill()
        for child in ended:
            child.bury()

    def _take(self) -> Child:
        with self._lock:
            child = self._idle.pop() if self._idle else None
            if child is not None:
                self._claim(child)
                return child
        try:
            child = Child(self._memory_bytes)
        except OSError as error:
            raise DecoderFailed("the decoder could not be started") from error
        with self._lock:
            self._claim(child)
            if self._watch is None:
                self._watch = threading.Thread(target=self._watching, name="decoders", daemon=True)
                self._watch.start()
        try:
            child.begin()
        except BaseException:
            self._drop(child)
            raise
        return child

    def _claim(self, child: Child) -> None:
        child.idle_since = None
        child.until = time.monotonic() + START_S
        self._busy.add(child)

    def _drop(self, child: Child) -> None:
        with self._lock:
            self._busy.discard(child)
        child.bury()

    def _watching(self) -> None:
        """Kill what takes too long, end what has no work; until there is no child."""
        while True:
            time.sleep(_WATCH_S)
            now = time.monotonic()
            with self._lock:
                for child in self._busy:
                    if now > child.until:
                        child.expired = True
                        child.kill()
                ended = [c for c in self._idle if now - (c.idle_since or now) > IDLE_S]
                self._idle = [c for c in self._idle if c not in ended]
                if not self._busy and not self._idle:
                    self._watch = None
            for child in ended:
                child.bury()
            if self._watch is not threading.current_thread():
                return


DECODERS = Decoders()
"""Those of this process."""
atexit.register(DECODERS.stop)

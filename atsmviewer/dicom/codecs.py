"""Owns the native decoders: at most two child processes with little memory and time, started when needed.

A damaged codestream can crash a decoder or make it ask for all memory. Here that ends one child, which
is one refusal ("CODEC_FAILED"); the next slice gets a new one. A child is another Python that runs
:mod:`atsmviewer.dicom.codec_child`, or, in the packaged program, the program with the word ``CHILD``;
no module of a script that uses this package is imported again. Children without work end by themselves.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from atsmviewer.dicom.codec_child import MEMORY_BYTES, Asked

CHILD = "--codec-child"
"""The word by which the packaged program is its own child."""
CHILDREN = 2
SLICE_S = 5.0
"""The most time that one slice may take."""
START_S = 30.0
"""The most time that a child may take to start, on a machine with other work."""
IDLE_S = 5.0
"""How long a child waits for more work."""
_WATCH_S = 0.05
_INHERITED = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")
_ANSWER_BYTES = 1024


class DecoderFailed(Exception):
    """No pixels: why, in words."""


class _Child:
    """One process; its pipes are only touched by the thread that took it."""

    def __init__(self, memory_bytes: int) -> None:
        self.until = time.monotonic() + START_S
        self.idle_since: float | None = None
        self.expired = False
        self._process = subprocess.Popen(
            _command(memory_bytes),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.id = self._process.pid

    def begin(self) -> None:
        """Wait until it runs; DecoderFailed."""
        if self._line() != b"ready\n":
            raise DecoderFailed("the decoder could not be started")

    def decode(self, asked: Asked, codestream: bytes) -> bytes:
        """The pixels; DecoderFailed."""
        self.until = time.monotonic() + SLICE_S
        try:
            line = " ".join(map(str, (*asked, len(codestream))))
            self._pipe(self._process.stdin).write(line.encode("ascii") + b"\n" + codestream)
            self._pipe(self._process.stdin).flush()
        except OSError as error:
            raise DecoderFailed(self._ended()) from error
        word, _, rest = self._line().partition(b" ")
        wanted = asked.rows * asked.columns * asked.width
        if word != b"ok" or rest != f"{wanted}\n".encode():
            raise DecoderFailed(rest.decode("ascii", "replace").strip() if word == b"no" else self._ended())
        pixels = self._pipe(self._process.stdout).read(wanted)
        if len(pixels) != wanted:
            raise DecoderFailed(self._ended())
        return pixels

    def kill(self) -> None:
        """End it at once; whoever waits for it is told that it ended."""
        self._process.kill()

    def bury(self) -> None:
        """End it and close its pipes; only for the thread that took it, or where none did."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                self._pipe(pipe).close()
            except OSError:  # what was not yet written when it ended
                continue

    def _line(self) -> bytes:
        return self._pipe(self._process.stdout).readline(_ANSWER_BYTES)

    def _ended(self) -> str:
        if self.expired:
            return f"the decoder took more than {SLICE_S:.0f} s"
        return "the decoder crashed or was ended"

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise AssertionError("it was opened with pipes")
        return pipe


class Decoders:
    """The children of a process; safe to use from several threads."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._turn = threading.BoundedSemaphore(CHILDREN)
        self._lock = threading.Lock()
        self._busy: set[_Child] = set()
        self._idle: list[_Child] = []
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

    def _take(self) -> _Child:
        with self._lock:
            child = self._idle.pop() if self._idle else None
            if child is not None:
                self._claim(child)
                return child
        try:
            child = _Child(self._memory_bytes)
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

    def _claim(self, child: _Child) -> None:
        child.idle_since = None
        child.until = time.monotonic() + START_S
        self._busy.add(child)

    def _drop(self, child: _Child) -> None:
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


def _command(memory_bytes: int) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD, str(memory_bytes)]
    child = Path(__file__).with_name("codec_child.py")
    # -P: this folder's modules must not stand before the library's.
    return [sys.executable, "-P", "-B", str(child), str(memory_bytes)]


def _environment() -> dict[str, str]:
    """What a child is told: where this process finds its packages, and to decode with one thread."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    packages = os.pathsep.join(path for path in sys.path if path)
    return kept | {"PYTHONPATH": packages, "OPENBLAS_NUM_THREADS": "1", "PYTHONNOUSERSITE": "1"}

"""Owns one child process that decodes: how it is started, asked, timed and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from atsmviewer.dicom.pixel.codec_child import Asked

CHILD = "--codec-child"
"""The word by which the packaged program is its own child."""
SLICE_S = 5.0
"""The most time that one slice may take."""
START_S = 30.0
"""The most time that a child may take to start, on a machine with other work."""
_INHERITED = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")
_PACKAGES = ("numpy", "openjpeg", "_openjpeg", "jpeg_ls", "_CharLS", "gdcm", "_gdcm")
_ANSWER_BYTES = 1024


class DecoderFailed(Exception):
    """No pixels: why, in words."""


class Child:
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


def _command(memory_bytes: int) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD, str(memory_bytes)]
    child = Path(__file__).with_name("codec_child.py")
    # -P: this folder's modules must not stand before the library's.
    return [sys.executable, "-P", "-B", str(child), str(memory_bytes)]


def _environment() -> dict[str, str]:
    """What a child is told: where this process finds the decoders, and to decode with one thread."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    packages = os.pathsep.join(_places())
    return kept | {"PYTHONPATH": packages, "OPENBLAS_NUM_THREADS": "1", "PYTHONNOUSERSITE": "1"}


@cache
def _places() -> tuple[str, ...]:
    """The folders that hold the decoders, found without importing one; not the folder of the script that
    runs, where a module of a reader's own might have the name of one that a decoder tries.
    """
    found: dict[str, None] = {}
    for name in _PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            found[str(Path(spec.origin).parents[1 if spec.submodule_search_locations else 0])] = None
    return tuple(found)

"""One writer per session file: a lock that the system lets go when its process ends, however it ends."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

if sys.platform == "win32":
    import msvcrt

    _FAR = 1_000_000  # a lock there keeps the words at the start readable by others

    def _hold(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class _Holder(msgspec.Struct, frozen=True):
    host: str
    pid: int


class Lock:
    """``file.lock`` beside a session file, holding host and pid for the others to read.

    The system's lock decides on this computer, so that a dead process or a pid used again is no
    question. The host decides between computers, where a share may not carry locks across.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def take(self) -> str | None:
        """None once the lock is held; who holds it otherwise, as a sentence. OSError: cannot be made."""
        while self._handle is None:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            try:
                held_by = self._try(handle)
            except BaseException:
                os.close(handle)
                raise
            if self._handle is None:
                os.close(handle)
            if held_by is not None:
                return held_by
        return None

    def release(self) -> None:
        """Let go and remove the file; nothing where the lock is not held."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if os.name == "nt":  # an open file cannot be removed there
            os.close(handle)
            with suppress(OSError):
                self.path.unlink()
            return
        with suppress(OSError):
            self.path.unlink()
        os.close(handle)

    def _try(self, handle: int) -> str | None:
        holder = _read(handle)
        try:
            _hold(handle)
        except (BlockingIOError, PermissionError):
            pid = f" (process {holder.pid})" if holder else ""
            return f"Another window{pid} has this session open; changes here stay in memory."
        if not self._is_the_file(handle):
            return None  # its last holder removed it while we waited: try the new one
        holder = _read(handle)
        if holder is not None and holder.host != socket.gethostname():
            return (
                f"The computer {holder.host} has this session open; changes here stay in memory. "
                f"Remove {self.path.name} if it does not."
            )
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, msgspec.json.encode(_Holder(socket.gethostname(), os.getpid())))
        self._handle = handle
        return None

    def _is_the_file(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False


def _read(handle: int) -> _Holder | None:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        return msgspec.json.decode(os.read(handle, 1_000), type=_Holder)
    except msgspec.MsgspecError:
        return None

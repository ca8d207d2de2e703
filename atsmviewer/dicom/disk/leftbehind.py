"""Owns what a killed program left behind: private folders that no living program holds are emptied."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

LEFT = "atsmviewer-unpacked-"
"""How the folders are named."""
YOUNG_S = 60.0
"""A folder as young may belong to a program that is about to hold it."""


def hold(folder: Path) -> int | None:
    """A handle by which this program holds the folder until it is closed; None where there are no locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held by another, or a file system without locks
        os.close(handle)
        return None
    return handle


def sweep() -> None:
    """Remove folders of this user that nobody holds; whatever cannot be removed stays."""
    if not hasattr(os, "getuid"):  # Windows, where nobody holds any
        return
    try:
        candidates = list(Path(tempfile.gettempdir()).glob(f"{LEFT}*"))
    except OSError:
        return
    for folder in candidates:
        if _ours_and_old(folder):
            held = hold(folder)
            if held is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)


def _ours_and_old(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(seen.st_mode) and stat.S_IMODE(seen.st_mode) == stat.S_IRWXU
    return private and seen.st_uid == os.getuid() and time.time() - seen.st_mtime > YOUNG_S

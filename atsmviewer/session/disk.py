"""Bytes that are on the disk when a function returns: append after a good end, or replace whole."""

from __future__ import annotations

import filecmp
import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

from atsmviewer.model.errors import ReviewError
from atsmviewer.session import wire


def read(path: Path) -> bytes | None:
    """The bytes of a file, None where there is no file; ReviewError for what cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(wire.LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = error.strerror or str(error)
        raise ReviewError(
            "SESSION_UNREADABLE", f"{path.name} cannot be read: {why}.", "Check the folder and its rights."
        ) from error
    if len(data) > wire.LARGEST_FILE_BYTES:
        raise ReviewError(
            "SESSION_TOO_LARGE", f"{path.name} is larger than a session can be.", "Choose a session file."
        )
    return data


def append(path: Path, end: int, data: bytes, known: bytes) -> bool:
    """Write ``data`` after the first ``end`` bytes and wait for the disk; False where fewer are there.

    Behind ``end`` there may only be ``known`` bytes, or the beginning of ``data`` that an earlier try
    left; these are cut off. Anything else was written by someone else: ReviewError("SESSION_CHANGED").
    """
    try:
        file = path.open("r+b", buffering=0)
    except FileNotFoundError:
        return False
    with file:
        if file.seek(0, os.SEEK_END) < end:
            return False
        file.seek(end)
        tail = file.read()
        if tail and tail != known and not data.startswith(tail):
            raise changed(path)
        if tail:
            file.truncate(end)
        file.seek(end)
        write_all(file.fileno(), data)
        os.fsync(file.fileno())
    return True


def replace_file(path: Path, data: bytes) -> None:
    """The whole file, or the old one untouched: write beside it, wait for the disk, rename over it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb", buffering=0) as file:
            write_all(file.fileno(), data)
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()
    _sync_folder(path.parent)


def keep_aside(path: Path) -> Path:
    """A copy of a damaged file beside it, on the disk, under the first free ``.damaged-N``."""
    for number in count(1):
        copy = path.with_name(f"{path.name}.damaged-{number}")
        try:
            with path.open("rb") as source, copy.open("xb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
        except FileExistsError:
            if filecmp.cmp(path, copy, shallow=False):
                return copy  # an earlier try kept it and could not go on
            continue
        except OSError:
            with suppress(OSError):
                copy.unlink()
            raise
        return copy
    raise AssertionError("count() ends")


def changed(path: Path) -> ReviewError:
    """The refusal to write over what someone else wrote."""
    return ReviewError(
        "SESSION_CHANGED",
        f"{path.name} was changed by another program since it was opened. Your changes are in memory only.",
        "Save as keeps them in a file of their own.",
    )


def write_all(handle: int, data: bytes) -> None:
    """Every byte, however many writes that takes; OSError where the disk takes no more."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can sync a folder (Windows cannot)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Files are replaced whole or left as they were; a set of files is staged before the first one changes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from atsmviewer.model.errors import ReviewError


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write every file or none: stage beside the target, fsync, then rename over it.

    Raises ReviewError("EXPORT_NOT_WRITTEN"); a full disk or a folder without permission is met while
    staging, when every old file is still in place.
    """
    staged: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for target, content in contents.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(f"{target.name} is a folder")
            part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
            staged.append((part, target))
            _write(part, content)
        for part, target in staged:
            part.replace(target)
        for folder in {target.parent for target in contents}:
            _sync(folder)
    except OSError as error:
        why = error.strerror or str(error)
        raise ReviewError(
            "EXPORT_NOT_WRITTEN",
            f"{target.name} was not written: {why}. What was there before is unchanged.",
            "Free space or choose another folder, then save the report again.",
        ) from error
    finally:
        for part, _ in staged:
            with suppress(OSError):
                part.unlink()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system can sync a folder (not Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

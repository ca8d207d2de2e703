"""Owns how much memory there is for voxels: of the machine, of this process, of its control group."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from atsmviewer.model.errors import ReviewError

_GROUPS, _OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_REMEDY = "Close other programs, or open a part of the study on its own."


def available_bytes() -> int:
    """What may still be allocated: the least of free memory, address space (RLIMIT_AS) and control group."""
    limits: list[int | None] = [psutil.virtual_memory().available, _address_space(), _control_group()]
    return max(min(limit for limit in limits if limit is not None), 0)


def refuse_too_large(needed_bytes: int, name: str) -> None:
    """ReviewError("TOO_LARGE") where so much memory is not there; nothing was allocated."""
    there = available_bytes()
    if needed_bytes > there:
        what = f"{name} need {size_words(needed_bytes)} of memory; {size_words(there)} are free."
        raise ReviewError("TOO_LARGE", what, _REMEDY)


def size_words(count_bytes: int) -> str:
    """A number of bytes as a reader says it."""
    return f"{count_bytes / (1 << 30):.1f} GB" if count_bytes >= 1 << 30 else f"{count_bytes >> 20} MB"


def _address_space() -> int | None:
    """What RLIMIT_AS leaves; None where there is no such limit."""
    if sys.platform == "win32":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit - int(psutil.Process().memory_info().vms)


def _control_group() -> int | None:
    """What the control group (version 2, else 1) and those above it leave; None where none limits.

    Pages of files that could be dropped do not count as used.
    """
    try:
        lines = _OWN_GROUPS.read_text("utf-8").splitlines()
    except OSError:
        return None
    left: list[int] = []
    for line in lines:
        _, kinds, name = line.split(":", 2)
        if kinds == "":
            left += _left(_GROUPS, name, ("memory.max", "memory.current", "inactive_file"))
        elif "memory" in kinds.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            left += _left(_GROUPS / "memory", name, names)
    return min(left, default=None)


def _left(mount: Path, name: str, files: tuple[str, str, str]) -> list[int]:
    """What each group from the named one up to the mount leaves; those without a limit are not told."""
    limit_file, used_file, droppable = files
    inside = mount / name.lstrip("/")
    left = []
    for group in (inside, *inside.parents):
        if not group.is_relative_to(mount):
            break
        limit, used = _number(group / limit_file), _number(group / used_file)
        if limit is not None and used is not None:
            left.append(limit - used + _stated(group / "memory.stat", droppable))
    return left


def _number(file: Path) -> int | None:
    """The number in a file; None for "max" and where it cannot be read."""
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _stated(file: Path, name: str) -> int:
    try:
        lines = file.read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)

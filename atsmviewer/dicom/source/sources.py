"""Owns what is given to be read, as one list of files: folders of any depth, files, a disc's index, a zip."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from atsmviewer.dicom.disk.foreign import HEAD_BYTES, ZIP_MARKS
from atsmviewer.dicom.disk.naming import plain, shown
from atsmviewer.dicom.disk.pace import Paced, check
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.source.directory import NAME, directory, listed
from atsmviewer.dicom.source.unpacked import Unpacked
from atsmviewer.model.errors import Refusal, ReviewError

_LINKED = "It is a link to another folder, which is not followed."


@dataclass(eq=False)
class Sources:
    """Every file to be read, with whether it is a regular one; what is closed; and what was unpacked."""

    files: list[tuple[Path, bool]] = field(default_factory=list)
    closed: list[Rejected] = field(default_factory=list)
    unpacked: Unpacked | None = None


def gather(roots: Sequence[Path], told: Paced) -> Sources:
    """The files under the paths given, each once, in the order of their paths.

    ``told`` gets (files so far, 0) while folders are listed. A zip is opened only where it is given
    itself, as an index of a disc is; links to folders are not followed.

    Raises
    ------
    ReviewError
        "NO_SUCH_PATH", "UNREADABLE" where the system refuses, "CANCELLED"; and what is wrong with an
        archive where nothing else is given.
    """
    found = Sources()
    try:
        for root in _apart(roots):
            _add(root, len(roots) == 1, found, told)
    except ReviewError:
        if found.unpacked is not None:
            found.unpacked.close()
        raise
    return found


def _add(root: Path, alone: bool, found: Sources, told: Paced) -> None:
    mode = _mode(root)
    if stat.S_ISDIR(mode):
        _walk(root, found, told)
    elif not stat.S_ISREG(mode):  # a pipe or device is never opened
        found.files.append((root, False))
    elif _is_zip(root):
        _unpack(root, alone, found, told)
    else:
        index = directory(root) if alone or root.name.upper().startswith(NAME) else None
        if index is None:
            found.files.append((root, True))
        else:
            files, closed = listed(index)
            found.files += [(root, True), *((file, file.is_file()) for file in files)]
            found.closed += closed


def _mode(root: Path) -> int:
    try:
        return root.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        what = f"There is nothing at {plain(str(root))}."
        raise ReviewError("NO_SUCH_PATH", what, "Choose an existing file or folder.") from None
    except OSError as error:
        what = f"The system does not let {shown(root)} be read: {error.strerror}."
        raise ReviewError(
            "UNREADABLE", what, "Check the share, the rights and the length of the path."
        ) from None


def _apart(roots: Sequence[Path]) -> Iterable[Path]:
    """The paths without those that another one of them holds already."""
    if len(roots) == 1:
        return roots
    real = {Path(os.path.realpath(root)): root for root in reversed(roots)}
    kept = [root for at, root in real.items() if not any(above in real for above in at.parents)]
    return reversed(kept)


def _is_zip(path: Path) -> bool:
    """Whether a file begins, or calls itself, like a zip; one that begins like DICOM is none."""
    try:
        with path.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
    except OSError:
        return False
    begins = head.startswith(ZIP_MARKS) or path.suffix.lower() == ".zip"
    return begins and head[128:132] != b"DICM"


def _unpack(archive: Path, alone: bool, found: Sources, told: Paced) -> None:
    if found.unpacked is None:
        found.unpacked = Unpacked()
    done = found.unpacked.unpack(archive, told)
    if not isinstance(done, Refusal):
        files, links = done
        found.files += [(file, True) for file in files]
        found.closed += links
    elif alone:
        raise ReviewError(done.code, f"{shown(archive)}: {done.what}", done.remedy)
    else:
        found.closed.append(Rejected(archive, done.code, f"{done.what} {done.remedy}"))


def _walk(root: Path, found: Sources, told: Paced) -> None:
    """Every file in the order of its path; a folder that is not listed, or is a link, is told."""
    waiting = [(root, True, False)]
    while waiting:
        one, folder, regular = waiting.pop()
        if not folder:
            found.files.append((one, regular))
            continue
        check()
        told(len(found.files), 0)
        try:
            waiting += _inside(one, found.closed)
        except OSError as error:
            what = f"The system does not let it be listed: {error.strerror}."
            found.closed.append(Rejected(one, "UNREADABLE", what))


def _inside(folder: Path, closed: list[Rejected]) -> list[tuple[Path, bool, bool]]:
    """What lies in a folder, last name first: its path, whether it is a folder, whether a regular file."""
    with os.scandir(folder) as entries:
        listing = sorted(entries, key=attrgetter("name"), reverse=True)
    inside = []
    for entry in listing:
        path, (inner, regular) = folder / entry.name, _kind(entry)
        if inner and entry.is_symlink():
            closed.append(Rejected(path, "LINK_IGNORED", _LINKED))
        else:
            inside.append((path, inner, regular))
    return inside


def _kind(entry: os.DirEntry[str]) -> tuple[bool, bool]:
    """Whether an entry is a folder, and whether a regular file; a link in a circle is neither."""
    try:
        return entry.is_dir(), entry.is_file()
    except OSError:
        return False, False

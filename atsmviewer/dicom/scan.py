"""Owns the walk over files: every file under a path is found, rejected with a reason, or holds regions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path

from atsmviewer.dicom.boundary import Rejected, quiet, read_header
from atsmviewer.dicom.found import Found, Scan
from atsmviewer.dicom.instance import Instance, Mapped, Regions, instances
from atsmviewer.dicom.mapping import RealWorldMapping, read_mappings
from atsmviewer.dicom.quick_instance import QuickInstances
from atsmviewer.dicom.registration import Registration, in_order
from atsmviewer.dicom.stacks import series_of
from atsmviewer.model.errors import ReviewError

__all__ = ["Found", "Rejected", "Scan", "scan"]

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
Told = Instance | Regions | RealWorldMapping | Registration | Rejected
"""What one file turns out to be, or a part of it."""


def scan(
    paths: Path | Sequence[Path], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Scan:
    """What folders of any depth, or files, hold, from headers alone; file names mean nothing.

    Links to folders are not followed. ``progress`` is called with (files read, files).

    Raises
    ------
    ReviewError
        "NO_SUCH_PATH" where there is nothing to read, "CANCELLED" when ``cancelled`` answers True.
        A bad file never raises: it is in ``rejected``.
    """
    roots = [paths] if isinstance(paths, Path) else list(paths)
    files: list[tuple[Path, bool]] = []
    told: list[Told] = []
    for root in roots:
        if not root.exists():
            what = f"There is nothing at {root}."
            raise ReviewError("NO_SUCH_PATH", what, "Choose an existing file or folder.")
        inside, closed = _files(root)
        files += inside
        told += closed
    quick = QuickInstances()
    with quiet():
        for done, (file, regular) in enumerate(files):
            if cancelled is not None and cancelled():
                raise ReviewError("CANCELLED", "Reading was cancelled.", "Open it again to read it.")
            told += _read(file, quick if regular else None)
            if progress is not None:
                progress(done + 1, len(files))
        found, aside = series_of(one for one in told if isinstance(one, Instance))
    found.sort(key=lambda f: (f.series.modality, f.series.uid))
    return Scan(
        roots[0],
        tuple(found),
        (*(one for one in told if isinstance(one, Rejected)), *sorted(aside, key=lambda r: r.path)),
        tuple(one.path for one in told if isinstance(one, Regions)),
        tuple(one for one in told if isinstance(one, RealWorldMapping)),
        in_order([one for one in told if isinstance(one, Registration)]),
        tuple(one.path for one in told if isinstance(one, Registration)),
    )


def _read(file: Path, quick: QuickInstances | None) -> Sequence[Told]:
    """What a file is; only a regular one is opened at once, since a pipe would block for ever."""
    like = None if quick is None else quick.read(file)
    if like is not None:
        return [like]
    header = read_header(file)
    if isinstance(header, Rejected):
        return [header]
    what = instances(header)
    if isinstance(what, Mapped):
        try:
            return read_mappings(file)
        except ReviewError as error:
            return [Rejected(file, error.code, error.what)]
    if not isinstance(what, tuple):
        return [what]
    if quick is not None and len(what) == 1:
        quick.learn(header, what[0])
    return what


def _files(path: Path) -> tuple[list[tuple[Path, bool]], list[Rejected]]:
    """Every file in the order of its path, with whether it is a regular one, and the folders not listed."""
    if not path.is_dir():
        return [(path, path.is_file())], []
    files: list[tuple[Path, bool]] = []
    closed: list[Rejected] = []
    waiting = [(path, True, False)]
    while waiting:
        one, folder, regular = waiting.pop()
        if not folder:
            files.append((one, regular))
            continue
        try:
            waiting += _inside(one)
        except OSError as error:
            what = f"The system does not let it be listed: {error.strerror}."
            closed.append(Rejected(one, "UNREADABLE", what))
    return files, closed


def _inside(folder: Path) -> list[tuple[Path, bool, bool]]:
    """What lies in a folder, last name first: its path, whether it is a folder, whether a regular file."""
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=attrgetter("name"), reverse=True)
    kinds = ((entry, *_kind(entry)) for entry in entries)
    return [
        (folder / entry.name, inner, regular)
        for entry, inner, regular in kinds
        if not (inner and entry.is_symlink())
    ]


def _kind(entry: os.DirEntry[str]) -> tuple[bool, bool]:
    """Whether an entry is a folder, and whether a regular file; a link in a circle is neither."""
    try:
        return entry.is_dir(), entry.is_file()
    except OSError:
        return False, False

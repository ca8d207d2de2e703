"""Owns the index of a disc (DICOMDIR): which files it names, and which of them are not there."""

from __future__ import annotations

import os
from pathlib import Path

from pydicom import uid as uids

from atsmviewer.dicom.disk.naming import plain
from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.header.boundary import Header, Rejected, read_header
from atsmviewer.dicom.header.tags import items, text, texts, whole
from atsmviewer.model.errors import ReviewError

NAME = "DICOMDIR"
RECORDS_LIMIT = 200_000
"""Records of one index; a disc holds some thousand images."""
_IN_USE = 0xFFFF
_CHECKED_EVERY = 256


def directory(path: Path) -> Header | None:
    """The header of a file that is an index, None where it is something else."""
    header = read_header(path)
    if isinstance(header, Rejected):
        return None
    kind = text(header.dataset.file_meta, "MediaStorageSOPClassUID")
    return header if kind == uids.MediaStorageDirectoryStorage else None


def listed(header: Header) -> tuple[list[Path], list[Rejected]]:
    """The files that an index names below its own folder, and the names that lead to none.

    Records are taken as they lie in the file: offsets between them, which may lead in circles, are not
    followed. Names are those of PS3.10 8.5, and are matched without regard to case, since media of
    ISO 9660 are shown in either. "OUTSIDE_ROOT" where a name or a link leads out of the folder,
    "FILE_MISSING" where nothing is there; ReviewError("TOO_LARGE" or "CANCELLED").
    """
    records = items(header.dataset, "DirectoryRecordSequence")
    if len(records) > RECORDS_LIMIT:
        what = f"The index lists more than {RECORDS_LIMIT} records."
        raise ReviewError("TOO_LARGE", what, "Open the folder beside it.")
    folder = _Folder(header.path.parent)
    files: dict[Path, None] = {}
    closed: list[Rejected] = []
    for number, record in enumerate(records):
        if number % _CHECKED_EVERY == 0:
            check()
        parts = texts(record, "ReferencedFileID")
        if not parts or whole(record, "RecordInUseFlag") not in (None, _IN_USE):
            continue
        found = folder.find(parts)
        if isinstance(found, Path):
            files[found] = None
        else:
            closed.append(Rejected(header.path, *found, shown=plain("/".join(parts))))
    return list(files), closed


class _Folder:
    """A folder in which names are found without regard to case, each listing made once."""

    def __init__(self, root: Path) -> None:
        self._root, self._real = root, os.path.realpath(root)
        self._listings: dict[Path, dict[str, str]] = {}

    def find(self, parts: tuple[str, ...]) -> Path | tuple[str, str]:
        """The file under the root by the parts of its name, or code and sentence of why not."""
        at = self._root
        for part in parts:
            if part in (".", "..") or any(mark in part for mark in "/\\\0:"):
                return "OUTSIDE_ROOT", "The index names a file outside its own folder."
            name = self._listing(at).get(part.casefold())
            if name is None:
                return "FILE_MISSING", "The index names it, but it is not there."
            at = at / name
        real = os.path.realpath(at)
        if os.path.commonpath([self._real, real]) != self._real:
            return "OUTSIDE_ROOT", "The index names a link that leads out of its folder."
        return at

    def _listing(self, folder: Path) -> dict[str, str]:
        """Names as they are by their folded form; of two that differ by case the last counts."""
        if folder not in self._listings:
            try:
                names = [entry.name for entry in folder.iterdir()]
            except OSError:
                names = []
            self._listings[folder] = {name.casefold(): name for name in sorted(names, reverse=True)}
        return self._listings[folder]

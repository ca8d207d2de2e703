"""Owns the one look outside what was opened: a CT or MR in a folder beside that of a PET alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from atsmviewer.dicom.disk.naming import shown
from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.boundary import Rejected, quiet, read_header
from atsmviewer.dicom.slices.instance import Instance, instances

ENTRIES_LIMIT = 2_000
"""Of the folder above and all folders beside: with more in them nothing is looked at."""
_READ = 3
"""How many files of a folder are opened: one may be a report; a series has a folder of its own."""


def beside(folder: Path, pets: Sequence[Found]) -> str:
    """The name of a folder beside ``folder`` with a CT or MR of a PET's patient and frame of reference.

    Empty where there is none, or where to look would take long. Only headers are read, and nothing of
    them enters the case.
    """
    wanted = {(f.patient.id, f.series.grid.frame_of_reference_uid) for f in pets}
    try:
        siblings = _siblings(folder)
    except OSError:
        return ""
    with quiet():
        found = (one for one, files in siblings if any(_is_wanted(file, wanted) for file in files[:_READ]))
        return next(map(shown, found), "")


def _siblings(folder: Path) -> list[tuple[Path, list[Path]]]:
    """The folders beside one with their files, by name; none where they hold too many. Links are left."""
    here, counted, found = Path(os.path.realpath(folder)), 0, []
    for one in _entries(here.parent):
        if not one.is_dir(follow_symlinks=False):
            counted += 1
        elif Path(one.path) != here:
            inside = _entries(Path(one.path))
            counted += len(inside) + 1
            found.append((Path(one.path), [Path(e.path) for e in inside if e.is_file(follow_symlinks=False)]))
        if counted > ENTRIES_LIMIT:
            return []
    return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name; no more is listed than it takes to know that it is too much."""
    check()
    with os.scandir(folder) as entries:
        return sorted(islice(entries, ENTRIES_LIMIT + 1), key=lambda entry: entry.name)


def _is_wanted(file: Path, wanted: set[tuple[str, str]]) -> bool:
    check()
    header = read_header(file)
    told = () if isinstance(header, Rejected) else instances(header)
    slices = told if isinstance(told, tuple) else ()
    return any(
        isinstance(one, Instance)
        and one.modality in ("CT", "MR")
        and (one.patient.id, one.frame_of_reference_uid) in wanted
        for one in slices[:1]
    )

"""From paths to a case on the desk: scan, pair, read; refused with a reason where it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import found_of
from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.choice import Aside, Choice
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Study
from atsmviewer.workflow.choices import choices, paired

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Case:
    """A study with its voxels, what was found on the way, and what a reader may choose of it."""

    study: Study
    scan: Scan
    choices: tuple[Choice, ...] = ()
    asides: tuple[Aside, ...] = ()


def open_case(
    paths: Path | Sequence[Path],
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    ready: Callable[[Case], None] | None = None,
) -> Case:
    """Scan folders or files, pair PET with CT, read every chosen series.

    ``ready`` is called once, as soon as the first PET and its CT have their voxels and others are still
    to be read; the answer is the same case with all of them. ReviewError("CANCELLED") when stopped,
    NothingOpened with the list of what was found where that is no case.
    """
    found = scan(paths, progress, cancelled)
    made = paired(found)
    case = Case(made, found, *choices(found, made))
    wanted = [(a.pet.uid, f.number) for a in case.study.acquisitions for f in a.frames]
    wanted += [(a.anatomy.uid, 0) for a in case.study.acquisitions if a.anatomy is not None]
    total = sum(len(found_of(found, *one).files) for one in dict.fromkeys(wanted))
    done = 0
    for uid, frame in dict.fromkeys(wanted):
        if cancelled is not None and cancelled():
            raise ReviewError("CANCELLED", "Opening was stopped.", "Open the folder again to read it.")
        case = _read(case, uid, frame, _counting(progress, done, total), cancelled)
        done += len(found_of(found, uid, frame).files)
    return case


def take(
    case: Case, series_uid: str, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Case:
    """The case with the voxels of one more CT or MR of it, that a reader chose."""
    return _read(case, series_uid, 0, progress, cancelled)


def _read(case: Case, uid: str, frame: int, progress: Progress | None, cancelled: Cancelled | None) -> Case:
    volume = load(found_of(case.scan, uid, frame), progress, cancelled)
    return replace(case, study=case.study.with_volume(uid, volume, frame))


def _counting(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one series as progress of the whole case."""
    return None if progress is None else lambda done, _: progress(before + done, total)

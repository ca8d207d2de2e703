"""From a path to a case on the desk: scan, pair, read; refused with a reason where it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import found_of, study
from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Study

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Case:
    """A study with its voxels, and what was found on the way."""

    study: Study
    scan: Scan


def open_case(path: Path, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Case:
    """Scan a folder, pair PET with CT, read every chosen series; ReviewError("CANCELLED") when stopped."""
    found = scan(path, progress, cancelled)
    case = study(found)
    wanted = [series.uid for a in case.acquisitions for series in (a.anatomy, a.pet) if series is not None]
    total = sum(len(found_of(found, uid).files) for uid in dict.fromkeys(wanted))
    done = 0
    for uid in dict.fromkeys(wanted):
        if cancelled is not None and cancelled():
            raise ReviewError("CANCELLED", "Opening was stopped.", "Open the folder again to read it.")
        one = found_of(found, uid)
        case = case.with_volume(uid, load(one, _counting(progress, done, total), cancelled))
        done += len(one.files)
    return Case(case, found)


def _counting(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one series as progress of the whole case."""
    return None if progress is None else lambda done, _: progress(before + done, total)

"""From paths to a case on the desk: scan, pair, read; refused with a reason where it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from atsmviewer.dicom.disk.memory import available_bytes, refuse_too_large, size_words
from atsmviewer.dicom.disk.pace import Paced, paced, stoppable
from atsmviewer.dicom.load import load, memory_bytes
from atsmviewer.dicom.pairing import found_of
from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.choice import Aside, Choice, NothingOpened, partnered
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.workflow.choices import choices, paired
from atsmviewer.workflow.firstlook import first_looked

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
Wanted = tuple[str, int]
"""A series by its UID, and the number of its frame."""


@dataclass(frozen=True)
class Case:
    """A study with its voxels, what was found on the way, and what a reader may choose of it.

    ``unread`` say why series of it have no voxels: they could not be read, do not fit into memory
    beside the others, or reading was stopped. :func:`take` reads one of them later.
    """

    study: Study
    scan: Scan
    choices: tuple[Choice, ...] = ()
    asides: tuple[Aside, ...] = ()
    unread: tuple[ReviewError, ...] = ()


def open_case(
    paths: Path | Sequence[Path],
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    ready: Callable[[Case], None] | None = None,
) -> Case:
    """Scan folders, files, an index of a disc or a zip, pair PET with CT, read every chosen series.

    The PET looked at first and its CT are read first. ``ready`` is called once, as soon as they have
    their voxels and others are still to be read; the answer is the same case with all of them. What goes
    wrong then is told in ``unread``, and loses nothing; a stop then keeps what was read.

    Raises
    ------
    ReviewError
        As :func:`atsmviewer.dicom.scan.scan`; "CANCELLED"; "TOO_LARGE" where not even the first PET and
        its CT fit into memory; why a PET cannot be read where none can; NothingOpened, with the list of
        what was found, where that is no case.
    """
    told = paced(progress)
    with stoppable(cancelled):
        case = _paired(scan(paths, told, cancelled))
    first, others = _in_order(case.study)
    fitting, left_out = _fitting(case.scan, first, others)
    counted = _Counted(case.scan, told, fitting)
    case = _read_all(case, fitting[: len(first)], counted, cancelled)
    shown = ready is not None and _has_pet(case.study) and len(fitting) > len(first)
    if ready is not None and shown:
        ready(case)
    case = _read_all(case, fitting[len(first) :], counted, cancelled, keep=shown)
    if not _has_pet(case.study):
        raise case.unread[0]
    return _noted(replace(case, unread=(*case.unread, *left_out)))


def take(
    case: Case, series_uid: str, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Case:
    """The case with the voxels of one more series of it, every frame of a PET; raises as loading does."""
    wanted = [one for one in _all(case.study) if one[0] == series_uid] or [(series_uid, 0)]
    counted = _Counted(case.scan, paced(progress), wanted)
    for one in wanted:
        case = _read(case, one, counted, cancelled)
    return case


def with_chosen(case: Case, session: Session) -> Case:
    """The case with the CT or MR that the session chose for each PET; ``unread`` if it cannot be read."""
    delivered = {a.anatomy.uid for a in case.study.acquisitions if a.anatomy is not None}
    case = replace(case, study=partnered(case.study, session))
    chosen = {a.anatomy.uid for a in case.study.acquisitions if a.anatomy is not None}
    for uid in sorted(chosen - delivered):
        try:
            case = take(case, uid)
        except ReviewError as error:
            case = replace(case, unread=(*case.unread, error))
    return case


def folder_of(paths: Sequence[Path]) -> Path | None:
    """The folder to offer where only some of its files were given; None where folders were."""
    folders = {path.absolute().parent for path in paths}
    return folders.pop() if len(folders) == 1 and not any(path.is_dir() for path in paths) else None


def _paired(found: Scan) -> Case:
    """The case of a scan without voxels, files named as a reader knows them."""
    try:
        made = paired(found)
    except NothingOpened as error:
        why = ReviewError(error.code, found.told(error.what), error.remedy)
        raise NothingOpened(why, error.choices, _told(found, error.asides)) from None
    made = replace(made, notes=tuple(found.told(note) for note in made.notes))
    listed, asides = choices(found, made)
    return Case(made, found, listed, _told(found, asides))


def _told(found: Scan, asides: Iterable[Aside]) -> tuple[Aside, ...]:
    return tuple(Aside(found.told(a.why), a.count, found.told(a.example)) for a in asides)


def _in_order(study: Study) -> tuple[list[Wanted], list[Wanted]]:
    """What the first look shows, and the rest: of a dynamic PET the last frame first."""
    looked = first_looked(study)
    first = [(looked.uid, first_frame(looked))]
    if looked.anatomy is not None:
        first.append((looked.anatomy.uid, 0))
    return first, [one for one in _all(study) if one not in first]


def first_frame(acquisition: Acquisition) -> int:
    """The number of the frame looked at first: the last in time, of gates the first."""
    return acquisition.looked_at


def _all(study: Study) -> list[Wanted]:
    """Every frame and every anatomy shown, each once; uncorrected PETs come last in a study."""
    wanted: dict[Wanted, None] = {}
    for acquisition in study.acquisitions:
        wanted |= dict.fromkeys((acquisition.uid, frame.number) for frame in reversed(acquisition.frames))
        if acquisition.anatomy is not None:
            wanted[acquisition.anatomy.uid, 0] = None
    return list(wanted)


def _fitting(
    found: Scan, first: list[Wanted], others: list[Wanted]
) -> tuple[list[Wanted], list[ReviewError]]:
    """What fits into memory, before any of it is allocated, and why the others are left out."""
    there = available_bytes()
    needed = sum(memory_bytes(found_of(found, *one)) for one in first)
    refuse_too_large(needed, "The voxels of the first PET and its CT")
    fitting, left_out = list(first), list[ReviewError]()
    for one in others:
        series = found_of(found, *one)
        needed += memory_bytes(series)
        if needed <= there:
            fitting.append(one)
            continue
        needed -= memory_bytes(series)
        name = series.series.description or series.series.modality
        what = f"{name} needs {size_words(memory_bytes(series))} more memory than is free and was left out."
        left_out.append(ReviewError("TOO_LARGE", what, "It is read when it is looked at, if it fits then."))
    return fitting, left_out


def _has_pet(study: Study) -> bool:
    return any(frame.volume is not None for a in study.acquisitions for frame in a.frames)


def _noted(case: Case) -> Case:
    """The case whose notes say which series have no voxels, and why."""
    notes = dict.fromkeys(f"{error.what} {error.remedy}" for error in case.unread)
    return replace(case, study=replace(case.study, notes=(*case.study.notes, *notes)))


class _Counted:
    """Progress of one series after another as progress of all that is to be read."""

    def __init__(self, found: Scan, told: Paced, wanted: Iterable[Wanted]) -> None:
        self._told, self._before = told, 0
        self._total = sum(len(found_of(found, *one).files) for one in wanted)

    def __call__(self, done: int, _total: int) -> None:
        self._told(self._before + done, self._total)

    def finish(self, files: int) -> None:
        """The series is read, or given up."""
        self._before += files


def _read_all(
    case: Case, wanted: Sequence[Wanted], counted: _Counted, cancelled: Cancelled | None, keep: bool = False
) -> Case:
    """The case with more voxels; what cannot be read is told. To ``keep`` is to stop without an error."""
    for one in wanted:
        try:
            case = _read(case, one, counted, cancelled)
        except ReviewError as error:
            if error.code == "CANCELLED" and not keep:
                raise
            case = replace(case, unread=(*case.unread, error))
            if error.code == "CANCELLED":
                break
    return case


def _read(case: Case, wanted: Wanted, counted: _Counted, cancelled: Cancelled | None) -> Case:
    found = found_of(case.scan, *wanted)
    try:
        volume = load(found, counted, cancelled)
    except ReviewError as error:
        raise ReviewError(error.code, case.scan.told(error.what), error.remedy) from error
    except MemoryError as error:  # another program took it meanwhile
        what = f"There is no longer enough memory for {found.series.description or found.series.modality}."
        raise ReviewError("TOO_LARGE", what, "Close other programs and open it again.") from error
    finally:
        counted.finish(len(found.files))
    return replace(case, study=case.study.with_volume(wanted[0], volume, wanted[1]))

"""Owns the walk over files: every file under a path is found, rejected with a reason, or holds regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from atsmviewer.dicom.disk.pace import Paced, check, paced
from atsmviewer.dicom.found import Found, Scan
from atsmviewer.dicom.header.boundary import Rejected, quiet, read_header
from atsmviewer.dicom.header.mapping import RealWorldMapping, read_mappings
from atsmviewer.dicom.header.registration import Registration, in_order
from atsmviewer.dicom.nifti.images import NiftiImage, NiftiSeries, nifti_image, nifti_series
from atsmviewer.dicom.registrations import usable
from atsmviewer.dicom.slices.instance import Instance, Mapped, Regions, instances
from atsmviewer.dicom.slices.quick_instance import QuickInstances
from atsmviewer.dicom.slices.stacks import series_of
from atsmviewer.dicom.source.sources import Sources, gather
from atsmviewer.model.errors import ReviewError

__all__ = ["Found", "Rejected", "Scan", "scan"]

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
Told = Instance | Regions | RealWorldMapping | Registration | NiftiImage | Rejected
"""What one file turns out to be, or a part of it."""


def scan(
    paths: Path | Sequence[Path], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Scan:
    """What folders of any depth, or files, hold, from headers alone; file names mean nothing.

    Beside folders and files an index of a disc (DICOMDIR) or a zip may be given; see
    :mod:`atsmviewer.dicom.source.sources`. ``progress`` is called with (files read, files), while folders are
    listed with (files so far, 0).

    Raises
    ------
    ReviewError
        "NO_SUCH_PATH" where there is nothing to read, "UNREADABLE" where the system refuses,
        "CANCELLED" when ``cancelled`` answers True, "ARCHIVE_..." for an archive given alone.
        A bad file never raises: it is in ``rejected``.
    """
    roots, told_files = [paths] if isinstance(paths, Path) else list(paths), paced(progress)
    with quiet(cancelled):
        sources = gather(roots, told_files)
        try:
            told = [*sources.closed, *_all_told(sources.files, told_files)]
            found, aside = _series(one for one in told if isinstance(one, Instance))
            images = _nifti(told, found, sources)
        except BaseException:  # whatever it is, nothing unpacked stays behind
            if sources.unpacked is not None:
                sources.unpacked.close()
            raise
    found += images.found
    registrations, unused = usable([one for one in told if isinstance(one, Registration)], found)
    found.sort(key=lambda f: (f.series.modality, f.series.uid, f.frame))
    return Scan(
        roots[0],
        tuple(found),
        _named((*images.rejected, *sorted([*aside, *unused], key=lambda r: r.path)), sources),
        (*(one.path for one in told if isinstance(one, Regions)), *images.regions),
        tuple(one for one in told if isinstance(one, RealWorldMapping)),
        in_order(registrations),
        tuple(one.path for one in registrations),
        unpacked=sources.unpacked,
    )


def _all_told(files: Sequence[tuple[Path, bool]], progress: Paced) -> Iterator[Told]:
    """What each file is; ReviewError("CANCELLED")."""
    quick = QuickInstances()
    for done, (file, regular) in enumerate(files):
        check()
        yield from _read(file, quick if regular else None)
        progress(done + 1, len(files))


def _series(instances: Iterable[Instance]) -> tuple[list[Found], list[Rejected]]:
    """The series of a scan, one after another so that a cancel is noticed between them."""
    by_series: dict[str, list[Instance]] = defaultdict(list)
    for one in instances:
        by_series[one.series_uid].append(one)
    found: list[Found] = []
    aside: list[Rejected] = []
    for members in by_series.values():
        check()
        more, closed = series_of(members)
        found += more
        aside += closed
    check()
    return found, aside


def _nifti(told: Sequence[Told], found: Sequence[Found], sources: Sources) -> NiftiSeries:
    """What the NIfTI files came to beside the series ``found``, with all files that are still set aside."""
    unpacked = sources.unpacked

    def named(path: Path) -> str:
        packed = unpacked is not None and path.parent == unpacked.folder
        return unpacked.name(path) if unpacked is not None and packed else str(path)

    images = [one for one in told if isinstance(one, NiftiImage)]
    return nifti_series(images, [one for one in told if isinstance(one, Rejected)], found, named)


def _named(rejected: tuple[Rejected, ...], sources: Sources) -> tuple[Rejected, ...]:
    """Members of an archive by their own names."""
    unpacked = sources.unpacked
    if unpacked is None:
        return rejected
    return tuple(replace(r, shown=unpacked.name(r.path)) if not r.shown else r for r in rejected)


def _read(file: Path, quick: QuickInstances | None) -> Sequence[Told]:
    """What a file is; only a regular one is opened at once, since a pipe would block for ever."""
    like = None if quick is None else quick.read(file)
    if like is not None:
        return [like]
    header = read_header(file)
    if isinstance(header, Rejected):
        return [nifti_image(header)]
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

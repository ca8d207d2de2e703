"""Owns NIfTI images as series: what each is, its facts, and who shares a frame of reference."""

from __future__ import annotations

import hashlib
import math
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from atsmviewer.dicom.disk.naming import INSIDE
from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.nifti.file import NiftiFile, NiftiSource
from atsmviewer.dicom.nifti.header import read_nifti
from atsmviewer.dicom.nifti.kind import AIR_HU, REGIONS, Taken, modality, taken_for
from atsmviewer.dicom.nifti.shared import share
from atsmviewer.dicom.nifti.sidecar import Sidecar, read_sidecar
from atsmviewer.dicom.nifti.sidecar_facts import Told, facts_of
from atsmviewer.dicom.nifti.values import Values, look
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Grid
from atsmviewer.model.study import Patient, Series
from atsmviewer.model.undated import is_dated

SKEW_MM = 0.5
"""Two affines of one file that lie farther apart than this are told."""
_NO_DICOM = ("NOT_DICOM", "ARCHIVE_OTHER")
"""Codes of files that may be NIfTI; a packed one begins like any gzip archive."""
_UNKNOWN_TOLD = 6
"""How many keys of a side-car that mean nothing here are named."""


@dataclass(frozen=True)
class NiftiImage:
    """A file that says it is NIfTI, and what its values are; what it shows is decided beside the others."""

    file: NiftiFile
    values: Values


@dataclass(frozen=True)
class NiftiSeries:
    """What the NIfTI files of one scan came to; ``rejected`` are all files of the scan that are left."""

    found: tuple[Found, ...]
    regions: tuple[Path, ...]
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True)
class _Look:
    """One image as it is taken: its name, what for, its side-car; or why that one is not used."""

    image: NiftiImage
    name: str
    taken: Taken
    side: Sidecar | None = None
    broken: tuple[str, ...] = ()
    patient_id: str = ""
    says_hu: bool = False
    """Whether the side-car says that the values are HU."""


def nifti_image(aside: Rejected) -> NiftiImage | Rejected:
    """A file that is no DICOM as the NIfTI image that it is, or why that is set aside; else as it was."""
    if aside.code not in _NO_DICOM:
        return aside
    file = read_nifti(aside.path)
    if file is None or isinstance(file, Rejected):
        return file or aside
    if min(file.shape) < 2:
        shape = " x ".join(map(str, file.shape))
        return Rejected(aside.path, "SINGLE_SLICE", f"Its {shape} voxels are one slice, no volume.")
    values = look(file)
    return values if isinstance(values, Rejected) else NiftiImage(file, values)


def nifti_series(
    images: Sequence[NiftiImage],
    rejected: Sequence[Rejected],
    dicom: Sequence[Found] = (),
    named: Callable[[Path], str] = str,
) -> NiftiSeries:
    """The series and files of regions among NIfTI files, by their side-cars, names and values.

    A side-car has the name of its image with .json for .nii or .nii.gz, and lies among ``rejected`` or
    beside a file that was given alone; ``named`` is what a file is called where it was packed. ``dicom``
    are the series found beside them, whose one patient is then theirs too.
    """
    if not images:
        return NiftiSeries((), (), tuple(rejected))
    others = {named(one.path): one.path for one in rejected if one.code == "NOT_DICOM"}
    aside = {one.path: one for one in rejected}
    looked = [_looked_at(image, named(image.file.path), others) for image in images]
    aside |= {wrong.path: wrong for _, _, wrong in looked if wrong is not None}
    found: dict[str, list[Found]] = {}
    regions: list[Path] = []
    notes: list[str] = []
    told_first = sorted(looked, key=lambda one: one[0].side is None)  # of copies, the one with a side-car
    for seen, told, _ in told_first:
        path, digest = seen.image.file.path, seen.image.values.digest
        if seen.taken.kind == REGIONS:
            regions.append(path)
            notes.append(f"{_stem(seen.name)}: {seen.taken.why}")
        elif digest in found:
            what = f"It is an identical copy of {found[digest][0].series.description}."
            aside[path] = Rejected(path, "DUPLICATE", what)
        else:
            found[digest] = _frames(seen, told)
            if seen.side is not None:
                aside.pop(seen.side.path, None)
    shared = share([one for frames in found.values() for one in frames], dicom)
    if shared and notes:
        shared[0] = replace(shared[0], notes=(*shared[0].notes, *notes))
    return NiftiSeries(tuple(shared), tuple(sorted(regions)), tuple(aside.values()))


def uid_of(*content: str) -> str:
    """A UID made of a hash (PS3.5 B.2): the same of the same content, wherever it lies."""
    digest = hashlib.sha256("\n".join(content).encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16]).int}"


def _looked_at(image: NiftiImage, name: str, others: dict[str, Path]) -> tuple[_Look, Told, Rejected | None]:
    """An image with its side-car; one that cannot be believed is left out whole, and comes back third."""
    path, stem = _sidecar(image, name, others), _stem(name)
    alone = _Look(image, name, taken_for(stem, None, image.file, image.values))
    if path is None:
        return alone, _told(alone), None
    try:
        side = read_sidecar(path, f"{stem}.json")
        taken = taken_for(stem, _stated(side), image.file, image.values)
        in_hu = (side.text("Units") or "").lower() in ("hu", "hounsfield")
        look = _Look(image, name, taken, side, (), side.identifier("PatientID") or "", in_hu)
        return look, _told(look), None
    except ReviewError as error:
        look = replace(alone, broken=(f"{error.what} Nothing of it was used.",))
        return look, _told(look), Rejected(path, error.code, f"{error.what} {error.remedy}")


def _stem(name: str) -> str:
    """The last part of a name, also within an archive, without .nii or .nii.gz."""
    last = re.split(r"[/\\]|" + INSIDE, name)[-1]
    return re.sub(r"\.nii(\.gz)?$", "", last, flags=re.IGNORECASE)


def _sidecar(image: NiftiImage, name: str, others: dict[str, Path]) -> Path | None:
    """The file beside an image that has its name and ends in .json."""
    called = re.sub(r"(\.nii)?(\.gz)?$", "", name, flags=re.IGNORECASE) + ".json"
    beside = Path(called) if name == str(image.file.path) else None
    path = others.get(called) or beside
    return path if path is not None and path.is_file() else None


def _stated(side: Sidecar | None) -> str | None:
    """The modality that a side-car says; one with PET keys is that of a PET (BIDS)."""
    if side is None:
        return None
    said = modality(side.text("Modality") or "")
    if said is None and {"TracerName", "TracerRadionuclide", "InjectedRadioactivity"} & side.values.keys():
        return "PET"
    return said


def _frames(look: _Look, told: Told) -> list[Found]:
    """The frames of an image, each a Found."""
    file = look.image.file
    notes = [look.taken.why, *look.broken, *_side_notes(look, told)]
    if math.isinf(file.skew_mm):
        notes.append("Its qform cannot be read; the sform was used.")
    elif file.skew_mm > SKEW_MM:
        notes.append(f"Its sform and qform differ by up to {file.skew_mm:.1f} mm; the sform was used.")
    if look.taken.kind == "CT" and not _is_hounsfield(look):
        notes.append("It has no value below −200, so it is not known to be in HU; a side-car may say so.")
    return [_found(look, told, frame, tuple(notes)) for frame in range(file.frames)]


def _told(look: _Look) -> Told:
    side = look.side if look.taken.kind == "PT" else None
    return facts_of(side, look.image.file.frames, look.image.file.shape[0])


def _side_notes(look: _Look, told: Told) -> list[str]:
    side = look.side
    if side is None:
        return []
    notes = list(told.times.doubts)
    unknown = side.unknown() if look.taken.kind == "PT" else ()
    if unknown:
        more = f" and {len(unknown) - _UNKNOWN_TOLD} more" if len(unknown) > _UNKNOWN_TOLD else ""
        notes.append(f"Not used of {side.name}: {', '.join(unknown[:_UNKNOWN_TOLD])}{more}.")
    return notes


def _found(look: _Look, told: Told, frame: int, notes: tuple[str, ...]) -> Found:
    """One frame of an image; UIDs come from its content, so that it is found again under another name."""
    file, uid = look.image.file, uid_of(look.image.values.digest)
    is_pet = look.taken.kind == "PT"
    grid = Grid(file.shape, file.lattice, uid_of(uid, "frame of reference"))
    facts = replace(_sized(told.frames[frame], grid), aside=" ".join(look.broken)) if is_pet else None
    begun = [start for start in told.times.starts if start is not None]
    if facts is not None and file.frames > 1 and begun:
        facts = replace(facts, series_acquired=min(begun))
    corrected = facts.corrected_image if facts else None
    return Found(
        series=Series(
            uid=uid,
            study_uid=uid_of(uid, "study"),
            modality=look.taken.kind,
            description=_stem(look.name),
            number=None,
            grid=grid,
            when=_when(told.times.starts[frame]),
            attenuation_corrected=None if corrected is None else "ATTN" in corrected,
        ),
        files=(file.path,) * file.shape[0],
        patient=Patient(look.patient_id, "", ""),
        facts=facts,
        instance_uids=(uid,) * file.shape[0],
        frames=(None,) * file.shape[0],
        notes=notes,
        frame=frame,
        frame_count=file.frames,
        nifti=_source(look, told.factor),
    )


def _when(moment: datetime | None) -> datetime | None:
    """When it was scanned, where that has a date: only then is it before or after others."""
    return moment if moment is not None and is_dated(moment) else None


def _source(look: _Look, factor: float) -> NiftiSource:
    side = None if look.side is None else look.side.path
    values = look.image.values
    whole, hounsfield = values.whole, _is_hounsfield(look)
    return NiftiSource(look.image.file, factor, whole, hounsfield, side, _subject(look.name), values.marks)


def _is_hounsfield(look: _Look) -> bool:
    """Whether a CT's values are HU: it holds air, or its side-car says so."""
    return look.image.values.least < AIR_HU or look.says_hu


def _sized(facts: PetFacts, grid: Grid) -> PetFacts:
    """The facts with the scaling and the size of the image, which tells an animal's scan (R14)."""
    low, high = grid.extent_mm
    return replace(facts, field_of_view_mm=float((high - low)[:2].max()), voxel_mm=min(grid.spacing_mm))


def _subject(name: str) -> str:
    """The subject that a BIDS name or folder says, else nobody: a name of a file is no identity."""
    named = re.search(r"(?:^|[/\\_ ])(sub-[A-Za-z0-9]+)", name)
    return named[1] if named else ""

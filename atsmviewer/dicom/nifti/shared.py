"""Owns what NIfTI does not say: which images share one patient space, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atsmviewer.dicom.found import Found
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.study import Patient

_IN_SCANNER = (1, 2)
"""Codes of an affine that leads to the scanner's coordinates, or to those of another file (NIfTI-1)."""
_ALIGNED = 2
_SAME_LATTICE_MM = 1e-3
SHARED = (
    "NIfTI names no frame of reference. {} and {} were taken to share one, because they were opened together "
    "and lie in one place."
)

APART = (
    "{} and {} lie in one place, but their names number them differently: they were taken to be of different "
    "people or days. If they are not, name them alike."
)
TAKEN_FOR = "It names no patient; it was taken to be of the patient of the DICOM series beside it."
_SUBJECTS = ("patient", "pat", "subject", "subj", "case", "animal", "mouse", "rat", "id")
_COUNTS = ("series", "ser", "se", "scan", "acq", "run", "rec", "vol", "frame", "fov", "e", "i")
"""Words whose number is that of a series or an image, not of whom or when it shows."""
_LONG = 5


def share(found: Sequence[Found], dicom: Sequence[Found] = ()) -> list[Found]:
    """The series with the PET's frame of reference, study and patient where they may be taken to share them.

    A CT joins the PET whose box it overlaps, where both affines lead to scanner coordinates; an MR, which
    comes from another scanner, only where its affine says that it was aligned, or on the PET's own lattice.
    Another PET joins on the same lattice only. A subject or session that differs in a BIDS name keeps them
    apart, as do names that number something differently ("P01_pet", "P02_ct"), and a choice between several
    PETs. ``dicom`` are series beside them: where those are of one patient and a file names none, it is
    taken to be that one's.
    """
    pets: list[Found] = []
    joined: list[Found] = []
    for one in sorted(found, key=lambda f: (f.series.modality != "PT", f.series.uid, f.frame)):
        home = _home(one, pets)
        if home is None:
            notes = tuple(APART.format(one.series.description, name) for name in _kept_from(one, pets))
            joined.append(replace(one, notes=(*one.notes, *notes)))
        else:
            note = SHARED.format(home.series.description, one.series.description)
            joined.append(_moved(one, home, (note,) if home.series.uid != one.series.uid else ()))
        if one.series.modality == "PT" and (home is None or home.series.uid != one.series.uid):
            pets.append(joined[-1])
    return _of_patient(joined, {f.patient for f in dicom})


def _home(one: Found, pets: Sequence[Found]) -> Found | None:
    """The one PET whose frame of reference a series is taken to share."""
    own = next((pet for pet in pets if pet.series.uid == one.series.uid), None)
    if own is not None:
        return own
    near = [pet for pet in pets if _may(one, pet) and not _numbered_apart(pet, one)]
    spaces = {pet.series.grid.frame_of_reference_uid for pet in near}
    return near[0] if len(spaces) == 1 else None


def _kept_from(one: Found, pets: Sequence[Found]) -> list[str]:
    """PETs whose space it would share but for the numbers in their names."""
    return sorted({p.series.description for p in pets if _may(one, p) and _numbered_apart(p, one)})


def _numbered_apart(a: Found, b: Found) -> bool:
    """Whether the names number one thing differently; what only one of them numbers is no difference."""
    said = [_numbers(one.series.description) for one in (a, b)]
    subjects = {one.nifti.subject for one in (a, b) if one.nifti is not None and one.nifti.subject}
    return len(subjects) > 1 or any(said[0][key] != said[1][key] for key in said[0].keys() & said[1].keys())


def _numbers(stem: str) -> dict[str, str]:
    """What a name numbers: {"sub": "01"} of sub-01_pet, {"p": "1"} of P01_pet, {"": "7"} of 007_pet.

    A number alone counts where it is long, begins with 0 or follows a word for a subject: a short one is
    that of a series ("4_PET" and "2_CT" are one scan's).
    """
    found = {key: label for key, label in re.findall(r"(?:^|_)(sub|ses)-([A-Za-z0-9]+)", stem)}
    plain = re.sub(r"(?:^|_)(?:sub|ses)-[A-Za-z0-9]+", "_", stem).lower()
    for letters, sign, digits in re.findall(r"(?<![a-z0-9.])([a-z]*)([ _-]?)(\d+)(?![a-z0-9.])", plain):
        is_of_word = letters and (not sign or letters in _SUBJECTS)
        if not is_of_word and len(digits) < _LONG and not digits.startswith("0"):
            continue
        key = letters if is_of_word else ""
        if key not in _COUNTS:
            found.setdefault(key, digits.lstrip("0"))
    return found


def _may(one: Found, pet: Found) -> bool:
    if one.nifti is None or pet.nifti is None:
        return False
    codes = one.nifti.file.code, pet.nifti.file.code
    if not set(codes) <= set(_IN_SCANNER):
        return False
    if _same_lattice(one.series.grid, pet.series.grid):
        return True
    aligned = one.series.modality == "CT" or (one.series.modality == "MR" and codes[0] == _ALIGNED)
    return aligned and _overlap(one.series.grid, pet.series.grid)


def _same_lattice(a: Grid, b: Grid) -> bool:
    return a.shape == b.shape and bool(
        np.allclose(a.to_mm(_corners(a)), b.to_mm(_corners(a)), rtol=0.0, atol=_SAME_LATTICE_MM)
    )


def _corners(grid: Grid) -> Floats:
    return np.array(np.meshgrid(*((0.0, n - 1.0) for n in grid.shape))).reshape(3, -1).T


def _overlap(a: Grid, b: Grid) -> bool:
    (low, high), (other_low, other_high) = a.extent_mm, b.extent_mm
    return bool((np.minimum(high, other_high) > np.maximum(low, other_low)).all())


def _moved(one: Found, home: Found, notes: tuple[str, ...]) -> Found:
    """The series in the frame of reference and the study of another."""
    grid = replace(one.series.grid, frame_of_reference_uid=home.series.grid.frame_of_reference_uid)
    series = replace(one.series, grid=grid, study_uid=home.series.study_uid)
    patient = one.patient if one.patient.id else home.patient
    return replace(one, series=series, patient=patient, notes=(*one.notes, *notes))


def _of_patient(found: list[Found], beside: set[Patient]) -> list[Found]:
    """Files that name no subject are of the one patient whom the others are of.

    The label of a BIDS name is a pseudonym: it tells subjects apart and is no ID, so that it says nothing
    beside one that is stated.
    """
    labels = {f.nifti.subject for f in found if f.nifti is not None and f.nifti.subject}
    if len(labels) > 1:
        return [_labelled(f) for f in found]
    known = beside or {f.patient for f in found if f.patient.id}
    if not known:
        label = next(iter(labels), "")
        return [replace(f, patient=Patient(label, "", "")) for f in found]
    if len(known) != 1:
        return found
    (patient,) = known
    note = (TAKEN_FOR,) if beside else ()
    return [f if f.patient.id else replace(f, patient=patient, notes=(*f.notes, *note)) for f in found]


def _labelled(one: Found) -> Found:
    label = "" if one.nifti is None else one.nifti.subject
    return replace(one, patient=Patient(label, "", "")) if label else one

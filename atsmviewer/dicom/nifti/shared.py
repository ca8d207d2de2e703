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


def share(found: Sequence[Found], dicom: Sequence[Found] = ()) -> list[Found]:
    """The series with the PET's frame of reference, study and patient where they may be taken to share them.

    A CT joins the PET whose box it overlaps, where both affines lead to scanner coordinates; an MR, which
    comes from another scanner, only where its affine says that it was aligned, or on the PET's own lattice.
    Another PET joins on the same lattice only. A subject or session that differs in a BIDS name keeps them
    apart, and so does a choice between several PETs. ``dicom`` are series beside them: where those are of
    one patient and a file names none, it is taken to be that one's.
    """
    pets: list[Found] = []
    joined: list[Found] = []
    for one in sorted(found, key=lambda f: (f.series.modality != "PT", f.series.uid, f.frame)):
        home = _home(one, pets)
        if home is None:
            joined.append(one)
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
    near = [pet for pet in pets if _may(one, pet) and _labels_agree(pet, one)]
    spaces = {pet.series.grid.frame_of_reference_uid for pet in near}
    return near[0] if len(spaces) == 1 else None


def _apart(one: Found) -> set[str]:
    return set(re.findall(r"(?:^|_)((?:sub|ses)-[A-Za-z0-9]+)", one.series.description))


def _labels_agree(a: Found, b: Found) -> bool:
    """Whether no subject and session of the names differ; one that only one says is no difference."""
    said = [dict(label.split("-", 1) for label in _apart(one)) for one in (a, b)]
    return all(said[0][key] == said[1][key] for key in said[0].keys() & said[1].keys())


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
    """Files that name no subject are of the one patient whom the others are of."""
    named = {f.patient for f in found if f.patient.id}
    known = beside or named
    if len(known) != 1:
        return found
    (patient,) = known
    return [f if f.patient.id else replace(f, patient=patient) for f in found]

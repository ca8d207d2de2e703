"""Owns which series belong together: a Study of PET time points, each with the CT or MR of its own space."""

from __future__ import annotations

import hashlib
import itertools
from datetime import datetime

import numpy as np

from atsmviewer.dicom.found import Found, Scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.study import Acquisition, Frame, Series, Study

_NEVER = datetime.max
_OVERLAP_STEP = 0.05
"""Coverages of the PET that differ by less than this part count as equal, and time decides."""


def study(scan: Scan) -> Study:
    """One patient's case from a scan, voxels not loaded: each PET series with the anatomy of its space.

    PETs come in order of time, uncorrected ones last. A PET's anatomy is the CT (else MR) of the same
    frame of reference that covers most of it, nearest in time; never one of another frame (R42).

    Raises
    ------
    ReviewError
        "NO_PET" or "TWO_PATIENTS".
    """
    _one_patient(scan)
    pets = sorted((f for f in scan.found if f.series.modality == "PT" and f.frame == 0), key=_order)
    if not pets:
        raise ReviewError(
            "NO_PET",
            f"No PET found here. Found: {_inventory(scan)}.",
            "Choose the folder that holds the PET series.",
        )
    others = [f for f in scan.found if f.series.modality != "PT" and f.frame == 0]
    chosen = [_anatomy(pet, others) for pet in pets]
    acquisitions = tuple(
        _acquisition(_frames(scan, pet), anatomy) for pet, anatomy in zip(pets, chosen, strict=True)
    )
    notes = [_pair_note(pet, anatomy) for pet, anatomy in zip(pets, chosen, strict=True)]
    used = {a.series.uid for a in chosen if a is not None}
    notes += [_unused_note(f, pets) for f in others if f.series.uid not in used]
    notes += [f"{_title(f)}: {note}" for f in scan.found for note in f.notes]
    notes += [note for f in scan.found for note in _mapping_notes(f, scan)]
    return Study(_key(pets), pets[0].patient, acquisitions, tuple(notes))


def found_of(scan: Scan, series_uid: str, frame: int = 0) -> Found:
    """The found series of that UID, of a PET its frame of that number; KeyError where there is none."""
    for found in scan.found:
        if (found.series.uid, found.frame) == (series_uid, frame):
            return found
    raise KeyError(series_uid)


def _one_patient(scan: Scan) -> None:
    identities = {f.patient.id for f in scan.found}
    births = {f.patient.birth_date for f in scan.found if f.patient.birth_date is not None}
    if len(identities) > 1 or len(births) > 1:
        differ = "patient IDs" if len(identities) > 1 else "birth dates"
        what = f"The series here carry {max(len(identities), len(births))} different {differ}."
        raise ReviewError("TWO_PATIENTS", what, "Open the folder of one patient.")


def _clock(when: datetime | None) -> datetime:
    """A time to sort by: on the scanner's own clock, since only some headers state their zone."""
    return _NEVER if when is None else when.replace(tzinfo=None)


def _order(found: Found) -> tuple[bool, datetime, str]:
    return found.series.attenuation_corrected is False, _clock(found.series.when), found.series.uid


def _key(pets: list[Found]) -> str:
    """The patient and the study of the first PET: a second reconstruction beside it is the same case."""
    first = min(pets, key=lambda f: (_clock(f.series.when), f.series.study_uid))
    return hashlib.sha256(f"{first.patient.id}\n{first.series.study_uid}".encode()).hexdigest()[:16]


def _frames(scan: Scan, pet: Found) -> list[Found]:
    """The frames of a PET series in order of their number."""
    return sorted((f for f in scan.found if f.series.uid == pet.series.uid), key=lambda f: f.frame)


def _acquisition(frames: list[Found], anatomy: Found | None) -> Acquisition:
    """A PET with its frames, each with its own facts where there are several."""
    pet, several = frames[0], len(frames) > 1
    made = tuple(
        Frame(f.frame, f.series.when, _duration_s(f), None, f.facts if several else None, f.gate)
        for f in frames
    )
    return Acquisition(pet.series, pet.facts or PetFacts(), made, anatomy.series if anatomy else None)


def _duration_s(found: Found) -> float | None:
    durations = {s.duration_s for s in (found.facts or PetFacts()).slices}
    return durations.pop() if len(durations) == 1 else None


def _anatomy(pet: Found, others: list[Found]) -> Found | None:
    """The CT, else the MR, of the PET's frame of reference that covers most of it, nearest in time."""
    grid = pet.series.grid
    same = [f for f in others if f.series.grid.frame_of_reference_uid == grid.frame_of_reference_uid]
    covering = [(f, _coverage(grid, f.series.grid)) for f in same]
    candidates = [(f, part) for f, part in covering if part > 0]
    if not candidates:
        return None

    def rank(candidate: tuple[Found, float]) -> tuple[object, ...]:
        found, part = candidate
        apart = abs(_clock(found.series.when) - _clock(pet.series.when))
        return found.series.modality != "CT", -round(part / _OVERLAP_STEP), apart, found.series.uid

    return min(candidates, key=rank)[0]


def _coverage(pet: Grid, other: Grid) -> float:
    """The part of the PET's bounding box, along patient axes, that the other's box covers; 0 to 1."""
    (low, high), (other_low, other_high) = _box(pet), _box(other)
    shared = np.clip(np.minimum(high, other_high) - np.maximum(low, other_low), 0, None)
    return float(np.prod(shared) / np.prod(high - low))


def _box(grid: Grid) -> tuple[Floats, Floats]:
    """Lowest and highest LPS coordinates of the extent, half a voxel beyond the centres (R39)."""
    corners = np.array(list(itertools.product(*((-0.5, n - 0.5) for n in grid.shape))))
    points = grid.to_mm(corners)
    return points.min(axis=0), points.max(axis=0)


def _title(found: Found) -> str:
    series = found.series
    name = series.description or series.modality
    if series.modality not in ("PT", name[:2].upper()):
        name = f"{series.modality} {name}"
    nuclide = f", {found.facts.nuclide}" if found.facts and found.facts.nuclide else ""
    return f"{name} ({len(found.files)} slices{nuclide})"


def _pair_note(pet: Found, anatomy: Found | None) -> str:
    corrected = _uncorrected(pet.series)
    if anatomy is None:
        return f"{_title(pet)}{corrected} alone: no CT or MR shares its frame of reference."
    return f"{_title(pet)}{corrected} with {_title(anatomy)}: same frame of reference."


def _uncorrected(series: Series) -> str:
    return ", not attenuation corrected," if series.attenuation_corrected is False else ""


def _unused_note(found: Found, pets: list[Found]) -> str:
    frames = {p.series.grid.frame_of_reference_uid for p in pets}
    why = "its frame of reference is another"
    if found.series.grid.frame_of_reference_uid in frames:
        why = "another covers more of the PET or is nearer in time"
    return f"{_title(found)} is not shown: {why}."


def _mapping_notes(found: Found, scan: Scan) -> list[str]:
    """What Real World Value Mapping objects state of a series; nothing of it enters a number."""
    own = set(found.instance_uids)
    return [
        f"{_title(found)}: {m.path.name if m.path else 'an object'} states {m.unit} = "
        f"{m.slope:g} x stored value {m.intercept:+g}; it is not applied."
        for m in scan.mappings
        if own & set(m.instances)
    ]


def _inventory(scan: Scan) -> str:
    if not scan.found:
        return "no series that can be shown"
    return "; ".join(f"{f.series.modality}, {len(f.files)} slices" for f in scan.found if f.frame == 0)

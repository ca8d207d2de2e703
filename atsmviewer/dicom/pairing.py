"""Owns which series belong together: a Study of PET time points, each with the CT or MR of its own space."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from atsmviewer.dicom.found import Found, Scan
from atsmviewer.dicom.header.registration import registration_notes
from atsmviewer.dicom.identity import one_patient
from atsmviewer.dicom.leftover import counted_refusals, counted_strangers
from atsmviewer.dicom.partners import Partner, partners
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Acquisition, Anatomy, Frame, Series, Study

_NEVER = datetime.max


def study(scan: Scan) -> Study:
    """One patient's case from a scan, voxels not loaded: each PET series with the anatomy of its space.

    PETs come in order of time, uncorrected ones last. A PET's anatomy is the best of its partners: a CT
    (else MR) of its own frame of reference, or of one that a registration leads from (R42). Every other
    CT and MR is kept in ``anatomies`` for the reader to choose.

    Raises
    ------
    ReviewError
        "NO_PET" with what is there instead, "SINGLE_SLICE" or "TWO_PATIENTS".
    """
    identity = one_patient(scan.found)
    pets = sorted((f for f in scan.found if f.series.modality == "PT" and f.frame == 0), key=_order)
    if not pets:
        raise _no_pet(scan)
    others = [f for f in scan.found if f.series.modality != "PT" and f.frame == 0]
    known = {f.series.uid: f for f in others}
    best = [_best(pet, others, scan.registrations) for pet in pets]
    chosen = [None if partner is None else known[partner.series.uid] for partner in best]
    acquisitions = tuple(
        _acquisition(_frames(scan, pet), anatomy) for pet, anatomy in zip(pets, chosen, strict=True)
    )
    notes = [_pair_note(pet, anatomy) for pet, anatomy in zip(pets, chosen, strict=True)]
    used = {a.series.uid for a in chosen if a is not None}
    unused = [f for f in others if f.series.uid not in used]
    notes += [_unused_note(f, pets) for f in unused]
    notes += identity
    notes += dict.fromkeys(f"{_title(f)}: {note}" for f in scan.found for note in f.notes)
    notes += [note for f in scan.found for note in _mapping_notes(f, scan)]
    frames = {f.series.grid.frame_of_reference_uid for f in scan.found}
    notes += registration_notes(scan.registrations, frames)
    notes += _registrations_aside(scan)
    anatomies = tuple(Anatomy(f.series) for f in unused)
    return Study(
        _key(pets),
        pets[0].patient,
        acquisitions,
        tuple(notes),
        anatomies,
        tuple(scan.registrations),
        identity,
    )


def found_of(scan: Scan, series_uid: str, frame: int = 0) -> Found:
    """The found series of that UID, of a PET its frame of that number; KeyError where there is none."""
    for found in scan.found:
        if (found.series.uid, found.frame) == (series_uid, frame):
            return found
    raise KeyError(series_uid)


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
    """The frames of a PET series in order of their number; the facts of each say where there are several."""
    frames = sorted((f for f in scan.found if f.series.uid == pet.series.uid), key=lambda f: f.frame)
    if len(frames) == 1:
        return frames
    return [f if f.facts is None else replace(f, facts=replace(f.facts, several=True)) for f in frames]


def _acquisition(frames: list[Found], anatomy: Found | None) -> Acquisition:
    """A PET with its frames, each with its own facts where there are several."""
    pet, several = frames[0], len(frames) > 1
    made = tuple(
        Frame(f.frame, f.series.when, _duration_s(f), None, f.facts if several else None, f.gate)
        for f in frames
    )
    return Acquisition(pet.series, pet.facts or PetFacts(), made, anatomy.series if anatomy else None)


def _duration_s(found: Found) -> float | None:
    """From the earliest start to the latest end of a frame's slices; None where that is not known."""
    slices = (found.facts or PetFacts()).slices
    durations = {s.duration_s for s in slices}
    starts = {s.acquired for s in slices}
    if len(starts) <= 1 or None in starts or None in durations:
        return durations.pop() if len(durations) == 1 else None
    first = min((s for s in starts if s is not None), key=_clock)
    return max(elapsed_s(s.acquired, first) + (s.duration_s or 0.0) for s in slices if s.acquired)


def _best(pet: Found, others: list[Found], registrations: Sequence[Alignment]) -> Partner | None:
    return next(iter(partners(pet.series, [f.series for f in others], registrations)), None)


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
        return f"{_title(pet)}{corrected} alone: no CT or MR of its frame of reference covers it."
    same = anatomy.series.grid.frame_of_reference_uid == pet.series.grid.frame_of_reference_uid
    why = "same frame of reference" if same else "a registration leads there"
    why += f"; its values are no HU ({anatomy.series.values})" if anatomy.series.values else ""
    return f"{_title(pet)}{corrected} with {_title(anatomy)}: {why}."


def _uncorrected(series: Series) -> str:
    return ", not attenuation corrected," if series.attenuation_corrected is False else ""


def _unused_note(found: Found, pets: list[Found]) -> str:
    frames = {p.series.grid.frame_of_reference_uid for p in pets}
    why = "its frame of reference is another"
    if found.series.grid.frame_of_reference_uid in frames:
        why = "it covers none of the PET, or another fits better or is nearer in time"
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


def _registrations_aside(scan: Scan) -> Iterable[str]:
    """Why registrations are not used, each reason once."""
    whys = (r.what for r in scan.rejected if r.code.startswith("REGISTRATION_"))
    return dict.fromkeys(f"A registration was set aside: {why}" for why in whys)


def _no_pet(scan: Scan) -> ReviewError:
    """Why there is no case, and what would help."""
    if not scan.found and {r.code for r in scan.rejected} == {"SINGLE_SLICE"}:
        what = "This is one slice of a series; a volume needs all of them."
        return ReviewError("SINGLE_SLICE", what, "Open its folder.")
    what = f"No PET found here. Found: {_inventory(scan)}."
    ecat = not scan.found and any(r.code == "ECAT" for r in scan.rejected)
    remedy = (
        "Convert the ECAT image to DICOM or NIfTI." if ecat else "Open the folder that holds the PET series."
    )
    return ReviewError("NO_PET", what, remedy)


def _inventory(scan: Scan) -> str:
    """What is there instead of a PET: series, pictures of screens and the like, and strangers."""
    series = [f"{f.series.modality}, {len(f.files)} slices" for f in scan.found if f.frame == 0]
    said = [*series, counted_refusals(scan), counted_strangers(scan)]
    return "; ".join(one for one in said if one) or "nothing; the folder is empty"

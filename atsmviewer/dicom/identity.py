"""Owns whether series are of one patient: by ID, date of birth, sex and name together, or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from atsmviewer.dicom.found import Found
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Patient

_ALIKE = 0.75
"""Names whose letters agree by this part are spellings of one ("MUELLER^ANNA" and "Müller^Anna")."""


def one_patient(found: Sequence[Found]) -> tuple[str, ...]:
    """Sentences on what does not quite agree between series of one patient; empty where all does.

    An ID that is missing, or is written with other case, spaces or signs, is no second patient where
    name and birth do not speak against it; another date of birth, or F beside M, always is one.

    Raises
    ------
    ReviewError
        "TWO_PATIENTS", with how many series each has; no name is told.
    """
    series: dict[Patient, set[str]] = {}
    for one in found:
        series.setdefault(one.patient, set()).add(one.series.uid)
    persons: list[list[Patient]] = []
    for patient in series:
        home = next((p for p in persons if all(same_patient(patient, other) for other in p)), None)
        if home is None:
            persons.append([patient])
        else:
            home.append(patient)
    if len(persons) > 1:
        told = ", ".join(_counted(p, persons, sum(len(series[one]) for one in p)) for p in persons)
        what = f"The series here are of {len(persons)} patients: {told}."
        raise ReviewError("TWO_PATIENTS", what, "Open the folder of one patient.")
    return (*_nameless(found), *_notes(series))


def same_patient(a: Patient, b: Patient) -> bool:
    """Whether nothing says that two headers are of different people."""
    if {a.sex.upper(), b.sex.upper()} == {"F", "M"}:
        return False
    if a.birth_date is not None and b.birth_date is not None and a.birth_date != b.birth_date:
        return False
    if a.id == b.id and a.id:
        return True
    if not a.id or not b.id:
        return not _clearly_different(a.name, b.name)
    confirmed = a.birth_date is not None and a.birth_date == b.birth_date and bool(a.name and b.name)
    return _bare(a.id) == _bare(b.id) and confirmed and not _clearly_different(a.name, b.name)


def _bare(identifier: str) -> str:
    """An ID without what is typed differently at two consoles: case, spaces and signs."""
    return re.sub(r"[\W_]", "", identifier).casefold()


def _parts(name: str) -> set[str]:
    """The words of a person name in all its groups (PS3.5 6.2.1), accents folded."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return {word for word in re.split(r"[\W_]+", plain) if word}


def _clearly_different(a: str, b: str) -> bool:
    """Whether two names share no word and do not read alike; an empty one is never different."""
    first, second = _parts(a), _parts(b)
    if not first or not second or first & second:
        return False
    return SequenceMatcher(None, " ".join(sorted(first)), " ".join(sorted(second))).ratio() < _ALIKE


def _counted(person: list[Patient], persons: list[list[Patient]], series: int) -> str:
    """One patient as "ID P1 (3 series)", with sex or birth where another has the same ID."""
    identifier = person[0].id
    name = f"ID {identifier}" if identifier else "no patient ID"
    alike = [other for other in persons if other[0].id == identifier]
    if len({_sex(other) for other in alike}) > 1:
        name += f", sex {_sex(person) or 'not stated'}"
    elif len(alike) > 1:
        born = next((p.birth_date for p in person if p.birth_date is not None), None)
        name += f" born {born:%Y-%m-%d}" if born is not None else ", birth not stated"
    return f"{name} ({series} series)"


def _sex(person: list[Patient]) -> str:
    return next((p.sex.upper() for p in person if p.sex), "")


def _nameless(found: Sequence[Found]) -> Iterator[str]:
    """What is to be said where no series of a DICOM study says whose it is, beside series of another."""
    silent = {f.series.study_uid for f in found} - {f.series.study_uid for f in found if _says(f.patient)}
    if silent and len({f.series.study_uid for f in found}) > 1:
        series = len({f.series.uid for f in found if f.series.study_uid in silent})
        yield (
            f"Nothing says whose {series} of the series are (no patient ID, name or birth date), and there is"
            " more than one study: make sure that all are of one patient."
        )


def _says(patient: Patient) -> bool:
    return bool(patient.id or patient.name or patient.birth_date)


def _notes(patients: Iterable[Patient]) -> Iterator[str]:
    known = list(patients)
    ids = {p.id for p in known if p.id}
    if ids and any(not p.id for p in known):
        yield "Some series carry no patient ID; name and birth do not speak against one patient."
    if len(ids) > 1:
        yield f"The patient ID is written in {len(ids)} ways; name and birth agree."
    names = sorted({p.name for p in known})
    if any(_clearly_different(a, b) for a in names for b in names):
        yield "The patient's name differs between series; the patient ID is one."

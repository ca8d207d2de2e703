"""Whose series these are: ID, birth and name weighed together; never two people in one case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.identity import one_patient
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Patient
from tests.dicom.synthetic import pet, save

BORN, LATER = date(1960, 1, 1), date(1961, 1, 1)


@pytest.fixture
def found(tmp_path: Path) -> Found:
    save(pet(), tmp_path)
    return scan(tmp_path).found[0]


def person(identifier: str, name: str = "Doe^Anna", born: date | None = BORN) -> Patient:
    return Patient(identifier, name, "F", born)


def judged(found: Found, *patients: Patient) -> tuple[str, ...]:
    return one_patient(
        [
            replace(found, patient=p, series=replace(found.series, uid=f"1.2.{k}"))
            for k, p in enumerate(patients)
        ]
    )


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (person("P2"), "another ID, even with the same name and birth"),
        (person("P1", born=LATER), "another birth under one ID"),
        (person("P1", "Roe^Bert", LATER), "another name and another birth under one ID"),
        (person("", "Roe^Bert"), "no ID, and another name"),
        (person("", born=LATER), "no ID, and another birth"),
        (person("p-1", born=None), "an ID written otherwise that no birth confirms"),
        (person("p-1", ""), "an ID written otherwise that no name confirms"),
        (replace(person("P1"), sex="M"), "another sex under one ID"),
        (Patient("", "", "M"), "nothing stated but another sex"),
    ],
)
def test_another_patient_is_refused(found: Found, other: Patient, why: str) -> None:
    with pytest.raises(ReviewError, match="TWO_PATIENTS"):
        judged(found, person("P1"), other)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (person("P1"), ""),
        (person("P1", born=None), ""),
        (person("P1", ""), ""),
        (person("P1", "DOE^A"), ""),
        (person("P1", "Roe^Bert"), "name differs"),
        (person("", ""), "no patient ID"),
        (person(""), "no patient ID"),
        (person("p 1"), "written in 2 ways"),
        (person("P-1", "DOE^ANNA^M"), "written in 2 ways"),
        (replace(person("P1"), sex=""), ""),
        (replace(person("P1"), sex="O"), ""),
    ],
)
def test_one_patient_is_read_and_what_differs_is_told(found: Found, other: Patient, told: str) -> None:
    notes = judged(found, person("P1"), other)
    assert bool(notes) == bool(told)
    assert all(told in note for note in notes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller^Jürgen", "MUELLER^JUERGEN"),
        ("Yamada^Tarou=山田^太郎", "YAMADA^TAROU"),
        ("Doe^Anna", "ANNA DOE"),
    ],
)
def test_spellings_of_one_name_are_one_name(found: Found, one: str, other: str) -> None:
    assert judged(found, person("P1", one), person("P1", other)) == ()


def test_the_refusal_counts_the_series_of_each_and_names_nobody(found: Found) -> None:
    with pytest.raises(ReviewError) as refused:
        judged(found, person("P1"), person("P1"), person("P2", "Roe^Bert"))
    assert refused.value.what == "The series here are of 2 patients: ID P1 (2 series), ID P2 (1 series)."


def test_one_id_and_two_births_are_told_by_the_births(found: Found) -> None:
    with pytest.raises(ReviewError) as refused:
        judged(found, person("P1"), person("P1", born=LATER))
    told = "ID P1 born 1960-01-01 (1 series), ID P1 born 1961-01-01 (1 series)"
    assert told in refused.value.what


def test_one_id_and_two_sexes_are_told_by_the_sexes(found: Found) -> None:
    with pytest.raises(ReviewError) as refused:
        judged(found, person("P1"), replace(person("P1"), sex="M"))
    assert "ID P1, sex F (1 series), ID P1, sex M (1 series)" in refused.value.what


@pytest.mark.parametrize(
    ("patients", "studies", "told"),
    [
        ((Patient("", "", "F"), Patient("", "", "")), "ab", 2),
        ((Patient("", "", "F"), Patient("", "", "")), "aa", 0),
        ((Patient("", "", ""), person("P1"), person("P1")), "abb", 1),
        ((Patient("", "", ""), person("P1"), person("P1")), "aab", 0),  # its study says whose it is
        ((person("P1"), person("P1")), "ab", 0),
    ],
)
def test_series_of_nobody_in_another_study_are_told(
    found: Found, patients: tuple[Patient, ...], studies: str, told: int
) -> None:
    series = [replace(found.series, uid=f"1.2.{k}", study_uid=s) for k, s in enumerate(studies)]
    notes = one_patient([replace(found, patient=p, series=s) for p, s in zip(patients, series, strict=True)])
    said = [note for note in notes if note.startswith(f"Nothing says whose {told} of the series")]
    assert len(said) == bool(told)
    assert bool(told) or not any(note.startswith("Nothing says") for note in notes)

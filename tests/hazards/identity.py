"""Owns the cases of identity and frame of reference: whose images, and whether their spaces are one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID

from tests.dicom.registered import reg
from tests.hazards.case import RIGHT, Corpus, refused, told
from tests.hazards.phantom import Files
from tests.oracle.scanner import ROOT, ds

identity = Corpus("Identity and frame of reference")


@identity("PET and CT of different patients", refused("TWO_PATIENTS"), fused=False)
def ct_of_another(files: Files) -> None:
    for one in files.ct:
        one.PatientID, one.PatientName = "M2", "Other^Patient"


@identity("PET and CT with one ID and different birth dates", refused("TWO_PATIENTS"))
def births_differ(files: Files) -> None:
    for one in files.ct:
        one.PatientBirthDate = "19710305"


@identity("one PET slice of another patient in the series", refused("NO_PET, TWO_PATIENTS"))
def slice_of_another(files: Files) -> None:
    files.pet[4].PatientID = "M2"


@identity("one PET slice of another study in the series", refused("NO_PET, TWO_PATIENTS"))
def slice_of_another_study(files: Files) -> None:
    files.pet[4].StudyInstanceUID = f"{ROOT}.1.9"


@identity("a second PET of another patient in the folder", refused("TWO_PATIENTS"))
def two_patients(files: Files) -> None:
    files.others = files.series(files.scan)
    for one in files.others:
        one.PatientID, one.SeriesInstanceUID, one.PatientName = "M2", f"{ROOT}.2.9", "Other^Patient"
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.SOPInstanceUID}.9")


@identity("no patient is named anywhere", RIGHT, valid=True)
def patient_absent(files: Files) -> None:
    for one in [*files.pet, *files.ct]:
        one.PatientID = one.PatientName = one.PatientBirthDate = ""


@identity("the CT's patient is written in capitals", RIGHT, valid=True)
def name_in_capitals(files: Files) -> None:
    for one in files.ct:
        one.PatientName = "MADE^UP"


@identity("PET and CT in two DICOM studies, one frame of reference", RIGHT, valid=True)
def two_studies(files: Files) -> None:
    for one in files.ct:
        one.StudyInstanceUID = UID(f"{ROOT}.1.2")


def _frames(made: list[Dataset], uid: str | None) -> None:
    for one in made:
        if uid is None:
            del one.FrameOfReferenceUID
        else:
            one.FrameOfReferenceUID = uid


@identity("the CT lies in another frame of reference", told("NOT_SHOWN"), fused=False)
def ct_elsewhere(files: Files) -> None:
    _frames(files.ct, f"{ROOT}.3.9")


@identity("the CT has no frame of reference", told("NO_FRAME_OF_REFERENCE"), fused=False)
def ct_without_frame(files: Files) -> None:
    _frames(files.ct, None)


@identity("neither PET nor CT has a frame of reference", told("NO_FRAME_OF_REFERENCE"), fused=False)
def no_frame_at_all(files: Files) -> None:
    _frames([*files.pet, *files.ct], None)


@identity("the frame of reference of both is an empty text", told("NO_FRAME_OF_REFERENCE"), fused=False)
def frame_empty(files: Files) -> None:
    _frames([*files.pet, *files.ct], "")


def _registered(files: Files, matrix: NDArray[np.float64], kind: str = "RIGID") -> None:
    """The CT 40 mm beside its true place in a frame of its own, and an object that says so."""
    _frames(files.ct, f"{ROOT}.3.9")
    for one in files.ct:
        x, y, z = (float(v) for v in one.ImagePositionPatient)
        one.ImagePositionPatient = [ds(x - 40), ds(y + 20), ds(z - 10)]
    said = reg(f"{ROOT}.3", [(f"{ROOT}.3.9", [matrix], kind)])
    said.PatientID, said.StudyInstanceUID = "M1", f"{ROOT}.1"
    files.others = [said]


BACK = np.array([[1, 0, 0, 40], [0, 1, 0, -20], [0, 0, 1, 10], [0, 0, 0, 1]], np.float64)


@identity(
    "the CT lies in another frame of reference, and a registration object leads back", RIGHT, valid=True
)
def registered(files: Files) -> None:
    _registered(files, BACK)


@identity("a registration object that scales", told("REGISTRATION_NOT_RIGID"), fused=False)
def registered_by_scaling(files: Files) -> None:
    _registered(files, BACK @ np.diag([1.2, 1.2, 1.2, 1]), "RIGID_SCALE")


@identity("a registration object that calls a scaling rigid", told("REGISTRATION_NOT_RIGID"), fused=False)
def registered_by_a_lie(files: Files) -> None:
    _registered(files, BACK @ np.diag([1.2, 1.2, 1.2, 1]))


@identity("the registration object is of another patient", told("REGISTRATION_OTHER_PATIENT"), fused=False)
def registered_for_another(files: Files) -> None:
    _registered(files, BACK)
    files.others[0].PatientID = "M2"


def _twice(files: Files, day: str) -> None:
    """A second object that leads 40 mm elsewhere."""
    _registered(files, BACK)
    elsewhere = BACK.copy()
    elsewhere[0, 3] += 40
    second = reg(f"{ROOT}.3", [(f"{ROOT}.3.9", [elsewhere], "RIGID")], "1.2.3.67", day)
    second.PatientID, second.StudyInstanceUID = "M1", f"{ROOT}.1"
    files.others.append(second)


@identity(
    "two registration objects of one moment that contradict each other",
    told("REGISTRATION_CONTRADICTS"),
    fused=False,
)
def registered_in_two_ways(files: Files) -> None:
    _twice(files, "20260102")


@identity("an older registration object that leads elsewhere", told("OLDER_REGISTRATION"))
def registered_before(files: Files) -> None:
    _twice(files, "20260101")


@identity("a registration object that moves within the frame of reference", told("REGISTRATION_CONTRADICTS"))
def registered_within(files: Files) -> None:
    said = reg(f"{ROOT}.3", [(f"{ROOT}.3", [BACK], "RIGID")])
    said.PatientID, said.StudyInstanceUID = "M1", f"{ROOT}.1"
    files.others = [said]


@identity("PET and CT with one ID, one of a woman, one of a man", refused("TWO_PATIENTS"))
def sexes_differ(files: Files) -> None:
    for one in [*files.pet, *files.ct]:
        one.PatientSex = "F" if one.Modality == "PT" else "M"


@identity("no patient is named anywhere, PET and CT of two DICOM studies", told("NOBODY_NAMED"))
def patient_absent_in_two_studies(files: Files) -> None:
    patient_absent(files)
    two_studies(files)


@identity("one PET slice in another frame of reference", told("OTHER_STACK"))
def slice_elsewhere(files: Files) -> None:
    _frames(files.pet[9:], f"{ROOT}.3.9")

"""Owns the cases of identity and frame of reference: whose images, and whether their spaces are one."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.uid import UID

from tests.hazards.case import RIGHT, Corpus, refused, told
from tests.hazards.phantom import Files
from tests.oracle.scanner import ROOT

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


@identity("one PET slice in another frame of reference", told("OTHER_STACK"))
def slice_elsewhere(files: Files) -> None:
    _frames(files.pet[9:], f"{ROOT}.3.9")

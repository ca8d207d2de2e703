"""Owns whose a header says it is: the Patient module of images and of registrations alike."""

from __future__ import annotations

from pydicom.dataset import Dataset

from atsmviewer.dicom.header.tags import text
from atsmviewer.dicom.header.times import parse_date
from atsmviewer.model.study import Patient


def patient(dataset: Dataset) -> Patient:
    """The patient as the header gives it, empty where it is silent (PS3.3 C.7.1.1)."""
    return Patient(
        id=text(dataset, "PatientID") or "",
        name=text(dataset, "PatientName") or "",
        sex=text(dataset, "PatientSex") or "",
        birth_date=parse_date(text(dataset, "PatientBirthDate")),
        age=text(dataset, "PatientAge") or "",
    )

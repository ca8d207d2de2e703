"""Owns the meaning of one header: a slice that can be stacked, a file of regions, or why it is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydicom import uid as uids
from pydicom.dataset import Dataset

from atsmviewer.dicom.boundary import NATIVE, Header, Rejected, transfer_syntax
from atsmviewer.dicom.facts import acquired, facts_of, series_began
from atsmviewer.dicom.geometry import Plane, plane
from atsmviewer.dicom.tags import number, numbers, text, texts, whole
from atsmviewer.dicom.times import parse_date
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.study import Patient

SLICES = {
    uids.PositronEmissionTomographyImageStorage: "PT",
    uids.CTImageStorage: "CT",
    uids.MRImageStorage: "MR",
}
"""Classic single-frame objects, by SOP class; the class and not the Modality text decides."""
_REGIONS = {uids.RTStructureSetStorage, uids.SegmentationStorage}
_MULTI_FRAME = {
    uids.EnhancedPETImageStorage,
    uids.LegacyConvertedEnhancedPETImageStorage,
    uids.EnhancedCTImageStorage,
    uids.LegacyConvertedEnhancedCTImageStorage,
    uids.EnhancedMRImageStorage,
    uids.LegacyConvertedEnhancedMRImageStorage,
}
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_NO_SLICE_TYPES = {"LOCALIZER", "SCREEN SAVE"}
"""Values of ImageType that mark a scout view or a picture of a screen (PS3.3 C.8.2.1.1.1)."""


@dataclass(frozen=True)
class Regions:
    """A file that holds regions: an RT Structure Set or a Segmentation."""

    path: Path


@dataclass(frozen=True, eq=False)
class Instance:
    """One slice: identity, place, time, rescale, and for PET its facts; no voxels."""

    path: Path
    uid: str
    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    modality: str
    description: str
    number: int | None
    plane: Plane
    patient: Patient
    acquired: datetime | None
    series_began: datetime | None
    trigger_s: float | None
    rescale: tuple[float, float]
    bytes_per_voxel: int
    facts: PetFacts | None
    declared_slices: int | None

    @property
    def moment(self) -> tuple[object, ...]:
        """What tells two slices at one place apart in time: start, frame reference time, trigger time."""
        reference = self.facts.slices[0].frame_reference_s if self.facts else None
        return self.acquired, reference, self.trigger_s


def instance(header: Header) -> Instance | Regions | Rejected:
    """What one header is."""
    dataset = header.dataset
    kind = text(dataset, "SOPClassUID") or ""
    if kind in _REGIONS:
        return Regions(header.path)
    refused = _no_slice(kind, header) or _no_pixels(header)
    if refused is not None:
        return Rejected(header.path, *refused)
    where = plane(
        numbers(dataset, "ImagePositionPatient"),
        numbers(dataset, "ImageOrientationPatient"),
        numbers(dataset, "PixelSpacing"),
        (whole(dataset, "Rows") or 0, whole(dataset, "Columns") or 0),
    )
    if where is None:
        return Rejected(
            header.path, "NO_GEOMETRY", "Its position, orientation or pixel spacing is not usable."
        )
    rescale = _rescale(dataset, SLICES[uids.UID(kind)])
    if rescale is None:
        return Rejected(header.path, "NO_RESCALE", "It has no rescale slope and intercept.")
    return _slice(header, SLICES[uids.UID(kind)], where, rescale)


def _slice(header: Header, modality: str, where: Plane, rescale: tuple[float, float]) -> Instance | Rejected:
    dataset = header.dataset
    uid, series = text(dataset, "SOPInstanceUID"), text(dataset, "SeriesInstanceUID")
    if not uid or not series:
        return Rejected(header.path, "NO_IDENTITY", "It has no SOP or series instance UID.")
    return Instance(
        path=header.path,
        uid=uid,
        series_uid=series,
        study_uid=text(dataset, "StudyInstanceUID") or "",
        frame_of_reference_uid=text(dataset, "FrameOfReferenceUID") or "",
        modality=modality,
        description=text(dataset, "SeriesDescription") or "",
        number=whole(dataset, "SeriesNumber"),
        plane=where,
        patient=_patient(dataset),
        acquired=acquired(dataset),
        series_began=series_began(dataset),
        trigger_s=number(dataset, "TriggerTime"),
        rescale=rescale,
        bytes_per_voxel=_bytes_per_voxel(dataset),
        facts=facts_of(dataset) if modality == "PT" else None,
        declared_slices=whole(dataset, "NumberOfSlices"),
    )


def _no_slice(kind: str, header: Header) -> tuple[str, str] | None:
    """Why an object of this kind is no slice of a volume, or None."""
    dataset = header.dataset
    types = {value.upper() for value in texts(dataset, "ImageType")}
    if text(dataset.file_meta, "MediaStorageSOPClassUID") == uids.MediaStorageDirectoryStorage:
        return "DICOMDIR", "It is an index of a disc; the files are read themselves."
    if kind in _MULTI_FRAME:
        return "ENHANCED_NOT_YET", "Enhanced multi-frame objects are not read in this version."
    if kind.startswith(_SECONDARY_CAPTURE):
        return "SECONDARY_CAPTURE", "It is a secondary capture, a picture of a screen."
    if kind not in SLICES:
        return (
            "KIND_UNUSED",
            f"It is no PET, CT or MR slice but {uids.UID(kind).name or 'of no stated kind'}.",
        )
    if types & _NO_SLICE_TYPES:
        return "LOCALISER", f"Its image type is {', '.join(sorted(types & _NO_SLICE_TYPES))}."
    if (whole(dataset, "NumberOfFrames") or 1) > 1:
        return "ENHANCED_NOT_YET", "Several frames in one classic object are not read in this version."
    return None


def _no_pixels(header: Header) -> tuple[str, str] | None:
    """Why the pixels of a slice cannot be what the header says, or None."""
    dataset = header.dataset
    if header.pixels_at is None:
        return "NO_PIXELS", "It has a header but no pixel data."
    if (whole(dataset, "SamplesPerPixel") or 1) != 1:
        return "COLOUR", "It is a colour picture."
    needed = (whole(dataset, "Rows") or 0) * (whole(dataset, "Columns") or 0) * _bytes_per_voxel(dataset)
    if transfer_syntax(dataset) in NATIVE and header.size_bytes < header.pixels_at + 8 + needed:
        return "TRUNCATED", "It ends before its last pixel."
    return None


def _bytes_per_voxel(dataset: Dataset) -> int:
    return ((whole(dataset, "BitsAllocated") or 16) + 7) // 8


def _rescale(dataset: Dataset, modality: str) -> tuple[float, float] | None:
    """Slope and intercept; only MR, whose stored values are arbitrary, may lack them."""
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    if slope is None and intercept is None and modality == "MR":
        return 1.0, 0.0
    return None if slope is None or intercept is None else (slope, intercept)


def _patient(dataset: Dataset) -> Patient:
    return Patient(
        id=text(dataset, "PatientID") or "",
        name=text(dataset, "PatientName") or "",
        sex=text(dataset, "PatientSex") or "",
        birth_date=parse_date(text(dataset, "PatientBirthDate")),
        age=text(dataset, "PatientAge") or "",
    )

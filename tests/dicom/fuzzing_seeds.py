"""Owns the tiny files that fuzzing begins with: one of every kind that the reading boundary knows."""

from __future__ import annotations

import gzip
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from pydicom.dataset import Dataset, FileDataset
from pydicom.fileset import FileSet
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    MRImageStorage,
    RealWorldValueMappingStorage,
    RLELossless,
    RTStructureSetStorage,
)

from tests.dicom.enhanced import written
from tests.dicom.packed import LOSSLESS, pack
from tests.dicom.registered import reg
from tests.dicom.segmented import masks, segmentation
from tests.dicom.synthetic import FRAME, PET_SERIES, Recipe, ct, pet, series

SMALL = np.arange(2 * 8 * 8, dtype=np.int16).reshape(2, 8, 8)


@dataclass(frozen=True)
class Seed:
    """A file to be mutated, and the good files that lie beside it; ``weight`` is how often it is taken."""

    name: str
    data: bytes
    beside: tuple[tuple[str, bytes], ...] = ()
    file_name: str = "mutant"
    weight: int = 20
    lonely: bool = False
    """Whether it is also something without the files beside it."""


def seeds(folder: Path) -> tuple[Seed, ...]:
    """Every seed; ``folder`` is for files that their writers want to see on a disk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (*_slices(), *_objects(folder), *_packed(folder), *_nifti())


def _pair(name: str, made: Sequence[Dataset], weight: int = 20) -> Seed:
    first, second = (_bytes(one) for one in made[:2])
    return Seed(name, first, (("good", second),), weight=weight, lonely=True)


def _slices() -> list[Seed]:
    mr = ct(stored=SMALL)
    for one in mr:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = MRImageStorage
        one.Modality = "MR"
    syntaxes = {
        "implicit PET": ImplicitVRLittleEndian,
        "big endian PET": ExplicitVRBigEndian,
        "deflated PET": DeflatedExplicitVRLittleEndian,
    }
    return [
        _pair("PET", pet(stored=SMALL), 60),
        _pair("CT", ct(stored=SMALL), 30),
        _pair("MR", mr, 10),
        *(_pair(name, series(Recipe(stored=SMALL, syntax=syntax))) for name, syntax in syntaxes.items()),
        _pair("RLE PET", _run_lengths()),
        *(_pair(f"{syntax.name} PET", _compressed(syntax), 1) for syntax in LOSSLESS),
    ]


def _run_lengths() -> list[FileDataset]:
    made = pet(stored=SMALL)
    for one in made:
        one.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return made


def _compressed(syntax: UID) -> list[FileDataset]:
    side = 32 if syntax == JPEG2000Lossless else 8  # its encoder wants room for six resolutions
    made = pet(stored=np.resize(SMALL, (2, side, side)))
    return [pack(one, syntax, LOSSLESS[syntax]) for one in made]


def _objects(folder: Path) -> list[Seed]:
    good = tuple((f"good{k}", _bytes(one)) for k, one in enumerate(pet(stored=SMALL)))
    return [
        Seed("Enhanced PET", written(folder / "enhanced").read_bytes(), weight=14),
        Seed("SEG", _bytes(segmentation(masks()))),
        Seed("RTSTRUCT", _bytes(_structures())),
        Seed("REG", _bytes(reg(FRAME, [("1.2.9", [np.eye(4)], "RIGID")])), good, lonely=True),
        Seed("RWVM", _bytes(_mapping()), good, lonely=True),
    ]


def _packed(folder: Path) -> list[Seed]:
    index = FileSet()
    index.UID = UID("1.2.826.0.1.3680043.8.498.77")
    for one in (*pet(stored=SMALL), *ct(stored=SMALL)):
        one.StudyDate, one.StudyTime, one.StudyID, one.SeriesNumber = "20240229", "100000", "1", 1
        one.PatientBirthDate, one.AccessionNumber = "", ""
        index.add(one)
    index.write(folder / "disc")
    index._stage["t"].cleanup()  # else emptied with a warning, when it is collected
    inside = folder / "disc"
    beside = tuple(
        (str(p.relative_to(inside)), p.read_bytes()) for p in sorted(inside.rglob("IM*")) if p.is_file()
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, one in enumerate(pet(stored=SMALL)):
            archive.writestr(zipfile.ZipInfo(f"DICOM/IM{k}"), _bytes(one), zipfile.ZIP_DEFLATED)
    return [
        Seed("DICOMDIR", (inside / "DICOMDIR").read_bytes(), beside, "DICOMDIR", 8),
        Seed("zip", out.getvalue(), weight=12),
    ]


def _nifti() -> list[Seed]:
    voxels, affine = SMALL.transpose(2, 1, 0).astype(np.float32), np.diag([-2.0, -2, 3, 1])
    first: Any = nibabel.nifti1.Nifti1Image
    other: Any = nibabel.nifti2.Nifti2Image
    image = first(voxels, affine)
    image.header.set_xyzt_units("mm", "sec")
    second = other(voxels.astype(np.int16), affine)
    mask = first((voxels > 60).astype(np.uint8), affine)
    car = b'{"Modality": "PT", "Units": "Bq/mL", "BodyWeight": 70, "InjectedRadioactivity": 400}'
    plain = image.to_bytes()
    return [
        Seed("NIfTI", plain, (("mutant.json", car),), "mutant.nii", 10),
        Seed("NIfTI-2", second.to_bytes(), (), "mutant.nii", 5),
        Seed("NIfTI, packed", gzip.compress(plain, 1, mtime=0), (), "mutant.nii.gz", 5),
        Seed("NIfTI mask", mask.to_bytes(), (("image.nii", plain),), "mutant_mask.nii", 5),
        Seed("side-car", car, (("mutant.nii", plain),), "mutant.json", 5),
    ]


def _structures() -> FileDataset:
    one = ct(stored=SMALL)[0]
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"):
        delattr(one, keyword)
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    region, drawn, contour = Dataset(), Dataset(), Dataset()
    region.ROINumber, region.ROIName, region.ReferencedFrameOfReferenceUID = 1, "GTV", FRAME
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 4
    contour.ContourData = [0, 0, 0, 4, 0, 0, 4, 4, 0, 0, 4, 0]
    other = Dataset()
    other.ContourGeometricType, other.NumberOfContourPoints = "CLOSED_PLANAR", 4
    other.ContourData = [0, 0, 3, 4, 0, 3, 4, 4, 3, 0, 4, 3]
    drawn.ReferencedROINumber, drawn.ContourSequence = 1, [contour, other]
    one.StructureSetROISequence, one.ROIContourSequence = [region], [drawn]
    return one


def _mapping() -> FileDataset:
    one = pet(stored=SMALL)[0]
    del one.PixelData
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = RealWorldValueMappingStorage
    code, mapping, group, image = Dataset(), Dataset(), Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "{SUVbw}g/ml", "UCUM", "SUV"
    mapping.MeasurementUnitsCodeSequence = [code]
    mapping.RealWorldValueIntercept, mapping.RealWorldValueSlope = 0.5, 2.5e-4
    mapping.add_new("RealWorldValueFirstValueMapped", "SS", -5)
    mapping.add_new("RealWorldValueLastValueMapped", "SS", 30000)
    image.ReferencedSOPInstanceUID = f"{PET_SERIES}.1"
    group.RealWorldValueMappingSequence, group.ReferencedImageSequence = [mapping], [image]
    one.ReferencedImageRealWorldValueMappingSequence = [group]
    return one


def _bytes(one: Dataset) -> bytes:
    out = BytesIO()
    one.save_as(out, enforce_file_format=True)
    return out.getvalue()

"""Owns made-up DICOM slices for the tests of reading: written by pydicom alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    PositronEmissionTomographyImageStorage,
)

from atsmviewer.dicom.scan import Scan

FRAME = "1.2.826.0.1.3680043.8.498.1"
PET_SERIES = "1.2.826.0.1.3680043.8.498.10"
CT_SERIES = "1.2.826.0.1.3680043.8.498.20"


@dataclass
class Recipe:
    """One series; ``stored`` is (slice, row, column) and ``slopes`` one per slice."""

    modality: str = "PT"
    series: str = PET_SERIES
    stored: NDArray[np.integer] = field(
        default_factory=lambda: np.arange(5 * 4 * 3, dtype=np.int16).reshape(5, 4, 3)
    )
    slopes: Sequence[float] | None = None
    intercept: float = 0.0
    spacing: tuple[float, float] = (2.0, 1.5)
    step: tuple[float, float, float] = (0.0, 0.0, 3.0)
    origin: tuple[float, float, float] = (-10.0, -20.0, 100.0)
    row: tuple[float, float, float] = (1.0, 0.0, 0.0)
    column: tuple[float, float, float] = (0.0, 1.0, 0.0)
    syntax: UID = ExplicitVRLittleEndian

    @property
    def affine(self) -> NDArray[np.float64]:
        """The affine by its definition in PS3.3 C.7.6.2.1.1, (slice, row, column) to LPS mm."""
        return np.column_stack(
            [
                self.step,
                self.spacing[0] * np.array(self.column),
                self.spacing[1] * np.array(self.row),
                self.origin,
            ]
        )


def series(recipe: Recipe) -> list[FileDataset]:
    """One data set per slice, in order."""
    return [_slice(recipe, k) for k in range(len(recipe.stored))]


def pet(**changes: Any) -> list[FileDataset]:
    """A PET series in Bq/ml with everything SUV needs."""
    return series(Recipe(**changes))


def ct(**changes: Any) -> list[FileDataset]:
    """A CT series on the same frame of reference."""
    given: dict[str, Any] = {"modality": "CT", "series": CT_SERIES, "intercept": -1024.0}
    return series(Recipe(**{**given, **changes}))


def save(slices: Iterable[FileDataset], folder: Path, names: Sequence[str] = ()) -> None:
    """Write data sets, under given names or under names that only count."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, dataset in enumerate(slices):
        dataset.save_as(folder / (names[k] if names else f"slice{k}"), enforce_file_format=True)


def _slice(recipe: Recipe, k: int) -> FileDataset:
    storage = PositronEmissionTomographyImageStorage if recipe.modality == "PT" else CTImageStorage
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = storage
    meta.MediaStorageSOPInstanceUID = UID(f"{recipe.series}.{k + 1}")
    meta.TransferSyntaxUID = recipe.syntax
    little = recipe.syntax.is_little_endian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128, is_little_endian=little)
    dataset.SOPClassUID, dataset.SOPInstanceUID = storage, meta.MediaStorageSOPInstanceUID
    dataset.Modality, dataset.SeriesInstanceUID = recipe.modality, recipe.series
    dataset.StudyInstanceUID, dataset.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.2", FRAME
    dataset.PatientID, dataset.PatientName, dataset.PatientSex = "P1", "One^Patient", "F"
    dataset.PatientWeight, dataset.SeriesDescription = "70.5", f"{recipe.modality} series"
    dataset.ImageType, dataset.InstanceNumber = ["ORIGINAL", "PRIMARY"], k + 1
    dataset.SeriesDate = dataset.AcquisitionDate = "20240229"
    dataset.SeriesTime, dataset.AcquisitionTime = "100000", f"1000{k:02d}.5"
    _place(dataset, recipe, k)
    _pixels(dataset, recipe, k)
    if recipe.modality == "PT":
        _tracer(dataset)
    return dataset


def _place(dataset: Dataset, recipe: Recipe, k: int) -> None:
    position = np.array(recipe.origin) + k * np.array(recipe.step)
    dataset.ImagePositionPatient = [f"{v:.10g}" for v in position]
    dataset.ImageOrientationPatient = [f"{v:.12g}" for v in (*recipe.row, *recipe.column)]
    dataset.PixelSpacing = list(recipe.spacing)


def _pixels(dataset: Dataset, recipe: Recipe, k: int) -> None:
    words = recipe.stored[k]
    bits = words.dtype.itemsize * 8
    dataset.Rows, dataset.Columns = words.shape
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit, dataset.PixelRepresentation = bits - 1, int(words.dtype.kind == "i")
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.RescaleIntercept = recipe.intercept
    dataset.RescaleSlope = f"{recipe.slopes[k]:.10g}" if recipe.slopes is not None else "1"
    order = "<" if recipe.syntax.is_little_endian else ">"
    dataset.PixelData = words.astype(words.dtype.newbyteorder(order)).tobytes()
    dataset["PixelData"].VR = "OW"


def _tracer(dataset: Dataset) -> None:
    dataset.Units, dataset.DecayCorrection = "BQML", "START"
    dataset.CorrectedImage = ["NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN"]
    dataset.ActualFrameDuration, dataset.FrameReferenceTime = 300000, "150000"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "3932008", "SCT", "^64^Copper"
    tracer = Dataset()
    tracer.CodeValue, tracer.CodingSchemeDesignator, tracer.CodeMeaning = "422855001", "SCT", "ATSM Cu^64^"
    item = Dataset()
    item.Radiopharmaceutical, item.RadionuclideTotalDose = "Cu-64 ATSM", "4.0e8"
    item.RadionuclideHalfLife, item.RadiopharmaceuticalStartTime = "45723.6", "090000"
    item.RadiopharmaceuticalStartDateTime = "20240229090000.25"
    item.RadionuclideCodeSequence, item.RadiopharmaceuticalCodeSequence = [code], [tracer]
    dataset.RadiopharmaceuticalInformationSequence = [item]


def codes(result: Scan) -> dict[str, int]:
    return dict(Counter(r.code for r in result.rejected))


def accounted(result: Scan, folder: Path) -> bool:
    """Whether every file is in exactly one place; a multi-frame file counts once in its series."""
    told = [f for found in result.found for f in dict.fromkeys(found.files)]
    told += [r.path for r in result.rejected] + list(result.regions)
    told += dict.fromkeys(f.nifti.sidecar for f in result.found if f.nifti and f.nifti.sidecar)
    told += result.registration_files
    told += dict.fromkeys(m.path for m in result.mappings if m.path is not None)
    return sorted(told) == sorted(p for p in folder.rglob("*") if not p.is_dir())

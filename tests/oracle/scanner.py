"""Owns a made-up scanner: known SUV becomes classic PET files of several vendors' style (G1, G3, G4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage
from pydicom.valuerep import format_number_as_ds

from tests.oracle import decay
from tests.oracle.vendors import ACTIVITY_PER_COUNT, dt, put_vendor

ROOT = "1.2.826.0.1.3680043.8.498.77"
STYLES = ("PLAIN", "SIEMENS", "GE", "PHILIPS")
MODES = ("START", "ADMIN", "NONE")
NUCLIDES = {"18F": "77004003", "64Cu": "3932008", "62Cu": "422934004", "60Cu": "425364008"}
"""Codes of CID 4020, SNOMED CT."""
ATSM = {"60Cu": "126700", "62Cu": "126702", "64Cu": "422855001"}
"""Codes of CID 4021 for Cu-ATSM: DCM, but SNOMED CT for 64Cu."""
POSITRONS = {"18F": 0.9673, "64Cu": 0.1749, "62Cu": 0.978, "60Cu": 0.926}
"""Positrons per decay (R18)."""
SUV_PER_WORD = 1e-3

Words = NDArray[np.int16]


def pattern(shape: tuple[int, int, int] = (8, 14, 14)) -> Words:
    """Words of 0.001 SUV: about 1 everywhere, 4 in a ball left of the middle, no two slices alike."""
    s, r, c = np.indices(shape)
    words = 1000 + (37 * s + 11 * r + 5 * c + s * r * c) % 97
    middle = (shape[0] - 1) / 2, (shape[1] - 1) / 2, shape[2] / 4
    hot = (s - middle[0]) ** 2 + (r - middle[1]) ** 2 + (c - middle[2]) ** 2 <= 2.5**2
    return np.asarray(words + 3000 * hot, np.int16)


@dataclass(frozen=True)
class Setup:
    """One scan: who, what was injected and when, how the pixels are written."""

    style: str = "PLAIN"
    mode: str = "START"
    units: str = "BQML"
    nuclide: str = "64Cu"
    words: Words = field(default_factory=pattern)
    weight_kg: float = 71.5
    height_m: float = 1.75
    sex: str = "F"
    dose_bq: float = 412.5e6
    injected: datetime = datetime(2026, 3, 10, 9, 12, 30, 250000)
    started: datetime = datetime(2026, 3, 10, 10, 14, 5)
    duration_s: float = 300.0
    beds: int = 2
    pause_s: float = 6.0
    zone: str = ""
    slope_spread: float = 0.4
    """How far the slopes of slices differ; the words are scaled against it, by whole numbers of words."""
    spacing_mm: tuple[float, float, float] = (4.0, 5.0, 5.0)
    place_mm: tuple[float, float, float] = (-32.5, -32.5, 100.0)
    row: tuple[float, float, float] = (1.0, 0.0, 0.0)
    column: tuple[float, float, float] = (0.0, 1.0, 0.0)

    @property
    def half_life_s(self) -> float:
        """Of the nuclide, from the table."""
        return decay.HALF_LIFE_S[self.nuclide]

    @property
    def affine(self) -> NDArray[np.float64]:
        """4 x 4, (slice, row, column, 1) to LPS mm (PS3.3 C.7.6.2.1.1)."""
        row, column = np.array(self.row), np.array(self.column)
        matrix = np.eye(4)
        steps = (np.cross(row, column), column, row)
        for axis, (step, mm) in enumerate(zip(steps, self.spacing_mm, strict=True)):
            matrix[:3, axis] = step * mm
        matrix[:3, 3] = self.place_mm
        return matrix

    def began(self, k: int) -> datetime:
        """When the bed of a slice began."""
        bed = k * self.beds // len(self.words)
        return self.started + timedelta(seconds=bed * (self.duration_s + self.pause_s))

    def bqml_per_suv(self, k: int) -> float:
        """What one SUV reads in Bq/ml in a slice: the activity as the decay mode states it."""
        at_injection = self.dose_bq / (self.weight_kg * 1000)
        if self.mode == "ADMIN":
            return at_injection
        at = self.started if self.mode == "START" else self.began(k)
        then = at_injection * decay.left((at - self.injected).total_seconds(), self.half_life_s)
        return then if self.mode == "START" else then * decay.mean_left(self.duration_s, self.half_life_s)

    def slope(self, k: int) -> float:
        """Rescale slope of a slice: pixel unit of one word."""
        unit = 1.0 if self.units == "GML" else self.bqml_per_suv(k)
        if self.units == "CNTS":
            unit /= ACTIVITY_PER_COUNT
        return unit * SUV_PER_WORD


def headers(setup: Setup) -> list[Dataset]:
    """The data sets of a scan, in slice order."""
    return [_slice(setup, k) for k in range(len(setup.words))]


def write(files: list[Dataset], folder: Path) -> list[Path]:
    """Save data sets as files; the paths, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{k:03d}.dcm" for k in range(len(files))]
    for one, path in zip(files, paths, strict=True):
        one.save_as(path, enforce_file_format=True)
    return paths


def _slice(setup: Setup, k: int) -> Dataset:
    header = Dataset()
    _identity(header, setup, k)
    _picture(header, setup, k)
    header.Units, header.DecayCorrection = setup.units, setup.mode
    done = ["NORM", "DTIM", "ATTN", "SCAT", "RADL"]
    header.CorrectedImage = done if setup.mode == "NONE" else [*done, "DECY"]
    header.CountsSource, header.SeriesType = "EMISSION", ["WHOLE BODY", "IMAGE"]
    header.NumberOfSlices, header.ImageIndex = len(setup.words), k + 1
    header.ReconstructionMethod, header.AttenuationCorrectionMethod = "OSEM", "measured, CT"
    header.ActualFrameDuration = round(setup.duration_s * 1000)
    _times(header, setup, k)
    header.RadiopharmaceuticalInformationSequence = [_tracer(setup)]
    put_vendor(header, setup)
    return header


def _identity(header: Dataset, setup: Setup, k: int) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = PositronEmissionTomographyImageStorage
    meta.MediaStorageSOPInstanceUID = UID(f"{ROOT}.2.{k + 1}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta = meta
    header.SpecificCharacterSet = "ISO_IR 100"
    header.SOPClassUID, header.SOPInstanceUID = PositronEmissionTomographyImageStorage, f"{ROOT}.2.{k + 1}"
    header.StudyInstanceUID, header.SeriesInstanceUID = f"{ROOT}.1", f"{ROOT}.2"
    header.FrameOfReferenceUID, header.Modality = f"{ROOT}.3", "PT"
    header.ImageType, header.InstanceNumber = ["ORIGINAL", "PRIMARY"], k + 1
    header.PatientName, header.PatientID, header.PatientBirthDate = "Made^Up", "M1", "19600229"
    header.PatientSex, header.PatientAge = setup.sex, "066Y"
    header.PatientWeight, header.PatientSize = ds(setup.weight_kg), ds(setup.height_m)
    header.Manufacturer = "Made-up Scanners"
    header.ManufacturerModelName, header.SeriesDescription = "M1", "PET AC"
    header.SeriesNumber, header.PatientPosition, header.StudyID = 2, "HFS", "1"
    header.AccessionNumber, header.StudyDescription = "1", "PET/CT"


def _times(header: Dataset, setup: Setup, k: int) -> None:
    began = setup.began(k)
    moments = {"Study": setup.started - timedelta(minutes=5), "Series": setup.started}
    for name, when in {**moments, "Acquisition": began, "Content": began}.items():
        setattr(header, f"{name}Date", when.strftime("%Y%m%d"))
        setattr(header, f"{name}Time", when.strftime("%H%M%S.%f"))
    mean_s = decay.mean_time(setup.duration_s, setup.half_life_s)
    if setup.style == "GE":
        mean_s = 0.0
    reference = (began - setup.started).total_seconds() + mean_s
    header.FrameReferenceTime = ds(reference * 1000)
    elapsed = {"START": reference, "ADMIN": (began - setup.injected).total_seconds() + mean_s, "NONE": 0.0}
    header.DecayFactor = ds(1 / decay.left(elapsed[setup.mode], setup.half_life_s))
    if setup.zone:
        header.TimezoneOffsetFromUTC = setup.zone


def _picture(header: Dataset, setup: Setup, k: int) -> None:
    words = setup.words[k]
    header.Rows, header.Columns = words.shape
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated = header.BitsStored = 16
    header.HighBit, header.PixelRepresentation = 15, 1
    header.PixelSpacing, header.SliceThickness = (
        [ds(v) for v in setup.spacing_mm[1:]],
        ds(setup.spacing_mm[0]),
    )
    header.ImageOrientationPatient = [ds(v) for v in (*setup.row, *setup.column)]
    header.ImagePositionPatient = [ds(v) for v in setup.affine @ (k, 0, 0, 1)][:3]
    coarser = 1 + k % 3 if setup.slope_spread else 1
    header.RescaleSlope, header.RescaleIntercept = ds(setup.slope(k) / coarser), "0"
    header.RescaleType = setup.units
    header.PixelData = (words * coarser).astype("<i2").tobytes()
    header["PixelData"].VR = "OW"


def _tracer(setup: Setup) -> Dataset:
    item = Dataset()
    copper = setup.nuclide.endswith("Cu")
    item.Radiopharmaceutical = f"{setup.nuclide}-ATSM" if copper else "Fluorodeoxyglucose"
    item.RadiopharmaceuticalRoute = "INTRAVENOUS"
    item.RadiopharmaceuticalStartTime = setup.injected.strftime("%H%M%S.%f")
    item.RadiopharmaceuticalStartDateTime = dt(setup.injected)
    item.RadionuclideTotalDose, item.RadionuclideHalfLife = ds(setup.dose_bq), ds(setup.half_life_s)
    item.RadionuclidePositronFraction = ds(POSITRONS[setup.nuclide])
    item.RadionuclideCodeSequence = [_code(NUCLIDES[setup.nuclide], setup.nuclide)]
    item.RadiopharmaceuticalCodeSequence = [
        _code(ATSM[setup.nuclide], item.Radiopharmaceutical)
        if copper
        else _code("35321007", "Fluorodeoxyglucose F^18^")
    ]
    return item


def _code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodeMeaning = value, meaning
    code.CodingSchemeDesignator = "DCM" if value.startswith("1267") else "SCT"
    return code


def ds(value: float) -> str:
    """A number as DS, the nearest that 16 characters say."""
    return format_number_as_ds(float(value))

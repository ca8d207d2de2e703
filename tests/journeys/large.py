"""A large PET/CT of any size, written in seconds: real DICOM files whose pixels are one noisy slice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from tests.dicom.synthetic import CT_SERIES, PET_SERIES, Recipe, series

EXTENT_MM, SLICE_MM = 500.0, 2.5


def write_large(folder: Path, slices: int, ct_width: int, pet_width: int) -> Path:
    """A CT of slices x ct_width², and two PETs of slices x pet_width², one of them uncorrected."""
    _write(folder / "ct", _one("CT", CT_SERIES, ct_width), slices)
    _write(folder / "pet", _one("PT", PET_SERIES, pet_width), slices)
    uncorrected = _one("PT", f"{PET_SERIES}.0", pet_width)
    uncorrected.CorrectedImage = ["DECY"]
    _write(folder / "nac", uncorrected, slices)
    return folder


def _one(modality: str, uid: str, width: int) -> FileDataset:
    """The lowest slice of a series."""
    plane = np.random.default_rng(width).integers(0, 2000, (1, width, width), dtype=np.int16)
    step_mm = EXTENT_MM / width
    corner_mm = (step_mm - EXTENT_MM) / 2
    recipe = Recipe(
        modality=modality,
        series=uid,
        stored=plane,
        intercept=-1024.0 if modality == "CT" else 0.0,
        spacing=(step_mm, step_mm),
        origin=(corner_mm, corner_mm, 0.0),
    )
    (made,) = series(recipe)
    return made


def _write(folder: Path, one: FileDataset, slices: int) -> None:
    """The slice again and again, each higher, with its own UID, and in a PET with its own slope."""
    folder.mkdir(parents=True)
    position = list(one.ImagePositionPatient)
    for k in range(slices):
        one.ImagePositionPatient = [position[0], position[1], k * SLICE_MM]
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(
            f"{one.SeriesInstanceUID}.{k + 1}"
        )
        if one.Modality == "PT":
            one.RescaleSlope = f"{8.0 + 0.01 * k:.6g}"
        one.save_as(folder / f"slice{k}", enforce_file_format=True)

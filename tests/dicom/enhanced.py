"""Owns the header of made-up Enhanced PET files, with everything its IOD asks for (PS3.3 A.56)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset

from atsmviewer.dicom.scan import Found, scan
from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from tests.dicom.synthetic import FRAME, accounted

SQUARE = (0.0, 0.0, 2.5, -10.0, 0.0, 2.0, 0.0, -20.0, 3.0, 0.0, 0.0, 100.0)
NUCLIDE = {"CodeValue": "3932008", "CodingSchemeDesignator": "SCT", "CodeMeaning": "^64^Copper"}
TRACER = {"CodeValue": "422855001", "CodingSchemeDesignator": "SCT", "CodeMeaning": "ATSM Cu^64^"}
ROUTE = {"CodeValue": "47625008", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Intravenous route"}

ISOTOPE: dict[str, object] = {
    "RadiopharmaceuticalAgentNumber": 1,
    "RadionuclideCodeSequence": [NUCLIDE],
    "AdministrationRouteCodeSequence": [ROUTE],
    "RadiopharmaceuticalCodeSequence": [TRACER],
    "RadiopharmaceuticalStartDateTime": "20240229090000.25",
    "RadiopharmaceuticalStopDateTime": "20240229090100",
    "RadionuclideTotalDose": 400.0,
    "RadionuclideHalfLife": 45723.6,
    "RadionuclidePositronFraction": 0.1749,
    "RadiopharmaceuticalVolume": 5.0,
    "RadiopharmaceuticalSpecificActivity": 1.0,
}

HEADER: dict[str, object] = {
    "SOPInstanceUID": "1.2.826.0.1.3680043.8.498.30.1",
    "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.30",
    "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.2",
    "StudyID": "1",
    "StudyDate": "20240229",
    "StudyTime": "090000",
    "SeriesDate": "20240229",
    "SeriesTime": "100000",
    "ContentDate": "20240229",
    "ContentTime": "100000",
    "AcquisitionDateTime": "20240229100000",
    "AcquisitionDuration": 300.0,
    "AccessionNumber": "",
    "ReferringPhysicianName": "",
    "PositionReferenceIndicator": "",
    "PatientID": "P1",
    "PatientName": "One^Patient",
    "PatientBirthDate": "19600101",
    "PatientSex": "F",
    "PatientWeight": 70.5,
    "PatientSize": 1.7,
    "PatientPosition": "HFS",
    "SeriesNumber": 3,
    "InstanceNumber": 1,
    "SeriesDescription": "Enhanced PET",
    "Manufacturer": "SYNTHETIC",
    "DecayCorrected": "YES",
    "DecayCorrectionDateTime": "20240229100000",
    "AttenuationCorrected": "YES",
    "ScatterCorrected": "YES",
    "DeadTimeCorrected": "YES",
    "GantryMotionCorrected": "NO",
    "PatientMotionCorrected": "NO",
    "CountLossNormalizationCorrected": "YES",
    "RandomsCorrected": "YES",
    "NonUniformRadialSamplingCorrected": "YES",
    "SensitivityCalibrated": "YES",
    "DetectorNormalizationCorrection": "YES",
    "RadiopharmaceuticalInformationSequence": [ISOTOPE],
}


def changed(**more: object) -> dict[str, object]:
    """The header with other values; None leaves a value out."""
    return {k: v for k, v in {**HEADER, **more}.items() if v is not None}


def isotope(**more: object) -> list[Mapping[str, object]]:
    """The radiopharmaceutical with other values; None leaves a value out."""
    return [{k: v for k, v in {**ISOTOPE, **more}.items() if v is not None}]


def frames(count: int) -> list[dict[str, object]]:
    """Frames that begin a second apart, of 300 s, each most representative at its middle."""
    return [
        {
            "FrameAcquisitionNumber": k + 1,
            "FrameAcquisitionDateTime": f"20240229100{k // 60:01d}{k % 60:02d}.5",
            "FrameReferenceDateTime": f"20240229100{2 + k // 60:01d}{30 + k % 30:02d}.5",
            "FrameAcquisitionDuration": 300000.0,
        }
        for k in range(count)
    ]


def made(affine: tuple[float, ...] = SQUARE, unit: Unit = Unit.BQML) -> Volume:
    """Four slices of five rows and six columns."""
    voxels = np.random.default_rng(3).gamma(2.0, 1000.0, (4, 5, 6)).astype(np.float32)
    return Volume(Grid((4, 5, 6), affine, FRAME), voxels, unit, str(HEADER["SeriesInstanceUID"]))


Change = Callable[[FileDataset], None]
SLOPES = [0.5, 1.25, 3.0, 0.7]


def written(folder: Path, *changes: Change, unit: Unit = Unit.BQML, **more: object) -> Path:
    path = write_enhanced(folder / "pet", made(unit=unit), changed(**more), frames(4), SLOPES)
    if changes:
        dataset = pydicom.dcmread(path)
        for change in changes:
            change(dataset)
        dataset.save_as(path)
    return path


def found_in(folder: Path) -> Found:
    result = scan(folder)
    assert result.rejected == ()
    assert accounted(result, folder)
    (found,) = result.found
    return found


def facts_in(folder: Path, *changes: Change, **more: Any) -> PetFacts:
    written(folder, *changes, **more)
    facts = found_in(folder).facts
    assert facts is not None
    return facts


def group_of(dataset: FileDataset, k: int, keyword: str) -> Dataset:
    (item,) = dataset.PerFrameFunctionalGroupsSequence[k][keyword].value
    assert isinstance(item, Dataset)
    return item

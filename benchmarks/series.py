"""Series for the benchmarks of opening: real sizes, and headers as long as a scanner's.

Beside what matters here each header holds what scanners write too: some 150 elements with those in
sequences and private ones, 4 kB, as the PET and CT of GE and Siemens that this was compared with (72 to 161
elements, 2.5 to 4.5 kB). Slices differ in their identity, number, place, times and decay.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from atsmviewer.dicom.write import PRIVATE, write_series
from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume

CT, PET, FRAMES = (400, 512, 512), (400, 200, 200), (1500, 256, 256)
SERIES, SLICES, OTHERS = 12, 400, 200
"""Of the folder of 5,000 files: series of each that many slices, and files that are no DICOM."""
OTHER_BYTES = 16 << 10
FRAME = "2.25.1"
FILLING = """
    InstitutionName StationName StudyDescription ManufacturerModelName ReferringPhysicianName AccessionNumber
    StudyID SliceThickness KVP DataCollectionDiameter DeviceSerialNumber SoftwareVersions
    ProtocolName ReconstructionDiameter DistanceSourceToDetector DistanceSourceToPatient GantryDetectorTilt
    TableHeight ExposureTime XRayTubeCurrent Exposure FilterType GeneratorPower FocalSpots ConvolutionKernel
    PatientPosition AcquisitionNumber PositionReferenceIndicator ImageComments WindowCenter WindowWidth
    RescaleType CollimatorType IntervalsAcquired HeartRate AxialMash ReconstructionMethod
    AttenuationCorrectionMethod ScatterCorrectionMethod DetectorLinesOfResponseUsed SliceSensitivityFactor
    DoseCalibrationFactor RandomsCorrectionMethod RequestedProcedureID PerformedProcedureStepID
    BodyPartExamined
"""
"""Elements that scanners write beside those that matter here, each with a value that suits many VRs."""
_CODES = (113100, 113101, 113105, 113107, 113108, 113109, 113111)
_PRIVATE_ELEMENTS = 24


def write_mixed(folder: Path) -> None:
    """CT and PET series of small slices, each in a folder of its own, and pictures beside them."""
    for k in range(SERIES):
        write(folder / f"series{k}", "PT" if k % 2 else "CT", (SLICES, 64, 64), f"2.25.{100 + k}")
    (folder / "pictures").mkdir()
    for k in range(OTHERS):
        (folder / "pictures" / f"{k}.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(OTHER_BYTES))


def in_one_folder(folder: Path, flat: Path) -> None:
    """The same files side by side in one folder, as an export of an archive often leaves them."""
    flat.mkdir()
    for number, file in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        os.link(file, flat / f"{number:05d}{file.suffix}")


def write(folder: Path, modality: str, shape: tuple[int, int, int], series: str) -> None:
    """A series by the phantom's writer, whose slices differ in all that those of a scanner do."""
    rng = np.random.default_rng(1)
    step = np.diag([2.0, 3.0, 3.0])[:, ::-1]
    affine = np.column_stack([step, (-200.5, -180.25, -400.0)])
    grid = Grid(shape, tuple(float(v) for v in affine.ravel()), FRAME)
    voxels = rng.integers(-1000, 3000, shape, np.int16)
    if modality == "PT":
        volume = Volume(grid, np.abs(voxels).astype(np.float32) * 7.3, Unit.BQML, series)
    else:
        volume = Volume(grid, voxels, Unit.HU, series)
    write_series(folder, volume, _common(modality, series), _own(modality, series, shape[0]))


def write_frames(path: Path) -> None:
    """One Enhanced PET by the phantom's writer, whose frames differ in place, times, decay and slope."""
    count = FRAMES[0]
    affine = (0.0, 0.0, 2.0, -256.0, 0.0, 2.0, 0.0, -256.0, 1.0, 0.0, 0.0, 0.0)
    voxels = np.random.default_rng(1).integers(0, 30000, FRAMES, np.int16).astype(np.float32)
    volume = Volume(Grid(FRAMES, affine, FRAME), voxels, Unit.BQML, "2.25.5")
    header = {k: v for k, v in _common("PT", "2.25.5").items() if k not in ("Units", "CorrectedImage")}
    header |= {"SOPInstanceUID": "2.25.5.1", "DecayCorrected": "YES", "AttenuationCorrected": "YES"}
    header |= {"DecayCorrectionDateTime": "20240229100000", "AcquisitionDateTime": "20240229100000"}
    own = [
        {
            "FrameAcquisitionDateTime": f"2024022910{k // 60:02d}{k % 60:02d}",
            "FrameReferenceDateTime": f"2024022910{k // 60:02d}{k % 60:02d}.5",
            "FrameAcquisitionDuration": 300000.0,
            "DecayFactor": 1.0 + k / 1000,
        }
        for k in range(count)
    ]
    write_enhanced(path, volume, header, own, [1.0 + k / 1000 for k in range(count)])


def _common(modality: str, series: str) -> dict[str, object]:
    values: dict[str, object] = {
        "Modality": modality,
        "Manufacturer": "PHANTOM",
        "PatientID": "BENCHMARK",
        "PatientWeight": 70.5,
        "StudyInstanceUID": "2.25.4",
        "SeriesInstanceUID": series,
        "SeriesDescription": f"{modality} benchmark",
        "SeriesDate": "20240229",
        "SeriesTime": "100000",
        "AcquisitionDate": "20240229",
        "ImageType": ["ORIGINAL", "PRIMARY"],
    }
    values |= dict.fromkeys(FILLING.split(), "12")
    values |= _sequences()
    values[PRIVATE] = [
        (0x0019, "PHANTOM BENCHMARK", k, "LO", f"what only its maker knows, {k}")
        for k in range(_PRIVATE_ELEMENTS)
    ]
    if modality == "PT":
        code = {"CodeValue": "3932008", "CodingSchemeDesignator": "SCT", "CodeMeaning": "^64^Copper"}
        tracer = {
            "Radiopharmaceutical": "Cu-64 ATSM",
            "RadionuclideTotalDose": 4e8,
            "RadionuclideHalfLife": 45723.6,
            "RadiopharmaceuticalStartDateTime": "20240229090000",
            "RadionuclideCodeSequence": [code],
        }
        values |= {"Units": "BQML", "DecayCorrection": "START", "CorrectedImage": ["NORM", "ATTN", "DECY"]}
        values |= {"ActualFrameDuration": 300000, "RadiopharmaceuticalInformationSequence": [tracer]}
    return values


def _sequences() -> dict[str, object]:
    """Sequences that scanners, archives and de-identification write."""
    image = {
        "ReferencedSOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
        "ReferencedSOPInstanceUID": "2.25.302193847561029384756102938475610",
    }
    codes = [
        {"CodeValue": str(code), "CodingSchemeDesignator": "DCM", "CodeMeaning": "De-identification option"}
        for code in _CODES
    ]
    asked = {"ScheduledProcedureStepDescription": "PET/CT", "ScheduledProcedureStepID": "12"}
    return {
        "ReferencedStudySequence": [image],
        "ReferencedPerformedProcedureStepSequence": [image],
        "ReferencedImageSequence": [image, image],
        "RequestAttributesSequence": [asked | {"RequestedProcedureDescription": "PET/CT, whole body"}],
        "DeidentificationMethodCodeSequence": codes,
        "ProcedureCodeSequence": codes[:1],
    }


def _own(modality: str, series: str, slices: int) -> Sequence[dict[str, object]]:
    """What each slice has of its own: identity, number, and times (of a bed of 40 slices in PET)."""
    each: list[dict[str, object]] = []
    for k in range(slices):
        bed = k // 40
        values: dict[str, object] = {"SOPInstanceUID": f"{series}.{k + 1}", "InstanceNumber": k + 1}
        values["AcquisitionTime"] = f"10{bed:02d}00" if modality == "PT" else f"1000{k % 60:02d}.5"
        if modality == "PT":
            values |= {"FrameReferenceTime": 150000.0 + bed * 3e5, "DecayFactor": 1.01 + bed / 100}
        each.append(values)
    return each

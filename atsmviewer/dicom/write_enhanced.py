"""Owns writing one Enhanced PET file: a volume, header values and frame values by keyword."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedPETImageStorage, generate_uid

from atsmviewer.dicom.write import STORED_MAX, dataset_of, decimal, save
from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume

_IMAGE: dict[str, object] = {
    "Modality": "PT",
    "ImageType": ["DERIVED", "PRIMARY", "STATIC", "NONE"],
    "PixelPresentation": "MONOCHROME",
    "VolumetricProperties": "VOLUME",
    "VolumeBasedCalculationTechnique": "NONE",
    "BurnedInAnnotation": "NO",
    "LossyImageCompression": "00",
    "PresentationLUTShape": "IDENTITY",
    "AcquisitionContextSequence": [],
    "ContentQualification": "RESEARCH",
    "ManufacturerModelName": "SYNTHETIC",
    "DeviceSerialNumber": "0",
    "SoftwareVersions": "0",
    "CountsSource": "EMISSION",
    "TableMotion": "STATIC",
    "TimeOfFlightInformationUsed": "FALSE",
    "ViewCodeSequence": [
        {
            "CodeValue": "62824007",
            "CodingSchemeDesignator": "SCT",
            "CodeMeaning": "Transverse",
            "ViewModifierCodeSequence": [],
        }
    ],
}
"""What the IOD asks for and no number needs, unless the caller's header says it; DERIVED, as no scanner
made these pixels, which also leaves out what only a scanner can know."""
_METHODS: dict[str, dict[str, object]] = {
    "AttenuationCorrected": {
        "AttenuationCorrectionSource": "CT",
        "AttenuationCorrectionTemporalRelationship": "SIMULTANEOUS",
    },
    "RandomsCorrected": {"RandomsCorrectionMethod": "DLYD"},
    "ScatterCorrected": {"ScatterCorrectionMethod": "MODEL BASED"},
}
"""What a correction that was made (YES) must be described by, and another may not."""
_FRAME_TYPE = ("PixelPresentation", "VolumetricProperties", "VolumeBasedCalculationTechnique")
_FACTORS = ("PrimaryPromptsCountsAccumulated", "SliceSensitivityFactor", "DecayFactor")
"""Frame values of the PET Frame Correction Factors group; all others belong to Frame Content."""
_UNIT_CODES = {
    Unit.BQML: ("Bq/ml", "Becquerels/milliliter"),
    Unit.COUNTS: ("{counts}", "Counts"),
    Unit.CM2ML: ("cm2/ml{SUVbsa}", "Standardized Uptake Value body surface area"),
}
_IN_STACK, _CONTENT, _STACK = 0x00209057, 0x00209111, 0x00209056


def write_enhanced(
    path: Path,
    volume: Volume,
    header: Mapping[str, object],
    frames: Sequence[Mapping[str, object]],
    slopes: Sequence[float] | None = None,
) -> Path:
    """Write a volume as one Enhanced PET Image Storage file (PS3.3 A.56), one frame per slice; the path.

    ``header`` holds values by DICOM keyword as for :func:`atsmviewer.dicom.write.write_series`;
    RadionuclideTotalDose is in MBq here (PS3.3 C.8.22.4). ``frames`` (one entry per slice) holds values
    of the Frame Content group, such as FrameAcquisitionDateTime, FrameAcquisitionDuration (ms) and
    FrameReferenceDateTime, or of the frame's correction factors. Geometry, pixels and unit come from
    the volume, and the unit's SUV type from ``header["SUVType"]``, else BW. Pixels are int16; a
    frame's slope is that of ``slopes``, else one for all frames. It is stated both as a real world
    value mapping with the unit's code (UCUM) and as pixel value transformation.

    ValueError where entries do not match the slices, a value does not fit its slope, an element has no
    keyword in the dictionary, or the volume's unit has no code.
    """
    count = volume.grid.shape[0]
    if len(frames) != count or (slopes is not None and len(slopes) != count):
        raise ValueError(f"{len(frames)} frames and {len(slopes or ())} slopes for {count} slices")
    code = _unit_code(volume.unit, str(header.get("SUVType", "BW")))
    steps = [float(decimal(s)) for s in (slopes or [_one_slope(volume)] * count)]
    methods = [said for name, said in _METHODS.items() if header.get(name) == "YES"]
    usual = {**_IMAGE, **{k: v for said in methods for k, v in said.items()}}
    dataset = dataset_of({**usual, **{k: v for k, v in header.items() if k != "SUVType"}})
    dataset.SOPClassUID = EnhancedPETImageStorage
    dataset.FrameOfReferenceUID = volume.grid.frame_of_reference_uid
    _dimensions(dataset)
    dataset.SharedFunctionalGroupsSequence = [_shared(dataset, volume.grid)]
    dataset.PerFrameFunctionalGroupsSequence = [
        _per_frame(volume.grid, k, own, steps[k], code) for k, own in enumerate(frames)
    ]
    _pixels(dataset, np.stack([_words(volume.voxels[k], steps[k]) for k in range(count)]))
    path.parent.mkdir(parents=True, exist_ok=True)
    save(dataset, path)
    return path


def _unit_code(unit: Unit, suv_type: str) -> dict[str, object]:
    if unit is Unit.SUV:
        value, meaning = f"g/ml{{SUV{suv_type.lower()}}}", f"Standardized Uptake Value {suv_type}"
    elif unit in _UNIT_CODES:
        value, meaning = _UNIT_CODES[unit]
    else:
        raise ValueError(f"no unit code for {unit.value!r}")
    return {"CodeValue": value, "CodingSchemeDesignator": "UCUM", "CodeMeaning": meaning}


def _one_slope(volume: Volume) -> float:
    top = float(np.abs(volume.voxels).max())
    return top / STORED_MAX * (1 + 1e-9) if top > 0 else 1.0


def _dimensions(dataset: Dataset) -> None:
    """Frames are indexed by their stack and their place in it (PS3.3 C.7.6.17)."""
    organisation = generate_uid(entropy_srcs=[str(dataset.SOPInstanceUID), "dimensions"])
    dataset.DimensionOrganizationSequence = [dataset_of({"DimensionOrganizationUID": organisation})]
    dataset.DimensionIndexSequence = [
        dataset_of(
            {
                "DimensionIndexPointer": pointer,
                "FunctionalGroupPointer": _CONTENT,
                "DimensionOrganizationUID": organisation,
            }
        )
        for pointer in (_STACK, _IN_STACK)
    ]


def _shared(dataset: Dataset, grid: Grid) -> Dataset:
    row, column = grid.matrix[:3, 2] / grid.spacing_mm[2], grid.matrix[:3, 1] / grid.spacing_mm[1]
    kind = {"FrameType": list(dataset.ImageType), **{k: str(dataset[k].value) for k in _FRAME_TYPE}}
    measures = {
        "SliceThickness": decimal(grid.spacing_mm[0]),
        "PixelSpacing": [decimal(v) for v in grid.spacing_mm[1:]],
    }
    anatomy = {
        "FrameLaterality": "U",
        "AnatomicRegionSequence": [
            {"CodeValue": "38266002", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Entire body"}
        ],
    }
    return dataset_of(
        {
            "PETFrameTypeSequence": [kind],
            "PixelMeasuresSequence": [measures],
            "PlaneOrientationSequence": [{"ImageOrientationPatient": [decimal(v) for v in (*row, *column)]}],
            "FrameAnatomySequence": [anatomy],
            "RadiopharmaceuticalUsageSequence": [{"RadiopharmaceuticalAgentNumber": 1}],
        }
    )


def _per_frame(
    grid: Grid, k: int, own: Mapping[str, object], slope: float, code: Mapping[str, object]
) -> Dataset:
    content = {name: value for name, value in own.items() if name not in _FACTORS}
    factors = {name: value for name, value in own.items() if name in _FACTORS}
    place = {
        "StackID": "1",
        "InStackPositionNumber": k + 1,
        "TemporalPositionIndex": 1,
        "DimensionIndexValues": [1, k + 1],
    }
    position = [decimal(v) for v in grid.to_mm(np.array([k, 0.0, 0.0]))]
    group = dataset_of(
        {
            "FrameContentSequence": [{**place, **content}],
            "PlanePositionSequence": [{"ImagePositionPatient": position}],
            "PixelValueTransformationSequence": [
                {"RescaleIntercept": 0, "RescaleSlope": slope, "RescaleType": "US"}
            ],
        }
    )
    if factors:
        group.PETFrameCorrectionFactorsSequence = [dataset_of(factors)]
    group.RealWorldValueMappingSequence = [_mapping(slope, code)]
    return group


def _mapping(slope: float, code: Mapping[str, object]) -> Dataset:
    """The whole range of signed words as real values (PS3.3 C.7.6.16.2.11)."""
    mapping = dataset_of(
        {
            "RealWorldValueIntercept": 0.0,
            "RealWorldValueSlope": slope,
            "LUTExplanation": "Stored values to real world values",
            "LUTLabel": "PET",
            "MeasurementUnitsCodeSequence": [code],
        }
    )
    mapping.add_new("RealWorldValueFirstValueMapped", "SS", -STORED_MAX - 1)
    mapping.add_new("RealWorldValueLastValueMapped", "SS", STORED_MAX)
    return mapping


def _words(voxels: NDArray[np.float32] | NDArray[np.int16], slope: float) -> NDArray[np.int16]:
    stored = np.rint(voxels.astype(np.float64) / slope)
    if not bool((np.abs(stored) <= STORED_MAX).all()):
        raise ValueError(f"values up to {np.abs(voxels).max():g} do not fit 16 bits with slope {slope:g}")
    return stored.astype(np.int16)


def _pixels(dataset: Dataset, stored: NDArray[np.int16]) -> None:
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = (int(n) for n in stored.shape)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 1
    dataset.PixelData = stored.astype("<i2").tobytes()
    dataset["PixelData"].VR = "OW"

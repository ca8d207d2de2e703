"""Header values of the made-up series by DICOM keyword; a sequence is a list of such mappings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from atsmviewer.phantom.case import Case, Scan
from atsmviewer.phantom.identity import uid_of
from atsmviewer.phantom.nuclide import Code

Values = Mapping[str, object]

REMARK = "Demonstration: simulated uptake"
CT_BEFORE = timedelta(minutes=4)
"""The CT comes before the PET, as on every PET/CT."""


def series_header(case: Case, scan: Scan, modality: str) -> dict[str, object]:
    """What every slice of a series shares."""
    own = _pet(case, scan) if modality == "PT" else _ct(case, scan)
    header = {**_patient(case), **_study(case, scan), **own}
    if modality == "PT":
        header = changed(header, case.changes)
    return header


def slice_headers(case: Case, scan: Scan, modality: str) -> list[dict[str, object]]:
    """What differs from slice to slice, in slice order; geometry and rescale are the writer's."""
    if modality == "PT":
        slices = [_pet_slice(case, scan, k) for k in range(scan.pet.shape[0])]
        return [changed(one, case.changes, only_present=True) for one in slices]
    start = scan.start - CT_BEFORE
    return [
        {
            "SOPInstanceUID": uid_of(case.name, scan.name, "CT", str(k)),
            "InstanceNumber": k + 1,
            "AcquisitionDate": da(start),
            "AcquisitionTime": tm(start + timedelta(seconds=0.05 * k)),
            "ContentDate": da(start),
            "ContentTime": tm(start + timedelta(seconds=0.05 * k)),
        }
        for k in range(scan.ct.shape[0])
    ]


def changed(header: Values, changes: Values, only_present: bool = False) -> dict[str, object]:
    """A header with other values: top level, or in the first radiopharmaceutical item where it is there."""
    new = dict(header)
    sequence = new.get("RadiopharmaceuticalInformationSequence")
    item = dict(sequence[0]) if isinstance(sequence, list) else {}
    for keyword, value in changes.items():
        target = item if keyword in item else new
        if only_present and keyword not in new:
            continue
        target[keyword] = value
        if value is None:
            del target[keyword]
    if isinstance(sequence, list) and "RadiopharmaceuticalInformationSequence" in new:
        new["RadiopharmaceuticalInformationSequence"] = [item]
    return new


def da(when: datetime) -> str:
    """A DICOM date."""
    return when.strftime("%Y%m%d")


def tm(when: datetime) -> str:
    """A DICOM time of day with microseconds."""
    return when.strftime("%H%M%S.%f")


def coded(code: Code) -> list[Values]:
    """A code sequence of one item."""
    value, scheme, meaning = code
    return [{"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}]


def _patient(case: Case) -> dict[str, object]:
    person = case.person
    return {
        "PatientName": person.name,
        "PatientID": person.id,
        "PatientBirthDate": person.birth.strftime("%Y%m%d"),
        "PatientSex": person.sex,
        "PatientAge": f"{_years(case):03d}Y",
        "PatientSize": person.height_m,
        "PatientWeight": person.weight_kg,
        "PatientComments": REMARK,
    }


def _years(case: Case) -> int:
    day, birth = case.injected_at.date(), case.person.birth
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _study(case: Case, scan: Scan) -> dict[str, object]:
    start = scan.start - CT_BEFORE
    number = case.scans.index(scan) + 1
    return {
        "StudyInstanceUID": uid_of(case.name, scan.name, "study"),
        "StudyDate": da(start),
        "StudyTime": tm(start),
        "StudyID": f"DEMO{number}",
        "StudyDescription": f"{case.nuclide.tracer} PET/CT, {scan.name}",
        "AccessionNumber": f"DEMO-{number:03d}",
        "ReferringPhysicianName": "",
        "FrameOfReferenceUID": scan.pet.frame_of_reference_uid,
        "PositionReferenceIndicator": "",
        "Manufacturer": "atsmviewer",
        "ManufacturerModelName": "Demonstration phantom",
        "DeviceSerialNumber": "1",
        "SoftwareVersions": "phantom 1",
        "InstitutionName": "None: simulated",
        "ImageComments": REMARK,
        "BurnedInAnnotation": "NO",
        "LossyImageCompression": "00",
        "SpecificCharacterSet": "ISO_IR 100",
    }


def _series(case: Case, scan: Scan, modality: str, began: datetime) -> dict[str, object]:
    return {
        "Modality": modality,
        "SeriesInstanceUID": uid_of(case.name, scan.name, modality),
        "SeriesDate": da(began),
        "SeriesTime": tm(began),
    }


def _ct(case: Case, scan: Scan) -> dict[str, object]:
    return {
        **_series(case, scan, "CT", scan.start - CT_BEFORE),
        "SeriesNumber": 1,
        "SeriesDescription": f"CT, low dose, {scan.name}",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "AcquisitionNumber": 1,
        "PatientPosition": "HFS",
        "BodyPartExamined": "PELVIS",
        "SliceThickness": scan.ct.spacing_mm[0],
        "KVP": 120,
        "XRayTubeCurrent": 60,
        "ExposureTime": 500,
        "ConvolutionKernel": "SOFT",
        "ReconstructionDiameter": scan.ct.shape[2] * scan.ct.spacing_mm[2],
        "RescaleType": "HU",
    }


def _pet(case: Case, scan: Scan) -> dict[str, object]:
    return {
        **_series(case, scan, "PT", scan.start),
        "SeriesNumber": 2,
        "SeriesDescription": f"PET AC, {scan.name} after injection",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "BodyPartExamined": "PELVIS",
        "SliceThickness": scan.pet.spacing_mm[0],
        "Units": "BQML",
        "CountsSource": "EMISSION",
        "SeriesType": ["WHOLE BODY", "IMAGE"],
        "NumberOfSlices": scan.pet.shape[0],
        "CorrectedImage": ["NORM", "DTIM", "ATTN", "SCAT", "RAN", "DECY"],
        "DecayCorrection": "START",
        "RandomsCorrectionMethod": "DLYD",
        "AttenuationCorrectionMethod": "measured, CT",
        "ScatterCorrectionMethod": "model-based",
        "ReconstructionMethod": "simulated",
        "ReconstructionDiameter": scan.pet.shape[2] * scan.pet.spacing_mm[2],
        "ConvolutionKernel": f"Gaussian {case.fwhm_mm:g} mm",
        "CollimatorType": "NONE",
        "ActualFrameDuration": round(scan.beds.duration_s * 1000),
        "RadiopharmaceuticalInformationSequence": [_tracer(case)],
        "PatientOrientationCodeSequence": [
            {
                **coded(("102538003", "SCT", "recumbent"))[0],
                "PatientOrientationModifierCodeSequence": coded(("40199007", "SCT", "supine")),
            }
        ],
        "PatientGantryRelationshipCodeSequence": coded(("102540001", "SCT", "headfirst")),
    }


def _tracer(case: Case) -> dict[str, object]:
    nuclide, at = case.nuclide, case.injected_at
    return {
        "Radiopharmaceutical": nuclide.tracer,
        "RadiopharmaceuticalVolume": 5.0,
        "RadiopharmaceuticalStartTime": tm(at),
        "RadiopharmaceuticalStartDateTime": da(at) + tm(at),
        "RadionuclideTotalDose": case.injected_bq,
        "RadionuclideHalfLife": nuclide.half_life_s,
        "RadionuclidePositronFraction": nuclide.positron_fraction,
        "RadionuclideCodeSequence": coded(nuclide.code),
        "RadiopharmaceuticalCodeSequence": coded(nuclide.tracer_code),
        "AdministrationRouteCodeSequence": coded(("47625008", "SCT", "Intravenous route")),
    }


def _pet_slice(case: Case, scan: Scan, k: int) -> dict[str, object]:
    """Times of a slice's bed: its start, and the moment of mean activity counted from the series' start."""
    beds, bed = scan.beds, k // scan.beds.slices
    begins_s = bed * (beds.duration_s + beds.pause_s)
    reference_s = begins_s + case.nuclide.mean_activity_s(beds.duration_s)
    began = scan.start + timedelta(seconds=begins_s)
    return {
        "SOPInstanceUID": uid_of(case.name, scan.name, "PT", str(k)),
        "InstanceNumber": k + 1,
        "ImageIndex": k + 1,
        "AcquisitionDate": da(began),
        "AcquisitionTime": tm(began),
        "ContentDate": da(began),
        "ContentTime": tm(began),
        "FrameReferenceTime": reference_s * 1000.0,
        "DecayFactor": math.exp(math.log(2.0) * reference_s / case.nuclide.half_life_s),
    }

"""Owns what the files of an SUV case say: header and slices by keyword, classic or Enhanced."""

from __future__ import annotations

import math
from datetime import datetime

from atsmviewer.phantom import suvobject
from atsmviewer.phantom.headers import changed, coded, da, tm
from atsmviewer.phantom.identity import uid_of
from atsmviewer.phantom.suvcase import SuvCase

PHILIPS = (0x7053, "Philips PET Private Group")
CORRECTIONS = ("NORM", "DTIM", "ATTN", "SCAT", "RAN")
_YES = (
    "AttenuationCorrected",
    "ScatterCorrected",
    "RandomsCorrected",
    "DeadTimeCorrected",
    "CountLossNormalizationCorrected",
    "SensitivityCalibrated",
    "DetectorNormalizationCorrection",
)
"""What an Enhanced PET says of each correction by an element of its own."""


def header(case: SuvCase) -> dict[str, object]:
    """What every slice shares; of an Enhanced case what its file says outside the frames."""
    own = _enhanced(case) if case.enhanced else _classic(case)
    return changed({**_common(case), **own}, case.changes)


def slice_headers(case: SuvCase) -> list[dict[str, object]]:
    """What differs from slice to slice; of an Enhanced case its frames."""
    make = _frame if case.enhanced else _slice
    return [changed(make(case, k), case.changes, only_present=True) for k in range(suvobject.SLICES)]


def dt(moment: datetime) -> str:
    """A DICOM date and time, with the zone where it has one."""
    return da(moment) + tm(moment) + moment.strftime("%z")


def _common(case: SuvCase) -> dict[str, object]:
    exam = case.exam
    zone = exam.reference.strftime("%z")
    return {
        **({"TimezoneOffsetFromUTC": zone} if zone else {}),
        "Modality": "PT",
        "Manufacturer": exam.manufacturer,
        "SeriesInstanceUID": case.series_uid,
        "StudyInstanceUID": uid_of("suv", case.name, "study"),
        "SeriesDescription": case.name,
        "SeriesNumber": 1,
        "StudyID": "1",
        "AccessionNumber": "",
        "ReferringPhysicianName": "",
        "PositionReferenceIndicator": "",
        "StudyDate": da(exam.reference),
        "StudyTime": tm(exam.reference),
        "SeriesDate": da(exam.reference),
        "SeriesTime": tm(exam.reference),
        "PatientName": "SUV^Case",
        "PatientID": "SUV",
        "PatientBirthDate": "19600229",
        "PatientSex": exam.sex,
        "PatientSize": exam.height_m,
        "PatientWeight": exam.weight_kg,
        "RadiopharmaceuticalInformationSequence": [_tracer(case)],
    }


def _tracer(case: SuvCase) -> dict[str, object]:
    nuclide, at = case.exam.nuclide, case.exam.injected_at
    made: dict[str, object] = {
        "RadiopharmaceuticalStartDateTime": dt(at),
        "RadionuclideTotalDose": case.exam.injected_bq / (1e6 if case.enhanced else 1.0),
        "RadionuclideHalfLife": nuclide.half_life_s,
        "RadionuclidePositronFraction": nuclide.positron_fraction,
        "RadionuclideCodeSequence": coded(nuclide.code),
    }
    if nuclide.tracer_code[0]:
        made["RadiopharmaceuticalCodeSequence"] = coded(nuclide.tracer_code)
    if case.enhanced:  # its tracer and its injection have no words and no time of day (PS3.3 C.8.22.4)
        return made | {"RadiopharmaceuticalAgentNumber": 1}
    return made | {"Radiopharmaceutical": nuclide.tracer, "RadiopharmaceuticalStartTime": tm(at)}


def _classic(case: SuvCase) -> dict[str, object]:
    decayed = case.exam.decay != "NONE"
    made: dict[str, object] = {
        "SliceThickness": suvobject.SPACING_MM[0],
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "Units": case.units,
        "CountsSource": "EMISSION",
        "SeriesType": ["WHOLE BODY", "IMAGE"],
        "NumberOfSlices": suvobject.SLICES,
        "CorrectedImage": [*CORRECTIONS, *(["DECY"] if decayed else [])],
        "DecayCorrection": case.exam.decay,
        "ActualFrameDuration": round(case.exam.duration_s * 1000),
    }
    if case.suv_type is not None:
        made["SUVType"] = case.suv_type
    factors = [(*PHILIPS, at, "DS", v) for at, v in zip((0x00, 0x09), case.philips, strict=True) if v]
    return made | ({"private": factors} if factors else {})


def _slice(case: SuvCase, k: int) -> dict[str, object]:
    """GE counts the frame reference time to the frame's start, others to its mean activity (R6)."""
    exam = case.exam
    moment = exam.begun(k) if exam.manufacturer.startswith("GE") else exam.representative(k)
    grown = {"START": exam.reference, "ADMIN": exam.injected_at, "NONE": exam.representative(k)}[exam.decay]
    over_s = (exam.representative(k) - grown).total_seconds()
    return {
        "SOPInstanceUID": uid_of("suv", case.name, str(k)),
        "InstanceNumber": k + 1,
        "ImageIndex": k + 1,
        "AcquisitionDate": da(exam.begun(k)),
        "AcquisitionTime": tm(exam.begun(k)),
        "FrameReferenceTime": (moment - exam.reference).total_seconds() * 1000.0,
        "DecayFactor": math.exp(math.log(2.0) * over_s / exam.nuclide.half_life_s),
    }


def _enhanced(case: SuvCase) -> dict[str, object]:
    exam, corrected = case.exam, dict.fromkeys(_YES, "YES")
    made: dict[str, object] = {
        **corrected,
        "SOPInstanceUID": uid_of("suv", case.name, "file"),
        "InstanceNumber": 1,
        "ContentDate": da(exam.reference),
        "ContentTime": tm(exam.reference),
        "AcquisitionDateTime": dt(exam.begun(0)),
        "AcquisitionDuration": exam.duration_s,
        "GantryMotionCorrected": "NO",
        "PatientMotionCorrected": "NO",
        "NonUniformRadialSamplingCorrected": "NO",
        "DecayCorrected": "NO" if exam.decay == "NONE" else "YES",
    }
    return made | ({} if exam.decay == "NONE" else {"DecayCorrectionDateTime": dt(exam.reference)})


def _frame(case: SuvCase, k: int) -> dict[str, object]:
    return {
        "FrameAcquisitionNumber": k + 1,
        "FrameAcquisitionDateTime": dt(case.exam.begun(k)),
        "FrameReferenceDateTime": dt(case.exam.representative(k)),
        "FrameAcquisitionDuration": case.exam.duration_s * 1000.0,
    }

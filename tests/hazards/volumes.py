"""Owns the cases of files that hold a volume: Enhanced objects frame by frame, NIfTI with its side-car."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.hazards.case import RIGHT, Corpus, no_suv, refused, told
from tests.hazards.encodings import enhanced, rewritten
from tests.hazards.phantom import Files

volumes = Corpus("Environment and containers")


def _frames(one: Dataset) -> list[Dataset]:
    found: list[Dataset] = list(one.PerFrameFunctionalGroupsSequence)
    return found


@volumes("Enhanced PET whose frames lie from the last to the first", RIGHT, valid=True)
def enhanced_reversed(files: Files) -> None:
    def change(one: Dataset) -> None:
        frames = np.frombuffer(one.PixelData, "<i2").reshape(10, -1)
        one.PixelData = frames[::-1].tobytes()
        one.PerFrameFunctionalGroupsSequence = _frames(one)[::-1]

    enhanced(files)
    rewritten(files, change)


@volumes("Enhanced PET that announces more frames than it describes", refused("NO_PET, FRAMES_DISAGREE"))
def enhanced_frames_lacking(files: Files) -> None:
    def change(one: Dataset) -> None:
        one.PerFrameFunctionalGroupsSequence = _frames(one)[:-2]

    enhanced(files)
    rewritten(files, change)


@volumes("Enhanced PET without the plane position of one frame", refused("NO_PET, NO_GEOMETRY"))
def enhanced_position_absent(files: Files) -> None:
    def change(one: Dataset) -> None:
        del _frames(one)[4].PlanePositionSequence

    enhanced(files)
    rewritten(files, change)


def _nifti(files: Files, packed: bool = False, **car: object) -> None:
    """PET (Bq/ml as float32) and CT as NIfTI, LPS made RAS, and a side-car of the PET."""
    scan, make, suffix = files.scan, _image, ".nii.gz" if packed else ".nii"
    activity = np.stack(
        [np.frombuffer(one.PixelData, "<i2") * float(one.RescaleSlope) for one in files.pet]
    ).reshape(10, 12, 16)
    hounsfield = (
        np.stack([np.frombuffer(one.PixelData, "<i2") for one in files.ct]).reshape(10, 12, 16) - 1024
    )
    made = {
        f"scan_pet{suffix}": make(activity.astype(np.float32), scan.affine),
        f"scan_ct{suffix}": make(hounsfield.astype(np.int16), scan.affine),
    }
    files.written = [files.folder / name for name in made]
    for path, data in zip(files.written, made.values(), strict=True):
        path.write_bytes(gzip.compress(data) if packed else data)
    zero = scan.injected.replace(microsecond=0)
    began = (scan.started - zero).total_seconds()
    said: dict[str, object] = {
        "Modality": "PT", "Units": "Bq/mL", "AttenuationCorrection": "CT", "ScatterCorrectionMethod": "model",
        "RandomsCorrectionMethod": "delayed", "TracerName": "64Cu-ATSM", "TracerRadionuclide": "Cu64",
        "InjectedRadioactivity": scan.dose_bq / 1e6, "InjectedRadioactivityUnits": "MBq",
        "BodyWeight": scan.weight_kg, "ScanDate": f"{scan.started:%Y-%m-%d}", "TimeZero": f"{zero:%H:%M:%S}",
        "InjectionStart": (scan.injected - zero).total_seconds(), "ScanStart": began,
        "FrameTimesStart": [began], "FrameDuration": [600], "ImageDecayCorrected": True,
        "ImageDecayCorrectionTime": began,
    }  # fmt: skip
    (files.folder / "scan_pet.json").write_text(json.dumps({**said, **car}), "utf-8")


def _image(voxels: NDArray[Any], affine: NDArray[np.float64]) -> bytes:
    """Voxels (slice, row, column) with the affine of their indices to LPS, as a NIfTI file."""
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine[:, [2, 1, 0, 3]]
    kind: Any = nibabel.nifti1.Nifti1Image
    image = kind(voxels.transpose(2, 1, 0), to_ras)
    image.set_qform(to_ras, 1)
    image.set_sform(to_ras, 1)
    image.header.set_xyzt_units("mm", "sec")
    return bytes(image.to_bytes())


@volumes("PET and CT as NIfTI, the PET with a side-car", RIGHT, valid=True)
def nifti(files: Files) -> None:
    _nifti(files)


@volumes("PET and CT as packed NIfTI", RIGHT, valid=True)
def nifti_packed(files: Files) -> None:
    _nifti(files, packed=True)


@volumes("NIfTI without a side-car", no_suv("UNITS_UNKNOWN"))
def nifti_bare(files: Files) -> None:
    _nifti(files)
    (files.folder / "scan_pet.json").unlink()


@volumes("NIfTI whose side-car lacks the weight", no_suv("WEIGHT_MISSING"))
def nifti_weight_absent(files: Files) -> None:
    _nifti(files, BodyWeight=None)


@volumes("NIfTI whose side-car gives the dose as a text", no_suv("UNITS_UNKNOWN"))
def nifti_sidecar_wrong(files: Files) -> None:
    _nifti(files, InjectedRadioactivity="400 MBq")


@volumes("NIfTI whose side-car states the injection after the scan", no_suv("UPTAKE_NEGATIVE"))
def nifti_injection_late(files: Files) -> None:
    late = (files.scan.started - files.scan.injected + timedelta(hours=1)).total_seconds()
    _nifti(files, InjectionStart=late)


@volumes("NIfTI whose side-car has times but no date", RIGHT, valid=True)
def nifti_undated(files: Files) -> None:
    _nifti(files, ScanDate=None)


@volumes("NIfTI whose side-car writes hour, date and unit in other usual ways", RIGHT, valid=True)
def nifti_other_ways(files: Files) -> None:
    day, clock = files.scan.started, f"{files.scan.injected.replace(microsecond=0):%H:%M:%S}"
    _nifti(files, ScanDate=f"{day:%Y-%m-%d}Z", TimeZero=f"{clock.removeprefix('0')}Z", Units="Bq/cc")


@volumes("NIfTI whose side-car states another injection beside the seconds", no_suv("UNITS_UNKNOWN"))
def nifti_injection_twice(files: Files) -> None:
    _nifti(files, injection_datetime=(files.scan.injected - timedelta(hours=1)).isoformat())


@volumes("NIfTI whose frame times are counted from the scan's start", no_suv("UNITS_UNKNOWN"))
def nifti_frames_from_scan(files: Files) -> None:
    _nifti(files, FrameTimesStart=[0])


@volumes("NIfTI whose side-car says both START and corrected to the injection", no_suv("UNITS_UNKNOWN"))
def nifti_decay_twice(files: Files) -> None:
    _nifti(files, DecayCorrection="START", ImageDecayCorrectionTime=0)


@volumes("NIfTI whose side-car leads to a time beyond the calendar", no_suv("UNITS_UNKNOWN"))
def nifti_time_endless(files: Files) -> None:
    _nifti(files, ScanStart=1e299, FrameTimesStart=[1e299])


@volumes("NIfTI whose side-car gives the patient's ID as a number", RIGHT, valid=True)
def nifti_id_number(files: Files) -> None:
    _nifti(files, PatientID=123)


@volumes("NIfTI whose CT has a side-car with a number for its unit", told("SIDECAR_BROKEN"))
def nifti_ct_sidecar_wrong(files: Files) -> None:
    _nifti(files)
    (files.folder / "scan_ct.json").write_text('{"Modality": "CT", "Units": 5}', "utf-8")


@volumes("NIfTI of the PET of one number and the CT of another", RIGHT, fused=False)
def nifti_numbered_apart(files: Files) -> None:
    _nifti(files)
    for path, name in zip(files.written, ("P01_pet.nii", "P02_ct.nii"), strict=True):
        path.rename(files.folder / name)
    (files.folder / "scan_pet.json").rename(files.folder / "P01_pet.json")


@volumes("NIfTI with signalling NaNs in the PET's corner", RIGHT)
def nifti_nan(files: Files) -> None:
    _nifti(files)
    path = Path(files.written[0])
    data = bytearray(path.read_bytes())
    data[352:360] = b"\x00\x00\xa0\x7f" * 2
    path.write_bytes(data)


@volumes("NIfTI of the PET cut off within its voxels", refused("NO_PET, NOT_DICOM, TRUNCATED"))
def nifti_cut(files: Files) -> None:
    _nifti(files)
    path = Path(files.written[0])
    path.write_bytes(path.read_bytes()[:-1000])

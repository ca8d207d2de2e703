"""Owns the cases of sets: copies, reconstructions, corrections, frames, gates, time points, what is none."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID, EncapsulatedPDFStorage, SecondaryCaptureImageStorage

from tests.hazards.case import RIGHT, Corpus, refused, told, withheld
from tests.hazards.phantom import Files, brighter, write
from tests.oracle import decay
from tests.oracle.scanner import ROOT, ds

sets = Corpus("Sets")
PAUSE_S = 600


def renamed(made: Iterable[Dataset], mark: int, series: bool = False) -> list[Dataset]:
    """Data sets with instance UIDs (and a series UID) of their own."""
    found = list(made)
    for one in found:
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.SOPInstanceUID}.{mark}")
        if series:
            one.SeriesInstanceUID = f"{one.SeriesInstanceUID}.{mark}"
    return found


def shifted(made: Iterable[Dataset], seconds: float) -> list[Dataset]:
    """Slices acquired later, their decay still corrected to the series' start."""
    found = list(made)
    for one in found:
        for name in ("Acquisition", "Content"):
            text = f"{one[f'{name}Date'].value}{one[f'{name}Time'].value}"
            when = _moment(text) + timedelta(seconds=seconds)
            one[f"{name}Date"].value, one[f"{name}Time"].value = f"{when:%Y%m%d}", f"{when:%H%M%S.%f}"
        reference = float(one.FrameReferenceTime) / 1000 + seconds
        one.FrameReferenceTime = ds(reference * 1000)
        half_life = float(one.RadiopharmaceuticalInformationSequence[0].RadionuclideHalfLife)
        one.DecayFactor = ds(1 / decay.left(reference, half_life))
    return found


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S.%f")


def frames(files: Files, count: int, apart_s: float = PAUSE_S, beds: int = 1) -> None:
    """The PET as that many time frames of one series, the second twice as bright, the third thrice."""
    files.make(beds=beds)
    first = files.pet
    for k in range(1, count):
        files.pet = files.pet + brighter(renamed(shifted(copy.deepcopy(first), k * apart_s), k), k + 1)
    files.times = tuple(range(1, count + 1))
    for one in files.pet:
        one.SeriesType, one.NumberOfTimeSlices = ["DYNAMIC", "IMAGE"], count


@sets("every PET file twice, in two folders", told("DUPLICATE"))
def copies(files: Files) -> None:
    write(files.pet, files.folder / "copy")


@sets("one PET slice twice with other pixels, all else the same", refused("NO_PET, DUPLICATE_DIFFERS"))
def copy_differs(files: Files) -> None:
    other = copy.deepcopy(files.pet[4])
    other.PixelData = bytes(len(other.PixelData))
    write([other], files.folder / "copy")


@sets("one PET slice twice with another slope", refused("NO_PET, DUPLICATE_DIFFERS"))
def copy_slope_differs(files: Files) -> None:
    other = copy.deepcopy(files.pet[4])
    other.RescaleSlope = ds(float(other.RescaleSlope) * 2)
    write([other], files.folder / "copy")


def _reconstruction(files: Files) -> list[Dataset]:
    """The PET again, twice as bright, with other pixels at its edge."""
    others, files.times = brighter(renamed(copy.deepcopy(files.pet), 8), 2), (1, 2)
    for one in others:
        one.ReconstructionMethod, one.ConvolutionKernel = "PSF+TOF 4i5s", "XYZ Gauss 5.00"
        words = np.frombuffer(one.PixelData, "<i2").copy()
        words[:3] = 7
        one.PixelData = words.tobytes()
    return others


@sets("two reconstructions of one scan as two series", RIGHT, valid=True, count=2)
def two_reconstructions(files: Files) -> None:
    files.others = renamed(_reconstruction(files), 9, series=True)


@sets("two reconstructions with one SeriesInstanceUID", RIGHT, count=2)
def two_reconstructions_one_uid(files: Files) -> None:
    files.others = _reconstruction(files)


@sets(
    "a PET without attenuation correction beside the corrected one",
    told("NAC_RATIO"),
    valid=True,
    count=2,
    each=(RIGHT, withheld("NAC_RATIO")),
)
def uncorrected_beside(files: Files) -> None:
    files.others = renamed(files.series(files.scan), 9, series=True)
    for one in files.others:
        one.CorrectedImage, one.SeriesDescription = ["NORM", "DTIM", "RAN", "DECY"], "PET NAC"
        one.RescaleSlope = ds(float(one.RescaleSlope) * (0.2 + 0.02 * one.InstanceNumber))


@sets("a secondary capture whose Modality says PT, in the PET's own series", told("SECONDARY_CAPTURE"))
def capture_says_pt(files: Files) -> None:
    shot = renamed([copy.deepcopy(files.pet[0])], 7)[0]
    shot.SOPClassUID = shot.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    files.others = [shot]


@sets("a PET slice whose ImageType is SCREEN SAVE", told("LOCALISER"))
def screen_save(files: Files) -> None:
    shot = renamed([copy.deepcopy(files.pet[0])], 7, series=True)[0]
    shot.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    files.others = [shot]


@sets("a topogram of the CT", told("LOCALISER"), valid=True)
def topogram(files: Files) -> None:
    scout = renamed([copy.deepcopy(files.ct[0])], 7, series=True)[0]
    scout.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    files.others = [scout]


@sets("a single CT slice (dose monitoring) as a series of its own", told("SINGLE_SLICE"))
def ct_single(files: Files) -> None:
    files.others = renamed([copy.deepcopy(files.ct[4])], 7, series=True)


@sets("an object of another kind: an encapsulated PDF report", told("KIND_UNUSED"), valid=True)
def report_beside(files: Files) -> None:
    shot = renamed([copy.deepcopy(files.pet[0])], 7, series=True)[0]
    shot.SOPClassUID = shot.file_meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
    files.others = [shot]


@sets(
    "dynamic PET, three frames 10 min apart, corrected to the series' start",
    RIGHT,
    valid=True,
    count=3,
)
def dynamic(files: Files) -> None:
    frames(files, 3)


@sets("dynamic PET, three frames of 62Cu without decay correction", RIGHT, valid=True, count=3)
def dynamic_undecayed(files: Files) -> None:
    start = files.scan.injected + timedelta(minutes=10)
    files.make(mode="NONE", nuclide="62Cu", beds=1, started=start)
    first = files.pet
    for k in (1, 2):
        later = files.series(replace(files.scan, started=start + timedelta(seconds=PAUSE_S * k)))
        for one in brighter(renamed(later, k), k + 1):
            one.SeriesDate, one.SeriesTime = first[0].SeriesDate, first[0].SeriesTime
            files.pet.append(one)
    files.times = (1, 2, 3)


@sets("dynamic PET whose files lie slice by slice, not frame by frame", RIGHT, valid=True, count=3)
def dynamic_shuffled(files: Files) -> None:
    frames(files, 3)
    files.pet = [one for k in range(10) for one in files.pet[k::10]]


@sets(
    "dynamic PET, the second frame lacks a slice in the regions",
    told("gap"),
    count=3,
    each=(RIGHT, withheld("gap"), RIGHT),
)
def dynamic_gap(files: Files) -> None:
    frames(files, 3)
    del files.pet[14]


@sets("frames of 5 min that begin 100 s after each other", refused("NO_PET, FRAMES_OVERLAP"))
def frames_overlap(files: Files) -> None:
    frames(files, 2, apart_s=100)


@sets("gated PET, four gates at one time", RIGHT, valid=True, count=4)
def gated(files: Files) -> None:
    files.make(beds=1)
    first = files.pet
    files.pet = [one for k in range(4) for one in brighter(renamed(copy.deepcopy(first), k + 1), k + 1)]
    files.times = (1, 2, 3, 4)
    for k, one in enumerate(files.pet):
        one.SeriesType, one.TriggerTime = ["GATED", "IMAGE"], ds(250.0 * (k // 10))
        one.NumberOfTimeSlots, one.NominalInterval = 4, 1000


def _later(files: Files, hours: float, **changes: object) -> list[Dataset]:
    scan = replace(files.scan, started=files.scan.started + timedelta(hours=hours), **changes)  # type: ignore[arg-type]
    made, files.times = brighter(renamed(files.series(scan), 6, series=True), 2), (1, 2)
    for one in made:
        one.StudyInstanceUID = UID(f"{ROOT}.1.6")
    return made


@sets(
    "a second time point 20 h later, in a frame of reference of its own",
    RIGHT,
    valid=True,
    fused=(True, False),
    count=2,
)
def two_time_points(files: Files) -> None:
    files.others = _later(files, 20)
    for one in files.others:
        one.FrameOfReferenceUID = f"{ROOT}.3.6"


@sets("two tracers in one folder: 64Cu-ATSM and, the next day, 18F-FDG", RIGHT, valid=True, count=2)
def two_tracers(files: Files) -> None:
    next_day = files.scan.injected + timedelta(hours=24)
    files.others = _later(files, 24, nuclide="18F", injected=next_day)


@sets("PET alone, no CT", RIGHT, valid=True, fused=False)
def pet_alone(files: Files) -> None:
    files.ct = []


@sets("CT alone, no PET", refused("NO_PET"))
def ct_alone(files: Files) -> None:
    files.pet = []


@sets("an empty folder", refused("NO_PET"))
def nothing(files: Files) -> None:
    files.pet, files.ct = [], []


@sets("a folder of photos and texts", refused("NO_PET, NOT_DICOM"))
def holiday(files: Files) -> None:
    files.pet, files.ct = [], []
    for k in range(12):
        (files.folder / f"IMG_{k:04d}.JPG").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(999))
    (files.folder / "notes.txt").write_text("lunch at the sea\n" * 30, "utf-8")

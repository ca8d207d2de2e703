"""Owns the cases of one odd slice among good ones, and of series beside each other: who is believed."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from atsmviewer.model.grid import vector
from tests.hazards.case import RIGHT, Corpus, no_suv, refused, told, withheld
from tests.hazards.containers import zipped
from tests.hazards.phantom import SHAPE, Files, write
from tests.hazards.sets import frames, renamed
from tests.hazards.suv import item_of
from tests.hazards.values import store, words
from tests.oracle.scanner import ds

slices, beside, people = Corpus("SUV"), Corpus("Sets"), Corpus("Identity and frame of reference")


@slices("the dose differs in one slice", no_suv("INCONSISTENT"))
def dose_differs(files: Files) -> None:
    item_of(files.pet[2]).RadionuclideTotalDose = "400000000"


@slices("DecayCorrection differs in one slice", withheld("INCONSISTENT_RATIO"))
def decay_differs(files: Files) -> None:
    files.pet[2].DecayCorrection = "NONE"


@slices("CorrectedImage lacks ATTN in one slice", withheld("INCONSISTENT_RATIO"))
def attenuation_differs(files: Files) -> None:
    files.pet[2].CorrectedImage = ["NORM", "DTIM", "SCAT", "RAN", "DECY"]


@slices("the half-life differs in one slice", no_suv("INCONSISTENT"))
def half_life_differs(files: Files) -> None:
    item_of(files.pet[2]).RadionuclideHalfLife = "45000"


@slices("the injection's time differs in one slice", no_suv("INCONSISTENT"))
def injection_differs(files: Files) -> None:
    item_of(files.pet[2]).RadiopharmaceuticalStartDateTime = "20260310081230.25"


@slices("two radiopharmaceuticals are listed, of other doses", no_suv("INCONSISTENT"))
def two_items(files: Files) -> None:
    for one in files.pet:
        other = copy.deepcopy(item_of(one))
        other.RadionuclideTotalDose, other.RadionuclideHalfLife = "150000000", "6586.2"
        one.RadiopharmaceuticalInformationSequence.append(other)


@slices("the injection's date-time is a date alone, and there is no time", no_suv("INJ_TIME_MISSING"))
def injection_date_alone(files: Files) -> None:
    for one in files.pet:
        item_of(one).RadiopharmaceuticalStartDateTime = "20260310"
        del item_of(one).RadiopharmaceuticalStartTime


@slices("one slice lacks its acquisition time, pixels not decay corrected", withheld("DECAY_RATIO"))
def acquisition_absent_once(files: Files) -> None:
    files.make(mode="NONE", beds=1)
    del files.pet[2].AcquisitionTime


@slices("TimezoneOffsetFromUTC in one slice is another", withheld("INCONSISTENT_RATIO"))
def zone_differs(files: Files) -> None:
    for one in files.pet:
        one.TimezoneOffsetFromUTC = "+0100"
    files.pet[2].TimezoneOffsetFromUTC = "-0500"


@slices("the scan runs over midnight between two beds", RIGHT, valid=True)
def over_midnight(files: Files) -> None:
    files.make(injected=datetime(2026, 3, 10, 22, 50), started=datetime(2026, 3, 10, 23, 58))


@slices("the scan runs over midnight, AcquisitionDate stays", told("DATE_STAYS"))
def date_stays_over_midnight(files: Files) -> None:
    files.make(injected=datetime(2026, 3, 10, 22, 50), started=datetime(2026, 3, 10, 23, 58))
    for one in files.pet:
        one.AcquisitionDate = "20260310"


@slices("SeriesTime is written after a first frame that lacks slices", told("REFTIME_GUESSED"), count=2)
def first_frame_lacks(files: Files) -> None:
    frames(files, 3)
    files.pet, files.times = files.pet[6:], (2, 3)
    later = files.scan.started + timedelta(seconds=400)
    for one in files.pet:
        one.SeriesTime = f"{later:%H%M%S}"
        del one.FrameReferenceTime


@slices("weight written with its unit", no_suv("WEIGHT_MISSING"))
def weight_with_unit(files: Files) -> None:
    for one in files.pet:
        one.add_new("PatientWeight", "LO", "71.5 kg")


@beside("one PET slice twice, its copy with another weight", refused("NO_PET, DUPLICATE_DIFFERS"))
def copy_weight_differs(files: Files) -> None:
    other = copy.deepcopy(files.pet[4])
    other.PatientWeight = "60"
    write([other], files.folder / "copy")


@beside("one PET slice twice, in two encodings", refused("NO_PET, DUPLICATE_DIFFERS"))
def copy_encoded_otherwise(files: Files) -> None:
    other = copy.deepcopy(files.pet[4])
    other.compress("1.2.840.10008.1.2.5", encoding_plugin="pydicom", generate_instance_uid=False)
    write([other], files.folder / "copy")


@beside("slices whose pixels are signed and unsigned in turn", RIGHT, valid=True)
def signs_in_turn(files: Files) -> None:
    for one in files.pet[::2]:
        store(one, words(one), "<u2")


@beside("slices of 16 and 32 bits in turn", RIGHT, valid=True)
def depths_in_turn(files: Files) -> None:
    for one in files.pet[::2]:
        store(one, words(one), "<i4")


@beside("the CT was scanned along other axes than the PET", RIGHT, valid=True)
def ct_sagittal(files: Files) -> None:
    pet = files.pet
    low = files.body @ (0, 0, 0, 1)
    high = files.body @ (*(n - 1 for n in SHAPE), 1)
    row, column = (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)
    other = replace(files.scan, row=row, column=column, place_mm=vector((high[0], low[1], high[2])))
    files.make(ct=other, shape=(SHAPE[2], SHAPE[0], SHAPE[1]))
    files.pet = pet


@beside("two CTs of one space, for correction and for looking at", RIGHT, valid=True)
def two_cts(files: Files) -> None:
    files.others = renamed(copy.deepcopy(files.ct), 5, series=True)
    for one in files.others:
        one.SeriesDescription, one.ConvolutionKernel = "CT BONE", "B70f"


@beside("a CT of the same space that lies elsewhere in the body", told("NOT_SHOWN"), valid=True, fused=False)
def ct_beyond(files: Files) -> None:
    for one in files.ct:
        one.ImagePositionPatient[2] = ds(float(one.ImagePositionPatient[2]) + 2000)


@beside("gates told by ImageIndex, begun half a second apart", RIGHT, valid=True, count=4)
def gates_apart(files: Files) -> None:
    frames(files, 4, apart_s=0.5)
    for k, one in enumerate(files.pet):
        one.SeriesType, one.NumberOfSlices, one.ImageIndex = ["GATED", "IMAGE"], SHAPE[0], k + 1


@beside(
    "three passes over two beds, stopped before the last bed",
    told("gap"),
    count=3,
    each=(RIGHT, RIGHT, withheld("gap")),
)
def stopped_in_a_pass(files: Files) -> None:
    frames(files, 3, apart_s=1500, beds=2)
    files.pet = files.pet[: -SHAPE[0] // 2]


@beside("time frames whose positions differ by rounding", RIGHT, valid=True, count=3)
def places_rounded(files: Files) -> None:
    frames(files, 3)
    for one in files.pet[SHAPE[0] : 2 * SHAPE[0]]:
        one.ImagePositionPatient[2] = ds(float(one.ImagePositionPatient[2]) + 0.002)


@people("the CT has no patient ID", RIGHT)
def ct_nameless(files: Files) -> None:
    for one in files.ct:
        one.PatientID = ""


@people("the CT's patient ID is padded with blanks", RIGHT, valid=True)
def id_padded(files: Files) -> None:
    for one in files.ct:
        one.PatientID = "  M1  "


@people("the CT's patient ID is written in small letters, birth and name the same", RIGHT)
def id_in_small_letters(files: Files) -> None:
    for one in files.ct:
        one.PatientID = "m1"


@people("a zip of two patients", refused("TWO_PATIENTS"))
def zip_of_two(files: Files) -> None:
    for one in files.ct:
        one.PatientID = "M2"
    zipped(files)


@people("the CT's patient ID and name are others, the birth date the same", refused("TWO_PATIENTS"))
def twin(files: Files) -> None:
    for one in files.ct:
        one.PatientID, one.PatientName = "M7", "Other^Patient"


@people("a PET slice names another patient's birth date", refused("NO_PET, TWO_PATIENTS"))
def birth_differs_once(files: Files) -> None:
    files.pet[4].PatientBirthDate = "19710305"


@people("one PET slice has no birth date", RIGHT)
def birth_absent_once(files: Files) -> None:
    files.pet[4].PatientBirthDate = ""


@people("another name in one PET slice, all else the same", RIGHT)
def name_differs_once(files: Files) -> None:
    one: Dataset = files.pet[4]
    one.PatientName = "MADE^UP^^^"

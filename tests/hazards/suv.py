"""Owns the cases of SUV: units, decay, clocks, unit slips, dummies, and each fact missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydicom.dataset import Dataset

from tests.hazards.case import RIGHT, Came, Corpus, flagged, no_suv, told, withheld
from tests.hazards.phantom import Files
from tests.oracle.scanner import ds

suv = Corpus("SUV")
add = suv.add
Header = Callable[[Dataset], object]


def _each(files: Files, change: Header) -> None:
    for one in files.pet:
        change(one)


def _item(one: Dataset) -> Dataset:
    item: Dataset = one.RadiopharmaceuticalInformationSequence[0]
    return item


def _fault(name: str, what: str, expected: Came, change: Header, **more: bool) -> None:
    add(name, what, expected, partial(_each, change=change), **more)


def _set(keyword: str, value: object, of: Callable[[Dataset], Dataset] = lambda one: one) -> Header:
    return lambda one: setattr(of(one), keyword, value)


def _drop(*keywords: str, of: Callable[[Dataset], Dataset] = lambda one: one) -> Header:
    def change(one: Dataset) -> None:
        for keyword in keywords:
            delattr(of(one), keyword)

    return change


def _scan(name: str, what: str, expected: Came = RIGHT, valid: bool = True, **changes: Any) -> None:
    add(name, what, expected, lambda files: files.make(**changes), valid=valid)


START = datetime(2026, 3, 10, 10, 14, 5)
SHORT = datetime(2026, 3, 10, 9, 32, 30)
_scan("decay_admin", "decay corrected to the injection", mode="ADMIN")
_scan("decay_none", "not decay corrected, two beds", mode="NONE")
_scan("decay_none_one_bed", "not decay corrected, one bed", mode="NONE", beds=1)
_scan("units_gml", "pixels are SUVbw already", units="GML")
_scan("copper_60", "60Cu, scanned after 20 min", nuclide="60Cu", started=SHORT)
_scan("copper_62", "62Cu, scanned after 20 min", nuclide="62Cu", started=SHORT)
_scan(
    "copper_62_undecayed",
    "62Cu, not decay corrected, one bed",
    mode="NONE",
    nuclide="62Cu",
    started=SHORT,
    beds=1,
)
_scan("fluorine_18", "18F-FDG", nuclide="18F")
_scan("siemens", "Siemens, with its private reference time", style="SIEMENS")
_scan("ge", "GE, with its private scan and injection times", style="GE")
_scan("philips_counts", "Philips, counts with its private factors", style="PHILIPS", units="CNTS")
_scan("philips_bqml", "Philips, Bq/ml", style="PHILIPS")
_scan("zone_west", "times with the zone -0330", zone="-0330")
_scan("zone_east", "times with the zone +1400", zone="+1400")
_scan("next_day", "64Cu, scanned 24 h after a dated injection", started=START + timedelta(hours=24))
_scan(
    "midnight",
    "injected 23:50, scanned 00:50",
    injected=datetime(2026, 3, 9, 23, 50),
    started=datetime(2026, 3, 10, 0, 50),
)
_scan(
    "leap_day",
    "injected on 28 February, scanned on 29 February 2024",
    injected=datetime(2024, 2, 28, 23, 30),
    started=datetime(2024, 2, 29, 0, 40),
)
_scan(
    "new_year",
    "injected on 31 December, scanned on 1 January",
    injected=datetime(2025, 12, 31, 23, 0),
    started=datetime(2026, 1, 1, 0, 10),
)
_scan("sex_other", "patient's sex is O", sex="O")
_scan("one_slope", "one slope for every slice", slope_spread=0.0)


@suv("injected before and scanned after clocks went back, each time with its zone", RIGHT, valid=True)
def clocks_go_back(files: Files) -> None:
    injected, started = datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 2, 30)
    files.make(injected=injected, started=started, beds=1)
    for one in files.pet:
        one.TimezoneOffsetFromUTC = "+0200"
        _item(one).RadiopharmaceuticalStartDateTime = "20261025013000+0200"
        for name in ("Series", "Acquisition", "Content"):
            setattr(one, f"{name}Time", "023000")


@suv("the injection's time states another zone than the scan, one instant", RIGHT, valid=True)
def zones_differ(files: Files) -> None:
    files.make(zone="+0100")
    for one in files.pet:
        at = files.scan.injected + timedelta(hours=4)
        _item(one).RadiopharmaceuticalStartDateTime = f"{at:%Y%m%d%H%M%S.%f}+0500"
        del _item(one).RadiopharmaceuticalStartTime


@suv("18F injected at 23:50 by a time of day alone, scanned after midnight", told("INJ_DATE_INFERRED"))
def midnight_undated(files: Files) -> None:
    files.make(nuclide="18F", injected=datetime(2026, 3, 9, 23, 50), started=datetime(2026, 3, 10, 0, 50))
    _each(files, _drop("RadiopharmaceuticalStartDateTime", of=_item))


@suv("times written with colons, as the first edition did", RIGHT, valid=True)
def times_with_colons(files: Files) -> None:
    for one in files.pet:
        text = str(one.AcquisitionTime)
        one["AcquisitionTime"].value = f"{text[:2]}:{text[2:4]}:{text[4:]}"


@suv("the injection's time to the minute only, when it was on the minute", RIGHT, valid=True)
def time_to_the_minute(files: Files) -> None:
    files.make(injected=datetime(2026, 3, 10, 9, 12))
    _each(files, _set("RadiopharmaceuticalStartTime", "0912", _item))


# What the header says of the pixels.
_fault("units_absent", "no Units", no_suv("UNITS_UNKNOWN"), _drop("Units"))
_fault("units_made_up", "Units XYZ", withheld("UNITS_RATIO"), _set("Units", "XYZ"))
_fault("units_counts", "Units CNTS without a factor", no_suv("COUNTS_UNSCALED"), _set("Units", "CNTS"))
_fault("units_propcps", "Units PROPCPS", no_suv("UNITS_NOT_QUANTITATIVE"), _set("Units", "PROPCPS"))
_fault("units_propcnts", "Units PROPCNTS", no_suv("UNITS_NOT_QUANTITATIVE"), _set("Units", "PROPCNTS"))
_fault("units_one_per_cm", "Units 1CM: a map of attenuation", withheld("UNITS_RATIO"), _set("Units", "1CM"))
_fault("corrections_absent", "no CorrectedImage", no_suv("CORRECTIONS_UNKNOWN"), _drop("CorrectedImage"))
_fault(
    "attenuation_uncorrected",
    "CorrectedImage without ATTN",
    withheld("NAC_RATIO"),
    _set("CorrectedImage", ["NORM", "DTIM", "SCAT", "DECY"]),
)
_fault(
    "decay_unsaid",
    "CorrectedImage without DECY though START",
    withheld("DECAY_RATIO"),
    _set("CorrectedImage", ["NORM", "DTIM", "ATTN", "SCAT"]),
)
_fault("decay_absent", "no DecayCorrection", no_suv("DECAY_CORRECTION_UNKNOWN"), _drop("DecayCorrection"))
_fault(
    "decay_made_up", "DecayCorrection XYZ", no_suv("DECAY_CORRECTION_UNKNOWN"), _set("DecayCorrection", "XYZ")
)
_fault(
    "decay_says_admin",
    "DecayCorrection ADMIN, though the pixels are corrected to the start",
    flagged("DECAYMODE_SUSPECT"),
    _set("DecayCorrection", "ADMIN"),
)
_fault("decay_factor_absent", "no DecayFactor", RIGHT, _drop("DecayFactor"), valid=True)


@suv("Units differ in one slice", withheld("INCONSISTENT_RATIO"))
def units_differ(files: Files) -> None:
    files.pet[2].Units = "CNTS"


@suv("weight differs in one slice", no_suv("INCONSISTENT"))
def weight_differs(files: Files) -> None:
    files.pet[2].PatientWeight = "80"


# The dose.
_DOSE = partial(_set, "RadionuclideTotalDose", of=_item)
_fault("dose_absent", "no dose", no_suv("ACTIVITY_MISSING"), _drop("RadionuclideTotalDose", of=_item))
_fault("dose_zero", "dose 0", no_suv("ACTIVITY_MISSING"), _DOSE("0"))
_fault("dose_empty", "dose empty", no_suv("ACTIVITY_MISSING"), _DOSE(None))
_fault("dose_mbq", "dose in MBq", told("DOSE_UNIT"), _DOSE("412.5"))
_fault("dose_kbq", "dose in kBq", no_suv("DOSE_UNIT_UNKNOWN"), _DOSE("412500"))
_fault("dose_mci", "dose in mCi", no_suv("DOSE_UNIT_UNKNOWN"), _DOSE("11.1486"))
_fault("dose_huge", "dose 4e14 Bq", no_suv("ACTIVITY_IMPLAUSIBLE"), _DOSE("4.125e14"))
_fault("dose_negative", "dose below 0", no_suv("ACTIVITY_NEGATIVE"), _DOSE("-4.125e8"))
_fault(
    "tracer_absent",
    "no RadiopharmaceuticalInformationSequence",
    no_suv("ACTIVITY_MISSING"),
    _drop("RadiopharmaceuticalInformationSequence"),
)

# The patient.
_WEIGHT = partial(_set, "PatientWeight")
_fault("weight_absent", "no weight", no_suv("WEIGHT_MISSING"), _drop("PatientWeight"))
_fault("weight_zero", "weight 0", no_suv("WEIGHT_MISSING"), _WEIGHT("0"))
_fault("weight_grams", "weight in grams", told("WEIGHT_UNIT"), _WEIGHT("71500"))
_fault("weight_milligrams", "weight in mg", no_suv("WEIGHT_MISSING"), _WEIGHT("71500000"))
_fault(
    "weight_comma",
    "weight 71,5 with a decimal comma",
    no_suv("WEIGHT_MISSING"),
    lambda one: one.add_new("PatientWeight", "LO", "71,5"),
)
_fault("weight_negative", "weight below 0", no_suv("WEIGHT_MISSING"), _WEIGHT("-71.5"))
_fault("height_cm", "height in cm", RIGHT, _set("PatientSize", "175"))
_fault("height_absent", "no height: SUVbw does not need it", RIGHT, _drop("PatientSize"), valid=True)
_fault("sex_absent", "no sex: SUVbw does not need it", RIGHT, _drop("PatientSex"), valid=True)

# The nuclide.
_fault(
    "half_life_absent",
    "no half-life, nuclide coded",
    told("HALF_LIFE_FROM_NUCLIDE"),
    _drop("RadionuclideHalfLife", of=_item),
)
_fault(
    "half_life_minutes",
    "half-life in minutes",
    no_suv("HALF_LIFE_UNIT"),
    _set("RadionuclideHalfLife", "762.04", _item),
)
_fault(
    "half_life_deviates",
    "half-life 2 % off the nuclide's",
    flagged("HALF_LIFE_DEVIATES"),
    _set("RadionuclideHalfLife", "46636.6", _item),
)
_fault(
    "half_life_of_fluorine",
    "half-life of 18F, though 64Cu is coded",
    flagged("HALF_LIFE_DEVIATES"),
    _set("RadionuclideHalfLife", "6586.2", _item),
)
_fault(
    "nuclide_unknown",
    "neither half-life nor nuclide",
    no_suv("HALF_LIFE_MISSING"),
    lambda one: [
        _drop("RadionuclideHalfLife", "RadionuclideCodeSequence", of=_item)(one),
        _drop("RadiopharmaceuticalCodeSequence", "Radiopharmaceutical", of=_item)(one),
    ],
)

# The clocks.
_fault(
    "injection_absent",
    "no injection time",
    no_suv("INJ_TIME_MISSING"),
    _drop("RadiopharmaceuticalStartTime", "RadiopharmaceuticalStartDateTime", of=_item),
)
_fault(
    "injection_undated",
    "64Cu injected at a time of day without a date",
    no_suv("INJ_DAY_UNKNOWN"),
    _drop("RadiopharmaceuticalStartDateTime", of=_item),
)
_fault(
    "injection_later",
    "injected after the scan",
    no_suv("UPTAKE_NEGATIVE"),
    lambda one: [
        _set("RadiopharmaceuticalStartDateTime", "20260310111230", _item)(one),
        _set("RadiopharmaceuticalStartTime", "111230", _item)(one),
    ],
)
_fault(
    "injection_long_ago",
    "injected 40 days before",
    no_suv("UPTAKE_TOO_LONG"),
    _set("RadiopharmaceuticalStartDateTime", "20260129091230.25", _item),
)
_fault(
    "injection_disagrees",
    "date-time and time of injection an hour apart",
    told("INJ_TIMES_DISAGREE"),
    _set("RadiopharmaceuticalStartTime", "081230", _item),
)
DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")


@suv("injection time no time", no_suv("INJ_TIME_MISSING"))
def injection_garbled(files: Files) -> None:
    for one in files.pet:
        _item(one).add_new("RadiopharmaceuticalStartTime", "TM", "ten")
        _item(one).add_new("RadiopharmaceuticalStartDateTime", "DT", "today")


def _dated(files: Files, date: str) -> None:
    for one in files.pet:
        for keyword in DATES:
            setattr(one, keyword, date)


@suv("every date 1 January 1900, times of day true", no_suv("DATES_SUSPECT"))
def dates_dummy(files: Files) -> None:
    _dated(files, "19000101")
    _each(files, _set("RadiopharmaceuticalStartDateTime", "19000101091230.25", _item))


@suv("scan dates shifted by a de-identifier, the injection's not", no_suv("UPTAKE_TOO_LONG"))
def dates_shifted(files: Files) -> None:
    _dated(files, "20260601")


_fault(
    "dates_absent",
    "no date anywhere but in the injection's",
    no_suv("REF_TIME_MISSING"),
    _drop(*DATES),
)
_fault(
    "series_time_absent", "no SeriesTime: the frame reference tells", RIGHT, _drop("SeriesTime", "SeriesDate")
)
_fault(
    "times_absent",
    "neither series nor acquisition time",
    no_suv("REF_TIME_MISSING"),
    _drop("SeriesTime", "SeriesDate", "AcquisitionTime", "AcquisitionDate"),
)
_fault("acquisition_absent", "no acquisition time", RIGHT, _drop("AcquisitionTime", "AcquisitionDate"))
_fault("frame_reference_absent", "no FrameReferenceTime", RIGHT, _drop("FrameReferenceTime"))
_fault("zone_impossible", "TimezoneOffsetFromUTC +9900", RIGHT, _set("TimezoneOffsetFromUTC", "+9900"))


@suv("SeriesTime 50 min after the acquisition, as late reconstructions have it", RIGHT)
def series_time_late(files: Files) -> None:
    late = files.scan.started + timedelta(minutes=50)
    _each(files, _set("SeriesTime", f"{late:%H%M%S}"))


@suv("no frame duration though the pixels are not decay corrected", no_suv("REF_TIME_MISSING"))
def duration_absent(files: Files) -> None:
    files.make(mode="NONE", beds=1)
    _each(files, _drop("ActualFrameDuration"))


@suv("the dose is that of the assay: a header with another moment, on its own decay curve", RIGHT, valid=True)
def dose_at_another_moment(files: Files) -> None:
    at = files.scan.injected - timedelta(minutes=30)
    dose = files.scan.dose_bq * 2 ** (1800 / files.scan.half_life_s)
    for one in files.pet:
        _item(one).RadionuclideTotalDose = ds(dose)
        _item(one).RadiopharmaceuticalStartDateTime = f"{at:%Y%m%d%H%M%S.%f}"
        _item(one).RadiopharmaceuticalStartTime = f"{at:%H%M%S.%f}"

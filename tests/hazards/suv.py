"""Owns the cases of SUV: units, decay, clocks, unit slips, dummies, and each fact missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydicom.dataset import Dataset

from tests.hazards.case import RIGHT, Came, Corpus, flagged, no_suv, told, withheld
from tests.hazards.phantom import Files

suv = Corpus("SUV")
add = suv.add
Header = Callable[[Dataset], object]


def each(files: Files, change: Header) -> None:
    for one in files.pet:
        change(one)


def item_of(one: Dataset) -> Dataset:
    item: Dataset = one.RadiopharmaceuticalInformationSequence[0]
    return item


def fault_of(corpus: Corpus) -> Callable[..., None]:
    """A way to add a case that changes every PET slice."""

    def fault(name: str, what: str, expected: Came, change: Header, valid: bool = False) -> None:
        corpus.add(name, what, expected, partial(each, change=change), valid=valid)

    return fault


_fault = fault_of(suv)


def put(keyword: str, value: object, of: Callable[[Dataset], Dataset] = lambda one: one) -> Header:
    return lambda one: setattr(of(one), keyword, value)


def drop(*keywords: str, of: Callable[[Dataset], Dataset] = lambda one: one) -> Header:
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


# What the header says of the pixels.
_fault("units_absent", "no Units", no_suv("UNITS_UNKNOWN"), drop("Units"))
_fault("units_made_up", "Units XYZ", withheld("UNITS_RATIO"), put("Units", "XYZ"))
_fault("units_counts", "Units CNTS without a factor", no_suv("COUNTS_UNSCALED"), put("Units", "CNTS"))
_fault("units_propcps", "Units PROPCPS", no_suv("UNITS_NOT_QUANTITATIVE"), put("Units", "PROPCPS"))
_fault("units_propcnts", "Units PROPCNTS", no_suv("UNITS_NOT_QUANTITATIVE"), put("Units", "PROPCNTS"))
_fault("units_one_per_cm", "Units 1CM: a map of attenuation", withheld("UNITS_RATIO"), put("Units", "1CM"))
_fault("corrections_absent", "no CorrectedImage", no_suv("CORRECTIONS_UNKNOWN"), drop("CorrectedImage"))
_fault(
    "attenuation_uncorrected",
    "CorrectedImage without ATTN",
    withheld("NAC_RATIO"),
    put("CorrectedImage", ["NORM", "DTIM", "SCAT", "DECY"]),
)
_fault(
    "decay_unsaid",
    "CorrectedImage without DECY though START",
    withheld("DECAY_RATIO"),
    put("CorrectedImage", ["NORM", "DTIM", "ATTN", "SCAT"]),
)
_fault("decay_absent", "no DecayCorrection", no_suv("DECAY_CORRECTION_UNKNOWN"), drop("DecayCorrection"))
_fault(
    "decay_made_up", "DecayCorrection XYZ", no_suv("DECAY_CORRECTION_UNKNOWN"), put("DecayCorrection", "XYZ")
)
_fault(
    "decay_says_admin",
    "DecayCorrection ADMIN, though the pixels are corrected to the start",
    flagged("DECAYMODE_SUSPECT"),
    put("DecayCorrection", "ADMIN"),
)
_fault("decay_factor_absent", "no DecayFactor", RIGHT, drop("DecayFactor"), valid=True)


@suv("Units differ in one slice", withheld("INCONSISTENT_RATIO"))
def units_differ(files: Files) -> None:
    files.pet[2].Units = "CNTS"


@suv("weight differs in one slice", no_suv("INCONSISTENT"))
def weight_differs(files: Files) -> None:
    files.pet[2].PatientWeight = "80"


# The dose.
_DOSE = partial(put, "RadionuclideTotalDose", of=item_of)
_fault("dose_absent", "no dose", no_suv("ACTIVITY_MISSING"), drop("RadionuclideTotalDose", of=item_of))
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
    drop("RadiopharmaceuticalInformationSequence"),
)

# The patient.
_WEIGHT = partial(put, "PatientWeight")
_fault("weight_absent", "no weight", no_suv("WEIGHT_MISSING"), drop("PatientWeight"))
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
_fault("height_cm", "height in cm", RIGHT, put("PatientSize", "175"))
_fault("height_absent", "no height: SUVbw does not need it", RIGHT, drop("PatientSize"), valid=True)
_fault("sex_absent", "no sex: SUVbw does not need it", RIGHT, drop("PatientSex"), valid=True)

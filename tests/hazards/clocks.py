"""Owns the cases of SUV's nuclide and clocks: half-lives, injection, decay reference, zones, dummies."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.hazards.case import RIGHT, Corpus, flagged, no_suv, told
from tests.hazards.phantom import Files
from tests.hazards.suv import drop, each, fault_of, item_of, put
from tests.oracle.scanner import ds

clocks = Corpus("SUV")
_fault = fault_of(clocks)


@clocks("injected before and scanned after clocks went back, each time with its zone", RIGHT, valid=True)
def clocks_go_back(files: Files) -> None:
    injected, started = datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 2, 30)
    files.make(injected=injected, started=started, beds=1)
    for one in files.pet:
        one.TimezoneOffsetFromUTC = "+0200"
        item_of(one).RadiopharmaceuticalStartDateTime = "20261025013000+0200"
        for name in ("Series", "Acquisition", "Content"):
            setattr(one, f"{name}Time", "023000")


@clocks("the injection's time states another zone than the scan, one instant", RIGHT, valid=True)
def zones_differ(files: Files) -> None:
    files.make(zone="+0100")
    for one in files.pet:
        at = files.scan.injected + timedelta(hours=4)
        item_of(one).RadiopharmaceuticalStartDateTime = f"{at:%Y%m%d%H%M%S.%f}+0500"
        del item_of(one).RadiopharmaceuticalStartTime


@clocks("18F injected at 23:50 by a time of day alone, scanned after midnight", told("INJ_DATE_INFERRED"))
def midnight_undated(files: Files) -> None:
    files.make(nuclide="18F", injected=datetime(2026, 3, 9, 23, 50), started=datetime(2026, 3, 10, 0, 50))
    each(files, drop("RadiopharmaceuticalStartDateTime", of=item_of))


@clocks("times written with colons, as the first edition did", RIGHT, valid=True)
def times_with_colons(files: Files) -> None:
    for one in files.pet:
        text = str(one.AcquisitionTime)
        one["AcquisitionTime"].value = f"{text[:2]}:{text[2:4]}:{text[4:]}"


@clocks("the injection's time to the minute only, when it was on the minute", RIGHT, valid=True)
def time_to_the_minute(files: Files) -> None:
    files.make(injected=datetime(2026, 3, 10, 9, 12))
    each(files, put("RadiopharmaceuticalStartTime", "0912", item_of))


# The nuclide.
_fault(
    "half_life_absent",
    "no half-life, nuclide coded",
    told("HALF_LIFE_FROM_NUCLIDE"),
    drop("RadionuclideHalfLife", of=item_of),
)
_fault(
    "half_life_minutes",
    "half-life in minutes",
    no_suv("HALF_LIFE_UNIT"),
    put("RadionuclideHalfLife", "762.04", item_of),
)
_fault(
    "half_life_deviates",
    "half-life 2 % off the nuclide's",
    flagged("HALF_LIFE_DEVIATES"),
    put("RadionuclideHalfLife", "46636.6", item_of),
)
_fault(
    "half_life_of_fluorine",
    "half-life of 18F, though 64Cu is coded",
    flagged("HALF_LIFE_DEVIATES"),
    put("RadionuclideHalfLife", "6586.2", item_of),
)
_fault(
    "nuclide_unknown",
    "neither half-life nor nuclide",
    no_suv("HALF_LIFE_MISSING"),
    lambda one: [
        drop("RadionuclideHalfLife", "RadionuclideCodeSequence", of=item_of)(one),
        drop("RadiopharmaceuticalCodeSequence", "Radiopharmaceutical", of=item_of)(one),
    ],
)

# The clocks.
_fault(
    "injection_absent",
    "no injection time",
    no_suv("INJ_TIME_MISSING"),
    drop("RadiopharmaceuticalStartTime", "RadiopharmaceuticalStartDateTime", of=item_of),
)
_fault(
    "injection_undated",
    "64Cu injected at a time of day without a date",
    no_suv("INJ_DAY_UNKNOWN"),
    drop("RadiopharmaceuticalStartDateTime", of=item_of),
)
_fault(
    "injection_later",
    "injected after the scan",
    no_suv("UPTAKE_NEGATIVE"),
    lambda one: [
        put("RadiopharmaceuticalStartDateTime", "20260310111230", item_of)(one),
        put("RadiopharmaceuticalStartTime", "111230", item_of)(one),
    ],
)
_fault(
    "injection_long_ago",
    "injected 40 days before",
    no_suv("UPTAKE_TOO_LONG"),
    put("RadiopharmaceuticalStartDateTime", "20260129091230.25", item_of),
)
_fault(
    "injection_disagrees",
    "date-time and time of injection an hour apart",
    told("INJ_TIMES_DISAGREE"),
    put("RadiopharmaceuticalStartTime", "081230", item_of),
)
DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")


@clocks("injection time no time", no_suv("INJ_TIME_MISSING"))
def injection_garbled(files: Files) -> None:
    for one in files.pet:
        item_of(one).add_new("RadiopharmaceuticalStartTime", "TM", "ten")
        item_of(one).add_new("RadiopharmaceuticalStartDateTime", "DT", "today")


def _dated(files: Files, date: str) -> None:
    for one in files.pet:
        for keyword in DATES:
            setattr(one, keyword, date)


@clocks("every date 1 January 1900, times of day true", no_suv("DATES_SUSPECT"))
def dates_dummy(files: Files) -> None:
    _dated(files, "19000101")
    each(files, put("RadiopharmaceuticalStartDateTime", "19000101091230.25", item_of))


@clocks("scan dates shifted by a de-identifier, the injection's not", no_suv("UPTAKE_TOO_LONG"))
def dates_shifted(files: Files) -> None:
    _dated(files, "20260601")


_fault(
    "dates_absent",
    "no date anywhere but in the injection's",
    no_suv("REF_TIME_MISSING"),
    drop(*DATES),
)
_fault(
    "series_time_absent", "no SeriesTime: the frame reference tells", RIGHT, drop("SeriesTime", "SeriesDate")
)
_fault(
    "times_absent",
    "neither series nor acquisition time",
    no_suv("REF_TIME_MISSING"),
    drop("SeriesTime", "SeriesDate", "AcquisitionTime", "AcquisitionDate"),
)
_fault("acquisition_absent", "no acquisition time", RIGHT, drop("AcquisitionTime", "AcquisitionDate"))
_fault("frame_reference_absent", "no FrameReferenceTime", RIGHT, drop("FrameReferenceTime"))
_fault("zone_impossible", "TimezoneOffsetFromUTC +9900", RIGHT, put("TimezoneOffsetFromUTC", "+9900"))


@clocks("SeriesTime 50 min after the acquisition, as late reconstructions have it", RIGHT)
def series_time_late(files: Files) -> None:
    late = files.scan.started + timedelta(minutes=50)
    each(files, put("SeriesTime", f"{late:%H%M%S}"))


@clocks("no frame duration though the pixels are not decay corrected", no_suv("REF_TIME_MISSING"))
def duration_absent(files: Files) -> None:
    files.make(mode="NONE", beds=1)
    each(files, drop("ActualFrameDuration"))


@clocks(
    "the dose is that of the assay: a header with another moment, on its own decay curve", RIGHT, valid=True
)
def dose_at_another_moment(files: Files) -> None:
    at = files.scan.injected - timedelta(minutes=30)
    dose = files.scan.dose_bq * 2 ** (1800 / files.scan.half_life_s)
    for one in files.pet:
        item_of(one).RadionuclideTotalDose = ds(dose)
        item_of(one).RadiopharmaceuticalStartDateTime = f"{at:%Y%m%d%H%M%S.%f}"
        item_of(one).RadiopharmaceuticalStartTime = f"{at:%H%M%S.%f}"

"""Owns the published list of SUV conversions: 43 objects that must read alike, 15 that must be refused.

Names and traps are those of the IBSI manual's list, github.com/oncoray/suv_computation, docs/DRO_list.csv;
the objects are made here anew from the standard's definitions, with the same patient and injection.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from atsmviewer.phantom.exam import GA68, ZR89, Exam
from atsmviewer.phantom.headers import Values
from atsmviewer.phantom.suvcase import SuvCase

VENDORS = ("SIEMENS", "GE MEDICAL SYSTEMS", "Philips Medical Systems", "SYNTHETIC")
LATE = Exam(begun_s=(150.0,), duration_s=603.0)
"""A frame of the 11:00 scan that began at 11:02:30; series times of reconstructions come later."""
BEDS = (0.0, 310.0, 620.0)
MIDNIGHT = Exam(injected_at=datetime(2024, 12, 31, 23, 30), reference=datetime(2025, 1, 1, 0, 30))
DAYS = Exam(nuclide=ZR89, injected_at=datetime(2024, 12, 29, 11))
SIEMENS_START = (0x0071, "SIEMENS MED PT", 0x22, "DT", "20250101110000.000000")
GE_START = (0x0009, "GEMS_PETD_01", 0x0D, "DT", "20250101110000.00")
AS_PUBLISHED = {"DecayFactor": 1.0}
"""The published objects state a decay factor of 1 whatever the decay correction is."""


def published() -> tuple[SuvCase, ...]:
    """The 58 cases in the list's order."""
    made = (*_units(), *_dose(), *_injection(), *_enhanced(), *_refused())
    return tuple(c if c.enhanced else replace(c, changes=AS_PUBLISHED | dict(c.changes)) for c in made)


def _units() -> tuple[SuvCase, ...]:
    kinds = (
        ("1", "LBMJAMES128", "SUVlbm (James 128)"),
        ("2", "IBW", "SUVibw"),
        ("6", "LBMJANMA", "SUVlbm (Janmahasatian)"),
    )
    by_sex = [
        SuvCase(f"DRO_2_{n}_{i}", f"GML in {said}, sex {sex}", Exam(sex=sex), units="GML", suv_type=kind)
        for n, kind, said in kinds
        for i, sex in enumerate("MFO")
    ]
    return (
        SuvCase("DRO_0_0", "BQML, START"),
        SuvCase("DRO_1_0", "several rescale slopes", several_slopes=True),
        SuvCase("DRO_2_0", "GML is SUVbw already", units="GML", suv_type="BW"),
        *by_sex[:6],
        SuvCase("DRO_2_3", "CM2ML is SUVbsa", units="CM2ML", suv_type="BSA"),
        SuvCase("DRO_2_4", "CNTS, Philips SUV factor", _by(2), units="CNTS", philips=(0.0005, None)),
        SuvCase("DRO_2_5", "CNTS, Philips activity factor", _by(2), units="CNTS", philips=(None, 1.7)),
        *by_sex[6:],
    )


def _by(vendor: int, exam: Exam | None = None) -> Exam:
    return replace(exam or Exam(), manufacturer=VENDORS[vendor])


def _dose() -> tuple[SuvCase, ...]:
    after = {"SeriesTime": "113000"}
    undecayed = Exam(decay="NONE", begun_s=BEDS)
    named = list(enumerate(VENDORS))
    first_bed = 1.0 / undecayed.bqml_per_suv(0) * 1.7
    return (
        SuvCase("DRO_3_0", "dose written in MBq", changes={"RadionuclideTotalDose": 368.08}),
        SuvCase("DRO_3_1", "ADMIN: pixels already at injection", Exam(decay="ADMIN")),
        *(
            SuvCase(f"DRO_3_2_{i}", f"START, series time after acquisition, {v}", _by(i, LATE), after)
            for i, v in named
        ),
        *(
            SuvCase(
                f"DRO_3_3_{i}",
                f"the same, scan start in a private element, {VENDORS[i]}",
                _by(i, LATE),
                {**after, "FrameReferenceTime": None, "private": [element]},
            )
            for i, element in enumerate((SIEMENS_START, GE_START))
        ),
        *(
            SuvCase(f"DRO_3_4_{i}", f"NONE, three bed times, {v}", _by(i, undecayed))
            if i != 2
            else SuvCase(
                f"DRO_3_4_{i}",
                f"NONE, three bed times, CNTS whose SUV factor fits the first bed only, {v}",
                _by(i, undecayed),
                units="CNTS",
                philips=(first_bed, 1.7),
            )
            for i, v in named
        ),
        *(SuvCase(f"DRO_3_5_{i}", f"START, series time is acquisition time, {v}", _by(i)) for i, v in named),
    )


def _injection() -> tuple[SuvCase, ...]:
    no_date, no_clock = {"RadiopharmaceuticalStartDateTime": None}, {"RadiopharmaceuticalStartTime": None}
    dates = dict.fromkeys(("StudyDate", "SeriesDate", "AcquisitionDate"), "19600101")
    return (
        SuvCase("DRO_4_0", "injection as date and time only", changes=no_clock),
        SuvCase("DRO_4_1", "injection as time of day only", changes=no_date),
        SuvCase("DRO_4_2", "over midnight, time of day only", MIDNIGHT, no_date),
        SuvCase("DRO_4_3", "over midnight, date and time", MIDNIGHT),
        SuvCase(
            "DRO_4_4",
            "over midnight, scan dates anonymised to 1960, injection date left in 2024",
            MIDNIGHT,
            dates,
        ),
        SuvCase("DRO_4_5", "89Zr three days after injection, date and time", DAYS),
        SuvCase("DRO_5_0", "68Ga", Exam(nuclide=GA68)),
    )


def _enhanced() -> tuple[SuvCase, ...]:
    after = {"SeriesTime": "113000"}
    return (
        SuvCase("DRO_7_0_0", "Enhanced PET", enhanced=True),
        SuvCase("DRO_7_1_0", "Enhanced PET, several slopes", enhanced=True, several_slopes=True),
        SuvCase("DRO_7_2_0", "Enhanced PET in GML", units="GML", suv_type="BW", enhanced=True),
        SuvCase("DRO_7_3_0", "Enhanced PET, series after decay reference", LATE, after, enhanced=True),
        SuvCase(
            "DRO_7_3_1",
            "Enhanced PET, not decay corrected, several frame times",
            Exam(decay="NONE", begun_s=BEDS),
            enhanced=True,
        ),
    )


def _refused() -> tuple[SuvCase, ...]:
    no_date = {"RadiopharmaceuticalStartDateTime": None}
    ideal = SuvCase("", "", Exam(sex="M"), refused=True, units="GML", suv_type="IBW")
    plain = SuvCase("", "", refused=True)
    no_duration = {"SeriesTime": "113000", "ActualFrameDuration": None}
    made: tuple[tuple[str, str, SuvCase, Values], ...] = (
        ("2_0", "BQML, weight absent", plain, {"PatientWeight": None}),
        ("2_1", "BQML, weight 0", plain, {"PatientWeight": 0}),
        ("2_2", "GML in SUVibw, sex absent", ideal, {"PatientSex": None}),
        ("2_3", "GML in SUVibw, sex X", ideal, {"PatientSex": "X"}),
        ("2_4", "GML in SUVibw, height absent", ideal, {"PatientSize": None}),
        ("2_5", "GML in SUVibw, height 0", ideal, {"PatientSize": 0}),
        ("2_6", "CNTS without Philips factors", replace(plain, exam=_by(2), units="CNTS"), {}),
        ("2_7", "PROPCNTS", replace(plain, units="PROPCNTS"), {}),
        ("3_0", "dose absent", plain, {"RadionuclideTotalDose": None}),
        ("3_1", "dose negative", plain, {"RadionuclideTotalDose": -368.08e6}),
        (
            "3_2",
            "series after acquisition, no frame duration",
            replace(plain, exam=_by(0, LATE)),
            no_duration,
        ),
        ("4_0", "injection time absent", plain, {**no_date, "RadiopharmaceuticalStartTime": None}),
        ("4_1", "89Zr three days, time of day only", replace(plain, exam=DAYS), no_date),
        (
            "4_2",
            "89Zr three days, injection date anonymised to 1960",
            replace(plain, exam=DAYS),
            {"RadiopharmaceuticalStartDateTime": "19601229110000"},
        ),
        (
            "5_0",
            "half-life absent, nuclide not coded",
            plain,
            {"RadionuclideHalfLife": None, "RadionuclideCodeSequence": None},
        ),
    )
    return tuple(
        replace(case, name=f"DRO_error_{n}", what=what, changes=changes) for n, what, case, changes in made
    )

"""Side-cars: BIDS keys and our own become facts with their key; what is half right is refused whole."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.undated import NOMINAL_DAY
from tests.dicom.nifti_made import CT, codes, ramp, write_nifti, write_sidecar

BIDS: dict[str, Any] = {
    "Modality": "PT",
    "Manufacturer": "Siemens",
    "Units": "Bq/mL",
    "TracerName": "[64Cu]ATSM",
    "TracerRadionuclide": "Cu64",
    "InjectedRadioactivity": 370,
    "InjectedRadioactivityUnits": "MBq",
    "ScanDate": "2026-03-10",
    "TimeZero": "10:00:00",
    "InjectionStart": 0,
    "ScanStart": 3600,
    "FrameTimesStart": [3600],
    "FrameDuration": [600],
    "ImageDecayCorrected": True,
    "ImageDecayCorrectionTime": 3600,
    "AttenuationCorrection": "CT-based",
    "BodyWeight": 71.5,
}


def found(folder: Path, **changes: object) -> Found:
    """The one image with the side-car that BIDS and the changes make; None takes a key away."""
    image = write_nifti(folder / "x_pet.nii", ramp())
    told = {key: value for key, value in (BIDS | changes).items() if value is not None}
    write_sidecar(image, **told)
    return scan(image).found[0]


def facts(folder: Path, **changes: object) -> PetFacts:
    one = found(folder, **changes).facts
    assert one is not None
    return one


def test_bids_keys_become_facts_with_their_key(tmp_path: Path) -> None:
    told = facts(tmp_path)
    assert (told.units, told.decay_correction) == ("BQML", "START")
    assert told.corrected_image == ("ATTN", "DECY")
    assert (told.nuclide, told.tracer_nuclide, told.radiopharmaceutical) == ("64Cu", "64Cu", "[64Cu]ATSM")
    assert (told.injected_activity_bq, told.weight_kg) == (370e6, 71.5)
    assert told.injection_datetime == datetime(2026, 3, 10, 10)
    assert told.decay_reference_datetime == datetime(2026, 3, 10, 11)
    assert told.half_life_s is None  # nobody said it; it follows from the nuclide, with a flag, in quant
    assert told.study_date == date(2026, 3, 10)
    assert {(s.acquired, s.duration_s) for s in told.slices} == {(datetime(2026, 3, 10, 11), 600.0)}
    assert len(told.slices) == 5
    assert told.source("weight_kg") == "BodyWeight in x_pet.json"


FACTS: dict[str, tuple[dict[str, object], str, object]] = {
    "MBq": ({}, "injected_activity_bq", 370e6),
    "mCi": (
        {"InjectedRadioactivity": 10, "InjectedRadioactivityUnits": "mCi"},
        "injected_activity_bq",
        370e6,
    ),
    "no unit": ({"InjectedRadioactivityUnits": None}, "injected_activity_bq", None),
    "DICOM's dose": (
        {"InjectedRadioactivity": None, "RadionuclideTotalDose": 3.7e8},
        "injected_activity_bq",
        3.7e8,
    ),
    "SUV": ({"Units": "SUV"}, "units", "GML"),
    "g/ml": ({"Units": "g/ml"}, "units", "GML"),
    "DICOM's term": ({"Units": "PROPCNTS"}, "units", "PROPCNTS"),
    "no units": ({"Units": None}, "units", None),
    "grams": ({"BodyWeight": 25, "BodyWeightUnit": "g"}, "weight_kg", 0.025),
    "no weight": ({"BodyWeight": 0}, "weight_kg", None),
    "n/a": ({"BodyWeight": "n/a"}, "weight_kg", None),
    "not attenuation corrected": ({"AttenuationCorrection": "none"}, "corrected_image", ("DECY",)),
    "attenuation unknown": ({"AttenuationCorrection": None}, "corrected_image", None),
    "uncorrected": (
        {"ImageDecayCorrected": False, "ImageDecayCorrectionTime": None},
        "decay_correction",
        "NONE",
    ),
    "to the injection": ({"ImageDecayCorrectionTime": 0}, "decay_correction", "ADMIN"),
    "to no stated time": ({"ImageDecayCorrectionTime": None}, "decay_correction", None),
    "DICOM's mode": (
        {"ImageDecayCorrected": None, "ImageDecayCorrectionTime": None, "DecayCorrection": "ADMIN"},
        "decay_correction",
        "ADMIN",
    ),
    "DICOM's mode and no time": (
        {"ImageDecayCorrectionTime": None, "DecayCorrection": "START"},
        "decay_correction",
        "START",
    ),
    "DICOM's mode and another moment": (
        {"DecayCorrection": "START", "ImageDecayCorrectionTime": 1800},
        "decay_reference_datetime",
        datetime(2026, 3, 10, 10, 30),
    ),
    "one digit of an hour": ({"TimeZero": "9:30:00"}, "injection_datetime", datetime(2026, 3, 10, 9, 30)),
    "a time with Z": ({"TimeZero": "10:00:00Z"}, "injection_datetime", datetime(2026, 3, 10, 10)),
    "a date with Z": ({"ScanDate": "2026-03-10Z"}, "injection_datetime", datetime(2026, 3, 10, 10)),
    "dated by our own key": (
        {"ScanDate": None, "scan_datetime": "2026-03-10T11:00:00"},
        "injection_datetime",
        datetime(2026, 3, 10, 10),
    ),
    "a frame late in its scan": (
        {"ScanStart": 0, "ImageDecayCorrectionTime": 0},
        "injection_datetime",
        datetime(2026, 3, 10, 10),
    ),
    "our own units": ({"Units": None, "units": "Bq/ml"}, "units", "BQML"),
    "per cc": ({"Units": "kBq/cc"}, "units", "BQML"),
    "no method of attenuation": (
        {"AttenuationCorrection": "CT-based, without contrast"},
        "corrected_image",
        ("ATTN", "DECY"),
    ),
    "no date": ({"ScanDate": None}, "injection_datetime", datetime.combine(NOMINAL_DAY, time(10))),
    "no date, no study's day": ({"ScanDate": None}, "study_date", None),
    "no date, no scan": (
        {"ScanDate": None, "ScanStart": None, "FrameTimesStart": None},
        "injection_time",
        time(10),
    ),
    "no date, and seconds beyond a scan": (
        {"ScanDate": None, "InjectionStart": -1e7},
        "injection_datetime",
        None,
    ),
    "to the scan's start": ({"ScanDate": None}, "decay_correction", "START"),
    "to a moment without a date": (
        {"ScanDate": None, "ImageDecayCorrectionTime": 1800},
        "decay_reference_datetime",
        datetime.combine(NOMINAL_DAY, time(10, 30)),
    ),
    "to a moment without TimeZero": (
        {"TimeZero": None, "ImageDecayCorrectionTime": 1800},
        "decay_correction",
        None,
    ),
    "a zero of the day before": (
        {"TimeZero": "23:30:00"},
        "injection_datetime",
        datetime(2026, 3, 9, 23, 30),
    ),
    "a zero with its date": (
        {"TimeZero": "2026-03-09T10:00:00", "ScanDate": None},
        "injection_datetime",
        datetime(2026, 3, 9, 10),
    ),
    "to 2 s after the injection": ({"ImageDecayCorrectionTime": 2}, "decay_correction", "START"),
    "injection at the scan": ({"ScanStart": 0, "FrameTimesStart": [0]}, "injection_datetime", None),
    "injection at the scan, corrected to it": (
        {"ScanStart": 0, "FrameTimesStart": [0], "ImageDecayCorrectionTime": 0},
        "decay_correction",
        "START",
    ),
}


@pytest.mark.parametrize("name", FACTS)
def test_what_a_side_car_says_and_what_it_leaves_open(name: str, tmp_path: Path) -> None:
    changes, fact, expected = FACTS[name]
    assert getattr(facts(tmp_path, **changes), fact) == expected


@pytest.mark.parametrize(
    ("unit", "bq"),
    [
        *(("Bq", 1.0), ("kBq", 1e3), ("MBq", 1e6), ("GBq", 1e9)),
        *(("uCi", 3.7e4), ("\N{MICRO SIGN}Ci", 3.7e4), ("\N{GREEK SMALL LETTER MU}Ci", 3.7e4)),
        *(("mCi", 3.7e7), ("Ci", 3.7e10)),
    ],
)
def test_a_dose_in_each_unit(unit: str, bq: float, tmp_path: Path) -> None:
    """1 Ci is 3.7e10 Bq by definition."""
    told = facts(tmp_path, InjectedRadioactivity=2.5, InjectedRadioactivityUnits=unit)
    assert told.injected_activity_bq == pytest.approx(2.5 * bq, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "bqml"),
    [("Bq/mL", 1.0), ("kBq/mL", 1e3), ("MBq/ml", 1e6), ("nCi/ml", 37.0), ("nCi/cc", 37.0), ("Bq/cc", 1.0)],
)
def test_pixels_in_each_unit(unit: str, bqml: float, tmp_path: Path) -> None:
    one = found(tmp_path, Units=unit)
    assert one.facts is not None
    assert one.facts.units == "BQML"
    np.testing.assert_allclose(load(one).voxels, ramp() * bqml, rtol=1e-6)


def test_an_injection_at_the_start_of_a_static_scan_is_doubted_aloud(tmp_path: Path) -> None:
    """Converters write 0 where they lost it; believed, SUV of 18F after an hour would be 46 % off."""
    notes = found(tmp_path, ScanStart=0, FrameTimesStart=[0]).notes
    assert any("taken as not known" in note for note in notes)


@pytest.mark.parametrize(
    "words",
    [
        *("No attenuation correction", "no correction", "None (NAC)", "NAC", "not performed", "No AC", "0"),
        *("without", "uncorrected data", "non-attenuation corrected", "Attenuation correction not applied"),
        "CT; AC off",
    ],
)
def test_words_that_say_that_attenuation_was_not_corrected(words: str, tmp_path: Path) -> None:
    assert facts(tmp_path, AttenuationCorrection=words).corrected_image == ("DECY",)


@pytest.mark.parametrize(
    "words", ["CT-based, without contrast", "No contrast CT", "transmission (68Ge), no scatter correction"]
)
def test_words_about_something_else_leave_attenuation_corrected(words: str, tmp_path: Path) -> None:
    assert facts(tmp_path, AttenuationCorrection=words).corrected_image == ("ATTN", "DECY")


def test_a_correction_that_nobody_knows_of_is_not_said(tmp_path: Path) -> None:
    assert facts(tmp_path, AttenuationCorrection="unknown").corrected_image is None


@pytest.mark.parametrize(("lasts_s", "believed"), [(60, True), (300, False)])
def test_only_a_scan_that_begins_with_a_short_frame_begins_with_the_injection(
    lasts_s: float, believed: bool, tmp_path: Path
) -> None:
    """Four late frames of 5 min with a default of 0 would have SUV of 18F x 2^(-60/109.8) = 0.68."""
    image = write_nifti(tmp_path / "x_pet.nii", np.stack([ramp(), ramp(3.0)], axis=-1))
    times = {"ScanStart": 0, "FrameTimesStart": [0, lasts_s], "FrameDuration": [lasts_s, 600]}
    write_sidecar(image, **(BIDS | times | {"ImageDecayCorrectionTime": 0}))
    one = scan(image).found[0]
    assert one.facts is not None
    assert one.facts.injection_datetime == (datetime(2026, 3, 10, 10) if believed else None)
    assert any(("believed" if believed else "taken as not known") in note for note in one.notes)


def test_one_bad_side_car_refuses_no_other_file(tmp_path: Path) -> None:
    """An ID written as a number is an ID; a unit that is a number is not read; neither stops the scan."""
    write_sidecar(write_nifti(tmp_path / "a_pet.nii", ramp()), PatientID=123)
    write_sidecar(write_nifti(tmp_path / "b_ct.nii", CT), Modality="CT", Units=5)
    result = scan(tmp_path)
    assert {one.series.modality: one.patient.id for one in result.found} == {"PT": "123", "CT": "123"}
    assert codes(result) == {"b_ct.json": "SIDECAR_BROKEN"}


def test_our_own_keys_are_the_names_of_facts(tmp_path: Path) -> None:
    image = write_nifti(tmp_path / "x_pet.nii", ramp())
    write_sidecar(
        image,
        units="BQML",
        weight_kg=70,
        height_m=1.75,
        sex="F",
        injected_activity_bq=3.7e8,
        half_life_s=45722.2,
        nuclide="64Cu",
        radiopharmaceutical="Cu-ATSM",
        decay_correction="START",
        attenuation_corrected=True,
        injection_datetime="2026-03-10T10:00:00",
        scan_datetime="2026-03-10T11:00:00",
        frame_duration_s=600,
    )
    told = scan(image).found[0].facts
    assert told is not None
    assert told.half_life_s == 45722.2
    assert told.series_datetime == told.slices[0].acquired == datetime(2026, 3, 10, 11)
    assert (told.sex, told.height_m, told.corrected_image) == ("F", 1.75, ("ATTN", "DECY"))


def test_keys_that_mean_nothing_here_are_named(tmp_path: Path) -> None:
    notes = found(tmp_path, ReconMethodName="OP-OSEM", FilterSize=[4]).notes
    assert "Not used of x_pet.json: ReconMethodName, FilterSize." in notes

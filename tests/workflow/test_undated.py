"""A side-car without a date: SUV by the spans of its times, and no date is made up, shown or written."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from atsmviewer.cli.run import DONE, run
from atsmviewer.model.assessment import Depth
from atsmviewer.model.session import Override, Session
from atsmviewer.model.suv import Scale
from atsmviewer.model.undated import NOMINAL_DAY
from atsmviewer.phantom.small import small_case
from atsmviewer.quant.assess import assess
from atsmviewer.ui.bars import time_points
from atsmviewer.ui.strip import chips
from atsmviewer.workflow.demo import write_case
from atsmviewer.workflow.opening import open_case
from atsmviewer.workflow.reporting import make_report
from tests.dicom.nifti_made import Way, write_nifti, write_sidecar
from tests.report.paper import text_of
from tests.workflow.test_nifti_study import FLAT, FLAT_LPS, bids, converted, drawn, opened

HALF_LIFE_S, DOSE_BQ, WEIGHT_KG, SCAN_S, LASTS_S = 45722.2, 370e6, 71.5, 3600.0, 600.0
CAR: dict[str, object] = {
    "Modality": "PT", "Units": "Bq/mL", "AttenuationCorrection": "CT-based", "TracerName": "Cu-ATSM",
    "TracerRadionuclide": "Cu64", "RadionuclideHalfLife": HALF_LIFE_S, "BodyWeight": WEIGHT_KG,
    "InjectedRadioactivity": DOSE_BQ / 1e6, "InjectedRadioactivityUnits": "MBq", "TimeZero": "10:00:00",
    "InjectionStart": 0, "ScanStart": SCAN_S, "FrameTimesStart": [SCAN_S], "FrameDuration": [LASTS_S],
    "ImageDecayCorrected": True, "ImageDecayCorrectionTime": SCAN_S,
}  # fmt: skip
TIMES = ("ScanStart", "FrameTimesStart", "ImageDecayCorrectionTime")


def scaled(folder: Path, car: dict[str, object], **entries: str) -> Scale:
    write_sidecar(write_nifti(folder / "x_pet.nii", FLAT, FLAT_LPS), **car)
    study, acquisition = opened(folder)
    given = tuple(Override(acquisition.uid, name, value, "r", "w") for name, value in entries.items())
    return assess(study, Session(study.key, overrides=given), Depth.FULL).scale(acquisition.uid)


def of_reference(seconds: float) -> float:
    """SUV of 1 Bq/ml decay-corrected to so long after the injection (R17, R18)."""
    return WEIGHT_KG * 1e3 / (DOSE_BQ * 2 ** (-seconds / HALF_LIFE_S))


RATE = math.log(2) / HALF_LIFE_S
WAYS: dict[str, tuple[dict[str, object], float]] = {
    "to the scan's start": ({}, of_reference(SCAN_S)),
    "to another moment": ({"ImageDecayCorrectionTime": 1800}, of_reference(1800)),
    "to the injection": ({"ImageDecayCorrectionTime": 0}, of_reference(0)),
    "START, to another moment": (
        {"DecayCorrection": "START", "ImageDecayCorrectionTime": 1800},
        of_reference(1800),
    ),
    "not at all": (
        {"ImageDecayCorrected": False, "ImageDecayCorrectionTime": None},
        of_reference(SCAN_S) * RATE * LASTS_S / -math.expm1(-RATE * LASTS_S),
    ),
    "counted from the scan": (
        {"TimeZero": "11:00:00", "InjectionStart": -3600}
        | {"ScanStart": 0, "FrameTimesStart": [0], "ImageDecayCorrectionTime": 0},
        of_reference(SCAN_S),
    ),
    "blanked clock": ({"TimeZero": "00:00:00"}, of_reference(SCAN_S)),
    "over midnight": ({"TimeZero": "23:30:00"}, of_reference(SCAN_S)),
}


@pytest.mark.parametrize("name", WAYS)
def test_suv_needs_the_spans_between_times_only(name: str, tmp_path: Path) -> None:
    changes, expected = WAYS[name]
    assert scaled(tmp_path, CAR | changes).factor == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", WAYS)
def test_the_scans_start_with_its_date_dates_everything(name: str, tmp_path: Path) -> None:
    changes, expected = WAYS[name]
    scale = scaled(tmp_path, CAR | changes, scan_datetime="2026-03-10T15:00:00")
    assert scale.factor == pytest.approx(expected, rel=1e-12)
    assert scale.injection_time is not None
    assert scale.injection_time.isoformat() == "2026-03-10T14:00:00"


@pytest.mark.parametrize("name", ["injection_datetime", "reference_datetime"])
def test_another_entry_with_a_date_does_not_date_the_scan(name: str, tmp_path: Path) -> None:
    """What the scan's day is must then be said; nothing is reckoned between a date and none."""
    scale = scaled(tmp_path, CAR, **{name: "2026-03-10T10:00:00"})
    assert scale.refused is not None
    assert scale.refused.code in ("REF_TIME_MISSING", "INJ_DAY_UNKNOWN")
    assert "datetime" in scale.refused.remedy


def test_what_an_entry_replaces_is_told_without_a_date(tmp_path: Path) -> None:
    scale = scaled(tmp_path, CAR, scan_datetime="2026-03-10T15:00:00")
    assert any("(header: no date, 11:00:00)" in flag.what for flag in scale.flags)


def test_both_entries_give_suv(tmp_path: Path) -> None:
    entries = {"injection_datetime": "2026-03-10T10:10:00", "reference_datetime": "2026-03-10T11:00:00"}
    assert scaled(tmp_path, CAR, **entries).factor == pytest.approx(of_reference(3000), rel=1e-12)


def test_an_injection_corrected_beside_the_scans_date(tmp_path: Path) -> None:
    """ADMIN: the pixels stand for the injection of the side-car, an hour before the scan (R10)."""
    entries = {"scan_datetime": "2026-03-10T15:00:00", "injection_datetime": "2026-03-10T14:10:00"}
    scale = scaled(tmp_path, CAR | {"ImageDecayCorrectionTime": 0}, **entries)
    assert scale.factor == pytest.approx(of_reference(-600), rel=1e-12)


def test_no_date_is_told_where_none_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the nominal day nor a part of it, in the terminal, the window's strip or the report."""
    made = small_case()
    delivered = open_case(write_case(made, tmp_path / "dicom")).study
    folder = converted(delivered, tmp_path / "nifti", Way())
    (folder / "sub-01_pet.json").write_text(json.dumps(bids(made, ScanDate=None)), "utf-8")
    study, acquisition = opened(folder)
    session = drawn(study, made)
    scale = assess(study, session, Depth.FULL).scale(acquisition.uid)
    assert scale.is_suv
    told = [str(chips(acquisition, scale)), str(time_points(study)), str(study.notes)]
    for verb in ("scan", "suv"):
        for form in ([], ["--json"]):
            assert run([verb, str(folder), *form], lambda *_: 0) == DONE
            told.append(capsys.readouterr().out)
    for path in make_report(study, session, None, tmp_path / "out"):
        told.append(text_of(path.read_bytes()) if path.suffix == ".pdf" else path.read_text("utf-8"))
    shown = re.compile(rf"\b{NOMINAL_DAY.year}\b|{NOMINAL_DAY:%d %b}|\b{NOMINAL_DAY.day}\s{NOMINAL_DAY:%b}\b")
    assert [found[0] for text in told for found in shown.finditer(text)] == []
    assert len([text for text in told if "no date" in text]) >= 6

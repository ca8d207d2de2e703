"""What `atsmviewer suv` says of a scan: the way to SUV, the times, the refusal, and the line to paste."""

from __future__ import annotations

import json
import math
import re
import shlex
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from atsmviewer.cli.layout import moment, span
from atsmviewer.cli.run import DONE, REFUSED, run
from atsmviewer.phantom.copper import copper
from atsmviewer.phantom.published import published
from atsmviewer.phantom.suvcase import SuvCase
from atsmviewer.quant.overrides import FORMS
from atsmviewer.workflow.suvcases import suv_cases, write_suv_case

ENTRIES = {
    "weight_kg": "71",
    "height_m": "1.75",
    "injected_activity_bq": "370e6",
    "half_life_s": "45722.2",
    "injection_datetime": "2026-09-07T10:35:20",
    "injection_day": "-1",
    "reference_datetime": "2026-09-08T11:05:20",
    "assay_activity_bq": "371e6",
    "assay_datetime": "2026-09-07T10:20:00",
    "residual_activity_bq": "2e6",
    "residual_datetime": "2026-09-07T10:40:00",
    "nuclide": "64Cu",
    "scanned_as": "18F",
    "sex": "F",
    "units": "BQML",
    "decay_correction": "START",
    "tracer_confirmed": "Cu-ATSM",
    "attenuation_corrected": "yes",
    "scan_datetime": "2026-09-08T11:05:20",
    "frame_duration_s": "600",
}


def no_window(*_: object) -> int:
    raise AssertionError("no window was asked for")


def case(name: str) -> SuvCase:
    return {one.name: one for one in suv_cases()}[name]


def said(capsys: pytest.CaptureFixture[str], made: SuvCase, folder: Path, *words: str) -> str:
    assert run(["suv", str(write_suv_case(made, folder)), *words], no_window) == DONE
    return capsys.readouterr().out


def value(text: str, label: str) -> str:
    """The value of a line, without the source behind it."""
    (found,) = re.findall(rf"^  {re.escape(label)} +(.*?)(?:  +\[.*)?$", text, re.MULTILINE)
    return str(found)


def test_the_way_to_suv_is_told_with_the_numbers_that_made_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """64Cu, 24.5 h: 368.08 MBq decay to 368.08 x 2^(-88200 s / 45722.2 s) before 63.5 kg divide."""
    text = said(capsys, case("64Cu_24h_date"), tmp_path)
    left = 368.08 * 2.0 ** (-88200.0 / 45722.2)
    assert value(text, "D at that time").endswith(f"= {left:.5g} MBq")
    assert value(text, "uptake until then") == f"24 h 30 min = {88200.0 / 45722.2:.4g} half-lives"
    factor = 63.5 * 1000.0 / (left * 1e6)
    assert float(value(text, "factor").removeprefix("SUVbw = pixel x ")) == pytest.approx(factor, rel=1e-7)
    assert value(text, "check").startswith(f"SUVbw 1 is {1e-3 / factor:.4g} kBq/ml")
    assert "[(0018,1074) RadionuclideTotalDose]" in text
    assert "T/M can be measured" in text


@pytest.mark.parametrize("made", suv_cases(), ids=lambda one: one.name)
def test_no_scan_is_left_without_an_explanation(
    made: SuvCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, made, tmp_path, *(f"--set={name}={text}" for name, text in made.entered.items()))
    assert ("No SUV (" in text) == made.refused
    assert ("How SUVbw follows" in text) == (not made.refused)
    assert not re.search(r"\bnan\b|\binf\b|None", text)
    assert "see below" not in text


def test_each_reference_time_says_what_it_would_do_to_suv(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two minutes of 60Cu are 2^(120 / 1422) - 1 = 6.02 % of SUV."""
    plain = case("60Cu_START")
    earlier = (plain.exam.reference - timedelta(minutes=2)).strftime("%Y%m%d%H%M%S")
    element = (0x0071, "SIEMENS MED PT", 0x22, "DT", earlier)
    text = said(capsys, replace(plain, changes={"private": [element]}), tmp_path)
    assert "used" in value(text, "* DecayCorrectionDateTime")
    assert value(text, "  SeriesTime").endswith(f"SUV {100 * (2.0 ** (120 / 1422) - 1):+.2f} %")
    assert "REFTIME_CONFLICT" in text


def test_a_time_of_day_alone_gets_one_line_a_day_and_each_line_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, case("64Cu_24h_clock"), tmp_path)
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if "atsmviewer suv" in line]
    assert len(lines) == 3
    factors = []
    for program, *words in lines:
        assert program == "atsmviewer"
        assert run(words, no_window) == DONE
        factors.append(float(value(capsys.readouterr().out, "factor").split()[-1]))
    day = 2.0 ** (86400.0 / 45722.2)
    assert factors[1] / factors[0] == pytest.approx(day, rel=1e-6)
    assert factors[2] / factors[1] == pytest.approx(day, rel=1e-6)


def test_what_only_the_record_knows_stands_in_capitals_and_cannot_pass_for_a_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = {"PatientWeight": None, "RadionuclideTotalDose": None}
    text = said(capsys, replace(case("64Cu_START"), refused=True, changes=gone), tmp_path)
    (line,) = [shlex.split(line) for line in text.splitlines() if "atsmviewer suv" in line]
    assert line.count("--set") == 2
    assert {"weight_kg=KG", "injected_activity_bq=BQ"} <= set(line)
    assert run(line[1:], no_window) == REFUSED
    assert "OVERRIDE_INVALID" in capsys.readouterr().err


def test_where_nothing_helps_no_line_is_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = {one.name: one for one in published()}["DRO_error_2_7"]
    text = said(capsys, refused, tmp_path)
    assert "atsmviewer suv" not in text


@pytest.mark.parametrize("name", FORMS)
def test_everything_that_may_be_entered_can_be_set(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, copper()[9], tmp_path, "--set", f"{name}={ENTRIES[name]}")
    assert re.search(rf"{name} = \S.* entered by .*OVERRIDDEN", " ".join(text.split()))


def test_an_entered_weight_changes_suv_as_its_formula_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, case("64Cu_START"), tmp_path, "--set", "weight_kg=127")
    left = 368.08e6 * 2.0 ** (-3600.0 / 45722.2)
    assert float(value(text, "factor").split()[-1]) == pytest.approx(127e3 / left, rel=1e-7)
    assert value(text, "body weight W") == "127 kg"
    assert "entered by" in text


def test_other_kinds_are_ratios_of_masses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R17's oracle: 70 kg, 175 cm, a man."""
    text = said(capsys, case("DRO_2_1_0"), tmp_path)
    for label, kg in (
        ("SUVlbm (Janmahasatian)", 55.8571),
        ("SUVlbm (James 128)", 56.520),
        ("SUVibw", 72.380),
    ):
        other = [found for found in re.findall(rf"^  {re.escape(label)} +x (\S+)", text, re.MULTILINE)]
        assert [float(one) for one in other] == [pytest.approx(kg / 70.0, rel=1e-5)]
    assert value(text, "%ID/ml").startswith(f"x {100 / 70000:.6g}")


def test_the_keys_of_the_record_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(said(capsys, case("64Cu_START"), tmp_path, "--json"))
    assert record["schema"] == "atsmviewer.suv/1"
    promised = (
        "series_uid modality units decay_correction nuclide radiopharmaceutical factor suvbw_min suvbw_max"
    )
    promised += " reference_time injection_time candidates flags refused"
    assert set(promised.split()) <= record["series"][0].keys()


@pytest.mark.reference
def test_a_stranger_can_read_a_session_of_a_phantom(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reference_data / "12_vision_quadra_petct_session_headers"
    assert run(["suv", str(folder)], no_window) == DONE
    good, rest = capsys.readouterr().out.split("\n\nPET: ")
    bad, beside = rest.split("\n\nBeside")
    assert "68Ge is a nuclide of phantoms" in good
    factor = 75e3 / (85.74e6 * math.exp2(-2077.0 / 23410100.0))
    assert float(value(good, "factor").split()[-1]) == pytest.approx(factor, rel=1e-7)
    assert "No SUV (NOT_CORRECTED)" in bad
    assert "No T/M (NAC_RATIO)" in bad
    assert value(bad, "with SUV here") == "PET SWB 8MIN"
    assert value(beside, "pet.statistics/ (3)").startswith("It is a secondary capture")
    assert "LOCALIZER" in value(beside, "pet.topogram/ (1)")
    assert beside.count("\n  CT  ") == 2


@pytest.mark.reference
def test_a_pet_that_says_nothing_is_told_what_it_lacks(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["suv", str(reference_data / "07_nema_phantom_pet_without_suv_tags")], no_window) == DONE
    text = capsys.readouterr().out
    assert "No SUV (UNITS_UNKNOWN)" in text
    for lacking in ("units", "decay correction", "body weight", "injected activity", "injection time"):
        assert lacking in text.split("the header lacks")[1].split("shown instead")[0]
    assert "T/M can be measured" in text


@pytest.mark.reference
def test_a_published_factor_is_the_one_told(reference_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["suv", str(reference_data / "03_sts001_petct_raw_demo/PET_wholebody_BQML")], no_window) == DONE
    )
    text = capsys.readouterr().out
    assert float(value(text, "factor").split()[-1]) == pytest.approx(2.429029766e-4, rel=1e-7)
    assert "INJ_DATE_INFERRED" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.5, "0.5 s"),
        (59.9, "59.9 s"),
        (600.0, "10 min"),
        (3599.9, "60 min"),
        (3600.0, "1 h"),
        (7199.0, "2 h"),
        (88200.0, "24 h 30 min"),
        (282276.0, "3.3 days"),
        (-90.0, "-1.5 min"),
    ],
)
def test_a_span_is_said_in_the_unit_of_its_size(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_moment_is_rounded_and_not_cut() -> None:
    assert moment(datetime(2023, 8, 25, 15, 24, 18, 999_996)) == "2023-08-25 15:24:19"
    assert moment(datetime(2023, 8, 25, 15, 24, 18, 440_000)) == "2023-08-25 15:24:18.4"

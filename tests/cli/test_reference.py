"""The real scan STS_001 and a phantom without SUV tags, by command line, against published values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from atsmviewer.cli.run import DONE, run

pytestmark = pytest.mark.reference

PET, REGIONS = "PET_wholebody_BQML", "RTSTRUCT_on_PET_wholebody"
THIGH = ("Thigh", "150", "10", "-812", "12")


def no_window(*_: object) -> int:
    raise AssertionError("no window was asked for")


@pytest.fixture
def sts(reference_data: Path) -> Path:
    """A whole-body PET, a CT crop, structure sets (TCIA Soft-tissue-Sarcoma)."""
    return reference_data / "03_sts001_petct_raw_demo"


@pytest.fixture
def words(sts: Path, tmp_path: Path) -> list[str]:
    """The published reading: centre rule, GTV_Mass, and a muscle sphere in the thigh."""
    protocol = tmp_path / "protocol.json"
    protocol.write_text('{"mask_rule": "centre"}')
    (regions,) = (sts / REGIONS).glob("*.dcm")
    return [
        *("--rois", str(regions), "--tumour", "GTV_Mass", "--protocol", str(protocol)),
        *("--sphere", *THIGH, "--muscle", "Thigh"),
    ]


def answer(capsys: pytest.CaptureFixture[str], *line: str) -> dict[str, Any]:
    assert run(line, no_window) == DONE
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    return record


def test_the_factor_is_the_published_one(sts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (series,) = answer(capsys, "suv", str(sts / PET), "--json")["series"]
    assert series["factor"] == pytest.approx(2.429029766e-4, rel=1e-5)
    assert series["refused"] is None


def test_the_mass_has_the_published_voxels_max_and_mean(
    sts: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    record = answer(capsys, "assess", str(sts / PET), *words, "--json")
    rois = {roi["name"]: roi for roi in record["rois"]}
    mass, muscle = rois["GTV_Mass"], rois["Thigh"]
    assert mass["voxels"] == 5095
    assert mass["max"] == pytest.approx(7.9107, rel=1e-4)
    assert mass["mean"] == pytest.approx(2.5552, rel=1e-4)
    assert mass["volume_ml"] == pytest.approx(5095 * 4.6875**2 * 3.27 / 1000, rel=1e-4)
    mean = next(r for r in record["ratios"] if r["kind"] == "mean")
    assert mean["value"] == pytest.approx(mass["mean"] / muscle["mean"], rel=1e-12)
    highest = next(r for r in record["ratios"] if r["kind"] == "max")
    assert highest["value"] == pytest.approx(mass["max"] / muscle["mean"], rel=1e-12)


def test_the_whole_folder_pairs_the_crop_and_reads_the_same(
    sts: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    record = answer(capsys, "assess", str(sts), *words, "--json")
    counts = {roi["acquisition_uid"]: roi["voxels"] for roi in record["rois"] if roi["name"] == "GTV_Mass"}
    assert 5095 in counts.values()
    pairs = answer(capsys, "scan", str(sts), "--json")["acquisitions"]
    assert len(pairs) == 2
    assert all(pair["anatomy"] for pair in pairs)


def test_the_report_is_three_files_with_those_numbers(
    sts: Path, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["report", str(sts), *words, "--out", str(out)], no_window) == DONE
    capsys.readouterr()
    assert {path.suffix for path in out.iterdir()} == {".pdf", ".csv", ".json"}
    rois = json.loads((out / "assessment.json").read_text("utf-8"))["rois"]
    assert any(roi["voxels"] == 5095 for roi in rois)
    assert (out / "atsmviewer-report.pdf").read_bytes().startswith(b"%PDF-")


def test_a_pet_without_suv_tags_is_refused_suv_but_not_tm(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reference_data / "07_nema_phantom_pet_without_suv_tags"
    (series,) = answer(capsys, "suv", str(folder), "--json")["series"]
    assert series["factor"] is None
    assert series["refused"]["code"]
    assert series["refused"]["remedy"]
    spheres = ("--sphere", "A", "0", "0", "0", "20", "--sphere", "B", "60", "0", "0", "15")
    record = answer(capsys, "assess", str(folder), *spheres, "--tumour", "A", "--muscle", "B", "--json")
    mean = next(r for r in record["ratios"] if r["kind"] == "mean")
    rois = {roi["name"]: roi for roi in record["rois"]}
    assert mean["value"] == pytest.approx(rois["A"]["mean"] / rois["B"]["mean"], rel=1e-12)
    assert rois["A"]["unit"] == "stored units"
    assert "UNITS_UNKNOWN" in {flag["code"] for flag in record["flags"]}

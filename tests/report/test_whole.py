"""Muscle quality, evidence, spreads, burden and origins reach the record, the table and the page."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from atsmviewer.model.assessment import Assessment, Missing
from atsmviewer.model.errors import Flag
from atsmviewer.model.session import Protocol
from atsmviewer.report.records import assess_record, to_json_bytes
from atsmviewer.report.table import measurements_csv
from tests.report import made_up, made_whole
from tests.report.paper import made, outside, text_of


def record(assessment: Assessment) -> dict[str, Any]:
    written = to_json_bytes(assess_record(assessment, made_up.study(), made_up.session()))
    found: dict[str, Any] = json.loads(written)
    return found


def rows(assessment: Assessment) -> list[dict[str, str]]:
    data = measurements_csv(assessment, made_up.study(), made_up.session())
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_the_record_traces_a_number_to_its_series_grid_scale_and_tags() -> None:
    found = record(made_whole.whole())
    traced = found["ratios"][0]["traced"]
    assert (traced["algorithm"], traced["inputs"]) == ("tm.mean/1", {"a": "1"})
    origin = found["origins"][traced["origin"]]
    assert origin["series_uid"] == made_up.PET
    assert origin["grid"].startswith("60 x 128 x 128")
    assert origin["facts"] == [{"name": "weight_kg", "value": "71.0", "source": "(0010,1030) PatientWeight"}]
    assert len(found["origins"]) == 1  # written once, however many numbers share it


def test_the_record_holds_what_stands_beside_the_ratio() -> None:
    ratio, _, blood = record(made_whole.whole())["ratios"]
    assert (ratio["spreads"][0]["low"], ratio["spreads"][0]["high"]) == (2.4, 2.52)
    assert ratio["probability_above"] == 0.97
    assert (ratio["reference_role"], blood["reference_role"]) == ("muscle", "blood pool")


def test_the_record_holds_the_muscle_with_a_reason_for_each_gap() -> None:
    found = record(made_whole.whole())
    (muscle,) = found["muscles"]
    assert (muscle["volume_ml"], muscle["hu"], muscle["cov"]) == (11.4, 71.0, 0.23)
    assert muscle["distance_mm"] is None
    assert "no_hot_tissue" in {reason["code"] for reason in found["missing"]}
    assert [side["name"] for side in muscle["sides"]] == ["Muscle left", "Muscle right"]


def test_the_record_names_each_row_once_and_says_what_it_says_of_whom() -> None:
    other = replace(made_whole.evidence("above", ()), roi_uid="t2")
    found = record(replace(made_whole.whole(), evidence=(made_whole.evidence(), other)))["evidence"]
    assert [row["uid"] for row in found["cut_offs"]] == ["row-1"]
    assert [(said["roi_uid"], said["verdict"]) for said in found["said"]] == [
        ("t1", "context"),
        ("t2", "above"),
    ]
    assert found["said"][0]["why"] == ["its window is unknown"]
    assert "not for clinical decisions" in found["caution"]


def test_the_record_holds_burden_and_where_the_outline_comes_from() -> None:
    (hypoxic,) = record(made_whole.whole())["hypoxic"]
    assert (hypoxic["burden"], hypoxic["burden_unit"]) == (812.5, "g/ml x ml")
    assert hypoxic["within_pet_contour"] is False


@pytest.mark.parametrize(
    ("quantity", "value", "unit"),
    [
        ("tm_mean_spread_left_right_low", 2.4, ""),
        ("probability_above_noise_only", 0.97, ""),
        ("tblood_mean", 1.91, ""),
        ("hypoxic_burden", 812.5, "g/ml x ml"),
        ("hu", 71.0, "HU"),
    ],
)
def test_the_table_has_a_row_for_each(quantity: str, value: float, unit: str) -> None:
    (row,) = [r for r in rows(made_whole.whole()) if r["quantity"] == quantity]
    assert (float(row["value"]), row["unit"]) == (value, unit)
    assert row["algorithm"]


def test_a_row_of_the_table_stands_alone_it_says_what_it_was_made_from() -> None:
    (row,) = [r for r in rows(made_whole.whole()) if r["quantity"] == "tm_mean"]
    assert row["inputs"] == "a = 1"
    assert row["grid"].startswith("60 x 128 x 128")
    assert row["scale"].startswith("suv.bw/1")
    assert row["facts"] == "weight_kg = 71.0 [(0010,1030) PatientWeight]"


def test_the_page_says_spreads_blood_burden_and_muscle() -> None:
    text = text_of(made(made_whole.whole()))
    assert "left-right 2.40 – 2.52" in text
    assert "T/blood mean 1.91" in text
    assert "burden 812 g/ml × ml" in text or "burden 813 g/ml × ml" in text
    assert "Muscle good" in text
    assert "11.4 ml, 71 HU, 23 % CoV" in text


def test_the_page_doubts_a_muscle_in_words() -> None:
    one = replace(made_whole.whole(), muscles=(made_whole.muscle(Flag("MUSCLE_SMALL", "Less than 5 ml.")),))
    assert "Muscle good" not in text_of(made(one))


@pytest.mark.parametrize("verdict", ["above", "context"])
def test_the_page_prints_a_cut_off_whole_or_not_at_all(verdict: str) -> None:
    chosen = replace(made_up.session(), protocol=Protocol(tm_threshold=2.0, tumour_type="cervix"))
    one = replace(made_whole.whole(), evidence=(made_whole.evidence(verdict, ()),))
    text = text_of(made(one, session=chosen))
    for part in ("Exploratory, not for clinical decisions.", "Author 2008", "n = 38", "⁶⁰Cu", "survival"):
        assert part in text
    assert "Author 2008" not in text_of(made(one))  # no tumour type was chosen
    assert outside(made(one, session=chosen)) == []


def test_the_page_names_the_kind_of_suv_and_the_outline_of_a_threshold() -> None:
    scale = replace(made_up.scale(), kind="lbmjanma", label="SUVlbm (Janmahasatian)")
    one = made_up.gated(scale, made_whole.whole())
    circular = Missing("hypoxic_fraction", "HF_CIRCULAR", "The outline is a threshold on this PET.")
    own = replace(one.hypoxic[0], fraction=circular, within_pet_contour=True)
    text = text_of(made(replace(one, hypoxic=(own,))))
    assert "SUVlbm (Janmahasatian), g/ml" in text
    assert "within PET contour" in text
    assert "The outline is a threshold on this PET." in text

"""The CSV: tidy, full precision, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.report.records import assess_record, to_json_bytes
from atsmviewer.report.table import COLUMNS, measurements_csv
from tests.report import made_up


def rows(assessment: Assessment) -> list[dict[str, str]]:
    data = measurements_csv(assessment, made_up.study(), made_up.session())
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def value(table: list[dict[str, str]], roi: str, quantity: str, kind: str = "") -> float:
    (row,) = [r for r in table if (r["roi"], r["quantity"], r["kind"]) == (roi, quantity, kind)]
    return float(row["value"])


def test_values_equal_the_assessment_and_the_json() -> None:
    assessment = made_up.assessment()
    table = rows(assessment)
    record = json.loads(to_json_bytes(assess_record(assessment, made_up.study(), made_up.session())))
    assert value(table, "Tumour 1", "mean") == record["rois"][0]["mean"] == made_up.TUMOUR_MEAN
    tm = made_up.TUMOUR_MEAN / made_up.MUSCLE_MEAN
    assert value(table, "Tumour 1", "tm_mean", "mean") == record["ratios"][0]["value"] == tm
    assert value(table, "Tumour 1", "hypoxic_volume") == record["hypoxic"][0]["volume_ml"] == made_up.AVID_ML
    for roi in assessment.rois:
        for number in roi.numbers:
            if isinstance(number, Measurement):
                assert value(table, roi.name, number.quantity) == number.value


def test_the_interval_is_named_noise_only() -> None:
    tm = made_up.TUMOUR_MEAN / made_up.MUSCLE_MEAN
    assert value(rows(made_up.assessment()), "Tumour 1", "tm_mean_low_noise_only", "mean") == tm * 0.86


def test_what_is_missing_has_an_empty_value_and_a_reason() -> None:
    (row,) = [r for r in rows(made_up.no_muscle()) if r["quantity"] == "hypoxic_total"]
    assert row["value"] == ""
    assert row["missing"].startswith("no_muscle: ")


def test_lines_are_rfc_4180_with_the_header() -> None:
    data = measurements_csv(made_up.assessment(), made_up.study(), made_up.session())
    first, *_ = data.decode("utf-8").split("\r\n")
    assert first == ",".join(COLUMNS)
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_defused(lead: str) -> None:
    name = lead + 'cmd|"/c calc"!A0'
    table = rows(made_up.assessment(name=name))
    assert any(row["roi"] == "'" + name for row in table)
    assert not any(row["roi"].startswith(lead) for row in table)


def test_negative_numbers_stay_numbers() -> None:
    total = Measurement("hypoxic_total", -1.25, "ml", "x/1")
    (row,) = [
        r
        for r in rows(replace(made_up.assessment(), hypoxic_total=total))
        if r["quantity"] == "hypoxic_total"
    ]
    assert row["value"] == "-1.25"


def test_quotes_commas_and_lines_survive() -> None:
    name = 'a "quoted", name\nin two lines'
    assert any(row["roi"] == name for row in rows(made_up.assessment(name=name)))

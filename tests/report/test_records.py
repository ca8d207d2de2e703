"""The JSON records: keys that stay, values equal to the Assessment."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.assessment import Measurement, Missing, Number, Ratio
from atsmviewer.report.records import SuvEntry, assess_record, suv_record, to_json_bytes
from atsmviewer.report.values import value_of
from tests.report import made_up

ROI_KEYS = {
    "name", "role", "acquisition_uid", "frame", "mask_rule", "unit", "voxels", "volume_ml",
    "min", "mean", "max", "median", "sd", "peak_1ml", "peak_local", "peak_global",
}  # fmt: skip
RATIO_KEYS = {
    "quantity",
    "kind",
    "acquisition_uid",
    "frame",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
}
HYPOXIC_KEYS = {
    "roi", "reference", "acquisition_uid", "frame", "tm_threshold", "comparator",
    "level", "volume_ml", "fraction", "curve",
}  # fmt: skip
SUV_KEYS = {
    "series_uid", "modality", "units", "decay_correction", "nuclide", "radiopharmaceutical", "factor",
    "suvbw_min", "suvbw_max", "reference_time", "injection_time", "candidates", "flags", "refused",
}  # fmt: skip


def written(number: Number) -> dict[str, object]:
    """The record of an assessment whose total is ``number``, through bytes and back."""
    assessment = replace(made_up.assessment(), hypoxic_total=number)
    data = to_json_bytes(assess_record(assessment, made_up.study(), made_up.session()))
    parsed: dict[str, object] = json.loads(data)
    return parsed


def test_assess_keeps_the_keys_that_others_rely_on() -> None:
    record = json.loads(
        to_json_bytes(assess_record(made_up.assessment(), made_up.study(), made_up.session()))
    )
    assert record["schema"] == "atsmviewer.assess/1"
    assert record["rois"][0].keys() >= ROI_KEYS
    assert record["ratios"][0].keys() >= RATIO_KEYS
    assert record["hypoxic"][0].keys() >= HYPOXIC_KEYS
    assert {"hypoxic_total_ml", "missing", "flags", "provenance"} <= record.keys()


def test_assess_gives_full_precision_and_null_with_a_reason() -> None:
    record = json.loads(
        to_json_bytes(assess_record(made_up.assessment(), made_up.study(), made_up.session()))
    )
    tumour, ratio, hypoxic = record["rois"][0], record["ratios"][0], record["hypoxic"][0]
    assert (tumour["mean"], tumour["max"]) == (made_up.TUMOUR_MEAN, made_up.TUMOUR_MAX)
    assert ratio["value"] == made_up.TUMOUR_MEAN / made_up.MUSCLE_MEAN
    assert (ratio["numerator"], ratio["denominator"]) == (made_up.TUMOUR_MEAN, made_up.MUSCLE_MEAN)
    assert hypoxic["fraction"] == made_up.AVID_ML / made_up.TUMOUR_ML
    assert record["hypoxic_total_ml"] == made_up.AVID_ML
    assert tumour["peak_local"] is None
    reasons = [m for m in record["missing"] if m["quantity"] == "peak_local" and m["roi"] == "Tumour 1"]
    assert [m["code"] for m in reasons] == ["too_small"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_never_leaves(bad: float) -> None:
    record = written(Measurement("hypoxic_total", bad, "ml", "hv.union/1"))
    assert record["hypoxic_total_ml"] is None
    missing = record["missing"]
    assert isinstance(missing, list)
    assert any(m["code"] == "not_finite" and m["quantity"] == "hypoxic_total" for m in missing)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_json_gives_back_the_very_float(value: float) -> None:
    assert written(Measurement("hypoxic_total", value, "ml", "x/1"))["hypoxic_total_ml"] == value


def test_ratio_bounds_that_are_not_finite_are_null() -> None:
    ratio = Ratio(
        "t1", "T", "m", "mean", made_up.PET, 0, Missing("tm_mean", "c", "w"), math.nan, 1.0, math.nan
    )
    assessment = replace(made_up.assessment(), ratios=(ratio,))
    row = json.loads(to_json_bytes(assess_record(assessment, made_up.study(), made_up.session())))["ratios"][
        0
    ]
    assert (row["value"], row["numerator"], row["low"], row["high"]) == (None, None, None, None)


def test_same_nouns_same_bytes_and_a_newline() -> None:
    first = to_json_bytes(assess_record(made_up.assessment(), made_up.study(), made_up.session()))
    again = to_json_bytes(assess_record(made_up.assessment(), made_up.study(), made_up.session()))
    assert first == again
    assert first.endswith(b"}\n")


def test_text_that_utf8_cannot_hold_is_replaced() -> None:
    study = made_up.study(patient_id="A\udcffB")
    data = to_json_bytes(assess_record(made_up.assessment(), study, made_up.session()))
    assert json.loads(data)["case"]["patient_id"] == "A?B"


def test_suv_record_of_a_series_with_suv() -> None:
    entry = SuvEntry(made_up.acquisition(), made_up.scale(), 0.2, 4.0)
    record = json.loads(to_json_bytes(suv_record([entry])))
    (row,) = record["series"]
    assert record["schema"] == "atsmviewer.suv/1"
    assert row.keys() >= SUV_KEYS
    assert row["factor"] == made_up.FACTOR
    assert (row["suvbw_min"], row["suvbw_max"]) == (0.2, 4.0)
    assert row["reference_time"] == "2026-09-07T11:20:11"
    assert [c["chosen"] for c in row["candidates"]] == [True, False]
    assert row["refused"] is None


def test_suv_record_gives_no_factor_where_suv_is_refused_or_differs_by_slice() -> None:
    refused = SuvEntry(made_up.acquisition(), made_up.without_suv(), 0.2, 4.0)
    differs = replace(made_up.scale(), slice_factors=(1.0, 2.0))
    rows = json.loads(to_json_bytes(suv_record([refused, SuvEntry(made_up.acquisition(), differs)])))[
        "series"
    ]
    assert [row["factor"] for row in rows] == [None, None]
    assert (rows[0]["suvbw_min"], rows[0]["suvbw_max"]) == (None, None)
    assert set(rows[0]["refused"]) == {"code", "what", "remedy"}


def test_value_of_missing_is_none() -> None:
    assert value_of(Missing("mean", "loading", "The voxels are loading.")) is None

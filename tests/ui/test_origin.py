"""The origin of a number tells its value whole, id, formula, series, grid, mask, tags, entries and doubts."""

from __future__ import annotations

from dataclasses import replace

from atsmviewer.model.assessment import (
    HypoxicVolume,
    Measurement,
    Missing,
    MuscleQuality,
    Provenance,
    Ratio,
    RoiNumbers,
    Side,
    Spread,
)
from atsmviewer.model.errors import Flag
from atsmviewer.model.evidence import CutOff, Evidence
from atsmviewer.model.roi import Role
from atsmviewer.quant.overrides import FORMS
from atsmviewer.ui.factpanel import needed_fact
from atsmviewer.ui.origin import of_evidence, of_hypoxic, of_muscle, of_number, of_ratio, of_roi
from atsmviewer.ui.words import FACTS

UID = "1.2.840.113619.2.55.3"
FROM = Provenance(
    UID,
    0,
    "200 x 128 x 128 voxels of 4 x 4 x 4 mm (slice, row, column)",
    "centre",
    "suv.bw/1, g/ml, factor 0.0002",
    (
        ("weight_kg", "71.0", "(0010,1030) PatientWeight"),
        ("injected_activity_bq", "388800000.0", "entered by A. Reader: dose record"),
    ),
)
MEAN = Measurement("mean", 1.7092111357, "g/ml", "roi.mean/1", (("less", "Necrosis 1"),), FROM)
ML = Measurement("volume_ml", 33.5, "ml", "roi.volume/1")


def test_a_statistic_tells_everything_that_it_was_made_from() -> None:
    doubt = replace(MEAN, flags=(Flag("ROI_CLIPPED", "Reaches beyond the PET."),))
    numbers = RoiNumbers("t", "Mass", Role.TUMOUR, UID, 0, "centre", "g/ml", (doubt, ML))
    text = of_roi(numbers, "mean", None).text
    for part in (
        "Value: 1.7092111357 g/ml",
        "Algorithm: roi.mean/1",
        "Formula: Σwx / Σw",
        "Mass (tumour), 33.50 ml",
        UID,
        "200 x 128 x 128 voxels of 4 x 4 x 4 mm",
        "where its centre is inside",
        "suv.bw/1, g/ml, factor 0.0002",
        "Body weight, kg: 71.0  [(0010,1030) PatientWeight]",
        "[entered by A. Reader: dose record]",
        "Necrosis 1",
        "Reaches beyond the PET. (ROI_CLIPPED)",
    ):
        assert part in text, part


def test_a_missing_number_says_why_and_holds_no_value() -> None:
    origin = of_number("T/M mean", Missing("tm_mean", "no_muscle", "Draw a muscle region."), None)
    assert origin.title == "T/M mean: not given"
    assert dict(origin.lines) == {"Why": "Draw a muscle region.", "Code": "no_muscle"}


def ratio() -> Ratio:
    number = Measurement(
        "tm_mean", 2.125, "", "tm.mean/1", (("numerator", "1.7"), ("denominator", "0.8")), FROM
    )
    above = Measurement("tm_above", 0.9876, "", "tm.above/1")
    spreads = (Spread("left-right", 2.0, 2.2, "With each muscle region alone."),)
    values = (1.7, 0.8, 1.9, 2.3)
    return Ratio("t", "Mass", "Left + Right", "mean", UID, 0, number, *values, spreads=spreads, above=above)


def test_a_ratio_shows_its_equation_ends_interval_spreads_and_probability() -> None:
    origin = of_ratio(ratio(), "g/ml", (1.4, ">="), None)
    assert origin.equation == "1.7000 g/ml tumour mean ÷ 0.80000 g/ml muscle mean = 2.1250"
    lines = dict(origin.lines)
    assert lines["Tumour"] == "Mass, mean 1.7 g/ml"
    assert lines["Divided by"] == "mean of Left + Right, 0.8 g/ml"
    assert lines["Interval"].startswith("1.9 to 2.3, 95 %, noise only")
    assert lines["Spread, left-right"].startswith("2.00 to 2.20.")
    assert lines["P(T/M\u00a0≥\u00a01.4)"].startswith(
        "98.8 %, from image noise only, not a probability of hypoxia"
    )


def test_a_ratio_to_blood_is_not_called_to_muscle() -> None:
    origin = of_ratio(replace(ratio(), reference_role=Role.BLOOD_POOL), "g/ml", (1.4, ">"), None)
    assert origin.title.startswith("T/blood mean")
    assert "blood pool mean" in origin.equation


def test_a_volume_says_threshold_level_and_that_its_outline_is_of_the_same_pet() -> None:
    level = Measurement("hypoxic_level", 1.13, "g/ml", "hv.level/1")
    volume = Measurement("hypoxic_volume", 31.27, "ml", "hv.voxel/1", (), FROM)
    circular = Missing("hypoxic_fraction", "HF_CIRCULAR", "The outline is a threshold of this PET.")
    found = HypoxicVolume(
        "t", "Mass", "Left", UID, 0, 1.4, ">", level, volume, circular, within_pet_contour=True
    )
    text = of_hypoxic(found, "volume", None).text
    for part in ("31.27 ml", "T/M\u00a0>\u00a01.4", "1.13 g/ml (hv.level/1)", "within PET contour", UID):
        assert part in text, part
    assert "HF_CIRCULAR" in of_hypoxic(found, "fraction", None).text


def test_the_muscle_lists_sides_numbers_and_doubts() -> None:
    def number(value: float, unit: str) -> Measurement:
        return Measurement("m", value, unit, "muscle.mean/1")

    numbers = (
        number(0.8, "g/ml"),
        number(4.2, "ml"),
        number(0.31, ""),
        number(58.0, "HU"),
        number(20.0, "mm"),
    )
    doubts = (Flag("MUSCLE_SMALL", "Less than 5 ml."),)
    sides = (Side("Left", 0.82, 2.1),)
    text = of_muscle(MuscleQuality(UID, 0, "Left", *numbers, sides, doubts), "cov", None).text
    for part in ("Value: 0.31", "0.8200, 2.1 ml", "0.8 g/ml", "4.2 ml", "58.0 HU", "Less than 5 ml."):
        assert part in text, part


def test_the_evidence_lists_every_row_with_why_it_does_not_judge() -> None:
    row = CutOff(
        "u", "cervix", "60Cu", "Cu-ATSM", "tm", None, 3.5, ">", None, "survival", 38, "A 2008", "verified"
    )
    origin = of_evidence((Evidence(row, "t", UID, 0, "context", None, ("its window is unknown",)),))
    assert origin.equation == "Exploratory, not for clinical decisions."
    assert origin.lines[0][0] == "A 2008"
    assert "its window is unknown" in origin.lines[0][1]


def test_every_fact_that_can_be_entered_has_a_name_and_every_answer_can_be_entered() -> None:
    assert set(FORMS) <= set(FACTS)
    codes = (
        "WEIGHT_MISSING",
        "INJ_DAY_UNKNOWN",
        "INJ_TIME_MISSING",
        "HEIGHT_MISSING",
        "SEX_MISSING",
        "ASSAY_ORDER",
    )
    facts = ["weight_kg", "injection_day", "injection_datetime", "height_m", "sex", "assay_activity_bq"]
    assert [needed_fact(code) for code in codes] == facts
    assert set(facts) <= set(FORMS)

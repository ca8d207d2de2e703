"""Numbers of one scan are never those of another that shares its space."""

from __future__ import annotations

from atsmviewer.model.assessment import Assessment, Depth, Measurement, Ratio, RoiNumbers
from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Role


def numbers(acquisition: str, mean: float) -> RoiNumbers:
    made = (Measurement("mean", mean, "g/ml", "roi.mean/1"),)
    return RoiNumbers("roi", "Tumour 1", Role.TUMOUR, acquisition, 0, "fraction", "g/ml", made)


def ratio(acquisition: str, value: float) -> Ratio:
    return Ratio(
        "roi", "Tumour 1", "Muscle 1", "mean", acquisition, 0, Measurement("tm", value, "", "tm.mean/1")
    )


def test_each_scan_answers_for_itself() -> None:
    both = Assessment(
        Depth.FULL,
        rois=(numbers("ac", 1.7), numbers("nac", 4.4)),
        ratios=(ratio("ac", 2.1), ratio("nac", 9.0)),
    )
    for uid, mean, tm in (("ac", 1.7, 2.1), ("nac", 4.4, 9.0)):
        here = both.at(uid)
        found, over = here.of_roi("roi"), here.ratio_of("roi", "mean")
        assert found is not None
        assert over is not None
        assert found["mean"] == Measurement("mean", mean, "g/ml", "roi.mean/1")
        assert over.number == Measurement("tm", tm, "", "tm.mean/1")
    assert both.at("none").rois == ()


def test_a_doubt_of_one_scan_is_not_told_of_another() -> None:
    mine, theirs, anyones = Flag("A", "a", "ac"), Flag("B", "b", "nac"), Flag("C", "c")
    assert Assessment(Depth.FULL, flags=(mine, theirs, anyones)).at("ac").flags == (mine, anyones)

"""What a region that cannot be measured withholds: its own numbers, and those that follow from it only."""

from __future__ import annotations

from typing import Any

from atsmviewer.model.assessment import Assessment, Measurement, Number
from atsmviewer.model.roi import Contour, Isocontour, Prism, Roi, Role
from atsmviewer.quant.assess import assess
from tests.quant.made import UID, ball, code, roi, session
from tests.quant.test_assess import MUSCLE, TUMOUR, missing, noise, two_scans

FLAT = Prism((Contour(((0, 0, 0), (9, 0, 0), (9, 9, 0))),), (0, 0, 1), 0.0)
"""No extent: nothing can be measured in it."""


def level_of_first(role: Role, at: float, name: str) -> Roi:
    """What lies above a level of the first scan around the tumour's place, or the muscle's."""
    place = TUMOUR if role is Role.TUMOUR else MUSCLE
    return roi(role, Isocontour(place.shape, "percent_max", at, UID), name)


def means(found: Assessment, role: Role = Role.MUSCLE) -> dict[tuple[str, str], Number]:
    return {
        (r.acquisition_uid, r.roi_uid): r.number
        for r in found.ratios
        if r.kind == "mean" and r.reference_role is role
    }


def test_a_tumour_that_cannot_be_measured_withholds_itself_and_the_total_only() -> None:
    found = assess(noise(), session(TUMOUR, MUSCLE, roi(Role.TUMOUR, FLAT, "flat")))
    assert means(found) == means(assess(noise(), session(TUMOUR, MUSCLE)))
    assert code(found.hypoxic_total) == "SHAPE_INVALID"
    alone = assess(noise(), session(MUSCLE, roi(Role.TUMOUR, FLAT, "flat")))
    assert missing(alone).keys() == {"SHAPE_INVALID"}


def test_a_broken_brain_withholds_the_ratio_to_brain_only() -> None:
    found = assess(noise(), session(TUMOUR, MUSCLE, roi(Role.BRAIN, FLAT, "flat")))
    assert means(found) == means(assess(noise(), session(TUMOUR, MUSCLE)))
    assert code(means(found, Role.BRAIN)[UID, TUMOUR.uid]) == "SHAPE_INVALID"
    assert isinstance(found.hypoxic_total, Measurement)


def test_an_isocontour_of_one_scan_takes_no_number_of_another() -> None:
    scans = two_scans(same_space=True)
    plain = means(assess(scans, session(TUMOUR, MUSCLE)))
    own = level_of_first(Role.TUMOUR, 41.0, "own")
    found = assess(scans, session(TUMOUR, MUSCLE, own))
    made = means(found)
    assert made.keys() == {*plain, (UID, own.uid)}
    assert {place: made[place] for place in plain} == plain
    assert "RULE_OTHER_PET" in missing(found)


def test_a_muscle_that_is_a_rule_of_one_scan_is_passed_over_in_another() -> None:
    scans, rule = two_scans(same_space=True), level_of_first(Role.MUSCLE, 10.0, "rule")
    late = ("late", TUMOUR.uid)
    plain = means(assess(scans, session(TUMOUR, MUSCLE)))
    found = assess(scans, session(TUMOUR, MUSCLE, rule))
    assert means(found)[late] == plain[late]
    assert "RULE_OTHER_PET" in missing(found)
    alone = means(assess(scans, session(TUMOUR, rule)))
    assert code(alone[late]) == "RULE_OTHER_PET"
    assert isinstance(alone[UID, TUMOUR.uid], Measurement)


def test_the_total_has_the_doubts_of_its_parts() -> None:
    """Of 6 mm FWHM, 40 mm is more than five; 24 mm is less."""
    small = ball(Role.TUMOUR, (60.0, 0, 0), 12.0, "small")

    def doubts(*tumours: Roi, **protocol: Any) -> list[tuple[str, str]]:
        total = assess(noise(), session(*tumours, MUSCLE, **protocol)).hypoxic_total
        assert isinstance(total, Measurement)
        return [(flag.code, flag.what.split(" ")[0]) for flag in total.flags]

    assert doubts(TUMOUR, tm_threshold=1.5) == []
    assert doubts(TUMOUR, small, tm_threshold=1.5) == [("PARTIAL_VOLUME", "small:")]
    assert doubts(TUMOUR, small) == [("THRESHOLD_EXAMPLE", "T/M"), ("PARTIAL_VOLUME", "small:")]
    assert doubts(small) == [("THRESHOLD_EXAMPLE", "T/M"), ("PARTIAL_VOLUME", "Equivalent")]

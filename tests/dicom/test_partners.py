"""Which CT a PET is shown with: the rules in their order, and the reasons as a reader reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from atsmviewer.dicom.partners import apart_words, coverage, partners, purpose
from atsmviewer.model.grid import Grid
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Series

NOON = datetime(2026, 3, 1, 12)


def grid(slices: int = 100, start_mm: float = 0.0, frame: str = "F") -> Grid:
    affine = (0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, 0.0, start_mm)
    return Grid((slices, 50, 50), affine, frame)


def series(uid: str, modality: str = "CT", description: str = "CT", **changes: Any) -> Series:
    made = Series(uid, "study", modality, description, 1, grid(), NOON)
    return replace(made, **changes)


PET = series("pet", "PT", "PET AC")


def first(*others: Series, registrations: tuple[Alignment, ...] = ()) -> str:
    return partners(PET, others, registrations)[0].series.uid


def test_each_rule_in_its_order() -> None:
    plain = series("z")
    assert first(series("a", "MR"), plain) == "z"
    assert first(series("a", values="Z_EFF"), series("z", grid=grid(50))) == "z"
    assert first(series("a", "MR"), series("z", values="Z_EFF")) == "z"
    assert first(series("a", grid=grid(50)), plain) == "z"
    assert first(series("a", study_uid="other"), plain) == "z"
    assert first(series("a", when=NOON + timedelta(minutes=20)), plain) == "z"
    assert first(series("a", description="Thorax LUNG"), plain) == "z"
    assert first(series("a"), series("z", description="CT AC WB")) == "z"
    assert first(series("a", when=NOON + timedelta(minutes=2)), plain) == "z"


def test_an_earlier_rule_outweighs_a_later_one() -> None:
    assert first(series("a", grid=grid(50)), series("z", study_uid="other")) == "z"
    assert first(series("a", study_uid="other"), series("z", when=NOON + timedelta(minutes=20))) == "z"
    made_for_it = series("z", description="CT AC", when=NOON + timedelta(minutes=2))
    assert first(series("a"), made_for_it) == "z"


def test_the_whole_ct_wins_over_the_ac_ct_of_half_the_body() -> None:
    assert first(series("half", description="AC CT", grid=grid(50)), series("whole")) == "whole"


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("AC_CT_WholeBody", 0),
        ("CTAC 3.75 Thick", 0),
        ("WB STANDARD", 1),
        ("PET NAC", 1),
        ("Thorax  1.0  B70f", 2),
        ("Abdomen 5.0 B30f", 1),
        ("HEAD Br64", 2),
        ("Bone Axial", 2),
        ("Topogram", 2),
        ("Fracture", 1),
    ],
)
def test_what_a_ct_was_made_for_by_its_name(description: str, expected: int) -> None:
    assert purpose(series("x", description=description)) == expected


def test_reasons_in_words() -> None:
    (one,) = partners(PET, [series("a", when=NOON + timedelta(minutes=2))])
    assert one.words == "same frame of reference, covers all of the PET, 2 min apart"
    (half,) = partners(PET, [series("a", grid=grid(50), study_uid="s2", description="CT bone", when=None)])
    words = "same frame of reference, covers 50 % of the PET, another study, sharp kernel or scout"
    assert half.words == words
    (other,) = partners(PET, [series("a", values="Z_EFF")])
    assert other.words.endswith("less than 1 min apart, its values are no HU (Z_EFF)")


def test_another_frame_or_another_place_is_no_partner() -> None:
    assert partners(PET, [series("a", grid=grid(frame="G")), series("b", grid=grid(start_mm=900.0))]) == []


def test_a_registration_leads_there_and_is_said_but_the_same_frame_comes_first() -> None:
    lifted = np.eye(4)
    lifted[2, 3] = 900.0  # the other frame's 0 is 900 mm up in the PET's
    way = Alignment("G", "F", tuple(lifted.ravel()), "DICOM registration", "")
    far = series("a", grid=grid(start_mm=-900.0, frame="G"))
    (one,) = partners(PET, [far], [way])
    assert one.registered
    assert one.covered == pytest.approx(1.0)
    assert one.words.startswith("a registration leads there, covers all of the PET")
    assert first(far, series("mr", "MR"), registrations=(way,)) == "mr"


def test_coverage_is_a_part_of_the_pet() -> None:
    assert coverage(grid(100), grid(25)) == pytest.approx(0.25)
    assert coverage(grid(25), grid(100)) == pytest.approx(1.0)


def test_a_registration_turns_the_way_that_it_says() -> None:
    """(x, y) goes to (-y, x): a box of y from -198 to 2 mm lands on x from -2 to 198; backwards, beside."""
    turned = np.array([[0.0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    affine = (0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, -196.0, 4.0, 0.0, 0.0, 0.0)
    other = Grid((100, 50, 50), affine, "G")
    assert coverage(grid(), other, turned) == pytest.approx(1.0)
    assert coverage(grid(), other, turned.T) == pytest.approx((4 / 200) ** 2)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than 1 min apart"),
        (-125, "2 min apart"),
        (3 * 3600, "3 h apart"),
        (3 * 86400, "3 days apart"),
    ],
)
def test_distance_in_time(seconds: float, words: str) -> None:
    assert apart_words(seconds) == words

"""Numbers and names as the page writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from atsmviewer.report.text import clean, isotope, person
from atsmviewer.report.words import amount, decimal, gap, lapse, millilitres, over, stamped


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Doe^Jane", "Doe, Jane"),
        ("Doe^Jane^Q^Dr^PhD", "Doe, Jane Q"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou"),
        ("=山田^太郎", "山田, 太郎"),
        ("^^^^", ""),
        ("", ""),
    ],
)
def test_person(name: str, shown: str) -> None:
    assert person(name) == shown


@pytest.mark.parametrize(
    ("raw", "shown"), [("64Cu", "⁶⁴Cu"), ("99mTc", "⁹⁹ᵐTc"), ("copper", "copper"), ("", "")]
)
def test_isotope(raw: str, shown: str) -> None:
    assert isotope(raw) == shown


def test_clean_drops_what_paper_cannot_hold() -> None:
    assert clean("a\x00\n\tb\u202ec\ud800") == "a bc"


def test_rounding_never_shows_a_small_number_as_zero() -> None:
    assert decimal(0.004, 2) == "< 0.01"
    assert decimal(-0.004, 2) == "> −0.01"
    assert decimal(0.0, 2) == "0.00"
    assert decimal(-1.25, 1) == "−1.2"


@pytest.mark.parametrize(
    ("value", "shown"), [(374.87, "375"), (99.96, "100"), (99.94, "99.9"), (9.996, "10.0"), (0.4, "0.40")]
)
def test_millilitres(value: float, shown: str) -> None:
    assert millilitres(value) == shown


def test_amounts_by_unit() -> None:
    assert amount(1.7236, "g/ml") == "1.72"
    assert amount(12345.6, "stored units") == "12346"
    assert amount(0.01234, "stored units") == "0.0123"


def test_thresholds_show_the_digits_they_were_chosen_with() -> None:
    assert over(2.0, ">") == "T/M\u00a0>\u00a02.0"
    assert over(1.4, ">=") == "T/M\u00a0≥\u00a01.4"
    assert over(2.25, ">") == "T/M\u00a0>\u00a02.25"


def test_spans_and_mixed_zones() -> None:
    noon = datetime(2026, 9, 7, 12)
    assert lapse(gap(noon.replace(tzinfo=UTC), datetime(2026, 9, 7, 11, 15))) == "45\u00a0min"
    assert lapse(timedelta(hours=24, minutes=45)) == "24\u00a0h 45\u00a0min"


def test_a_stamp_that_is_no_time_stands_as_it_is() -> None:
    assert stamped("2026-09-07T11:44:00+02:00").replace("\u00a0", " ") == "7 Sep 2026, 11:44"
    assert stamped("some day") == "some day"

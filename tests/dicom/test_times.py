"""Clocks: DA, TM and DT texts against PS3.5 6.2 and rule R12."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.dicom.header.times import combine, parse_date, parse_datetime, parse_time, parse_zone

PLUS2 = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10", time(10)),
        ("1029", time(10, 29)),
        ("102959", time(10, 29, 59)),
        ("102959.05", time(10, 29, 59, 50_000)),
        ("102959.000005", time(10, 29, 59, 5)),
        ("102959.1 ", time(10, 29, 59, 100_000)),
        ("10:29:59", time(10, 29, 59)),
        ("235960", time(23, 59, 59, 999_999)),
        ("000000", time(0)),
        ("", None),
        (None, None),
        ("1", None),
        ("2460", None),
        ("102961", None),
        ("102959.0500000", time(10, 29, 59, 50_000)),
        ("102959.1234567", time(10, 29, 59, 123_456)),
        ("102959.999999999", time(10, 29, 59, 999_999)),
        ("102959.", None),
        ("noon", None),
        ("١٠", None),
    ],
)
def test_times(text: str | None, expected: time | None) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240229", date(2024, 2, 29)),
        ("2024.02.29", date(2024, 2, 29)),
        ("20230229", None),
        ("2024", None),
        ("2024.0229", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(text: str | None, expected: date | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("+0000", 0),
        ("-0330", -210),
        ("+1400", 840),
        ("-1200", -720),
        ("+1401", None),
        ("-1201", None),
        ("+05:30", 330),
    ],
)
def test_zones(text: str, minutes: int | None) -> None:
    zone = parse_zone(text)
    offset = zone.utcoffset(None) if zone else None
    assert offset == (None if minutes is None else timedelta(minutes=minutes))


def test_datetimes_carry_their_own_zone_or_that_of_the_data_set() -> None:
    assert parse_datetime("20240229090000.25", None) == datetime(2024, 2, 29, 9, 0, 0, 250_000)
    assert parse_datetime("20240229090000", PLUS2) == datetime(2024, 2, 29, 9, tzinfo=PLUS2)
    for text in ("20240229090000-0330", "20240229090000.0000000-03:30"):
        assert parse_datetime(text, PLUS2) == datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["20240229", "2024", "202402290900+99", "20240229090000+9900", "", None])
def test_a_datetime_without_hour_or_with_a_broken_zone_is_none(text: str | None) -> None:
    assert parse_datetime(text) is None


def test_across_a_change_of_summer_time_the_instants_count() -> None:
    before, after = parse_datetime("202410270230+0200"), parse_datetime("202410270200+0100")
    assert before is not None
    assert after is not None
    assert after - before == timedelta(minutes=30)


def test_half_a_moment_is_none() -> None:
    assert combine(date(2024, 1, 1), None) is None
    assert combine(None, time(1)) is None


@given(st.times())
def test_every_time_survives_being_written(value: time) -> None:
    assert parse_time(value.strftime("%H%M%S.%f")) == value


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    parse_time(text), parse_date(text), parse_datetime(text), parse_zone(text)

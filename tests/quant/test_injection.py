"""The date of the injection: explicit, inferred, refused; midnights, leap days, year ends (R11, R15)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

import pytest

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import INJECTED, SCAN, copper, entered, facts


def at(scan: datetime, clock: time, **more: Any) -> PetFacts:
    slices = (SliceTime(scan, 600.0, None),)
    return facts(injection_datetime=None, injection_time=clock, series_datetime=scan, slices=slices, **more)


@pytest.mark.parametrize(
    ("scan", "clock", "injected"),
    [
        (datetime(2026, 3, 11, 0, 5), time(23, 55), datetime(2026, 3, 10, 23, 55)),
        (datetime(2024, 2, 29, 0, 5), time(23, 55), datetime(2024, 2, 28, 23, 55)),
        (datetime(2024, 3, 1, 0, 5), time(23, 55), datetime(2024, 2, 29, 23, 55)),
        (datetime(2026, 3, 1, 0, 5), time(23, 55), datetime(2026, 2, 28, 23, 55)),
        (datetime(2027, 1, 1, 0, 5), time(23, 55), datetime(2026, 12, 31, 23, 55)),
        (datetime(2026, 3, 10, 11, 0), time(10, 0), datetime(2026, 3, 10, 10, 0)),
    ],
)
def test_the_date_of_a_short_lived_tracer_is_inferred_and_said(
    scan: datetime, clock: time, injected: datetime
) -> None:
    inferred = suv_scale(at(scan, clock))
    assert inferred.injection_time == injected
    assert inferred.is_suv
    assert {flag.code for flag in inferred.flags} == {"INJ_DATE_INFERRED"}
    explicit = facts(
        injection_datetime=injected, series_datetime=scan, slices=(SliceTime(scan, 600.0, None),)
    )
    assert inferred.factor == suv_scale(explicit).factor


def test_the_zone_of_the_scan_is_that_of_the_inferred_date() -> None:
    zone = timezone(timedelta(hours=-5))
    scale = suv_scale(at(datetime(2026, 3, 11, 0, 5, tzinfo=zone), time(23, 55)))
    assert scale.injection_time == datetime(2026, 3, 10, 23, 55, tzinfo=zone)


def test_the_clock_of_the_injection_stands_in_the_data_sets_zone_whatever_the_references() -> None:
    """(0018,1072) 10:00 at -0500 and a decay reference given in UTC: an hour, not six."""
    zone = timezone(timedelta(hours=-5))
    local = datetime(2026, 3, 10, 11, 0, tzinfo=zone)
    scale = suv_scale(
        facts(
            injection_datetime=None,
            injection_time=time(10, 0, tzinfo=zone),
            series_datetime=local,
            decay_reference_datetime=local.astimezone(UTC),
            slices=(SliceTime(local, 600.0, None),),
        )
    )
    assert scale.injection_time == datetime(2026, 3, 10, 10, 0, tzinfo=zone)
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (-3600 / 6586.2)), rel=1e-6)


def test_the_day_of_a_long_lived_tracer_is_never_inferred() -> None:
    scale = suv_scale(copper(injection_datetime=None, injection_time=time(10, 0)))
    assert scale.refused is not None
    assert scale.refused.code == "INJ_DAY_UNKNOWN"
    assert scale.injection_time is None
    assert scale.ratio_refused is None
    for day, uptake, growth in (("10", "1 h 00", ""), ("09", "25 h 00", "3.71"), ("08", "49 h 00", "13.73")):
        assert f"2026-03-{day} ({uptake} min" in scale.refused.remedy
        assert growth in scale.refused.remedy


@pytest.mark.parametrize(
    "given",
    [
        {"half_life_s": 12009.6, "nuclide": "61Cu"},
        {"half_life_s": 12009.6, "nuclide": None},
        {"nuclide": "64Cu"},
        {"tracer_nuclide": "64Cu"},
        {"half_life_s": None, "nuclide": "64Cu"},
    ],
)
def test_the_longest_half_life_that_the_header_tells_decides(given: dict[str, Any]) -> None:
    """R11: 61Cu has 3.3 h; and a half-life element of 18F beside 64Cu is a scan on another protocol (R16)."""
    refused = suv_scale(facts(injection_datetime=None, injection_time=time(10, 0), **given)).refused
    assert refused is not None
    assert refused.code == "INJ_DAY_UNKNOWN"


@pytest.mark.parametrize("said", ["nuclide", "scanned_as"])
def test_the_readers_nuclide_leads_in_what_is_long(said: str) -> None:
    """62Cu run as 64Cu, or taken for it by the header's text: its day is inferred."""
    given = facts(
        half_life_s=45722.2,
        nuclide="64Cu",
        tracer_nuclide="62Cu",
        injection_datetime=None,
        injection_time=time(10, 50),
    )
    scale = suv_scale(given, [entered(said, "62Cu" if said == "nuclide" else "64Cu")])
    assert scale.is_suv
    assert "INJ_DATE_INFERRED" in {flag.code for flag in scale.flags}


def test_64cu_after_48_hours_is_valid() -> None:
    """The founding documents speak of 48 h; the cut is five half-lives, not two (R11)."""
    assert suv_scale(copper(injection_datetime=SCAN - timedelta(hours=48))).is_suv
    assert not suv_scale(copper(injection_datetime=SCAN - timedelta(hours=64))).is_suv


def test_long_uptakes_are_flagged_before_they_are_withheld() -> None:
    scale = suv_scale(copper(injection_datetime=SCAN - timedelta(hours=39)))
    assert {flag.code for flag in scale.flags} == {"UPTAKE_LONG"}


def test_a_date_and_a_clock_of_the_same_event_must_agree() -> None:
    def codes(clock: time) -> set[str]:
        return {flag.code for flag in suv_scale(facts(injection_time=clock)).flags}

    assert codes(time(10, 0, 1)) == set()
    assert codes(time(9, 45)) == {"INJ_TIMES_DISAGREE"}


def test_one_zone_alone_is_flagged() -> None:
    scale = suv_scale(facts(injection_datetime=INJECTED.replace(tzinfo=UTC)))
    assert {flag.code for flag in scale.flags} == {"ZONE_MIXED"}
    assert scale.factor == suv_scale(facts()).factor


@pytest.mark.parametrize("year", [1900, 2025])
def test_dummy_dates_are_flagged_and_refused_where_the_day_matters(year: int) -> None:
    scan, injected = datetime(year, 1, 1, 11), datetime(year, 1, 1, 10)
    given = {
        "injection_datetime": injected,
        "series_datetime": scan,
        "slices": (SliceTime(scan, 600.0, None),),
    }
    short = suv_scale(facts(**given))
    assert short.is_suv
    assert {flag.code for flag in short.flags} == {"DATES_SUSPECT"}
    long = suv_scale(copper(**given))
    assert long.refused is not None
    assert long.refused.code == "DATES_SUSPECT"
    confirmed = suv_scale(copper(**given), [entered("injection_datetime", injected.isoformat())])
    assert confirmed.is_suv


@pytest.mark.parametrize(
    ("day", "injected"),
    [
        ("0", datetime(2026, 3, 10, 10)),
        ("-1", datetime(2026, 3, 9, 10)),
        ("-2", datetime(2026, 3, 8, 10)),
        ("2026-03-09", datetime(2026, 3, 9, 10)),
    ],
)
def test_the_reader_gives_the_day(day: str, injected: datetime) -> None:
    """R11: 64Cu at 1, 25 and 49 h, from a time of day alone."""
    scale = suv_scale(
        copper(injection_datetime=None, injection_time=time(10, 0)), [entered("injection_day", day)]
    )
    assert scale.injection_time == injected
    uptake_s = (SCAN - injected).total_seconds()
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (-uptake_s / 45722.2)), rel=1e-12)
    assert {flag.code for flag in scale.flags} <= {"OVERRIDDEN", "UPTAKE_LONG"}
    sources = {name: source for name, _, source in scale.facts_used}
    assert "A. Reader" in sources["injection_datetime"]


def test_the_day_replaces_only_the_date_of_a_dummy() -> None:
    """R15: what an anonymiser left of 1078 keeps its time of day."""
    given = copper(injection_datetime=datetime(1960, 1, 1, 10))
    assert not suv_scale(given).is_suv
    scale = suv_scale(given, [entered("injection_day", "-1")])
    assert scale.injection_time == datetime(2026, 3, 9, 10)
    assert scale.is_suv


@pytest.mark.parametrize(
    ("full", "clock", "injected"),
    [
        (datetime(2026, 3, 9, 11), time(10), datetime(2026, 3, 9, 11)),
        (datetime(1960, 1, 1), time(10), datetime(2026, 3, 9, 10)),
    ],
)
def test_the_day_keeps_the_clock_of_the_full_time_and_the_doubt(
    full: datetime, clock: time, injected: datetime
) -> None:
    """R11's order: (0018,1078) before (0018,1072), unless an anonymiser blanked it to midnight."""
    given = copper(injection_datetime=full, injection_time=clock)
    scale = suv_scale(given, [entered("injection_day", "-1")])
    assert scale.injection_time == injected
    uptake_s = (SCAN - injected).total_seconds()
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (-uptake_s / 45722.2)), rel=1e-12)
    assert "INJ_TIMES_DISAGREE" in {flag.code for flag in scale.flags}


def test_the_day_counts_in_the_zone_of_the_clock() -> None:
    zone = timezone(timedelta(hours=-5))
    reference = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # still 10 March, 21:00, at -0500
    given = copper(
        injection_datetime=None,
        injection_time=time(20, 0, tzinfo=zone),
        series_datetime=reference,
        slices=(SliceTime(reference, 600.0, None),),
    )
    scale = suv_scale(given, [entered("injection_day", "0")])
    assert scale.injection_time == datetime(2026, 3, 10, 20, 0, tzinfo=zone)


def test_a_day_after_the_scan_or_without_a_clock_is_refused() -> None:
    late = copper(injection_datetime=None, injection_time=time(12, 0))
    none = copper(injection_datetime=None)
    for given, code in ((late, "UPTAKE_NEGATIVE"), (none, "INJ_TIME_MISSING")):
        refused = suv_scale(given, [entered("injection_day", "0")]).refused
        assert refused is not None
        assert refused.code == code


def test_dates_of_two_calendars_leave_the_times_of_day_to_a_short_lived_tracer() -> None:
    """IBSI's DRO_4_4: over midnight, dates of one side replaced; only differences of clocks are left."""
    scan = datetime(1960, 1, 1, 0, 30)
    given = {
        "injection_datetime": datetime(2024, 12, 31, 23, 30),
        "series_datetime": scan,
        "slices": (SliceTime(scan, 600.0, None),),
    }
    short = suv_scale(facts(**given))
    assert short.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (-3600 / 6586.2)), rel=1e-12)
    assert "DATES_SUSPECT" in {flag.code for flag in short.flags}
    assert not suv_scale(copper(**given)).is_suv  # never where the day decides


def test_only_the_acquisitions_date_replaced() -> None:
    """Series and injection are good: the reference follows from the clock all the same."""
    dummy = datetime(1960, 1, 1, 0, 30)
    given = facts(
        injection_datetime=datetime(2024, 12, 31, 23, 30),
        series_datetime=datetime(2025, 1, 1, 0, 30),
        slices=(SliceTime(dummy, 600.0, None),) * 2,
    )
    scale = suv_scale(given)
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (-3600 / 6586.2)), rel=1e-12)
    assert "DATES_SUSPECT" in {flag.code for flag in scale.flags}


@pytest.mark.parametrize("days", [1, 2, 10])
def test_a_day_too_many_of_a_short_lived_tracer_is_no_calendar(days: int) -> None:
    """It may be 64Cu on an 18F protocol a day after its injection: refused, not mended."""
    refused = suv_scale(facts(injection_datetime=INJECTED - timedelta(days=days))).refused
    assert refused is not None
    assert refused.code == "UPTAKE_TOO_LONG"


@pytest.mark.parametrize(
    ("hours_before_the_days_start", "flagged"), [(-10, False), (5, False), (5.6, True), (48, True)]
)
def test_an_injection_far_from_the_studys_day_is_flagged(
    hours_before_the_days_start: float, flagged: bool
) -> None:
    """Three half-lives of 18F are 5.5 h; over midnight is no doubt."""
    day = datetime(2026, 3, 10)
    given = facts(
        injection_datetime=day - timedelta(hours=hours_before_the_days_start), study_date=day.date()
    )
    codes = {flag.code for flag in suv_scale(given).flags}
    assert ("INJ_FAR_FROM_STUDY" in codes) == flagged


def test_doubts_of_a_clock_say_what_they_are_worth() -> None:
    def words(code: str, **changes: Any) -> str:
        (flag,) = [f for f in suv_scale(facts(**changes)).flags if f.code == code]
        return flag.what

    def percent(seconds: float) -> str:
        return f"{100 * (2 ** (seconds / 6586.2) - 1):.1f} %"

    assert percent(900) in words("INJ_TIMES_DISAGREE", injection_time=time(9, 45))
    assert percent(3600) in words("ZONE_MIXED", injection_datetime=INJECTED.replace(tzinfo=UTC))
    assert percent(3600) in words(
        "DATES_SUSPECT",
        injection_datetime=datetime(2026, 1, 1, 10),
        series_datetime=datetime(2026, 1, 1, 11),
        slices=(),
    )


def test_clocks_blanked_to_midnight_are_refused() -> None:
    midnight = datetime(2026, 3, 10)
    scale = suv_scale(at(midnight, time()))
    assert scale.refused is not None
    assert scale.refused.code == "DATES_SUSPECT"

"""The decay-reference time: order of candidates, their cross-check, and what is withheld (R6)."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.quant.decay import mean_activity_time
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, T_18F, T_62CU, entered, facts


def later(minutes: float) -> datetime:
    return SCAN + timedelta(minutes=minutes)


def chosen(given: PetFacts) -> tuple[str, datetime]:
    scale = suv_scale(given)
    (one,) = [c for c in scale.candidates if c.chosen]
    return one.name, one.when


def codes(given: PetFacts) -> set[str]:
    return {flag.code for flag in suv_scale(given).flags}


def frames(*starts_min: float, reference_s: float | None = None, duration_s: float = 600.0) -> Any:
    return tuple(SliceTime(later(m), duration_s, reference_s) for m in starts_min)


TAU_S = mean_activity_time(600.0, T_18F)


def test_the_order_of_candidates() -> None:
    given: dict[str, Any] = {"slices": frames(0, reference_s=TAU_S)}
    assert chosen(facts(**given)) == ("SeriesTime", SCAN)
    given |= {"manufacturer": "GE MEDICAL SYSTEMS", "ge_scan_datetime": later(-0.1)}
    assert chosen(facts(**given))[0] == "GE scan date and time"
    given |= {"decay_reference_datetime": later(-0.2)}
    assert chosen(facts(**given)) == ("DecayCorrectionDateTime", later(-0.2))


def test_a_ge_time_of_another_manufacturer_is_not_read() -> None:
    assert chosen(facts(manufacturer="SIEMENS", ge_scan_datetime=later(-5)))[0] == "SeriesTime"


def test_a_series_time_after_the_acquisition_was_rewritten_and_is_not_used() -> None:
    """R6: reconstructions of 50 to 70 min later; the reference is computed from the frame."""
    given = facts(series_datetime=later(60), slices=frames(0, 5, 10, reference_s=None))
    assert chosen(given) == ("earliest acquisition", SCAN)
    assert "REFTIME_GUESSED" in codes(given)
    by_frame = tuple(
        SliceTime(later(m), 600.0, TAU_S + 60 * m) for m in (0.0, 5.0, 10.0)
    )  # each frame's reference counts from SCAN
    name, when = chosen(facts(series_datetime=later(60), slices=by_frame))
    assert name == "back-computed"
    assert abs((when - SCAN).total_seconds()) < 1e-3
    assert codes(facts(series_datetime=later(60), slices=by_frame)) == set()


def test_the_guess_says_what_it_is_worth() -> None:
    """Reconstructed an hour later: SUV would be 46 % higher at SeriesTime."""
    given = facts(series_datetime=later(60), slices=frames(0, 5, 10))
    (flag,) = [f for f in suv_scale(given).flags if f.code == "REFTIME_GUESSED"]
    assert f"{100 * (2 ** (3600 / T_18F) - 1):.1f} %" in flag.what


@pytest.mark.parametrize("reference_s", [None, 450.0])
@pytest.mark.parametrize("series", [later(30), None])
def test_without_the_frames_duration_nothing_is_guessed(
    reference_s: float | None, series: datetime | None
) -> None:
    """IBSI's DRO_error_3_2: SeriesTime after the acquisition and no ActualFrameDuration."""
    slices = tuple(SliceTime(SCAN, None, reference_s) for _ in range(3))
    scale = suv_scale(facts(series_datetime=series, slices=slices))
    assert scale.refused is not None
    assert scale.refused.code == "FRAME_DURATION_MISSING"
    assert scale.ratio_refused is None
    answered = suv_scale(
        facts(series_datetime=series, slices=slices), [entered("reference_datetime", SCAN.isoformat())]
    )
    assert answered.is_suv


def test_ge_needs_no_duration() -> None:
    slices = tuple(SliceTime(later(3), None, 180.0) for _ in range(3))
    given = facts(manufacturer="GE MEDICAL SYSTEMS", series_datetime=later(30), slices=slices)
    assert chosen(given) == ("back-computed", SCAN)
    assert suv_scale(given).is_suv


def test_frame_reference_times_that_scatter_by_more_than_a_second_are_not_used() -> None:
    """The trap of data 03: one AcquisitionTime in all beds while FrameReferenceTime grows."""
    beds = tuple(SliceTime(SCAN, 240.0, 243.0 * bed) for bed in range(6))
    scale = suv_scale(facts(slices=beds))
    assert [c.name for c in scale.candidates] == ["SeriesTime"]


@pytest.mark.parametrize(("scatter_s", "names"), [(0.9, 2), (1.1, 1)])
def test_they_may_scatter_by_one_second(scatter_s: float, names: int) -> None:
    slices = tuple(SliceTime(SCAN, 600.0, TAU_S + scatter_s * k) for k in range(2))
    assert len(suv_scale(facts(slices=slices)).candidates) == names


def test_ge_counts_the_frame_reference_from_the_start_of_the_frame() -> None:
    given = facts(manufacturer="GE", series_datetime=None, slices=frames(3, reference_s=180.0))
    name, when = chosen(given)
    assert (name, when) == ("back-computed", SCAN)


@pytest.mark.parametrize("reading_s", [TAU_S, 300.0, 0.0])
def test_any_vendors_reading_of_the_frame_reference_counts_as_agreement(reading_s: float) -> None:
    slices = tuple(SliceTime(later(30), 600.0, 1800.0 + reading_s) for _ in range(3))
    assert codes(facts(slices=slices)) == set()


def test_a_small_conflict_is_flagged_and_a_large_one_withholds_suv() -> None:
    small = facts(decay_reference_datetime=later(-5))
    assert suv_scale(small).is_suv
    assert codes(small) == {"REFTIME_CONFLICT"}
    large = suv_scale(facts(decay_reference_datetime=later(-20)))
    assert large.refused is not None
    assert large.refused.code == "REFTIME_CONFLICT"
    assert large.ratio_refused is None
    assert len({c.factor for c in large.candidates}) == 2


def test_the_size_of_a_conflict_is_said() -> None:
    (flag,) = suv_scale(facts(decay_reference_datetime=later(-5))).flags
    percent = 100 * (2 ** (300 / T_18F) - 1)
    assert f"{percent:.1f} %" in flag.what


def test_a_second_candidate_that_agrees_keeps_suv() -> None:
    slices = tuple(SliceTime(SCAN, 600.0, TAU_S + 20 * 60) for _ in range(2))
    given = facts(decay_reference_datetime=later(-20), slices=slices)
    assert suv_scale(given).is_suv
    assert codes(given) == {"REFTIME_CONFLICT"}


def test_an_acquisition_time_that_is_the_start_of_the_series_only_flags() -> None:
    """Header PHILIPS_BQML of data 05: back-computed 21 min earlier, published factor uses SeriesTime."""
    slices = tuple(SliceTime(SCAN + timedelta(seconds=1), 120.7, 1328.7) for _ in range(3))
    given = facts(slices=slices)
    assert chosen(given)[0] == "SeriesTime"
    assert suv_scale(given).is_suv
    assert codes(given) == {"REFTIME_CONFLICT"}


@pytest.mark.parametrize(("percent", "given"), [(19.5, True), (20.5, False)])
def test_the_start_of_the_series_explains_no_more_than_a_fifth_of_suv(percent: float, given: bool) -> None:
    """R6: 14 % is a real header; a conflict that large of a short-lived tracer is not let through."""
    earlier_s = T_18F * math.log2(1 + percent / 100)  # back-computed by the start of the frame
    slices = (SliceTime(SCAN, 120.0, earlier_s + 60.0), SliceTime(SCAN, 120.0, earlier_s + 60.0))
    nearest_s = earlier_s + 60.0 - mean_activity_time(120.0, T_18F)  # of the three readings
    assert 2 ** (nearest_s / T_18F) - 1 == pytest.approx(percent / 100, abs=1e-4)
    scale = suv_scale(facts(slices=slices))
    assert scale.is_suv == given
    assert (scale.refused is None) == given


def test_62cu_in_one_bed_whose_frame_counts_from_half_an_hour_before_is_withheld() -> None:
    """By the frame SUV is 2^((1800 - 282.2) / 580.2) = 6.1 times another: a flag is not enough."""
    copper = {"half_life_s": T_62CU, "nuclide": "62Cu", "injection_datetime": later(-10)}
    scale = suv_scale(facts(**copper, slices=(SliceTime(SCAN, 600.0, 1800.0),) * 4))
    assert scale.refused is not None
    assert scale.refused.code == "REFTIME_CONFLICT"
    assert scale.ratio_refused is None


@pytest.mark.parametrize(("apart_s", "given"), [(1.9, True), (2.1, False), (30.0, False)])
def test_the_start_of_the_series_is_told_within_two_seconds(apart_s: float, given: bool) -> None:
    """15 % by the frame: let through only where AcquisitionTime is SeriesTime."""
    acquired = SCAN + timedelta(seconds=apart_s)
    reference_s = apart_s + 60.0 + T_18F * math.log2(1.15)
    assert suv_scale(facts(slices=(SliceTime(acquired, 120.0, reference_s),) * 3)).is_suv == given


@pytest.mark.parametrize(("percent", "flagged"), [(0.9, False), (1.1, True)])
def test_times_agree_up_to_one_percent_of_suv(percent: float, flagged: bool) -> None:
    seconds = T_18F * math.log2(1 + percent / 100)
    given = facts(decay_reference_datetime=SCAN - timedelta(seconds=seconds))
    assert suv_scale(given).is_suv
    assert codes(given) == ({"REFTIME_CONFLICT"} if flagged else set())


@pytest.mark.parametrize(("percent", "given"), [(9.9, True), (10.1, False)])
def test_suv_is_withheld_beyond_ten_percent(percent: float, given: bool) -> None:
    seconds = T_18F * math.log2(1 + percent / 100)
    scale = suv_scale(facts(decay_reference_datetime=SCAN - timedelta(seconds=seconds)))
    assert scale.is_suv == given


@pytest.mark.parametrize(("after_s", "name"), [(0.4, "SeriesTime"), (1.1, "")])
def test_a_series_time_after_the_acquisition_by_rounding_alone_is_used(after_s: float, name: str) -> None:
    """A clock cut to whole seconds in one element and not in the other; no frame duration is needed."""
    slices = (SliceTime(SCAN, None, None),) * 3
    scale = suv_scale(facts(series_datetime=SCAN + timedelta(seconds=after_s), slices=slices))
    assert scale.is_suv == bool(name)
    assert [c.name for c in scale.candidates if c.chosen and scale.is_suv] == ([name] if name else [])


def test_the_readers_time_settles_a_conflict() -> None:
    given = facts(decay_reference_datetime=later(-20))
    scale = suv_scale(given, [entered("reference_datetime", SCAN.isoformat())])
    assert scale.is_suv
    assert scale.reference_time == SCAN
    assert scale.factor == pytest.approx(suv_scale(facts()).factor, rel=1e-12)
    assert [c.name for c in scale.candidates if c.chosen] == ["entered by the reader"]


def test_a_time_a_hundred_years_off_is_no_crash() -> None:
    scale = suv_scale(facts(decay_reference_datetime=datetime(1926, 1, 1)))
    assert scale.refused is not None
    forward = suv_scale(facts(decay_reference_datetime=datetime(2126, 1, 1)))
    assert forward.refused is not None


def test_a_series_time_without_acquisition_times_is_flagged() -> None:
    assert codes(facts(slices=())) == {"REFTIME_UNCHECKED"}

"""The dose record: net activity at injection by R10's formula, and what is missing or cannot be."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from atsmviewer.model.facts import SliceTime
from atsmviewer.model.suv import Scale
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import INJECTED, T_18F, T_62CU, entered, facts

RECORD = {
    "assay_activity_bq": "400e6",
    "assay_datetime": "2026-03-10T09:45:00",
    "residual_activity_bq": "8e6",
    "residual_datetime": "2026-03-10T10:05:00",
}


def with_record(given: dict[str, str], **changes: object) -> Scale:
    return suv_scale(facts(**changes), [entered(*o) for o in given.items()])


def code(scale: Scale) -> str:
    assert scale.refused is not None
    return scale.refused.code


def test_net_activity_is_assay_less_residual_each_brought_to_the_injection() -> None:
    """A 2^(-15 min / T½) - R 2^(+5 min / T½)."""
    net = 400e6 * 2 ** (-900 / T_18F) - 8e6 * 2 ** (300 / T_18F)
    scale = with_record(RECORD)
    assert scale.factor == pytest.approx(70 * 1000 / (net * 2 ** (-3600 / T_18F)), rel=1e-12)
    used = {name: source for name, _, source in scale.facts_used}
    assert used["injected_activity_bq"].startswith("dose record, entered by A. Reader")
    (flag,) = [f for f in scale.flags if f.code == "ACTIVITY_FROM_ASSAY"]
    assert f"{net / 1e6:.4g} MBq" in flag.what
    assert f"{100 * (net / 370e6 - 1):.1f} %" in flag.what or f"{100 * (370e6 / net - 1):.1f} %" in flag.what


def test_an_entered_injection_time_is_brought_to_the_one_that_the_pixels_stand_for() -> None:
    """ADMIN pixels were decayed to the header's 10:00; 62Cu given at 10:02 was 15 % more then."""
    begun = INJECTED + timedelta(minutes=20)
    short: dict[str, object] = {"half_life_s": T_62CU, "nuclide": "62Cu", "series_datetime": begun}
    short["slices"] = (SliceTime(begun, 600.0, None),)
    record = RECORD | {"injection_datetime": "2026-03-10T10:02:00"}
    net = 400e6 * 2 ** (-1020 / T_62CU) - 8e6 * 2 ** (180 / T_62CU)
    scale = with_record(record, decay_correction="ADMIN", **short)
    assert scale.factor == pytest.approx(70 * 1000 / (net * 2 ** (120 / T_62CU)), rel=1e-12)


def test_an_injection_moved_without_a_record_changes_an_admin_scan_by_its_decay() -> None:
    """18F given 15 min later than the header says: at the header's time it would have been 9.9 % more."""
    later = entered("injection_datetime", "2026-03-10T10:15:00")
    scale = suv_scale(facts(decay_correction="ADMIN"), (later,))
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (900 / T_18F)), rel=1e-12)


def test_an_injection_on_another_day_than_the_pixels_stand_for_is_refused() -> None:
    other = entered("injection_datetime", "2026-03-09T10:00:00")
    scale = suv_scale(facts(decay_correction="ADMIN"), (other,))
    assert scale.refused is not None
    assert scale.refused.code == "ADMIN_OTHER_DAY"


def test_a_clock_alone_is_the_nearest_moment() -> None:
    given = facts(decay_correction="ADMIN", injection_datetime=None, injection_time=time(10, 0))
    scale = suv_scale(given, (entered("injection_datetime", "2026-03-10T10:15:00"),))
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (900 / T_18F)), rel=1e-12)


def test_an_assay_without_residual_counts_and_says_that_nothing_is_known_of_it() -> None:
    assay = dict(list(RECORD.items())[:2])
    scale = with_record(assay)
    net = 400e6 * 2 ** (-900 / T_18F)
    assert scale.factor == pytest.approx(70 * 1000 / (net * 2 ** (-3600 / T_18F)), rel=1e-12)
    assert any("nothing is known of what stayed" in f.what for f in scale.flags)


def test_the_record_stands_in_for_a_missing_activity() -> None:
    assert with_record(RECORD, injected_activity_bq=None).factor == with_record(RECORD).factor


@pytest.mark.parametrize("name", RECORD)
def test_a_part_of_a_record_is_refused_with_what_is_missing(name: str) -> None:
    scale = with_record({k: v for k, v in RECORD.items() if k != name})
    assert code(scale) == "ASSAY_INCOMPLETE"
    assert scale.refused is not None
    assert name in scale.refused.remedy


def test_a_record_needs_the_time_of_injection_and_the_half_life() -> None:
    for changes, missing in (
        ({"injection_datetime": None, "decay_correction": "ADMIN"}, "injection_datetime"),
        ({"half_life_s": None, "nuclide": None, "decay_correction": "ADMIN"}, "half_life_s"),
    ):
        scale = with_record(RECORD, **changes)
        assert code(scale) == "ASSAY_INCOMPLETE"
        assert scale.refused is not None
        assert missing in scale.refused.remedy


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"assay_datetime": "2026-03-10T10:01:00"}, "ASSAY_ORDER"),
        ({"residual_datetime": "2026-03-10T09:59:00"}, "ASSAY_ORDER"),
        ({"residual_activity_bq": "400e6"}, "ASSAY_INVALID"),
    ],
)
def test_a_record_that_cannot_be_is_refused(change: dict[str, str], expected: str) -> None:
    assert code(with_record(RECORD | change)) == expected


@pytest.mark.parametrize(
    ("name", "value", "mixed"),
    [
        ("injected_activity_bq", "360e6", True),
        ("injection_datetime", "2026-03-10T10:01:00", True),
        ("weight_kg", "71", False),
    ],
)
def test_one_half_of_a_pair_that_is_entered_says_what_a_minute_costs(
    name: str, value: str, mixed: bool
) -> None:
    """18F: 0.63 % a minute (R10)."""
    found = [f for f in suv_scale(facts(), [entered(name, value)]).flags if f.code == "DOSE_PAIR_MIXED"]
    assert bool(found) == mixed
    assert all("0.63 %" in f.what for f in found)


def test_an_entry_that_only_adds_the_date_to_the_headers_clock_mixes_nothing() -> None:
    given = facts(injection_datetime=None, injection_time=time(10, 0))
    for clock, mixed in (("10:00:00", False), ("10:03:00", True)):
        scale = suv_scale(given, [entered("injection_datetime", f"2026-03-10T{clock}")])
        assert ("DOSE_PAIR_MIXED" in {f.code for f in scale.flags}) == mixed


def test_both_halves_entered_are_one_event() -> None:
    both = [entered("injected_activity_bq", "360e6"), entered("injection_datetime", "2026-03-10T10:01:00")]
    assert {f.code for f in suv_scale(facts(), both).flags} == {"OVERRIDDEN"}


ASSAY_62CU = {"assay_activity_bq": "740e6", "assay_datetime": "2026-03-10T09:50:00"}
SHORT = {"nuclide": "62Cu", "half_life_s": T_62CU, "series_datetime": INJECTED + timedelta(minutes=10)}


@pytest.mark.parametrize("mode", ["START", "ADMIN", "NONE"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"half_life_s": 9.67}, "HALF_LIFE_UNIT"),
        ({"injection_datetime": INJECTED + timedelta(minutes=30)}, "UPTAKE_NEGATIVE"),
        ({"injection_datetime": INJECTED - timedelta(minutes=5)}, None),
    ],
)
def test_a_record_decays_by_no_half_life_or_injection_time_that_is_refused(
    mode: str, changes: dict[str, object], expected: str | None
) -> None:
    """Also where pixels are of the injection, and the header's own activity would need neither."""
    bed = SliceTime(INJECTED + timedelta(minutes=10), 600.0, None)
    given: dict[str, object] = SHORT | {"decay_correction": mode, "slices": (bed,)} | changes
    scale = with_record(ASSAY_62CU, **given)
    assert (scale.refused.code if scale.refused else None) == expected
    assert ("ACTIVITY_FROM_ASSAY" in {f.code for f in scale.flags}) == (expected is None)


def test_a_record_names_the_half_life_that_it_stands_on_and_what_its_deviation_costs() -> None:
    """Ten minutes from assay to injection: 2^(600 / 580.2 - 600 / 638) by a half-life 10 % too long."""
    given: dict[str, object] = SHORT | {"decay_correction": "ADMIN", "slices": ()}
    used = {name: value for name, value, _ in with_record(ASSAY_62CU, **given).facts_used}
    assert float(used["half_life_s"]) == T_62CU
    scale = with_record(ASSAY_62CU, **(given | {"half_life_s": 638.0}))
    (flag,) = [f for f in scale.flags if f.code == "HALF_LIFE_DEVIATES"]
    assert f"{100 * (2 ** (600 / T_62CU - 600 / 638.0) - 1):.1f} %" in flag.what
    alone = suv_scale(facts(**given))
    assert "half_life_s" not in {name for name, _, _ in alone.facts_used}

"""What must hold of SUV for every header: P1-P4, P11, P13, P14, P17 and P18, on facts."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.session import SUV_KINDS
from atsmviewer.model.suv import Scale
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import INJECTED, facts, shifted

HALF_LIVES = {"60Cu": 1422.0, "61Cu": 12009.6, "62Cu": 580.2, "64Cu": 45722.2, "18F": 6586.2}
DURATION = 300.0

nuclides = st.sampled_from(sorted(HALF_LIVES))
halvings = st.floats(0.01, 3.0)
"""Uptake in half-lives."""
kinds = st.sampled_from(SUV_KINDS)


def scan(nuclide: str, uptake: float, **changes: Any) -> PetFacts:
    """A man's scan of four slices in two beds, at an uptake in half-lives."""
    half_life = HALF_LIVES[nuclide]
    begun = INJECTED + timedelta(seconds=round(uptake * half_life, 3))
    beds = (begun, begun, begun + timedelta(seconds=DURATION), begun + timedelta(seconds=DURATION))
    made: dict[str, Any] = {
        "nuclide": nuclide,
        "half_life_s": half_life,
        "series_datetime": begun,
        "slices": tuple(SliceTime(b, DURATION, None) for b in beds),
        "height_m": 1.75,
        "sex": "M",
    }
    return facts(**(made | changes))


def factors(given_facts: PetFacts, kind: str = "bw") -> tuple[float, ...]:
    scale = suv_scale(given_facts, kind=kind)
    assert scale.refused is None, scale.refused
    return scale.slice_factors


@given(nuclides, halvings, st.floats(1e-3, 1e3))
def test_p1_the_factor_knows_nothing_of_the_slopes(nuclide: str, uptake: float, k: float) -> None:
    """So SUV, rescaled pixel x factor, is linear in them."""
    slopes = (1.5, 2.0, 0.7, 1.0)
    scaled = tuple(k * m for m in slopes)
    assert factors(scan(nuclide, uptake, slopes=slopes)) == factors(scan(nuclide, uptake, slopes=scaled))


@given(
    nuclides,
    halvings,
    st.integers(-40_000, 40_000),
    st.floats(0, 86399),
    st.sampled_from([None, -9.5, 0, 5.75, 14]),
    st.sampled_from(["START", "ADMIN", "NONE"]),
)
def test_p2_all_clocks_shifted_by_any_days_in_any_zone_change_nothing(
    nuclide: str, uptake: float, days: int, seconds: float, zone_h: float | None, mode: str
) -> None:
    there = scan(nuclide, uptake, decay_correction=mode)
    by = timedelta(days=days, seconds=round(seconds, 3))
    moved = shifted(there, by)
    if zone_h is not None:
        moved = zoned(moved, timezone(timedelta(hours=zone_h)))
    scale = suv_scale(moved)
    if scale.refused is not None:  # the shift happened to make a dummy of a date: said, and no number
        assert scale.refused.code == "DATES_SUSPECT"
        return
    assert scale.slice_factors == pytest.approx(factors(there), rel=1e-12)


def zoned(given_facts: PetFacts, zone: timezone) -> PetFacts:
    names = ("injection_datetime", "series_datetime")
    moments = {name: getattr(given_facts, name).replace(tzinfo=zone) for name in names}
    slices = tuple(
        replace(s, acquired=s.acquired.replace(tzinfo=zone) if s.acquired else None)
        for s in given_facts.slices
    )
    return replace(given_facts, slices=slices, **moments)


@given(nuclides, halvings, st.integers(-86_400, 86_400))
def test_p2_a_zone_of_its_own_for_every_clock_changes_nothing(
    nuclide: str, uptake: float, offset_min: int
) -> None:
    """Across a change to summer time the same moments are written with other offsets (R12)."""
    there = zoned(scan(nuclide, uptake), timezone(timedelta(hours=1)))
    other = timezone(timedelta(minutes=offset_min % 840))
    assert there.injection_datetime is not None
    moved = replace(there, injection_datetime=there.injection_datetime.astimezone(other))
    assert factors(moved) == factors(there)


@given(nuclides, st.floats(0.5, 3.0), st.floats(-0.4, 0.4), st.sampled_from(["START", "NONE"]))
def test_p3_activity_and_its_time_along_their_decay_change_nothing(
    nuclide: str, uptake: float, earlier: float, mode: str
) -> None:
    there = scan(nuclide, uptake, decay_correction=mode)
    seconds = round(earlier * HALF_LIVES[nuclide], 6)
    moved = replace(
        there,
        injection_datetime=INJECTED + timedelta(seconds=seconds),
        injected_activity_bq=370e6 * 2 ** (-seconds / HALF_LIVES[nuclide]),
    )
    assert factors(moved) == pytest.approx(factors(there), rel=1e-12)


@given(
    st.floats(2.0, 400.0),
    st.floats(1e6, 1e11),
    nuclides,
    halvings,
    st.sampled_from(["START", "ADMIN", "NONE"]),
)
def test_p4_suv_is_proportional_to_weight_over_activity(
    weight: float, activity: float, nuclide: str, uptake: float, mode: str
) -> None:
    one = factors(scan(nuclide, uptake, decay_correction=mode))
    other = factors(
        scan(nuclide, uptake, decay_correction=mode, weight_kg=weight, injected_activity_bq=activity)
    )
    assert other == pytest.approx([f * weight / 70 * 370e6 / activity for f in one], rel=1e-12)


@given(nuclides, halvings, kinds, st.floats(2.0, 120.0), st.floats(1e6, 1e11), st.sampled_from("MFO"))
def test_p11_a_ratio_of_two_slices_is_the_same_in_every_kind(
    nuclide: str, uptake: float, kind: str, weight: float, activity: float, sex: str
) -> None:
    """And whatever weight and activity are: in single-frame START data all slices have one factor."""
    there = scan(nuclide, uptake, weight_kg=weight, injected_activity_bq=activity, sex=sex)
    tumour, *_, muscle = suv_scale(there, kind=kind).slice_factors
    assert tumour / muscle == 1.0


@given(nuclides, halvings, kinds)
def test_p11_undecayed_beds_compare_alike_in_every_kind(nuclide: str, uptake: float, kind: str) -> None:
    there = scan(nuclide, uptake, decay_correction="NONE")
    tumour, *_, muscle = factors(there, kind)
    assert muscle / tumour == pytest.approx(2 ** (DURATION / HALF_LIVES[nuclide]), rel=1e-9)


@given(nuclides, halvings, kinds.filter(lambda k: k != "kbqml"))
def test_p13_start_admin_and_none_encode_the_same_physics(nuclide: str, uptake: float, kind: str) -> None:
    """A source of 5 kBq/ml at injection, written as each mode writes it, in both beds."""
    rate = math.log(2) / HALF_LIVES[nuclide]
    there = scan(nuclide, uptake)
    assert there.series_datetime is not None
    since = (there.series_datetime - INJECTED).total_seconds()
    begun = [since, since, since + DURATION, since + DURATION]
    mean = (1 - math.exp(-rate * DURATION)) / (rate * DURATION)
    written = {
        "ADMIN": [5000.0] * 4,
        "START": [5000.0 * math.exp(-rate * since)] * 4,
        "NONE": [5000.0 * math.exp(-rate * s) * mean for s in begun],
    }
    read = {
        mode: [
            f * v
            for f, v in zip(factors(scan(nuclide, uptake, decay_correction=mode), kind), values, strict=True)
        ]
        for mode, values in written.items()
    }
    assert read["START"] == pytest.approx(read["ADMIN"], rel=1e-9)
    assert read["NONE"] == pytest.approx(read["ADMIN"], rel=1e-9)


@given(nuclides, halvings, kinds.filter(lambda k: k != "kbqml"), st.floats(1e-3, 1e3))
def test_p14_bqml_counts_and_stored_suv_encode_the_same_values(
    nuclide: str, uptake: float, kind: str, per_count: float
) -> None:
    there = scan(nuclide, uptake)
    suvbw = factors(there)[0]
    by_activity = factors(there, kind)[0]
    counts = replace(there, units="CNTS", philips_activity_factor=per_count)
    assert factors(counts, kind)[0] == pytest.approx(by_activity * per_count, rel=1e-12)
    vendor = replace(counts, philips_suv_factor=suvbw * per_count)
    assert factors(vendor, kind)[0] == pytest.approx(by_activity * per_count, rel=1e-12)
    stored = replace(there, units="GML", suv_type="BW")
    assert factors(stored, kind)[0] * suvbw == pytest.approx(by_activity, rel=1e-12)


REMOVABLE = [n for n in PetFacts.__dataclass_fields__ if n not in ("slopes", "sources")]
SUSPECT: dict[str, Any] = {
    "injected_activity_bq": 370.0,
    "weight_kg": 70000.0,
    "height_m": 175.0,
    "half_life_s": 46800.0,
    "tracer_nuclide": "18F",
    "positron_fraction": 0.967,
    "species": "mus musculus",
    "intercepts": (0.0, 1.0),
    "injection_time": datetime(2026, 1, 1, 9).time(),
    "sex": "O",
    "study_date": datetime(2026, 1, 1).date(),
}
"""Doubtful facts, each with a flag of its own on a scan of 64Cu."""

SPEAKS_OF = {
    "DOSE_UNIT": {"injected_activity_bq"},
    "WEIGHT_UNIT": {"weight_kg"},
    "HEIGHT_UNIT": {"height_m"},
    "HALF_LIFE_DEVIATES": {"half_life_s", "nuclide"},
    "ISOTOPE_MISMATCH": {"tracer_nuclide", "nuclide"},
    "ISOTOPE_RATIO": {"tracer_nuclide", "nuclide"},
    "BRANCHING_DEVIATES": {"positron_fraction", "nuclide"},
    "PRECLINICAL_ASK": {"species"},
    "RESCALE_INTERCEPT": {"intercepts"},
    "INJ_TIMES_DISAGREE": {"injection_time", "injection_datetime"},
    "INJ_FAR_FROM_STUDY": {"study_date", "injection_datetime"},
    "UPTAKE_LONG": {"half_life_s", "nuclide", "injection_datetime", "series_datetime", "slices"},
    "SEX_OTHER": {"sex", "height_m", "weight_kg"},
}
"""Facts that a flag compares: without one of them there is nothing to compare any more."""


def without(given_facts: PetFacts, name: str) -> PetFacts:
    nothing: Any = () if name in ("slices", "inconsistent", "intercepts") else None
    return replace(given_facts, **{name: nothing})


def doubtful() -> PetFacts:
    return scan("64Cu", 2.0, **SUSPECT)


def codes(scale: Scale) -> set[str]:
    return {flag.code for flag in scale.flags}


def test_the_doubtful_header_has_all_its_flags() -> None:
    assert codes(suv_scale(doubtful(), kind="lbmjanma")) >= SPEAKS_OF.keys() - {
        "INJ_FAR_FROM_STUDY",
        "UPTAKE_LONG",
    }


@pytest.mark.parametrize("kind", ["bw", "lbmjanma"])
@pytest.mark.parametrize("name", REMOVABLE)
def test_p18_what_is_removed_takes_along_only_the_flags_that_spoke_of_it(name: str, kind: str) -> None:
    before, after = suv_scale(doubtful(), kind=kind), suv_scale(without(doubtful(), name), kind=kind)
    lost = codes(before) - codes(after)
    assert after.refused is not None or all(name in SPEAKS_OF[code] for code in lost), lost


@given(nuclides, halvings, kinds, st.sets(st.sampled_from(REMOVABLE), max_size=4))
def test_p17_and_p18_a_header_with_holes_is_right_flagged_or_refused(
    nuclide: str, uptake: float, kind: str, names: set[str]
) -> None:
    whole = scan(nuclide, uptake, injection_time=INJECTED.time(), manufacturer="SIEMENS")
    holed = whole
    for name in names:
        holed = without(holed, name)
    before, after = suv_scale(whole, (), 4, kind), suv_scale(holed, (), 4, kind)
    if after.refused is not None:
        assert all((after.refused.code, after.refused.what, after.refused.remedy))
        assert str(after.unit) in ("kBq/ml", "stored units")
        assert not after.label.startswith("SUV")
        return
    assert all(names & SPEAKS_OF[code] for code in codes(before) - codes(after))
    same = after.slice_factors == pytest.approx(before.slice_factors, rel=1e-9)
    assert same or codes(after) - codes(before)

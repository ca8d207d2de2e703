"""Facts removed or distorted one by one and at random: right, flagged or refused, never a crash (P17)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.session import SUV_KINDS
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant.kinds import KINDS
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, entered, facts

FULL = facts(
    injection_time=datetime(2026, 3, 10, 10).time(),
    manufacturer="SIEMENS",
    height_m=1.75,
    sex="F",
    decay_reference_datetime=SCAN,
    slices=(SliceTime(SCAN, 600.0, 290.0),) * 4,
)


def sound(scale: Scale, kind: str = "bw") -> bool:
    """SUV with positive factors, or a refusal with a code, a sentence, a remedy and another unit."""
    if not all(math.isfinite(f) and f > 0 for f in scale.slice_factors) or not scale.slice_factors:
        return False
    if scale.refused is None:
        return scale.unit is KINDS[kind].unit
    return scale.unit in (Unit.KBQML, Unit.STORED) and all(
        (scale.refused.code, scale.refused.what, scale.refused.remedy)
    )


@pytest.mark.parametrize(
    "name",
    [f for f in PetFacts.__dataclass_fields__ if f not in ("slices", "slopes", "intercepts", "sources")],
)
def test_a_fact_that_is_removed_changes_nothing_silently(name: str) -> None:
    removed: dict[str, Any] = {name: () if name == "inconsistent" else None}
    scale, whole = suv_scale(replace(FULL, **removed)), suv_scale(FULL)
    assert sound(scale)
    same = scale.factor == pytest.approx(whole.factor, rel=1e-9)
    assert scale.refused is not None or scale.flags or same


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), 1e-300, 1e300])
@pytest.mark.parametrize("name", ["weight_kg", "injected_activity_bq", "half_life_s"])
def test_numbers_that_cannot_be_are_refused(name: str, value: float) -> None:
    distorted: dict[str, Any] = {name: value, "nuclide": None}
    scale = suv_scale(replace(FULL, **distorted))
    assert sound(scale)
    assert scale.refused is not None


weird = st.sampled_from([None, 0.0, -1.0, 1e-9, 0.5, 60.0, 3600.0, 1e6, 1e12, float("nan"), float("inf")])
moments = st.one_of(st.none(), st.datetimes(datetime(1890, 1, 1), datetime(2140, 1, 1)), st.just(SCAN))
lasting, counting = st.sampled_from([None, 0.0, 600.0, 1e9]), st.sampled_from([None, 0.0, -5.0, 1e9])
grown = st.sampled_from([None, 1.0, 1.4, 0.0, 1e300, float("nan")])
slices = st.lists(st.builds(SliceTime, moments, lasting, counting, grown), max_size=4).map(tuple)
entries = st.fixed_dictionaries(
    {},
    optional={
        "weight_kg": st.sampled_from(["70", "0.025"]),
        "half_life_s": st.sampled_from(["6586.2", "75"]),
        "injection_datetime": st.sampled_from(["2026-03-10T10:00:00", "1900-01-01T00:00:00+14:00"]),
        "injection_day": st.sampled_from(["0", "-2", "2026-03-09", "1850-01-01"]),
        "reference_datetime": st.sampled_from(["2026-03-10T11:00:00", "2199-12-31T23:59:59-12:00"]),
        "assay_activity_bq": st.just("4e8"),
        "assay_datetime": st.sampled_from(["2026-03-10T09:45:00", "1851-01-01T00:00:00"]),
        "residual_activity_bq": st.sampled_from(["0", "4e8"]),
        "residual_datetime": st.just("2026-03-10T10:05:00"),
        "nuclide": st.sampled_from(["64Cu", "82Rb"]),
        "scanned_as": st.sampled_from(["18F", "15O"]),
        "sex": st.just("O"),
        "units": st.sampled_from(["BQML", "GML"]),
    },
)


@settings(max_examples=400, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "units": st.sampled_from([None, "BQML", "CNTS", "GML", "CM2ML", "PROPCPS", "", "bqml"]),
            "decay_correction": st.sampled_from([None, "START", "ADMIN", "NONE", "start"]),
            "corrected_image": st.sampled_from([None, (), ("ATTN",), ("ATTN", "DECY"), ("DECAY", "ATTN")]),
            "suv_type": st.sampled_from([None, "BW", "LBM", "LBMJANMA", "IBW", "BSA", "?"]),
            "sex": st.sampled_from([None, "M", "F", "O", "?"]),
            "nuclide": st.sampled_from([None, "64Cu", "18F", "99mTc"]),
            "weight_kg": weird,
            "height_m": weird,
            "injected_activity_bq": weird,
            "half_life_s": weird,
            "philips_suv_factor": weird,
            "philips_activity_factor": weird,
            "injection_datetime": moments,
            "injection_time": st.one_of(st.none(), st.times()),
            "series_datetime": moments,
            "decay_reference_datetime": moments,
            "ge_scan_datetime": moments,
            "manufacturer": st.sampled_from([None, "GE MEDICAL SYSTEMS", "SIEMENS"]),
            "slices": slices,
            "tracer_nuclide": st.sampled_from(["64Cu", "99mTc"]),
            "positron_fraction": weird,
            "voxel_mm": weird,
            "field_of_view_mm": weird,
            "species": st.sampled_from(["rattus"]),
            "study_date": st.dates(),
            "intercepts": st.just((float("nan"), 1.0)),
        },
    ),
    entries,
    st.integers(1, 5),
    st.sampled_from(SUV_KINDS),
    st.sampled_from(["human", "animal"]),
)
def test_any_header_with_any_entries_gives_suv_or_a_refusal(
    changes: dict[str, Any], names: dict[str, str], count: int, kind: str, species: str
) -> None:
    overrides = [entered(*one) for one in names.items()]
    scale = suv_scale(replace(FULL, **changes), overrides, count, kind, species)
    assert sound(scale, kind), scale
    assert len(scale.slice_factors) == count
    assert not any("nan" in flag.what for flag in scale.flags), scale.flags


@given(st.integers(-5000, 5000))
def test_a_moved_injection_is_never_used_after_the_scan(minutes: int) -> None:
    scale = suv_scale(facts(injection_datetime=SCAN + timedelta(minutes=minutes)))
    assert sound(scale)
    assert scale.is_suv == (-5 * 6586.2 / 60 <= minutes <= 0)

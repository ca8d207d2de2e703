"""Owns what counts as a fact: values that cannot be are absent, and are refused as such."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Any

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.undated import is_dated

_POSITIVE = {
    "weight_kg": 1e6,
    "height_m": 1e4,
    "half_life_s": 1e10,
    "philips_suv_factor": 1e12,
    "philips_activity_factor": 1e12,
    "positron_fraction": 1.0,
    "field_of_view_mm": 1e4,
    "voxel_mm": 1e3,
}
"""Facts that are finite, above zero and not above this."""

_LEAST = {"half_life_s": 0.01}
"""Facts that are not below this; 75 s of 82Rb written in hours, 0.02, stays to be refused as what it is."""

_MOMENTS = ("injection_datetime", "series_datetime", "decay_reference_datetime", "ge_scan_datetime")
YEARS = range(1850, 2200)
"""Years of a scan; 1900, the dummy of anonymisers, is one of them, since spans may be right."""

_LONGEST_S = 1e7
"""No frame lasts, and none counts from a reference, a third of a year."""


def usable(facts: PetFacts) -> PetFacts:
    """The same facts without those that no scan can have; the very same object where all can be."""
    absent: dict[str, Any] = {}
    for name, most in _POSITIVE.items():
        value = getattr(facts, name)
        least = _LEAST.get(name, 0.0)
        if value is not None and not (math.isfinite(value) and value > 0 and least <= value <= most):
            absent[name] = None
    activity = facts.injected_activity_bq
    if activity is not None and (activity == 0 or not math.isfinite(activity)):
        absent["injected_activity_bq"] = None  # below zero it stays, to be refused as what it is (R7)
    for name in _MOMENTS:
        if not _is_moment(getattr(facts, name)):
            absent[name] = None
    slices = tuple(_usable_slice(one) for one in facts.slices)
    if slices != facts.slices:
        absent["slices"] = slices
    return replace(facts, **absent) if absent else facts


def _usable_slice(one: SliceTime) -> SliceTime:
    lasts, counts, factor = one.duration_s, one.frame_reference_s, one.decay_factor
    return SliceTime(
        one.acquired if _is_moment(one.acquired) else None,
        lasts if lasts is not None and 0 < lasts <= _LONGEST_S else None,
        counts if counts is not None and abs(counts) <= _LONGEST_S else None,
        factor if factor is not None and 0 < factor < math.inf else None,
        one.offset_s if one.offset_s is not None and abs(one.offset_s) <= _LONGEST_S else None,
    )


def _is_moment(moment: datetime | None) -> bool:
    return moment is None or moment.year in YEARS or not is_dated(moment)

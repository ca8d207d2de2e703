"""The reader's entries: read strictly, change SUV by the formula, and carry who entered them (R15)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from atsmviewer.model.choice import PARTNER
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import SliceTime
from atsmviewer.quant.overrides import FORMS
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, T_64CU, entered, facts


def frame(half_life_s: float) -> float:
    """Activity at the start of a frame of 600 s over its mean."""
    x = math.log(2) * 600 / half_life_s
    return x / (1 - math.exp(-x))


def factor(*overrides: tuple[str, str]) -> float:
    scale = suv_scale(facts(), [entered(*o) for o in overrides])
    assert scale.factor is not None
    return scale.factor


BASE = 70 * 1000 / (370e6 * 2 ** (-3600 / 6586.2))
HALF_AN_HOUR = 70 * 1000 / (370e6 * 2 ** (-1800 / 6586.2))
LEAN = {True: 9270 * 70 / (6680 + 216 * 70 / 1.75**2), False: 9270 * 70 / (8780 + 244 * 70 / 1.75**2)}
TALL = 9270 * 70 / (6680 + 216 * 70 / 1.90**2)

UNTIMED = {"decay_correction": "NONE", "slices": (SliceTime(SCAN, None, None),) * 4}

Entry = tuple[dict[str, str], dict[str, Any], str, float]
CHANGES: dict[str, Entry] = {
    "weight_kg": ({"weight_kg": "77"}, {}, "bw", BASE * 77 / 70),
    "height_m": ({"height_m": "1.90"}, {}, "lbmjanma", BASE * TALL / 70),
    "sex": ({"sex": "F"}, {}, "lbmjanma", BASE * LEAN[False] / 70),
    "injected_activity_bq": ({"injected_activity_bq": "185e6"}, {}, "bw", BASE * 2),
    "half_life_s": ({"half_life_s": "3600"}, {}, "bw", 70 * 1000 / (370e6 / 2)),
    "injection_datetime": ({"injection_datetime": "2026-03-10T10:30:00"}, {}, "bw", HALF_AN_HOUR),
    "injection_day": (
        {"injection_day": "-1"},
        {"half_life_s": T_64CU, "nuclide": "64Cu"},
        "bw",
        70 * 1000 / (370e6 * 2 ** (-25 * 3600 / T_64CU)),
    ),
    "reference_datetime": ({"reference_datetime": "2026-03-10T10:30:00"}, {}, "bw", HALF_AN_HOUR),
    "assay_activity_bq": (
        {"assay_activity_bq": "200e6", "assay_datetime": "2026-03-10T10:00:00"},
        {},
        "bw",
        BASE * 370 / 200,
    ),
    "assay_datetime": (
        {"assay_activity_bq": "370e6", "assay_datetime": "2026-03-10T09:30:00"},
        {},
        "bw",
        BASE * 2 ** (1800 / 6586.2),
    ),
    "residual_activity_bq": (
        {
            "assay_activity_bq": "370e6",
            "assay_datetime": "2026-03-10T10:00:00",
            "residual_activity_bq": "37e6",
            "residual_datetime": "2026-03-10T10:00:00",
        },
        {},
        "bw",
        BASE / 0.9,
    ),
    "residual_datetime": (
        {
            "assay_activity_bq": "370e6",
            "assay_datetime": "2026-03-10T10:00:00",
            "residual_activity_bq": "37e6",
            "residual_datetime": "2026-03-10T10:30:00",
        },
        {},
        "bw",
        BASE / (1 - 0.1 * 2 ** (1800 / 6586.2)),
    ),
    "nuclide": ({"nuclide": "64Cu"}, {}, "bw", 70 * 1000 / (370e6 * 2 ** (-3600 / T_64CU))),
    "scanned_as": (
        {"scanned_as": "18F"},
        {"tracer_nuclide": "64Cu", "decay_correction": "NONE"},
        "bw",
        0.9673 / 0.1749 * frame(T_64CU) * 70 * 1000 / 370e6 * 2 ** (3600 / T_64CU),
    ),
    "units": ({"units": "GML"}, {}, "bw", 1.0),
    "decay_correction": ({"decay_correction": "ADMIN"}, {}, "bw", 70 * 1000 / 370e6),
    "attenuation_corrected": ({"attenuation_corrected": "yes"}, {"corrected_image": None}, "bw", BASE),
    "scan_datetime": ({"scan_datetime": "2026-03-10T10:30:00"}, {}, "bw", HALF_AN_HOUR),
    "frame_duration_s": ({"frame_duration_s": "600"}, UNTIMED, "bw", BASE * frame(6586.2)),
}
"""For each of ``FORMS`` but the tracer's name: what is entered, on which header, the kind, the factor."""


def test_every_entry_but_the_tracers_name_is_a_number_of_suv() -> None:
    assert set(CHANGES) | {"tracer_confirmed"} == set(FORMS)


@pytest.mark.parametrize("name", CHANGES)
def test_every_entry_changes_suv_as_its_formula_says(name: str) -> None:
    entries, changes, kind, expected = CHANGES[name]
    given = facts(height_m=1.75, sex="M", **changes)
    scale = suv_scale(given, [entered(*o) for o in entries.items()], kind=kind)
    assert scale.refused is None, scale.refused
    assert scale.factor == pytest.approx(expected, rel=1e-12)
    assert scale.factor != suv_scale(given, kind=kind).factor


def test_an_entry_says_what_it_does_to_this_scan() -> None:
    (flag,) = suv_scale(facts(), [entered("weight_kg", "77")]).flags
    assert "It changes SUVbw by a factor of 1.1" in flag.what
    (idle,) = suv_scale(facts(), [entered("height_m", "1.8")]).flags
    assert "SUVbw is the same without it" in idle.what
    (needed,) = suv_scale(facts(weight_kg=None), [entered("weight_kg", "77")]).flags
    assert "Without it SUV is withheld" in needed.what


def test_an_entered_nuclide_gives_a_missing_half_life() -> None:
    given = facts(half_life_s=None, nuclide=None)
    scale = suv_scale(given, [entered("nuclide", "64Cu")])
    assert scale.factor == pytest.approx(70 * 1000 / (370e6 * 2 ** (-3600 / T_64CU)), rel=1e-12)


def test_an_entry_is_flagged_with_who_and_what_was_there() -> None:
    scale = suv_scale(facts(), [entered("weight_kg", "77")])
    (flag,) = scale.flags
    assert flag.code == "OVERRIDDEN"
    for word in ("weight_kg", "77", "A. Reader", "70", "dose record"):
        assert word in flag.what
    used = {name: (value, source) for name, value, source in scale.facts_used}
    assert used["weight_kg"] == ("77.0", "entered by A. Reader: dose record")


def test_the_last_entry_of_a_name_counts() -> None:
    assert factor(("weight_kg", "50"), ("weight_kg", "77")) == pytest.approx(BASE * 77 / 70, rel=1e-12)


def test_a_mouse_is_weighed_by_the_reader() -> None:
    scale = suv_scale(facts(weight_kg=0.025, injected_activity_bq=3.7e6), [entered("weight_kg", "0.025")])
    assert scale.is_suv
    assert "WEIGHT_UNUSUAL" in {flag.code for flag in scale.flags}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("weight_kg", "seventy"),
        ("weight_kg", "70,5"),
        ("weight_kg", "0"),
        ("weight_kg", "-70"),
        ("weight_kg", "nan"),
        ("weight_kg", "inf"),
        ("weight_kg", ""),
        ("injected_activity_bq", "0"),
        ("injected_activity_bq", "1e12"),
        ("injected_activity_bq", "388.8"),  # megabecquerels, a million times too few
        ("half_life_s", "0"),
        ("injection_datetime", "2026-03-10"),
        ("injection_datetime", "10:00"),
        ("injection_datetime", "2026-02-30T10:00:00"),
        ("nuclide", "Cu"),
        ("scanned_as", "FDG"),
        ("injection_day", "1"),
        ("injection_day", "-3"),
        ("injection_day", "yesterday"),
        ("injection_day", "2026-03-32"),
        ("assay_datetime", "09:45"),
        ("residual_activity_bq", "-1"),
        ("residual_datetime", "2026-03-10"),
        ("units", "PROPCNTS"),
        ("tracer_confirmed", "yes"),
        ("decay_correction", "SCAN"),
        ("attenuation_corrected", "no"),
        ("scan_datetime", "2026-03-10"),
        ("frame_duration_s", "0"),
        ("inconsistent", ""),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, text: str) -> None:
    with pytest.raises(ReviewError, match="OVERRIDE_INVALID"):
        suv_scale(facts(), [entered(name, text)])


def test_the_choice_of_a_ct_is_no_fact() -> None:
    given, chosen = facts(), entered(PARTNER, "1.2.3.9")
    assert suv_scale(given, [chosen]) == suv_scale(given)
    assert suv_scale(given, [chosen, entered("weight_kg", "77")]) == suv_scale(
        given, [entered("weight_kg", "77")]
    )


@pytest.mark.parametrize(("listed", "mode"), [(("ATTN",), "START"), (("ATTN", "DECY"), "NONE")])
def test_corrections_follow_an_entered_decay_correction(listed: tuple[str, ...], mode: str) -> None:
    """Otherwise list and entry would contradict each other, which withholds SUV (R3)."""
    given = facts(decay_correction=None, corrected_image=listed)
    scale = suv_scale(given, [entered("decay_correction", mode)])
    grown = frame(6586.2) if mode == "NONE" else 1.0
    assert scale.factor == pytest.approx(BASE * grown, rel=1e-12)
    (flag,) = [one for one in scale.flags if one.code == "OVERRIDDEN"]
    assert ("corrections listed: ATTN DECY" in flag.what) == (mode == "NONE")


def test_an_entered_scan_keeps_the_time_between_beds() -> None:
    beds = tuple(SliceTime(SCAN + timedelta(minutes=m), 600.0, None) for m in (7, 7, 20, 20))
    given = facts(decay_correction="NONE", slices=beds)
    scale = suv_scale(given, [entered("scan_datetime", "2026-03-10T11:00:00")])
    first, last = scale.slice_factors[0], scale.slice_factors[-1]
    assert first == pytest.approx(BASE * frame(6586.2), rel=1e-12)
    assert last / first == pytest.approx(2 ** (13 * 60 / 6586.2), rel=1e-12)


def test_an_entered_scan_times_slices_whose_source_counts_from_its_start() -> None:
    given = facts(decay_correction="NONE", slices=(SliceTime(None, 600.0, None, offset_s=780.0),) * 4)
    assert suv_scale(given).refused is not None
    scale = suv_scale(given, [entered("scan_datetime", "2026-03-10T11:00:00")])
    assert scale.factor == pytest.approx(BASE * frame(6586.2) * 2 ** (780 / 6586.2), rel=1e-12)
    refused = suv_scale(given).refused
    assert refused is not None
    assert "scan_datetime" in refused.remedy


def test_an_overridden_correction_says_what_the_header_lists() -> None:
    scale = suv_scale(facts(corrected_image=("NORM", "DECY")), [entered("attenuation_corrected", "yes")])
    (flag,) = [one for one in scale.flags if one.code == "OVERRIDDEN"]
    assert "NORM DECY" in flag.what
    used = {name: (value, source) for name, value, source in scale.facts_used}
    assert used["corrected_image"] == ("NORM DECY ATTN", "entered by A. Reader: dose record")


def test_an_entered_start_is_told_as_the_reference_of_the_pixels() -> None:
    given = facts(series_datetime=None, slices=(SliceTime(None, 600.0, None, offset_s=0.0),) * 4)
    scale = suv_scale(given, [entered("scan_datetime", "2026-03-10T11:00:00")])
    assert scale.factor == pytest.approx(BASE, rel=1e-12)
    used = {name: (value, source) for name, value, source in scale.facts_used}
    assert used["reference_datetime"] == ("2026-03-10T11:00:00", "entered by A. Reader: dose record")

"""The reader's entries: read strictly, change SUV by the formula, and carry who entered them (R15)."""

from __future__ import annotations

import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import T_64CU, entered, facts


def factor(*overrides: tuple[str, str]) -> float:
    scale = suv_scale(facts(), [entered(*o) for o in overrides])
    assert scale.factor is not None
    return scale.factor


BASE = 70 * 1000 / (370e6 * 2 ** (-3600 / 6586.2))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("weight_kg", "77", BASE * 77 / 70),
        ("injected_activity_bq", "185e6", BASE * 2),
        ("half_life_s", "3600", 70 * 1000 / (370e6 / 2)),
        ("injection_datetime", "2026-03-10T10:30:00", 70 * 1000 / (370e6 * 2 ** (-1800 / 6586.2))),
        ("reference_datetime", "2026-03-10T10:30:00", 70 * 1000 / (370e6 * 2 ** (-1800 / 6586.2))),
        ("units", "GML", 1.0),
    ],
)
def test_every_entry_changes_suv_as_its_formula_says(name: str, text: str, expected: float) -> None:
    assert factor((name, text)) == pytest.approx(expected, rel=1e-12)


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
        ("units", "PROPCNTS"),
        ("tracer_confirmed", "yes"),
        ("decay_correction", "NONE"),
        ("inconsistent", ""),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, text: str) -> None:
    with pytest.raises(ReviewError, match="OVERRIDE_INVALID"):
        suv_scale(facts(), [entered(name, text)])

"""Activity, half-life and rescale and their slips of unit: mended, offered or withheld (R2, R7, R13)."""

from __future__ import annotations

from typing import Any

import pytest

from atsmviewer.model.facts import PetFacts
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import T_18F, facts


def expected(weight: float, activity: float, elapsed_s: float, half_life: float) -> float:
    return float(weight * 1000 / (activity * 2 ** (-elapsed_s / half_life)))


def flags(given: PetFacts) -> set[str]:
    return {f.code for f in suv_scale(given).flags}


def factor(given: PetFacts) -> float:
    scale = suv_scale(given)
    assert scale.refused is None, scale.refused
    assert scale.factor is not None
    return scale.factor


@pytest.mark.parametrize("value", [10.0, 370000.0])
def test_an_activity_of_unknown_unit_is_offered_in_four_with_what_each_would_read(value: float) -> None:
    """R7: 10 mCi read as 10 MBq is 37 times wrong; what 1 kBq/ml would read shows which one it is."""
    refused = suv_scale(facts(injected_activity_bq=value)).refused
    assert refused is not None
    for unit, bq in {"Bq": 1.0, "kBq": 1e3, "MBq": 1e6, "mCi": 3.7e7}.items():
        reads = 1000 * expected(70, value * bq, 3600, T_18F)
        assert f"{value * bq:g} if it is {unit}, 1 kBq/ml would read {reads:.3g}" in refused.remedy


@pytest.mark.parametrize("value", [59.9, 60.0, 9999.0, 1e4, 999999.0, 1e6, 3.7e6, 1e11, 1.01e11])
def test_the_cuts_of_an_activitys_unit(value: float) -> None:
    """Withheld below 60 and from 1e4 to 1e6; MBq between; as it stands up to 1e11 (R7)."""
    scale = suv_scale(facts(injected_activity_bq=value))
    assert scale.is_suv == (60 <= value < 1e4 or 1e6 <= value <= 1e11)
    assert ("DOSE_UNIT" in {f.code for f in scale.flags}) == (60 <= value < 1e4)


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"half_life_s": 6720.0}, 2 ** (3600 / T_18F - 3600 / 6720.0) - 1),
        ({"half_life_s": None}, 2 ** (3600 / T_18F - 3600 / (1.01 * T_18F)) - 1),
    ],
)
def test_a_half_life_in_doubt_says_what_it_does_to_this_scan(changes: dict[str, Any], size: float) -> None:
    (flag,) = suv_scale(facts(**changes)).flags
    assert (f"{100 * size:.1f} %" if size > 0.0095 else f"{100 * size:.2g} %") in flag.what


def test_an_intercept_says_what_it_adds() -> None:
    scale = suv_scale(facts(intercepts=(0.0, -250.0)))
    assert scale.factor is not None
    (flag,) = scale.flags
    assert f"{250 * scale.factor:.3g}" in flag.what


@pytest.mark.parametrize(
    "changes", [{"injected_activity_bq": 370.0}, {"weight_kg": 70000.0}, {"half_life_s": None}]
)
def test_a_slip_of_unit_that_is_certain_is_mended(changes: dict[str, Any]) -> None:
    assert factor(facts(**changes)) == pytest.approx(factor(facts()), rel=1e-12)


def test_a_half_life_off_by_ten_thousandths_is_no_doubt() -> None:
    """GE writes 6588 s for 18F, others 6586.2 s (R13)."""
    assert flags(facts(half_life_s=6588.0)) == set()


def test_a_nuclide_from_the_tracers_text_alone_waits_for_the_reader() -> None:
    given = facts(half_life_s=None, sources=(("nuclide", "(0018,0031) Radiopharmaceutical"),))
    refused = suv_scale(given).refused
    assert refused is not None
    assert (refused.code, "6586.2" in refused.remedy) == ("HALF_LIFE_MISSING", True)

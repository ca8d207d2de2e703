"""Body formulas against the values of R17; other SUV kinds are converted by ratio of masses (O7, O22)."""

from __future__ import annotations

from typing import Any

import pytest

from atsmviewer.model.errors import Refusal
from atsmviewer.quant.body import bsa_m2, ibw, lbm_james, lbm_janmahasatian, lbm_morgan, mass_kg
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import facts


def test_masses_of_70_kg_and_175_cm() -> None:
    assert lbm_james(70, 1.75, True) == pytest.approx(56.520, rel=1e-6)
    assert lbm_morgan(70, 1.75, True) == pytest.approx(57.800, rel=1e-6)
    assert lbm_james(70, 1.75, False) == pytest.approx(51.220, rel=1e-6)
    assert lbm_morgan(70, 1.75, False) == pytest.approx(51.220, rel=1e-6)
    assert lbm_janmahasatian(70, 1.75, True) == pytest.approx(55.8571, rel=1e-6)
    assert lbm_janmahasatian(70, 1.75, False) == pytest.approx(45.1970, rel=1e-6)
    assert ibw(70, 1.75, True) == pytest.approx(72.380, rel=1e-6)
    assert ibw(70, 1.75, False) == pytest.approx(66.430, rel=1e-6)
    assert bsa_m2(70, 1.75) == pytest.approx(1.848143, rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "mass"), [("LBM", 57.8), ("LBMJAMES128", 56.52), ("LBMJANMA", 55.8571), ("IBW", 72.38)]
)
@pytest.mark.parametrize("other", [{}, {"injected_activity_bq": 1e7}, {"injection_datetime": None}])
def test_a_lean_suv_becomes_suvbw_by_masses_alone(kind: str, mass: float, other: dict[str, Any]) -> None:
    scale = suv_scale(facts(units="GML", suv_type=kind, height_m=1.75, sex="M", **other))
    assert scale.factor == pytest.approx(70 / mass, rel=1e-6)
    assert scale.is_suv


def test_suv_by_body_surface() -> None:
    scale = suv_scale(facts(units="CM2ML", suv_type="BSA", height_m=1.75))
    assert scale.factor == pytest.approx(70 * 1000 / (1.848143 * 1e4), rel=1e-6)


def test_sex_other_takes_the_mean_of_both_formulas_and_says_so() -> None:
    scale = suv_scale(facts(units="GML", suv_type="LBMJAMES128", height_m=1.75, sex="O"))
    assert scale.factor == pytest.approx(70 / ((56.52 + 51.22) / 2), rel=1e-9)
    assert "SEX_OTHER" in {flag.code for flag in scale.flags}


@pytest.mark.parametrize(("weight", "height"), [(70.0, 1.75), (150.0, 1.60), (45.0, 1.50)])
def test_the_doubt_about_sex_is_the_larger_of_both_sides(weight: float, height: float) -> None:
    """The mean of a < b is off by (a + b) / 2a, which is more than 2b / (a + b)."""
    ratio = (weight / (height * 100)) ** 2
    masses = 1.10 * weight - 128 * ratio, 1.07 * weight - 148 * ratio
    worst = sum(masses) / 2 / min(masses)
    _, flags = mass_kg("LBMJAMES128", weight, height, "O")
    (flag,) = [f for f in flags if f.code == "SEX_OTHER"]
    assert (f"{100 * (worst - 1):.1f} %" if worst < 2 else f"factor of {worst:.3g}") in flag.what


@pytest.mark.parametrize("sex", ["M", "F", "O", None])
def test_sex_never_matters_to_suvbw(sex: str | None) -> None:
    assert suv_scale(facts(sex=sex)).factor == suv_scale(facts()).factor


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sex": None}, "SEX_MISSING"),
        ({"sex": "X"}, "SEX_MISSING"),
        ({"height_m": None}, "HEIGHT_MISSING"),
        ({"height_m": 12.0}, "HEIGHT_IMPLAUSIBLE"),
        ({"weight_kg": None}, "WEIGHT_MISSING"),
        ({"suv_type": "BSA"}, "SUV_TYPE_UNKNOWN"),
    ],
)
def test_a_lean_suv_without_its_mass_is_refused(changes: dict[str, Any], code: str) -> None:
    given = {"units": "GML", "suv_type": "LBM", "height_m": 1.75, "sex": "M"} | changes
    scale = suv_scale(facts(**given))
    assert scale.refused is not None
    assert scale.refused.code == code
    assert scale.unit == "stored units"


def test_james_turns_over_at_131_6_kg_and_has_no_mass_beyond_twice_that() -> None:
    def codes(weight: float) -> set[str]:
        return {flag.code for flag in mass_kg("LBMJAMES128", weight, 1.75, "M")[1]}

    assert "LBM_TURNING" not in codes(131.5)
    assert "LBM_TURNING" in codes(131.7)
    assert isinstance(mass_kg("LBMJAMES128", 2 * 131.6 + 1, 1.75, "M")[0], Refusal)
    assert "LBM_TURNING" in {f.code for f in mass_kg("LBMJAMES128", 98.5, 1.65, "F")[1]}

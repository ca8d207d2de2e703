"""Every kind of SUV from every way of storing: masses, units, names, refusals (R5, R14, R17, O22)."""

from __future__ import annotations

from typing import Any

import pytest

from atsmviewer.model.facts import PetFacts
from atsmviewer.model.session import SUV_KINDS
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, T_18F, facts

MASS_KG = {
    "bw": 70.0,
    "lbmjanma": 9270 * 70 / (6680 + 216 * 70 / 1.75**2),
    "lbmjames128": 1.10 * 70 - 128 * 0.4**2,
    "lbm": 1.10 * 70 - 120 * 0.4**2,
    "ibw": 48.0 + 1.06 * 23,
    "bsa": 10 * 0.007184 * 70**0.425 * 175**0.725,
    "idml": 0.1,
    "idg": 0.1,
}
"""What SUV of each kind is C x mass x 1000 / D of, for a man of 70 kg and 175 cm."""

UNITS = dict.fromkeys(MASS_KG, "g/ml") | {"bsa": "cm²/ml", "idml": "%ID/ml", "idg": "%ID/g"}
STORED = {"bw": "BW", "lbmjanma": "LBMJANMA", "lbmjames128": "LBMJAMES128", "lbm": "LBM", "ibw": "IBW"}


def man(**changes: Any) -> PetFacts:
    return facts(**({"height_m": 1.75, "sex": "M"} | changes))


def factor(scale: Scale) -> float:
    assert scale.refused is None, scale.refused
    assert scale.factor is not None
    return scale.factor


def test_every_kind_of_a_protocol_is_given() -> None:
    assert set(MASS_KG) | {"kbqml"} == set(SUV_KINDS)
    for kind in SUV_KINDS:
        scale = suv_scale(man(), kind=kind)
        assert (scale.kind, scale.is_suv) == (kind, True)
    with pytest.raises(ValueError, match="kind is one of"):
        suv_scale(man(), kind="lean")


@pytest.mark.parametrize("kind", MASS_KG)
def test_a_kind_of_an_activity_is_its_mass_over_the_decayed_activity(kind: str) -> None:
    scale = suv_scale(man(), kind=kind)
    decayed = 370e6 * 2 ** (-3600 / T_18F)
    assert factor(scale) == pytest.approx(MASS_KG[kind] * 1000 / decayed, rel=1e-12)
    assert scale.unit == UNITS[kind]


@pytest.mark.parametrize("kind", MASS_KG)
@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("other", [{}, {"injected_activity_bq": 1.0, "injection_datetime": None}])
def test_a_kind_of_a_stored_suv_is_the_ratio_of_masses_whatever_was_injected(
    kind: str, stored: str, other: dict[str, Any]
) -> None:
    """O22: the peer that computed SUVlbm of a GML image from the dose again was 3300 times wrong."""
    scale = suv_scale(man(units="GML", suv_type=STORED[stored], **other), kind=kind)
    assert factor(scale) == pytest.approx(MASS_KG[kind] / MASS_KG[stored], rel=1e-12)


@pytest.mark.parametrize("kind", MASS_KG)
def test_a_kind_of_surface_suv_and_of_the_vendors_factor(kind: str) -> None:
    surface = suv_scale(man(units="CM2ML"), kind=kind)
    assert factor(surface) == pytest.approx(MASS_KG[kind] / MASS_KG["bsa"], rel=1e-12)
    vendor = suv_scale(man(units="CNTS", philips_suv_factor=5e-4, injected_activity_bq=None), kind=kind)
    assert factor(vendor) == pytest.approx(5e-4 * MASS_KG[kind] / 70, rel=1e-12)


@pytest.mark.parametrize("kind", STORED)
def test_what_is_stored_as_it_is_asked_for_needs_no_body(kind: str) -> None:
    bare = facts(units="GML", suv_type=STORED[kind], weight_kg=None)
    assert factor(suv_scale(bare, kind=kind)) == 1.0
    assert not suv_scale(bare, kind="bsa").is_suv


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("bw", "SUVbw"),
        ("lbmjanma", "SUVlbm (Janmahasatian)"),
        ("lbmjames128", "SUVlbm (James 128)"),
        ("lbm", "SUVlbm (Morgan 120)"),
        ("idg", "%ID/g (density 1.00 g/ml)"),
        ("kbqml", "kBq/ml at the decay reference 11:00:00"),
    ],
)
def test_a_kind_is_printed_with_the_name_of_its_formula(kind: str, label: str) -> None:
    assert suv_scale(man(), kind=kind).label == label


def test_the_density_that_nobody_measured_is_listed() -> None:
    used = suv_scale(man(), kind="idg").facts_used
    assert ("density_g_ml", "1.00", "assumed, not measured") in used
    lean = {name: value for name, value, _ in suv_scale(man(), kind="lbmjanma").facts_used}
    assert float(lean["body_mass_kg"]) == pytest.approx(55.8571, rel=1e-5)
    assert (lean["height_m"], lean["sex"]) == ("1.75", "M")


def test_injected_dose_in_percent_needs_no_weight_where_pixels_are_an_activity() -> None:
    bare = suv_scale(facts(weight_kg=None), kind="idml")
    assert factor(bare) == pytest.approx(100 / (370e6 * 2 ** (-3600 / T_18F)), rel=1e-12)
    stored = suv_scale(facts(units="GML", weight_kg=None), kind="idml").refused
    assert stored is not None
    assert stored.code == "WEIGHT_MISSING"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sex": None}, "SEX_MISSING"),
        ({"sex": "X"}, "SEX_MISSING"),
        ({"height_m": None}, "HEIGHT_MISSING"),
        ({"height_m": 0.1}, "HEIGHT_IMPLAUSIBLE"),
        ({"weight_kg": None}, "WEIGHT_MISSING"),
        ({"weight_kg": 280.0}, "LBM_INVALID"),
    ],
)
def test_a_lean_suv_without_its_mass_is_refused_and_suvbw_is_not(changes: dict[str, Any], code: str) -> None:
    scale = suv_scale(man(**changes), kind="lbmjames128")
    assert scale.refused is not None
    assert scale.refused.code == code
    assert scale.unit is Unit.KBQML
    assert suv_scale(man(**changes)).is_suv == (code != "WEIGHT_MISSING")


def test_a_height_in_centimetres_is_mended_and_said() -> None:
    scale = suv_scale(man(height_m=175.0), kind="ibw")
    assert factor(scale) == factor(suv_scale(man(), kind="ibw"))
    assert "HEIGHT_UNIT" in {f.code for f in scale.flags}


def test_sex_other_says_how_far_either_formula_is() -> None:
    """Janmahasatian at 70 kg and 175 cm: 55.8571 and 45.1970 kg, their mean 11.8 % above the lower."""
    (flag,) = [f for f in suv_scale(man(sex="O"), kind="lbmjanma").flags if f.code == "SEX_OTHER"]
    assert "11.8 %" in flag.what


def test_formulas_of_human_bodies_are_not_used_on_animals() -> None:
    mouse = {"weight_kg": 0.025, "injected_activity_bq": 5e6}
    refused = suv_scale(man(**mouse), kind="lbmjanma", species="animal").refused
    assert refused is not None
    assert refused.code == "KIND_HUMAN"
    assert suv_scale(man(**mouse), kind="idg", species="animal").is_suv


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decay_correction": "ADMIN"}, "at injection"),
        ({"decay_correction": "NONE"}, "as acquired"),
        ({}, f"at the decay reference {SCAN:%H:%M:%S}"),
    ],
)
def test_activity_concentration_says_of_when_it_is(changes: dict[str, Any], said: str) -> None:
    scale = suv_scale(facts(weight_kg=None, **changes), kind="kbqml")
    assert (factor(scale), scale.unit, scale.label) == (0.001, "kBq/ml", f"kBq/ml {said}")


def test_activity_concentration_of_counts_and_of_what_is_suv_already() -> None:
    counts = suv_scale(facts(units="CNTS", philips_activity_factor=2.5), kind="kbqml")
    assert factor(counts) == 0.0025
    stored = suv_scale(facts(units="GML"), kind="kbqml").refused
    assert stored is not None
    assert stored.code == "KBQML_UNAVAILABLE"


def test_what_is_shown_instead_of_suv_is_not_called_suv() -> None:
    assert suv_scale(facts(weight_kg=None)).label == "kBq/ml at the decay reference 11:00:00"
    assert suv_scale(facts(units="PROPCPS")).label == "stored units"

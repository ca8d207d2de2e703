"""Weight and height with their slips of unit; animals in human mode and in their own (R14, R34)."""

from __future__ import annotations

from typing import Any

import pytest

from atsmviewer.model.suv import Scale
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import entered, facts

MOUSE = {"injected_activity_bq": 3.7e6}


def codes(scale: Scale) -> set[str]:
    return {flag.code for flag in scale.flags}


def refusal(scale: Scale) -> str:
    return "" if scale.refused is None else scale.refused.code


@pytest.mark.parametrize(
    ("kg", "species", "expected"),
    [
        (1.99, "human", "WEIGHT_IMPLAUSIBLE"),
        (2.0, "human", ""),
        (400.0, "human", ""),
        (401.0, "human", "WEIGHT_IMPLAUSIBLE"),
        (0.025, "human", "WEIGHT_IMPLAUSIBLE"),
        (0.0049, "animal", "WEIGHT_IMPLAUSIBLE"),
        (0.005, "animal", ""),
        (5.0, "animal", ""),
        (25.0, "animal", "WEIGHT_GRAMS"),
    ],
)
def test_what_does_not_fit_the_species_is_asked(kg: float, species: str, expected: str) -> None:
    assert refusal(suv_scale(facts(weight_kg=kg, **MOUSE), species=species)) == expected


def test_a_mouse_of_25_is_offered_as_grams_and_confirmed() -> None:
    """25 g stored as 25 would pass as 25 kg and make SUV 1000 times too high."""
    given = facts(weight_kg=25.0, **MOUSE)
    refused = suv_scale(given, species="animal").refused
    assert refused is not None
    assert "weight_kg=0.025" in refused.remedy
    grams = suv_scale(given, [entered("weight_kg", "0.025")], species="animal")
    assert grams.factor == suv_scale(facts(weight_kg=0.025, **MOUSE), species="animal").factor
    dog = suv_scale(given, [entered("weight_kg", "25")], species="animal")
    assert dog.is_suv
    assert "WEIGHT_UNUSUAL" in codes(dog)


def test_a_weight_in_grams_is_mended_and_says_what_it_would_be_otherwise() -> None:
    scale = suv_scale(facts(weight_kg=70000.0))
    assert scale.factor == suv_scale(facts()).factor
    (flag,) = scale.flags
    assert "1e+03" in flag.what or "1000" in flag.what
    rat = suv_scale(facts(weight_kg=1500.0, **MOUSE), species="animal")
    assert (rat.is_suv, codes(rat)) == (True, {"WEIGHT_UNIT"})


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"species": "mus musculus"}, "mus musculus"),
        ({"field_of_view_mm": 199.0}, "199 mm"),
        ({"voxel_mm": 0.78}, "0.78 mm"),
    ],
)
def test_what_looks_like_an_animal_asks_for_preclinical_mode(changes: dict[str, Any], sign: str) -> None:
    human = suv_scale(facts(**changes))
    (flag,) = [f for f in human.flags if f.code == "PRECLINICAL_ASK"]
    assert sign in flag.what
    animal = suv_scale(facts(weight_kg=0.3, **MOUSE, **changes), species="animal")
    assert codes(animal) == set()


def test_what_looks_like_a_human_does_not() -> None:
    assert codes(suv_scale(facts(field_of_view_mm=200.0, voxel_mm=1.5))) == set()


@pytest.mark.parametrize("metres", [3.01, 29.0])
def test_a_height_that_is_neither_metres_nor_centimetres_is_asked(metres: float) -> None:
    scale = suv_scale(facts(height_m=metres, sex="M"), kind="ibw")
    assert refusal(scale) == "HEIGHT_IMPLAUSIBLE"
    assert suv_scale(facts(height_m=metres, sex="M")).is_suv


@pytest.mark.parametrize(("name", "value"), [("height_m", "1.75"), ("sex", "M")])
@pytest.mark.parametrize("changes", [{}, {"units": "GML", "suv_type": "LBMJANMA"}])
def test_a_body_that_differs_between_slices_withholds_only_what_stands_on_it(
    name: str, value: str, changes: dict[str, Any]
) -> None:
    """R1: from one kind to another the masses are needed; the kind that is stored already is not asked."""
    given = facts(height_m=1.75, sex="M", inconsistent=(name,), **changes)
    stored, other = ("lbmjanma", "bw") if changes else ("bw", "lbmjanma")
    assert suv_scale(given, kind=stored).is_suv
    refused = suv_scale(given, kind=other).refused
    assert refused is not None
    assert refused.code == "INCONSISTENT"
    assert suv_scale(given, [entered(name, value)], kind=other).is_suv


def test_suv_by_surface_asks_no_sex() -> None:
    assert suv_scale(facts(height_m=1.75, inconsistent=("sex",)), kind="bsa").is_suv
    assert not suv_scale(facts(height_m=1.75, inconsistent=("height_m",)), kind="bsa").is_suv


@pytest.mark.parametrize(
    ("name", "changes", "suv", "ratio"),
    [
        ("positron_fraction", {}, False, False),
        ("positron_fraction", {"units": "GML"}, True, True),
        ("manufacturer", {}, False, True),
        ("manufacturer", {"decay_correction": "ADMIN"}, True, True),
        ("manufacturer", {"units": "GML"}, True, True),
    ],
)
def test_a_scanner_that_differs_between_slices_withholds_what_it_decides(
    name: str, changes: dict[str, Any], suv: bool, ratio: bool
) -> None:
    """The maker decides the decay reference (R6), the positron fraction the calibration (R16)."""
    scale = suv_scale(facts(inconsistent=(name,), **changes))
    assert (scale.refused is None, scale.ratio_refused is None) == (suv, ratio)

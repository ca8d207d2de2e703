"""Owns body masses and surface: lean and ideal mass, surface area, as the formulas of the SUV kinds."""

from __future__ import annotations

from collections.abc import Callable

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.quant.doubt import off_by

Formula = Callable[[float, float, bool], float]
"""(weight kg, height m, male) -> kg."""


def lbm_morgan(weight_kg: float, height_m: float, male: bool) -> float:
    """Lean mass of SUVType LBM: 1.10 W - 120 (W/H)² for men, 1.07 W - 148 (W/H)² for women, H in cm."""
    quotient = (weight_kg / (height_m * 100.0)) ** 2
    return 1.10 * weight_kg - 120.0 * quotient if male else 1.07 * weight_kg - 148.0 * quotient


def lbm_james(weight_kg: float, height_m: float, male: bool) -> float:
    """Lean mass of SUVType LBMJAMES128: as Morgan's with 128 for men."""
    quotient = (weight_kg / (height_m * 100.0)) ** 2
    return 1.10 * weight_kg - 128.0 * quotient if male else 1.07 * weight_kg - 148.0 * quotient


def lbm_janmahasatian(weight_kg: float, height_m: float, male: bool) -> float:
    """Lean mass of SUVType LBMJANMA: Janmahasatian 2005, doi 10.2165/00003088-200544100-00004."""
    bmi = weight_kg / height_m**2
    a, b = (6680.0, 216.0) if male else (8780.0, 244.0)
    return 9270.0 * weight_kg / (a + b * bmi)


def ibw(weight_kg: float, height_m: float, male: bool) -> float:
    """Ideal mass of SUVType IBW, not capped at the weight: 48.0 + 1.06 (H - 152), 45.5 + 0.91 (H - 152)."""
    above = height_m * 100.0 - 152.0
    return 48.0 + 1.06 * above if male else 45.5 + 0.91 * above


def bsa_m2(weight_kg: float, height_m: float) -> float:
    """Body surface in m² by Du Bois: 0.007184 W^0.425 H^0.725, H in cm."""
    return float(0.007184 * weight_kg**0.425 * (height_m * 100.0) ** 0.725)


MASSES: dict[str, Formula] = {
    "LBM": lbm_morgan,
    "LBMJAMES128": lbm_james,
    "LBMJANMA": lbm_janmahasatian,
    "IBW": ibw,
}
"""Formula of each SUVType (0054,1006) that stands on another mass than the body weight (R17)."""


def mass_kg(kind: str, weight_kg: float, height_m: float, sex: str) -> tuple[float | Refusal, list[Flag]]:
    """The mass behind an SUVType; sex "O" takes the mean of both formulas, with a flag (R14)."""
    formula = MASSES[kind]
    male, female = formula(weight_kg, height_m, True), formula(weight_kg, height_m, False)
    mass = {"M": male, "F": female, "O": (male + female) / 2}[sex]
    flags = []
    if sex == "O" and min(male, female) > 0:
        size = off_by(min(male, female) / mass)  # the smaller is further from the mean, as a ratio
        what = f"{kind}: mean of the formulas for men and women. By either one {size}."
        flags.append(Flag("SEX_OTHER", what))
    if kind in ("LBM", "LBMJAMES128") and weight_kg > _turning_kg(kind, height_m, sex):
        flags.append(_turned(kind, mass, weight_kg, height_m, sex))
    if mass <= 0:
        what = f"SUV withheld: the {kind} formula gives no mass for {weight_kg:g} kg and {height_m:g} m."
        remedy = "Choose SUVlbm by Janmahasatian, or check weight and height."
        return Refusal("LBM_INVALID", what, remedy), flags
    return mass, flags


def _turned(kind: str, mass: float, weight_kg: float, height_m: float, sex: str) -> Flag:
    """James and Morgan break down in the very obese (Tahari 2014, PMC4337860); Janmahasatian does not."""
    what = f"{kind} falls with weight beyond this body size."
    if mass > 0:
        better, _ = mass_kg("LBMJANMA", weight_kg, height_m, sex)
        what += "" if isinstance(better, Refusal) else f" By Janmahasatian's formula {off_by(better / mass)}."
    return Flag("LBM_TURNING", what)


def _turning_kg(kind: str, height_m: float, sex: str) -> float:
    """The weight where the lean mass is largest: the derivative of a W - b (W/H)² is zero."""
    square = (height_m * 100.0) ** 2
    man = 1.10 * square / (2 * (120.0 if kind == "LBM" else 128.0))
    woman = 1.07 * square / (2 * 148.0)
    return {"M": man, "F": woman, "O": min(man, woman)}[sex]

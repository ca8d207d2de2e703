"""Owns lean and ideal mass and body surface, typed from the papers: kg, cm, m2 (R17)."""

from __future__ import annotations


def morgan_lbm(weight_kg: float, height_cm: float, sex: str) -> float:
    """SUVType LBM, Sugawara 1999 / PS3.3 C.8.9.1: male 1.10 W - 120 (W/H)^2, female 1.07 W - 148 (W/H)^2."""
    ratio = weight_kg / height_cm
    return 1.10 * weight_kg - 120 * ratio**2 if sex == "M" else 1.07 * weight_kg - 148 * ratio**2


def james_lbm(weight_kg: float, height_cm: float, sex: str) -> float:
    """SUVType LBMJAMES128: male with 128."""
    ratio = weight_kg / height_cm
    return 1.10 * weight_kg - 128 * ratio**2 if sex == "M" else 1.07 * weight_kg - 148 * ratio**2


def janmahasatian_lbm(weight_kg: float, height_cm: float, sex: str) -> float:
    """SUVType LBMJANMA: Janmahasatian, Clin Pharmacokinet 2005;44:1051."""
    bmi = weight_kg / (height_cm / 100) ** 2
    below = 6680 + 216 * bmi if sex == "M" else 8780 + 244 * bmi
    return 9270 * weight_kg / below


def ideal_mass(weight_kg: float, height_cm: float, sex: str) -> float:
    """SUVType IBW: male 48.0 + 1.06 (H - 152), female 45.5 + 0.91 (H - 152)."""
    over = height_cm - 152
    return 48.0 + 1.06 * over if sex == "M" else 45.5 + 0.91 * over


def body_surface_m2(weight_kg: float, height_cm: float) -> float:
    """Du Bois 1916."""
    return float(0.007184 * weight_kg**0.425 * height_cm**0.725)


MASS = {
    "LBM": morgan_lbm,
    "LBMJAMES128": james_lbm,
    "LBMJANMA": janmahasatian_lbm,
    "IBW": ideal_mass,
}
"""Mass in kg by SUVType, of (weight kg, height cm, "M" or "F")."""

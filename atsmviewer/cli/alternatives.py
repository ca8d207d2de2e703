"""What else a scan's numbers could be: SUV by another reference time, and SUV of another kind."""

from __future__ import annotations

from atsmviewer.cli.layout import line, moment, span
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.suv import ReferenceTime, Scale
from atsmviewer.quant.body import bsa_m2, mass_kg
from atsmviewer.quant.decay import decay_factor

KINDS = {
    "LBMJANMA": "SUVlbm (Janmahasatian)",
    "LBMJAMES128": "SUVlbm (James 128)",
    "LBM": "SUVlbm (Morgan 120)",
    "IBW": "SUVibw",
    "BSA": "SUVbsa",
}
_TAGS = {
    "DecayCorrectionDateTime": "decay_reference_datetime",
    "GE scan date and time": "ge_scan_datetime",
    "SeriesTime": "series_datetime",
}
"""The fact behind a candidate's name, whose tag is its source."""
_COMPUTED = "AcquisitionTime + time of mean activity - FrameReferenceTime"


def tag(facts: PetFacts, name: str) -> str:
    """Where a candidate's time was read."""
    if name == "back-computed":
        return _COMPUTED
    return facts.source(_TAGS[name]) if name in _TAGS else ""


def candidates(facts: PetFacts, scale: Scale) -> list[str]:
    """Every reference time that the header offers, and how SUV would change with it."""
    chosen = next((c for c in scale.candidates if c.chosen), None)
    if chosen is None:
        return []
    lines = []
    for one in scale.candidates:
        mark = "*" if one.chosen else " "
        used = "used" if scale.refused is None else "first choice"
        value = f"{moment(one.when)}, {_effect(facts, one, chosen, used)}"
        lines.append(line(f"{mark} {one.name}", value, tag(facts, one.name)))
    return lines


def _effect(facts: PetFacts, one: ReferenceTime, chosen: ReferenceTime, used: str) -> str:
    factor = "" if one.factor is None else f"factor {one.factor:.7g}, "
    if one.chosen:
        return factor + used
    apart = elapsed_s(one.when, chosen.when)
    if facts.half_life_s is None:
        return f"{span(apart)} apart"
    share = 100.0 * (1.0 / decay_factor(apart, facts.half_life_s) - 1.0)
    return factor + ("the same SUV" if abs(share) < 0.005 else f"SUV {share:+.2f} %")


def other_kinds(facts: PetFacts, scale: Scale) -> list[str]:
    """What turns SUVbw into the other kinds: ratios of masses, never the dose again (R5, R17)."""
    used = {name: value for name, value, _ in scale.facts_used}
    weight = float(used["weight_kg"]) if "weight_kg" in used else facts.weight_kg
    if weight is None or not 2 <= weight <= 400:
        return []
    lines = [line("%ID/ml", f"x {100.0 / (weight * 1000.0):.6g}   (%ID/g too, at 1 g/ml)")]
    if facts.height_m is None or not 0.5 <= facts.height_m <= 3:
        return lines
    surface = bsa_m2(weight, facts.height_m)
    lines.append(line("SUVbsa, cm²/ml", f"x {surface * 1e4 / (weight * 1000.0):.6g}   ({surface:.4g} m²)"))
    if facts.sex == "O":
        lines.append(line("sex O", "each of the following: mean of the formulas for men and women"))
    for kind in ("LBMJANMA", "LBMJAMES128", "LBM", "IBW") if facts.sex in ("M", "F", "O") else ():
        mass, flags = mass_kg(kind, weight, facts.height_m, facts.sex or "")
        if isinstance(mass, float):
            doubt = "".join(f"; {flag.what}" for flag in flags if flag.code != "SEX_OTHER")
            lines.append(line(KINDS[kind], f"x {mass / weight:.6g}   ({mass:.4g} kg{doubt})"))
    return lines

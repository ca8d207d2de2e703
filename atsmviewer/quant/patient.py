"""Owns weight and height as they are used, and whether a human or an animal was scanned (R14, R34)."""

from __future__ import annotations

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.quant.doubt import off_by
from atsmviewer.quant.inputs import Known
from atsmviewer.quant.overrides import Entered

WEIGHTS_KG = {"human": (2.0, 400.0), "animal": (0.005, 5.0)}
HEIGHTS_M = (0.3, 2.6)
SMALL_FIELD_MM, SMALL_VOXEL_MM = 200.0, 1.5
"""Below them a scanner for small animals is likely."""


def weight(entered: Entered, species: str) -> Known:
    """Body weight in kg: above 1000 it was written in grams; what does not fit the species is asked."""
    name = "weight_kg"
    value, source, flags = entered.facts.weight_kg, entered.facts.source(name), []
    if value is None:
        what = "SUV withheld: the body weight is missing. Tag (0010,1030) is empty or holds what no body has."
        refusal = Refusal("WEIGHT_MISSING", what, "Nothing was assumed. Enter weight_kg to see SUV.")
        return Known(name, None, source, (), refusal)
    if value > 1000:
        what = f"Body weight {value:g} was taken as grams. If it was kg, {off_by(1000.0)}."
        flags.append(Flag("WEIGHT_UNIT", what))
        value, source = value / 1000, f"{source}, taken as grams"
    low, high = WEIGHTS_KG[species]
    if low <= value <= high:
        return Known(name, value, source, tuple(flags))
    if name in entered.names:
        what = f"Body weight {value:g} kg, as entered, is outside {low:g} to {high:g} kg; SUV goes with it."
        flags.append(Flag("WEIGHT_UNUSUAL", what))
        return Known(name, value, source, tuple(flags))
    return Known(name, value, source, tuple(flags), _asks(value, species))


def _asks(value: float, species: str) -> Refusal:
    low, high = WEIGHTS_KG[species]
    what = f"SUV withheld: a body weight of {value:g} kg is outside {low:g} to {high:g} kg."
    if species == "animal" and value > high:
        remedy = f"Enter weight_kg={value / 1000:g} if it is grams, weight_kg={value:g} if it is kg."
        return Refusal("WEIGHT_GRAMS", what, remedy)
    return Refusal("WEIGHT_IMPLAUSIBLE", what, "Enter weight_kg to confirm or correct it.")


def height(entered: Entered) -> Known:
    """Body height in m: above 3 it was written in cm. SUVbw does not need it."""
    name = "height_m"
    value, source = entered.facts.height_m, entered.facts.source(name)
    flags: tuple[Flag, ...] = ()
    if name in entered.facts.inconsistent:
        what = "SUV withheld: the body height differs between the slices of this series."
        return Known(
            name, None, source, (), Refusal("INCONSISTENT", what, "Enter height_m, or choose SUVbw.")
        )
    if value is None:
        what = "SUV withheld: the body height is missing, which this kind of SUV stands on."
        return Known(name, None, source, (), Refusal("HEIGHT_MISSING", what, "Enter height_m."))
    if value > 3:
        flag = Flag("HEIGHT_UNIT", f"Body height {value:g} was taken as cm; as metres it cannot be.")
        value, source, flags = value / 100, f"{source}, taken as cm", (flag,)
    if HEIGHTS_M[0] <= value <= HEIGHTS_M[1] or name in entered.names:
        return Known(name, value, source, flags)
    what = f"SUV withheld: a body height of {value:g} m cannot be."
    remedy = "Enter height_m to confirm or correct it."
    return Known(name, value, source, flags, Refusal("HEIGHT_IMPLAUSIBLE", what, remedy))


def species_flags(facts: PetFacts, species: str) -> tuple[Flag, ...]:
    """What looks like an animal in human mode asks for preclinical mode (R14)."""
    if species == "animal":
        return ()
    signs = []
    if facts.species is not None:
        signs.append(f"the species is {facts.species}")
    if facts.field_of_view_mm is not None and facts.field_of_view_mm < SMALL_FIELD_MM:
        signs.append(f"the field of view is {facts.field_of_view_mm:.0f} mm")
    if facts.voxel_mm is not None and facts.voxel_mm < SMALL_VOXEL_MM:
        signs.append(f"voxels have {facts.voxel_mm:.2g} mm")
    if not signs:
        return ()
    what = (
        f"This looks like an animal: {', '.join(signs)}. Choose preclinical mode if it is. "
        f"A weight in grams read as kg: {off_by(1000.0)}."
    )
    return (Flag("PRECLINICAL_ASK", what),)

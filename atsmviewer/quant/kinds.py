"""Owns the kinds of SUV: what each divides by, how it is called, and its unit (R5, R14, R17)."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.volume import Unit
from atsmviewer.quant.body import bsa_m2, mass_kg
from atsmviewer.quant.inputs import Known

DENSITY_G_ML = 1.0
"""Density of tissue that %ID/g takes; nobody measured it, so it is printed (R17)."""


@dataclass(frozen=True)
class Kind:
    """A kind of SUV: its printed name with its formula, unit, algorithm, and the SUVType it is stored as."""

    label: str
    unit: Unit
    algorithm: str
    suv_type: str | None = None


KINDS = {
    "bw": Kind("SUVbw", Unit.SUV, "suv.bw/1", "BW"),
    "lbmjanma": Kind("SUVlbm (Janmahasatian)", Unit.SUV, "suv.lbm.janma/1", "LBMJANMA"),
    "lbmjames128": Kind("SUVlbm (James 128)", Unit.SUV, "suv.lbm.james128/1", "LBMJAMES128"),
    "lbm": Kind("SUVlbm (Morgan 120)", Unit.SUV, "suv.lbm.morgan/1", "LBM"),
    "ibw": Kind("SUVibw", Unit.SUV, "suv.ibw/1", "IBW"),
    "bsa": Kind("SUVbsa (Du Bois)", Unit.CM2ML, "suv.bsa/1", "BSA"),
    "idml": Kind("%ID/ml", Unit.ID_ML, "id.ml/1"),
    "idg": Kind(f"%ID/g (density {DENSITY_G_ML:.2f} g/ml)", Unit.ID_G, "id.g/1"),
    "kbqml": Kind("kBq/ml", Unit.KBQML, "kbqml/1"),
}
"""By the words of a protocol (``SUV_KINDS``)."""


@dataclass(frozen=True)
class Mass:
    """What a kind takes for the body: SUV of that kind is C x ``kg`` x 1000 / D, in the kind's unit.

    %ID/ml is a body of 0.1 kg, since 100 C / D is asked; SUVbsa one of 10 kg for each m², since
    BSA 10⁴ C / D is. So one kind over another is always the ratio of their masses (R5).
    """

    kg: float = 1.0
    needs: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None
    shown: tuple[tuple[str, str, str], ...] = ()
    """What was computed for it, as (name, value, source)."""


def stored_kind(facts: PetFacts) -> str | None:
    """The kind of SUV that pixels in GML or CM2ML are already; an empty SUVType is body weight (R4)."""
    if facts.units == "CM2ML":
        return "bsa" if facts.suv_type in (None, "BSA") else None
    if facts.units != "GML":
        return None
    wanted = facts.suv_type or "BW"
    named = (name for name, kind in KINDS.items() if kind.suv_type == wanted and wanted != "BSA")
    return next(named, None)


def mass_of(kind: str, facts: PetFacts, weight: Known, height: Known, species: str) -> Mass:
    """The mass that a kind stands on, or why it is not known; the formulas are of human bodies only."""
    if kind == "idml":
        return Mass(0.1)
    if kind == "idg":
        density = ("density_g_ml", f"{DENSITY_G_ML:.2f}", "assumed, not measured")
        return Mass(0.1 / DENSITY_G_ML, shown=(density,))
    flags = weight.flags
    if weight.refusal is not None or weight.value is None:
        return Mass(needs=("weight_kg",), flags=flags, refusal=weight.refusal)
    if kind == "bw":
        return Mass(weight.value, ("weight_kg",), flags)
    flags = (*flags, *height.flags)
    if species == "animal":
        what = f"{KINDS[kind].label} withheld: its formula is one of human bodies."
        return Mass(flags=flags, refusal=Refusal("KIND_HUMAN", what, "Choose SUVbw, %ID/ml or %ID/g."))
    if height.refusal is not None or height.value is None:
        return Mass(needs=("weight_kg", "height_m"), flags=flags, refusal=height.refusal)
    if kind == "bsa":
        surface = bsa_m2(weight.value, height.value)
        shown = ("body_surface_m2", f"{surface:.6g}", "Du Bois, from weight_kg and height_m")
        return Mass(10.0 * surface, ("weight_kg", "height_m"), flags, None, (shown,))
    return _by_sex(KINDS[kind], facts, weight.value, height.value, flags)


def _by_sex(kind: Kind, facts: PetFacts, weight_kg: float, height_m: float, flags: tuple[Flag, ...]) -> Mass:
    needs = ("weight_kg", "height_m", "sex")
    if "sex" in facts.inconsistent:
        what = "SUV withheld: the patient's sex differs between the slices of this series."
        refusal = Refusal("INCONSISTENT", what, "Enter sex, or choose SUVbw.")
        return Mass(needs=needs, flags=flags, refusal=refusal)
    if facts.sex not in ("M", "F", "O"):
        said = "is missing" if facts.sex is None else f"is {facts.sex!r}"
        what = (
            f"SUV withheld: the patient's sex {said}; {kind.label} has a formula for men and one for women."
        )
        return Mass(needs=needs, flags=flags, refusal=Refusal("SEX_MISSING", what, "Enter sex."))
    mass, doubts = mass_kg(kind.suv_type or "", weight_kg, height_m, facts.sex)
    if isinstance(mass, Refusal):
        return Mass(needs=needs, flags=(*flags, *doubts), refusal=mass)
    shown = ("body_mass_kg", f"{mass:.6g}", f"{kind.label}, from weight_kg, height_m and sex")
    return Mass(mass, needs, (*flags, *doubts), None, (shown,))

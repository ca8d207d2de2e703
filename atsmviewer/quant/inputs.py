"""Owns activity, weight and half-life, each checked for slips of unit (R7, R13, R14)."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.quant.decay import HALF_LIFE_S
from atsmviewer.quant.overrides import Entered

_OFF = 0.01
"""Relative deviation of a half-life from the table that is flagged (R13)."""


@dataclass(frozen=True)
class Known:
    """An input as it is used, with its source and doubts; ``refusal`` where it must not be used."""

    name: str
    value: float | None
    source: str
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None


def activity(entered: Entered) -> Known:
    """Injected activity in Bq; below 1e4 it was written in MBq, and what is ambiguous is withheld (R7)."""
    name = "injected_activity_bq"
    value, source = entered.facts.injected_activity_bq, entered.facts.source(name)
    if value is None:
        what = (
            "SUV withheld: injected activity is missing. Tag (0018,1074) is empty, so SUV cannot be computed."
        )
        remedy = "Nothing was assumed. Enter the activity and its time from the dose record to see SUV."
        return Known(name, None, source, (), Refusal("ACTIVITY_MISSING", what, remedy))
    if name in entered.names:
        return Known(name, value, source)
    if value > 1e11:
        what = f"SUV withheld: an injected activity of {value:.4g} Bq cannot be."
        remedy = "Enter the injected activity in Bq from the dose record."
        return Known(name, value, source, (), Refusal("ACTIVITY_IMPLAUSIBLE", what, remedy))
    if 60 <= value < 1e4:
        flag = Flag("DOSE_UNIT", f"Injected activity {value:g} was taken as MBq; DICOM asks for Bq.")
        return Known(name, value * 1e6, f"{source}, taken as MBq", (flag,))
    if value < 1e6:
        what = f"SUV withheld: the injected activity {value:g} may be Bq, kBq, MBq or mCi."
        remedy = (
            f"Enter it in Bq: {value * 1e3:g} if it is kBq, {value * 1e6:g} if MBq, {value * 3.7e7:g} if mCi."
        )
        return Known(name, value, source, (), Refusal("DOSE_UNIT_UNKNOWN", what, remedy))
    return Known(name, value, source)


def weight(entered: Entered) -> Known:
    """Body weight in kg; above 1000 it was written in grams (R14)."""
    name = "weight_kg"
    value, source, flags = entered.facts.weight_kg, entered.facts.source(name), []
    if value is None:
        what = (
            "SUV withheld: the body weight is missing. Tag (0010,1030) is empty, so SUV cannot be computed."
        )
        refusal = Refusal("WEIGHT_MISSING", what, "Nothing was assumed. Enter weight_kg to see SUV.")
        return Known(name, None, source, (), refusal)
    if value > 1000:
        flags.append(Flag("WEIGHT_UNIT", f"Body weight {value:g} was taken as grams."))
        value, source = value / 1000, f"{source}, taken as grams"
    if 2 <= value <= 400:
        return Known(name, value, source, tuple(flags))
    if name in entered.names:
        flags.append(Flag("WEIGHT_UNUSUAL", f"Body weight {value:g} kg was confirmed by the reader."))
        return Known(name, value, source, tuple(flags))
    what = f"SUV withheld: a body weight of {value:g} kg is outside 2 to 400 kg."
    refusal = Refusal("WEIGHT_IMPLAUSIBLE", what, "Enter weight_kg to confirm or correct it.")
    return Known(name, value, source, tuple(flags), refusal)


def half_life(entered: Entered) -> Known:
    """Half-life in s from the header, checked against the nuclide; never that of a default isotope (R13)."""
    name, facts = "half_life_s", entered.facts
    value, source = facts.half_life_s, facts.source(name)
    table = HALF_LIFE_S.get(facts.nuclide or "")
    if value is None:
        return _from_nuclide(entered, table)
    if table is None or abs(value / table - 1) <= _OFF:
        return Known(name, value, source)
    for divisor, unit in ((60.0, "minutes"), (3600.0, "hours")):
        if abs(value * divisor / table - 1) <= _OFF:
            what = (
                f"SUV withheld: the half-life {value:g} s looks like {unit}; {facts.nuclide} has {table:g} s."
            )
            refusal = Refusal("HALF_LIFE_UNIT", what, "Enter half_life_s.")
            return Known(name, value, source, (), None if name in entered.names else refusal)
    what = f"Half-life {value:g} s deviates from {table:g} s of {facts.nuclide}."
    return Known(name, value, source, (Flag("HALF_LIFE_DEVIATES", what),))


def _from_nuclide(entered: Entered, table: float | None) -> Known:
    nuclide, source = entered.facts.nuclide, entered.facts.source("nuclide")
    coded = "Sequence" in source or source == "not in the header" or "nuclide" in entered.names
    if table is not None and coded:
        flag = Flag(
            "HALF_LIFE_FROM_NUCLIDE", f"The half-life is not in the header; {table:g} s of {nuclide}."
        )
        return Known("half_life_s", table, f"table, nuclide from {source}", (flag,))
    what = "SUV withheld: the half-life is missing. Tag (0018,1075) is empty, so SUV cannot be computed."
    known = f"The tracer's name says {nuclide}: confirm by entering " if table is not None else "Enter "
    remedy = known + (f"half_life_s = {table:g}." if table is not None else "half_life_s or nuclide.")
    return Known("half_life_s", None, "not in the header", (), Refusal("HALF_LIFE_MISSING", what, remedy))


def isotope_flags(entered: Entered) -> tuple[Flag, ...]:
    """R16: a tracer of another nuclide than the one scanned was run on a wrong protocol, perhaps."""
    facts = entered.facts
    if facts.nuclide and facts.tracer_nuclide and facts.nuclide != facts.tracer_nuclide:
        what = (
            f"The scan says {facts.nuclide}, the tracer {facts.tracer_nuclide}: branching and decay "
            "correction may be those of the wrong isotope."
        )
        return (Flag("ISOTOPE_MISMATCH", what),)
    return ()

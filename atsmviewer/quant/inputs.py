"""Owns activity and half-life as they are used, each checked for slips of unit (R7, R13)."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.quant.decay import HALF_LIFE_S, decay_factor
from atsmviewer.quant.doubt import off_by
from atsmviewer.quant.overrides import Entered

_OFF = 0.01
"""Relative deviation of a half-life from the table that is flagged (R13)."""

READINGS_BQ = {"Bq": 1.0, "kBq": 1e3, "MBq": 1e6, "mCi": 3.7e7}
"""What an activity of unknown unit may have been written in."""


@dataclass(frozen=True)
class Known:
    """An input as it is used, with its source and doubts; ``refusal`` where it must not be used."""

    name: str
    value: float | None
    source: str
    flags: tuple[Flag, ...] = ()
    refusal: Refusal | None = None

    @property
    def usable(self) -> float | None:
        """The value, or None where it must not be used: what is refused counts as unknown."""
        return None if self.refusal is not None else self.value


def activity(entered: Entered) -> Known:
    """Injected activity in Bq; what is certainly MBq is read as that, what is ambiguous is withheld (R7)."""
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
    if value < 0 or value > 1e11:
        code = "ACTIVITY_NEGATIVE" if value < 0 else "ACTIVITY_IMPLAUSIBLE"
        what = f"SUV withheld: an injected activity of {value:.4g} Bq cannot be."
        remedy = "Enter the injected activity in Bq from the dose record."
        return Known(name, None, source, (), Refusal(code, what, remedy))
    if 60 <= value < 1e4:
        size = off_by(37.0)
        what = f"Injected activity {value:g} was taken as MBq; DICOM asks for Bq. If it was mCi, {size}."
        return Known(name, value * 1e6, f"{source}, taken as MBq", (Flag("DOSE_UNIT", what),))
    if value < 1e6:
        what = f"SUV withheld: the injected activity {value:g} may be Bq, kBq, MBq or mCi."
        offers = ", ".join(f"{value * bq:g} if it is {unit}" for unit, bq in READINGS_BQ.items())
        refusal = Refusal("DOSE_UNIT_UNKNOWN", what, f"Enter it in Bq: {offers}.")
        return Known(name, value, source, (), refusal)
    return Known(name, value, source)


def half_life(entered: Entered, uptake_s: float | None = None) -> Known:
    """Half-life in s from the header, checked against the nuclide; never that of a default isotope (R13).

    A nuclide that the reader entered, or a scan that was run as another nuclide (R16), takes the
    table's. ``uptake_s`` is what the size of a flag stands on, where it is known already.
    """
    name, facts = "half_life_s", entered.facts
    value, source = facts.half_life_s, facts.source(name)
    true = true_nuclide(entered) if entered.scanned_as else facts.nuclide
    table = HALF_LIFE_S.get(true or "")
    if name in entered.names:
        return Known(name, value, source, _deviates(value, table, true, uptake_s))
    if table is not None and ("nuclide" in entered.names or entered.scanned_as):
        flags = _deviates(value, table, true, uptake_s, " The table's was taken.")
        return Known(name, table, f"table, {true} {facts.source('nuclide')}", flags)
    if value is None:
        return _from_nuclide(entered, table, uptake_s)
    for divisor, unit in ((60.0, "minutes"), (3600.0, "hours")):
        if table is not None and abs(value * divisor / table - 1) <= _OFF:
            what = f"SUV withheld: the half-life {value:g} s looks like {unit}; {true} has {table:g} s."
            return Known(name, value, source, (), Refusal("HALF_LIFE_UNIT", what, "Enter half_life_s."))
    return Known(name, value, source, _deviates(value, table, true, uptake_s))


def true_nuclide(entered: Entered) -> str | None:
    """What was injected, where the scan was run as another nuclide: the reader's word, then the tracer's."""
    facts = entered.facts
    said = [facts.nuclide] if "nuclide" in entered.names else [facts.tracer_nuclide, facts.nuclide]
    return next((one for one in said if one is not None and one != entered.scanned_as), None)


def _deviates(
    value: float | None, table: float | None, nuclide: str | None, uptake_s: float | None, more: str = ""
) -> tuple[Flag, ...]:
    if value is None or table is None or abs(value / table - 1) <= _OFF:
        return ()
    what = f"Half-life {value:g} s deviates from {table:g} s of {nuclide}.{more}"
    return (Flag("HALF_LIFE_DEVIATES", what + _size(" By it", uptake_s, table, value)),)


def _size(lead: str, uptake_s: float | None, one: float, other: float) -> str:
    """SUV under one half-life over that under another, for decay from injection to reference."""
    if uptake_s is None or uptake_s < 0:
        return ""
    ratio = decay_factor(uptake_s / other - uptake_s / one, 1.0)
    return f"{lead} {off_by(ratio)}."


def _from_nuclide(entered: Entered, table: float | None, uptake_s: float | None) -> Known:
    nuclide, source = entered.facts.nuclide, entered.facts.source("nuclide")
    coded = any(said in source for said in ("Sequence", "TracerRadionuclide", "not in the header"))
    if table is not None and coded:
        what = f"The half-life is not in the header; {table:g} s of {nuclide} was taken."
        size = _size(" If it was 1 % longer,", uptake_s, table, table * 1.01)
        return Known(
            "half_life_s",
            table,
            f"table, nuclide from {source}",
            (Flag("HALF_LIFE_FROM_NUCLIDE", what + size),),
        )
    what = "SUV withheld: the half-life is missing. Tag (0018,1075) is empty, so SUV cannot be computed."
    known = f"The tracer's name says {nuclide}: confirm by entering " if table is not None else "Enter "
    remedy = known + (f"half_life_s = {table:g}." if table is not None else "half_life_s or nuclide.")
    return Known("half_life_s", None, "not in the header", (), Refusal("HALF_LIFE_MISSING", what, remedy))

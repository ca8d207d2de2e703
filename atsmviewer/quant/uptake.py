"""Owns whether values are decayed from the injection at all; where not, its time tells the uptake only."""

from __future__ import annotations

from atsmviewer.quant.overrides import Assay, Entered


def stands_on_injection(entered: Entered, kind: str) -> bool:
    """Whether values of that kind are decayed from the injection (R4, R9, R10, R16).

    Not where the pixels are SUV already, or by the vendor's factor; and at injection (ADMIN) only
    by way of a dose record, of another nuclide's decay, or of an entered time that moves the injection.
    """
    facts, mode, run = entered.facts, entered.facts.decay_correction, entered.scanned_as is not None
    if facts.units not in ("BQML", "CNTS"):
        return False
    if mode == "ADMIN" and run:
        return True
    vendor = facts.units == "CNTS" and facts.philips_suv_factor is not None and mode != "NONE"
    if kind == "kbqml" or (vendor and not run):
        return False
    entered_time = bool({"injection_datetime", "injection_day"} & entered.names)
    return mode != "ADMIN" or entered.assay != Assay() or entered_time

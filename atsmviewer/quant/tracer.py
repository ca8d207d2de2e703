"""Owns the tracer: whether it is Cu-ATSM (R25's gate), and how nuclide and tracer are written."""

from __future__ import annotations

from atsmviewer.model.errors import Flag
from atsmviewer.model.facts import PetFacts

_CODES = {"126700", "126701", "126702", "C-B07DB", "422855001"}
"""Codes of Cu-ATSM tracers: DCM, SRT and SCT (DICOM PS3.16 CID 4021)."""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


_NAMES = {"radiopharmaceutical", "radiopharmaceutical_code", "tracer_nuclide"}


def is_cu_atsm(facts: PetFacts, confirmed: bool) -> bool:
    """Whether code, text or reader say Cu-ATSM; the isotope alone never does (64CuCl2, 64Cu-DOTATATE).

    Where slices name different tracers only the reader can say it.
    """
    if _NAMES & set(facts.inconsistent):
        return confirmed
    code = (facts.radiopharmaceutical_code or "").split(" ")[0]
    return confirmed or code in _CODES or "ATSM" in (facts.radiopharmaceutical or "").upper()


def tracer_flags(facts: PetFacts, confirmed: bool) -> tuple[Flag, ...]:
    """The doubt about a tracer that the slices do not agree on."""
    if confirmed or not _NAMES & set(facts.inconsistent):
        return ()
    what = "The slices name different tracers, so this is not taken for Cu-ATSM; SUV does not depend on it."
    return (Flag("TRACER_DIFFERS", what),)


def tracer_name(facts: PetFacts, cu_atsm: bool) -> str:
    """The tracer to show: "⁶⁴Cu-ATSM", else the header's own text."""
    if not cu_atsm:
        return facts.radiopharmaceutical or ""
    nuclide = facts.nuclide or ""
    return f"{nuclide.translate(_RAISED)}-ATSM" if nuclide.endswith("Cu") else "Cu-ATSM"

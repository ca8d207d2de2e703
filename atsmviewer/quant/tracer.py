"""Owns the tracer: whether it is Cu-ATSM (R25's gate), and how nuclide and tracer are written."""

from __future__ import annotations

from atsmviewer.model.facts import PetFacts

_CODES = {"126700", "126701", "126702", "C-B07DB", "422855001"}
"""Codes of Cu-ATSM tracers: DCM, SRT and SCT (DICOM PS3.16 CID 4021)."""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_cu_atsm(facts: PetFacts, confirmed: bool) -> bool:
    """Whether code, text or reader say Cu-ATSM; the isotope alone never does (64CuCl2, 64Cu-DOTATATE)."""
    code = (facts.radiopharmaceutical_code or "").split(" ")[0]
    return confirmed or code in _CODES or "ATSM" in (facts.radiopharmaceutical or "").upper()


def tracer_name(facts: PetFacts, cu_atsm: bool) -> str:
    """The tracer to show: "⁶⁴Cu-ATSM", else the header's own text."""
    if not cu_atsm:
        return facts.radiopharmaceutical or ""
    nuclide = facts.nuclide or ""
    return f"{nuclide.translate(_RAISED)}-ATSM" if nuclide.endswith("Cu") else "Cu-ATSM"

"""Owns the names of nuclides: from codes of DICOM PS3.16 CID 4020 and 4021, else from a header's words."""

from __future__ import annotations

import re

_CID_4020 = {
    "11C": ("40565003", "C-105A1"),
    "13N": ("21576001", "C-107A1"),
    "14O": ("424875009", "C-1018C"),
    "15O": ("129504001", "C-B1038"),
    "18F": ("77004003", "C-111A1"),
    "22Na": ("71633006", "C-155A1"),
    "38K": ("423764008", "C-135A4"),
    "43Sc": ("126605",),
    "44Sc": ("126600",),
    "45Ti": ("75696008", "C-166A2"),
    "51Mn": ("126601",),
    "52Fe": ("69089000", "C-130A1"),
    "52Mn": ("37225000", "C-149A1"),
    "52mMn": ("126607",),
    "60Cu": ("425364008", "C-127A4"),
    "61Cu": ("71425003", "C-127A1"),
    "62Cu": ("422934004", "C-127A5"),
    "62Zn": ("65054007", "C-141A1"),
    "64Cu": ("3932008", "C-127A2"),
    "66Ga": ("79477007", "C-131A1"),
    "68Ga": ("35337001", "C-131A3"),
    "68Ge": ("53315004", "C-128A2"),
    "70As": ("126602",),
    "72As": ("2705002", "C-115A2"),
    "73Se": ("87437000", "C-116A2"),
    "75Br": ("17910003", "C-113A1"),
    "76Br": ("79523006", "C-113A2"),
    "77Br": ("86521004", "C-113A3"),
    "82Rb": ("79197006", "C-159A2"),
    "86Y": ("10738001", "C-162A3"),
    "89Zr": ("63360001", "C-168A4"),
    "90Nb": ("126603",),
    "90Y": ("14691008", "C-162A7"),
    "94mTc": ("424079002", "C-163AA"),
    "124I": ("40937006", "C-114A5"),
    "152Tb": ("126606",),
}
"""Nuclide -> its SNOMED CT (or DCM) code and its retired SNOMED-RT code, edition 20160119."""

_OF_CODE = {code: nuclide for nuclide, codes in _CID_4020.items() for code in codes}

_CID_4021_ATSM = {
    "126700": "60Cu",
    "126701": "61Cu",
    "126702": "62Cu",
    "422855001": "64Cu",
    "C-B07DB": "64Cu",
}
"""Code of a Cu-ATSM tracer -> the nuclide that it names."""

_WORDS = {
    "carbon": "C",
    "nitrogen": "N",
    "oxygen": "O",
    "fluorine": "F",
    "fluor": "F",
    "copper": "Cu",
    "gallium": "Ga",
    "germanium": "Ge",
    "rubidium": "Rb",
    "zirconium": "Zr",
    "iodine": "I",
    "yttrium": "Y",
}

_SYMBOL = re.compile(r"[A-Z][a-z]?(?=[A-Z])")
"""The element in front of a tracer's name, "CuATSM"."""
_MASS_FIRST = re.compile(r"(?<![A-Za-z0-9])\^?\[?(\d{2,3}m?)\]?\^?[\s-]*([A-Za-z]+)")
_MASS_LAST = re.compile(r"([A-Za-z]+)[\s-]*\^?\[?(\d{2,3}m?)\]?\^?(?!\d)")


def of_code(value: str | None) -> str | None:
    """The nuclide of a code of CID 4020, whatever its scheme: vendors write SRT, SNM3, 99SDM and SCT."""
    return _OF_CODE.get(value or "")


def of_tracer_code(value: str | None) -> str | None:
    """The nuclide that the code of a Cu-ATSM tracer names."""
    return _CID_4021_ATSM.get(value or "")


def of_text(text: str | None) -> str | None:
    """The one nuclide that a text spells ("^64^Copper", "Cu-64 ATSM", "[18F]FDG"); None at none or at two."""
    pairs = [(m[1], m[2]) for m in _MASS_FIRST.finditer(text or "")]
    pairs += [(m[2], m[1]) for m in _MASS_LAST.finditer(text or "")]
    spelled = {_spelled(mass, word) for mass, word in pairs} - {None}
    return spelled.pop() if len(spelled) == 1 else None


def _spelled(mass: str, word: str) -> str | None:
    symbol = _SYMBOL.match(word)
    readings = [_WORDS.get(word.lower(), word.capitalize())] + ([symbol[0]] if symbol else [])
    return next((f"{mass.lower()}{r}" for r in readings if f"{mass.lower()}{r}" in _CID_4020), None)

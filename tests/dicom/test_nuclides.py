"""Names of nuclides: every code of CID 4020 against pydicom's own dictionaries, and the words of headers."""

from __future__ import annotations

import pytest
from pydicom.sr._snomed_dict import mapping
from pydicom.sr.codedict import codes

from atsmviewer.dicom.header import nuclides


def _of_pydicom() -> list[tuple[str, str]]:
    """(code value, nuclide) of CID 4020; names there are like _52mManganese, meanings like ^64^Copper."""
    symbols = {
        "Carbon": "C", "Nitrogen": "N", "Oxygen": "O", "Fluorine": "F", "Sodium": "Na", "Potassium": "K",
        "Scandium": "Sc", "Titanium": "Ti", "Manganese": "Mn", "Iron": "Fe", "Copper": "Cu", "Zinc": "Zn",
        "Gallium": "Ga", "Germanium": "Ge", "Arsenic": "As", "Selenium": "Se", "Bromine": "Br",
        "Rubidium": "Rb", "Yttrium": "Y", "Zirconium": "Zr", "Niobium": "Nb", "Technetium": "Tc",
        "Iodine": "I", "Terbium": "Tb",
    }  # fmt: skip
    pairs = []
    for name in codes.cid4020.dir():
        code = getattr(codes.cid4020, name)
        _, mass, element = code.meaning.split("^")
        pairs.append((code.value, f"{mass}{symbols[element]}"))
    return pairs


@pytest.mark.parametrize(("value", "nuclide"), _of_pydicom())
def test_codes_of_cid_4020(value: str, nuclide: str) -> None:
    assert nuclides.of_code(value) == nuclide
    retired = {new: old for old, new in mapping["SRT"].items()}
    if value in retired:
        assert nuclides.of_code(retired[value]) == nuclide


@pytest.mark.parametrize(
    ("text", "nuclide"),
    [
        ("^64^Copper", "64Cu"),
        ("Cu-64 ATSM", "64Cu"),
        ("64Cu-ATSM", "64Cu"),
        ("64CuATSM", "64Cu"),
        ("Cu64ATSM", "64Cu"),
        ("[62Cu]ATSM", "62Cu"),
        ("[18F]FDG", "18F"),
        ("F-18", "18F"),
        ("18F", "18F"),
        ("Fluorine 18", "18F"),
        ("COPPER 60", "60Cu"),
        ("I-124", "124I"),
        ("Rubidium-82 chloride", "82Rb"),
        ("ATSM", None),
        ("FDG -- fluorodeoxyglucose", None),
        ("Cu-64 / F-18", None),
        ("Cu-65", None),
        ("64", None),
        ("", None),
        (None, None),
    ],
)
def test_words(text: str | None, nuclide: str | None) -> None:
    assert nuclides.of_text(text) == nuclide


@pytest.mark.parametrize(
    ("code", "nuclide"), [("126700", "60Cu"), ("126701", "61Cu"), ("126702", "62Cu"), ("422855001", "64Cu")]
)
def test_codes_of_cu_atsm(code: str, nuclide: str) -> None:
    assert nuclides.of_tracer_code(code) == nuclide
    assert nuclides.of_tracer_code("C-B1031") is None

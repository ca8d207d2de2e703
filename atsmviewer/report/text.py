"""Text from outside made fit for paper: no control or direction marks, names as people write them."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """The text on one line, without control, format, surrogate or private characters (Unicode C*)."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in kept if not unicodedata.category(c).startswith("C")).split())


def utf8(text: str) -> str:
    """The text with lone surrogates replaced by "?", so that every reader of UTF-8 can open it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def person(name: str) -> str:
    """A DICOM person name as "Family, Given Middle"; the first component group that is not empty.

    Source: value representation PN, DICOM PS3.5 6.2.1 (groups split by "=", components by "^").
    """
    group = next((g for g in name.split("=") if g.strip(" ^")), "")
    family, *given = [clean(part) for part in group.split("^")][:3]
    return ", ".join(part for part in (family, " ".join(g for g in given if g)) if part)


_SUPERSCRIPT = str.maketrans("0123456789m", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵐ")


def isotope(nuclide: str) -> str:
    """A nuclide like "64Cu" or "99mTc" with its mass number raised: "⁶⁴Cu"; other text as it is."""
    text = clean(nuclide)
    digits = len(text) - len(text.lstrip("0123456789"))
    if not digits or not text[digits:].isalpha():
        return text
    if text[digits : digits + 1] == "m" and len(text) > digits + 1:
        digits += 1
    return text[:digits].translate(_SUPERSCRIPT) + text[digits:]

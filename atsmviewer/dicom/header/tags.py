"""Owns single header values: absent, empty, unreadable and non-finite all come out as None.

pydicom converts a value when it is first touched, so a damaged value raises late and far from the
file. Every value of a header is therefore taken through these functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag

PARSER_ERRORS = (Exception,)
"""What a parser may raise from hostile bytes: anything, struct.error, AssertionError, RecursionError and
MemoryError among it. Caught only around a call into pydicom or nibabel, never around our own rules."""


def tag_name(keyword: str) -> str:
    """The tag as it is cited, "(0010,1030) PatientWeight"."""
    tag = Tag(tag_for_keyword(keyword) or 0)
    return f"({tag.group:04x},{tag.element:04x}) {keyword_for_tag(tag)}"


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Every value of an element as stripped text; empty where the element is absent or damaged."""
    try:
        value = dataset.get(keyword)
        values = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
        return tuple(_plain(v) for v in values if v is not None and _plain(v))
    except PARSER_ERRORS:
        return ()


def text(dataset: Dataset, keyword: str) -> str | None:
    """The one value of an element as stripped text; None where there is none, or more than one."""
    values = texts(dataset, keyword)
    return values[0] if len(values) == 1 else None


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """Every value of an element as finite floats; empty where one of them is not a finite number."""
    values = [_finite(v) for v in texts(dataset, keyword)]
    return tuple(v for v in values if v is not None) if None not in values else ()


def number(dataset: Dataset, keyword: str) -> float | None:
    """The one value of an element as a finite float, else None."""
    values = numbers(dataset, keyword)
    return values[0] if len(values) == 1 else None


def whole(dataset: Dataset, keyword: str) -> int | None:
    """The one value of an element as an integer, else None."""
    value = number(dataset, keyword)
    return int(value) if value is not None and value == int(value) else None


def positive(dataset: Dataset, keyword: str) -> float | None:
    """A number above zero, else None: scanners write 0 for "not entered" (R14)."""
    value = number(dataset, keyword)
    return value if value is not None and value > 0 else None


def value(dataset: Dataset, keyword: str) -> object:
    """The value of an element as the parser gives it; None where it is absent or damaged."""
    try:
        found: object = dataset.get(keyword)
    except PARSER_ERRORS:
        return None
    return found


def items(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """The items of a sequence; empty where it is absent or damaged."""
    try:
        value = dataset.get(keyword)
        return tuple(item for item in value if isinstance(item, Dataset)) if value else ()
    except PARSER_ERRORS:
        return ()


def private_text(dataset: Dataset, group: int, creator: str, offset: int) -> str | None:
    """A private element as text, found by its creator and never by a fixed block (PS3.5 7.8.1)."""
    for element in _private(dataset, group, creator, offset):
        return _plain(element.value) or None
    return None


def private_number(dataset: Dataset, group: int, creator: str, offset: int) -> float | None:
    """A private element as a finite number other than zero, else None."""
    found = private_text(dataset, group, creator, offset)
    return (_finite(found) or None) if found is not None else None


def orphan_number(dataset: Dataset, group: int, offset: int) -> float | None:
    """A private element of a group without any creator, taken to be in the first block (0x10), else None.

    Such a group is against PS3.5 7.8.1, yet de-identifiers and synthetic headers leave it; with any
    creator in the group the blocks are known, and nothing is guessed.
    """
    if any((group, element) in dataset for element in range(0x10, 0x100)):
        return None
    try:
        found = dataset.get((group, 0x1000 + offset))
        return (_finite(_plain(found.value)) or None) if found is not None else None
    except PARSER_ERRORS:
        return None


def _private(dataset: Dataset, group: int, creator: str, offset: int) -> Iterator[DataElement]:
    try:
        block = dataset.private_block(group, creator)
        if offset in block:
            yield block[offset]
    except PARSER_ERRORS:
        return


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace").strip(" \0")
    original = getattr(value, "original_string", None)
    # A number keeps its text; a name keeps undecoded bytes, and only its str() knows the character set.
    return (original if isinstance(original, str) else str(value)).strip(" \0")


def _finite(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None

"""Owns functional groups as they lie in a file: items of plain form are cut without the parser."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import cast

from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_16, EXPLICIT_VR_LENGTH_32

Element = DataElement | RawDataElement
Elements = dict[BaseTag, Element]

_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_HEAD, _HEAD, _LENGTH = Struct("<4sL"), Struct("<HH2sH"), Struct("<L")
_SHORT = {str(vr).encode(): str(vr) for vr in EXPLICIT_VR_LENGTH_16}
_LONG = {str(vr).encode(): str(vr) for vr in EXPLICIT_VR_LENGTH_32}
_EMPTY = {
    vr: cast("bytes | None", empty_value_for_VR(vr, raw=True)) for vr in (*_SHORT.values(), *_LONG.values())
}
_CHARACTER_SET, _DELIMITERS = 0x00080005, 0xFFFE


def cut(of: object, check: Callable[[], None] | None = None) -> list[Elements] | None:
    """The elements of each item of a sequence, as pydicom would find them, none converted.

    None for what only the parser can tell: a sequence already parsed, of implicit VR or big endian, of
    undefined length, one that is damaged, or has an element of unknown VR or a character set of its own
    (PS3.5 7.5).
    """
    if not isinstance(of, RawDataElement) or of.VR != "SQ" or of.is_implicit_VR or not of.is_little_endian:
        return None
    value, items, at = of.value, [], 0
    if value is None:
        return None
    while at < len(value):
        if check is not None:
            check()
        if len(value) < at + 8:
            return None
        mark, length = _ITEM_HEAD.unpack_from(value, at)
        at, end = at + 8, at + 8 + length
        item = _item(value, at, end) if mark == _ITEM and end <= len(value) else None
        if item is None:
            return None
        items.append(item)
        at = end
    return items


def _item(value: bytes, at: int, end: int) -> Elements | None:
    """The elements between two places; None where one does not lie between them, or is no plain one."""
    found: Elements = {}
    while at + 8 <= end:
        group, element, kind, length = _HEAD.unpack_from(value, at)
        at += 8
        vr = _SHORT.get(kind)
        if vr is None:
            vr = _LONG.get(kind)
            if vr is None or at + 4 > end:
                return None
            (length,) = _LENGTH.unpack_from(value, at)
            at += 4
        tag = BaseTag(group << 16 | element)
        if at + length > end or _odd(tag, group, vr):
            return None
        inside = value[at : at + length] if length else _EMPTY[vr]
        found[tag] = RawDataElement(tag, vr, length, inside, at, False, True)
        at += length
    return found if at == end else None


def _odd(tag: int, group: int, vr: str) -> bool:
    """Whether what an element means needs more than its own bytes."""
    return group == _DELIMITERS or tag == _CHARACTER_SET or (vr == "UN" and group % 2 == 0)


def item_of(elements: Elements, encoding: str | list[str]) -> Dataset:
    """The data set of one item that was cut, as the parser makes it; texts in the file's character set."""
    item = Dataset(elements, parent_encoding=encoding)
    item.set_original_encoding(False, True, encoding)
    return item

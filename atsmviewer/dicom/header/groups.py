"""Owns functional groups as they lie in a file: items of plain form are cut without the parser."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Any, cast

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_16, EXPLICIT_VR_LENGTH_32

Element = DataElement | RawDataElement
Elements = dict[BaseTag, Element]
Before = dict[BaseTag, tuple[RawDataElement, DataElement]]

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


class Plain(Dataset):
    """Elements that were cut, whose values are found as in any data set, only sooner.

    Most of what is asked for is absent, converted, or has the bytes that it had in the frame before, of
    which ``before`` keeps (element, converted) by tag. Texts are in the file's character set.
    """

    def __init__(self, elements: Elements, encoding: str | list[str], before: Before) -> None:
        super().__init__(elements)
        self.set_original_encoding(False, True, encoding)
        self._cut, self._before = elements, before

    def get(self, key: Any, default: Any = None) -> Any:
        """As of any data set."""
        tag = _tag(key) if isinstance(key, str) else None
        if tag is None:
            return super().get(key, default)
        element = self._cut.get(tag)
        if element is None:
            return default
        if isinstance(element, RawDataElement):
            last, converted = self._before.get(tag, (None, None))
            if converted is None or last is None or last.value != element.value or last.VR != element.VR:
                converted = self[tag]
                self._before[tag] = element, converted
            self._cut[tag] = element = converted
        return element.value


@lru_cache(1024)
def _tag(keyword: str) -> BaseTag | None:
    tag = tag_for_keyword(keyword)
    return None if tag is None else BaseTag(tag)

"""Owns what frames have alike: made once for all those that say the same where it was looked at."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from atsmviewer.dicom.header.groups import Element, Elements

_KEPT = 8
"""How many are remembered: the frames of a file differ in few ways beside what each has for itself."""

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Watched(Dataset):
    """A header that remembers what of it was looked at: elements, and of a slice their whole group."""

    def __init__(self, header: Dataset) -> None:
        super().__init__(dict(header.items()))
        self.seen: set[int] = set()

    def __getitem__(self, key: Any) -> Any:
        """As of any header."""
        self.seen.add(Tag(key.start).group << 16 if isinstance(key, slice) else Tag(key))
        return super().__getitem__(key)

    def saw(self, tag: BaseTag) -> bool:
        """Whether the element was looked at, or may have been."""
        return tag in self.seen or (tag.is_private and tag.group << 16 in self.seen)


class _Known(NamedTuple, Generic[K, T]):
    what: T
    key: K
    tags: frozenset[int]
    asked: Elements


class Alike(Generic[K, T]):
    """What is made of a header without the elements ``apart``, each of which a frame reads for itself.

    A frame shares it with an earlier one of the same ``key`` whose groups have the same elements, those
    that were looked at with the same bytes: then nothing that it was made of is another.
    """

    def __init__(self, make: Callable[[Dataset, K], T], apart: frozenset[int]) -> None:
        self.apart = apart
        self._make = make
        self._known: list[_Known[K, T]] = []

    def of(self, own: Elements, key: K, header: Callable[[], Dataset]) -> T:
        """What a frame of these elements of its own has; ``header`` is called where it is made anew."""
        tags = own.keys() - self.apart
        for one in self._known:
            if one.key == key and one.tags == tags and all(_same(own[t], e) for t, e in one.asked.items()):
                return one.what
        watched = Watched(header())
        what = self._make(watched, key)
        asked = {tag: element for tag, element in own.items() if tag in tags and watched.saw(tag)}
        self._known.insert(0, _Known(what, key, frozenset(tags), asked))
        del self._known[_KEPT:]
        return what


def _same(a: Element, b: Element) -> bool:
    if isinstance(a, RawDataElement) and isinstance(b, RawDataElement):
        return a.value == b.value and a.VR == b.VR
    return a is b

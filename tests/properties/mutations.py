"""Owns what can be done to one element of a header: taken out, blanked, zeroed, wherever it stands (P17)."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

Path = tuple[BaseTag | int, ...]
"""Tags and item numbers from the top of a data set down to an element."""

ACTS = ("delete", "blank", "zero")
ZERO = {
    "DA": "00000000",
    "TM": "000000",
    "DT": "00000000000000",
    "AS": "000Y",
    "US": 0,
    "SS": 0,
    "UL": 0,
    "SL": 0,
    "FL": 0.0,
    "FD": 0.0,
}
PIXELS = BaseTag(0x7FE00010)


def paths(header: Dataset, above: Path = ()) -> Iterator[Path]:
    """Every element: top level, items of sequences, private ones and their creators."""
    for element in header:
        yield (*above, element.tag)
        if element.VR == "SQ":
            for k, item in enumerate(element.value):
                yield from paths(item, (*above, element.tag, k))


def name(header: Dataset, path: Path) -> str:
    """The path in words: keywords, or numbers where there is none, joined by dots."""
    words, owner = [], header
    for k, step in enumerate(path):
        if isinstance(step, BaseTag):
            words.append(owner[step].keyword or f"({step.group:04x},{step.element:04x})")
        else:
            owner = owner[path[k - 1]].value[step]
    return ".".join(words)


def acts(path: Path) -> tuple[str, ...]:
    """What is done to it; pixels are the measurement itself and are not zeroed."""
    return ACTS[:2] if path[-1] == PIXELS else ACTS


def mutated(header: Dataset, path: Path, act: str) -> Dataset:
    """A copy with one element changed."""
    new = copy.deepcopy(header)
    owner = new
    for step, item in zip(path[:-1:2], path[1:-1:2], strict=True):
        owner = owner[step].value[item]
    last = path[-1]
    element = owner[last]
    if act == "delete":
        del owner[last]
    else:
        owner[last] = DataElement(last, element.VR, _value(element, act))
    return new


def _value(element: DataElement, act: str) -> object:
    if element.VR == "SQ":
        return Sequence([] if act == "blank" else [Dataset()])
    if act == "blank":
        return b"" if element.VR == "OW" else None
    zero = ZERO.get(element.VR, "0")
    return [zero] * element.VM if element.VM > 1 else zero

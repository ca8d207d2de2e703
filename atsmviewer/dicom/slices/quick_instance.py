"""Owns the fast way to a slice's instance: one like it, with the few values of its own read anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from io import FileIO
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydicom.datadict import keyword_for_tag

from atsmviewer.dicom.header.boundary import NATIVE, Header, transfer_syntax
from atsmviewer.dicom.header.facts import header_zone, slice_time, start
from atsmviewer.dicom.header.quick import HEAD_LIMIT_BYTES, Outlines, Unusual, finite, plain_text
from atsmviewer.dicom.header.tags import number, text
from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.model.facts import SliceTime

_UID, _TRIGGER, _POSITION = 0x00080018, 0x00181060, 0x00200032
_DAY, _CLOCK, _MOMENT = 0x00080022, 0x00080032, 0x0008002A
_DURATION, _REFERENCE, _DECAY = 0x00181242, 0x00541300, 0x00541321
_INTERCEPT, _SLOPE = 0x00281052, 0x00281053
_TEXTS = (_UID, _DAY, _CLOCK, _MOMENT)
_NUMBERS = (_TRIGGER, _DURATION, _REFERENCE, _DECAY, _INTERCEPT, _SLOPE)
OWN = frozenset((*_TEXTS, *_NUMBERS, _POSITION))
"""What a slice may have of its own; of everything else that is asked for it shares its outline's."""

_IN_WHOLE = b"0123456789+- "
_WHOLE_BYTES = 9
"""Of a whole number (IS), so that none is beyond its range."""
_REPEATED = 64
"""How many values that slices share with their neighbours are kept: the times of a bed, the scaling."""

T = TypeVar("T")
_Bytes = bytes | None
_Rescale = tuple[float | None, float | None]


@dataclass(frozen=True, eq=False)
class _Seen:
    """A slice that was read the long way, and what those like it share beside the instance."""

    one: Instance
    zone: timezone | None
    pixel_bytes: int
    """What has to follow the header; 0 where it is compressed."""
    texts: dict[int, str | None]
    numbers: dict[int, float | None]


class QuickInstances:
    """The slices of a scan, read by likeness to earlier ones; see :mod:`atsmviewer.dicom.header.quick`."""

    def __init__(self) -> None:
        self._outlines: Outlines[_Seen] = Outlines(OWN)
        self._shared = _Shared(
            lru_cache(_REPEATED)(_began), lru_cache(_REPEATED)(_rescale), lru_cache(_REPEATED)(_times)
        )

    def read(self, path: Path) -> Instance | None:
        """The instance that a regular file holds, or None where it has to be parsed."""
        try:
            with FileIO(path) as opened:
                like = self._outlines.like(opened.read(self._outlines.reach))
                size = os.fstat(opened.fileno()).st_size
        except OSError:
            return None
        if like is None or size < like.end + like.what.pixel_bytes:
            return None
        try:
            return _again(like.what, like.values, path, self._shared)
        except Unusual:
            return None

    def learn(self, header: Header, one: Instance) -> None:
        """Take a slice that was parsed, with the header it was made of, as an example."""
        if header.pixels_at is None or header.pixels_at > HEAD_LIMIT_BYTES or one.frame is not None:
            return
        dataset, native = header.dataset, transfer_syntax(header.dataset) in NATIVE
        rows, columns = one.plane.size
        seen = _Seen(
            one,
            header_zone(dataset),
            rows * columns * one.bytes_per_voxel if native else 0,
            {tag: text(dataset, keyword_for_tag(tag)) for tag in _TEXTS},
            {tag: number(dataset, keyword_for_tag(tag)) for tag in _NUMBERS},
        )
        end = header.pixels_at + 8
        try:
            with header.path.open("rb") as opened:
                head = opened.read(end)
        except OSError:
            return
        self._outlines.learn(head, dataset, end, seen)


class _Shared(NamedTuple):
    """What neighbours have alike, made once of the same bytes: by _began, _rescale and _times."""

    began: Callable[[_Seen, _Bytes, _Bytes, _Bytes], datetime | None]
    rescale: Callable[[_Seen, _Bytes, _Bytes], _Rescale]
    times: Callable[[_Seen, tuple[_Bytes, _Bytes, _Bytes], _Bytes, _Bytes, _Bytes], tuple[SliceTime]]


def _again(seen: _Seen, values: dict[int, bytes], path: Path, shared: _Shared) -> Instance:
    """The instance that :func:`atsmviewer.dicom.slices.instance.instances` would make of the same header."""
    one, given = seen.one, values.get
    uid = _text(seen, _UID, given(_UID))
    if not uid:
        raise Unusual
    when = given(_DAY), given(_CLOCK), given(_MOMENT)
    began = shared.began(seen, *when)
    slope, intercept = shared.rescale(seen, given(_SLOPE), given(_INTERCEPT))
    changed: dict[str, object] = {"path": path, "uid": uid, "acquired": began}
    changed["trigger_ms"] = _number(seen, _TRIGGER, given(_TRIGGER))
    if slope is not None and intercept is not None:
        changed["rescale"] = slope, intercept
    if _POSITION in values:
        changed["plane"] = _copy(one.plane, {"position_mm": _place(values[_POSITION])})
    if one.facts is not None:
        times = shared.times(seen, when, given(_DURATION), given(_REFERENCE), given(_DECAY))
        own = {"slices": times, "slopes": (slope,), "intercepts": (intercept,)}
        changed["facts"] = _copy(one.facts, own)
    return _copy(one, changed)


def _began(seen: _Seen, day: _Bytes, clock: _Bytes, moment: _Bytes) -> datetime | None:
    """When the slice's acquisition began."""
    texts = _text(seen, _DAY, day), _text(seen, _CLOCK, clock), _text(seen, _MOMENT, moment)
    return start(*texts, seen.zone)


def _rescale(seen: _Seen, slope: _Bytes, intercept: _Bytes) -> _Rescale:
    """Slope and intercept, where the slice seen has them too."""
    found = _number(seen, _SLOPE, slope), _number(seen, _INTERCEPT, intercept)
    if [v is None for v in found] != [seen.numbers[tag] is None for tag in (_SLOPE, _INTERCEPT)]:
        raise Unusual
    return found


def _times(
    seen: _Seen, when: tuple[_Bytes, _Bytes, _Bytes], duration: _Bytes, reference: _Bytes, decay: _Bytes
) -> tuple[SliceTime]:
    """The times of a PET slice."""
    duration_ms = _positive(_number(seen, _DURATION, duration))
    reference_ms = _number(seen, _REFERENCE, reference)
    factor = _positive(_number(seen, _DECAY, decay))
    return (slice_time(_began(seen, *when), duration_ms, reference_ms, factor),)


def _copy(of: T, changed: Mapping[str, object]) -> T:
    """The same as ``dataclasses.replace`` for a plain frozen noun, in a tenth of the time."""
    new = object.__new__(type(of))
    new.__dict__.update(of.__dict__)
    new.__dict__.update(changed)
    return new


def _text(seen: _Seen, tag: int, value: _Bytes) -> str | None:
    return seen.texts[tag] if value is None else plain_text(value)


def _number(seen: _Seen, tag: int, value: _Bytes) -> float | None:
    if value is None:
        return seen.numbers[tag]
    if tag == _DURATION and (value.translate(None, _IN_WHOLE) or len(value) > _WHOLE_BYTES):
        raise Unusual
    return finite(value) if value else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _place(value: bytes) -> tuple[float, float, float]:
    parts = value.split(b"\\")
    if len(parts) != 3:
        raise Unusual
    return finite(parts[0]), finite(parts[1]), finite(parts[2])

"""Owns what fuzzing does to the bytes of a file: cuts, flips, lengths, splices, VRs, nesting, numbers."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[bytearray, Random, Sequence[bytes]], bytearray]

_KNOWN = (
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
)
VRS = (*_KNOWN.split(), b"ZZ", b"\0\0")
_ELEMENT = re.compile(rb"..[\x00-\x02\x08-\x7f]?.(?:" + b"|".join(_KNOWN.split()) + rb")", re.DOTALL)
_NUMBER = re.compile(rb"[0-9][0-9.+-]{0,15}")
INTEGERS = (0, 1, 2, *(2**n + d for n in (7, 8, 15, 16, 31, 32, 40, 63, 64) for d in (-1, 0)), 0xFFFFFFF0)
_WORDS = rb"nan inf -inf 1e999 -1e38 1e-320 -0 1\2\3 \ 0x10 9999999999999999 00000000 1,5 --1 1e + ../.."
TEXTS = (*_WORDS.split(), b"", b" ", b"\0\0", b"\xd9\xa1", b"\x1b$B")
_ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
_CUTS = (128, 132, 144, 348, 352)


def _at(data: bytearray, rng: Random) -> int:
    return rng.randrange(len(data) + 1)


def _elements(data: bytearray) -> list[int]:
    """Where elements with an explicit VR seem to begin."""
    return [found.start() for found in _ELEMENT.finditer(data)] or [0]


def _size(rng: Random) -> int:
    """Mostly small, at times large."""
    return int(2 ** rng.uniform(0, 10))


def truncate(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    return data[: rng.choice(_CUTS) if rng.random() < 0.1 else _at(data, rng)]


def flip(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    for _n in range(_size(rng) if data else 0):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def few(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """One to three bits."""
    for _n in range(rng.randint(1, 3) if data else 0):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def overwrite(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    at = _at(data, rng)
    data[at : at + _size(rng)] = rng.randbytes(_size(rng))
    return data


def integer(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """A binary number of any width at any place."""
    width, at = rng.choice((1, 2, 4, 8)), _at(data, rng)
    value = rng.choice(INTEGERS) & ((1 << 8 * width) - 1)
    data[at : at + width] = value.to_bytes(width, "big" if rng.random() < 0.2 else "little")
    return data


def length(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """The length of an element, short or long."""
    at, value = rng.choice(_elements(data)) + 6, rng.choice(INTEGERS)
    if rng.random() < 0.5:
        data[at : at + 2] = struct.pack("<H", value & 0xFFFF)
    else:
        data[at + 2 : at + 6] = struct.pack("<I", value & 0xFFFFFFFF)
    return data


def representation(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """The VR of an element."""
    at = rng.choice(_elements(data)) + 4
    data[at : at + 2] = rng.choice(VRS)
    return data


def tag(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """The tag of an element, by that of another or by a random one."""
    places = _elements(data)
    at, other = rng.choice(places), rng.choice(places)
    data[at : at + 4] = data[other : other + 4] if rng.random() < 0.7 else rng.randbytes(4)
    return data


def swap(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """Two stretches between elements exchanged."""
    a, b, c = sorted(rng.choice(_elements(data)) for _n in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def remove(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    a, b = sorted(rng.choice(_elements(data)) for _n in range(2))
    return data[:a] + data[b:] if b - a < 400 or rng.random() < 0.1 else data


def repeat(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """An element, or several, many times over."""
    places = _elements(data)
    k = rng.randrange(len(places))
    a, b = places[k], places[min(k + rng.randint(1, 4), len(places) - 1)]
    return data[:b] + data[a:b] * min(_size(rng), 20_000 // (b - a + 1) + 1) + data[b:]


def nest(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """Sequences in sequences, of undefined or of stated length, seldom closed."""
    at, deep = rng.choice(_elements(data)), int(2 ** rng.uniform(0, 9))
    stated = rng.choice((0xFFFFFFFF, 0xFFFFFFFF, 40, 0x7FFFFFFF))
    opened = struct.pack("<HH2sHI", 0x0040, 0x0275, b"SQ", 0, stated) + _ITEM
    closed = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0" if rng.random() < 0.3 else b""
    return data[:at] + opened * deep + closed * deep + data[at:]


def splice(data: bytearray, rng: Random, others: Sequence[bytes]) -> bytearray:
    """The beginning of this file and the end of another."""
    other = bytearray(rng.choice(others))
    if rng.random() < 0.5:
        return data[: _at(data, rng)] + other[_at(other, rng) :]
    return data[: rng.choice(_elements(data))] + other[rng.choice(_elements(other)) :]


def insert(data: bytearray, rng: Random, others: Sequence[bytes]) -> bytearray:
    """A stretch of another file in the middle of this one."""
    other, at = bytearray(rng.choice(others)), _at(data, rng)
    start = _at(other, rng)
    return data[:at] + other[start : start + _size(rng)] + data[at:]


def meta(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """Preamble and meta information."""
    for _n in range(rng.randint(1, 4)):
        at = rng.randrange(100, 340)
        data[at : at + 1] = rng.randbytes(1)
    return data


def number(data: bytearray, rng: Random, _: Sequence[bytes]) -> bytearray:
    """The text of a number, of the length that it had."""
    found = [one.span() for one in _NUMBER.finditer(data)]
    if found:
        start, end = rng.choice(found)
        data[start:end] = rng.choice(TEXTS).ljust(end - start)[: end - start]
    return data


MUTATORS: tuple[Mutator, ...] = (
    *(truncate, flip, overwrite, integer, length, representation, tag, swap),
    *(remove, repeat, nest, splice, insert, meta, number, number),
)


GENTLE: tuple[Mutator, ...] = (few, few, number, number, number, representation, tag, swap, remove)
"""After which a file is often still read."""


def mutated(
    data: bytes, rng: Random, others: Sequence[bytes], mutators: Sequence[Mutator] = MUTATORS
) -> tuple[bytes, str]:
    """A file with one to four things done to it, and their names."""
    new, done = bytearray(data), []
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        mutator = rng.choice(mutators)
        new = mutator(new, rng, others)
        done.append(mutator.__name__)
    return bytes(new), "+".join(done)

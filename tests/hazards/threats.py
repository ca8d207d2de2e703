"""Owns the cases of threats: truncated, garbled, lying and hostile files, archives, discs and folders."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

from tests.hazards.case import RIGHT, Came, Corpus, refused, withheld
from tests.hazards.phantom import Files

threats = Corpus("Threats")
add = threats.add
Bytes = Callable[[bytes], bytes]


def _slice(files: Files, change: Bytes, k: int = 4) -> None:
    """One PET slice with other bytes."""
    path = files.write()[k]
    path.write_bytes(change(path.read_bytes()))


def _fault(name: str, what: str, expected: Came, change: Bytes) -> None:
    add(name, what, expected, lambda files: _slice(files, change))


def _element(group: int, element: int, vr: bytes, length: int, value: bytes = b"") -> bytes:
    return struct.pack("<HH2sHI", group, element, vr, 0, length) + value


GAP = withheld("gap")
_PIXELS = b"\xe0\x7f\x10\0OW\0\0"
_fault("cut_in_pixels", "one PET slice cut off within its pixels", GAP, lambda b: b[:-100])
_fault("cut_in_header", "one PET slice cut off within its header", GAP, lambda b: b[:600])
_fault("cut_in_meta", "one PET slice cut off within its meta information", GAP, lambda b: b[:180])
_fault("zero_bytes", "one PET slice of 0 bytes", GAP, lambda _: b"")
_fault("zeros", "one PET slice all zeros", GAP, lambda b: bytes(len(b)))
_fault(
    "garbage",
    "one PET slice of random bytes behind its preamble",
    GAP,
    lambda b: b[:132] + random.Random(1).randbytes(len(b) - 132),
)
_fault(
    "header_garbage",
    "the middle of one PET slice's header random",
    GAP,
    lambda b: b[:700] + random.Random(2).randbytes(200) + b[900:],
)
_fault(
    "length_huge",
    "an element of declared length 0xFFFFFFF0 with 100 bytes behind it",
    GAP,
    lambda b: b[:400] + _element(0x0009, 0x1010, b"UN", 0xFFFFFFF0, bytes(100)),
)
_fault(
    "length_of_pixels",
    "pixels of declared length 0xFFFFFFF0, all of them there",
    RIGHT,
    lambda b: b.replace(_PIXELS + b"\x80\x01\0\0", _PIXELS + b"\xf0\xff\xff\xff"),
)
_fault(
    "length_of_cut_pixels",
    "pixels of declared length 0xFFFFFFF0, the last of them missing",
    refused("PIXELS_BROKEN"),
    lambda b: b.replace(_PIXELS + b"\x80\x01\0\0", _PIXELS + b"\xf0\xff\xff\xff")[:-2],
)
_fault(
    "sequences_200_deep",
    "200 sequences, one in the other, undefined lengths",
    GAP,
    lambda b: (
        b[:400] + (_element(0x0040, 0x0275, b"SQ", 0xFFFFFFFF) + b"\xfe\xff\0\xe0\xff\xff\xff\xff") * 200
    ),
)
_fault(
    "sequences_20000_deep",
    "20,000 sequences, one in the other",
    GAP,
    lambda b: (
        b[:400] + (_element(0x0040, 0x0275, b"SQ", 0xFFFFFFFF) + b"\xfe\xff\0\xe0\xff\xff\xff\xff") * 20_000
    ),
)
_fault(
    "items_many",
    "a sequence of 30,000 empty items before the pixels",
    RIGHT,
    lambda b: _before_pixels(b, _element(0x0040, 0x0275, b"SQ", 240_000, b"\xfe\xff\0\xe0\0\0\0\0" * 30_000)),
)
_fault(
    "rows_huge",
    "Rows and Columns 65535 in one PET slice",
    GAP,
    lambda b: _replaced(b, 0x0010, 65535, 0x0011, 65535),
)
_fault("rows_zero", "Rows 0 in one PET slice", GAP, lambda b: _replaced(b, 0x0010, 0))
_fault(
    "frames_huge",
    "NumberOfFrames 2147483647 in one PET slice",
    GAP,
    lambda b: _before_pixels(b, b"\x28\0\x08\0IS\x0a\x002147483647"),
)
_fault(
    "text_long",
    "a text of 20 MB in one PET slice",
    RIGHT,
    lambda b: _before_pixels(b, _element(0x0040, 0x4000, b"UT", 20 << 20, b"x" * (20 << 20))),
)


def _before_pixels(data: bytes, element: bytes) -> bytes:
    at = data.rindex(b"\xe0\x7f\x10\0")
    return data[:at] + element + data[at:]


def _replaced(data: bytes, *pairs: int) -> bytes:
    """Values of (0028,xxxx) US elements replaced."""
    for element, value in zip(pairs[::2], pairs[1::2], strict=True):
        head = struct.pack("<HH2sH", 0x0028, element, b"US", 2)
        at = data.index(head) + len(head)
        data = data[:at] + struct.pack("<H", value) + data[at + 2 :]
    return data


@threats("every PET slice declares 65535 rows and columns", refused("NO_PET, TRUNCATED"))
def rows_huge_everywhere(files: Files) -> None:
    for k in range(len(files.write())):
        _slice(files, lambda b: _replaced(b, 0x0010, 65535, 0x0011, 65535), k)


def _deflated(meta: bytes, body: bytes, times: int = 1) -> bytes:
    """A file of the deflated syntax, its body repeated; ``meta`` is another file's beginning."""
    uid = b"1.2.840.10008.1.2.1.99"
    head = b"\x02\0\x10\0UI" + struct.pack("<H", len(uid)) + uid
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    group = b"\x02\0\0\0UL\x04\0" + struct.pack("<I", len(head))
    once = packer.compress(body) + packer.flush(zlib.Z_FULL_FLUSH)
    return meta[:132] + group + head + once * times + packer.flush()


_fault(
    "deflate_bomb",
    "one slice deflated from 400 MB of zeros",
    GAP,
    lambda b: _deflated(b, bytes(16 << 20), 25),
)
_fault(
    "deflate_broken",
    "one slice whose deflated body is cut off",
    GAP,
    lambda b: _deflated(b, b[132:] * 9)[:-40],
)

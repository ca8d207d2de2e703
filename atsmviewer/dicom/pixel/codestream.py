"""Owns what a JPEG, JPEG-LS or JPEG 2000 codestream says of itself, read before a decoder meets it."""

from __future__ import annotations

from dataclasses import dataclass

_J2K = b"\xff\x4f\xff\x51"
"""Start of a JPEG 2000 codestream and of its SIZ segment (ISO/IEC 15444-1 A.4.1, A.5.1)."""
_BOXES = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
"""Start of a JP2 file, which some writers put where the codestream belongs."""
_BOXES_BYTES = 4096
_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
"""Markers that begin a frame header: SOF0 to SOF15 (ISO/IEC 10918-1 B.1.1.3), SOF55 (14495-1 C.2.2)."""
_BARE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length."""


@dataclass(frozen=True)
class Codestream:
    """Size, components, bits of a sample and its sign, which only JPEG 2000 states; its end was seen."""

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool
    ends: bool


def described(data: bytes) -> Codestream | None:
    """What the header of a codestream says; None where it has none that can be read.

    ``ends`` is whether a JPEG or JPEG-LS ends with its end marker, perhaps with padding behind it: the
    decoders paint what is missing grey. JPEG 2000 without its end is found by its decoder.
    """
    if data.startswith(_BOXES):
        return _jpeg2000(data, data.find(_J2K, 0, _BOXES_BYTES))
    if data.startswith(_J2K):
        return _jpeg2000(data, 0)
    return _jpeg(data) if data.startswith(_JPEG) else None


def _jpeg2000(data: bytes, at: int) -> Codestream | None:
    """From the SIZ segment (ISO/IEC 15444-1 table A.9); subsampled components are none of ours."""
    segment = data[at + 4 : at + 4 + 41]
    if at < 0 or len(segment) < 41:
        return None
    right, bottom, left, top = (int.from_bytes(segment[k : k + 4], "big") for k in (4, 8, 12, 16))
    components, depth = int.from_bytes(segment[36:38], "big"), segment[38]
    if segment[39:41] != b"\x01\x01":
        return None
    return Codestream(bottom - top, right - left, components, (depth & 0x7F) + 1, depth > 0x7F, True)


def _jpeg(data: bytes) -> Codestream | None:
    """From the frame header (ISO/IEC 10918-1 B.2.2)."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            frame = data[at + 4 : at + 10]
            rows, columns = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
            ends = data.rstrip(b"\0\xff").endswith(_JPEG_END)
            return Codestream(rows, columns, frame[5], frame[0], False, ends) if len(frame) == 6 else None
        if marker == 0xFF or marker in _BARE:
            at += 1 if marker == 0xFF else 2
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return None

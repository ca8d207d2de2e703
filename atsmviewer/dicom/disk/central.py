"""Owns a look at a zip's list of members before it is read: how many, and whether two share bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import BinaryIO
from zipfile import ZipInfo

from atsmviewer.dicom.disk.pace import check
from atsmviewer.model.errors import Refusal

MEMBERS_LIMIT = 50_000
"""Members of one archive; a large dynamic study has 15,000 slices."""
LIST_LIMIT_BYTES = 64 << 20
"""Of the list of members: names of 1 kB each."""
REMEDY = "Unpack it with another program and open its folder."

_END, _END64, _PLACE64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_ENTRY, _LOCAL_BYTES = struct.Struct("<28x3H12x"), 30
_COMMENT_BYTES = (1 << 16) - 1
_CHECKED_EVERY = 4096

TOO_MANY = Refusal("ARCHIVE_TOO_LARGE", f"It holds more than {MEMBERS_LIMIT} files.", REMEDY)
BROKEN = Refusal(
    "ARCHIVE_BROKEN", "It is damaged, cut short, or no zip archive.", "Copy or download it again."
)


def too_many(opened: BinaryIO, size_bytes: int) -> Refusal | None:
    """Why the list of members is not read (APPNOTE 4.3.12 to 4.3.16), None where it may be.

    Members are counted in the list itself: what the archive says of their number may lie.
    """
    opened.seek(max(size_bytes - _END.size - _COMMENT_BYTES, 0))
    tail = opened.read(_END.size + _COMMENT_BYTES)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return BROKEN
    *_, length_bytes, _offset, _comment = _END.unpack_from(tail, at)
    end = size_bytes - len(tail) + at
    if at >= _PLACE64.size and tail[at - _PLACE64.size : at].startswith(b"PK\x06\x07"):
        end -= _PLACE64.size + _END64.size
        opened.seek(max(end, 0))
        whole = opened.read(_END64.size)
        if len(whole) == _END64.size and whole.startswith(b"PK\x06\x06"):
            length_bytes = _END64.unpack(whole)[8]
        else:
            end += _PLACE64.size + _END64.size
    if length_bytes > LIST_LIMIT_BYTES:
        return TOO_MANY
    if length_bytes > end:
        return BROKEN
    opened.seek(end - length_bytes)
    return TOO_MANY if _count(opened.read(length_bytes)) > MEMBERS_LIMIT else None


def _count(listed: bytes) -> int:
    count = at = 0
    while at + 46 <= len(listed) and count <= MEMBERS_LIMIT:
        name, extra, comment = _ENTRY.unpack_from(listed, at)
        at += 46 + name + extra + comment
        count += 1
        if count % _CHECKED_EVERY == 0:
            check()
    return count


def shared_bytes(members: Sequence[ZipInfo], size_bytes: int) -> Refusal | None:
    """BROKEN where members lie over one another or beyond the end: so a bomb of a few kB is made."""
    free = 0
    for one in sorted(members, key=lambda m: m.header_offset):
        if one.header_offset < free:
            return BROKEN
        free = one.header_offset + _LOCAL_BYTES + one.compress_size
    return BROKEN if free > size_bytes else None

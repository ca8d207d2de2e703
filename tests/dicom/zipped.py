"""Owns zips for the tests of reading: ordinary ones, and hostile ones put together byte by byte."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

LOCAL, CENTRAL, END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"


def zipped(archive: Path, folder: Path, method: int = ZIP_DEFLATED) -> Path:
    """A folder as an archive."""
    with ZipFile(archive, "w", method) as out:
        for path in sorted(folder.rglob("*")):
            out.write(path, path.relative_to(folder))
    return archive


def raw_zip(
    members: list[tuple[bytes, bytes, int]], flags: int = 0, attributes: int = 0, method: int = 8
) -> bytes:
    """Members as (name, plain bytes, declared size), deflated, with whatever size is declared."""
    body, listed = b"", b""
    for name, plain, declared in members:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(plain) + packer.flush()
        sizes = zlib.crc32(plain), len(packed), declared
        at = len(body)
        body += struct.pack(LOCAL, b"PK\3\4", 20, flags, method, 0, 0, *sizes, len(name), 0) + name + packed
        listed += struct.pack(
            CENTRAL, b"PK\1\2", 0x314, 20, flags, method, 0, 0, *sizes, len(name), 0, 0, 0, 0, attributes, at
        )
        listed += name
    return body + listed + end_record(len(members), len(listed), len(body))


def end_record(count: int, list_bytes: int, at: int) -> bytes:
    """The end of an archive, whose count of members may lie."""
    count = min(count, 0xFFFF)
    return struct.pack(END, b"PK\5\6", 0, 0, count, count, list_bytes, at, 0)


def overlapping(count: int, plain: bytes) -> bytes:
    """One member listed many times: what a few kB can be made to grow to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(plain) + packer.flush()
    sizes = zlib.crc32(plain), len(packed), len(plain)
    body = struct.pack(LOCAL, b"PK\3\4", 20, 0, 8, 0, 0, *sizes, 4, 0) + b"0000" + packed
    listed = b"".join(
        struct.pack(CENTRAL, b"PK\1\2", 0x314, 20, 0, 8, 0, 0, *sizes, 4, 0, 0, 0, 0, 0, 0) + b"0000"
        for k in range(count)
    )
    return body + listed + end_record(count, len(listed), len(body))

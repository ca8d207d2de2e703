"""Owns which archive a file is that is no DICOM, from its first bytes: only a zip that is given is opened.

An ECAT image, as older PET scanners wrote it, is named too.
"""

from __future__ import annotations

import zlib

HEAD_BYTES = 512
"""How much of a file tells its kind; the mark of a tar lies deepest, at 257."""
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""How a zip begins: with a member, empty, or as a part of several."""
_OTHERS = (
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
)
_DOCUMENTS = (b"[Content_Types].xml", b"mimetype", b"META-INF/", b"_rels/")
"""First members of documents and programs that are zips too."""


_ECAT = b"MATRIX7"
"""How the main header of ECAT 7 begins (its field MAGIC_NUMBER), packed or not."""


def archive(head: bytes) -> tuple[str, str] | None:
    """Code and sentence for an archive within what was opened, None for any other file.

    "ARCHIVE_INSIDE" for a zip, which is opened only where it is given itself, "ECAT" for an ECAT image,
    else "ARCHIVE_OTHER".
    """
    if head.startswith(_ECAT) or _unzipped(head).startswith(_ECAT):
        return "ECAT", "It is an ECAT image, which is not read; convert it to DICOM or NIfTI."
    for at, mark, what in _OTHERS:
        if head.startswith(mark, at):
            return "ARCHIVE_OTHER", f"It is {what}, which is not read; unpack it and open its folder."
    if head.startswith(ZIP_MARKS) and not head[30:].startswith(_DOCUMENTS):
        return "ARCHIVE_INSIDE", "It is a zip archive within what was opened; open it by itself."
    return None


def _unzipped(head: bytes) -> bytes:
    """The first bytes of what a gzip file holds; none of any other."""
    if not head.startswith(b"\x1f\x8b"):
        return b""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(_ECAT))
    except zlib.error:
        return b""

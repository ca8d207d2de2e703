"""Owns which archive a file is that is no DICOM, from its first bytes: only a zip that is given is opened."""

from __future__ import annotations

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


def archive(head: bytes) -> tuple[str, str] | None:
    """Code and sentence for an archive within what was opened, None for any other file.

    "ARCHIVE_INSIDE" for a zip, which is opened only where it is given itself, else "ARCHIVE_OTHER".
    """
    for at, mark, what in _OTHERS:
        if head.startswith(mark, at):
            return "ARCHIVE_OTHER", f"It is {what}, which is not read; unpack it and open its folder."
    if head.startswith(ZIP_MARKS) and not head[30:].startswith(_DOCUMENTS):
        return "ARCHIVE_INSIDE", "It is a zip archive within what was opened; open it by itself."
    return None

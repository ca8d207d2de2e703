"""Owns the one place where an unknown file meets the parser: a header, or why the file was set aside."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.dataset import FileDataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from atsmviewer.dicom.tags import PARSER_ERRORS, text
from atsmviewer.model.errors import ReviewError

DEFER_BYTES = 16 << 20
"""A header element longer than this is stepped over: no fact of an image is that long."""
NATIVE = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
"""Transfer syntaxes whose pixels are plain words."""
INFLATED_LIMIT_BYTES = 256 << 20
"""The most that one deflated file may grow to: 1 MB can hold 2 GB."""


@dataclass(frozen=True)
class Rejected:
    """A file that was set aside: a stable code, and what was wrong in words."""

    path: Path
    code: str
    what: str


@dataclass(frozen=True, eq=False)
class Header:
    """A parsed header; ``pixels_at`` is the offset of the pixel data element in the (inflated) file."""

    path: Path
    dataset: FileDataset
    pixels_at: int | None
    size_bytes: int


def transfer_syntax(dataset: FileDataset) -> UID:
    """The transfer syntax of a file; one without file meta information is Implicit VR (PS3.10 7.1)."""
    return UID(text(dataset.file_meta, "TransferSyntaxUID") or ImplicitVRLittleEndian)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pydicom from warning of each odd value: what matters is checked and said by this room."""
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pydicom")
        yield


def read_header(path: Path) -> Header | Rejected:
    """The header of one file up to its pixels, or why it was set aside; nothing else escapes."""
    try:
        if not path.is_file():  # a pipe or device would block for ever
            return Rejected(path, "NOT_A_FILE", "It is no regular file.")
        with path.open("rb") as opened:
            return _parse(path, opened, path.stat().st_size)
    except OSError as error:
        return Rejected(path, "UNREADABLE", f"The system does not let it be read: {error.strerror}.")


def read_whole(path: Path) -> FileDataset:
    """A file with its pixels, for a file that passed :func:`read_header`; ReviewError("FILE_CHANGED")."""
    try:
        with path.open("rb") as opened:
            if isinstance(whole := _inflated(path, opened), Rejected):
                raise ReviewError(whole.code, f"{path.name}: {whole.what}", "Ask for the data uncompressed.")
            return pydicom.dcmread(whole, force=True)
    except PARSER_ERRORS as error:
        if isinstance(error, ReviewError):
            raise
        what = f"{path.name} can no longer be read ({type(error).__name__})."
        raise ReviewError("FILE_CHANGED", what, "Open the folder again.") from error


def _parse(path: Path, opened: BinaryIO, size_bytes: int) -> Header | Rejected:
    if not _looks_like_dicom(opened):
        return Rejected(path, "NOT_DICOM", "It does not begin like a DICOM file.")
    stream = _inflated(path, opened)
    if isinstance(stream, Rejected):
        return stream
    try:
        dataset = pydicom.dcmread(stream, defer_size=DEFER_BYTES, stop_before_pixels=True, force=True)
        ended = stream.tell()
        at = ended if _is_pixel_data(stream.read(8), dataset) else None
    except PARSER_ERRORS as error:
        return Rejected(path, "BROKEN_HEADER", f"Its header cannot be parsed ({type(error).__name__}).")
    if not isinstance(stream, BytesIO):
        return Header(path, dataset, at, size_bytes)
    return Header(path, dataset, at, len(stream.getbuffer()))


def _is_pixel_data(head: bytes, dataset: FileDataset) -> bool:
    """Whether an element begins as (7fe0,0010), in explicit VR also with a VR that pixels can have.

    With a damaged VR pydicom falls back to implicit VR, and every pixel would be shifted.
    """
    tag = head[:4] in (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")
    return tag and (bool(dataset.original_encoding[0]) or head[4:] in (b"OW\0\0", b"OB\0\0", b"UN\0\0"))


def _looks_like_dicom(opened: BinaryIO) -> bool:
    """The "DICM" mark, or a data set that begins at once with a short group 0002 or 0008 element.

    Files without preamble are common in old archives; of those only a first element below 1 kB is
    believed, so that a photo or a text is never parsed as DICOM.
    """
    head = opened.read(132)
    opened.seek(0)
    if head[128:132] == b"DICM":
        return True
    if len(head) < 132 or head[:2] not in (b"\x02\x00", b"\x08\x00") or head[3] != 0:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    length = int.from_bytes(head[6:8] if explicit else head[4:8], "little")
    return length < 1024


def _inflated(path: Path, opened: BinaryIO) -> BinaryIO | Rejected:
    """The file itself, or where its transfer syntax is deflated the inflated file, as far as the limit."""
    head = opened.read(4096)
    opened.seek(0)
    if str(DeflatedExplicitVRLittleEndian).encode() not in head:
        return opened
    try:
        meta = pydicom.filereader.read_file_meta_info(path)
        if meta.TransferSyntaxUID != DeflatedExplicitVRLittleEndian:
            return opened
        opened.seek(132 + 12 + meta.FileMetaInformationGroupLength)
        packer = zlib.decompressobj(-zlib.MAX_WBITS)
        plain = packer.decompress(opened.read(INFLATED_LIMIT_BYTES), INFLATED_LIMIT_BYTES)
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        out = DicomBytesIO()
        pydicom.filewriter.write_file_meta_info(out, meta)
    except PARSER_ERRORS as error:
        return Rejected(path, "BROKEN_HEADER", f"It cannot be inflated ({type(error).__name__}).")
    if packer.unconsumed_tail or len(plain) == INFLATED_LIMIT_BYTES:
        return Rejected(path, "TOO_LARGE", f"It inflates beyond {INFLATED_LIMIT_BYTES >> 20} MB.")
    return BytesIO(b"\0" * 128 + b"DICM" + out.getvalue() + plain)

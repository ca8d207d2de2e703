"""Owns the one place where an unknown file meets the parser: a header, or why the file was set aside."""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from atsmviewer.dicom.disk.foreign import HEAD_BYTES, archive
from atsmviewer.dicom.disk.memory import refuse_too_large
from atsmviewer.dicom.disk.naming import shown
from atsmviewer.dicom.disk.pace import check, stoppable
from atsmviewer.dicom.disk.stream import HEADER_LIMIT_BYTES, Stream, TooMuch
from atsmviewer.dicom.header.tags import PARSER_ERRORS, text
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
META_BYTES = 4096
"""Where the transfer syntax of a deflated file is looked for; the parser itself inflates nothing."""
DEPTH_LIMIT = 64
"""How deep sequences may lie in sequences; those of images lie some 5 deep."""
WEIGHED_BYTES = 64 << 20
"""A larger file is read whole only where the memory for it is there."""
_INFLATED_STEP_BYTES = 4 << 20


@dataclass(frozen=True)
class Rejected:
    """A file that was set aside: a stable code, and what was wrong in words."""

    path: Path
    code: str
    what: str
    shown: str = ""
    """What it is called where its path does not say it: a member of an archive, an entry of an index."""

    @property
    def name(self) -> str:
        """How it is named to a reader: printable, and no path."""
        return self.shown or shown(self.path)


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
def quiet(cancelled: Callable[[], bool] | None = None) -> Iterator[None]:
    """Keep pydicom from warning of each odd value: what matters is checked and said by this room.

    A ``cancelled`` that answers True ends what is being read with ReviewError("CANCELLED").
    """
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    with warnings.catch_warnings(), stoppable(cancelled):
        warnings.filterwarnings("ignore", module="pydicom")
        yield


def read_header(path: Path) -> Header | Rejected:
    """The header of one file up to its pixels, or why it was set aside; nothing but a cancel escapes."""
    try:
        if not path.is_file():  # a pipe or device would block for ever
            return Rejected(path, "NOT_A_FILE", "It is no regular file.")
        with path.open("rb", buffering=0) as opened:
            return _parse(path, opened, os.fstat(opened.fileno()).st_size)
    except (OSError, ValueError) as error:  # a name with a zero byte in it
        said = getattr(error, "strerror", None) or error
        return Rejected(path, "UNREADABLE", f"The system does not let it be read: {said}.")


def read_whole(path: Path) -> FileDataset:
    """A file with its pixels, for a file that passed :func:`read_header`.

    ReviewError("FILE_CHANGED", "TOO_LARGE" or "CANCELLED").
    """
    check()
    try:
        with path.open("rb", buffering=0) as opened:
            size_bytes = os.fstat(opened.fileno()).st_size
            if size_bytes > WEIGHED_BYTES:
                refuse_too_large(size_bytes, f"The bytes of {path.name}")
            whole = _inflated(path, opened, size_bytes, 2 * size_bytes + HEADER_LIMIT_BYTES)
            if isinstance(whole, Rejected):
                raise ReviewError(whole.code, f"{path.name}: {whole.what}", "Ask for the data uncompressed.")
            with whole:
                return pydicom.dcmread(whole, force=True)
    except PARSER_ERRORS as error:
        if isinstance(error, ReviewError):
            raise
        said = getattr(error, "strerror", None) or type(error).__name__
        what = f"{path.name} can no longer be read ({said})."
        raise ReviewError("FILE_CHANGED", what, "Open the folder again.") from error


def _parse(path: Path, opened: BinaryIO, size_bytes: int) -> Header | Rejected:
    head = opened.read(HEAD_BYTES)
    opened.seek(0)
    if not _looks_like_dicom(head):
        other = archive(head) or ("NOT_DICOM", "It does not begin like a DICOM file.")
        return Rejected(path, *other)
    stream = _inflated(path, opened, size_bytes, HEADER_LIMIT_BYTES)
    if isinstance(stream, Rejected):
        return stream
    try:
        with stream:
            dataset = pydicom.dcmread(stream, defer_size=DEFER_BYTES, stop_before_pixels=True, force=True)
            ended = stream.tell()
            at = ended if _is_pixel_data(stream.read(8), dataset) else None
        deep = _too_deep(dataset)
    except TooMuch:
        return Rejected(path, "TOO_LARGE", "Its header holds more than one of an image can.")
    except PARSER_ERRORS as error:
        if isinstance(error, ReviewError):
            raise
        return Rejected(path, "BROKEN_HEADER", f"Its header cannot be parsed ({type(error).__name__}).")
    if deep:
        return Rejected(path, "BROKEN_HEADER", f"Its sequences are nested more than {DEPTH_LIMIT} deep.")
    return Header(path, dataset, at, stream.size_bytes)


def _too_deep(dataset: Dataset) -> bool:
    """Whether sequences lie within sequences beyond the limit; those not parsed yet have no depth."""
    level = [dataset]
    for _ in range(DEPTH_LIMIT):
        elements = (e for one in level for e in one.values() if isinstance(e, DataElement) and e.VR == "SQ")
        level = [item for element in elements for item in element.value]
        if not level:
            return False
    return True


def _is_pixel_data(head: bytes, dataset: FileDataset) -> bool:
    """Whether an element begins as (7fe0,0010), in explicit VR also with a VR that pixels can have.

    With a damaged VR pydicom falls back to implicit VR, and every pixel would be shifted.
    """
    tag = head[:4] in (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")
    return tag and (bool(dataset.original_encoding[0]) or head[4:] in (b"OW\0\0", b"OB\0\0", b"UN\0\0"))


def _looks_like_dicom(head: bytes) -> bool:
    """The "DICM" mark, or a data set that begins at once with a short group 0002 or 0008 element.

    Files without preamble are common in old archives; of those only a first element below 1 kB is
    believed, so that a photo or a text is never parsed as DICOM.
    """
    if head[128:132] == b"DICM":
        return True
    if len(head) < 132 or head[:2] not in (b"\x02\x00", b"\x08\x00") or head[3] != 0:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    length = int.from_bytes(head[6:8] if explicit else head[4:8], "little")
    return length < 1024


def _inflated(path: Path, opened: BinaryIO, size_bytes: int, limit_bytes: int) -> Stream | Rejected:
    """The file itself, or where its transfer syntax is deflated the inflated file, as far as the limit."""
    head = opened.read(META_BYTES)
    opened.seek(0)
    if str(DeflatedExplicitVRLittleEndian).encode() not in head:
        return Stream(opened, size_bytes, limit_bytes)
    end = 144 + int.from_bytes(head[140:144], "little")
    try:
        meta = pydicom.dcmread(Stream(BytesIO(head[:end]), end), force=True).file_meta
        if meta.TransferSyntaxUID != DeflatedExplicitVRLittleEndian:
            return Stream(opened, size_bytes, limit_bytes)
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        out = DicomBytesIO()
        pydicom.filewriter.write_file_meta_info(out, meta)
        opened.seek(end)
        plain = BytesIO(b"\0" * 128 + b"DICM" + out.getvalue())
        plain.seek(0, os.SEEK_END)
        whole = _inflate(opened, plain)
    except PARSER_ERRORS as error:
        if isinstance(error, ReviewError):
            raise
        return Rejected(path, "BROKEN_HEADER", f"It cannot be inflated ({type(error).__name__}).")
    if not whole:
        return Rejected(path, "TOO_LARGE", f"It inflates beyond {INFLATED_LIMIT_BYTES >> 20} MB.")
    inflated_bytes = plain.tell()
    plain.seek(0)
    return Stream(plain, inflated_bytes, limit_bytes)


def _inflate(opened: BinaryIO, plain: BytesIO) -> bool:
    """Append the rest of a file inflated, step by step; False where it grows beyond the limit.

    What follows the end of the stream, such as the byte that makes its length even, is left where it is.
    """
    packer = zlib.decompressobj(-zlib.MAX_WBITS)
    while not packer.eof and (packed := opened.read(_INFLATED_STEP_BYTES)):
        while packed and not packer.eof:
            check()
            plain.write(packer.decompress(packed, _INFLATED_STEP_BYTES))
            packed = packer.unconsumed_tail
            if plain.tell() > INFLATED_LIMIT_BYTES:
                return False
    while rest := packer.decompress(b"", _INFLATED_STEP_BYTES):  # what it holds back after the last byte
        plain.write(rest)
    return plain.tell() <= INFLATED_LIMIT_BYTES

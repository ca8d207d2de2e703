"""Owns the cases of threats: truncated, garbled, lying and hostile files, archives, discs and folders."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pydicom
from pydicom.dataset import Dataset

from tests.hazards.case import RIGHT, Came, Corpus, refused, told, withheld
from tests.hazards.containers import disc_of, zipped
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


# Archives.
def _repacked(files: Files, more: Callable[[zipfile.ZipFile], object]) -> None:
    packed = zipped(files)
    with zipfile.ZipFile(packed, "a") as archive:
        more(archive)


@threats("a zip with members named ../../escaped and /absolute", told("NOT_DICOM"))
def zip_slip(files: Files) -> None:
    def more(archive: zipfile.ZipFile) -> None:
        for name in ("../../escaped", "/tmp/escaped", "..\\..\\escaped", "C:\\escaped", "a/../../../escaped"):
            archive.writestr(name, b"no image " * 50)

    _repacked(files, more)


@threats("a zip with a link to a system file", told("LINK_IGNORED"))
def zip_link(files: Files) -> None:
    link = zipfile.ZipInfo("pet/link.dcm")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    _repacked(files, lambda archive: archive.writestr(link, "/etc/passwd"))


@threats("a zip within the zip", told("ARCHIVE_INSIDE"))
def zip_in_zip(files: Files) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("more.dcm", bytes(1000))
    _repacked(files, lambda archive: archive.writestr("more.zip", inner.getvalue()))


@threats("a zip with 1 GB of zeros in 1 MB", refused("ARCHIVE_TOO_LARGE"))
def zip_bomb(files: Files) -> None:
    """Sixteen MB of zeros, deflated once and repeated behind full flushes."""
    files.pet, files.ct = [], []
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(bytes(16 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    files.opens = [files.folder / "bomb.zip"]
    with zipfile.ZipFile(files.opens[0], "w") as archive:
        archive.writestr("bomb.dcm", once * 64 + packer.flush())
    data = bytearray(files.opens[0].read_bytes())
    central = data.rindex(b"PK\x01\x02")
    for method, size in ((8, 22), (central + 10, central + 24)):
        struct.pack_into("<H", data, method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", data, size, 1 << 30)
    files.opens[0].write_bytes(data)


@threats("a zip protected by a password", refused("ARCHIVE_ENCRYPTED"))
def zip_encrypted(files: Files) -> None:
    packed = zipped(files)
    data = bytearray(packed.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    packed.write_bytes(data)


@threats("a zip cut off in the middle", refused("ARCHIVE_BROKEN"))
def zip_cut(files: Files) -> None:
    packed = zipped(files)
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])


@threats("a zip whose members are damaged", refused("ARCHIVE_BROKEN"))
def zip_damaged(files: Files) -> None:
    packed = zipped(files)
    data = bytearray(packed.read_bytes())
    data[5000:9000] = random.Random(3).randbytes(4000)
    packed.write_bytes(data)


@threats("a file called study.zip that is none", refused("ARCHIVE_BROKEN"))
def zip_none(files: Files) -> None:
    path = files.folder / "study.zip"
    path.write_bytes(b"this is no archive " * 50)
    files.opens = [path]


# Discs.
def _index(files: Files, change: Callable[[Dataset], object]) -> None:
    root = disc_of(files)
    index = pydicom.dcmread(root / "DICOMDIR")
    change(index)
    index.save_as(root / "DICOMDIR")


def _leaf(index: Dataset, k: int = 0) -> Dataset:
    found: Dataset = [r for r in index.DirectoryRecordSequence if "ReferencedFileID" in r][k]
    return found


@threats("a DICOMDIR that names a file outside its folder", told("OUTSIDE_ROOT"))
def disc_outside(files: Files) -> None:
    def change(index: Dataset) -> None:
        _leaf(index, -1).ReferencedFileID = ["..", "..", "etc", "passwd"]

    _index(files, change)


@threats("a DICOMDIR that names a file that is not there, outside the regions", told("FILE_MISSING"))
def disc_missing(files: Files) -> None:
    def change(index: Dataset) -> None:
        _leaf(index, -1).ReferencedFileID = ["GONE", "GONE0001"]

    _index(files, change)


@threats("a DICOMDIR whose records point to each other in a circle", RIGHT)
def disc_circle(files: Files) -> None:
    def change(index: Dataset) -> None:
        for record in index.DirectoryRecordSequence:
            record.OffsetOfReferencedLowerLevelDirectoryEntity = 400
            record.OffsetOfTheNextDirectoryRecord = 400

    _index(files, change)


@threats("a DICOMDIR without records", refused("NO_PET, DICOMDIR"))
def disc_empty(files: Files) -> None:
    _index(files, lambda index: setattr(index, "DirectoryRecordSequence", []))


@threats("a DICOMDIR that is a text", refused("NO_PET, NOT_DICOM"))
def disc_text(files: Files) -> None:
    (files.folder / "DICOMDIR").write_text("no index\n" * 30, "utf-8")
    files.opens = [files.folder / "DICOMDIR"]


# Folders.
@threats("a link from the folder to the folder above it", RIGHT)
def link_loop(files: Files) -> None:
    files.write()
    (files.folder / "pet" / "loop").symlink_to(files.folder, target_is_directory=True)


@threats("a link to itself", told("NOT_A_FILE"))
def link_to_itself(files: Files) -> None:
    (files.folder / "self").symlink_to(files.folder / "self")


@threats("a link to a file that is gone", told("NOT_A_FILE"))
def link_dangling(files: Files) -> None:
    (files.folder / "gone").symlink_to(files.folder / "nowhere")


@threats("a pipe among the files", told("NOT_A_FILE"))
def pipe(files: Files) -> None:
    os.mkfifo(files.folder / "pipe")


@threats("a PET file vanishes between its header and its pixels", refused("FILE_CHANGED"))
def vanishing(files: Files) -> None:
    files.meanwhile = files.written[-1].unlink if files.write() else None


# Hostile words in good files.
@threats("formulas, markup, new lines and paths in every text of the header", RIGHT)
def hostile_texts(files: Files) -> None:
    for one in [*files.pet, *files.ct]:
        one.PatientName = '=HYPERLINK("x")^<b>bold</b>'
        one.SeriesDescription = "<img src=x onerror=alert(1)>../../\n@SUM(A1)"
        one.Manufacturer, one.StudyDescription = "'; DROP TABLE scans; --", "%s%n{0}" * 20


@threats("a description of 60,000 characters", RIGHT)
def description_long(files: Files) -> None:
    for one in files.pet:
        one.add_new("SeriesDescription", "LO", "PET AC " + "x" * 60_000)


@threats("UIDs that look like paths", RIGHT)
def uids_like_paths(files: Files) -> None:
    for k, one in enumerate(files.pet):
        one.add_new("SOPInstanceUID", "UI", f"../../{k}")
        one.add_new("SeriesInstanceUID", "UI", "/etc/passwd")

"""Owns the cases of threats around files: archives, discs, folders, and hostile words in good files."""

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

from tests.hazards.case import RIGHT, Corpus, refused, told
from tests.hazards.containers import disc_of, zipped
from tests.hazards.phantom import Files

hostile = Corpus("Threats")


# Archives.
def _repacked(files: Files, more: Callable[[zipfile.ZipFile], object]) -> None:
    packed = zipped(files)
    with zipfile.ZipFile(packed, "a") as archive:
        more(archive)


@hostile("a zip with members named ../../escaped and /absolute", told("NOT_DICOM"))
def zip_slip(files: Files) -> None:
    def more(archive: zipfile.ZipFile) -> None:
        for name in ("../../escaped", "/tmp/escaped", "..\\..\\escaped", "C:\\escaped", "a/../../../escaped"):
            archive.writestr(name, b"no image " * 50)

    _repacked(files, more)


@hostile("a zip with a link to a system file", told("LINK_IGNORED"))
def zip_link(files: Files) -> None:
    link = zipfile.ZipInfo("pet/link.dcm")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    _repacked(files, lambda archive: archive.writestr(link, "/etc/passwd"))


@hostile("a zip within the zip", told("ARCHIVE_INSIDE"))
def zip_in_zip(files: Files) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("more.dcm", bytes(1000))
    _repacked(files, lambda archive: archive.writestr("more.zip", inner.getvalue()))


@hostile("a zip with 1 GB of zeros in 1 MB", refused("ARCHIVE_TOO_LARGE"))
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


@hostile("a zip protected by a password", refused("ARCHIVE_ENCRYPTED"))
def zip_encrypted(files: Files) -> None:
    packed = zipped(files)
    data = bytearray(packed.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    packed.write_bytes(data)


@hostile("a zip cut off in the middle", refused("ARCHIVE_BROKEN"))
def zip_cut(files: Files) -> None:
    packed = zipped(files)
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])


@hostile("a zip whose members are damaged", refused("ARCHIVE_BROKEN"))
def zip_damaged(files: Files) -> None:
    packed = zipped(files)
    data = bytearray(packed.read_bytes())
    data[5000:9000] = random.Random(3).randbytes(4000)
    packed.write_bytes(data)


@hostile("a file called study.zip that is none", refused("ARCHIVE_BROKEN"))
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


@hostile("a DICOMDIR that names a file outside its folder", told("OUTSIDE_ROOT"))
def disc_outside(files: Files) -> None:
    def change(index: Dataset) -> None:
        _leaf(index, -1).ReferencedFileID = ["..", "..", "etc", "passwd"]

    _index(files, change)


@hostile("a DICOMDIR that names a file that is not there, outside the regions", told("FILE_MISSING"))
def disc_missing(files: Files) -> None:
    def change(index: Dataset) -> None:
        _leaf(index, -1).ReferencedFileID = ["GONE", "GONE0001"]

    _index(files, change)


@hostile("a DICOMDIR whose records point to each other in a circle", RIGHT)
def disc_circle(files: Files) -> None:
    def change(index: Dataset) -> None:
        for record in index.DirectoryRecordSequence:
            record.OffsetOfReferencedLowerLevelDirectoryEntity = 400
            record.OffsetOfTheNextDirectoryRecord = 400

    _index(files, change)


@hostile("a DICOMDIR without records", refused("NO_PET, DICOMDIR"))
def disc_empty(files: Files) -> None:
    _index(files, lambda index: setattr(index, "DirectoryRecordSequence", []))


@hostile("a DICOMDIR that is a text", refused("NO_PET, NOT_DICOM"))
def disc_text(files: Files) -> None:
    (files.folder / "DICOMDIR").write_text("no index\n" * 30, "utf-8")
    files.opens = [files.folder / "DICOMDIR"]


# Folders.
@hostile("a link from the folder to the folder above it", RIGHT)
def link_loop(files: Files) -> None:
    files.write()
    (files.folder / "pet" / "loop").symlink_to(files.folder, target_is_directory=True)


@hostile("a link to itself", told("NOT_A_FILE"))
def link_to_itself(files: Files) -> None:
    (files.folder / "self").symlink_to(files.folder / "self")


@hostile("a link to a file that is gone", told("NOT_A_FILE"))
def link_dangling(files: Files) -> None:
    (files.folder / "gone").symlink_to(files.folder / "nowhere")


@hostile("a pipe among the files", told("NOT_A_FILE"))
def pipe(files: Files) -> None:
    os.mkfifo(files.folder / "pipe")


@hostile("a PET file vanishes between its header and its pixels", refused("FILE_CHANGED"))
def vanishing(files: Files) -> None:
    files.meanwhile = files.written[-1].unlink if files.write() else None


# Hostile words in good files.
@hostile("formulas, markup, new lines and paths in every text of the header", RIGHT)
def hostile_texts(files: Files) -> None:
    for one in [*files.pet, *files.ct]:
        one.PatientName = '=HYPERLINK("x")^<b>bold</b>'
        one.SeriesDescription = "<img src=x onerror=alert(1)>../../\n@SUM(A1)"
        one.Manufacturer, one.StudyDescription = "'; DROP TABLE scans; --", "%s%n{0}" * 20


@hostile("a description of 60,000 characters", RIGHT)
def description_long(files: Files) -> None:
    for one in files.pet:
        one.add_new("SeriesDescription", "LO", "PET AC " + "x" * 60_000)


@hostile("UIDs that look like paths", RIGHT)
def uids_like_paths(files: Files) -> None:
    for k, one in enumerate(files.pet):
        one.add_new("SOPInstanceUID", "UI", f"../../{k}")
        one.add_new("SeriesInstanceUID", "UI", "/etc/passwd")

"""Owns the cases of encodings: transfer syntaxes, meta information, character sets, multi-frame objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    EnhancedPETImageStorage,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    LegacyConvertedEnhancedPETImageStorage,
    MRImageStorage,
    RLELossless,
)

from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from tests.dicom.enhanced import TRACER, changed, isotope
from tests.dicom.packed import LOSSLESS, pack
from tests.hazards.case import RIGHT, Corpus, refused
from tests.hazards.phantom import SHAPE, Files, write
from tests.oracle.scanner import ROOT

encodings = Corpus("Environment and containers")
add = encodings.add


def _as(files: Files, syntax: UID) -> None:
    files.pet, files.ct = ([_anew(one, syntax) for one in made] for made in (files.pet, files.ct))


def _anew(one: Dataset, syntax: UID) -> Dataset:
    """A data set that knows nothing of the encoding it was read from."""
    new = Dataset()
    for element in one:
        new.add(element)
    new.file_meta = one.file_meta
    new.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        new.PixelData = np.frombuffer(one.PixelData, "<i2").astype(">i2").tobytes()
    return new


def _compressed(files: Files, syntax: UID) -> None:
    if syntax == JPEG2000Lossless:
        files.make(shape=(SHAPE[0], 32, 32))  # its encoder wants room for six resolutions
    for one in files.both:
        _packed(one, syntax)


def _packed(one: Dataset, syntax: UID) -> None:
    assert isinstance(one, FileDataset)
    if syntax == RLELossless:
        one.compress(syntax, encoding_plugin="pydicom", generate_instance_uid=False)
    else:
        pack(one, syntax, LOSSLESS[syntax])


for name, what, syntax in (
    ("implicit", "Implicit VR Little Endian", ImplicitVRLittleEndian),
    ("big_endian", "Explicit VR Big Endian", ExplicitVRBigEndian),
    ("deflated", "Deflated", DeflatedExplicitVRLittleEndian),
):
    add(name, what, RIGHT, partial(_as, syntax=syntax), valid=True)
for name, what, syntax in (
    ("rle", "RLE Lossless", RLELossless),
    ("jpeg_lossless", "JPEG Lossless", JPEGLosslessSV1),
    ("jpeg_ls", "JPEG-LS Lossless", JPEGLSLossless),
    ("jpeg_2000", "JPEG 2000 Lossless", JPEG2000Lossless),
):
    add(name, what, RIGHT, partial(_compressed, syntax=syntax), valid=True)


@encodings("half of the PET slices Implicit VR, half JPEG-LS", RIGHT, valid=True)
def syntaxes_mixed(files: Files) -> None:
    for k, one in enumerate(files.pet):
        if k % 2:
            _packed(one, JPEGLSLossless)
        else:
            one.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian


@encodings("a video's transfer syntax on every PET slice", refused("TRANSFER_SYNTAX"))
def syntax_of_video(files: Files) -> None:
    for path in files.write():
        path.write_bytes(
            _patched(path.read_bytes(), b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.4.102", False)
        )


@encodings("run-length coded PET slices that declare 65535 rows and columns", refused("TOO_LARGE"))
def sizes_declared(files: Files) -> None:
    for one in files.pet:
        _packed(one, RLELossless)
        one.Rows = one.Columns = 65535


@encodings("a transfer syntax that does not exist", refused("TRANSFER_SYNTAX"))
def syntax_made_up(files: Files) -> None:
    for path in files.write():
        path.write_bytes(_patched(path.read_bytes(), b"1.2.840.10008.1.2.1\0", b"1.2.3.4.5.6.7.8.9.10"))


def _patched(data: bytes, old: bytes, new: bytes, same: bool = True) -> bytes:
    """Bytes of a value replaced; where it grows, padded to even and with its length (explicit UI) set."""
    if same:
        return data.replace(old, new.ljust(len(old), b"\0"), 1)
    new += b"\0" * (len(new) % 2)
    at = data.index(old)
    grown = len(new) - len(old)
    head = bytearray(data[: at - 2])
    group = int.from_bytes(head[140:144], "little") + grown
    head[140:144] = group.to_bytes(4, "little")
    return bytes(head) + len(new).to_bytes(2, "little") + new + data[at + len(old) :]


@encodings("no preamble: files begin with the meta information", RIGHT, valid=True)
def no_preamble(files: Files) -> None:
    for path in [*files.write(), *(files.folder / "ct").iterdir()]:
        path.write_bytes(path.read_bytes()[132:])


@encodings("neither preamble nor meta information, as old archives have it", RIGHT, valid=True)
def no_meta(files: Files) -> None:
    _as(files, ImplicitVRLittleEndian)
    for path in [*files.write(), *(files.folder / "ct").iterdir()]:
        data = path.read_bytes()
        path.write_bytes(data[144 + int.from_bytes(data[140:144], "little") :])


@encodings("a private block of 100 kB and private sequences in every file", RIGHT, valid=True)
def private_elements(files: Files) -> None:
    for one in files.both:
        block = one.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
        block.add_new(0x10, "OB", bytes(100_000))
        block.add_new(0x20, "SQ", [Dataset()])


@encodings("an icon and an overlay beside the pixels", RIGHT, valid=True)
def icon_and_overlay(files: Files) -> None:
    for one in files.both:
        icon = Dataset()
        icon.Rows = icon.Columns = 4
        icon.SamplesPerPixel, icon.PhotometricInterpretation = 1, "MONOCHROME2"
        icon.BitsAllocated = icon.BitsStored = 8
        icon.HighBit, icon.PixelRepresentation, icon.PixelData = 7, 0, bytes(16)
        icon["PixelData"].VR = "OB"
        one.IconImageSequence = [icon]
        one.add_new(0x60000010, "US", 12)
        one.add_new(0x60003000, "OW", bytes(24))


for name, what, charset, person in (
    ("latin_2", "patient's name in ISO 8859-2", "ISO_IR 101", "Łukasz^Żak"),
    ("cyrillic", "patient's name in ISO 8859-5", "ISO_IR 144", "Люкceмбypг^Анна"),
    (
        "japanese",
        "patient's name in ISO 2022 IR 87",
        ["", "ISO 2022 IR 87"],
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    ("utf_8", "patient's name in UTF-8", "ISO_IR 192", "Wang^XiaoDong=王^小东"),
):

    def _named(files: Files, charset: object = charset, person: str = person) -> None:
        for one in files.both:
            one.SpecificCharacterSet, one.PatientName = charset, person

    add(f"name_{name}", what, RIGHT, _named, valid=True)


@encodings("a character set that does not exist, and a name that fits none", RIGHT)
def charset_made_up(files: Files) -> None:
    for one in files.both:
        one.SpecificCharacterSet = "ISO_IR 999"
        one.add_new("PatientName", "PN", b"\xff\xfe^\x80")


# Multi-frame objects, other partners.
def enhanced(files: Files, kind: UID = EnhancedPETImageStorage) -> None:
    """The PET as one Enhanced PET object."""
    scan, voxels = files.scan, np.empty(SHAPE, np.float32)
    for k, one in enumerate(files.pet):
        words = np.frombuffer(one.PixelData, "<i2").reshape(SHAPE[1:])
        voxels[k] = words * float(one.RescaleSlope)
    grid = Grid(SHAPE, tuple(float(v) for v in scan.affine[:3].ravel()), f"{ROOT}.3")
    tracer = isotope(
        RadiopharmaceuticalStartDateTime=f"{scan.injected:%Y%m%d%H%M%S.%f}",
        RadiopharmaceuticalStopDateTime=None,
        RadionuclideTotalDose=scan.dose_bq / 1e6,
        RadionuclideHalfLife=scan.half_life_s,
        RadiopharmaceuticalCodeSequence=[TRACER],
    )
    began = f"{scan.started:%Y%m%d%H%M%S}"
    header = changed(
        PatientID="M1", PatientName="Made^Up", PatientBirthDate="19600229", PatientWeight=scan.weight_kg,
        PatientSize=scan.height_m, StudyInstanceUID=f"{ROOT}.1", SeriesInstanceUID=f"{ROOT}.2",
        SOPInstanceUID=f"{ROOT}.2.99", StudyDate="20260310", SeriesDate="20260310", SeriesTime="101405",
        AcquisitionDateTime=began, DecayCorrectionDateTime=began,
        ContentDate="20260310", RadiopharmaceuticalInformationSequence=tracer,
    )  # fmt: skip
    frames = [
        {"FrameAcquisitionNumber": 1, "FrameAcquisitionDateTime": f"{scan.began(k):%Y%m%d%H%M%S.%f}",
         "FrameReferenceDateTime": f"{scan.started:%Y%m%d%H%M%S.%f}", "FrameAcquisitionDuration": 300000.0}
        for k in range(SHAPE[0])
    ]  # fmt: skip
    volume = Volume(grid, voxels, Unit.BQML, f"{ROOT}.2")
    slopes = [float(one.RescaleSlope) for one in files.pet]
    path = write_enhanced(files.folder / "pet", volume, header, frames, slopes)
    files.pet, files.written = [], [path, *write(files.ct, files.folder / "ct")]

    def change(one: Dataset) -> None:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = kind

    rewritten(files, change)


def rewritten(files: Files, change: Callable[[Dataset], object]) -> None:
    """The multi-frame object with something done to it."""
    one = pydicom.dcmread(files.written[0])
    change(one)
    one.save_as(files.written[0])


@encodings("Enhanced PET in one object", RIGHT, valid=True)
def enhanced_pet(files: Files) -> None:
    enhanced(files)


@encodings("PET slices converted to one Legacy Converted Enhanced PET object", RIGHT, valid=True)
def legacy_converted_pet(files: Files) -> None:
    enhanced(files, LegacyConvertedEnhancedPETImageStorage)


@encodings("an MR in place of the CT", RIGHT, valid=True)
def mr_partner(files: Files) -> None:
    for one in files.ct:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = MRImageStorage
        one.Modality, one.SeriesDescription = "MR", "T2 TSE"


@encodings("an MR beside the CT: the CT is shown", RIGHT, valid=True)
def mr_beside(files: Files) -> None:
    files.others = files.series(files.scan)
    for one in files.others:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = MRImageStorage
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.SOPInstanceUID}.4")
        one.Modality, one.SeriesInstanceUID = "MR", f"{ROOT}.7"

"""Compressed pixels are the pixels that were compressed, whatever sign and depth their codestream states."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pydicom
import pytest
from openjpeg.utils import encode_array
from pydicom.dataset import FileDataset
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pixel.codestream import described
from atsmviewer.dicom.pixel.compressed import lossy
from atsmviewer.dicom.pixel.pixels import read_slice
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Volume
from atsmviewer.quant.suv import suv_scale
from tests.dicom.enhanced import found_in, written
from tests.dicom.packed import LOSSLESS, jpeg_2000, jpeg_lossless, jpeg_ls, pack, put
from tests.dicom.synthetic import ct, pet, save

RNG = np.random.default_rng(3)
WHOLE_RANGE = np.linspace(-(2**15), 2**15 - 1, 4 * 37 * 35).astype(np.int16).reshape(4, 37, 35)


def _loaded(folder: Path, slices: list[FileDataset]) -> Volume:
    save(slices, folder)
    (found,) = scan(folder).found
    return load(found)


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("kind", [np.int16, np.uint16])
def test_lossless_pixels_are_the_same_bits(tmp_path: Path, syntax: UID, kind: type[np.integer]) -> None:
    slopes = [1.0, 0.5, 2.0, 0.25]
    stored = WHOLE_RANGE.view(kind)
    packed = [pack(one, syntax, LOSSLESS[syntax]) for one in pet(stored=stored, slopes=slopes)]
    expected = stored * np.array(slopes)[:, None, None]
    assert np.array_equal(_loaded(tmp_path, packed).voxels, expected.astype(np.float32))


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.name)
def test_a_compressed_ct_is_whole_hu(tmp_path: Path, syntax: UID) -> None:
    stored = np.arange(3 * 36 * 34, dtype=np.int16).reshape(3, 36, 34)
    volume = _loaded(tmp_path, [pack(one, syntax, LOSSLESS[syntax]) for one in ct(stored=stored)])
    assert volume.voxels.dtype == np.int16
    assert np.array_equal(volume.voxels, stored - 1024)


def test_frames_of_one_file_in_fragments_without_offsets(tmp_path: Path) -> None:
    """Two fragments a frame: without any offset table only their end markers tell the frames apart."""
    straight = load(found_in(written(tmp_path / "a").parent))
    one = pydicom.dcmread(written(tmp_path / "b"))
    kind = np.int16 if one.PixelRepresentation else np.uint16
    stored = np.frombuffer(one.PixelData, kind).reshape(-1, one.Rows, one.Columns)
    put(one, JPEGLosslessSV1, [jpeg_lossless(frame) for frame in stored], fragments=2)
    one.save_as(tmp_path / "b" / "pet")
    assert np.array_equal(load(found_in(tmp_path / "b")).voxels, straight.voxels)


def test_different_frames_at_one_place_are_no_copies(tmp_path: Path) -> None:
    """Both lie in the same pixel data element; their own codestreams tell them apart."""

    def one_place(one: FileDataset) -> None:
        groups = one.PerFrameFunctionalGroupsSequence
        groups[1] = deepcopy(groups[0])

    path = written(tmp_path, one_place)
    pack(pydicom.dcmread(path), JPEGLosslessSV1, jpeg_lossless).save_as(path)
    assert {r.code for r in scan(tmp_path).rejected} == {"DUPLICATE_DIFFERS"}


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("stated_signed", [False, True])
def test_the_sign_is_the_headers_whatever_jpeg_2000_states(
    tmp_path: Path, signed: bool, stated_signed: bool
) -> None:
    """13 bits, as of a CT with padding of -2000: the same 13 bits stand in the codestream either way."""
    low = -(2**12) if signed else 0
    numbers = np.resize([low, low + 1, low + 2095, low + 4096, low + 5000, low + 2**13 - 1], (33, 32))
    bits = numbers.astype(np.int16) & np.int16(2**13 - 1)
    coded = (bits ^ np.int16(2**12)) - np.int16(2**12) if stated_signed else bits.astype(np.uint16)
    kind = np.int16 if signed else np.uint16
    slices = pet(stored=np.broadcast_to(numbers.astype(kind), (3, 33, 32)), slopes=[1.0] * 3)
    for one in slices:
        one.BitsStored, one.HighBit = 13, 12
        put(one, JPEG2000Lossless, [jpeg_2000(coded, 13)])
    stream = described(jpeg_2000(coded, 13))
    assert stream is not None
    assert (stream.signed, stream.precision) == (stated_signed, 13)
    assert np.array_equal(_loaded(tmp_path, slices).voxels[1], numbers)


@pytest.mark.parametrize(("numbers", "right"), [([0, 5, 2047], True), ([0, 5, 2048], False)])
def test_fewer_bits_than_the_header_says_only_where_no_sign_is_in_doubt(
    tmp_path: Path, numbers: list[int], right: bool
) -> None:
    """12 bits in the codestream, 16 signed in the header: 2048 might be -2048."""
    stored = np.broadcast_to(np.resize(numbers, (24, 20)).astype(np.int16), (3, 24, 20))
    codestream = jpeg_ls(stored[0], 12)
    slices = [put(one, JPEGLSLossless, [codestream]) for one in pet(stored=stored, slopes=[1.0] * 3)]
    if right:
        assert np.array_equal(_loaded(tmp_path, slices).voxels, stored)
        return
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        _loaded(tmp_path, slices)


@pytest.mark.parametrize(("top", "right"), [(2047, True), (-2048, True), (2048, False), (-2049, False)])
def test_more_bits_than_the_header_says_only_where_they_say_the_same(
    tmp_path: Path, top: int, right: bool
) -> None:
    """16 bits in the codestream, 12 signed in the header."""
    stored = np.broadcast_to(np.array([[0, -1, top]], np.int16), (3, 1, 3))
    slices = [pack(one, JPEGLosslessSV1, jpeg_lossless) for one in pet(stored=stored, slopes=[1.0] * 3)]
    for one in slices:
        one.BitsStored, one.HighBit = 12, 11
    if right:
        assert np.array_equal(_loaded(tmp_path, slices).voxels, stored)
        return
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        _loaded(tmp_path, slices)


Cut = Callable[[bytes], bytes]
Values = str | list[str] | None


def _doubled_width(codestream: bytes) -> bytes:
    return jpeg_ls(np.zeros((64, 128), np.int16))


def _garbage(codestream: bytes) -> bytes:
    return bytes(RNG.integers(0, 256, len(codestream), np.uint8))


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (_doubled_width, "PIXELS_BROKEN"),
        (_garbage, "PIXELS_BROKEN"),
        (lambda whole: bytes(2), "PIXELS_BROKEN"),
        (lambda whole: whole[:30], "PIXELS_BROKEN"),
        (lambda whole: whole[:-2], "PIXELS_BROKEN"),
        (lambda whole: whole[: len(whole) // 2] + b"\xff\xd9", "CODEC_FAILED"),
    ],
)
@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless], ids=lambda syntax: syntax.name)
def test_a_damaged_slice_is_refused(tmp_path: Path, syntax: UID, harm: Cut, code: str) -> None:
    """A decoder would paint what is missing grey."""
    slices = pet(stored=np.zeros((3, 64, 64), np.int16))
    whole = LOSSLESS[syntax](RNG.integers(0, 2000, (64, 64)).astype(np.int16))
    for one in slices:
        put(one, syntax, [harm(whole) if one is slices[1] else whole])
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    with pytest.raises(ReviewError, match=code):
        load(found)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_jpeg_2000_slice_is_refused(tmp_path: Path, keep: float) -> None:
    whole = jpeg_2000(RNG.integers(0, 2000, (64, 64)).astype(np.int16))
    stored = np.zeros((3, 64, 64), np.int16)
    slices = [put(one, JPEG2000Lossless, [whole[: int(keep * len(whole))]]) for one in pet(stored=stored)]
    with pytest.raises(ReviewError, match=r"CODEC_FAILED|PIXELS_BROKEN"):
        _loaded(tmp_path, slices)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        # Published by pydicom's own tests of these files: stored numbers at two places.
        ("JPGExtended.dcm", {(420, 140): 244, (230, 120): 95}),
        ("JPEG-lossy.dcm", {(420, 140): 244, (230, 120): 95}),
        ("J2K_pixelrep_mismatch.dcm", {(0, 0): -2000}),
    ],
)
def test_odd_files_by_others(name: str, numbers: dict[tuple[int, int], int]) -> None:
    path = Path(pydicom.__file__).parent / "data" / "test_files" / name
    one = pydicom.dcmread(path)
    read = read_slice(path, one.SOPInstanceUID, (one.Rows, one.Columns))
    assert {place: int(read.numbers[place]) for place in numbers} == numbers


@pytest.mark.parametrize("name", ["MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm"])
def test_files_by_others_are_their_uncompressed_ones(name: str) -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    one = pydicom.dcmread(folder / "MR_small.dcm")
    read = read_slice(folder / name, pydicom.dcmread(folder / name).SOPInstanceUID, (one.Rows, one.Columns))
    assert np.array_equal(read.numbers, one.pixel_array)


@pytest.mark.parametrize(
    ("syntax", "said", "method", "ratio", "expected"),
    [
        (ExplicitVRLittleEndian, None, None, None, ""),
        (ExplicitVRLittleEndian, "00", None, None, ""),
        (ExplicitVRLittleEndian, "01", "ISO_15444_1", "10.0", "JPEG 2000, 10 : 1"),
        (ExplicitVRLittleEndian, "01", None, None, "method not stated"),
        (
            ExplicitVRLittleEndian,
            "01",
            ["ISO_10918_1", "OWN"],
            ["8", "2"],
            "JPEG and OWN, 8 : 1, 2 : 1",
        ),
        (JPEG2000, None, None, None, "JPEG 2000"),
        (JPEG2000, "00", None, None, ""),
        (JPEG2000Lossless, "01", None, "7.5", "method not stated, 7.5 : 1"),
        (JPEGLSNearLossless, None, None, None, "JPEG-LS"),
        (JPEGBaseline8Bit, "00", None, None, "JPEG"),
    ],
)
def test_a_loss_is_said(syntax: UID, said: str | None, method: Values, ratio: Values, expected: str) -> None:
    one = pet()[0]
    for keyword, value in (("", said), ("Method", method), ("Ratio", ratio)):
        if value is not None:
            setattr(one, f"LossyImageCompression{keyword}", value)
    assert lossy(one, syntax) == expected


def test_a_lossy_pet_is_measured_with_a_doubt_and_a_lossy_ct_is_noted(tmp_path: Path) -> None:
    slices = pet()
    slices[2].LossyImageCompression = "01"  # one is enough
    save(slices, tmp_path / "pet")
    others = ct()
    for one in others:
        one.LossyImageCompression, one.LossyImageCompressionMethod = "01", "ISO_10918_1"
    save(others, tmp_path / "ct")
    found = {one.series.modality: one for one in scan(tmp_path).found}
    assert found["PT"].series.lossy == "method not stated"
    assert found["CT"].series.lossy == "JPEG"
    assert any("JPEG" in note for note in found["CT"].notes)
    facts = found["PT"].facts
    assert facts is not None
    assert "LOSSY_PIXELS" in {flag.code for flag in suv_scale(facts).flags}
    save(pet(), tmp_path / "other")
    (plain,) = scan(tmp_path / "other").found
    assert plain.facts is not None
    assert plain.series.lossy == ""
    assert "LOSSY_PIXELS" not in {flag.code for flag in suv_scale(plain.facts).flags}


def test_colour_and_dimensions_in_a_codestream() -> None:
    grey = described(jpeg_2000(np.zeros((35, 39), np.uint8)))
    assert grey is not None
    assert (grey.rows, grey.columns, grey.components, grey.precision) == (35, 39, 1, 1)
    boxed = b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40) + jpeg_2000(np.zeros((35, 39), np.uint8))
    assert described(boxed) == grey
    colour = described(bytes(encode_array(np.zeros((35, 39, 3), np.uint8), photometric_interpretation=1)))
    assert colour is not None
    assert colour.components == 3
    for nothing in (b"", b"\xff\xd8", b"\xff\xd8\xff", bytes(64), b"\xff\x4f\xff\x51" + bytes(9)):
        assert described(nothing) is None

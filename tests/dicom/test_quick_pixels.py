"""The fast way to pixels gives the parser's, bit for bit, or leaves the file to it; both are the formula."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import UID

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.boundary import quiet
from atsmviewer.dicom.header.scaling import Scaling
from atsmviewer.dicom.pixel.pixels import Rescaled, read_slice, rescaled
from atsmviewer.dicom.pixel.quick_pixels import QuickSlices
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Voxels
from atsmviewer.workflow.demo import write_demo
from tests.dicom.alike import SYNTAXES, Fault, damage, damaged, varied
from tests.dicom.synthetic import ct, pet, save


def _unlike(found: Found) -> tuple[list[str], int]:
    """The files whose pixels the fast way reads otherwise than the parser, and how many it reads at all."""
    quick, size, wrong, taken = QuickSlices(), found.series.grid.shape[1:], [], 0
    with quiet():
        for path, uid in zip(found.files, found.instance_uids, strict=True):
            taken += quick.read_like(path, uid, size) is not None
            fast = _outcome(partial(quick.read, path, uid, size))
            wrong += [] if fast == _outcome(partial(read_slice, path, uid, size)) else [str(path)]
    return wrong, taken


def _outcome(read: Callable[[], Rescaled]) -> tuple[object, ...]:
    """A slice to its last bit, or its refusal."""
    try:
        one = read()
    except ReviewError as error:
        return error.code, error.what
    padding = None if one.padding is None else one.padding.tobytes()
    scaled = repr((one.slope, one.intercept)), one.values.tobytes()
    return one.numbers.dtype, one.numbers.shape, one.numbers.tobytes(), padding, scaled


KINDS = ["uint8", "int8", "uint16", "int16", "uint32", "int32"]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("padded", [False, True])
def test_pixels_are_read_as_the_parser_reads_them(
    tmp_path: Path, kind: str, syntax: UID, padded: bool
) -> None:
    limits = np.iinfo(kind)
    stored = np.random.default_rng(5).integers(limits.min, limits.max, (6, 4, 3), kind, endpoint=True)
    slices = pet(stored=stored, syntax=syntax, slopes=[0.5, 1.25, 3, -2, 1e-3, 7], intercept=-3.5)
    for one in slices if padded else ():
        one.add_new("PixelPaddingValue", "SS" if limits.min < 0 else "US", int(stored[2, 1, 1]) % 2**7)
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert _unlike(found) == ([], 5)


@pytest.mark.parametrize(("bits", "high"), [(12, 11), (12, 15), (10, 11)])
def test_bits_and_places_of_pixels(tmp_path: Path, bits: int, high: int) -> None:
    words = np.random.default_rng(6).integers(0, 2**16, (5, 4, 3), np.uint16, endpoint=False)
    slices = ct(stored=words)
    for k, one in enumerate(slices):
        one.BitsStored, one.HighBit, one.PixelRepresentation = bits, high, int(k > 2)
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert _unlike(found) == ([], 3)


@settings(max_examples=150, deadline=None)
@given(syntax=st.sampled_from(SYNTAXES), faults=st.lists(damage(), max_size=2))
def test_pixels_of_damaged_files(
    tmp_path_factory: pytest.TempPathFactory, syntax: UID, faults: list[Fault]
) -> None:
    """Files that change after they were found, the first and later ones."""
    folder = tmp_path_factory.mktemp("damage")
    save(varied("CT", syntax)[:4], folder)
    (found,) = scan(folder).found
    for fault in faults:
        damaged(found.files, fault)
    assert _unlike(found)[0] == []


@pytest.mark.parametrize(("spare", "like"), [(2, 4), (16, 4), (18, 0)])
def test_pixel_data_that_are_aligned_beyond_the_last_pixel(tmp_path: Path, spare: int, like: int) -> None:
    """The parser lets 16 bytes pass (placeholder images of Siemens headers have two); more is refused."""
    slices = ct()
    for one in slices:
        one.PixelData += bytes(range(spare))
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert _unlike(found) == ([], like)


def test_a_slice_that_lost_its_last_byte_or_gained_one_is_left_to_the_parser(tmp_path: Path) -> None:
    slices = ct(stored=np.arange(6 * 4 * 3, dtype=np.int16).reshape(6, 4, 3))
    for one in slices:
        one.PixelData += b"\0\0"
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    found.files[3].write_bytes(found.files[3].read_bytes()[:-1])
    found.files[4].write_bytes(found.files[4].read_bytes() + b"\0")
    assert _unlike(found) == ([], 3)


def test_bytes_behind_the_pixels_are_left_to_the_parser(tmp_path: Path) -> None:
    save(ct(), tmp_path)
    (found,) = scan(tmp_path).found
    for path in found.files[3:]:
        path.write_bytes(path.read_bytes() + b"\xfc\xff\xfc\xffOB\0\0\2\0\0\0\0\0")
    assert _unlike(found) == ([], 2)


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("kind", ["uint16", "int16"])
@pytest.mark.parametrize("slope", [1, 2])
def test_words_read_into_their_place_are_filled_as_others_are(
    tmp_path: Path, slope: int, kind: str, padded: bool
) -> None:
    """The words lie where the values will; what does not fit int16 is still there to be filled elsewhere."""
    stored = np.random.default_rng(8).integers(0, 3000, (6, 4, 3)).astype(kind)
    stored[4, 1, 1] = 32767
    slices = ct(stored=stored, slopes=[slope] * 6)
    for header in slices if padded else ():
        header.add_new("PixelPaddingValue", "SS" if kind == "int16" else "US", int(stored[3, 2, 1]))
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    quick, taken = QuickSlices(), 0
    with quiet():
        for path, uid in zip(found.files, found.instance_uids, strict=True):
            out: Voxels = np.zeros((4, 3), np.int16)
            one, other = quick.read(path, uid, (4, 3), out), read_slice(path, uid, (4, 3))
            taken += np.shares_memory(one.numbers, out)
            assert one.fits_int16() == other.fits_int16()
            if not one.fits_int16():
                out = np.zeros((4, 3), np.float32)
            plain = np.zeros_like(out)
            one.fill(out, -7)
            other.fill(plain, -7)
            assert out.tobytes() == plain.tobytes()
    assert taken == 5


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    slope=st.sampled_from([1.0, 2.0, -1.0, -3.0, 300.0, 2.0**40, 0.5, 1.5e-3]),
    intercept=st.sampled_from([0.0, -1024.0, 32767.0, -40000.0, 2.0**40, -0.25]),
    padding=st.one_of(st.none(), st.tuples(st.integers(0, 5), st.integers(5, 9))),
    seed=st.integers(0, 99),
)
def test_slices_are_filled_as_the_formula_says(
    kind: str, slope: float, intercept: float, padding: tuple[int, int] | None, seed: int
) -> None:
    """Value = slope x stored + intercept in float64 (R2), then float32, or int16 where all values fit."""
    limits = np.iinfo(kind)
    wide = seed % 2 == 0
    least, most = (limits.min, limits.max) if wide else (max(limits.min, -100), 120)
    stored = np.random.default_rng(seed).integers(least, most, (5, 4), kind, endpoint=True)
    stored[0, 0] = 0
    one = rescaled(stored, Scaling(slope, intercept), padding, Path("slice"))
    values = stored.astype(np.float64) * slope + intercept
    away = (
        np.zeros(stored.shape, bool) if padding is None else (stored >= padding[0]) & (stored <= padding[1])
    )
    held = values[~away]
    fits = slope.is_integer() and intercept.is_integer()
    fits = fits and bool(((held > -(2**15)) & (held < 2**15)).all())
    assert one.fits_int16() == fits
    out32 = np.empty(stored.shape, np.float32)
    one.fill(out32, np.nan)
    # Byte by byte, since 0.0 equals -0.0.
    assert out32.tobytes() == np.where(away, np.nan, values).astype(np.float32).tobytes()
    if fits:
        out16 = np.empty(stored.shape, np.int16)
        one.fill(out16, -(2**15))
        assert np.array_equal(out16, np.where(away, -(2**15), values).astype(np.int16))


def test_products_beyond_whole_float64_are_still_the_formula() -> None:
    stored = np.full((2, 2), 2**31 - 1, np.uint32)
    slope = 2.0**30 + 1
    rounded = float(2**31 - 1) * slope
    assert int(rounded) != (2**31 - 1) * (2**30 + 1)
    one = rescaled(stored, Scaling(slope, -rounded), None, Path("slice"))
    out = np.empty(stored.shape, np.int16)
    one.fill(out, 0)
    assert one.fits_int16()
    assert not out.any()


@pytest.mark.campaign
def test_the_demonstration_study(tmp_path: Path) -> None:
    write_demo(out=tmp_path)
    for found in scan(tmp_path).found:
        assert _unlike(found) == ([], len(found.files) - 1)


@pytest.mark.reference
def test_the_reference_data(reference_data: Path) -> None:
    told = [_unlike(found) for found in scan(reference_data).found if found.frames[0] is None]
    assert [file for files, _ in told for file in files] == []
    assert sum(taken for _, taken in told) > 500

"""Voxels: every slice by its own slope, signed and odd-width pixels, padding, gaps, budgets and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.uid import (
    MPEG2MPML,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from atsmviewer.dicom import load as loading
from atsmviewer.dicom.header import boundary
from atsmviewer.dicom.header.boundary import quiet
from atsmviewer.dicom.load import CT_PADDING, load
from atsmviewer.dicom.pixel.pixels import read_slice
from atsmviewer.dicom.scan import Found, scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Unit
from tests.dicom.synthetic import ct, pet, save

RNG = np.random.default_rng(7)


def _written(folder: Path, slices: list[FileDataset]) -> Found:
    save(slices, folder)
    (found,) = scan(folder).found
    return found


def _random(kind: str, shape: tuple[int, int, int] = (4, 6, 5)) -> NDArray[Any]:
    limits = np.iinfo(kind)
    return RNG.integers(limits.min, limits.max, shape, kind, endpoint=True)


def test_every_slice_has_its_own_slope_in_float64(tmp_path: Path) -> None:
    """R2: m from U(1e-6, 1e3) per slice; the slope as the header's text says it, within 1e-12 of numpy."""
    stored = _random("int16")
    slopes = [float(f"{m:.10g}") for m in RNG.uniform(1e-6, 1e3, 4)]
    found = _written(tmp_path, pet(stored=stored, slopes=slopes, intercept=-3.5))
    expected = stored * np.array(slopes)[:, None, None] - 3.5
    with quiet():
        exact = np.stack(
            [read_slice(f, u, (6, 5)).values for f, u in zip(found.files, found.instance_uids, strict=True)]
        )
    assert exact.dtype == np.float64
    assert np.allclose(exact, expected, rtol=1e-12, atol=0)
    volume = load(found)
    assert volume.voxels.dtype == np.float32
    assert np.array_equal(volume.voxels, expected.astype(np.float32))
    assert volume.unit is Unit.BQML
    assert volume.grid == found.series.grid
    assert not volume.voxels.flags.writeable


@pytest.mark.parametrize(
    ("syntax", "kind"),
    [(ImplicitVRLittleEndian, k) for k in ("uint8", "int8", "uint16", "int16", "uint32", "int32")]
    + [(ExplicitVRBigEndian, k) for k in ("uint16", "int16", "uint32", "int32")],
)
def test_width_sign_and_byte_order(tmp_path: Path, kind: str, syntax: UID) -> None:
    stored = _random(kind)
    volume = load(_written(tmp_path, pet(stored=stored, syntax=syntax)))
    assert np.array_equal(volume.voxels, stored.astype(np.float32))


@settings(max_examples=20, deadline=None)
@given(bits=st.integers(9, 15), low=st.integers(0, 4), signed=st.booleans())
def test_bits_beyond_those_stored_are_not_pixels(
    tmp_path_factory: pytest.TempPathFactory, bits: int, low: int, signed: bool
) -> None:
    low = min(low, 16 - bits)
    values = RNG.integers(
        -(2 ** (bits - 1)) if signed else 0, 2 ** (bits - 1) if signed else 2**bits, (3, 4, 3)
    )
    noise = RNG.integers(0, 2**16, values.shape)
    mask = (2**bits - 1) << low
    words = (((values << low) & mask) | (noise & ~mask & 0xFFFF)).astype(np.uint16)
    slices = pet(stored=words)
    for one in slices:
        one.BitsStored, one.HighBit, one.PixelRepresentation = bits, low + bits - 1, int(signed)
    volume = load(_written(tmp_path_factory.mktemp("bits"), slices))
    assert np.array_equal(volume.voxels, values.astype(np.float32))


def test_ct_is_int16_in_hu(tmp_path: Path) -> None:
    stored = RNG.integers(0, 4096, (4, 6, 5)).astype(np.uint16)
    volume = load(_written(tmp_path, ct(stored=stored)))
    assert volume.voxels.dtype == np.int16
    assert volume.unit is Unit.HU
    assert np.array_equal(volume.voxels, stored.astype(int) - 1024)


@pytest.mark.parametrize("case", ["fraction", "range"])
def test_ct_that_int16_cannot_hold_is_float32(tmp_path: Path, case: str) -> None:
    stored = RNG.integers(0, 4096, (4, 6, 5)).astype(np.uint16)
    slopes = [1.0, 1.0, 1.0, 0.5 if case == "fraction" else 20.0]
    volume = load(_written(tmp_path, ct(stored=stored, slopes=slopes)))
    assert volume.voxels.dtype == np.float32
    assert np.array_equal(volume.voxels, stored * np.array(slopes)[:, None, None] - 1024)


@pytest.mark.parametrize(("kind", "value"), [("int16", -2000), ("uint16", 63536)])
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, UID("1.2.840.10008.1.2.1")])
def test_padding_is_no_measurement(tmp_path: Path, kind: str, value: int, syntax: UID) -> None:
    stored = RNG.integers(0, 2000, (3, 4, 3)).astype(kind)
    stored[1, 2, 1] = value
    for modality in (ct, pet):
        slices = modality(stored=stored, syntax=syntax)
        for one in slices:
            one.add_new("PixelPaddingValue", "SS" if kind == "int16" else "US", value)
        volume = load(_written(tmp_path / modality.__name__, slices))
        padded = volume.voxels[1, 2, 1]
        assert padded == CT_PADDING if modality is ct else np.isnan(padded)
        assert volume.voxels.dtype == (np.int16 if modality is ct else np.float32)
        expected = stored.astype(float) + (-1024 if modality is ct else 0)
        rest = np.ones(stored.shape, bool)
        rest[1, 2, 1] = False
        assert np.array_equal(volume.voxels[rest], expected[rest])


def test_a_range_of_padding(tmp_path: Path) -> None:
    stored = np.arange(3 * 4 * 3, dtype=np.int16).reshape(3, 4, 3)
    slices = pet(stored=stored)
    for one in slices:
        one.add_new("PixelPaddingValue", "SS", 5)
        one.add_new("PixelPaddingRangeLimit", "SS", 7)
    volume = load(_written(tmp_path, slices))
    assert stored[np.isnan(volume.voxels)].tolist() == [5, 6, 7]


@pytest.mark.parametrize("modality", [pet, ct])
def test_a_missing_slice_is_nan_and_the_others_stay_where_they_are(tmp_path: Path, modality: Any) -> None:
    slices = modality()
    whole = load(_written(tmp_path / "whole", slices))
    volume = load(_written(tmp_path / "gap", [s for k, s in enumerate(slices) if k != 2]))
    assert volume.grid == whole.grid
    assert volume.gaps == (2,)
    assert np.isnan(volume.voxels[2]).all()
    others = [0, 1, 3, 4]
    assert np.array_equal(volume.voxels[others], whole.voxels[others])


@pytest.mark.parametrize(
    ("units", "unit"),
    [("BQML", Unit.BQML), ("GML", Unit.SUV), ("CNTS", Unit.COUNTS), ("CM2ML", Unit.CM2ML)]
    + [(other, Unit.STORED) for other in ("PROPCPS", "NONE", "bqml", "", None)],
)
def test_units(tmp_path: Path, units: str | None, unit: Unit) -> None:
    slices = pet()
    for one in slices:
        one.Units = units
    assert load(_written(tmp_path, slices)).unit is unit


def test_slices_of_different_units_have_none(tmp_path: Path) -> None:
    slices = pet()
    slices[4].Units = "CNTS"
    assert load(_written(tmp_path, slices)).unit is Unit.STORED


def test_rle_and_deflated_are_read(tmp_path: Path) -> None:
    stored = RNG.integers(0, 5, (3, 40, 30)).astype(np.uint16)
    packed = ct(stored=stored)
    for one in packed:
        one.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    deflated = ct(stored=stored)
    for one in deflated:
        one.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    for name, slices in (("rle", packed), ("deflated", deflated)):
        volume = load(_written(tmp_path / name, slices))
        assert np.array_equal(volume.voxels, stored.astype(int) - 1024)


def test_a_deflated_bomb_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "INFLATED_LIMIT_BYTES", 1 << 20)
    (one, *_) = ct()
    one.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    one.PixelData = bytes(4 << 20)
    save([one], tmp_path)
    assert (tmp_path / "slice0").stat().st_size < 10_000
    assert [r.code for r in scan(tmp_path).rejected] == ["TOO_LARGE"]


def test_compression_that_is_not_read_is_refused(tmp_path: Path) -> None:
    slices = ct()
    for one in slices:
        one.file_meta.TransferSyntaxUID = MPEG2MPML
        one.PixelData = (
            b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x04\0\0\0\xff\x4f\xff\x51\xfe\xff\xdd\xe0\0\0\0\0"
        )
        one["PixelData"].VR, one["PixelData"].is_undefined_length = "OB", True
    with pytest.raises(ReviewError, match="TRANSFER_SYNTAX") as refused:
        load(_written(tmp_path, slices))
    assert "MPEG2" in refused.value.what


def test_a_slope_of_zero_over_pixels_is_refused_and_over_none_is_zero(tmp_path: Path) -> None:
    stored = np.ones((3, 4, 3), np.int16)
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        load(_written(tmp_path / "a", pet(stored=stored, slopes=[1.0, 0.0, 1.0])))
    assert load(_written(tmp_path / "b", pet(stored=0 * stored, slopes=[0.0] * 3))).voxels.max() == 0


@pytest.mark.parametrize("slope", [1e300, 1e35, -1e300, 1e-300])
def test_a_slope_that_no_voxel_can_hold_is_refused(tmp_path: Path, slope: float) -> None:
    stored = np.full((3, 4, 3), 20000, np.int16)
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        load(_written(tmp_path, pet(stored=stored, slopes=[1.0, slope, 1.0])))


@pytest.mark.parametrize(
    ("keyword", "value"), [("BitsStored", 17), ("HighBit", 3), ("BitsAllocated", 12), ("HighBit", 16)]
)
def test_impossible_bits_are_refused(tmp_path: Path, keyword: str, value: int) -> None:
    slices = pet()
    for one in slices:
        setattr(one, keyword, value)
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        load(_written(tmp_path, slices))


@pytest.mark.parametrize(("excess", "read"), [(2, True), (16, True), (40, False)])
def test_more_pixels_than_the_header_says_are_refused_but_alignment_passes(
    tmp_path: Path, excess: int, read: bool
) -> None:
    slices = pet()
    for one in slices:
        one.PixelData += bytes(excess)
    found = _written(tmp_path, slices)
    if read:
        assert np.array_equal(load(found).voxels, np.arange(60).reshape(5, 4, 3))
    else:
        with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
            load(found)


def test_a_volume_beyond_the_budget_is_refused_before_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _written(tmp_path, pet())
    monkeypatch.setattr(loading, "MEMORY_BUDGET_BYTES", 5 * 4 * 3 * 4 - 1)
    with pytest.raises(ReviewError, match="TOO_LARGE"):
        load(found)


@pytest.mark.parametrize("how", ["removed", "other", "cut"])
def test_a_file_that_changed_since_the_scan_is_refused(tmp_path: Path, how: str) -> None:
    found = _written(tmp_path, pet())
    if how == "removed":
        found.files[1].unlink()
    elif how == "other":
        found.files[1].write_bytes(found.files[2].read_bytes())
    else:
        found.files[1].write_bytes(found.files[1].read_bytes()[:-5])
    with pytest.raises(ReviewError, match=r"FILE_CHANGED|PIXELS_BROKEN"):
        load(found)


def test_progress_and_cancelling(tmp_path: Path) -> None:
    found = _written(tmp_path, pet())
    seen: list[tuple[int, int]] = []
    load(found, lambda done, total: seen.append((done, total)))
    assert seen[0] == (1, 5)
    assert seen[-1] == (5, 5)
    with pytest.raises(ReviewError, match="CANCELLED"):
        load(found, cancelled=lambda: True)

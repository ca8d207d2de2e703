"""NIfTI files that are none, or no image, or hostile: each is set aside by name, and nothing else escapes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.dicom.disk.gunzip import Gunzip
from atsmviewer.dicom.disk.pace import stoppable
from atsmviewer.dicom.load import load
from atsmviewer.dicom.nifti.file import NiftiFile
from atsmviewer.dicom.nifti.header import read_nifti
from atsmviewer.dicom.nifti.values import look
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.nifti_made import LPS, SHAPE, Way, codes, only, ramp, write_nifti


def patched(path: Path, at: int, raw: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(raw)] = raw
    path.write_bytes(content)
    return path


def i2(*values: int) -> bytes:
    return np.array(values, "<i2").tobytes()


Harm = Callable[[Path], object]
BROKEN: dict[str, tuple[str, Harm]] = {
    "truncated": ("TRUNCATED", lambda p: p.write_bytes(p.read_bytes()[:-9])),
    "pair": ("NIFTI_PAIR", lambda p: patched(p, 344, b"ni1\0")),
    "no place": ("NO_GEOMETRY", lambda p: patched(p, 252, i2(0, 0))),
    "flat affine": ("NO_GEOMETRY", lambda p: patched(p, 280, bytes(16))),
    "a place beyond all": ("NO_GEOMETRY", lambda p: patched(p, 280, np.array([1e30], "<f4").tobytes())),
    "voxels of no size": (
        "NO_GEOMETRY",
        lambda p: patched(p, 312, np.array([0, 0, 1e-9, 0], "<f4").tobytes()),
    ),
    "metres": ("NO_GEOMETRY", lambda p: patched(p, 123, b"\x01")),
    "colour": ("COLOUR", lambda p: patched(p, 70, i2(128, 24))),
    "complex": ("KIND_UNUSED", lambda p: patched(p, 70, i2(32, 64))),
    "no such type": ("BROKEN_HEADER", lambda p: patched(p, 70, i2(77, 8))),
    "vectors": ("KIND_UNUSED", lambda p: patched(p, 40, i2(5, 3, 4, 1, 1, 5))),
    "flat": ("KIND_UNUSED", lambda p: patched(p, 40, i2(2, 3, 4, 1, 1))),
    "negative size": ("KIND_UNUSED", lambda p: patched(p, 40, i2(3, -3, 4, 5))),
    "one slice": ("SINGLE_SLICE", lambda p: patched(p, 40, i2(3, 3, 4, 1))),
    "claims more": ("TRUNCATED", lambda p: patched(p, 40, i2(3, 300, 400, 500))),
    "offset before the end of the header": ("BROKEN_HEADER", lambda p: patched(p, 108, bytes(4))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_image_is_set_aside_by_name(name: str, tmp_path: Path) -> None:
    code, harm = BROKEN[name]
    path = write_nifti(tmp_path / "pet.nii", ramp())
    harm(path)
    result = scan(tmp_path)
    assert result.found == ()
    assert codes(result) == {"pet.nii": code}


@pytest.mark.parametrize(("volume", "opens"), [(0.1, True), (5e-4, False)])
def test_axes_may_lean_but_not_lie_in_one_plane(volume: float, opens: bool, tmp_path: Path) -> None:
    """``volume`` is that of the box of the axes' unit vectors: 1 upright, 0 flat."""
    leaning = LPS.copy()
    leaning[:3, 0] = 3 * np.array([np.sqrt(1 - volume**2), 0.0, volume])
    result = scan(write_nifti(tmp_path / "pet.nii", ramp(), leaning))
    assert codes(result) == ({} if opens else {"pet.nii": "NO_GEOMETRY"})
    grids = [one.series.grid.matrix[:3] for one in result.found]
    np.testing.assert_allclose(grids, [leaning[:3]] * opens, atol=1e-5)


def packed_zeros(path: Path, declared: tuple[int, int, int], mb: int) -> Path:
    """A packed file that declares a shape of bytes and holds that many MB of zeros."""
    plain = write_nifti(path.with_name("plain.nii"), ramp(), way=Way(dtype="|u1"))
    patched(plain, 40, i2(3, *declared))
    with gzip.open(path, "wb", 9) as out:
        out.write(plain.read_bytes()[:352])
        for _ in range(mb):
            out.write(bytes(1 << 20))
    plain.unlink()
    return path


def test_a_bomb_is_refused_by_its_declared_size_before_it_is_unpacked(tmp_path: Path) -> None:
    path = packed_zeros(tmp_path / "bomb_pet.nii.gz", (32000, 32000, 32000), 1)
    assert codes(scan(path)) == {path.name: "TOO_LARGE"}


def test_a_packed_file_is_unpacked_only_as_far_as_it_declares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed_zeros(tmp_path / "long_pet.nii.gz", (3, 4, 5), 40)
    read = 0
    plain = Gunzip.read

    def counted(self: Gunzip, size: int) -> bytes:
        nonlocal read
        found = plain(self, size)
        read += len(found)
        return found

    monkeypatch.setattr(Gunzip, "read", counted)
    scan(path)
    assert read < 1 << 18


def test_packed_files_that_are_cut_or_damaged_or_no_nifti(tmp_path: Path) -> None:
    whole = write_nifti(tmp_path / "pet.nii.gz", np.random.default_rng(4).normal(9, 1, SHAPE)).read_bytes()
    (tmp_path / "pet.nii.gz").write_bytes(whole[:-40])
    (tmp_path / "bad_pet.nii.gz").write_bytes(whole[:-8] + b"\1\2\3\4" + whole[-4:])
    (tmp_path / "text.nii.gz").write_bytes(gzip.compress(b"a text, and no image " * 40))
    told = codes(scan(tmp_path))
    assert told["pet.nii.gz"] == "TRUNCATED"
    assert told["bad_pet.nii.gz"] == "PIXELS_BROKEN"
    assert told["text.nii.gz"] in ("NOT_DICOM", "ARCHIVE_OTHER")


def test_a_file_that_changes_after_the_scan_is_refused(tmp_path: Path) -> None:
    path = write_nifti(tmp_path / "pet.nii", ramp())
    found = only(scan(path))
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ReviewError, match="FILE_CHANGED"):
        load(found)
    path.unlink()
    with pytest.raises(ReviewError, match="FILE_CHANGED"):
        load(found)


def test_reading_stops_where_the_reader_says(tmp_path: Path) -> None:
    path = write_nifti(tmp_path / "pet.nii", ramp())
    with pytest.raises(ReviewError, match="CANCELLED"):
        scan(path, cancelled=lambda: True)
    with pytest.raises(ReviewError, match="CANCELLED"):
        load(only(scan(path)), cancelled=lambda: True)


def test_reading_stops_inside_a_file(tmp_path: Path) -> None:
    file = read_nifti(write_nifti(tmp_path / "pet.nii", ramp()))
    assert isinstance(file, NiftiFile)
    with stoppable(lambda: True), pytest.raises(ReviewError, match="CANCELLED"):
        look(file)

"""Limits come before allocation: what a file declares is never believed, and one bad file ends alone."""

from __future__ import annotations

import io
import itertools
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from atsmviewer.dicom.disk import stream
from atsmviewer.dicom.disk.stream import Stream
from atsmviewer.dicom.header import boundary
from atsmviewer.dicom.header.boundary import Header, Rejected, quiet, read_header, read_whole
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import codes, pet, save

LONG = b"\xf0\xff\xff\xff"
OPENED = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
CLOSED = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
"""An item of a sequence, both of undefined length."""


def one(folder: Path, dataset: FileDataset | None = None) -> Path:
    save([dataset or pet()[0]], folder)
    return folder / "slice0"


def refused(path: Path) -> Rejected:
    with quiet():
        header = read_header(path)
    assert isinstance(header, Rejected)
    return header


@pytest.mark.parametrize("inside", [b"", OPENED])
@pytest.mark.parametrize("vr", [b"UN", b"OB", b"SQ", b"UT"])
def test_a_declared_length_of_4_gb_with_100_bytes_allocates_nothing(
    tmp_path: Path, vr: bytes, inside: bytes
) -> None:
    path = one(tmp_path)
    head = path.read_bytes()[:400]
    path.write_bytes(head + inside + b"\x10\x00\x00\x40" + vr + b"\0\0" + LONG + bytes(100))
    tracemalloc.start()
    read_header(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 4 << 20
    assert sum(codes(scan(tmp_path)).values()) == 1


def test_a_header_of_too_many_elements_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = one(tmp_path)
    monkeypatch.setattr(stream, "READ_COSTS_BYTES", stream.HEADER_LIMIT_BYTES // 20)
    assert refused(path).code == "TOO_LARGE"


def test_a_header_of_too_many_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = pet()[0]
    for k in range(40):
        dataset.add_new((0x0009, 0x1000 + k), "OB", bytes(10_000))
    path = one(tmp_path, dataset)
    monkeypatch.setattr(boundary, "HEADER_LIMIT_BYTES", 100_000)
    assert refused(path).code == "TOO_LARGE"
    monkeypatch.setattr(boundary, "HEADER_LIMIT_BYTES", 600_000)
    assert isinstance(read_header(path), Header)


@pytest.mark.parametrize(("depth", "passes"), [(30, True), (100, False), (3000, False)])
def test_nesting_has_a_limit_that_does_not_depend_on_the_caller(
    tmp_path: Path, depth: int, passes: bool
) -> None:
    path = one(tmp_path)
    whole = path.read_bytes()
    at = whole.index(b"\x54\x00\x16\x00SQ")
    path.write_bytes(whole[:at] + OPENED * depth + CLOSED * depth + whole[at:])
    header = read_header(path)
    assert isinstance(header, Header) == passes
    if isinstance(header, Rejected):
        assert header.code == "BROKEN_HEADER"


def deflated(folder: Path, plain_bytes: int, group_length: int | None = None) -> Path:
    dataset = pet()[0]
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    path = one(folder, dataset)
    whole = path.read_bytes()
    begin = 144 + int.from_bytes(whole[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = zlib.decompress(whole[begin:], -15)
    bomb = packer.compress(plain[: plain.index(b"\xe0\x7f\x10\0")] + b"\xfc\xff\xfc\xffOB\0\0" + LONG)
    for _ in range(plain_bytes >> 20):
        bomb += packer.compress(bytes(1 << 20))
    head = bytearray(whole[:begin])
    if group_length is not None:
        head[140:144] = group_length.to_bytes(4, "little")
    path.write_bytes(bytes(head) + bomb + packer.flush())
    return path


def test_a_deflated_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "INFLATED_LIMIT_BYTES", 8 << 20)
    path = deflated(tmp_path, 64 << 20)
    tracemalloc.start()
    assert refused(path).code == "TOO_LARGE"
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 40 << 20


def test_a_byte_behind_the_end_of_a_deflated_stream_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream of odd length is followed by one (PS3.5 A.5)."""
    monkeypatch.setattr(boundary, "_INFLATED_STEP_BYTES", 2048)
    for columns in range(5000, 5040, 2):
        dataset = pet(stored=np.full((1, 1, columns), columns % 7, np.int8))[0]
        dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
        assert len(read_whole(one(tmp_path, dataset)).PixelData) == columns


@pytest.mark.parametrize("behind", [b"", b"\0"])
def test_what_inflates_to_just_beyond_a_step_is_whole(monkeypatch: pytest.MonkeyPatch, behind: bytes) -> None:
    step = 2048
    monkeypatch.setattr(boundary, "_INFLATED_STEP_BYTES", step)
    for size in range(2 * step - 5, 2 * step + 40):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed, plain = packer.compress(bytes(size)) + packer.flush() + behind, io.BytesIO()
        assert boundary._inflate(io.BytesIO(packed), plain)
        assert len(plain.getvalue()) == size


@pytest.mark.parametrize("length", [0, 10, 1 << 30])
def test_the_parser_itself_never_inflates(tmp_path: Path, length: int) -> None:
    """Where the length of the file meta information lies, pydicom would find the syntax by itself."""
    path = deflated(tmp_path, 64 << 20, length)
    tracemalloc.start()
    header = read_header(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(header, Rejected)
    assert peak_bytes < 40 << 20


def test_a_meta_information_that_hides_its_syntax_far_behind_is_refused(tmp_path: Path) -> None:
    path = deflated(tmp_path, 64 << 20)
    whole = path.read_bytes()
    filler = b"\x02\x00\x01\x00OB\0\0" + (1 << 16).to_bytes(4, "little") + bytes(1 << 16)
    path.write_bytes(whole[:144] + filler + whole[144:])
    assert refused(path).code == "BROKEN_HEADER"


def test_a_file_larger_than_memory_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = one(tmp_path)
    monkeypatch.setattr(boundary, "WEIGHED_BYTES", 100)
    monkeypatch.setattr("atsmviewer.dicom.disk.memory.available_bytes", lambda: 1000)
    with pytest.raises(ReviewError, match="TOO_LARGE"):
        read_whole(path)


@pytest.mark.parametrize("error", [MemoryError, RecursionError, AssertionError, KeyError, OSError])
def test_whatever_the_parser_raises_ends_as_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    path = one(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pydicom.dcmread", broken)
    assert refused(path).code in ("BROKEN_HEADER", "UNREADABLE")
    with pytest.raises(ReviewError, match="FILE_CHANGED"):
        read_whole(path)


def test_a_stream_gives_what_there_is_and_never_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    with path.open("rb", buffering=0) as opened, Stream(opened, 100) as given:
        assert given.read(4) == bytes(range(4))
        assert given.read(1 << 32) == bytes(range(4, 100))
        assert given.read(5) == b""
        for size in (-1, None):
            with pytest.raises(ValueError, match="all that is left"):
                given.read(size)


def test_a_cancel_is_noticed_within_one_large_file() -> None:
    asked = itertools.count()
    with quiet(lambda: next(asked) > 3):
        large = Stream(io.BytesIO(bytes(64 << 20)), 64 << 20)
        with pytest.raises(ReviewError, match="CANCELLED"):
            large.read(64 << 20)
        assert large.tell() < 64 << 20

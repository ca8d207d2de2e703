"""Unpacking gzip piece by piece is what gzip does, from any place in it on."""

from __future__ import annotations

import gzip
import io
import zlib

import numpy as np
import pytest

from atsmviewer.dicom.disk.gunzip import Gunzip

PLAIN = np.random.default_rng(3).integers(0, 9, 300_000, np.uint8).tobytes() + bytes(200_000)


@pytest.mark.parametrize("tail", [b"", bytes(999)])
@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("step", [1 << 9, 70_001, 1 << 30])
def test_every_byte_comes_once(step: int, members: int, tail: bytes) -> None:
    parts = np.array_split(np.frombuffer(PLAIN, np.uint8), members)
    packed = b"".join(gzip.compress(one.tobytes(), 6) for one in parts) + tail
    stream, found = Gunzip(io.BytesIO(packed)), b""
    while piece := stream.read(step):
        found += piece
    assert found == PLAIN


def test_it_goes_on_from_a_mark_as_often_as_one_likes() -> None:
    packed = io.BytesIO(gzip.compress(PLAIN[:250_000]) + gzip.compress(PLAIN[250_000:]))
    stream = Gunzip(packed)
    marks = {}
    for at in range(0, 500_000, 50_000):
        marks[at] = stream.mark()
        assert stream.read(50_000) == PLAIN[at : at + 50_000]
    for at in (450_000, 0, 200_000, 250_000, 200_000):
        assert Gunzip(packed, marks[at]).read(60_000) == PLAIN[at : at + 60_000]


def test_it_never_gives_more_than_asked() -> None:
    stream = Gunzip(io.BytesIO(gzip.compress(bytes(50 << 20), 9)))
    assert len(stream.read(1000)) == 1000


def test_what_is_cut_comes_short_and_what_is_damaged_raises() -> None:
    packed = gzip.compress(PLAIN)
    assert len(Gunzip(io.BytesIO(packed[: len(packed) // 2])).read(1 << 30)) < len(PLAIN)
    wrong = packed[:-8] + b"\0\1\2\3" + packed[-4:]
    with pytest.raises(zlib.error):
        Gunzip(io.BytesIO(wrong)).read(1 << 30)

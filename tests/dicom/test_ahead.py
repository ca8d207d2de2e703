"""Reading ahead: in order, few at a time, and a cancel waits for no slice."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pixel import ahead as reading
from atsmviewer.dicom.pixel.ahead import ahead
from atsmviewer.dicom.pixel.codecs import Decoders
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.children import STORED, instead
from tests.dicom.packed import jpeg_2000, pack
from tests.dicom.synthetic import pet, save


def test_reading_ahead_keeps_the_order_and_passes_on_what_is_raised() -> None:
    def job(k: int) -> int:
        time.sleep(0.001 * (10 - k))
        if k == 7:
            raise ReviewError("CODEC_FAILED", "no", "")
        return k

    read = ahead(partial(job, k) for k in range(20))
    assert [next(read) for _ in range(7)] == list(range(7))
    with pytest.raises(ReviewError, match="CODEC_FAILED"):
        next(read)


def test_reading_ahead_begins_few() -> None:
    begun: list[int] = []
    read = ahead(partial(begun.append, k) for k in range(100))
    next(read)
    time.sleep(0.1)
    assert len(begun) <= reading.AHEAD
    read.close()


def test_a_cancel_does_not_wait_for_a_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Decoders()
    monkeypatch.setattr("atsmviewer.dicom.pixel.compressed.DECODERS", own)
    instead(monkeypatch, "time.sleep(60)")
    save([pack(one, JPEG2000Lossless, jpeg_2000) for one in pet(stored=np.stack([STORED] * 5))], tmp_path)
    (found,) = scan(tmp_path).found
    cancelled = threading.Event()
    timer = threading.Timer(0.5, cancelled.set)
    timer.start()
    with pytest.raises(ReviewError, match="CANCELLED"):
        load(found, cancelled=cancelled.is_set)
    timer.join()
    own.stop()


def test_a_cancel_takes_effect_within_200_ms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = threading.Event()
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 3

    began = time.monotonic()
    with pytest.raises(ReviewError, match="CANCELLED"):
        next(ahead([waited.wait] * 9, cancelled))
    waited.set()
    assert max(np.diff([began, *asked])) < 0.2

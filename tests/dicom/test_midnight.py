"""Scans that run past midnight under the date that they began at."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.scan import Found, scan
from tests.dicom.dynamic import SIX, dynamic, names
from tests.dicom.synthetic import pet, save


def _shuffled(slices: list[FileDataset], folder: Path) -> tuple[Found, ...]:
    save(slices, folder, names(len(slices)))
    return scan(folder).found


EVENING = datetime(2024, 2, 29, 23, 55)


def _by_night(one: FileDataset, number: int, _place: int) -> None:
    """The clock goes on past midnight; the date stays."""
    began = EVENING + timedelta(seconds=SIX[number].start_s)
    one.SeriesTime, one.AcquisitionDate = f"{EVENING:%H%M%S}", f"{EVENING:%Y%m%d}"
    one.AcquisitionTime = f"{began:%H%M%S.%f}"
    item = one.RadiopharmaceuticalInformationSequence[0]
    item.RadiopharmaceuticalStartDateTime, item.RadiopharmaceuticalStartTime = "20240229225500", "225500"


def test_a_date_that_stays_over_midnight_moves_no_frame(tmp_path: Path) -> None:
    found = _shuffled(dynamic(change=_by_night), tmp_path)
    assert [f.series.when for f in found] == [EVENING + timedelta(seconds=p.start_s) for p in SIX]
    for one, part in zip(found, SIX, strict=True):
        assert one.facts is not None
        assert {s.acquired for s in one.facts.slices} == {EVENING + timedelta(seconds=part.start_s)}
        assert one.facts.series_acquired == EVENING
    assert any("after midnight under the date before: 8;" in note for note in found[0].notes)


def test_beds_of_one_frame_over_midnight_are_in_order_of_time(tmp_path: Path) -> None:
    slices = pet()
    for k, one in enumerate(slices):
        began = EVENING + timedelta(seconds=120 * k)
        one.SeriesTime, one.AcquisitionDate = f"{EVENING:%H%M%S}", f"{EVENING:%Y%m%d}"
        one.AcquisitionTime, one.ActualFrameDuration = f"{began:%H%M%S}", 100_000
        one.FrameReferenceTime = str(120_000 * k + 50_000)
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert found.series.when == EVENING
    assert found.facts is not None
    assert [s.acquired for s in found.facts.slices] == [
        EVENING + timedelta(seconds=120 * k) for k in range(5)
    ]


@pytest.mark.parametrize("references", ["none", "their own", "backwards"])
def test_a_day_is_added_only_where_reference_times_tell(tmp_path: Path, references: str) -> None:
    def told(one: FileDataset, number: int, place: int) -> None:
        _by_night(one, number, place)
        if references == "none":
            del one.FrameReferenceTime
        elif references == "their own":
            one.FrameReferenceTime = str(round(SIX[number].duration_s * 500))
        else:
            one.FrameReferenceTime = str(1_000_000 - 1000 * number)

    found = _shuffled(dynamic(change=told), tmp_path)
    written = {EVENING + timedelta(seconds=p.start_s) - timedelta(days=p.start_s >= 300) for p in SIX}
    assert {f.series.when for f in found} == written
    assert not any("midnight" in note for f in found for note in f.notes)

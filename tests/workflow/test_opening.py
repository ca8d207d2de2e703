"""The order in which a case is read, what is told on the way, and that trouble loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.load import load
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Volume
from atsmviewer.workflow import opening
from atsmviewer.workflow.opening import Cancelled, Case, Progress, folder_of, open_case, take
from tests.dicom.dynamic import dynamic
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, ct, pet, save
from tests.dicom.zipped import zipped

NAC = f"{PET_SERIES}.7"


def uncorrected() -> list[FileDataset]:
    slices = pet(series=NAC)
    for one in slices:
        one.CorrectedImage = ["NORM", "DTIM", "DECY", "RAN"]
    return slices


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PET, the same uncorrected, and their CT."""
    save([*uncorrected()], tmp_path / "study" / "a")
    save([*ct()], tmp_path / "study" / "b")
    save([*pet()], tmp_path / "study" / "c")
    return tmp_path / "study"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which series, and which frame of each, was loaded."""
    seen: list[tuple[str, int]] = []

    def watched(found: Found, progress: Progress, cancelled: Cancelled | None) -> Volume:
        seen.append((found.series.uid, found.frame))
        return load(found, progress, cancelled)

    monkeypatch.setattr(opening, "load", watched)
    return seen


def failing(monkeypatch: pytest.MonkeyPatch, *uids: str, code: str = "PIXELS_BROKEN") -> None:
    def watched(found: Found, progress: Progress, cancelled: Cancelled | None) -> Volume:
        if found.series.uid in uids:
            raise ReviewError(code, f"{found.files[0].name}: its pixels are broken.", "Fetch it again.")
        return load(found, progress, cancelled)

    monkeypatch.setattr(opening, "load", watched)


def volumes(case: Case) -> dict[str, bool]:
    """Whether each PET and each CT shown has its voxels."""
    pets = {a.uid: a.frames[0].volume is not None for a in case.study.acquisitions}
    return pets | {a.anatomy.uid: a.anatomy_volume is not None for a in case.study.acquisitions if a.anatomy}


def test_what_is_looked_at_first_is_read_first_and_told_once(
    folder: Path, loaded: list[tuple[str, int]]
) -> None:
    early: list[tuple[dict[str, bool], int]] = []
    case = open_case(folder, ready=lambda case: early.append((volumes(case), len(loaded))))
    assert [uid for uid, _ in loaded] == [PET_SERIES, CT_SERIES, NAC]
    assert early == [({PET_SERIES: True, CT_SERIES: True, NAC: False}, 2)]
    assert volumes(case) == {PET_SERIES: True, CT_SERIES: True, NAC: True}
    assert case.unread == ()


def test_ready_is_not_told_where_nothing_else_is_to_be_read(tmp_path: Path) -> None:
    save([*pet(), *ct()], tmp_path)

    def never(_: Case) -> None:
        raise AssertionError("it is answered at once")

    open_case(tmp_path, ready=never)


def test_of_a_dynamic_pet_the_last_frame_is_read_first(tmp_path: Path, loaded: list[tuple[str, int]]) -> None:
    save(dynamic(), tmp_path)
    early: list[list[int]] = []

    def told(case: Case) -> None:
        early.append([f.number for f in case.study.acquisitions[0].frames if f.volume is not None])

    case = open_case(tmp_path, ready=told)
    assert [frame for _, frame in loaded] == [5, 4, 3, 2, 1, 0]
    assert early == [[5]]
    assert all(frame.volume is not None for frame in case.study.acquisitions[0].frames)


def test_progress_goes_on_from_series_to_series(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    open_case(folder, lambda *told: seen.append(told))
    last = seen.index((15, 15))  # of the scan; then the voxels
    assert seen[-1] == (15, 15)
    assert seen[last + 1 :] == sorted(seen[last + 1 :])


@pytest.mark.parametrize("broken", [NAC, CT_SERIES])
def test_trouble_with_one_series_is_told_and_loses_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    failing(monkeypatch, broken)
    case = open_case(folder)
    assert volumes(case) == {uid: uid != broken for uid in (PET_SERIES, CT_SERIES, NAC)}
    assert [error.code for error in case.unread] == ["PIXELS_BROKEN"]
    assert any("its pixels are broken" in note for note in case.study.notes)


def test_where_no_pet_can_be_read_the_case_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, PET_SERIES, NAC)
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        open_case(folder)


def test_no_memory_in_the_middle_is_a_refusal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Volume:
        raise MemoryError

    monkeypatch.setattr(opening, "load", full)
    with pytest.raises(ReviewError, match="TOO_LARGE"):
        open_case(folder)


def test_a_stop_before_the_first_picture_is_a_stop(folder: Path, loaded: list[tuple[str, int]]) -> None:
    with pytest.raises(ReviewError, match="CANCELLED"):
        open_case(folder, cancelled=lambda: len(loaded) == 1, ready=lambda _: None)


def test_a_stop_after_the_first_picture_keeps_what_was_read(folder: Path) -> None:
    early: list[Case] = []
    case = open_case(folder, cancelled=lambda: bool(early), ready=early.append)
    assert volumes(case) == {PET_SERIES: True, CT_SERIES: True, NAC: False}
    assert [error.code for error in case.unread] == ["CANCELLED"]
    assert volumes(take(case, NAC))[NAC]


def test_what_does_not_fit_is_left_out_and_taken_when_it_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PET float32 and CT int16 of 60 voxels, half as much again beside them: 360 + 180 bytes."""
    monkeypatch.setattr(opening, "available_bytes", lambda: 360 + 180 + 359)
    case = open_case(folder)
    assert volumes(case) == {PET_SERIES: True, CT_SERIES: True, NAC: False}
    assert [error.code for error in case.unread] == ["TOO_LARGE"]
    assert any("left out" in note for note in case.study.notes)
    assert volumes(take(case, NAC))[NAC]
    monkeypatch.setattr(opening, "available_bytes", lambda: 360 + 180 + 360)
    assert open_case(folder).unread == ()


def test_where_the_first_does_not_fit_nothing_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, loaded: list[tuple[str, int]]
) -> None:
    monkeypatch.setattr("atsmviewer.dicom.disk.memory.available_bytes", lambda: 360 + 179)
    with pytest.raises(ReviewError, match="TOO_LARGE"):
        open_case(folder)
    assert loaded == []


def test_take_reads_every_frame_of_a_series(tmp_path: Path) -> None:
    save(dynamic(), tmp_path)
    early: list[Case] = []
    case = open_case(tmp_path, cancelled=lambda: bool(early), ready=early.append)
    whole = take(case, case.study.acquisitions[0].uid)
    assert all(frame.volume is not None for frame in whole.study.acquisitions[0].frames)


def test_trouble_in_a_zip_names_the_member(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, NAC)
    case = open_case(zipped(tmp_path / "s.zip", folder))
    assert case.unread[0].what == "s.zip › a/slice0: its pixels are broken."
    assert case.scan.unpacked is not None
    told = [*case.study.notes, *(a.example for a in case.asides), *(c.line + c.why for c in case.choices)]
    assert not any("member-" in text or str(case.scan.unpacked.folder) in text for text in told)


def test_a_series_of_a_zip_is_taken_later(folder: Path, tmp_path: Path) -> None:
    early: list[Case] = []
    archive = zipped(tmp_path / "s.zip", folder)
    case = open_case(archive, cancelled=lambda: bool(early), ready=early.append)
    early.clear()
    archive.unlink()
    assert volumes(take(case, NAC))[NAC]


def test_the_folder_around_what_was_given(folder: Path) -> None:
    files = sorted((folder / "a").iterdir())
    assert folder_of(files[:1]) == folder / "a"
    assert folder_of(files) == folder / "a"
    assert folder_of([files[0], folder / "b" / "slice0"]) is None
    assert folder_of([folder]) is None
    assert folder_of([]) is None


def test_one_slice_alone_is_refused_with_its_folder_at_hand(folder: Path) -> None:
    with pytest.raises(ReviewError) as raised:
        open_case(folder / "c" / "slice2")
    assert raised.value.code in ("SINGLE_SLICE", "NO_PET")
    assert "folder" in raised.value.remedy

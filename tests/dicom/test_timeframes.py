"""Dynamic and gated series: each frame whole, in order of time, by its own header (R32)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import Found, scan
from tests.dicom.dynamic import BEGAN, SIX, Part, at, dynamic, names, pixel_bqml
from tests.dicom.synthetic import accounted, codes, ct, pet, save


def _shuffled(slices: list[FileDataset], folder: Path) -> tuple[Found, ...]:
    save(slices, folder, names(len(slices)))
    return scan(folder).found


@pytest.mark.parametrize("mode", ["START", "ADMIN", "NONE"])
def test_each_frame_has_its_own_times_slope_and_pixels(tmp_path: Path, mode: str) -> None:
    found = _shuffled(dynamic(mode), tmp_path)
    assert [f.frame for f in found] == list(range(6))
    assert {(f.series.uid, f.frame_count) for f in found} == {(found[0].series.uid, 6)}
    for one, part in zip(found, SIX, strict=True):
        assert one.series.when == BEGAN + timedelta(seconds=part.start_s)
        assert one.facts is not None
        assert {s.duration_s for s in one.facts.slices} == {part.duration_s}
        assert one.facts.series_acquired == BEGAN
        voxels = load(one).voxels
        assert voxels.shape == (4, 5, 4)
        assert np.allclose(voxels, pixel_bqml(part, mode), rtol=1e-6)
    frames = study(scan(tmp_path)).acquisitions[0].frames
    assert [f.duration_s for f in frames] == [p.duration_s for p in SIX]
    assert [f.facts for f in frames] == [replace(f.facts, several=True) for f in found if f.facts]
    assert [f.start for f in frames] == [f.series.when for f in found]


def test_gates_are_named_with_their_trigger(tmp_path: Path) -> None:
    slices = []
    for gate in range(8):
        for place, one in enumerate(pet(stored=np.full((3, 4, 4), 10 * (gate + 1), np.int16))):
            at(one, gate, place, 0.0, 600.0)
            one.TriggerTime = str(125 * gate)
            slices.append(one)
    found = _shuffled(slices, tmp_path)
    assert [f.gate for f in found] == [f"gate {g + 1} of 8, trigger {125 * g} ms" for g in range(8)]
    assert [float(load(f).voxels.max()) for f in found] == [10.0 * (g + 1) for g in range(8)]
    assert found[0].series.when == BEGAN
    assert found[0].notes[0] == "Gates: 8."


def _two_passes() -> list[FileDataset]:
    """Three beds of two slices, each scanned for 60 s, 70 s apart; then all of it again."""
    slices = []
    for again in range(2):
        for place, one in enumerate(pet(stored=np.full((6, 4, 4), 7 + again, np.int16))):
            bed = place // 2
            at(one, again, place, 70.0 * (3 * again + bed), 60.0)
            slices.append(one)
    return slices


def test_passes_of_a_whole_body_scan_are_told_by_rank_of_time(tmp_path: Path) -> None:
    first, second = _shuffled(_two_passes(), tmp_path)
    assert (float(load(first).voxels.min()), float(load(second).voxels.max())) == (7.0, 8.0)
    assert second.series.when == BEGAN + timedelta(seconds=210)
    frames = study(scan(tmp_path)).acquisitions[0].frames
    assert [f.duration_s for f in frames] == [200.0, 200.0]  # from the first start to the last end


def test_a_pass_that_lacks_a_slice_is_told_by_its_bed(tmp_path: Path) -> None:
    slices = _two_passes()
    del slices[9]  # second pass, fourth place
    first, second = _shuffled(slices, tmp_path)
    assert (first.gaps, second.gaps) == ((), (3,))
    assert np.isnan(load(second).voxels[3]).all()
    assert np.isfinite(load(second).voxels[[0, 1, 2, 4, 5]]).all()


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_slice_missing_in_one_frame_is_a_gap_there_only(tmp_path: Path, lost: int) -> None:
    slices = [s for k, s in enumerate(dynamic()) if k != 2 * 4 + lost]
    found = _shuffled(slices, tmp_path)
    assert [f.gaps for f in found] == [(), (), (lost,), (), (), ()]
    assert len({f.series.grid for f in found}) == 1
    assert found[2].notes == ("Frame 3 of 6 lacks 1 of its slices; no numbers there.",)


def test_slices_missing_in_every_frame_differently(tmp_path: Path) -> None:
    slices = [s for k, s in enumerate(dynamic(slices=6)) if k // 6 != k % 6]
    found = _shuffled(slices, tmp_path)
    assert [f.gaps for f in found] == [(k,) for k in range(6)]
    for one, part in zip(found, SIX, strict=True):
        assert one.series.when == BEGAN + timedelta(seconds=part.start_s)


def test_a_frame_of_few_slices_is_set_aside_by_name(tmp_path: Path) -> None:
    slices = dynamic()[:-3]
    save(slices, tmp_path)
    result = scan(tmp_path)
    assert len(result.found) == 5
    assert codes(result) == {"FRAMES_INCOMPLETE": 1}
    assert "Time frame 6 of 6, begun 10:15:00, has 1 of 4 slices" in result.rejected[0].what
    assert accounted(result, tmp_path)


def test_slices_that_belong_to_no_frame_are_refused(tmp_path: Path) -> None:
    extra = pet()[2]
    extra.SOPInstanceUID += ".9"
    extra.AcquisitionTime = "113000"
    save([*pet(), extra], tmp_path)
    assert codes(scan(tmp_path)) == {"FRAMES_INCOMPLETE": 6}


@pytest.mark.parametrize(
    ("early_s", "code"), [(0.9, None), (1.5, "FRAMES_OVERLAP"), (40.0, "FRAMES_OVERLAP")]
)
def test_frames_that_overlap_are_refused_beyond_a_second(
    tmp_path: Path, early_s: float, code: str | None
) -> None:
    moved = (*SIX[:3], Part(SIX[3].start_s - early_s, *_rest(SIX[3])), *SIX[4:])
    save(dynamic(parts=moved), tmp_path)
    result = scan(tmp_path)
    assert codes(result) == ({} if code is None else {code: 24})
    assert len(result.found) == (6 if code is None else 0)


def _rest(part: Part) -> tuple[float, float, float]:
    return part.duration_s, part.slope, part.at_injection_bqml


def test_starts_that_are_all_the_same_are_not_believed(tmp_path: Path) -> None:
    def same(one: FileDataset, _number: int, _place: int) -> None:
        one.AcquisitionTime = "100000"

    found = _shuffled(dynamic(change=same), tmp_path)
    assert len(found) == 6
    assert all(f.facts is not None and {s.acquired for s in f.facts.slices} == {None} for f in found)
    assert [f.series.when for f in found][1:] == [None] * 5
    assert [float(load(f).voxels[0, 0, 0]) for f in found] == pytest.approx(
        [pixel_bqml(p, "START") for p in SIX], rel=1e-6
    )


def test_time_points_of_a_ct_exist_and_the_first_is_shown(tmp_path: Path) -> None:
    slices = []
    for phase in range(3):
        for k, one in enumerate(ct(stored=np.full((5, 4, 3), 1000 + phase, np.int16))):
            one.SOPInstanceUID += f".{phase}"
            one.AcquisitionTime = f"1000{k:02d}.{phase}"
            slices.append(one)
    save([*slices], tmp_path / "ct")
    save(pet(), tmp_path / "pet")
    result = scan(tmp_path)
    assert [f.frame for f in result.found if f.series.modality == "CT"] == [0, 1, 2]
    case = study(result)
    assert case.acquisitions[0].anatomy is not None
    assert any("Time points: 3; the first is shown." in note for note in case.notes)


def _sideways(one: FileDataset, number: int, _place: int) -> None:
    if number == 3:
        one.ImagePositionPatient[0] += 4.0


def _turned(one: FileDataset, number: int, _place: int) -> None:
    if number == 3:
        one.ImageOrientationPatient = [-1, 0, 0, 0, -1, 0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [(_sideways, {"STACKS_AMBIGUOUS": 24}), (_turned, {"OTHER_STACK": 4})],
)
def test_a_frame_elsewhere_is_never_taken_for_one_here(
    tmp_path: Path, change: Callable[[FileDataset, int, int], None], expected: dict[str, int]
) -> None:
    save(dynamic(change=change), tmp_path)
    assert codes(scan(tmp_path)) == expected


def test_order_of_files_means_nothing(tmp_path: Path) -> None:
    save(dynamic(), tmp_path / "a")
    save(list(reversed(dynamic())), tmp_path / "b")
    one, other = scan(tmp_path / "a").found, scan(tmp_path / "b").found
    assert [(f.instance_uids, f.facts, f.series) for f in one] == [
        (f.instance_uids, f.facts, f.series) for f in other
    ]


@pytest.mark.parametrize(("kind", "words"), [("GATED", "gate 2 of 3"), ("DYNAMIC", "")])
def test_image_index_tells_frames_that_nothing_else_tells(tmp_path: Path, kind: str, words: str) -> None:
    slices = []
    for number in range(3):
        for place, one in enumerate(pet(stored=np.full((4, 4, 4), 10 * (number + 1), np.int16))):
            at(one, number, place, 0.0, 600.0)
            one.FrameReferenceTime = "0"
            one.SeriesType, one.NumberOfSlices = [kind, "IMAGE"], 4
            one.ImageIndex = number * 4 + place + 1
            slices.append(one)
    found = _shuffled(slices, tmp_path)
    assert [float(load(f).voxels.max()) for f in found] == [10.0, 20.0, 30.0]
    assert found[1].gate == words
    assert (found[1].series.when == BEGAN) is (kind == "GATED")


def test_an_image_index_that_repeats_tells_nothing(tmp_path: Path) -> None:
    slices = []
    for number in range(2):
        for place, one in enumerate(pet(stored=np.full((4, 4, 4), 10 * (number + 1), np.int16))):
            at(one, number, place, 0.0, 600.0)
            one.SeriesType, one.NumberOfSlices, one.ImageIndex = ["DYNAMIC", "IMAGE"], 4, place + 1
            slices.append(one)
    save(slices, tmp_path)
    assert codes(scan(tmp_path)) == {"DUPLICATE_DIFFERS": 8}


def test_a_frame_that_is_set_aside_still_says_when_the_series_began(tmp_path: Path) -> None:
    """R6: the first acquisition is that of all instances, whichever of them can be shown."""
    save(dynamic()[3:], tmp_path)  # the first frame has one of four slices
    found = scan(tmp_path).found
    assert len(found) == 5
    assert {f.facts.series_acquired for f in found if f.facts} == {BEGAN}


def test_one_whole_frame_of_two_keeps_the_start_of_the_other(tmp_path: Path) -> None:
    save(dynamic(parts=SIX[:2])[3:], tmp_path)
    (found,) = scan(tmp_path).found
    assert found.series.when == BEGAN + timedelta(seconds=SIX[1].start_s)
    assert found.facts is not None
    assert found.facts.series_acquired == BEGAN


def test_places_that_differ_by_rounding_are_one_place(tmp_path: Path) -> None:
    def rounded(one: FileDataset, number: int, _place: int) -> None:
        one.ImagePositionPatient[2] += 0.002 * (number % 2)

    found = _shuffled(dynamic(change=rounded), tmp_path)
    assert [f.facts.slices[0].duration_s for f in found if f.facts] == [p.duration_s for p in SIX]
    assert {f.series.irregular for f in found} == {""}


def test_frames_are_in_order_of_their_start_whatever_their_reference_times(tmp_path: Path) -> None:
    def backwards(one: FileDataset, number: int, _place: int) -> None:
        one.FrameReferenceTime = str(1_000_000 - 1000 * number)

    found = _shuffled(dynamic(change=backwards), tmp_path)
    assert [f.series.when for f in found] == [BEGAN + timedelta(seconds=part.start_s) for part in SIX]

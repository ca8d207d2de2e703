"""Dynamic and gated series: each frame whole, in order of time, by its own header (R32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
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
    assert [f.facts for f in frames] == [f.facts for f in found]
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
    assert found[2].notes == ("Frame 3 of 6 lacks 1 slices; numbers there are withheld.",)


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


def _four_gates(change: Callable[[FileDataset, int], None]) -> list[FileDataset]:
    """Gates of one series without triggers, told by ImageIndex; ``change`` gets a slice and its gate."""
    slices = []
    for gate in range(4):
        for place, one in enumerate(pet(stored=np.full((4, 4, 4), 10 * (gate + 1), np.int16))):
            at(one, gate, place, 0.0, 600.0)
            one.SeriesType, one.NumberOfSlices = ["GATED", "IMAGE"], 4
            one.ImageIndex = gate * 4 + place + 1
            change(one, gate)
            slices.append(one)
    return slices


def _begun_apart(one: FileDataset, gate: int) -> None:
    one.AcquisitionTime = f"{BEGAN + timedelta(milliseconds=500 * gate):%H%M%S.%f}"


def _begun_apart_backwards(one: FileDataset, gate: int) -> None:
    _begun_apart(one, 3 - gate)


def _begun_apart_with_triggers(one: FileDataset, gate: int) -> None:
    _begun_apart(one, 3 - gate)
    one.TriggerTime = str(250 * gate)
    del one.ImageIndex


def _referred_apart(one: FileDataset, gate: int) -> None:
    one.FrameReferenceTime = str(300_000 + 1000 * gate)


@pytest.mark.parametrize(
    "change", [_begun_apart, _begun_apart_backwards, _begun_apart_with_triggers, _referred_apart]
)
def test_gates_whose_clocks_differ_a_little_are_gates(
    tmp_path: Path, change: Callable[[FileDataset, int], None]
) -> None:
    found = _shuffled(_four_gates(change), tmp_path)
    assert [f.gate.split(",")[0] for f in found] == [f"gate {g} of 4" for g in (1, 2, 3, 4)]
    assert [float(load(f).voxels.max()) for f in found] == [10.0, 20.0, 30.0, 40.0]
    assert "Gates: 4." in found[0].notes
    assert all(f.series.when is not None for f in found)


def _passes(count: int, beds: int, lost: set[tuple[int, int]], backwards: bool = False) -> list[FileDataset]:
    """Beds of two slices, 60 s each and 70 s apart, scanned again and again, without the lost (pass, bed)."""
    slices = []
    for again in range(count):
        stored = np.full((2 * beds, 4, 4), 10 * (again + 1), np.int16)
        for place, one in enumerate(pet(stored=stored)):
            bed = place // 2
            in_time = beds - 1 - bed if backwards else bed
            at(one, again, place, 70.0 * (beds * again + in_time), 60.0)
            if (again, bed) not in lost:
                slices.append(one)
    return slices


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("count", "beds", "in_last"), [(3, 2, 1), (3, 3, 2), (3, 3, 1), (2, 3, 2)])
def test_a_scan_stopped_in_its_last_pass_keeps_the_passes_before(
    tmp_path: Path, count: int, beds: int, in_last: int, backwards: bool
) -> None:
    order = list(reversed(range(beds))) if backwards else list(range(beds))
    lost = {(count - 1, bed) for bed in order[in_last:]}
    save(_passes(count, beds, lost, backwards), tmp_path)
    result = scan(tmp_path)
    kept = count if 2 * in_last >= beds else count - 1
    assert codes(result) == ({} if kept == count else {"FRAMES_INCOMPLETE": 2 * in_last})
    assert len(result.found) == kept
    for again, one in enumerate(result.found):
        gone = {k for a, bed in lost for k in (2 * bed, 2 * bed + 1) if a == again}
        assert set(one.gaps) == gone
        assert one.series.when == BEGAN + timedelta(seconds=70.0 * beds * again)
        voxels = load(one).voxels
        there = [k for k in range(2 * beds) if k not in gone]
        assert (voxels[there] == 10.0 * (again + 1)).all()


@pytest.mark.parametrize("lost", [{(1, 0)}, {(0, 0)}, {(1, 1), (2, 2)}])
def test_a_pass_that_lacks_a_bed_before_its_end_is_not_guessed(
    tmp_path: Path, lost: set[tuple[int, int]]
) -> None:
    """Its next bed could be of the pass after."""
    save(_passes(3, 3, lost), tmp_path)
    assert set(codes(scan(tmp_path))) <= {"FRAMES_INCOMPLETE"}
    for one in scan(tmp_path).found:
        there = [k for k in range(6) if k not in one.gaps]
        assert len(set(load(one).voxels[there].ravel().tolist())) == 1


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

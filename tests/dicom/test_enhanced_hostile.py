"""Damaged and lying multi-frame files: set aside with a code, and nothing escapes."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import RLELossless

from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.enhanced import found_in, group_of, written
from tests.dicom.synthetic import accounted, codes


def _no(keyword: str) -> Callable[[FileDataset], None]:
    return lambda one: delattr(one, keyword)


def _shared_without(keyword: str) -> Callable[[FileDataset], None]:
    return lambda one: delattr(one.SharedFunctionalGroupsSequence[0], keyword)


def _frames(count: int) -> Callable[[FileDataset], None]:
    return lambda one: setattr(one, "NumberOfFrames", count)


def _one_frame_nowhere(one: FileDataset) -> None:
    del one.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence


def _no_scaling(one: FileDataset) -> None:
    for group in one.PerFrameFunctionalGroupsSequence:
        del group.RealWorldValueMappingSequence, group.PixelValueTransformationSequence


def _half_turned(one: FileDataset) -> None:
    for k in (0, 1):
        turned = Dataset()
        turned.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
        one.PerFrameFunctionalGroupsSequence[k].PlaneOrientationSequence = [turned]


def _uneven(one: FileDataset) -> None:
    group_of(one, 3, "PlanePositionSequence").ImagePositionPatient = [-10, -20, 110.3]


def test_frames_that_lie_unevenly_are_shown_not_measured(tmp_path: Path) -> None:
    written(tmp_path / "uneven", _uneven)
    written(tmp_path / "even")
    found = found_in(tmp_path / "uneven")
    assert found.series.irregular == "Slices lie 3.00 to 4.30 mm apart."
    assert found.frames == (0, 1, 2, 3)
    assert np.array_equal(load(found).voxels, load(found_in(tmp_path / "even")).voxels)


def _cut(one: FileDataset) -> None:
    one.PixelData = one.PixelData[:-20]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_no("PerFrameFunctionalGroupsSequence"), "FRAMES_DISAGREE"),
        (_no("SharedFunctionalGroupsSequence"), "NO_GEOMETRY"),
        (_shared_without("PixelMeasuresSequence"), "NO_GEOMETRY"),
        (_shared_without("PlaneOrientationSequence"), "NO_GEOMETRY"),
        (_no("NumberOfFrames"), "FRAMES_DISAGREE"),
        (_frames(3), "FRAMES_DISAGREE"),
        (_frames(0), "FRAMES_DISAGREE"),
        (_frames(-4), "FRAMES_DISAGREE"),
        (_frames(2_000_000_000), "TRUNCATED"),
        (_one_frame_nowhere, "NO_GEOMETRY"),
        (_no_scaling, "NO_RESCALE"),
        (_half_turned, "STACKS_AMBIGUOUS"),
        (_cut, "TRUNCATED"),
        (_no("PixelData"), "NO_PIXELS"),
        (_no("SeriesInstanceUID"), "NO_IDENTITY"),
    ],
)
def test_what_is_no_volume_is_set_aside_once(
    tmp_path: Path, change: Callable[[FileDataset], None], code: str
) -> None:
    written(tmp_path, change)
    result = scan(tmp_path)
    assert (result.found, codes(result)) == ((), {code: 1})
    assert accounted(result, tmp_path)


def test_one_frame_of_another_orientation_is_left_out_and_said(tmp_path: Path) -> None:
    def turn_first(one: FileDataset) -> None:
        turned = Dataset()
        turned.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
        one.PerFrameFunctionalGroupsSequence[0].PlaneOrientationSequence = [turned]

    written(tmp_path, turn_first)
    found = found_in(tmp_path)
    assert found.frames == (1, 2, 3)
    assert found.notes == ("Slices set aside for another orientation, size or spacing: 1.",)


def test_damage_anywhere_ends_in_a_volume_or_a_reason(tmp_path: Path) -> None:
    whole = written(tmp_path).read_bytes()
    rng = random.Random(11)
    for turn in range(150):
        bent = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            bent[rng.randrange(132, len(bent))] = rng.randrange(256)
        end = len(bent) if turn % 3 else rng.randrange(140, len(bent))
        (tmp_path / "pet").write_bytes(bent[:end])
        result = scan(tmp_path)
        assert accounted(result, tmp_path)
        for found in result.found:
            with suppress(ReviewError):
                load(found)


def test_a_deep_nest_in_a_functional_group_is_read_or_rejected(tmp_path: Path) -> None:
    def nest(one: FileDataset) -> None:
        inner = Dataset()
        for _ in range(200):
            outer = Dataset()
            outer.RealWorldValueMappingSequence = [inner]
            inner = outer
        one.PerFrameFunctionalGroupsSequence[1].RealWorldValueMappingSequence = [inner]

    written(tmp_path, nest)
    assert accounted(scan(tmp_path), tmp_path)


def test_frames_that_changed_since_the_scan_are_refused(tmp_path: Path) -> None:
    written(tmp_path)
    found = found_in(tmp_path)
    written(tmp_path, lambda one: one.PerFrameFunctionalGroupsSequence.pop())
    with pytest.raises(ReviewError, match="FRAMES_DISAGREE"):
        load(found)


def test_a_file_with_fewer_frames_than_at_the_scan_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    found = found_in(tmp_path)

    def shorter(one: FileDataset) -> None:
        one.PerFrameFunctionalGroupsSequence.pop()
        one.NumberOfFrames, one.PixelData = 3, one.PixelData[: 3 * len(one.PixelData) // 4]

    written(tmp_path, shorter)
    with pytest.raises(ReviewError, match="FILE_CHANGED"):
        load(found)


@pytest.mark.parametrize(("alike", "code"), [(True, {}), (False, {"DUPLICATE_DIFFERS": 1})])
def test_two_frames_at_one_place_and_time(tmp_path: Path, alike: bool, code: dict[str, int]) -> None:
    """The same pixels are a copy inside the file, other pixels are not chosen between."""

    def twice(one: FileDataset) -> None:
        groups = one.PerFrameFunctionalGroupsSequence
        groups[3] = groups[2]
        if alike:
            frame = len(one.PixelData) // 4
            one.PixelData = one.PixelData[: 3 * frame] + one.PixelData[2 * frame : 3 * frame]

    written(tmp_path, twice)
    result = scan(tmp_path)
    assert codes(result) == code
    assert accounted(result, tmp_path)
    if alike:
        assert result.found[0].frames == (0, 1, 2)
        assert result.found[0].notes == ("Identical copies of slices dropped: 1.",)


def test_compressed_frames_that_lie_are_refused(tmp_path: Path) -> None:
    def pack(one: FileDataset) -> None:
        one.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        one.PixelData = one.PixelData[: len(one.PixelData) // 2]

    written(tmp_path, pack)
    with pytest.raises(ReviewError, match="PIXELS_BROKEN"):
        load(found_in(tmp_path))

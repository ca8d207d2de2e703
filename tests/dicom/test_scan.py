"""The walk over files: each hazard ends in a series that is right, or in a rejection with its code."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import SecondaryCaptureImageStorage

from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import PET_SERIES, Recipe, accounted, codes, ct, pet, save

Change = Callable[[FileDataset], None]


def test_a_series_under_any_names_in_any_depth(tmp_path: Path) -> None:
    slices = pet()
    random.Random(1).shuffle(slices)
    names = ["no extension", "IM1.jpg", "IM2", "ünï.dcm", "0"]
    for k, one in enumerate(slices):
        one.InstanceNumber = 99 - k
        save([one], tmp_path / f"d{k % 2}" / "é ü", [names[k]])
    result = scan(tmp_path)
    (found,) = result.found
    recipe = Recipe()
    assert found.series.uid == PET_SERIES
    assert found.series.modality == "PT"
    assert found.series.grid.shape == (5, 4, 3)
    assert np.allclose(found.series.grid.matrix[:3], recipe.affine, rtol=0, atol=1e-9)
    assert found.instance_uids == tuple(f"{PET_SERIES}.{k + 1}" for k in range(5))
    assert found.facts is not None
    assert [s.acquired.second for s in found.facts.slices if s.acquired] == [0, 1, 2, 3, 4]
    assert found.series.when == found.facts.slices[0].acquired
    assert found.series.attenuation_corrected is True
    assert result.rejected == ()
    assert accounted(result, tmp_path)


def test_one_file_is_a_scan_too(tmp_path: Path) -> None:
    save(pet()[:1], tmp_path)
    assert codes(scan(tmp_path / "slice0")) == {"SINGLE_SLICE": 1}


def test_an_empty_folder_is_an_empty_scan(tmp_path: Path) -> None:
    assert scan(tmp_path) == Scan(tmp_path, (), (), ())


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="NO_SUCH_PATH"):
        scan(tmp_path / "absent")


def test_a_missing_slice_is_a_gap(tmp_path: Path) -> None:
    slices = pet()
    save(slices[:2] + slices[3:], tmp_path)
    (found,) = scan(tmp_path).found
    assert found.gaps == (2,)
    assert found.series.grid.shape[0] == 5
    assert found.facts is not None
    assert len(found.files) == 4
    assert len(found.facts.slices) == len(found.facts.slopes) == 5
    assert any("missing" in note for note in found.notes)


def test_missing_slices_at_the_end_are_said_where_the_header_counts_them(tmp_path: Path) -> None:
    slices = pet()
    for one in slices:
        one.NumberOfSlices = 5
    save(slices[:3], tmp_path)
    (found,) = scan(tmp_path).found
    assert found.notes == ("Slices announced by the header: 5; found: 3.",)


def test_an_identical_copy_is_dropped(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a")
    save(pet(), tmp_path / "b")
    result = scan(tmp_path)
    (found,) = result.found
    assert found.series.grid.shape[0] == 5
    assert codes(result) == {"DUPLICATE": 5}
    assert accounted(result, tmp_path)


def _other_pixels(one: FileDataset) -> None:
    one.PixelData = bytes(reversed(one.PixelData))


def _other_slope(one: FileDataset) -> None:
    one.RescaleSlope = "2"


def _moved_sideways(one: FileDataset) -> None:
    one.ImagePositionPatient[0] += 5


@pytest.mark.parametrize("change", [_other_pixels, _other_slope, _moved_sideways])
@pytest.mark.parametrize("modality", [pet, ct])
def test_two_different_slices_at_one_place_are_refused(
    tmp_path: Path, change: Change, modality: Callable[[], list[FileDataset]]
) -> None:
    double = modality()[2]
    change(double)
    save([*modality(), double], tmp_path)
    result = scan(tmp_path)
    assert result.found == ()
    assert codes(result) == {"DUPLICATE_DIFFERS": 6}


def test_time_frames_are_told_from_copies(tmp_path: Path) -> None:
    later = pet()
    for k, one in enumerate(later):
        one.SOPInstanceUID = f"{PET_SERIES}.9{k}"
        one.AcquisitionTime = "110000"
    save([*pet(), *later], tmp_path)
    first, second = scan(tmp_path).found
    assert (first.frame, second.frame, first.frame_count) == (0, 1, 2)
    assert second.instance_uids == tuple(f"{PET_SERIES}.9{k}" for k in range(5))


def test_a_lone_slice_of_another_orientation_is_set_aside(tmp_path: Path) -> None:
    slices = ct()
    slices[0].ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    save(slices, tmp_path)
    result = scan(tmp_path)
    assert result.found[0].series.grid.shape[0] == 4
    assert codes(result) == {"OTHER_STACK": 1}
    assert result.found[0].notes == ("Slices set aside for another orientation, size or spacing: 1.",)


def test_two_equal_stacks_in_a_series_are_not_chosen_between(tmp_path: Path) -> None:
    turned = ct(row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), step=(3.0, 0.0, 0.0))
    for one in turned:
        one.SOPInstanceUID += ".9"
    save([*ct(), *turned], tmp_path)
    assert codes(scan(tmp_path)) == {"STACKS_AMBIGUOUS": 10}


def test_two_patients_in_a_series_are_refused(tmp_path: Path) -> None:
    slices = pet()
    slices[3].PatientID = "P2"
    save(slices, tmp_path)
    assert codes(scan(tmp_path)) == {"TWO_PATIENTS": 5}


@pytest.mark.parametrize(("born", "expected"), [("19600101", {"TWO_PATIENTS": 5}), ("", {})])
def test_a_slice_of_another_birth_date_is_another_patients(
    tmp_path: Path, born: str, expected: dict[str, int]
) -> None:
    slices = pet()
    for one in slices:
        one.PatientBirthDate = "19600229"
    slices[2].PatientBirthDate = born
    save(slices, tmp_path)
    assert codes(scan(tmp_path)) == expected


def test_slices_that_jump_sideways_are_refused(tmp_path: Path) -> None:
    slices = pet()
    slices[2].ImagePositionPatient[0] += 5.0
    save(slices, tmp_path)
    assert codes(scan(tmp_path)) == {"GEOMETRY_IRREGULAR": 5}


def _set(keyword: str, value: object) -> Change:
    return lambda one: setattr(one, keyword, value)


def _no(keyword: str) -> Change:
    return lambda one: delattr(one, keyword)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("LOCALISER", _set("ImageType", ["ORIGINAL", "PRIMARY", "LOCALIZER"])),
        ("SECONDARY_CAPTURE", _set("SOPClassUID", SecondaryCaptureImageStorage)),
        ("FRAMES_DISAGREE", _set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.130")),
        ("ENHANCED_NOT_YET", _set("NumberOfFrames", "2")),
        ("KIND_UNUSED", _set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11")),
        ("KIND_UNUSED", _no("SOPClassUID")),
        ("NO_PIXELS", _no("PixelData")),
        ("TRUNCATED", _set("Rows", 5)),
        ("COLOUR", _set("SamplesPerPixel", 3)),
        ("NO_GEOMETRY", _no("ImagePositionPatient")),
        ("NO_GEOMETRY", _set("ImageOrientationPatient", [1, 0, 0, 1, 0, 0])),
        ("NO_GEOMETRY", _no("PixelSpacing")),
        ("NO_RESCALE", _no("RescaleSlope")),
        ("NO_RESCALE", _no("RescaleIntercept")),
        ("NO_IDENTITY", _no("SOPInstanceUID")),
        ("NO_IDENTITY", _no("SeriesInstanceUID")),
    ],
)
def test_what_is_no_slice_is_set_aside_with_its_code(tmp_path: Path, code: str, change: Change) -> None:
    slices = pet()
    change(slices[0])
    save(slices, tmp_path)
    result = scan(tmp_path)
    assert codes(result) == {code: 1}
    assert result.found[0].series.grid.shape[0] == 4
    assert accounted(result, tmp_path)


def test_without_frame_of_reference_a_series_shares_its_space_with_nothing(tmp_path: Path) -> None:
    for modality in (pet, ct):
        slices = modality()
        for one in slices:
            del one.FrameOfReferenceUID
        save(slices, tmp_path / modality.__name__)
    frames = {f.series.grid.frame_of_reference_uid for f in scan(tmp_path).found}
    assert len(frames) == 2
    assert "" not in frames


def test_slices_that_disagree_on_units_are_said(tmp_path: Path) -> None:
    slices = pet()
    slices[2].Units = "CNTS"
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert found.facts is not None
    assert found.facts.inconsistent == ("units",)
    assert found.notes == ("Slices disagree on units.",)

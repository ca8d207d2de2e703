"""Segmentations as regions: frames by place, bits across bytes, fractions, overlap, and refusals."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import JPEG2000Lossless, RLELossless

from atsmviewer.dicom.region import segments
from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import ImportedMask, Roi, Role
from tests.dicom.segmented import STEP_MM, code_item, frames_of, masks, segmentation
from tests.dicom.synthetic import FRAME, accounted


def _read(one: FileDataset, folder: Path) -> tuple[Roi, ...]:
    one.save_as(folder / "seg", enforce_file_format=True)
    return read_regions(folder / "seg", ())


def _places(roi: Roi) -> set[tuple[float, ...]]:
    """Voxel centres in LPS mm."""
    assert isinstance(roi.shape, ImportedMask)
    index = np.stack(np.unravel_index(np.array(roi.shape.voxels), roi.shape.grid.shape), axis=1)
    return {tuple(np.round(p, 6).tolist()) for p in roi.shape.grid.to_mm(index.astype(np.float64))}


def _expected(mask: NDArray[np.bool_]) -> set[tuple[float, ...]]:
    """Centres by PS3.3 C.7.6.2.1.1: spacing between rows is the first of PixelSpacing."""
    return {(-10 + 3.0 * c, -20 + 2.0 * r, 100 + STEP_MM * k) for k, r, c in np.argwhere(mask).tolist()}


def test_frames_are_placed_by_their_position(tmp_path: Path) -> None:
    given = masks()
    for seed in range(4):
        order = frames_of(given)
        np.random.default_rng(seed).shuffle(order)
        (roi,) = _read(segmentation(given, order), tmp_path)
        assert _places(roi) == _expected(given[1])
        assert isinstance(roi.shape, ImportedMask)
        assert list(roi.shape.voxels) == sorted(roi.shape.voxels)
    assert (roi.name, roi.role, roi.frame_of_reference_uid) == ("Part 1", Role.REFERENCE, FRAME)


def test_segments_may_overlap_and_are_told_apart(tmp_path: Path) -> None:
    given = masks(3)
    assert (given[1] & given[2]).any()
    rois = _read(segmentation(given, sorted(frames_of(given), key=lambda f: f[1])), tmp_path)
    assert [roi.name for roi in rois] == ["Part 1", "Part 2", "Part 3"]
    assert len({roi.uid for roi in rois}) == 3
    for n, roi in enumerate(rois):
        assert _places(roi) == _expected(given[n + 1])


def test_planes_without_a_voxel_may_be_left_out(tmp_path: Path) -> None:
    given = masks()
    given[1][1:3] = False
    (roi,) = _read(segmentation(given), tmp_path)
    assert _places(roi) == _expected(given[1])
    assert isinstance(roi.shape, ImportedMask)
    assert roi.shape.grid.voxel_ml == pytest.approx(2 * 3 * STEP_MM / 1000)


def test_one_plane_is_as_thick_as_it_says(tmp_path: Path) -> None:
    given = masks()
    given[1][1:] = False
    one = segmentation(given)
    measures = one.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    del measures.SpacingBetweenSlices
    (roi,) = _read(one, tmp_path)
    assert isinstance(roi.shape, ImportedMask)
    assert roi.shape.grid.voxel_ml == pytest.approx(2 * 3 * STEP_MM / 1000)
    del measures.SliceThickness
    with pytest.raises(ReviewError, match="REGIONS_UNREADABLE"):
        _read(one, tmp_path)


@pytest.mark.parametrize("compressed", [False, True])
def test_fractions_from_half_the_maximum_are_inside(tmp_path: Path, compressed: bool) -> None:
    given = masks()
    one = segmentation(given, kind="FRACTIONAL")
    data = np.frombuffer(one.PixelData, np.uint8)[: 4 * 35].copy()
    at = np.flatnonzero(given[1].ravel())
    data[at[0]], data[at[1]], data[at[2]] = 100, 99, 101
    one.PixelData = data.tobytes()
    if compressed:
        one.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    (roi,) = _read(one, tmp_path)
    inside = given[1].copy()
    inside.ravel()[at[1]] = False
    assert _places(roi) == _expected(inside)
    assert roi.name == "Part 1 (fractions from 0.5)"


@pytest.mark.parametrize(
    ("code", "role"),
    [
        ("86049000", Role.TUMOUR),
        ("M-80003", Role.TUMOUR),
        ("6574001", Role.NECROSIS),
        ("10200004", Role.REFERENCE),
    ],
)
def test_a_role_only_where_the_code_leaves_no_doubt(tmp_path: Path, code: str, role: Role) -> None:
    one = segmentation(masks())
    one.SegmentSequence[0].SegmentedPropertyTypeCodeSequence = [code_item(code, "x")]
    (roi,) = _read(one, tmp_path)
    assert roi.role is role


def _shifted(one: FileDataset) -> None:
    one.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence[0].ImagePositionPatient[2] += 1.0


def _sideways(one: FileDataset) -> None:
    one.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence[0].ImagePositionPatient[0] += 1.0


def _same_place(one: FileDataset) -> None:
    groups = one.PerFrameFunctionalGroupsSequence
    groups[1].PlanePositionSequence = groups[0].PlanePositionSequence


def _half_spacing(one: FileDataset) -> None:
    one.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SpacingBetweenSlices = STEP_MM / 2


def _longer_steps(one: FileDataset) -> None:
    one.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SpacingBetweenSlices = STEP_MM * 1.1


def _no_position(one: FileDataset) -> None:
    del one.PerFrameFunctionalGroupsSequence[3].PlanePositionSequence


def _no_segment(one: FileDataset) -> None:
    del one.PerFrameFunctionalGroupsSequence[0].SegmentIdentificationSequence


def _turned(one: FileDataset) -> None:
    other = Dataset()
    other.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    one.PerFrameFunctionalGroupsSequence[1].PlaneOrientationSequence = [other]


def _cut(one: FileDataset) -> None:
    one.PixelData = one.PixelData[:-4]


def _more_frames(one: FileDataset) -> None:
    one.NumberOfFrames = 2_000_000_000


def _no_frame_of_reference(one: FileDataset) -> None:
    del one.FrameOfReferenceUID


def _nothing(one: FileDataset) -> None:
    one.PixelData = bytes(len(one.PixelData))


def _label_map(one: FileDataset) -> None:
    one.SegmentationType = "LABELMAP"


def _compressed(one: FileDataset) -> None:
    one.file_meta.TransferSyntaxUID = JPEG2000Lossless
    one["PixelData"].is_undefined_length = True
    one.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x04\0\0\0\xff\x4f\xff\x51"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *((c, "REGIONS_UNREADABLE") for c in (_shifted, _sideways, _same_place, _half_spacing)),
        *((c, "REGIONS_UNREADABLE") for c in (_no_position, _no_segment, _turned, _cut, _label_map)),
        (_longer_steps, "REGIONS_UNREADABLE"),
        (_more_frames, "FRAMES_DISAGREE"),
        (_no_frame_of_reference, "REGIONS_PLACE_UNKNOWN"),
        (_nothing, "REGIONS_EMPTY"),
        (_compressed, "TRANSFER_SYNTAX"),
    ],
)
def test_what_does_not_say_what_it_means_is_refused(tmp_path: Path, change: object, code: str) -> None:
    one = segmentation(masks())
    assert callable(change)
    change(one)
    with pytest.raises(ReviewError, match=code):
        _read(one, tmp_path)


def test_a_segmentation_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "VOXEL_LIMIT", 4 * 35 - 1)
    with pytest.raises(ReviewError, match="TOO_LARGE"):
        _read(segmentation(masks()), tmp_path)


def test_a_scan_knows_a_segmentation_as_regions(tmp_path: Path) -> None:
    _read(segmentation(masks()), tmp_path)
    result = scan(tmp_path)
    assert result.regions == (tmp_path / "seg",)
    assert accounted(result, tmp_path)


@pytest.mark.reference
def test_a_published_tumour_has_its_published_volume(reference_data: Path) -> None:
    """Published with its report: 795 voxels of 3.537818 x 3.537818 x 3.375 mm, 33.5824 ml."""
    (roi,) = read_regions(reference_data / "08_seg_rwvm_sr_dcmqi" / "qin_headneck_0003" / "seg.dcm", ())
    assert isinstance(roi.shape, ImportedMask)
    assert (roi.name, roi.role) == ("Neoplasm, Primary", Role.TUMOUR)
    assert len(roi.shape.voxels) == 795
    assert len(roi.shape.voxels) * roi.shape.grid.voxel_ml == pytest.approx(33.5824, abs=5e-5)


@pytest.mark.reference
def test_a_published_segmentation_is_its_published_label_map(reference_data: Path) -> None:
    """The same voxels as NRRD of the same makers: gzip after a blank line, int16, (slice, row, column)."""
    folder = reference_data / "08_seg_rwvm_sr_dcmqi" / "ct_23x38x3"
    (roi,) = read_regions(folder / "seg" / "label.seg", ())
    packed = (folder / "nrrd" / "label.nrrd").read_bytes().split(b"\n\n", 1)[1]
    label = np.frombuffer(gzip.decompress(packed), "<i2").reshape(3, 38, 23)
    assert isinstance(roi.shape, ImportedMask)
    assert roi.shape.grid.shape == label.shape
    assert list(roi.shape.voxels) == np.flatnonzero(label).tolist()
    assert roi.shape.grid.matrix[:3, 3] == pytest.approx([46.4649, 5.01881, -177.75])


@pytest.mark.reference
def test_a_published_liver_lies_in_the_ct_it_was_drawn_on(reference_data: Path) -> None:
    folder = reference_data / "08_seg_rwvm_sr_dcmqi"
    (found,) = scan(folder / "liver_ct_3slice").found
    (roi,) = read_regions(folder / "liver_ct_3slice_seg" / "liver.dcm", ())
    assert isinstance(roi.shape, ImportedMask)
    assert roi.shape.grid.shape == found.series.grid.shape
    assert np.allclose(roi.shape.grid.matrix, found.series.grid.matrix, atol=0.01)
    assert roi.frame_of_reference_uid == found.series.grid.frame_of_reference_uid

"""Enhanced multi-frame files: each frame a slice, with its own scaling and place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    UID,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    ImplicitVRLittleEndian,
    RLELossless,
)

from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.model.volume import Unit
from tests.dicom.enhanced import (
    SLOPES,
    found_in,
    group_of,
    made,
    written,
)
from tests.dicom.synthetic import codes


def test_a_volume_comes_back_frame_by_frame(tmp_path: Path) -> None:
    written(tmp_path)
    found, sent = found_in(tmp_path), made()
    assert np.allclose(found.series.grid.matrix, sent.grid.matrix, rtol=0, atol=1e-9)
    assert found.series.grid.shape == (4, 5, 6)
    assert found.frames == (0, 1, 2, 3)
    volume = load(found)
    assert volume.unit is Unit.BQML
    steps = np.array(SLOPES)[:, None, None]
    exact = np.rint(sent.voxels.astype(np.float64) / steps) * steps
    assert np.array_equal(volume.voxels, exact.astype(np.float32))


def test_frames_are_stacked_by_place_and_not_by_order(tmp_path: Path) -> None:
    written(tmp_path / "a")

    def shuffled(one: FileDataset) -> None:
        order = [2, 0, 3, 1]
        groups, pixels = one.PerFrameFunctionalGroupsSequence, one.pixel_array
        one.PerFrameFunctionalGroupsSequence = [groups[k] for k in order]
        one.PixelData = pixels[order].tobytes()

    written(tmp_path / "b", shuffled)
    straight, mixed = (load(found_in(tmp_path / name)) for name in "ab")
    assert found_in(tmp_path / "b").frames == (1, 3, 0, 2)
    assert np.array_equal(straight.voxels, mixed.voxels)
    assert straight.grid == mixed.grid


@pytest.mark.parametrize(
    ("kind", "modality"), [(EnhancedCTImageStorage, "CT"), (EnhancedMRImageStorage, "MR")]
)
def test_enhanced_ct_and_mr_are_anatomy(tmp_path: Path, kind: UID, modality: str) -> None:
    def change(one: FileDataset) -> None:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = kind
        for group in one.PerFrameFunctionalGroupsSequence:
            transformation = group.PixelValueTransformationSequence[0]
            transformation.RescaleSlope, transformation.RescaleIntercept = "1", "-1024"

    path = written(tmp_path, change)
    found = found_in(tmp_path)
    assert (found.series.modality, found.facts) == (modality, None)
    volume = load(found)
    assert volume.unit is (Unit.HU if modality == "CT" else Unit.STORED)
    assert np.array_equal(volume.voxels, pydicom.dcmread(path).pixel_array.astype(int) - 1024)


def test_an_implicit_file_maps_its_signed_values(tmp_path: Path) -> None:
    """Without explicit VR the range's ends read as unsigned: -32768 as 32768."""
    straight = load(found_in(written(tmp_path / "a").parent))
    one = pydicom.dcmread(written(tmp_path / "b"))
    one.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    one.save_as(tmp_path / "b" / "pet", implicit_vr=True, little_endian=True)
    implicit = load(found_in(tmp_path / "b"))
    assert np.array_equal(implicit.voxels, straight.voxels)
    assert implicit.unit is Unit.BQML


def test_compressed_frames(tmp_path: Path) -> None:
    straight = load(found_in(written(tmp_path / "a").parent))
    packed = pydicom.dcmread(written(tmp_path / "b"))
    packed.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    packed.save_as(tmp_path / "b" / "pet")
    assert np.array_equal(load(found_in(tmp_path / "b")).voxels, straight.voxels)


def test_a_second_time_at_one_place_is_dynamic(tmp_path: Path) -> None:
    def two_times(one: FileDataset) -> None:
        for k in (2, 3):
            position = group_of(one, k - 2, "PlanePositionSequence").ImagePositionPatient
            group_of(one, k, "PlanePositionSequence").ImagePositionPatient = position
            content = group_of(one, k, "FrameContentSequence")
            first = group_of(one, k - 2, "FrameContentSequence")
            content.FrameAcquisitionDateTime = first.FrameAcquisitionDateTime
            content.FrameReferenceDateTime = first.FrameReferenceDateTime
            content.TemporalPositionIndex = 2

    written(tmp_path, two_times)
    result = scan(tmp_path)
    first, second = result.found
    assert (first.frames, second.frames, codes(result)) == ((0, 1), (2, 3), {})
    assert second.facts is not None
    assert second.facts.slices[0].acquired is None  # two frames cannot begin at once


@pytest.mark.parametrize("kind", ["Cardiac", "Respiratory"])
def test_gates_of_one_file_are_told_by_their_delay_after_the_trigger(tmp_path: Path, kind: str) -> None:
    def gated(one: FileDataset) -> None:
        for k in range(4):
            position = group_of(one, k % 2, "PlanePositionSequence").ImagePositionPatient
            group_of(one, k, "PlanePositionSequence").ImagePositionPatient = position
            content, first = (group_of(one, n, "FrameContentSequence") for n in (k, 0))
            content.FrameAcquisitionDateTime = first.FrameAcquisitionDateTime
            content.FrameReferenceDateTime = first.FrameReferenceDateTime
            synchronised = Dataset()
            setattr(synchronised, f"Nominal{kind}TriggerDelayTime", 400.0 - 350.0 * (k // 2))
            group = one.PerFrameFunctionalGroupsSequence[k]
            setattr(group, f"{kind}SynchronizationSequence", [synchronised])

    written(tmp_path, gated)
    first, second = scan(tmp_path).found
    assert (first.gate, second.gate) == ("gate 1 of 2, trigger 50 ms", "gate 2 of 2, trigger 400 ms")
    assert (first.frames, second.frames) == ((2, 3), (0, 1))


def test_a_copy_of_the_file_is_dropped_and_a_changed_copy_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "copy").write_bytes(path.read_bytes())
    assert codes(scan(tmp_path)) == {"DUPLICATE": 1}
    assert load(scan(tmp_path).found[0]).voxels.shape == (4, 5, 6)
    bent = bytearray(path.read_bytes())
    bent[-7] ^= 1
    (tmp_path / "copy").write_bytes(bent)
    assert codes(scan(tmp_path)) == {"DUPLICATE_DIFFERS": 2}

"""Several reconstructions under one series UID: each a series of its own, or refused (R37)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import scan
from tests.dicom.dynamic import SIX, dynamic
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, accounted, codes, ct, pet, save


def _second(slices: list[FileDataset], **values: object) -> list[FileDataset]:
    """The slices as another reconstruction: other pixels, other identity, other words in the header."""
    for one in slices:
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.SOPInstanceUID}.77")
        pixels = np.frombuffer(one.PixelData, np.int16) + np.int16(1)
        one.PixelData = pixels.astype(np.int16).tobytes()
        for keyword, value in values.items():
            setattr(one, keyword, value)
    return slices


def _first(slices: list[FileDataset], **values: object) -> list[FileDataset]:
    for one in slices:
        for keyword, value in values.items():
            setattr(one, keyword, value)
    return slices


def test_two_kernels_of_a_ct_are_two_series(tmp_path: Path) -> None:
    soft, sharp = _first(ct(), ConvolutionKernel="B30f"), _second(ct(), ConvolutionKernel="B70f")
    save([*soft, *sharp], tmp_path)
    result = scan(tmp_path)
    one, other = sorted(result.found, key=lambda f: f.series.description)
    assert one.series.description == "CT series (kernel B30f)"
    assert other.series.description == "CT series (kernel B70f)"
    assert one.series.uid != other.series.uid
    assert {f.series.uid.partition("#")[0] for f in result.found} == {CT_SERIES}
    assert one.instance_uids == tuple(s.SOPInstanceUID for s in soft)
    assert other.instance_uids == tuple(s.SOPInstanceUID for s in sharp)
    assert np.array_equal(load(other).voxels, load(one).voxels + 1)
    assert f"Series {CT_SERIES} holds 2 reconstructions; this is the one with kernel B30f." in one.notes
    assert accounted(result, tmp_path)


def test_the_uid_of_a_reconstruction_depends_on_nothing_else(tmp_path: Path) -> None:
    def kernels(folder: Path, *names: str) -> dict[str, str]:
        made = []
        for k, name in enumerate(names):
            slices = _second(ct(), ConvolutionKernel=name)
            for one in slices:
                one.SOPInstanceUID += f".{k}"
                one.PixelData = (np.frombuffer(one.PixelData, np.int16) + np.int16(k)).tobytes()
            made += slices
        save(made, folder)
        return {f.series.description: f.series.uid for f in scan(folder).found}

    two, three = kernels(tmp_path / "a", "B70f", "B30f"), kernels(tmp_path / "b", "B30f", "B50f", "B70f")
    assert len(two) == 2
    assert len(three) == 3
    assert two.items() <= three.items()


def test_a_corrected_and_an_uncorrected_pet_under_one_uid(tmp_path: Path) -> None:
    bare = _second(pet(), CorrectedImage=["NORM", "DTIM", "DECY"])
    save([*pet(), *bare], tmp_path)
    result = scan(tmp_path)
    assert sorted(f.series.attenuation_corrected is True for f in result.found) == [False, True]
    made = study(result)
    assert [a.pet.attenuation_corrected for a in made.acquisitions] == [True, False]


def test_each_reconstruction_of_a_dynamic_scan_keeps_its_frames(tmp_path: Path) -> None:
    first = _first(dynamic(), ReconstructionMethod="OSEM")
    save([*first, *_second(dynamic(), ReconstructionMethod="FBP")], tmp_path)
    result = scan(tmp_path)
    assert sorted((f.series.description, f.frame) for f in result.found) == sorted(
        (f"PT series (reconstruction {name})", k) for name in ("OSEM", "FBP") for k in range(len(SIX))
    )


def test_a_sum_beside_the_frames_it_was_made_of_is_a_series_of_its_own(tmp_path: Path) -> None:
    total = _second(pet(stored=np.full((4, 5, 4), 9, np.int16)), ImageType=["DERIVED", "PRIMARY", "SUM"])
    for one in total:
        one.AcquisitionTime, one.ActualFrameDuration = "100000", 1500000
        one.FrameReferenceTime = "700000"
    save([*dynamic(), *total], tmp_path)
    result = scan(tmp_path)
    assert sorted(f.frame_count for f in result.found) == [1, 6, 6, 6, 6, 6, 6]
    assert codes(result) == {}


@pytest.mark.parametrize("keyword", ["ImageID", "ImageType"])
def test_an_element_of_each_slice_tells_no_reconstructions_apart(tmp_path: Path, keyword: str) -> None:
    slices = [*pet(), *_second(pet())]
    for k, one in enumerate(slices):
        one.ImageID = str(k)
        if keyword == "ImageType":
            one.ImageType = ["ORIGINAL", "PRIMARY", f"S{k}"]
    save(slices, tmp_path)
    result = scan(tmp_path)
    assert result.found == ()
    assert codes(result) == {"DUPLICATE_DIFFERS": 10}


def test_the_dicom_uid_is_told(tmp_path: Path) -> None:
    save([*_first(pet(), ConvolutionKernel="A"), *_second(pet(), ConvolutionKernel="B")], tmp_path)
    notes = [note for f in scan(tmp_path).found for note in f.notes]
    assert sum(note.startswith(f"Series {PET_SERIES} holds 2 reconstructions") for note in notes) == 2

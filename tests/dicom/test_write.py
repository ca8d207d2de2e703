"""Writing series: what plain pydicom reads back, and refusals of what DICOM has no word for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.dicom.write import STORED_MAX, dataset_of, decimal, write_series
from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume

SQUARE = (0.0, 0.0, 2.5, -10.0, 0.0, 2.0, 0.0, -20.0, 3.0, 0.0, 0.0, 100.0)


def pet(affine: tuple[float, ...] = SQUARE) -> Volume:
    voxels = np.random.default_rng(3).gamma(2.0, 4000.0, (4, 5, 6)).astype(np.float32)
    voxels[2] = 0.0
    return Volume(Grid((4, 5, 6), affine, "1.2.3"), voxels, Unit.BQML, "1.2.4")


def header(modality: str, **more: object) -> dict[str, object]:
    return {"Modality": modality, "PatientID": "P", "SeriesInstanceUID": "1.2.4", **more}


def slices(count: int = 4) -> list[dict[str, object]]:
    return [{"SOPInstanceUID": f"1.2.4.{k}", "InstanceNumber": k + 1} for k in range(count)]


def test_every_pet_slice_comes_back_within_half_a_step_of_its_own_slope(tmp_path: Path) -> None:
    volume = pet()
    paths = write_series(tmp_path, volume, header("PT"), slices())
    read = [pydicom.dcmread(path) for path in paths]
    for k, one in enumerate(read):
        slope = float(one.RescaleSlope)
        assert one.pixel_array.dtype == np.int16
        back = one.pixel_array.astype(np.float64) * slope
        assert np.abs(back - volume.voxels[k]).max() <= slope / 2 * (1 + 1e-9)
        assert one.pixel_array.max() in (STORED_MAX, 0)
        assert float(one.RescaleIntercept) == 0.0
        assert one.SOPClassUID.name == "Positron Emission Tomography Image Storage"
        assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID == f"1.2.4.{k}"
    assert len({float(one.RescaleSlope) for one in read}) == 4


def test_ct_is_whole_hu_exactly(tmp_path: Path) -> None:
    hu = np.array([[[-1024, -1000, 0], [55, 1280, 3071]]], np.int16)
    volume = Volume(Grid((1, 2, 3), SQUARE, "1.2.3"), hu, Unit.HU, "1.2.4")
    one = pydicom.dcmread(write_series(tmp_path, volume, header("CT"), slices(1))[0])
    assert (float(one.RescaleSlope), float(one.RescaleIntercept)) == (1.0, -1024.0)
    assert np.array_equal(one.pixel_array.astype(np.int32) - 1024, hu[0])


@pytest.mark.parametrize(
    "affine",
    [
        SQUARE,
        # slices towards the left, rows towards the feet: a sagittal stack
        (3.0, 0.0, 0.0, 1.0, 0.0, 0.0, 2.5, 2.0, 0.0, -2.0, 0.0, 3.0),
    ],
)
def test_geometry_by_the_definition_of_the_standard(tmp_path: Path, affine: tuple[float, ...]) -> None:
    """PS3.3 C.7.6.2.1.1: position + column x spacing along the row + row x spacing along the column."""
    volume = pet(affine)
    for k, path in enumerate(write_series(tmp_path, volume, header("PT"), slices())):
        one = pydicom.dcmread(path)
        along, down = np.reshape(one.ImageOrientationPatient, (2, 3)).astype(float)
        got = np.array(one.ImagePositionPatient, float)
        got = got + 3 * float(one.PixelSpacing[0]) * down + 4 * float(one.PixelSpacing[1]) * along
        assert got == pytest.approx(volume.grid.to_mm(np.array([k, 3.0, 4.0])), abs=1e-9)
        assert one.FrameOfReferenceUID == "1.2.3"


def test_elements_of_all_slices_and_of_one_and_nested_items(tmp_path: Path) -> None:
    code = [{"CodeValue": "3932008", "CodingSchemeDesignator": "SCT", "CodeMeaning": "^64^Copper"}]
    shared = header(
        "PT",
        CorrectedImage=["ATTN", "DECY"],
        PatientWeight=71.0,
        RadiopharmaceuticalInformationSequence=[
            {"RadionuclideTotalDose": 388.8e6, "RadionuclideCodeSequence": code}
        ],
    )
    own = [{**one, "AcquisitionTime": f"1000{k:02d}"} for k, one in enumerate(slices())]
    for k, path in enumerate(write_series(tmp_path, pet(), shared, own)):
        one = pydicom.dcmread(path)
        assert list(one.CorrectedImage) == ["ATTN", "DECY"]
        assert float(one.PatientWeight) == 71.0
        item = one.RadiopharmaceuticalInformationSequence[0]
        assert float(item.RadionuclideTotalDose) == 388.8e6
        assert item.RadionuclideCodeSequence[0].CodeMeaning == "^64^Copper"
        assert (one.AcquisitionTime, one.InstanceNumber) == (f"1000{k:02d}", k + 1)


def test_the_same_series_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_series(tmp_path / name, pet(), header("PT"), slices())
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_progress_is_told_once_a_slice(tmp_path: Path) -> None:
    told: list[int] = []
    write_series(tmp_path, pet(), header("PT"), slices(), lambda: told.append(1))
    assert len(told) == 4


def test_a_word_that_dicom_does_not_have_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no DICOM keyword 'Dose'"):
        dataset_of({"Dose": 1})
    with pytest.raises(ValueError, match="3 slice headers for 4 slices"):
        write_series(tmp_path, pet(), header("PT"), slices(3))


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_decimal_fits_its_element_and_says_the_number(value: float) -> None:
    text = decimal(value)
    assert len(text) <= 16
    # a minus, a point, a leading 0 and an exponent of four leave at least nine digits
    assert float(text) == pytest.approx(value, rel=1e-8, abs=1e-300)


def test_an_item_may_hold_any_value() -> None:
    item: Any = dataset_of({"KVP": 120, "SliceThickness": 4.0, "Rows": 5})
    assert (item.KVP, item.SliceThickness, item.Rows) == (120, 4.0, 5)


def test_private_elements_stand_in_the_block_of_their_creator(tmp_path: Path) -> None:
    private = [(0x7053, "Philips PET Private Group", 0x09, "DS", 0.5), (0x0071, "MAKER", 0x22, "DT", "2025")]
    path = write_series(tmp_path, pet(), header("PT", private=private), slices())[0]
    one = pydicom.dcmread(path)
    assert float(one.private_block(0x7053, "Philips PET Private Group")[0x09].value) == 0.5
    assert str(one.private_block(0x0071, "MAKER")[0x22].value) == "2025"


def test_a_given_slope_is_the_one_stored_and_as_many_are_asked_for(tmp_path: Path) -> None:
    steps = (1.5, 2.0, 2.5, 3.0)
    read = [
        pydicom.dcmread(path) for path in write_series(tmp_path, pet(), header("PT"), slices(), None, steps)
    ]
    assert [float(one.RescaleSlope) for one in read] == list(steps)
    for one, voxels in zip(read, pet().voxels, strict=True):
        assert np.abs(one.pixel_array * float(one.RescaleSlope) - voxels).max() <= one.RescaleSlope / 2
    with pytest.raises(ValueError, match="3 slopes"):
        write_series(tmp_path, pet(), header("PT"), slices(), slopes=steps[:3])

"""Real World Value Mapping objects: known to the scan, told of the series they name, applied to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RealWorldValueMappingStorage

from atsmviewer.dicom.header.mapping import RealWorldMapping, read_mappings
from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import scan
from tests.dicom.synthetic import PET_SERIES, accounted, codes, pet, save


def _object(syntax: UID = ExplicitVRLittleEndian, slope: float | None = 2.5e-4) -> FileDataset:
    """A mapping of the first two slices of the made-up PET to SUV, for stored values -5 to 30000."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = RealWorldValueMappingStorage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = UID("1.2.3.9"), syntax
    one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    one.SOPClassUID, one.SOPInstanceUID = RealWorldValueMappingStorage, "1.2.3.9"
    one.PatientID = "P1"
    code, mapping, group = Dataset(), Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "{SUVbw}g/ml", "UCUM", "SUV"
    mapping.MeasurementUnitsCodeSequence = [code]
    mapping.RealWorldValueIntercept = 0.5
    if slope is not None:
        mapping.RealWorldValueSlope = slope
    mapping.add_new("RealWorldValueFirstValueMapped", "SS", -5)
    mapping.add_new("RealWorldValueLastValueMapped", "SS", 30000)
    group.RealWorldValueMappingSequence, group.ReferencedImageSequence = [mapping], []
    for k in (1, 2):
        image = Dataset()
        image.ReferencedSOPInstanceUID = f"{PET_SERIES}.{k}"
        group.ReferencedImageSequence.append(image)
    one.ReferencedImageRealWorldValueMappingSequence = [group]
    return one


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_mapping_is_read_with_the_instances_it_names(tmp_path: Path, syntax: UID) -> None:
    save([_object(syntax)], tmp_path, ["map"])
    expected = RealWorldMapping(
        slope=2.5e-4,
        intercept=0.5,
        unit="{SUVbw}g/ml",
        first=-5.0,
        last=30000.0,
        instances=(f"{PET_SERIES}.1", f"{PET_SERIES}.2"),
        path=tmp_path / "map",
    )
    assert read_mappings(tmp_path / "map") == (expected,)
    assert (expected.units, expected.suv_type) == ("GML", "BW")


def test_it_is_told_of_its_series_and_changes_no_value(tmp_path: Path) -> None:
    save(pet(), tmp_path)
    before = load(scan(tmp_path).found[0])
    save([_object()], tmp_path, ["map"])
    result = scan(tmp_path)
    assert result.rejected == ()
    assert accounted(result, tmp_path)
    after = load(result.found[0])
    assert np.array_equal(before.voxels, after.voxels)
    assert after.unit is before.unit
    (told,) = (note for note in study(result).notes if "states" in note)
    assert told.endswith("map states {SUVbw}g/ml = 0.00025 x stored value +0.5; it is not applied.")


def test_a_mapping_of_other_images_is_not_told(tmp_path: Path) -> None:
    save(pet(series="1.2.3.7"), tmp_path)
    save([_object()], tmp_path, ["map"])
    assert not any("states" in note for note in study(scan(tmp_path)).notes)


def test_an_object_without_a_linear_mapping_is_set_aside(tmp_path: Path) -> None:
    save([_object(slope=None)], tmp_path)
    assert codes(scan(tmp_path)) == {"MAPPING_UNREADABLE": 1}


@pytest.mark.reference
def test_a_published_mapping_has_its_published_slope(reference_data: Path) -> None:
    folder = reference_data / "08_seg_rwvm_sr_dcmqi" / "qin_headneck_0003"
    result = scan(folder)
    (mapping,) = result.mappings
    assert (mapping.slope, mapping.intercept) == (0.000375125, 0.0)
    assert (mapping.units, mapping.suv_type) == ("GML", "BW")
    assert (mapping.first, mapping.last) == (0.0, 32761.0)
    assert len(mapping.instances) == 191
    assert mapping.path == folder / "rwvm.dcm"
    assert [path.name for path in result.regions] == ["seg.dcm"]
    assert codes(result) == {"KIND_UNUSED": 1}

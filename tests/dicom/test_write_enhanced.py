"""Writing Enhanced PET: what plain pydicom reads back, and what an independent validator says of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.volume import Unit
from tests.dicom.enhanced import HEADER, changed, frames, made

VARIANTS = {
    "default": changed(),
    "not decay corrected": changed(DecayCorrected="NO", DecayCorrectionDateTime=None),
    "not attenuation corrected": changed(
        AttenuationCorrected="NO", ScatterCorrected="NO", RandomsCorrected="NO"
    ),
    "SUV by lean mass": changed(SUVType="LBM"),
}


def test_pixels_geometry_and_frame_values_are_where_the_standard_puts_them(tmp_path: Path) -> None:
    slopes = [0.5, 1.25, 3.0, 2.0]
    volume = made()
    path = write_enhanced(tmp_path / "deep" / "pet.dcm", volume, HEADER, frames(4), slopes)
    one = pydicom.dcmread(path)
    assert one.SOPClassUID.name == "Enhanced PET Image Storage"
    assert (one.NumberOfFrames, one.Rows, one.Columns) == (4, 5, 6)
    shared, per_frame = one.SharedFunctionalGroupsSequence[0], one.PerFrameFunctionalGroupsSequence
    assert shared.PixelMeasuresSequence[0].PixelSpacing == [2.0, 2.5]
    assert shared.PlaneOrientationSequence[0].ImageOrientationPatient == [1, 0, 0, 0, 1, 0]
    for k, group in enumerate(per_frame):
        assert group.PlanePositionSequence[0].ImagePositionPatient == [-10.0, -20.0, 100.0 + 3.0 * k]
        assert group.FrameContentSequence[0].FrameAcquisitionDuration == 300000.0
        transformation = group.PixelValueTransformationSequence[0]
        mapping = group.RealWorldValueMappingSequence[0]
        assert (transformation.RescaleSlope, transformation.RescaleIntercept) == (slopes[k], 0)
        assert (mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept) == (slopes[k], 0.0)
        assert mapping.MeasurementUnitsCodeSequence[0].CodeValue == "Bq/ml"
        assert (mapping.RealWorldValueFirstValueMapped, mapping.RealWorldValueLastValueMapped) == (
            -32768,
            32767,
        )
        back = one.pixel_array[k] * slopes[k]
        assert np.abs(back - volume.voxels[k]).max() <= slopes[k] / 2 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("unit", "suv_type", "code"),
    [
        (Unit.SUV, None, "g/ml{SUVbw}"),
        (Unit.SUV, "LBM", "g/ml{SUVlbm}"),
        (Unit.CM2ML, None, "cm2/ml{SUVbsa}"),
        (Unit.COUNTS, None, "{counts}"),
    ],
)
def test_the_unit_is_a_code(tmp_path: Path, unit: Unit, suv_type: str | None, code: str) -> None:
    one = pydicom.dcmread(
        write_enhanced(tmp_path / "a", made(unit=unit), changed(SUVType=suv_type), frames(4))
    )
    mapping = one.PerFrameFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    assert mapping.MeasurementUnitsCodeSequence[0].CodeValue == code
    assert "SUVType" not in one


def test_the_same_file_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_enhanced(tmp_path / name, made(), HEADER, frames(4)) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 frames and 0 slopes for 4 slices"):
        write_enhanced(tmp_path / "a", made(), HEADER, frames(3))
    with pytest.raises(ValueError, match="do not fit 16 bits with slope"):
        write_enhanced(tmp_path / "a", made(), HEADER, frames(4), [1e-3] * 4)
    with pytest.raises(ValueError, match="no unit code for 'HU'"):
        write_enhanced(tmp_path / "a", made(unit=Unit.HU), HEADER, frames(4))


@pytest.mark.debian
@pytest.mark.parametrize("name", VARIANTS)
def test_a_validator_finds_no_error(tmp_path: Path, name: str) -> None:
    """Dciodvfy of dicom3tools checks a file against its own tables of the standard's modules."""
    assert shutil.which("dciodvfy"), "install dicom3tools"
    volume = made(unit=Unit.SUV) if "SUV" in name else made()
    path = write_enhanced(tmp_path / "pet.dcm", volume, VARIANTS[name], frames(4))
    ran = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False)
    assert ran.stderr.strip() == "EnhancedPETImage"

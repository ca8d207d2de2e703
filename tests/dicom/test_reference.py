"""Real and reference data through the front door: what their SOURCE files say is what is found."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from atsmviewer.dicom.header.facts import pet_facts
from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import found_of, study
from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import ImportedMask, Prism
from atsmviewer.model.volume import Unit

pytestmark = pytest.mark.reference
DROS = ("DRO_0_0", "DRO_1_0", "DRO_2_0", "DRO_2_4", "DRO_3_1", "DRO_3_2", "DRO_4_1", "DRO_5_0")


def test_a_real_whole_body_pet_with_its_cropped_ct(reference_data: Path) -> None:
    began = time.perf_counter()
    result = scan(reference_data / "03_sts001_petct_raw_demo")
    case = study(result)
    whole = case.acquisitions[[a.pet.description for a in case.acquisitions].index("PET AC")]
    pet, anatomy = load(found_of(result, whole.uid)), whole.anatomy
    assert anatomy is not None
    ct = load(found_of(result, anatomy.uid))
    assert time.perf_counter() - began < 5  # 1.0 s alone on two cores; the rest is for a busy machine
    assert len(result.regions) == 5  # three structure sets and two NIfTI masks
    assert whole.pet.grid.shape == pet.voxels.shape == (267, 128, 128)
    assert whole.pet.grid.spacing_mm == pytest.approx((3.27, 4.6875, 4.6875), abs=2e-4)
    assert anatomy.grid.shape == ct.voxels.shape == (59, 202, 198)
    assert (pet.unit, ct.unit) == (Unit.BQML, Unit.HU)
    assert whole.facts.weight_kg == 71.0
    assert whole.facts.injected_activity_bq == 3.88777472e8
    assert whole.facts.nuclide == "18F"
    assert {s.frame_reference_s for s in whole.facts.slices} == {0.0, 243.0, 486.0, 729.0, 972.0, 1215.0}
    assert len({s.acquired for s in whole.facts.slices}) == 1


def test_the_suv_crop_of_the_same_scan_lies_on_its_voxels(reference_data: Path) -> None:
    """The crop is the whole body x one factor, so the ratio at every shared voxel must be one number."""
    result = scan(reference_data / "03_sts001_petct_raw_demo")
    crop, whole = (
        load(next(f for f in result.found if f.series.description == name))
        for name in ("IBSI_1_STS_001_PET_image", "PET AC")
    )
    index = np.indices(crop.grid.shape).reshape(3, -1).T.astype(np.float64)
    place = whole.grid.to_index(crop.grid.to_mm(index))
    at = np.rint(place).astype(int)
    assert np.abs(place - at).max() < 0.05
    values = whole.voxels[tuple(at.T)]
    hot = values > 2000
    ratio = crop.voxels.reshape(-1)[hot] / values[hot]
    assert np.ptp(ratio) / ratio.mean() < 2e-3


def test_real_structure_sets_and_masks_lie_in_the_series_they_were_drawn_on(reference_data: Path) -> None:
    result = scan(reference_data / "03_sts001_petct_raw_demo")
    grids = [f.series.grid for f in result.found]
    drawn = [path for path in result.regions if path.suffix == ".dcm"]
    rois = [roi for path in drawn for roi in read_regions(path, grids)]
    assert sorted(r.name for r in rois) == ["GTV_Edema", "GTV_Mass", "GTV_Mass_CT", "GTV_Mass_PET"]
    for roi in rois:
        assert isinstance(roi.shape, Prism)
        assert roi.shape.thickness_mm == pytest.approx(3.27, abs=1e-6)
        assert roi.frame_of_reference_uid == grids[0].frame_of_reference_uid
    for name, grid in (("CT_crop", (59, 202, 198)), ("PET_crop", (59, 43, 41))):
        path = reference_data / "03_sts001_petct_raw_demo" / "nifti" / f"{name}_mask.nii.gz"
        (roi,) = read_regions(path, grids)
        assert isinstance(roi.shape, ImportedMask)
        assert roi.shape.grid in grids
        assert roi.shape.grid.shape == grid


@pytest.mark.parametrize("name", DROS)
def test_reference_objects_open_with_their_mask(reference_data: Path, name: str) -> None:
    result = scan(reference_data / "02_suv_dro_oncoray" / name)
    (acquisition,) = study(result).acquisitions
    volume = load(found_of(result, acquisition.uid))
    assert volume.voxels.shape == (20, 256, 256)
    assert acquisition.facts.nuclide == ("68Ga" if name == "DRO_5_0" else "18F")
    assert acquisition.facts.inconsistent == ()
    mask = reference_data / "02_suv_dro_oncoray" / name / "mask" / "DRO_mask.nii.gz"
    (roi,) = read_regions(mask, [acquisition.pet.grid])
    assert isinstance(roi.shape, ImportedMask)
    assert roi.shape.grid == acquisition.pet.grid
    assert len(roi.shape.voxels) == 203202
    inside = volume.voxels.reshape(-1)[list(roi.shape.voxels)]
    low, middle, high = inside.min(), np.median(inside), inside.max()
    assert (low / middle, high / middle) == pytest.approx((0.2, 4.0), abs=0.005)
    assert len(read_regions(result.regions[0], ())) == 1


def test_a_philips_factor_without_its_creator(reference_data: Path) -> None:
    """DRO_2_4 has (7053,1000) alone; its generator's SUV factor is 0.0005."""
    (found,) = scan(reference_data / "02_suv_dro_oncoray" / "DRO_2_4").found
    assert found.facts is not None
    assert found.facts.philips_suv_factor == 0.0005
    assert "without private creator" in found.facts.source("philips_suv_factor")


def test_a_pet_without_suv_tags_opens_with_facts_none(reference_data: Path) -> None:
    result = scan(reference_data / "07_nema_phantom_pet_without_suv_tags")
    (acquisition,) = study(result).acquisitions
    facts = acquisition.facts
    assert acquisition.pet.grid.shape == (89, 192, 192)
    assert (facts.units, facts.weight_kg, facts.injected_activity_bq, facts.half_life_s) == (None,) * 4
    assert (facts.nuclide, facts.injection_datetime, facts.series_datetime) == (None,) * 3
    assert load(result.found[0]).unit is Unit.STORED


def test_a_session_with_scout_and_statistics_series(reference_data: Path) -> None:
    result = scan(reference_data / "12_vision_quadra_petct_session_headers")
    codes = [r.code for r in result.rejected if r.code != "NOT_DICOM"]
    assert sorted(codes) == ["LOCALISER", *["SECONDARY_CAPTURE"] * 3]
    corrected, raw = study(result).acquisitions
    assert (corrected.facts.units, raw.facts.units) == ("BQML", "PROPCPS")
    assert (corrected.pet.attenuation_corrected, raw.pet.attenuation_corrected) == (True, False)
    assert corrected.facts.nuclide == "68Ge"
    decayed_to = corrected.facts.decay_reference_datetime
    assert decayed_to is not None
    assert decayed_to.isoformat() == "2023-08-25T15:24:19"
    for acquisition in (corrected, raw):
        assert acquisition.anatomy is not None
        assert acquisition.anatomy.description == "AC CT 3.0  SWB HD_FoV"


def test_two_patients_of_the_pairs_are_refused_and_each_alone_opens(reference_data: Path) -> None:
    folder = reference_data / "04_sts_petct_pairs_GML"
    with pytest.raises(ReviewError, match="TWO_PATIENTS"):
        study(scan(folder))
    for patient, slices in (("STS_003", 51), ("STS_034", 55)):
        (acquisition,) = study(scan(folder / patient)).acquisitions
        assert acquisition.pet.grid.shape[0] == slices
        assert acquisition.facts.units == "GML"
        assert acquisition.anatomy is not None


_TRACER = (
    "RadionuclideTotalDose",
    "RadionuclideHalfLife",
    "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
)


def _dataset(header: dict[str, object]) -> Dataset:
    dataset, item = Dataset(), Dataset()
    for keyword, value in header.items():
        if keyword in _TRACER:
            setattr(item, keyword, value)
        elif keyword != "PhilipsPETPrivateGroup":
            setattr(dataset, keyword, value)
    dataset.RadiopharmaceuticalInformationSequence = [item]
    private = header["PhilipsPETPrivateGroup"]
    if isinstance(private, dict) and private:
        dataset.add_new(Tag(0x7053, 0x10), "LO", "Philips PET Private Group")
        dataset.add_new(Tag(0x7053, 0x1000), "DS", private["SUVScaleFactor"])
        dataset.add_new(Tag(0x7053, 0x1009), "DS", private["ActivityConcentrationScaleFactor"])
    return dataset


@pytest.mark.parametrize(
    "name", ["SIEMENS", "GE_MEDICAL_AND_BQML", "PHILIPS_BQML", "PHILIPS_CNTS_AND_BQML_SUV"]
)
def test_facts_of_real_headers(reference_data: Path, name: str) -> None:
    path = reference_data / "05_suv_headers_calculate_suv" / f"{name}-instances.json"
    headers = json.loads(path.read_text("utf-8"))
    facts = pet_facts([_dataset(header) for header in headers])
    first = headers[0]
    assert facts.inconsistent == ()
    assert facts.units == first["Units"]
    assert facts.weight_kg == first["PatientWeight"]
    assert facts.injected_activity_bq == first["RadionuclideTotalDose"]
    assert facts.half_life_s == first["RadionuclideHalfLife"]
    assert [s.duration_s for s in facts.slices] == [h["ActualFrameDuration"] / 1000 for h in headers]
    assert [s.frame_reference_s for s in facts.slices] == [h["FrameReferenceTime"] / 1000 for h in headers]
    assert facts.series_datetime is not None
    assert facts.series_datetime.strftime("%Y%m%d%H%M%S") == first["SeriesDate"] + first["SeriesTime"][:6]
    stated = first.get("RadiopharmaceuticalStartDateTime", "").strip()[:14]
    assert (facts.injection_datetime.strftime("%Y%m%d%H%M%S") if facts.injection_datetime else "") == stated
    factor = first["PhilipsPETPrivateGroup"].get("SUVScaleFactor")
    assert facts.philips_suv_factor == (float(factor) if factor else None)


def test_one_ct_slice_in_many_transfer_syntaxes(reference_data: Path, tmp_path: Path) -> None:
    """A second slice makes each a volume: lossless ones are the same bits, lossy ones as near as stated."""
    folder = reference_data / "06_transfer_syntaxes_ct"
    listed = json.loads((reference_data / "reference_values.json").read_text("utf-8"))["cases"]
    expected = next(one["expected"] for one in listed if one["id"] == "transfer_syntaxes")
    read = {}
    for path in sorted(folder.glob("CTImage.dcm*")):
        pair = tmp_path / path.name
        pair.mkdir()
        (pair / "a").write_bytes(path.read_bytes())
        _write_next_slice(path, pair / "b")
        (found,) = scan(pair).found
        read[path.name.rpartition("_")[2].removesuffix(".dcm")] = load(found)
    original = read.pop("CTImage").voxels
    for syntax in expected["bit_identical_to_CTImage.dcm"]:
        assert np.array_equal(read.pop(syntax).voxels, original), syntax
    for syntax, bound in expected["max_abs_difference"].items():
        difference = np.abs(read.pop(syntax).voxels.astype(float) - original).max()
        assert 0 < difference <= bound, syntax
    extended = read["1.2.840.10008.1.2.4.51"].voxels
    for syntax, step_hu in {"50": 32.1216, "51": 2.0002442, "53": 2.0002442, "55": 2.0002442}.items():
        voxels = read.pop(f"1.2.840.10008.1.2.4.{syntax}").voxels
        # A step is what one stored number is in HU; coarser quantisation of frequencies stays below 20 steps.
        assert np.abs(voxels - original).mean() < 2 * step_hu
        assert np.abs(voxels - original).max() < 20 * step_hu
        # The three of 12 bits carry the same coefficients in another order (ISO/IEC 10918-1 G).
        assert syntax == "50" or np.array_equal(voxels, extended)
    assert not read


def _write_next_slice(path: Path, to: Path) -> None:
    """The same slice 1 mm higher under another UID."""
    dataset = pydicom.dcmread(path)
    dataset.ImagePositionPatient = [*dataset.ImagePositionPatient[:2], dataset.ImagePositionPatient[2] + 1]
    dataset.SOPInstanceUID += ".1"
    dataset.save_as(to)


def test_a_converted_multi_frame_ct_is_its_classic_slices(reference_data: Path) -> None:
    """The same three slices of 08 as files of one slice and as one Legacy Converted Enhanced CT."""
    folder = reference_data / "08_seg_rwvm_sr_dcmqi" / "ct_23x38x3"
    (classic,) = scan(folder / "image").found
    (converted,) = scan(folder / "multiframe").found
    assert converted.series.modality == classic.series.modality == "CT"
    assert converted.frames == (0, 1, 2)
    assert converted.series.grid.shape == (3, 38, 23)
    assert np.allclose(converted.series.grid.matrix, classic.series.grid.matrix, rtol=0, atol=1e-6)
    assert np.array_equal(load(converted).voxels, load(classic).voxels)

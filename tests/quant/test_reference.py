"""Reference objects, real headers, a real patient: the numbers that outside sources give (O2, O3, O13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Contour, ImportedMask, Prism, Roi, Role
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SPACE, UID, facts, of, roi, session, study, with_ct

pytestmark = pytest.mark.reference

DROS = ("DRO_0_0", "DRO_1_0", "DRO_2_0", "DRO_2_4", "DRO_3_1", "DRO_3_2", "DRO_4_1", "DRO_5_0")
HEADERS = ("SIEMENS", "GE_MEDICAL_AND_BQML", "PHILIPS_BQML", "PHILIPS_CNTS_AND_BQML_SUV")
NUCLIDES = {"C-111A1": "18F", "C-131A3": "68Ga", "77004003": "18F"}


def moment(day: str, clock: str) -> datetime:
    return datetime.strptime(f"{day.strip()}{clock.strip()[:6]}", "%Y%m%d%H%M%S")


def series_facts(headers: Sequence[Dataset]) -> PetFacts:
    """Facts straight from the tags, by this test alone: it knows nothing of the product's reader."""
    first = headers[0]
    item = first.RadiopharmaceuticalInformationSequence[0]
    full = str(item.get("RadiopharmaceuticalStartDateTime", "")).strip()
    clock = str(item.get("RadiopharmaceuticalStartTime", "")).strip()
    code = item.RadionuclideCodeSequence[0].CodeValue if "RadionuclideCodeSequence" in item else ""
    factors = {key: _private(first, key) for key in (0x70531000, 0x70531009)}
    return PetFacts(
        units=str(first.Units),
        decay_correction=str(first.DecayCorrection),
        corrected_image=tuple(first.CorrectedImage),
        suv_type=first.get("SUVType"),
        weight_kg=float(first.PatientWeight),
        sex=str(first.PatientSex),
        injected_activity_bq=float(item.RadionuclideTotalDose),
        half_life_s=float(item.RadionuclideHalfLife),
        nuclide=NUCLIDES.get(code),
        injection_datetime=moment(full[:8], full[8:]) if full else None,
        injection_time=time(int(clock[:2]), int(clock[2:4]), int(clock[4:6])) if clock else None,
        series_datetime=moment(first.SeriesDate, str(first.SeriesTime)),
        manufacturer=first.get("Manufacturer"),
        philips_suv_factor=factors[0x70531000],
        philips_activity_factor=factors[0x70531009],
        slices=tuple(
            SliceTime(
                moment(h.AcquisitionDate, str(h.AcquisitionTime)),
                float(h.ActualFrameDuration) / 1000,
                float(h.FrameReferenceTime) / 1000,
            )
            for h in headers
        ),
    )


def _private(header: Dataset, tag: int) -> float | None:
    return float(str(header[tag].value)) if tag in header else None


def read(folder: Path) -> list[pydicom.FileDataset]:
    found = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    return sorted(found, key=lambda d: float(d.ImagePositionPatient[2]))


def values(headers: Sequence[pydicom.FileDataset]) -> NDArray[np.float64]:
    return np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in headers])


def axial(headers: Sequence[pydicom.FileDataset]) -> Grid:
    """The lattice of axial slices with the identity for orientation, as all of these have."""
    first, last = headers[0], headers[-1]
    assert [float(v) for v in first.ImageOrientationPatient] == [1, 0, 0, 0, 1, 0]
    x, y, z = (float(v) for v in first.ImagePositionPatient)
    row, column = (float(v) for v in first.PixelSpacing)
    step = (float(last.ImagePositionPatient[2]) - z) / (len(headers) - 1)
    shape = (len(headers), int(first.Rows), int(first.Columns))
    return Grid(shape, (0, 0, column, x, 0, row, 0, y, step, 0, 0, z), SPACE)


@pytest.mark.parametrize("name", DROS)
def test_a_reference_object_reads_0_20_1_00_4_00(reference_data: Path, name: str) -> None:
    """O2: the eight IBSI objects, through mask and statistics."""
    folder = reference_data / "02_suv_dro_oncoray" / name
    headers = read(folder / "PT")
    image: Any = nibabel.load(folder / "mask" / "DRO_mask.nii.gz")
    # NIfTI is (column, row, slice) in RAS; both in-plane axes of these masks run against LPS
    inside = np.transpose(np.asarray(image.dataobj), (2, 1, 0)) > 0
    signs = [image.affine[0, 0] > 0, image.affine[1, 1] > 0, image.affine[2, 2] < 0]
    for axis, backwards in zip((2, 1, 0), signs, strict=True):
        inside = np.flip(inside, axis) if backwards else inside
    on = axial(headers)
    pet = Volume(on, values(headers).astype(np.float32), Unit.BQML, UID)
    region = roi(Role.REFERENCE, ImportedMask(on, tuple(np.flatnonzero(inside).tolist())))
    assert len(region.shape.voxels if isinstance(region.shape, ImportedMask) else ()) == 203202
    found = assess(study(pet, series_facts(headers)), session(region))
    assert found.scale(UID).refused is None
    got = [of(found, region, quantity) for quantity in ("min", "median", "max")]
    assert got == pytest.approx([0.20, 1.00, 4.00], abs=0.005)


def json_header(header: dict[str, Any]) -> Dataset:
    dataset, item = Dataset(), Dataset()
    private = header.pop("PhilipsPETPrivateGroup")
    for keyword, value in header.items():
        inner = keyword.startswith(("Radionuclide", "Radiopharmaceutical"))
        setattr(item if inner else dataset, keyword, value)
    dataset.RadiopharmaceuticalInformationSequence = [item]
    for tag, key in ((0x70531000, "SUVScaleFactor"), (0x70531009, "ActivityConcentrationScaleFactor")):
        if key in private:
            dataset.add_new(tag, "DS", private[key].strip())
    return dataset


@pytest.mark.parametrize("name", HEADERS)
def test_real_headers_give_the_published_factor(reference_data: Path, name: str) -> None:
    """O3; the last digits agree too, far below the 1e-6 that is asked for."""
    path = reference_data / "05_suv_headers_calculate_suv" / f"{name}-instances.json"
    facts = series_facts([json_header(header) for header in json.loads(path.read_text("utf-8"))])
    cases = json.loads((reference_data / "reference_values.json").read_text("utf-8"))["cases"]
    (case,) = (c for c in cases if c["id"] == f"calculate_suv_{name}")
    factor = suv_scale(facts).factor
    assert factor == pytest.approx(case["expected"]["suvbw_factor"], abs=1e-6)
    assert factor == pytest.approx(case["expected"]["suvbw_factor"], rel=1e-6)


def test_a_real_patient_end_to_end(reference_data: Path) -> None:
    """STS_001: raw Bq/ml and its structure set, to what five teams found on the SUV copy (IBSI)."""
    folder = reference_data / "03_sts001_petct_raw_demo"
    headers = read(folder / "PET_wholebody_BQML")
    (path,) = (folder / "RTSTRUCT_on_PET_wholebody").iterdir()
    region = roi(Role.TUMOUR, contoured(path, "GTV_Mass"))
    pet = Volume(axial(headers), values(headers).astype(np.float32), Unit.BQML, UID)
    found = assess(study(pet, series_facts(headers)), session(region, mask_rule="centre"))
    assert found.scale(UID).factor == pytest.approx(0.0002429029766, rel=1e-9)
    assert of(found, region, "voxels") == 5095
    assert of(found, region, "max") == pytest.approx(7.910674, rel=1e-4)
    assert of(found, region, "mean") == pytest.approx(2.555134, rel=1e-4)


PHANTOM = {
    "mean": "mean",
    "median": "median",
    "minimum": "min",
    "maximum": "max",
    "10th percentile": "p10",
    "90th percentile": "p90",
    "coefficient of variation": "cov",
    "local intensity peak": "peak_local",
    "global intensity peak": "peak_global",
    "volume fraction at 10% intensity": "ivh_v10",
    "volume fraction at 90% intensity": "ivh_v90",
    "intensity at 10% volume": "ivh_i10",
    "intensity at 90% volume": "ivh_i90",
}
"""What IBSI tabulates of its digital phantom, printed to three digits, and its name here."""

SARCOMAS = {
    "STS_001": ("03_sts001_petct_raw_demo", "{}_crop{}", "RTSTRUCT_on_{}_crop", "nifti/{}_crop_mask.nii.gz"),
    "STS_003": ("04_sts_petct_pairs_GML/STS_003", "{}/image", "{}/rtstruct", "{}/{}_mask.nii.gz"),
    "STS_034": ("04_sts_petct_pairs_GML/STS_034", "{}/image", "{}/rtstruct", "{}/{}_mask.nii.gz"),
}
"""Folder of a patient, and in it the image, structure set and mask of a modality."""


def published(data: Path, case_id: str) -> dict[str, Any]:
    cases = json.loads((data / "reference_values.json").read_text("utf-8"))["cases"]
    (case,) = (c for c in cases if c["id"] == case_id)
    expected: dict[str, Any] = case["expected"]
    return expected


def sarcoma(data: Path, patient: str) -> Study:
    """PET, whose pixels are SUV, and CT of one patient, as the files give them."""
    folder, image, *_ = SARCOMAS[patient]
    pet, ct = (
        read(data / folder / image.format(name, "_GML" if name == "PET" else "")) for name in ("PET", "CT")
    )
    first = Volume(axial(pet), values(pet).astype(np.float32), Unit.SUV, UID)
    other = Volume(axial(ct), values(ct).astype(np.int16), Unit.HU, "1.2.3.5")
    return with_ct(study(first, series_facts(pet)), other)


def drawn(data: Path, patient: str, modality: str, on: Grid, source: str) -> Roi:
    """The mass by its NIfTI mask, or by its contours."""
    folder, _, struct, nifti = SARCOMAS[patient]
    if source == "mask":
        image: Any = nibabel.load(data / folder / nifti.format(modality, modality))
        inside = np.transpose(np.asarray(image.dataobj)) > 0
        assert inside.shape == on.shape
        corner = (np.array([-1.0, -1, 1]) * image.affine[:3, 3]).tolist()  # NIfTI is RAS, Grid is LPS
        assert on.to_mm(np.zeros(3)).tolist() == pytest.approx(corner, abs=0.05)
        shape: ImportedMask | Prism = ImportedMask(on, tuple(np.flatnonzero(inside).tolist()))
    else:
        shape = contoured(data / folder / struct.format(modality) / "RS.dcm", f"GTV_Mass_{modality}")
    return roi(Role.TUMOUR, shape)


def contoured(path: Path, name: str) -> Prism:
    """A region of a structure set, straight from its tags, extruded by the spacing of its planes."""
    struct = pydicom.dcmread(path)
    numbers = {r.ROIName: r.ROINumber for r in struct.StructureSetROISequence}
    (item,) = (c for c in struct.ROIContourSequence if c.ReferencedROINumber == numbers[name])
    contours = tuple(
        Contour(tuple((float(x), float(y), float(z)) for x, y, z in np.reshape(c.ContourData, (-1, 3))))
        for c in item.ContourSequence
    )
    heights = sorted({round(c.points_mm[0][2], 2) for c in contours})
    return Prism(contours, (0.0, 0.0, 1.0), float(np.median(np.diff(heights))))


@pytest.mark.parametrize("source", ["mask", "contours"])
@pytest.mark.parametrize("patient", SARCOMAS)
def test_pet_regions_of_real_patients(reference_data: Path, patient: str, source: str) -> None:
    """What four to five teams agree on (IBSI); their masks were made from these contours."""
    scan = sarcoma(reference_data, patient)
    region = drawn(reference_data, patient, "PET", scan.acquisitions[0].pet.grid, source)
    found = assess(scan, session(region, mask_rule="centre"))
    expected = published(reference_data, f"ibsi_validation_{patient}_PET")
    assert of(found, region, "voxels") == expected["roi_voxels"]
    for name in ("min", "mean", "max"):
        assert of(found, region, name) == pytest.approx(expected[f"roi_{name}"], rel=1e-4)


@pytest.mark.parametrize("source", ["mask", "contours"])
@pytest.mark.parametrize("patient", SARCOMAS)
def test_ct_regions_of_real_patients(reference_data: Path, patient: str, source: str) -> None:
    """The same mass as drawn on the CT: its HU, on the CT's own voxels."""
    scan = sarcoma(reference_data, patient)
    ct = scan.acquisitions[0].anatomy_volume
    assert ct is not None
    region = drawn(reference_data, patient, "CT", ct.grid, source)
    found = assess(scan, session(region, mask_rule="centre"))
    expected = published(reference_data, f"ibsi_validation_{patient}_CT")
    one = found.of_roi(region.uid)
    assert one is not None
    mean = one["hu_mean"]
    assert isinstance(mean, Measurement)
    assert float(dict(mean.inputs)["voxels"]) == expected["roi_voxels"]
    for name in ("min", "mean", "max"):
        assert of(found, region, f"hu_{name}") == pytest.approx(expected[f"roi_{name}"], rel=1e-4)


def test_the_ibsi_phantom_from_its_files(reference_data: Path) -> None:
    folder = reference_data / "01_ibsi_digital_phantom"
    files: list[Any] = [nibabel.load(folder / f"{name}.nii.gz") for name in ("phantom", "mask")]
    data, inside = (np.transpose(np.asarray(file.dataobj)) for file in files)
    on = Grid(data.shape, (0, 0, 2.0, 0, 0, 2.0, 0, 0, 2.0, 0, 0, 0), SPACE)
    region = roi(Role.REFERENCE, ImportedMask(on, tuple(np.flatnonzero(inside == 1).tolist())))
    phantom = Volume(on, data.astype(np.float32), Unit.STORED, UID)
    found = assess(study(phantom, facts(units=None)), session(region))
    expected = {name: one["value"] for name, one in published(reference_data, "ibsi_digital_phantom").items()}
    for name, quantity in PHANTOM.items():
        assert float(f"{of(found, region, quantity):.3g}") == pytest.approx(expected[name], rel=1e-9), name
    differences = {
        "range": ("max", "min"),
        "interquartile range": ("p75", "p25"),
        "volume fraction difference between 10% and 90% intensity": ("ivh_v10", "ivh_v90"),
        "intensity difference between 10% and 90% volume": ("ivh_i10", "ivh_i90"),
    }
    for name, (high, low) in differences.items():
        made = of(found, region, high) - of(found, region, low)
        assert float(f"{made:.3g}") == pytest.approx(expected[name], rel=1e-9), name
    assert float(f"{of(found, region, 'sd') ** 2:.3g}") == expected["variance"]
    assert of(found, region, "volume_ml") * 1000 == pytest.approx(expected["volume (voxel counting)"], abs=4)
    assert of(found, region, "mesh_ml") * 1000 == pytest.approx(expected["volume (mesh)"], abs=4)
    # integrated intensity is the mean times the mesh's volume: 1200 +- 10
    integrated = of(found, region, "mean") * of(found, region, "mesh_ml") * 1000
    assert integrated == pytest.approx(expected["integrated intensity"], abs=10)

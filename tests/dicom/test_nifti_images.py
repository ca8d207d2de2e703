"""NIfTI images as series: what each is taken for and why, true places, frames, what is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import nibabel
import numpy as np
import pytest

from atsmviewer.dicom.disk.gunzip import Gunzip
from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats
from atsmviewer.model.roi import ImportedMask
from atsmviewer.model.volume import Unit
from tests.dicom.nifti_made import CT, LPS, SHAPE, Way, codes, only, ramp, write_nifti, write_sidecar
from tests.dicom.synthetic import accounted

WAYS = {
    "plain": Way(),
    "RAS": Way(backwards=(0, 1)),
    "left-handed": Way(backwards=(2,)),
    "permuted": Way(axes=(1, 0, 2), backwards=(1,)),
    "scaled words": Way(dtype="<i2", slope=0.5, intercept=-3.0),
    "big-endian": Way(dtype=">i2"),
    "doubles": Way(dtype="<f8"),
    "unsigned bytes": Way(dtype="|u1"),
    "NIfTI-2": Way(version=2),
    "qform only": Way(codes=(0, 1)),
}


def oblique() -> Floats:
    """A lattice turned by 25 degrees about z and by 10 about x."""
    z, x = np.radians(25.0), np.radians(10.0)
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    turned = LPS.copy()
    turned[:3, :3] = about_z @ about_x @ LPS[:3, :3]
    return turned


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("name", WAYS)
def test_every_voxel_lies_where_the_file_says(name: str, suffix: str, tmp_path: Path) -> None:
    for lps in (LPS, oblique()):
        path = write_nifti(tmp_path / f"pet{suffix}", ramp(), lps, WAYS[name])
        found = only(scan(path))
        volume = load(found)
        assert volume.voxels.dtype == np.float32
        index = np.indices(SHAPE).reshape(3, -1).T.astype(np.float64)
        at = np.rint(volume.grid.to_index(index @ lps[:3, :3].T + lps[:3, 3])).astype(int)
        assert volume.grid.to_mm(at.astype(np.float64)) == pytest.approx(
            index @ lps[:3, :3].T + lps[:3, 3], abs=1e-4
        )
        assert volume.voxels[tuple(at.T)].tolist() == ramp().reshape(-1).tolist()
        assert np.linalg.det(volume.grid.matrix[:3, :3]) < 0  # right-handed (column, row, slice) as DICOM is


def test_a_ct_of_whole_numbers_is_int16_hu_and_another_float32(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a_ct.nii", CT, way=Way(dtype="<i2", intercept=-1024.0))
    write_nifti(tmp_path / "b_ct.nii", CT + 0.5)
    whole, parts = (load(f) for f in sorted(scan(tmp_path).found, key=lambda f: f.series.description))
    assert (str(whole.voxels.dtype), whole.unit) == ("int16", Unit.HU)
    assert whole.voxels.tolist() == CT.tolist()
    assert (str(parts.voxels.dtype), parts.unit) == ("float32", Unit.HU)


def test_a_ct_without_air_is_not_known_to_be_in_hu(tmp_path: Path) -> None:
    image = write_nifti(tmp_path / "a_ct.nii", ramp(20.0))
    found = only(scan(image))
    assert load(found).unit is Unit.STORED
    assert any("not known to be in HU" in note for note in found.notes)
    write_sidecar(image, Modality="CT", Units="HU")
    assert load(only(scan(image))).unit is Unit.HU


def test_voxels_that_are_no_number_are_gaps_and_never_infinite(tmp_path: Path) -> None:
    values = ramp()
    values[0, 0, :3] = np.nan, np.inf, 1e300
    volume = load(only(scan(write_nifti(tmp_path / "pet.nii", values, way=Way(dtype="<f8")))))
    assert np.isnan(volume.voxels[0, 0, :3]).all()
    assert np.isfinite(volume.voxels).sum() == values.size - 3


TAKEN = {
    "sub-1_pet": ("PT", ramp()),
    "PET 01": ("PT", ramp()),
    "CTres": ("CT", CT),
    "case_0000": ("CT", CT),
    "petct": ("PT", ramp()),
    "x_T1w": ("MR", ramp()),
    "MRI_T2": ("MR", ramp()),
    "case_0001": ("PT", ramp()),
    "SUV": ("PT", ramp()),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_an_image_is_by_its_name_else_by_its_values(name: str, tmp_path: Path) -> None:
    modality, values = TAKEN[name]
    found = only(scan(write_nifti(tmp_path / f"{name}.nii.gz", values)))
    assert found.series.modality == modality
    assert found.notes[0].startswith("NIfTI, taken for ")


def test_a_side_car_wins_over_name_and_values(tmp_path: Path) -> None:
    mask = write_nifti(tmp_path / "mask.nii", (ramp() > 9).astype(float))
    assert scan(mask).regions == (mask,)
    side = write_sidecar(mask, Modality="PT")
    assert only(scan(mask)).series.modality == "PT"
    result = scan(tmp_path)
    assert only(result).series.modality == "PT"
    assert side.name not in codes(result)  # it was used, so it is not set aside
    assert accounted(result, tmp_path)


REGIONS = {
    "zero and one": (np.round(ramp() % 2), Way()),
    "labels": (np.where(ramp() > 40, ramp() % 7, 0.0), Way(dtype="<i2")),
    "labels as floats": (np.where(ramp() > 40, ramp() % 7, 0.0), Way()),
}


@pytest.mark.parametrize("name", REGIONS)
def test_masks_and_labels_are_regions_whatever_they_are_called(name: str, tmp_path: Path) -> None:
    values, way = REGIONS[name]
    write_nifti(tmp_path / "sub-1_pet.nii", ramp() + 0.5)
    path = write_nifti(tmp_path / "PET of CT.nii", values, way=way)
    result = scan(tmp_path)
    assert result.regions == (path,)
    found = only(result)
    assert any("PET of CT: NIfTI, taken for regions" in note for note in found.notes)
    (roi,) = read_regions(path, [found.series.grid])
    assert isinstance(roi.shape, ImportedMask)
    assert roi.shape.grid == found.series.grid
    assert len(roi.shape.voxels) == np.count_nonzero(values)


def test_a_digital_phantom_of_few_whole_numbers_is_an_image(tmp_path: Path) -> None:
    """The IBSI phantom holds 1, 3, 4, 6 and 9 and no background; labels lie in a background of 0."""
    assert only(scan(write_nifti(tmp_path / "phantom.nii", 1 + ramp() % 5))).series.modality == "PT"


def test_a_copy_is_read_once_by_the_name_that_has_a_side_car(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a_pet.nii", ramp())
    write_sidecar(write_nifti(tmp_path / "b_pet.nii.gz", ramp()), Units="Bq/mL")
    result = scan(tmp_path)
    assert only(result).series.description == "b_pet"
    assert codes(result) == {"a_pet.nii": "DUPLICATE"}
    assert accounted(result, tmp_path)


def test_a_side_car_of_regions_stays_a_file_of_its_own(tmp_path: Path) -> None:
    write_sidecar(write_nifti(tmp_path / "m.nii", ramp() % 2), Sources="by hand")
    result = scan(tmp_path)
    assert codes(result) == {"m.json": "NOT_DICOM"}
    assert accounted(result, tmp_path)


def test_a_zip_holds_images_with_their_side_cars(tmp_path: Path) -> None:
    image = write_nifti(tmp_path / "sub-3_pet.nii.gz", ramp())
    side = write_sidecar(image, Units="Bq/mL", TracerName="Cu-64 ATSM")
    with ZipFile(tmp_path / "all.zip", "w") as packed:
        for path in (image, side):
            packed.write(path, path.name)
    result = scan(tmp_path / "all.zip")
    found = only(result)
    assert found.series.description == "sub-3_pet"
    assert found.facts is not None
    assert (found.facts.units, found.facts.tracer_nuclide, found.patient.id) == ("BQML", "64Cu", "sub-3")
    assert load(found).unit is Unit.BQML


def test_the_fourth_axis_is_time(tmp_path: Path) -> None:
    frames = np.stack([ramp(), ramp(100.0), ramp(7.0)], axis=-1)
    image = write_nifti(tmp_path / "x_pet.nii.gz", frames, way=Way(backwards=(0,)))
    write_sidecar(
        image,
        Units="Bq/mL",
        ScanDate="2026-03-10",
        TimeZero="10:00:00",
        ScanStart=0,
        InjectionStart=0,
        FrameTimesStart=[0, 60, 180],
        FrameDuration=[60, 120, 300],
        ImageDecayCorrected=True,
        ImageDecayCorrectionTime=0,
    )
    found = scan(tmp_path).found
    assert [(f.frame, f.frame_count) for f in found] == [(0, 3), (1, 3), (2, 3)]
    assert len({f.series.uid for f in found}) == 1
    assert [f"{f.series.when:%H:%M:%S}" for f in found if f.series.when] == [
        "10:00:00",
        "10:01:00",
        "10:03:00",
    ]
    assert [f.facts.slices[0].duration_s for f in found if f.facts] == [60.0, 120.0, 300.0]
    for one, low in zip(found, (0.0, 100.0, 7.0), strict=True):
        assert sorted(load(one).voxels.reshape(-1).tolist()) == sorted(ramp(low).reshape(-1).tolist())
        assert one.facts is not None
        assert one.facts.decay_correction == "ADMIN"  # a dynamic scan begins with the injection
        assert one.facts.series_acquired == found[0].series.when
    (acquisition,) = study(scan(tmp_path)).acquisitions
    assert [frame.duration_s for frame in acquisition.frames] == [60.0, 120.0, 300.0]


def test_frames_of_a_packed_file_are_read_from_the_nearest_place_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise each frame unpacks all before it: 45 frames would cost 23 times the file."""
    noise = np.random.default_rng(5).normal(9.0, 1.0, (*SHAPE, 200)).astype(np.float32)
    found = scan(write_nifti(tmp_path / "x_pet.nii.gz", noise)).found
    read, plain = 0, Gunzip.read

    def counted(self: Gunzip, size: int) -> bytes:
        nonlocal read
        piece = plain(self, size)
        read += len(piece)
        return piece

    monkeypatch.setattr(Gunzip, "read", counted)
    for one in (found[-1], *found[:-1]):
        assert (load(one).voxels == noise[..., one.frame]).all()
    assert read < 4 * noise.nbytes


def test_an_image_without_any_number_is_shown_empty(tmp_path: Path) -> None:
    found = only(scan(write_nifti(tmp_path / "pet.nii", np.full(SHAPE, np.nan))))
    assert np.isnan(load(found).voxels).all()


def test_uids_follow_the_content_and_not_the_name_or_the_packing(tmp_path: Path) -> None:
    first = only(scan(write_nifti(tmp_path / "a" / "pet.nii", ramp())))
    again = only(scan(write_nifti(tmp_path / "b" / "other_pet.nii.gz", ramp())))
    changed = only(scan(write_nifti(tmp_path / "c" / "pet.nii", ramp() + 1e-3)))
    moved = only(scan(write_nifti(tmp_path / "d" / "pet.nii", ramp(), oblique())))
    assert first.series.uid == again.series.uid
    assert first.series.study_uid == again.series.study_uid
    assert len({f.series.uid for f in (first, changed, moved)}) == 3


def test_two_affines_that_differ_are_told(tmp_path: Path) -> None:
    path = write_nifti(tmp_path / "pet.nii", ramp())
    image: Any = nibabel.nifti1.Nifti1Image.from_filename(path)
    other = image.affine.copy()
    other[:3, 3] += [0.0, 0.0, 4.0]
    image.set_qform(other, 1)
    image.to_filename(tmp_path / "two_pet.nii")
    found = next(f for f in scan(tmp_path / "two_pet.nii").found)
    assert any("differ by up to 4.0 mm" in note for note in found.notes)


@pytest.mark.reference
def test_the_ibsi_phantom_and_its_mask(reference_data: Path) -> None:
    result = scan(reference_data / "01_ibsi_digital_phantom")
    found = only(result)
    volume = load(found)
    assert [path.name for path in result.regions] == ["mask.nii.gz"]
    (roi,) = read_regions(result.regions[0], [found.series.grid])
    assert isinstance(roi.shape, ImportedMask)
    inside = volume.voxels.reshape(-1)[list(roi.shape.voxels)].astype(np.float64)
    assert len(inside) == 74  # IBSI reference manual, digital phantom: 74 voxels of 2 mm, mean 2.15
    assert inside.mean() == pytest.approx(2.15, abs=0.005)
    assert found.series.grid.spacing_mm == pytest.approx((2.0, 2.0, 2.0))


@pytest.mark.reference
def test_a_mouse_without_pet(reference_data: Path) -> None:
    result = scan(reference_data / "11_mouse_ct_mri_atlas")
    told = {f.series.description: (f.series.modality, f.series.grid.shape) for f in result.found}
    assert told == {"Mouse_CT": ("CT", (130, 64, 82)), "MRI_T2": ("MR", (130, 64, 82))}
    assert {p.name for p in result.regions} == {"brain_mask.nii.gz", "labels.nii.gz", "labels_claudia.nii.gz"}
    ct = next(f for f in result.found if f.series.modality == "CT")
    assert load(ct).unit is Unit.HU
    assert ct.series.grid.spacing_mm == pytest.approx((0.2, 0.2, 0.2), abs=1e-6)
    with pytest.raises(ReviewError, match="NO_PET"):
        study(result)

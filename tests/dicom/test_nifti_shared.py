"""Which NIfTI images share one patient space and one patient, which is said, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.nifti_made import CT, LPS, Way, ramp, write_nifti, write_sidecar
from tests.dicom.synthetic import pet, save


def test_pet_and_ct_share_a_frame_of_reference_and_say_so(tmp_path: Path) -> None:
    write_nifti(tmp_path / "pet.nii", ramp())
    write_nifti(tmp_path / "ct.nii", CT, LPS)
    case = study(scan(tmp_path))
    (acquisition,) = case.acquisitions
    assert acquisition.anatomy is not None
    assert acquisition.anatomy.grid.frame_of_reference_uid == acquisition.frame_of_reference_uid
    assert any("NIfTI names no frame of reference" in note for note in case.notes)


@pytest.mark.parametrize(
    ("pet_way", "ct_way", "away_mm", "ct_name"),
    [
        (Way(codes=(4, 0)), Way(), 0.0, "ct"),
        (Way(), Way(codes=(3, 0)), 0.0, "ct"),
        (Way(), Way(), 500.0, "ct"),
        (Way(), Way(), 1.0, "T1w"),
    ],
)
def test_where_they_may_not_share_it_they_do_not(
    pet_way: Way, ct_way: Way, away_mm: float, ct_name: str, tmp_path: Path
) -> None:
    """A template's space, boxes apart, an MR that nobody aligned."""
    moved = LPS.copy()
    moved[0, 3] += away_mm
    write_nifti(tmp_path / "pet.nii", ramp(), way=pet_way)
    write_nifti(tmp_path / f"x_{ct_name}.nii", CT if ct_name == "ct" else ramp(5.0), moved, ct_way)
    assert study(scan(tmp_path)).acquisitions[0].anatomy is None
    assert len({f.series.grid.frame_of_reference_uid for f in scan(tmp_path).found}) == 2


def test_an_aligned_mr_is_shown_with_the_pet(tmp_path: Path) -> None:
    moved = LPS.copy()
    moved[0, 3] += 1.0
    write_nifti(tmp_path / "pet.nii", ramp())
    write_nifti(tmp_path / "x_T1w.nii", ramp(5.0), moved, Way(codes=(2, 0)))
    anatomy = study(scan(tmp_path)).acquisitions[0].anatomy
    assert anatomy is not None
    assert anatomy.modality == "MR"


def test_sessions_of_one_subject_keep_their_own_spaces(tmp_path: Path) -> None:
    for ses in ("1", "2"):
        write_nifti(tmp_path / f"sub-7_ses-{ses}_pet.nii", ramp(float(ses)))
        write_nifti(tmp_path / f"sub-7_ses-{ses}_ct.nii", CT + float(ses))
    case = study(scan(tmp_path))
    assert len(case.acquisitions) == 2
    for one in case.acquisitions:
        assert one.anatomy is not None
        assert one.anatomy.description == one.pet.description.replace("pet", "ct")
    assert len({one.frame_of_reference_uid for one in case.acquisitions}) == 2


def test_two_subjects_are_two_patients(tmp_path: Path) -> None:
    for sub in ("1", "2"):
        write_nifti(tmp_path / f"sub-{sub}_pet.nii", ramp(float(sub)))
    with pytest.raises(ReviewError, match="TWO_PATIENTS"):
        study(scan(tmp_path))


def test_an_image_beside_dicom_is_of_its_patient_and_in_its_own_space(tmp_path: Path) -> None:
    save(pet(), tmp_path / "dicom")
    write_nifti(tmp_path / "converted_pet.nii.gz", ramp())
    result = scan(tmp_path)
    assert len({f.patient for f in result.found}) == 1
    assert len({f.series.grid.frame_of_reference_uid for f in result.found}) == 2
    assert len(study(result).acquisitions) == 2


@pytest.mark.parametrize(
    ("pet_name", "ct_name", "together"),
    [
        ("P01_pet", "P02_ct", False),
        ("PET_P01", "CT_P02", False),
        ("001_pet", "002_ct", False),
        ("patient_1_pet", "patient_2_ct", False),
        ("week0_pet", "week2_ct", False),
        ("P01_pet", "P1_ct", True),
        ("P01_pet", "ct", True),
        ("4_PET", "2_CT", True),
        ("study_PET_20260310100000_4", "study_CT_20260310100000_2", True),
        ("FDG18_P01_pet", "P01_ct", True),
        ("PET_4mm", "CT_2mm", True),
    ],
)
def test_names_that_number_something_differently_are_kept_apart(
    pet_name: str, ct_name: str, together: bool, tmp_path: Path
) -> None:
    """A number of a series is no number of a patient."""
    write_nifti(tmp_path / f"{pet_name}.nii", ramp())
    write_nifti(tmp_path / f"{ct_name}.nii", CT)
    case = study(scan(tmp_path))
    assert (case.acquisitions[0].anatomy is not None) == together
    told = [note for one in scan(tmp_path).found for note in one.notes if "name them alike" in note]
    assert bool(told) != together


def test_two_numbered_pets_have_a_space_each(tmp_path: Path) -> None:
    for name in ("P01", "P02"):
        write_nifti(tmp_path / f"{name}_pet.nii", ramp(float(name[1:])))
    assert len({f.series.grid.frame_of_reference_uid for f in scan(tmp_path).found}) == 2


def test_a_bids_label_is_no_second_id_beside_a_stated_one(tmp_path: Path) -> None:
    """A data set with the DICOM files it was made of, and one whose side-car names the patient."""
    save(pet(), tmp_path / "whole" / "sourcedata")
    write_nifti(tmp_path / "whole" / "sub-01" / "sub-01_pet.nii", ramp())
    whole = scan(tmp_path / "whole")
    assert len(study(whole).acquisitions) == 2
    assert any("names no patient" in note for one in whole.found for note in one.notes)
    image = write_nifti(tmp_path / "named" / "sub-01_pet.nii", ramp())
    write_sidecar(image, Modality="PT", PatientID="123")
    write_nifti(tmp_path / "named" / "sub-01_ct.nii", CT)
    assert {one.patient.id for one in scan(tmp_path / "named").found} == {"123"}
    assert study(scan(tmp_path / "named")).acquisitions[0].anatomy is not None


def test_two_labels_are_two_patients_whatever_id_they_share(tmp_path: Path) -> None:
    for sub in ("1", "2"):
        image = write_nifti(tmp_path / f"sub-{sub}_pet.nii", ramp(float(sub)))
        write_sidecar(image, Modality="PT", PatientID="anonymous")
    with pytest.raises(ReviewError, match="TWO_PATIENTS"):
        study(scan(tmp_path))

"""Which series belong together: a PET with the CT of its own space, or alone, and never with another's."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from atsmviewer.dicom.pairing import found_of, study
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.study import Study
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, ct, pet, save

OTHER_FRAME = "1.2.826.0.1.3680043.8.498.77"


def _with(slices: list[FileDataset], **values: Any) -> list[FileDataset]:
    for one in slices:
        for keyword, value in values.items():
            setattr(one, keyword, value)
    return slices


def _study(folder: Path, *series: list[FileDataset]) -> Study:
    for k, slices in enumerate(series):
        save(slices, folder / str(k))
    return study(scan(folder))


def test_a_pet_with_the_ct_of_its_frame_of_reference(tmp_path: Path) -> None:
    made = _study(tmp_path, pet(), ct())
    (acquisition,) = made.acquisitions
    assert acquisition.uid == PET_SERIES
    assert acquisition.anatomy is not None
    assert acquisition.anatomy.uid == CT_SERIES
    assert acquisition.facts.nuclide == "64Cu"
    assert [(f.number, f.start, f.duration_s, f.volume) for f in acquisition.frames] == [
        (0, datetime(2024, 2, 29, 10, 0, 0, 500_000), 304.0, None)  # five slices of 300 s, a second apart
    ]
    assert made.patient.id == "P1"
    assert made.key == hashlib.sha256(b"P1\n1.2.826.0.1.3680043.8.498.2").hexdigest()[:16]
    assert made.notes == ("PT series (5 slices, 64Cu) with CT series (5 slices): same frame of reference.",)


def test_another_reconstruction_beside_it_is_the_same_case(tmp_path: Path) -> None:
    alone = _study(tmp_path / "alone", pet(), ct())
    second = _with(pet(), SeriesInstanceUID="1.2.3", SOPInstanceUID="1.2.3.4")
    for k, one in enumerate(second):
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.4.{k}")
    both = _study(tmp_path / "both", pet(), ct(), second)
    assert len(both.acquisitions) == 2
    assert both.key == alone.key


def test_a_ct_of_another_frame_of_reference_is_never_paired(tmp_path: Path) -> None:
    made = _study(tmp_path, pet(), _with(ct(), FrameOfReferenceUID=OTHER_FRAME))
    assert made.acquisitions[0].anatomy is None
    assert any("alone" in note for note in made.notes)
    assert any("its frame of reference is another" in note for note in made.notes)


def test_a_ct_beside_the_pet_is_not_paired(tmp_path: Path) -> None:
    assert _study(tmp_path, pet(), ct(origin=(500.0, 0.0, 100.0))).acquisitions[0].anatomy is None


def test_the_ct_that_covers_more_wins_over_the_nearer_in_time(tmp_path: Path) -> None:
    part = _with(ct(series=f"{CT_SERIES}.1", stored=np.zeros((2, 4, 3), np.int16)), AcquisitionTime="100000")
    whole = _with(ct(series=f"{CT_SERIES}.2"), AcquisitionTime="080000")
    anatomy = _study(tmp_path, pet(), part, whole).acquisitions[0].anatomy
    assert anatomy is not None
    assert anatomy.uid == f"{CT_SERIES}.2"


@pytest.mark.parametrize("nearer", [1, 2])
def test_of_equal_cts_the_nearer_in_time_wins(tmp_path: Path, nearer: int) -> None:
    cts = [
        _with(ct(series=f"{CT_SERIES}.{k}"), AcquisitionTime="095500" if k == nearer else "070000")
        for k in (1, 2)
    ]
    made = _study(tmp_path, pet(), *cts)
    assert made.acquisitions[0].anatomy is not None
    assert made.acquisitions[0].anatomy.uid == f"{CT_SERIES}.{nearer}"
    assert any("nearer in time" in note for note in made.notes)


def test_time_points_come_in_order_with_their_own_ct_and_uncorrected_ones_last(tmp_path: Path) -> None:
    late = _with(
        pet(series=f"{PET_SERIES}.0"),
        AcquisitionDate="20240301",
        FrameOfReferenceUID=OTHER_FRAME,
        StudyInstanceUID="1.2.826.0.1.3680043.8.498.3",
    )
    late_ct = _with(
        ct(series=f"{CT_SERIES}.5"),
        FrameOfReferenceUID=OTHER_FRAME,
        StudyInstanceUID="1.2.826.0.1.3680043.8.498.3",
    )
    nac = _with(pet(series=f"{PET_SERIES}.7"), CorrectedImage=["DECY"], AcquisitionTime="090000")
    made = _study(tmp_path, late_ct, late, nac, ct(), pet())
    pairs = [(a.uid, a.anatomy.uid if a.anatomy else None) for a in made.acquisitions]
    assert pairs == [
        (PET_SERIES, CT_SERIES),
        (f"{PET_SERIES}.0", f"{CT_SERIES}.5"),
        (f"{PET_SERIES}.7", CT_SERIES),
    ]
    assert [a.pet.attenuation_corrected for a in made.acquisitions] == [True, True, False]
    assert any("not attenuation corrected" in note for note in made.notes)


def test_a_zone_in_some_headers_only_does_not_stop_the_order(tmp_path: Path) -> None:
    later = _with(pet(series=f"{PET_SERIES}.0"), AcquisitionTime="120000", TimezoneOffsetFromUTC="+0100")
    made = _study(tmp_path, later, pet(), ct())
    assert [a.uid for a in made.acquisitions] == [PET_SERIES, f"{PET_SERIES}.0"]


def test_a_pet_without_any_time_comes_last(tmp_path: Path) -> None:
    timeless = _with(pet(series=f"{PET_SERIES}.0"), AcquisitionDate="", SeriesDate="")
    made = _study(tmp_path, timeless, pet(), ct())
    assert [a.uid for a in made.acquisitions] == [PET_SERIES, f"{PET_SERIES}.0"]
    assert made.acquisitions[1].frames[0].start is None


def test_no_pet_says_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(ReviewError) as refused:
        _study(tmp_path, ct())
    assert refused.value.code == "NO_PET"
    assert refused.value.what == "No PET found here. Found: CT, 5 slices."


def test_nothing_at_all_is_no_pet(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="NO_PET"):
        study(scan(tmp_path))


@pytest.mark.parametrize("change", [{"PatientID": "P2"}, {"PatientBirthDate": "19700101"}])
def test_two_patients_are_refused(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(ReviewError, match="TWO_PATIENTS") as refused:
        _study(tmp_path, _with(pet(), PatientBirthDate="19600101"), _with(ct(), **change))
    assert "One^Patient" not in str(refused.value)


def test_a_ct_not_shown_is_kept_to_choose_from(tmp_path: Path) -> None:
    elsewhere = _with(ct(series=f"{CT_SERIES}.9"), FrameOfReferenceUID=OTHER_FRAME)
    made = _study(tmp_path, pet(), ct(), elsewhere)
    assert [one.series.uid for one in made.anatomies] == [f"{CT_SERIES}.9"]
    assert made.anatomies[0].volume is None


def test_a_missing_patient_id_is_told_and_no_second_patient(tmp_path: Path) -> None:
    made = _study(tmp_path, pet(), _with(ct(), PatientID=""))
    assert made.acquisitions[0].anatomy is not None
    assert any("no patient ID" in note for note in made.notes)


def test_one_slice_alone_asks_for_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ReviewError) as refused:
        _study(tmp_path, pet()[:1])
    assert refused.value.code == "SINGLE_SLICE"
    assert refused.value.remedy == "Open its folder."


def test_found_of(tmp_path: Path) -> None:
    save(pet(), tmp_path)
    result = scan(tmp_path)
    assert found_of(result, PET_SERIES) is result.found[0]
    with pytest.raises(KeyError):
        found_of(result, CT_SERIES)

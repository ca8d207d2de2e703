"""What a reader may choose of a case: lines, reasons, first look, uncorrected twin, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.choice import Choice, NothingOpened
from atsmviewer.model.roi import Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.session.edits import add_roi, new_roi
from atsmviewer.workflow.choices import choices, paired
from atsmviewer.workflow.firstlook import counterpart, first_looked
from atsmviewer.workflow.opening import open_case
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, ct, pet, save

OTHER_FRAME = "1.2.826.0.1.3680043.8.498.77"
NAC_SERIES, LATE_SERIES = f"{PET_SERIES}.0", f"{PET_SERIES}.1"


def named(slices: list[FileDataset], series: str, **values: Any) -> list[FileDataset]:
    """The slices as another series, with other values."""
    for k, one in enumerate(slices):
        one.SeriesInstanceUID = series
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{series}.{k + 1}")
        for keyword, value in values.items():
            setattr(one, keyword, value)
    return slices


def look(folder: Path, *series: list[FileDataset]) -> Scan:
    for k, slices in enumerate(series):
        save(slices, folder / str(k))
    return scan(folder)


def fdg(series: str, **values: Any) -> list[FileDataset]:
    slices = named(pet(), series, **values)
    for one in slices:
        tracer = one.RadiopharmaceuticalInformationSequence[0]
        tracer.Radiopharmaceutical = "FDG"
        tracer.RadiopharmaceuticalCodeSequence = []
        tracer.RadionuclideCodeSequence[0].CodeValue = "77004003"
        tracer.RadionuclideCodeSequence[0].CodeMeaning = "^18^Fluorine"
        tracer.RadionuclideHalfLife = "6586.2"
    return slices


def nac(series: str = NAC_SERIES, **values: Any) -> list[FileDataset]:
    told = {"CorrectedImage": ["DECY"], "SeriesDescription": "PET NAC"}
    return named(pet(), series, **{**told, **values})


def by_uid(found: Scan) -> dict[str, Choice]:
    listed, _ = choices(found, paired(found))
    return {one.uid: one for one in listed}


def test_a_pet_reads_as_a_reader_would_say_it(tmp_path: Path) -> None:
    (one,) = by_uid(look(tmp_path, named(pet(), PET_SERIES, SeriesDescription="PET AC WB"))).values()
    # Injected 09:00:00.25, first slice begun 10:00:00.5.
    assert one.line == "PET AC WB, 5 slices, 64Cu-ATSM, 60 min p.i."
    assert one.why == "attenuation corrected, no CT or MR of its frame of reference covers it"
    assert one.shown_with == (PET_SERIES,)


def test_uptake_is_absent_where_the_injection_is_not_known(tmp_path: Path) -> None:
    slices = pet()
    for one in slices:
        item = one.RadiopharmaceuticalInformationSequence[0]
        del item.RadiopharmaceuticalStartTime, item.RadiopharmaceuticalStartDateTime
    (line,) = (one.line for one in by_uid(look(tmp_path, slices)).values())
    assert line == "PET PT series, 5 slices, 64Cu-ATSM"


def test_cts_are_listed_with_why_they_are_shown_or_not(tmp_path: Path) -> None:
    away = named(ct(), f"{CT_SERIES}.8", FrameOfReferenceUID=OTHER_FRAME)
    beside = named(ct(origin=(500.0, 0.0, 100.0)), f"{CT_SERIES}.9")
    lung = named(ct(), f"{CT_SERIES}.7", SeriesDescription="Lung")
    listed = by_uid(look(tmp_path, pet(), ct(), away, beside, lung))
    shown, sharp = listed[CT_SERIES], listed[f"{CT_SERIES}.7"]
    assert shown.why == "same frame of reference, covers all of the PET, less than 1 min apart"
    assert shown.shown_with == shown.offered_to == (PET_SERIES,)
    assert shown.line == "CT series, 5 slices, 29 Feb 2024 10:00"
    assert sharp.why.endswith("sharp kernel or scout")
    assert (sharp.shown_with, sharp.offered_to) == ((), (PET_SERIES,))
    far = listed[f"{CT_SERIES}.8"]
    assert far.why == "another frame of reference: not overlaid, unless aligned by hand"
    assert (far.offered_to, far.needs_alignment) == ((PET_SERIES,), True)
    assert listed[f"{CT_SERIES}.9"].offered_to == ()
    assert not listed[f"{CT_SERIES}.9"].needs_alignment


def test_of_two_pets_each_has_its_own_part_that_a_ct_covers(tmp_path: Path) -> None:
    """The late PET has twenty slices of 3 mm, of which the CT's five cover a quarter."""
    long = np.zeros((20, 4, 3), np.int16) + np.arange(3, dtype=np.int16)
    late = named(pet(stored=long), LATE_SERIES, SeriesDescription="PET whole", SeriesTime="120000")
    listed = by_uid(look(tmp_path, named(pet(), PET_SERIES, SeriesDescription="PET bed"), late, ct()))
    why = listed[CT_SERIES].why
    assert "covers all of the PET" in why
    assert why.index("covers all") < why.index("(PET bed)") < why.index("covers 25 % of the PET (PET whole)")


def test_asides_are_counted(tmp_path: Path) -> None:
    found = look(tmp_path, pet())
    (tmp_path / "photo").write_bytes(b"\xff\xd8\xff" + b"\0" * 200)
    found = scan(tmp_path)
    _, asides = choices(found, paired(found))
    assert [(a.why, a.count, a.example) for a in asides] == [("No DICOM: 1 JPEG picture.", 1, "photo")]


def test_the_uncorrected_twin_is_found_and_goes_with_the_same_ct(tmp_path: Path) -> None:
    other_day = nac(LATE_SERIES, StudyInstanceUID="1.2.3")
    study = paired(look(tmp_path, pet(), ct(), nac(), other_day))
    assert counterpart(study, PET_SERIES) == NAC_SERIES
    assert counterpart(study, NAC_SERIES) == PET_SERIES
    assert counterpart(study, LATE_SERIES) is None
    assert study.acquisition(NAC_SERIES).anatomy == study.acquisition(PET_SERIES).anatomy


def test_of_two_uncorrected_ones_the_nearer_in_time_is_the_twin(tmp_path: Path) -> None:
    study = paired(look(tmp_path, pet(), nac(AcquisitionTime="120000"), nac(LATE_SERIES)))
    assert counterpart(study, PET_SERIES) == LATE_SERIES


def test_a_part_of_the_body_uncorrected_is_no_twin(tmp_path: Path) -> None:
    half = nac()[:2]
    assert counterpart(paired(look(tmp_path, pet(), half)), PET_SERIES) is None


def test_the_words_of_an_uncorrected_pet_name_its_twin(tmp_path: Path) -> None:
    listed = by_uid(look(tmp_path, pet(), nac()))
    why = listed[NAC_SERIES].why
    assert why.startswith("not attenuation corrected: neither SUV nor T/M, the same scan as PET PT series")


def test_cu_atsm_is_looked_at_first_though_fdg_came_before(tmp_path: Path) -> None:
    early = fdg(LATE_SERIES, AcquisitionTime="093000", StudyInstanceUID="1.2.3")
    study = paired(look(tmp_path, pet(), ct(), early))
    assert [a.uid for a in study.acquisitions] == [LATE_SERIES, PET_SERIES]
    assert first_looked(study).uid == PET_SERIES


def test_what_was_drawn_is_looked_at_first(tmp_path: Path) -> None:
    late = named(pet(), LATE_SERIES, AcquisitionDate="20240301", FrameOfReferenceUID=OTHER_FRAME)
    study = paired(look(tmp_path, pet(), ct(), late))
    empty = Session(study.key)
    assert first_looked(study, empty).uid == PET_SERIES
    roi = new_roi(empty, Role.TUMOUR, OTHER_FRAME, sphere((0.0, 0.0, 0.0), 5.0))
    assert first_looked(study, add_roi(empty, roi)).uid == LATE_SERIES


def test_a_pet_with_a_ct_is_looked_at_before_one_alone(tmp_path: Path) -> None:
    late = named(
        pet(),
        LATE_SERIES,
        AcquisitionDate="20240301",
        FrameOfReferenceUID=OTHER_FRAME,
        StudyInstanceUID="1.9",
    )
    with_ct = named(ct(), f"{CT_SERIES}.9", FrameOfReferenceUID=OTHER_FRAME, AcquisitionDate="20240301")
    assert first_looked(paired(look(tmp_path, pet(), late, with_ct))).uid == LATE_SERIES


def test_a_refused_case_lists_what_was_found(tmp_path: Path) -> None:
    look(tmp_path, pet(), named(ct(), CT_SERIES, PatientID="P2"))
    (tmp_path / "note").write_text("hello " * 40)
    with pytest.raises(NothingOpened, match="TWO_PATIENTS") as refused:
        open_case(tmp_path)
    assert {one.why for one in refused.value.choices} == {"patient ID P1", "patient ID P2"}
    assert [a.count for a in refused.value.asides] == [1]


def test_an_opened_case_carries_its_choices(tmp_path: Path) -> None:
    look(tmp_path, pet(), ct())
    case = open_case(tmp_path)
    assert [one.uid for one in case.choices] == [PET_SERIES, CT_SERIES]
    assert case.asides == ()

"""A PET folder opened alone: its CT in the folder beside is told, and nothing else is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom import beside
from atsmviewer.model.choice import BESIDE
from atsmviewer.workflow.opening import open_case
from tests.dicom.synthetic import ct, pet, save


def noted(folder: Path) -> list[str]:
    start = BESIDE.partition("{}")[0]
    study = open_case(folder).study
    assert study.acquisitions[0].anatomy is None
    return [note for note in study.notes if note.startswith(start)]


def changed(slices: list[FileDataset], **values: str) -> list[FileDataset]:
    for one in slices:
        for keyword, value in values.items():
            setattr(one, keyword, value)
    return slices


def test_the_ct_in_the_folder_beside_is_told(tmp_path: Path) -> None:
    save(pet(), tmp_path / "PT_1")
    save(ct(), tmp_path / "CT_2")
    (tmp_path / "CT_2" / "a letter.txt").write_text("dear colleague")
    (tmp_path / "empty").mkdir()
    assert noted(tmp_path / "PT_1") == [BESIDE.format("CT_2")]
    assert open_case(tmp_path).study.acquisitions[0].anatomy is not None  # the advice helps


@pytest.mark.parametrize(
    "values",
    [{"FrameOfReferenceUID": "1.2.3"}, {"PatientID": "P2"}],
    ids=["another frame", "another patient"],
)
def test_what_belongs_elsewhere_is_not_told(tmp_path: Path, values: dict[str, str]) -> None:
    save(pet(), tmp_path / "PT_1")
    save(changed(ct(), **values), tmp_path / "CT_2")
    assert noted(tmp_path / "PT_1") == []


def test_only_one_level_up_and_no_links(tmp_path: Path) -> None:
    save(pet(), tmp_path / "a" / "PT_1")
    save(ct(), tmp_path / "CT_2")
    save(ct(), tmp_path / "a" / "b" / "CT_3")
    (tmp_path / "a" / "CT_4").symlink_to(tmp_path / "CT_2")
    assert noted(tmp_path / "a" / "PT_1") == []


def test_a_crowd_beside_is_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pet(), tmp_path / "PT_1")
    save(ct(), tmp_path / "CT_2")
    monkeypatch.setattr(beside, "ENTRIES_LIMIT", 5)
    monkeypatch.setattr(beside, "read_header", lambda _: pytest.fail("a file was read"))
    assert noted(tmp_path / "PT_1") == []


def test_with_a_ct_of_its_own_nothing_beside_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save([*pet(), *ct()], tmp_path / "study")
    save(ct(), tmp_path / "CT_2")
    monkeypatch.setattr("atsmviewer.workflow.opening.beside", lambda *_: pytest.fail("it was looked for"))
    assert open_case(tmp_path / "study").study.acquisitions[0].anatomy is not None

"""The index of a disc: what it names is read, what it names wrongly is told, nothing outside is opened."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import UID, ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from atsmviewer.dicom.scan import scan
from atsmviewer.dicom.source import directory
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import codes, ct, pet, save


def record(*parts: str, **more: object) -> Dataset:
    one = Dataset()
    one.OffsetOfTheNextDirectoryRecord = 0
    one.RecordInUseFlag = 0xFFFF
    one.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    one.DirectoryRecordType = "IMAGE"
    one.ReferencedFileID = list(parts)
    for keyword, value in more.items():
        setattr(one, keyword, value)
    return one


def index(folder: Path, records: list[Dataset], name: str = "DICOMDIR") -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    dataset.DirectoryRecordSequence = records
    path = folder / name
    dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning")
def test_the_index_that_pydicom_writes_opens_as_its_folder_does(tmp_path: Path) -> None:
    files = FileSet()
    for one in [*pet(), *ct()]:
        one.PatientBirthDate, one.StudyDate, one.StudyTime, one.StudyID = "", "20240229", "100000", "1"
        one.AccessionNumber, one.SeriesNumber = "1", 1
        files.add(one)
    files.write(tmp_path / "disc")
    del files
    gc.collect()  # pydicom leaves a temporary folder of its own to the collector
    by_index, by_folder = scan(tmp_path / "disc" / "DICOMDIR"), scan(tmp_path / "disc")
    assert [f.series for f in by_index.found] == [f.series for f in by_folder.found]
    assert [f.files for f in by_index.found] == [f.files for f in by_folder.found]
    assert len(by_index.found) == 2
    assert codes(by_index) == codes(by_folder) == {"DICOMDIR": 1}


def test_names_of_a_disc_are_matched_without_regard_to_case(tmp_path: Path) -> None:
    save(pet(), tmp_path / "dicom" / "Se1", [f"im{k}" for k in range(5)])
    path = index(tmp_path, [record("DICOM", "SE1", f"IM{k}") for k in range(5)], "dicomdir")
    assert len(scan(path).found[0].files) == 5


def test_an_index_under_any_name_is_one_where_it_is_given_alone(tmp_path: Path) -> None:
    save(pet(), tmp_path / "D")
    path = index(tmp_path, [record("D", f"slice{k}") for k in range(5)], "index.bin")
    assert len(scan(path).found[0].files) == 5


def test_only_what_the_index_names_is_read(tmp_path: Path) -> None:
    save(pet(), tmp_path / "D")
    save(ct(), tmp_path / "other")
    path = index(tmp_path, [record("D", f"slice{k}") for k in range(5)])
    assert [f.series.modality for f in scan(path).found] == ["PT"]


def test_what_is_not_there_or_withdrawn_is_told_or_left(tmp_path: Path) -> None:
    save(pet(), tmp_path / "D")
    records = [record("D", f"slice{k}") for k in range(5)]
    records += [record("D", "gone"), record("E", "F"), record("D", "slice9", RecordInUseFlag=0), record()]
    result = scan(index(tmp_path, records))
    assert codes(result) == {"FILE_MISSING": 2, "DICOMDIR": 1}
    assert sorted(r.name for r in result.rejected if r.code == "FILE_MISSING") == ["D/gone", "E/F"]
    assert len(result.found[0].files) == 5


@pytest.mark.parametrize(
    "parts",
    [
        ("..", "secret", "slice0"),
        ("D", "..", "..", "secret", "slice0"),
        ("../secret/slice0",),
        ("link", "slice0"),
    ],
)
def test_nothing_outside_its_folder_is_opened(tmp_path: Path, parts: tuple[str, ...]) -> None:
    save(pet(), tmp_path / "secret")
    save(pet(), tmp_path / "disc" / "D")
    (tmp_path / "disc" / "link").symlink_to(tmp_path / "secret", target_is_directory=True)
    result = scan(index(tmp_path / "disc", [record(*parts)]))
    assert codes(result) == {"OUTSIDE_ROOT": 1, "DICOMDIR": 1}
    assert result.found == ()


def test_absolute_names_lead_nowhere(tmp_path: Path) -> None:
    save(pet(), tmp_path / "secret")
    (tmp_path / "disc").mkdir()
    whole = record(str(tmp_path / "secret" / "slice0"))
    assert codes(scan(index(tmp_path / "disc", [whole]))) == {"OUTSIDE_ROOT": 1, "DICOMDIR": 1}


def test_offsets_in_a_circle_do_not_matter(tmp_path: Path) -> None:
    save(pet(), tmp_path / "D")
    records = [record("D", f"slice{k}", OffsetOfTheNextDirectoryRecord=400) for k in range(5)]
    for one in records:
        one.OffsetOfReferencedLowerLevelDirectoryEntity = 400
    assert len(scan(index(tmp_path, records)).found[0].files) == 5


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    save(pet(), tmp_path / "D")
    result = scan(index(tmp_path, [record("D", f"slice{k % 5}") for k in range(10)]))
    assert len(result.found[0].files) == 5
    assert codes(result) == {"DICOMDIR": 1}


def test_too_many_records_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "RECORDS_LIMIT", 3)
    with pytest.raises(ReviewError, match="TOO_LARGE"):
        scan(index(tmp_path, [record("D", f"{k}") for k in range(4)]))


def test_a_damaged_index_is_a_file_like_others(tmp_path: Path) -> None:
    whole = index(tmp_path, [record("D", f"{k}") for k in range(4)]).read_bytes()
    for end in range(0, len(whole), 61):
        (tmp_path / "DICOMDIR").write_bytes(whole[:end])
        found = set(codes(scan(tmp_path / "DICOMDIR")))
        assert found <= {"FILE_MISSING", "DICOMDIR", "NOT_DICOM", "BROKEN_HEADER", "KIND_UNUSED"}


def test_cancelling_while_a_long_index_is_read(tmp_path: Path) -> None:
    path = index(tmp_path, [record("D", f"{k}") for k in range(4000)])
    asked = iter([False] * 4)
    with pytest.raises(ReviewError, match="CANCELLED"):
        scan(path, cancelled=lambda: next(asked, True))

"""The fast way through the front door gives what the parser gives, or leaves the file to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import UID, ExplicitVRBigEndian

from atsmviewer.dicom.header.boundary import Header, Rejected, quiet, read_header
from atsmviewer.dicom.scan import scan
from atsmviewer.dicom.slices.instance import Instance, instances
from atsmviewer.dicom.slices.quick_instance import QuickInstances
from atsmviewer.phantom.small import small_case
from atsmviewer.workflow.demo import write_case, write_demo
from tests.dicom.alike import SYNTAXES, Fault, damage, damaged, files_of, varied
from tests.dicom.synthetic import pet, save


def _parsed(path: Path) -> tuple[Header | None, Instance | None]:
    """What the parser makes of a file: its header, and the one slice that it holds."""
    header = read_header(path)
    if isinstance(header, Rejected):
        return None, None
    made = instances(header)
    return header, made[0] if isinstance(made, tuple) and len(made) == 1 else None


def _differing(paths: Sequence[Path]) -> tuple[list[str], int]:
    """The files that the fast way reads otherwise than the parser, and how many it reads at all."""
    quick, wrong, taken = QuickInstances(), [], 0
    with quiet():
        for path in paths:
            fast = quick.read(path)
            header, slow = _parsed(path)
            if fast is not None:
                taken += 1
                # The text of a noun tells 0.0 from -0.0 and shows every field to its last digit.
                wrong += [] if slow is not None and repr(fast) == repr(slow) else [str(path)]
            elif header is not None and slow is not None:
                quick.learn(header, slow)
    return wrong, taken


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("modality", ["PT", "CT"])
def test_a_series_is_read_as_the_parser_reads_it(tmp_path: Path, modality: str, syntax: UID) -> None:
    save(varied(modality, syntax), tmp_path)
    wrong, taken = _differing(files_of(tmp_path))
    assert wrong == []
    assert taken >= 5


def test_series_in_one_folder_are_not_mixed_up(tmp_path: Path) -> None:
    """Slices of two series alternate, whose headers differ only where the series do."""
    one, other = pet(), pet(series="1.2.826.0.1.3680043.8.498.11")
    for slice_ in other:
        slice_.PatientWeight, slice_.SeriesDescription = "71.5", "another PET"
    save([s for pair in zip(one, other, strict=True) for s in pair], tmp_path)
    wrong, taken = _differing(files_of(tmp_path))
    assert wrong == []
    assert taken == 8


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PatientWeight", "80"),
        ("SeriesTime", "101500"),
        ("Units", "CNTS"),
        ("PixelSpacing", ["2.0", "1.75"]),
        ("BitsAllocated", 8),
        ("Rows", 5),
        ("SpecificCharacterSet", "ISO_IR 192"),
        ("TimezoneOffsetFromUTC", "+0100"),
        ("ImagePositionPatient", ["1", "2"]),
        ("ImagePositionPatient", ["1", "2", "1e999"]),
        ("RescaleSlope", "nan"),
        ("RescaleSlope", ""),
        ("RescaleSlope", "1_0"),
        ("RescaleSlope", ["1", "2"]),
        ("AcquisitionTime", "late"),
        ("AcquisitionTime", ["100000", "100001"]),
        ("ActualFrameDuration", "1.5"),
        ("NumberOfFrames", 2),
        ("ImageType", ["ORIGINAL", "LOCALIZER"]),
    ],
)
def test_slices_that_are_not_like_the_others(tmp_path: Path, keyword: str, value: object) -> None:
    """The second of them shows that what is asked for was not learnt from the first as free to differ."""
    slices = pet(stored=np.arange(6 * 4 * 3, dtype=np.int16).reshape(6, 4, 3))
    with quiet():
        setattr(slices[3], keyword, value)
        setattr(slices[5], keyword, value)
    for k, one in enumerate(slices):
        one.preamble = bytes(128)
        one.save_as(tmp_path / f"{k}", enforce_file_format=True)
    wrong, taken = _differing(files_of(tmp_path))
    assert wrong == []
    assert taken >= 3


def test_a_truncated_slice_is_left_to_the_parser(tmp_path: Path) -> None:
    save(pet(), tmp_path)
    last = files_of(tmp_path)[-1]
    last.write_bytes(last.read_bytes()[:-8])
    wrong, taken = _differing(files_of(tmp_path))
    assert (wrong, taken) == ([], 3)


def test_big_endian_and_files_without_preamble_are_left_to_the_parser(tmp_path: Path) -> None:
    save(pet(syntax=ExplicitVRBigEndian), tmp_path / "big")
    save(pet(), tmp_path / "bare")
    for path in files_of(tmp_path / "bare"):
        path.write_bytes(path.read_bytes()[132:])
    assert _differing(files_of(tmp_path)) == ([], 0)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.tuples(st.sampled_from(["PT", "CT"]), st.sampled_from(SYNTAXES)),
    faults=st.lists(damage(), max_size=3),
)
def test_damaged_files_are_read_as_the_parser_reads_them(
    tmp_path_factory: pytest.TempPathFactory, kind: tuple[str, UID], faults: list[Fault]
) -> None:
    """Damage to what is learnt from, and to what is read by it."""
    folder = tmp_path_factory.mktemp("damage")
    save(varied(*kind)[:4], folder)
    paths = files_of(folder)
    for fault in faults:
        damaged(paths, fault)
    assert _differing(paths)[0] == []


def test_links_in_a_circle_and_pipes_are_not_opened(tmp_path: Path) -> None:
    save(pet(), tmp_path / "series")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    os.mkfifo(tmp_path / "pipe")
    result = scan(tmp_path)
    assert len(result.found[0].files) == 5
    assert [r.path.name for r in result.rejected] == ["circle", "pipe"]


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b/2", "a/z", "a b", "a.x", "a/B/3", "c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"nothing")
    told = [r.path for r in scan(tmp_path).rejected]
    assert told == sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_a_made_up_case(tmp_path: Path) -> None:
    write_case(small_case(), tmp_path)
    wrong, taken = _differing(files_of(tmp_path))
    assert wrong == []
    assert taken > 0.9 * len(files_of(tmp_path))


@pytest.mark.campaign
def test_the_demonstration_study(tmp_path: Path) -> None:
    write_demo(out=tmp_path)
    wrong, taken = _differing(files_of(tmp_path))
    assert wrong == []
    assert taken > 0.9 * len(files_of(tmp_path))


@pytest.mark.reference
def test_the_reference_data(reference_data: Path) -> None:
    wrong, taken = _differing(files_of(reference_data))
    assert wrong == []
    assert taken > 700

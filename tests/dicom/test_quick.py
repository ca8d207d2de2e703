"""The fast way through the front door gives what the parser gives, or leaves the file to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from atsmviewer.dicom.boundary import Header, Rejected, quiet, read_header
from atsmviewer.dicom.found import Found
from atsmviewer.dicom.instance import Instance, instances
from atsmviewer.dicom.pixels import Rescaled, read_slice
from atsmviewer.dicom.quick_instance import QuickInstances
from atsmviewer.dicom.quick_pixels import QuickSlices
from atsmviewer.dicom.scan import scan
from atsmviewer.model.errors import ReviewError
from atsmviewer.phantom.small import small_case
from atsmviewer.workflow.demo import write_case, write_demo
from tests.dicom.synthetic import ct, pet, save

Fault = tuple[int, str, int, bytes]
"""Of which file, how, from which place on, and with which bytes."""
SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]


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


def _unlike(found: Found) -> tuple[list[str], int]:
    """The files whose pixels the fast way reads otherwise than the parser, and how many it reads at all."""
    quick, size, wrong, taken = QuickSlices(), found.series.grid.shape[1:], [], 0
    with quiet():
        for path, uid in zip(found.files, found.instance_uids, strict=True):
            taken += quick.read_like(path, uid, size) is not None
            fast = _outcome(partial(quick.read, path, uid, size))
            wrong += [] if fast == _outcome(partial(read_slice, path, uid, size)) else [str(path)]
    return wrong, taken


def _outcome(read: Callable[[], Rescaled]) -> tuple[object, ...]:
    """A slice to its last bit, or its refusal."""
    try:
        one = read()
    except ReviewError as error:
        return error.code, error.what
    padding = None if one.padding is None else one.padding.tobytes()
    scaled = repr((one.slope, one.intercept)), one.values.tobytes()
    return one.numbers.dtype, one.numbers.shape, one.numbers.tobytes(), padding, scaled


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _varied(modality: str, syntax: UID) -> list[FileDataset]:
    """A series with all that may differ between slices: texts of unlike length, empty and private values."""
    make = pet if modality == "PT" else ct
    slices = make(stored=np.arange(8 * 4 * 3, dtype=np.int16).reshape(8, 4, 3), syntax=syntax)
    for k, one in enumerate(slices):
        one.RescaleSlope = ["1", "2.5", "1e-3", "0.75", "12345.678", "1", "+3", " 4 "][k]
        one.SliceLocation, one.WindowCenter = str(-5 + k), [40 + k, 400] if k % 2 else 40
        one.TriggerTime, one.SmallestImagePixelValue = str(100 * k), k
        one.add_new((0x0011, 0x0010), "LO", "ATSMVIEWER TEST")
        one.add_new((0x0011, 0x1001), "OB", bytes(2 * k + 2))
        one.DecayFactor, one.AcquisitionDateTime = f"1.0{k}", f"2024022910{k:02d}00.125"
        one.ReferencedImageSequence = [Dataset()] * (k % 3)
        if k == 6:
            one.AcquisitionTime = ""
    return slices


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("modality", ["PT", "CT"])
def test_a_series_is_read_as_the_parser_reads_it(tmp_path: Path, modality: str, syntax: UID) -> None:
    save(_varied(modality, syntax), tmp_path)
    wrong, taken = _differing(_files(tmp_path))
    assert wrong == []
    assert taken >= 5


def test_series_in_one_folder_are_not_mixed_up(tmp_path: Path) -> None:
    """Slices of two series alternate, whose headers differ only where the series do."""
    one, other = pet(), pet(series="1.2.826.0.1.3680043.8.498.11")
    for slice_ in other:
        slice_.PatientWeight, slice_.SeriesDescription = "71.5", "another PET"
    save([s for pair in zip(one, other, strict=True) for s in pair], tmp_path)
    wrong, taken = _differing(_files(tmp_path))
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
    wrong, taken = _differing(_files(tmp_path))
    assert wrong == []
    assert taken >= 3


def test_a_truncated_slice_is_left_to_the_parser(tmp_path: Path) -> None:
    save(pet(), tmp_path)
    last = _files(tmp_path)[-1]
    last.write_bytes(last.read_bytes()[:-8])
    wrong, taken = _differing(_files(tmp_path))
    assert (wrong, taken) == ([], 3)


def test_big_endian_and_files_without_preamble_are_left_to_the_parser(tmp_path: Path) -> None:
    save(pet(syntax=ExplicitVRBigEndian), tmp_path / "big")
    save(pet(), tmp_path / "bare")
    for path in _files(tmp_path / "bare"):
        path.write_bytes(path.read_bytes()[132:])
    assert _differing(_files(tmp_path)) == ([], 0)


@st.composite
def _damage(draw: st.DrawFn) -> Fault:
    odd = st.sampled_from(
        [b"\0\0", b"\xff\xff\xff\xff", b"\\", b" ", b"SQ", b"UN", b"\x04\0", b"\xfe\xff\x0d\xe0"]
    )
    return (
        draw(st.integers(0, 3)),
        draw(st.sampled_from(["over", "into", "out", "end"])),
        draw(st.integers(128, 1400)),
        draw(st.one_of(st.binary(min_size=1, max_size=6), odd)),
    )


def _damaged(paths: Sequence[Path], fault: Fault) -> None:
    which, how, at, data = fault
    whole = paths[which].read_bytes()
    after = {"over": at + len(data), "into": at, "out": at + len(data), "end": len(whole)}[how]
    paths[which].write_bytes(whole[:at] + (data if how in ("over", "into") else b"") + whole[after:])


@settings(max_examples=150, deadline=None)
@given(
    kind=st.tuples(st.sampled_from(["PT", "CT"]), st.sampled_from(SYNTAXES)),
    faults=st.lists(_damage(), max_size=3),
)
def test_damaged_files_are_read_as_the_parser_reads_them(
    tmp_path_factory: pytest.TempPathFactory, kind: tuple[str, UID], faults: list[Fault]
) -> None:
    """Damage to what is learnt from, and to what is read by it."""
    folder = tmp_path_factory.mktemp("damage")
    save(_varied(*kind)[:4], folder)
    paths = _files(folder)
    for fault in faults:
        _damaged(paths, fault)
    assert _differing(paths)[0] == []


KINDS = ["uint8", "int8", "uint16", "int16", "uint32", "int32"]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("padded", [False, True])
def test_pixels_are_read_as_the_parser_reads_them(
    tmp_path: Path, kind: str, syntax: UID, padded: bool
) -> None:
    limits = np.iinfo(kind)
    stored = np.random.default_rng(5).integers(limits.min, limits.max, (6, 4, 3), kind, endpoint=True)
    slices = pet(stored=stored, syntax=syntax, slopes=[0.5, 1.25, 3, -2, 1e-3, 7], intercept=-3.5)
    for one in slices if padded else ():
        one.add_new("PixelPaddingValue", "SS" if limits.min < 0 else "US", int(stored[2, 1, 1]) % 2**7)
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert _unlike(found) == ([], 5)


@pytest.mark.parametrize(("bits", "high"), [(12, 11), (12, 15), (10, 11)])
def test_bits_and_places_of_pixels(tmp_path: Path, bits: int, high: int) -> None:
    words = np.random.default_rng(6).integers(0, 2**16, (5, 4, 3), np.uint16, endpoint=False)
    slices = ct(stored=words)
    for k, one in enumerate(slices):
        one.BitsStored, one.HighBit, one.PixelRepresentation = bits, high, int(k > 2)
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert _unlike(found) == ([], 3)


@settings(max_examples=150, deadline=None)
@given(syntax=st.sampled_from(SYNTAXES), faults=st.lists(_damage(), max_size=2))
def test_pixels_of_damaged_files(
    tmp_path_factory: pytest.TempPathFactory, syntax: UID, faults: list[Fault]
) -> None:
    """Files that change after they were found, the first and later ones."""
    folder = tmp_path_factory.mktemp("damage")
    save(_varied("CT", syntax)[:4], folder)
    (found,) = scan(folder).found
    for fault in faults:
        _damaged(found.files, fault)
    assert _unlike(found)[0] == []


def test_bytes_behind_the_pixels_are_left_to_the_parser(tmp_path: Path) -> None:
    save(ct(), tmp_path)
    (found,) = scan(tmp_path).found
    for path in found.files[3:]:
        path.write_bytes(path.read_bytes() + b"\xfc\xff\xfc\xffOB\0\0\2\0\0\0\0\0")
    assert _unlike(found) == ([], 2)


def test_a_made_up_case(tmp_path: Path) -> None:
    write_case(small_case(), tmp_path)
    wrong, taken = _differing(_files(tmp_path))
    assert wrong == []
    assert taken > 0.9 * len(_files(tmp_path))


@pytest.mark.campaign
def test_the_demonstration_study(tmp_path: Path) -> None:
    write_demo(out=tmp_path)
    wrong, taken = _differing(_files(tmp_path))
    assert wrong == []
    assert taken > 0.9 * len(_files(tmp_path))
    for found in scan(tmp_path).found:
        assert _unlike(found) == ([], len(found.files) - 1)


@pytest.mark.reference
def test_the_reference_data(reference_data: Path) -> None:
    wrong, taken = _differing(_files(reference_data))
    assert wrong == []
    assert taken > 700
    told = [_unlike(found) for found in scan(reference_data).found if found.frames[0] is None]
    assert [file for files, _ in told for file in files] == []
    assert sum(taken for _, taken in told) > 500

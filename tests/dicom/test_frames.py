"""Frames read the short way are those that the parser makes of each whole header."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    ImplicitVRLittleEndian,
    LegacyConvertedEnhancedPETImageStorage,
)

from atsmviewer.dicom.header.boundary import Rejected, quiet, read_header
from atsmviewer.dicom.header.groups import cut
from atsmviewer.dicom.header.scaling import scaling
from atsmviewer.dicom.header.tags import PARSER_ERRORS
from atsmviewer.dicom.pixel.padding import padding_of
from atsmviewer.dicom.pixel.pixels import read_frames
from atsmviewer.dicom.slices.instance import instances
from atsmviewer.model.errors import ReviewError
from tests.dicom.enhanced import Change, group_of, written
from tests.dicom.frames_slowly import slow_fields, slow_headers


def _own(change: Callable[[Dataset, int], None]) -> Change:
    """Elements of each frame's own as converted objects have them, beside its groups."""

    def changed(one: FileDataset) -> None:
        for k, group in enumerate(one.PerFrameFunctionalGroupsSequence):
            own = Dataset()
            change(own, k)
            group.UnassignedPerFrameConvertedAttributesSequence = [own]

    return changed


def _private(own: Dataset, k: int) -> None:
    own.add_new(0x00090010, "LO", "GEMS_PETD_01")
    own.add_new(0x0009103B, "DT", f"2024022909{k:02d}00")
    own.add_new(0x00091099, "UN", b"abcd")


def _weight(own: Dataset, k: int) -> None:
    own.PatientWeight, own.PatientComments, own.SliceLocation = str(70 + k // 2), "", str(k)


def _named(own: Dataset, k: int) -> None:
    own.SeriesDescription, own.StationName = "Größe" if k < 2 else "Höhe", f"{k}"


def _only_third(own: Dataset, k: int) -> None:
    if k == 2:
        own.PatientSize = "1.9"


def _padded(own: Dataset, k: int) -> None:
    own.PixelPaddingValue = 700 * k


def _kind(kind: UID) -> Change:
    def changed(one: FileDataset) -> None:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = kind

    return changed


def _utf8(one: FileDataset) -> None:
    one.SpecificCharacterSet, one.PatientName = "ISO_IR 192", "Münze^Ä"


def _tracer_of_third(one: FileDataset) -> None:
    for k, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        own = Dataset()
        own.RadiopharmaceuticalInformationSequence = copy.deepcopy(one.RadiopharmaceuticalInformationSequence)
        own.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = 7.0 if k == 2 else 400.0
        group.UnassignedPerFrameConvertedAttributesSequence = [own]


def _shared_mapping(one: FileDataset) -> None:
    groups = one.PerFrameFunctionalGroupsSequence
    one.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence = groups[
        0
    ].RealWorldValueMappingSequence
    del groups[0].RealWorldValueMappingSequence, groups[2].RealWorldValueMappingSequence


def _other_unit(one: FileDataset) -> None:
    mapping = group_of(one, 3, "RealWorldValueMappingSequence")
    mapping.MeasurementUnitsCodeSequence[0].CodeValue = "{counts}"


def _no_mapping(one: FileDataset) -> None:
    for group in one.PerFrameFunctionalGroupsSequence:
        del group.RealWorldValueMappingSequence


def _no_start_of_second(one: FileDataset) -> None:
    del group_of(one, 1, "FrameContentSequence").FrameAcquisitionDateTime


def _two_items(one: FileDataset) -> None:
    sequence = one.PerFrameFunctionalGroupsSequence[1].FrameContentSequence
    sequence.append(copy.deepcopy(sequence[0]))
    sequence[1].TemporalPositionIndex = 4


def _empty(one: FileDataset) -> None:
    one.PerFrameFunctionalGroupsSequence[1].FrameContentSequence = []
    one.PerFrameFunctionalGroupsSequence[2].RealWorldValueMappingSequence = []


def _nowhere(one: FileDataset) -> None:
    one.PerFrameFunctionalGroupsSequence[3].PlanePositionSequence = [Dataset()]


def _oriented(one: FileDataset) -> None:
    for k, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        own = Dataset()
        own.ImageOrientationPatient = [1, 0, 0, 0, 1, 0] if k else [0, 1, 0, 1, 0, 0]
        group.PlaneOrientationSequence = [own]


def _open_ended(one: FileDataset) -> None:
    """Sequences of undefined length, as many scanners write them."""
    one["PerFrameFunctionalGroupsSequence"].is_undefined_length = True
    for group in one.PerFrameFunctionalGroupsSequence:
        _inner_open_ended(group)


def _one_open_ended(one: FileDataset) -> None:
    _inner_open_ended(one.PerFrameFunctionalGroupsSequence[2])


def _inner_open_ended(group: Dataset) -> None:
    for element in group:
        element.is_undefined_length = True


CHANGES: dict[str, tuple[Change, ...]] = {
    "as written": (),
    "private": (_own(_private),),
    "weight": (_own(_weight),),
    "names": (_utf8, _own(_named)),
    "one more element": (_own(_only_third),),
    "padding": (_own(_padded),),
    "tracer": (_tracer_of_third,),
    "shared mapping": (_shared_mapping,),
    "other unit": (_other_unit,),
    "no mapping": (_no_mapping,),
    "no start": (_no_start_of_second,),
    "two items": (_two_items,),
    "empty groups": (_empty,),
    "nowhere": (_nowhere,),
    "orientation": (_oriented,),
    "open ended": (_own(_weight), _open_ended),
    "one open ended": (_own(_weight), _one_open_ended),
    "CT": (_kind(EnhancedCTImageStorage), _no_mapping),
    "MR": (_kind(EnhancedMRImageStorage),),
    "converted": (_kind(LegacyConvertedEnhancedPETImageStorage), _own(_weight)),
}


def _same(path: Path) -> int:
    """How many frames both ways found alike: their fields, and the numbers, scaling and padding of each."""
    with quiet():
        quick, slow = read_header(path), read_header(path)
        assert not isinstance(quick, Rejected)
        assert not isinstance(slow, Rejected)
        mine = instances(quick)
        try:
            headers = slow_headers(slow.dataset)
        except PARSER_ERRORS:
            assert isinstance(mine, Rejected)
            assert mine.code == "BROKEN_HEADER"
            return 0
        theirs = [slow_fields(slow, header) for header in headers]
        refused = [one.code for one in theirs if isinstance(one, Rejected)]
        if isinstance(mine, Rejected):
            refused = refused if len(headers) == slow.dataset.NumberOfFrames else ["FRAMES_DISAGREE"]
            assert [mine.code] == refused[:1]
            return 0
        assert isinstance(mine, tuple)
        assert (len(mine), refused) == (len(theirs), [])
        for one, fields in zip(mine, theirs, strict=True):
            assert isinstance(fields, dict)
            assert {name: getattr(one, name) for name in fields} == fields
        pixels = pydicom.dcmread(path).pixel_array
        size = mine[0].plane.size
        for k, read in enumerate(read_frames(path, mine[0].uid, size, range(len(mine)))):
            by, padding = scaling(headers[k]), padding_of(headers[k], pixels.dtype)
            assert by is not None
            assert np.array_equal(read.numbers, pixels[k])
            assert (read.slope, read.intercept) == (by.slope, by.intercept)
            padded = np.zeros(size, bool) if padding is None else (pixels[k] == padding[0])
            assert np.array_equal(np.zeros(size, bool) if read.padding is None else read.padding, padded)
    return len(mine)


@pytest.mark.parametrize("implicit", [False, True], ids=["explicit", "implicit"])
@pytest.mark.parametrize("name", CHANGES)
def test_frames_are_those_of_whole_headers(tmp_path: Path, name: str, implicit: bool) -> None:
    path = written(tmp_path, *CHANGES[name])
    if implicit:
        one = pydicom.dcmread(path)
        one.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        one.save_as(path, implicit_vr=True, little_endian=True)
    assert _same(path) == (0 if name == "nowhere" else 4)


@pytest.mark.parametrize("name", ["as written", "weight", "private", "tracer", "one open ended"])
def test_frames_of_damaged_files_are_those_of_whole_headers(tmp_path: Path, name: str) -> None:
    """One byte of a functional group at a time; what the parser itself refuses both refuse."""
    path = written(tmp_path, *CHANGES[name])
    whole = path.read_bytes()
    first, last = whole.index(b"\x00\x52\x30\x92"), whole.rindex(b"\xe0\x7f\x10\x00")
    rng = random.Random(name)
    alike = 0
    for _ in range(40):
        bent = bytearray(whole)
        bent[rng.randrange(first + 12, last)] ^= 1 << rng.randrange(8)
        path.write_bytes(bent)
        with suppress(ReviewError):
            alike += _same(path)
    assert alike > 40


@pytest.mark.reference
def test_a_scanner_file_of_frames(reference_data: Path) -> None:
    assert _same(reference_data / "08_seg_rwvm_sr_dcmqi/ct_23x38x3/multiframe/mf.dcm") == 3


def test_what_only_the_parser_can_tell_is_not_cut() -> None:
    """An item of undefined length, one that ends early, an unknown VR, a character set, a second half."""
    plain = b"\x18\x00\x50\x00DS\x02\x001 "
    good = _item(plain)
    assert [list(one) for one in cut(_sequence(good + good)) or []] == [[0x00180050], [0x00180050]]
    for odd in (
        good[:4] + b"\xff\xff\xff\xff" + plain,
        good[:-1],
        _item(plain[:4] + b"XX" + plain[6:]),
        _item(plain[:4] + b"UN\0\0\x02\0\0\x001 "),
        _item(b"\x08\x00\x05\x00CS\x02\x00  "),
        _item(plain[:6] + b"\x04\x001 "),
        good + b"\xfe\xff",
    ):
        assert cut(_sequence(odd)) is None
    assert cut(_sequence(good)._replace(is_implicit_VR=True)) is None
    assert cut(_sequence(good)._replace(is_little_endian=False)) is None


def _item(inside: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + len(inside).to_bytes(4, "little") + inside


def _sequence(value: bytes) -> RawDataElement:
    return RawDataElement(BaseTag(0x52009230), "SQ", len(value), value, 0, False, True)

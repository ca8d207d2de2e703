"""Headers whose likeness misleads: a length that reads as letters, one instant in two zones, many lengths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import ImplicitVRLittleEndian

from atsmviewer.dicom.header.boundary import Rejected, quiet, read_header
from atsmviewer.dicom.header.quick_outline import LAYOUTS
from atsmviewer.dicom.slices.instance import Instance, instances
from atsmviewer.dicom.slices.quick_instance import QuickInstances
from tests.dicom.synthetic import pet, save

CREATED = b"\x08\x00\x12\x00"
"""The tag of InstanceCreationDate (0008,0012), little endian."""
DA = int.from_bytes(b"DA", "little")
"""A length in implicit VR whose bytes are the letters of an explicit one; 16,708."""


def _parsed(path: Path) -> Instance | None:
    header = read_header(path)
    made = None if isinstance(header, Rejected) else instances(header)
    if made is None or not isinstance(made, tuple):
        return None
    return made[0]


def _read(quick: QuickInstances, path: Path) -> tuple[Instance | None, Instance | None]:
    """What the fast way says of a file, which learns where it says nothing, and what the parser says."""
    with quiet():
        fast, slow = quick.read(path), _parsed(path)
        header = read_header(path)
        if fast is None and slow is not None and not isinstance(header, Rejected):
            made = instances(header)
            assert isinstance(made, tuple)
            quick.learn(header, made[0])
    return fast, slow


def _beginning_with_a_date(slices: list[FileDataset]) -> list[FileDataset]:
    """Of each data set the first element is InstanceCreationDate; a private one is long in two of them."""
    for k, one in enumerate(slices):
        for keyword in ("SpecificCharacterSet", "ImageType"):
            if keyword in one:
                delattr(one, keyword)
        one.InstanceCreationDate = "20240229"
        one.add_new((0x0011, 0x0010), "LO", "ATSMVIEWER TEST")
        one.add_new((0x0011, 0x1001), "OB", bytes(20_000 + 2 * k if k < 2 else 2))
    return slices


def test_a_length_that_reads_as_the_letters_of_a_vr_is_left_to_the_parser(tmp_path: Path) -> None:
    """Pydicom takes such a data set for explicit VR, so what the fast way found there would be another's.

    The first two have a longer private element, which widens what is read at first: the long date of the
    last lies within it.
    """
    stored = np.arange(6 * 4 * 3, dtype=np.int16).reshape(6, 4, 3)
    save(_beginning_with_a_date(pet(stored=stored, syntax=ImplicitVRLittleEndian)), tmp_path)
    paths = sorted(tmp_path.iterdir())
    last = paths[-1].read_bytes()
    at = last.index(CREATED) + 4
    assert int.from_bytes(last[at : at + 4], "little") == 8
    long = DA.to_bytes(4, "little") + b"20240229" + bytes(DA - 8)
    paths[-1].write_bytes(last[:at] + long + last[at + 12 :])
    quick = QuickInstances()
    taken = [_read(quick, path) for path in paths[:-1]]
    assert sum(fast is not None for fast, _ in taken) >= 2
    fast, slow = _read(quick, paths[-1])
    assert slow is None
    assert fast is None


def test_one_instant_in_two_zones_keeps_the_zone_that_each_slice_states(tmp_path: Path) -> None:
    """10:00 at +0100 equals 11:00 at +0200, and what slices share is kept by what is equal."""
    slices = pet(stored=np.arange(6 * 4 * 3, dtype=np.int16).reshape(6, 4, 3))
    for k, one in enumerate(slices):
        for keyword in ("AcquisitionDate", "AcquisitionTime"):
            delattr(one, keyword)
        one.AcquisitionDateTime = "20240229110000+0200" if k % 2 else "20240229100000+0100"
    save(slices, tmp_path)
    quick = QuickInstances()
    taken = 0
    for path in sorted(tmp_path.iterdir()):
        fast, slow = _read(quick, path)
        taken += fast is not None
        assert fast is None or repr(fast) == repr(slow)
    assert taken >= 4


def test_more_lengths_of_a_value_than_layouts_are_kept(tmp_path: Path) -> None:
    """Each slice's comment has another length, and every length comes back after all others."""
    count = 2 * (LAYOUTS + 4)
    slices = pet(stored=np.arange(count * 4 * 3, dtype=np.int16).reshape(count, 4, 3))
    for k, one in enumerate(slices):
        one.ImageComments = "x" * (2 + 2 * (k % (LAYOUTS + 4)))
        one.RescaleSlope = str(1.5 + k)
    save(slices, tmp_path, [f"{k:03d}" for k in range(count)])
    quick = QuickInstances()
    taken = 0
    for path in sorted(tmp_path.iterdir()):
        fast, slow = _read(quick, path)
        taken += fast is not None
        assert fast is None or repr(fast) == repr(slow)
    assert taken >= count - 3

"""Owns series whose slices differ in all that slices may, and the damage done to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.dicom.synthetic import ct, pet

Fault = tuple[int, str, int, bytes]
"""Of which file, how, from which place on, and with which bytes."""
SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def varied(modality: str, syntax: UID) -> list[FileDataset]:
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


@st.composite
def damage(draw: st.DrawFn) -> Fault:
    odd = st.sampled_from(
        [b"\0\0", b"\xff\xff\xff\xff", b"\\", b" ", b"SQ", b"UN", b"\x04\0", b"\xfe\xff\x0d\xe0"]
    )
    return (
        draw(st.integers(0, 3)),
        draw(st.sampled_from(["over", "into", "out", "end"])),
        draw(st.integers(128, 1400)),
        draw(st.one_of(st.binary(min_size=1, max_size=6), odd)),
    )


def damaged(paths: Sequence[Path], fault: Fault) -> None:
    which, how, at, data = fault
    whole = paths[which].read_bytes()
    after = {"over": at + len(data), "into": at, "out": at + len(data), "end": len(whole)}[how]
    paths[which].write_bytes(whole[:at] + (data if how in ("over", "into") else b"") + whole[after:])

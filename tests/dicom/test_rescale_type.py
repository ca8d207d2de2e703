"""RescaleType: a CT is in HU unless it says that its values are something else (PS3.3 C.11.1.1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.model.volume import Unit
from tests.dicom.synthetic import ct, save


def written(folder: Path, slices: Iterable[FileDataset]) -> Found:
    save(slices, folder)
    (found,) = scan(folder).found
    return found


@pytest.mark.parametrize(
    ("said", "unit", "values"),
    [
        ("HU", Unit.HU, ""),
        ("HU_MOD", Unit.HU, ""),
        ("US", Unit.HU, ""),  # what converters write where a CT said nothing
        ("Z_EFF", Unit.STORED, "Z_EFF"),
        ("MGML", Unit.STORED, "MGML"),
        (["HU", "PCT"], Unit.STORED, "?"),
    ],
)
def test_a_ct_is_in_hu_unless_it_says_otherwise(
    tmp_path: Path, said: str | list[str], unit: Unit, values: str
) -> None:
    slices = ct()
    for one in slices:
        one.RescaleType = said
    found = written(tmp_path, slices)
    assert found.series.values == values
    assert load(found).unit is unit
    assert any("modified HU" in note for note in found.notes) == (said == "HU_MOD")


def test_one_slice_that_is_no_hu_leaves_none(tmp_path: Path) -> None:
    slices = ct()
    for one in slices:
        one.RescaleType = "HU"
    slices[2].RescaleType = "Z_EFF"
    assert load(written(tmp_path, slices)).unit is Unit.STORED

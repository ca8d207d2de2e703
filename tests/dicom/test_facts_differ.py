"""What slices of one series state differently about body, maker and tracer (R1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset, FileDataset

from atsmviewer.dicom.header.facts import pet_facts
from tests.dicom.synthetic import pet

Change = Callable[[Dataset], None]


def _tracer(dataset: Dataset) -> Dataset:
    item = dataset.RadiopharmaceuticalInformationSequence[0]
    assert isinstance(item, Dataset)
    return item


def _stated() -> list[FileDataset]:
    """Slices that all say what may be left out."""
    slices = pet()
    for one in slices:
        one.PatientSize, one.PatientSex, one.Manufacturer = "1.75", "F", "SIEMENS"
        _tracer(one).RadionuclidePositronFraction = "0.1749"
    return slices


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("height_m", lambda d: setattr(d, "PatientSize", "1.9")),
        ("sex", lambda d: setattr(d, "PatientSex", "M")),
        ("manufacturer", lambda d: setattr(d, "Manufacturer", "GE MEDICAL SYSTEMS")),
        ("radiopharmaceutical", lambda d: setattr(_tracer(d), "Radiopharmaceutical", "Cu-64 PTSM")),
        ("positron_fraction", lambda d: setattr(_tracer(d), "RadionuclidePositronFraction", "0.97")),
    ],
)
@pytest.mark.parametrize("at", [0, 3])
def test_what_slices_state_differently_is_named(name: str, change: Change, at: int) -> None:
    slices = _stated()
    change(slices[at])
    assert pet_facts(slices).inconsistent == (name,)


@pytest.mark.parametrize("name", ["PatientSize", "PatientSex", "Manufacturer"])
@pytest.mark.parametrize("at", [0, 3])
def test_what_one_slice_leaves_out_is_no_contradiction(name: str, at: int) -> None:
    """Height and sex are then missing or known, and no value follows from an absence."""
    slices = _stated()
    delattr(slices[at], name)
    assert pet_facts(slices).inconsistent == ()

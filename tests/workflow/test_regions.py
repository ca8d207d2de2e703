"""Regions of other programs: those that are named have a role, the rest is measured and divides nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Role
from atsmviewer.model.session import Session
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import Case, open_case
from atsmviewer.workflow.regions import import_regions
from tests.dicom.nifti_made import write_nifti

LPS = np.array([[0.0, 0, 4, 0], [0, 4, 0, 0], [4, 0, 0, 0], [0, 0, 0, 1]])
PARTS = {"mass": (slice(4, 8), 40.0), "oedema": (slice(2, 10), 0.0), "thigh": (slice(12, 15), 10.0)}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A PET of 20, with 40 in the mass and 10 in the thigh; the oedema holds the mass."""
    for folder in ("masks", "case"):
        (tmp_path / folder).mkdir()
    pet = np.full((16, 16, 16), 20.0)
    pet[0, 0] = np.linspace(1, 9, 16)
    for name, (where, value) in PARTS.items():
        mask = np.zeros((16, 16, 16))
        mask[where, where, where] = 1
        pet = np.where((mask > 0) & (value > 0), value, pet)
        write_nifti(tmp_path / "masks" / f"{name}.nii", mask, LPS)
    write_nifti(tmp_path / "case" / "x_pet.nii", pet, LPS)
    return open_case(tmp_path / "case")


def decided(case: Case, folder: Path, tumours: list[str], muscles: list[str]) -> Session:
    files = [folder / "masks" / f"{name}.nii" for name in PARTS]
    return import_regions(case.study, Session(case.study.key), files, tumours, muscles)


def test_an_unnamed_region_is_measured_and_divides_nothing(case: Case, tmp_path: Path) -> None:
    found = assess(case.study, decided(case, tmp_path, ["mass"], ["thigh"]))
    means = {roi.name: roi["mean"] for roi in found.rois}
    assert {name: n.value for name, n in means.items() if isinstance(n, Measurement)} == {
        "mass": 40.0,
        "oedema": (20.0 * (8**3 - 4**3) + 40.0 * 4**3) / 8**3,
        "thigh": 10.0,
    }
    assert {(r.reference_role, r.kind) for r in found.ratios} == {
        (Role.MUSCLE, "mean"),
        (Role.MUSCLE, "max"),
        (Role.MUSCLE, "peak"),
    }
    (mean,) = (r.number for r in found.ratios if r.kind == "mean")
    assert isinstance(mean, Measurement)
    assert mean.value == 4.0  # nothing was taken out of the mass


def test_without_a_muscle_no_other_region_takes_its_place(case: Case, tmp_path: Path) -> None:
    found = assess(case.study, decided(case, tmp_path, ["mass"], []))
    assert found.ratios == ()
    assert {m.code for m in found.missing} == {"no_muscle"}


def test_a_name_that_is_not_there_is_refused_with_those_that_are(case: Case, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=r"mass, oedema, thigh"):
        decided(case, tmp_path, ["tumor"], [])

"""A folder with a Spatial Registration: the CT of another frame lies where it lay, and HU are as before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.roi import Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.model.study import Study
from atsmviewer.quant.aligned import placed_study
from atsmviewer.quant.assess import assess
from atsmviewer.session.edits import add_roi, new_roi
from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.opening import open_case
from tests.dicom.registered import reg

OTHER = "1.2.3.4.5"


def movement() -> NDArray[np.float64]:
    """20 degrees about z, then a shift."""
    a = np.radians(20.0)
    whole = np.eye(4)
    whole[:2, :2] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    whole[:3, 3] = (30.0, -12.0, 7.0)
    return whole


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """The first scan as it is; and its CT moved to a frame of its own, with the registration that says so."""
    folder = write_demo(out=tmp_path_factory.mktemp("demo") / "study")
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    moved, there, registered, whose = folder.parent / "moved", movement(), "", ""
    moved.mkdir()
    for k, file in enumerate(sorted(p for p in (folder / "scan1").rglob("*") if p.is_file())):
        one = pydicom.dcmread(file)
        if one.Modality == "CT":
            one.FrameOfReferenceUID = OTHER
            row, column = np.reshape(np.array(one.ImageOrientationPatient, float), (2, 3)) @ there[:3, :3].T
            place = there[:3, :3] @ np.array(one.ImagePositionPatient, float) + there[:3, 3]
            one.ImageOrientationPatient = [f"{float(v):.12f}" for v in (*row, *column)]
            one.ImagePositionPatient = [f"{v:.9f}" for v in place]
        else:
            registered = str(one.FrameOfReferenceUID)
        whose = str(one.PatientID)
        one.save_as(moved / f"{k:04d}")
    said = reg(registered, [(OTHER, [np.asarray(np.linalg.inv(there), np.float64)], "RIGID")])
    said.PatientID = whose
    said.save_as(moved / "reg")
    return folder / "scan1", moved, truth["acquisitions"][0]


def decided(study: Study, truth: dict[str, Any]) -> Session:
    session, frame = Session(study.key), study.acquisitions[0].frame_of_reference_uid
    for role, where in ((Role.TUMOUR, truth["tumour"]), (Role.MUSCLE, truth["muscles"][0])):
        x, y, z = where["centre_mm"]
        session = add_roi(session, new_roi(session, role, frame, sphere((x, y, z), 12.0), uid=str(role)))
    return session


def hu(found: Assessment, role: Role) -> float:
    one = found.of_roi(str(role))
    assert one is not None
    number = one["hu_mean"]
    assert isinstance(number, Measurement), number
    return number.value


def test_numbers_are_those_of_the_scan_before_it_was_moved(made: tuple[Path, Path, dict[str, Any]]) -> None:
    delivered, moved, truth = made
    plain, study = open_case(delivered).study, open_case(moved).study
    (acquisition,) = study.acquisitions
    assert acquisition.anatomy is not None
    assert acquisition.anatomy.grid.frame_of_reference_uid == OTHER
    (first,) = placed_study(study, Session(study.key)).acquisitions
    assert first.anatomy_volume is not None
    before = plain.acquisitions[0].anatomy
    assert before is not None
    np.testing.assert_allclose(first.anatomy_volume.grid.matrix, before.grid.matrix, atol=1e-6)
    found, was = (assess(one, decided(one, truth)) for one in (study, plain))
    for role in (Role.TUMOUR, Role.MUSCLE):
        assert hu(found, role) == pytest.approx(hu(was, role), abs=1e-6)
    assert [r.number for r in found.ratios] == [r.number for r in was.ratios]
    (placement,) = found.placements
    assert placement.by == "DICOM registration Day 2 on day 1 (Physicist A)"
    assert placement.turn_deg == pytest.approx((0.0, 0.0, -20.0), abs=1e-6)


def test_without_it_nothing_is_overlaid(made: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    _, moved, _ = made
    for file in moved.iterdir():
        if file.name != "reg":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    study = open_case(tmp_path).study
    assert study.registrations == ()
    assert study.acquisitions[0].anatomy is None

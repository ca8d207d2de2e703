"""A reader steps through a dynamic and a gated scan in the real window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from PySide6.QtCore import Qt

from atsmviewer.model.assessment import Depth, Measurement
from atsmviewer.model.roi import Role, sphere
from atsmviewer.session.edits import add_roi, move_roi, new_roi
from atsmviewer.ui.document import LIVE_FRAMES
from atsmviewer.ui.frames import NO_SLICE, UNEVEN, plane_detail
from atsmviewer.ui.words import number_text
from tests.dicom.dynamic import SIX, at, dynamic, true_suv
from tests.dicom.synthetic import pet, save
from tests.journeys.desk import Desk

MIDDLE = (-7.75, -16.0, 104.5)


def _shown(desk: Desk) -> float:
    """The tumour's mean as the column shows it."""
    document = desk.window.document
    tumour = document.session.rois[0]
    numbers = document.here.of_roi(tumour.uid)
    assert numbers is not None
    mean = numbers["mean"]
    assert isinstance(mean, Measurement)
    return mean.value


def _place(desk: Desk) -> None:
    document = desk.window.document
    assert document.acquisition is not None
    space = document.acquisition.frame_of_reference_uid
    session = document.session
    for role in (Role.TUMOUR, Role.MUSCLE):
        session = add_roi(session, new_roi(session, role, space, sphere(MIDDLE, 2.0)))
    document.commit(session, "Place")
    desk.settle()


def test_a_dynamic_scan_is_read_frame_by_frame(desk: Desk, tmp_path: Path) -> None:
    save(dynamic(), tmp_path / "scan")
    desk.open(tmp_path / "scan")
    document = desk.window.document
    assert document.frame is not None
    assert document.frame.number == 5  # the last: the tracer has gone where it goes
    # injected 09:00:00.25, the last frame 10:15:00 to 10:25:00
    assert plane_detail(document) == "frame 6 of 6, 75.0–85.0 min p.i. (keys , .)"
    _place(desk)
    for number in (5, 4, 3, 2, 1, 0, 0):
        assert _shown(desk) == pytest.approx(true_suv(SIX[number]), rel=2e-5)
        assert document.scale is document.assessment.scale(document.viewing.acquisition_uid, number)
        desk.key(Qt.Key.Key_Comma)
    desk.key(Qt.Key.Key_Period)
    assert document.viewing.frame == 1
    assert plane_detail(document) == "frame 2 of 6, 60.5–61.5 min p.i. (keys , .)"
    assert document.frame.volume is not None
    plane = desk.window.page.axial.planes[1]
    assert plane is not None
    assert float(np.nanmax(plane)) == pytest.approx(true_suv(SIX[1]), rel=2e-5)


def test_a_drag_measures_the_frame_looked_at_and_the_rest_follows(desk: Desk, tmp_path: Path) -> None:
    save(dynamic(), tmp_path / "scan")
    desk.open(tmp_path / "scan")
    document = desk.window.document
    _place(desk)
    assert len(SIX) > LIVE_FRAMES
    x, y, z = MIDDLE
    document.preview(move_roi(document.session, document.session.rois[0].uid, (x + 0.1, y, z)))
    assert document.assessment.depth is Depth.LIVE
    assert {n.frame for n in document.assessment.rois} == {5}
    assert _shown(desk) == pytest.approx(true_suv(SIX[5]), rel=2e-5)
    desk.key(Qt.Key.Key_Comma)  # another frame in the middle of it has its own numbers at once
    assert _shown(desk) == pytest.approx(true_suv(SIX[4]), rel=2e-5)
    document.commit(document.session, "Move")
    desk.settle()
    assert {n.frame for n in document.assessment.rois} == set(range(6))


def test_gates_are_named_and_the_first_is_looked_at_first(desk: Desk, tmp_path: Path) -> None:
    slices: list[FileDataset] = []
    for gate in range(3):
        for place, one in enumerate(pet(stored=np.full((3, 4, 4), 1000 * (gate + 1), np.int16))):
            at(one, gate, place, 0.0, 600.0)
            one.TriggerTime = str(250 * gate)
            slices.append(one)
    save(slices, tmp_path / "scan")
    desk.open(tmp_path / "scan")
    document = desk.window.document
    assert plane_detail(document) == "gate 1 of 3, trigger 0 ms (keys , .)"
    desk.key(Qt.Key.Key_Period)
    assert plane_detail(document) == "gate 2 of 3, trigger 250 ms (keys , .)"


def test_missing_and_uneven_slices_are_seen(desk: Desk, tmp_path: Path) -> None:
    slices = pet(stored=np.full((9, 40, 30), 5000, np.int16))
    save(slices[:4] + slices[5:], tmp_path / "gap")
    desk.open(tmp_path / "gap")
    axial = desk.window.page.axial
    document = desk.window.document
    document.look(replace(document.viewing, cursor_mm=(10.0, 15.0, 106.0)))
    assert plane_detail(document) == ""
    bare = axial.grab().toImage()
    document.look(replace(document.viewing, cursor_mm=(10.0, 15.0, 112.0)))  # the fifth of 3 mm from 100
    assert plane_detail(document) == NO_SLICE
    assert number_text(document, (10.0, 15.0, 112.0)) == (NO_SLICE, "")
    hatched = axial.grab().toImage()
    middle = axial.widget_of((5.0, 5.0, 112.0)).toPoint()
    around = [(middle.x() + k, middle.y()) for k in range(-20, 20)]
    assert len({bare.pixel(x, y) for x, y in around}) == 1  # an even slice is one colour
    assert len({hatched.pixel(x, y) for x, y in around}) > 1

    for one in slices[5:]:
        one.ImagePositionPatient[2] += 1.0
    save(slices, tmp_path / "uneven")
    desk.open(tmp_path / "uneven")
    assert plane_detail(document) == f"PET {UNEVEN}"
    assert number_text(document, MIDDLE) == ("not measured: PET slices uneven", "")
    chips_shown = [button.text() for button in desk.window.strip._buttons]
    assert "PT slices uneven" in chips_shown

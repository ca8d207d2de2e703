"""A reader moves and turns the CT under the PET: it follows the hand, PET numbers stay, the disk knows."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from atsmviewer.model.assessment import Assessment
from atsmviewer.model.choice import PARTNER
from atsmviewer.model.grid import Vector
from atsmviewer.model.placement import DISPLAY_ONLY
from atsmviewer.model.roi import Ellipsoid, Role
from atsmviewer.model.session import Override
from atsmviewer.model.volume import Volume
from atsmviewer.quant.hounsfield import HOUNSFIELD
from atsmviewer.session.edits import align_by_hand, set_override
from atsmviewer.ui.planeview import PlaneView
from atsmviewer.workflow.reporting import make_report
from tests.journeys.desk import Desk, first_scan, place_both, tumour_of

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier


def pet_numbers(found: Assessment) -> list[object]:
    rois = [[n for n in one.numbers if n.quantity not in HOUNSFIELD] for one in found.rois]
    return [rois, found.ratios, found.hypoxic, found.hypoxic_total, found.scales]


def hu(desk: Desk, role: Role = Role.MUSCLE) -> float:
    (roi,) = desk.window.document.session.of_role(role)
    one = desk.window.document.here.of_roi(roi.uid)
    assert one is not None
    number = one["hu_mean"]
    return float(getattr(number, "value", np.nan))


def picture(view: PlaneView) -> NDArray[np.uint8]:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).copy()


def opened(desk: Desk, folder: Path, truth: dict[str, Any]) -> None:
    desk.open(folder)
    place_both(desk, first_scan(truth))
    desk.go_to(tumour_of(first_scan(truth)))
    desk.key(Qt.Key.Key_A)
    assert desk.window.document.viewing.tool == "align"
    assert desk.window.aligning.bar.isVisible()


def shown(desk: Desk) -> Volume:
    placed = desk.window.document.anatomy
    assert placed is not None
    return placed


def far(view: PlaneView, cursor: Vector, u_mm: float, v_mm: float) -> QPoint:
    u, v = view.uv(cursor)
    return view.to_widget(u + u_mm, v + v_mm).toPoint()


def settled(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: not np.isnan(hu(desk)), timeout=60_000)


def shift_of(desk: Desk) -> Vector:
    (one,) = [p for p in desk.window.document.here.placements if p.is_anatomy]
    return one.shift_mm


def test_the_ct_follows_the_hand_and_no_pet_number_changes(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    opened(desk, demo_folder, truth)
    document, view = desk.window.document, desk.window.page.axial
    settled(desk)
    before, cursor = document.assessment, document.viewing.cursor_mm
    assert document.journal is not None
    seen, was_hu, steps = picture(view), hu(desk), len(document.journal.history.past)
    start, end = far(view, cursor, 60.0, 30.0), far(view, cursor, 70.0, 26.0)
    desk.drag(view, start, end)
    pixel = 1.0 / view.px_per_mm
    assert shift_of(desk) == pytest.approx((10.0, -4.0, 0.0), abs=2 * pixel)
    held = np.subtract(view.point_mm(QPointF(end)), view.point_mm(QPointF(start)))
    assert shift_of(desk) == pytest.approx(tuple(held), abs=1e-6)
    assert not np.array_equal(picture(view), seen)
    settled(desk)
    assert pet_numbers(document.assessment) == pet_numbers(before)
    assert hu(desk) != was_hu
    assert len(document.journal.history.past) == steps + 1
    text = desk.window.aligning.bar.moved.text()
    x, y, _ = shift_of(desk)
    assert text == f"Alignment: x {x:.1f} y {y:.1f} z 0.0 mm, turn x 0.0 y 0.0 z 0.0 degrees"
    assert desk.window.aligning.bar.remark.text() == DISPLAY_ONLY


def test_undo_redo_reset_and_opening_again(desk: Desk, demo_folder: Path, truth: dict[str, Any]) -> None:
    opened(desk, demo_folder, truth)
    document, bar = desk.window.document, desk.window.aligning.bar
    assert not bar.reset.isEnabled()
    desk.window.page.axial.setFocus()
    desk.key(Qt.Key.Key_Right, SHIFT)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert shift_of(desk) == pytest.approx((4.8, 1.0, 0.0), abs=1e-9)
    desk.key(Qt.Key.Key_Greater)
    (one,) = document.here.placements
    assert one.turn_deg == pytest.approx((0.0, 0.0, 1.0), abs=1e-9)
    moved = document.session
    document.undo()
    assert shift_of(desk) == pytest.approx((4.8, 1.0, 0.0), abs=1e-9)
    document.redo()
    assert document.session == moved
    bar.reset.click()
    assert document.session.alignments == ()
    assert document.here.placements == ()
    document.undo()
    assert document.session == moved
    desk.key(Qt.Key.Key_Escape)
    assert document.viewing.tool == "cross"
    assert not bar.isVisible()
    cursor = document.viewing.cursor_mm
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_Up)  # a slice again
    assert document.session == moved
    assert document.viewing.cursor_mm != cursor
    desk.open(demo_folder)
    assert document.session.alignments == moved.alignments
    assert any(
        chip.text.startswith("PET on CT aligned: reader, by hand") for chip in desk.window.strip._chips
    )


def test_shift_and_drag_turns_about_the_cross(desk: Desk, demo_folder: Path, truth: dict[str, Any]) -> None:
    opened(desk, demo_folder, truth)
    document, view = desk.window.document, desk.window.page.axial
    cursor = document.viewing.cursor_mm
    start, end = far(view, cursor, 70.0, 0.0), far(view, cursor, 70.0, 25.0)
    QTest.mousePress(view.viewport(), LEFT, SHIFT, start)
    for k in (1, 2):
        desk.move_held(view.viewport(), start + (end - start) * k / 2)
    QTest.mouseRelease(view.viewport(), LEFT, SHIFT, end)
    (one,) = [p for p in document.here.placements if p.is_anatomy]
    # on screen clockwise, right to down, which in LPS is x to y: about +z, by atan(25 / 70)
    assert one.turn_deg == pytest.approx((0.0, 0.0, np.degrees(np.arctan2(25.0, 70.0))), abs=1.0)
    assert desk.window.rail.tools["align"].isChecked()
    desk.window.resize(1024, 640)
    QApplication.processEvents()
    bar = desk.window.aligning.bar
    for part in (bar.moved, bar.remark, bar.reset, bar.done):
        assert part.width() >= part.sizeHint().width()
    turned = np.reshape(one.alignment.matrix, (4, 4)) @ (*cursor, 1.0)
    assert turned[:3] == pytest.approx(cursor, abs=1e-6)


@pytest.fixture
def other_frame(demo_folder: Path, tmp_path: Path) -> Path:
    """The first scan of the demonstration, its CT in a frame of reference of its own, 30 mm away."""
    folder = tmp_path / "other"
    for file in sorted((demo_folder / "scan1").rglob("*")):
        if file.is_file():
            made = pydicom.dcmread(file)
            if made.Modality == "CT":
                made.FrameOfReferenceUID = "1.2.3.4.5"
                x, y, z = made.ImagePositionPatient
                made.ImagePositionPatient = [x + 30, y, z]
            out = folder / file.relative_to(demo_folder)
            out.parent.mkdir(parents=True, exist_ok=True)
            made.save_as(out)
    return folder


def test_a_ct_of_another_frame_is_shown_only_when_the_reader_asks(desk: Desk, other_frame: Path) -> None:
    desk.open(other_frame)
    document = desk.window.document
    assert document.study is not None
    assert document.anatomy is None
    (ct,) = document.study.anatomies
    pet = document.viewing.acquisition_uid
    chosen = set_override(document.session, Override(pet, PARTNER, ct.series.uid, "R", "chosen"))
    document.commit(chosen, "Show with CT")
    desk.window.opener.complete()
    acquisition = document.acquisition
    desk.qtbot.waitUntil(
        lambda: bool(document.acquisition and document.acquisition.anatomy_volume), timeout=60_000
    )
    assert document.anatomy is None  # chosen, but nothing leads from its frame: not overlaid
    assert any(chip.text == "CT in another frame" for chip in desk.window.strip._chips)
    desk.key(Qt.Key.Key_A)
    bar = desk.window.aligning.bar
    assert bar.moved.text() == "The CT lies in another frame of reference and is not shown."
    desk.key(Qt.Key.Key_Right)  # it has no place yet to be moved from: said, and nothing happens
    assert not list(document.session.alignments)
    bar.start.click()
    (made,) = list(document.session.alignments)
    assert (made.from_uid, made.origin) == ("1.2.3.4.5", "reader, by hand")
    placed = shown(desk)
    assert acquisition is not None
    assert placed.grid.centre_mm == pytest.approx(acquisition.pet.grid.centre_mm, abs=1e-6)
    assert not bar.start.isVisible()
    desk.key(Qt.Key.Key_Right)
    moved = np.subtract(shown(desk).grid.centre_mm, placed.grid.centre_mm)
    assert moved == pytest.approx((1.0, 0.0, 0.0), abs=1e-9)


def test_the_report_says_how_far_and_by_whom(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    opened(desk, demo_folder, truth)
    desk.window.page.axial.setFocus()
    desk.key(Qt.Key.Key_Right, SHIFT)
    document = desk.window.document
    assert document.study is not None
    paths = make_report(document.study, document.session, document.stamp, tmp_path, ("csv", "json"))
    written = {path.suffix: path.read_text("utf-8") for path in paths}
    (entry,) = json.loads(written[".json"])["alignments"]
    assert entry["shift_mm"] == pytest.approx([5.0, 0.0, 0.0])
    assert (entry["origin"], entry["remark"]) == ("reader, by hand", DISPLAY_ONLY)
    rows = {row["quantity"]: row for row in csv.DictReader(written[".csv"].splitlines())}
    assert float(rows["alignment_shift_x"]["value"]) == pytest.approx(5.0)
    assert DISPLAY_ONLY in rows["alignment_shift_x"]["inputs"]


def test_regions_of_another_scan_are_drawn_where_an_alignment_leads(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    desk.open(demo_folder)
    place_both(desk, first_scan(truth))
    document = desk.window.document
    assert document.study is not None
    first, second = document.study.acquisitions
    assert first.frame_of_reference_uid != second.frame_of_reference_uid
    desk.window.look_at(second.uid)
    QApplication.processEvents()
    assert all(not view.layer.drawn for view in desk.window.page.views)
    made = align_by_hand(
        document.session,
        replace(document.study, acquisitions=(replace(second, anatomy=first.anatomy), first)),
        second.uid,
        str(first.anatomy and first.anatomy.uid),
    )
    document.commit(made, "Align by hand")
    tumour = document.session.of_role(Role.TUMOUR)[0]
    assert isinstance(tumour.shape, Ellipsoid)
    moved = np.reshape(made.alignments[0].matrix, (4, 4)) @ (*tumour.shape.centre_mm, 1.0)
    x, y, z = (float(v) for v in moved[:3])
    document.look(replace(document.viewing, cursor_mm=(x, y, z)))
    QApplication.processEvents()
    axial = desk.window.page.axial
    (seen,) = [d for d in axial.layer.drawn if d.roi.uid == tumour.uid]
    assert seen.source == "from scan A"
    assert axial.layer.roi_at(axial.widget_of((x, y, z)), inside=True) is None

"""A reader's morning in the real window: open, tumour, muscle, threshold, undo, save, reopen, report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pydicom
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QTableWidgetItem

from atsmviewer.model.assessment import Depth, Measurement
from atsmviewer.model.roi import Ellipsoid, Role
from atsmviewer.report.records import assess_record, to_json_bytes
from atsmviewer.ui.reportdialog import ReportDialog
from atsmviewer.workflow.opening import open_case
from tests.journeys.desk import Desk, first_scan, place_both, press, tumour_of


def on_screen(desk: Desk) -> bytes:
    """The record of everything the window shows, to the last digit."""
    document = desk.window.document
    assert document.study is not None
    return to_json_bytes(assess_record(document.assessment, document.study, document.session))


def test_the_whole_reading(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, document, scan = desk.window, desk.window.document, first_scan(truth)
    desk.open(demo_folder)
    assert window.stack.currentWidget() is window.page
    assert not window.column.report.isEnabled()

    place_both(desk, scan)
    tumour, muscle = document.session.rois
    assert (tumour.role, muscle.role) == (Role.TUMOUR, Role.MUSCLE)
    assert isinstance(tumour.shape, Ellipsoid)
    # one screen pixel is the most that a click can miss by
    reach = 1.5 / window.page.axial.px_per_mm
    assert tumour.shape.centre_mm == pytest.approx(tumour_of(scan), abs=reach + 1.5)
    assert window.column.report.isEnabled()
    assert window.column.ratio.value.text() not in ("", "–")

    # the threshold on its curve: numbers follow, release is one undo step
    curve = window.column.avid.curve
    steps = len(document.journal.history.past) if document.journal else 0
    before = document.session
    y = curve.height() // 2
    desk.drag_widget(curve.viewport(), QPoint(60, y), QPoint(curve.width() - 90, y))
    desk.settle()
    assert document.session.protocol.tm_threshold > 1.4
    assert document.journal is not None
    assert len(document.journal.history.past) == steps + 1

    # undo and redo of everything
    after = document.session
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.session == before
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert document.session == after
    desk.settle()

    # save a copy, close, reopen: the same numbers to the last digit
    copy = tmp_path / "copy.atsm.jsonl"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(copy), ""))
    desk.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert copy.is_file()
    numbers = on_screen(desk)
    window.close()
    again = Desk(desk.qtbot)
    again.open(demo_folder)
    reopened = again.window.document
    assert reopened.session == after
    assert on_screen(again) == numbers

    again.window.close()


def test_the_report_from_the_window_equals_the_screen(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    desk.open(demo_folder)
    place_both(desk, first_scan(truth))
    document = desk.window.document
    out = tmp_path / "report"
    desk.key(Qt.Key.Key_F10)
    dialog = desk.window.findChild(ReportDialog)
    assert dialog is not None
    QTest.keyClicks(dialog.remark, "left thigh, reading aloud")
    dialog.folder.setText(str(out))
    desk.qtbot.waitUntil(lambda: not dialog.page.pixmap().isNull(), timeout=30_000)
    press(dialog.save)
    desk.qtbot.waitUntil(lambda: (out / "assessment.json").is_file(), timeout=30_000)
    assert {path.suffix for path in out.iterdir()} == {".pdf", ".csv", ".json"}
    assert document.session.remarks == "left thigh, reading aloud"
    desk.settle()
    written = json.loads((out / "assessment.json").read_bytes())
    assert written == json.loads(on_screen(desk))


def test_the_folder_is_dropped_and_a_wrong_one_is_explained(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "beach.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a scan")
    desk.drop(tmp_path / "photos")
    desk.qtbot.waitUntil(lambda: "No PET" in desk.window.empty.title.text(), timeout=20_000)
    assert "1 JPEG picture" in desk.window.empty.hint.text()
    assert desk.window.document.study is None


def test_regions_are_moved_resized_renamed_and_deleted_by_hand(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    window, document, scan = desk.window, desk.window.document, first_scan(truth)
    desk.open(demo_folder)
    place_both(desk, scan)
    desk.key(Qt.Key.Key_Escape)
    window.column.regions.table.selectRow(0)
    view = window.page.coronal
    tumour = document.session.of_role(Role.TUMOUR)[0]
    assert isinstance(tumour.shape, Ellipsoid)

    at = desk.widget_point(view, tumour.shape.centre_mm)
    desk.drag(view, at, at + QPoint(12, -8))
    moved = document.session.roi(tumour.uid).shape
    assert isinstance(moved, Ellipsoid)
    step = 1 / view.px_per_mm
    assert moved.centre_mm[0] == pytest.approx(tumour.shape.centre_mm[0] + 12 * step, abs=step)
    assert moved.centre_mm[2] == pytest.approx(tumour.shape.centre_mm[2] + 8 * step, abs=step)
    assert moved.centre_mm[1] == tumour.shape.centre_mm[1]

    x, y, z = moved.centre_mm
    start = desk.widget_point(view, (x + moved.radii_mm[0], y, z))
    desk.drag(view, start, start + QPoint(10, 0))
    resized = document.session.roi(tumour.uid).shape
    assert isinstance(resized, Ellipsoid)
    assert resized.radii_mm[0] == pytest.approx(moved.radii_mm[0] + 10 * step, abs=2 * step)

    item = window.column.regions.table.item(0, 0)
    assert isinstance(item, QTableWidgetItem)
    item.setText("Thigh mass")
    assert document.session.roi(tumour.uid).name == "Thigh mass"

    desk.key(Qt.Key.Key_Delete)
    assert document.session.of_role(Role.TUMOUR) == ()
    desk.settle()
    assert window.column.ratio.value.text() == "–"
    for _ in range(4):
        desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.session.roi(tumour.uid).shape == tumour.shape


def test_looking_changes_no_number(desk: Desk, demo_folder: Path, truth: dict[str, Any]) -> None:
    window, document, scan = desk.window, desk.window.document, first_scan(truth)
    desk.open(demo_folder)
    place_both(desk, scan)
    was = document.assessment
    z = document.viewing.cursor_mm[2]
    desk.wheel(window.page.axial, 1)
    assert document.acquisition is not None
    assert document.viewing.cursor_mm[2] == pytest.approx(z + document.acquisition.view_grid.spacing_mm[0])
    desk.wheel(window.page.axial, 2, Qt.KeyboardModifier.ControlModifier)
    for key in (Qt.Key.Key_W, Qt.Key.Key_I, Qt.Key.Key_H, Qt.Key.Key_B, Qt.Key.Key_0):
        desk.key(key)
    desk.click(window.page.sagittal, document.viewing.cursor_mm)
    window.page.enlarge(window.page.coronal)
    window.page.enlarge(window.page.coronal)
    assert document.assessment is was
    assert document.assessment.depth is Depth.FULL


def test_the_late_scan_has_its_own_regions_and_a_right_suv(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    desk.open(demo_folder)
    study = desk.window.document.study
    assert study is not None
    assert len(study.acquisitions) == 2
    late = truth["acquisitions"][1]
    desk.window.look_at(study.acquisitions[1].uid)
    place_both(desk, late)
    document = desk.window.document
    assert {r.frame_of_reference_uid for r in document.session.rois} == {late["frame_of_reference_uid"]}
    muscle = document.assessment.of_roi(document.session.of_role(Role.MUSCLE)[0].uid)
    assert muscle is not None
    mean = muscle["mean"]
    assert isinstance(mean, Measurement)
    # noise of the mean over 14 ml is far below this; a dropped injection date would be 73 % off
    assert mean.value == pytest.approx(late["suv"]["muscle"], rel=0.1)


def test_open_case_and_window_agree_on_what_is_there(desk: Desk, demo_folder: Path) -> None:
    desk.open(demo_folder)
    study = desk.window.document.study
    assert study is not None
    assert study.key == open_case(demo_folder).study.key


def test_a_missing_weight_is_asked_for_and_then_every_number_follows(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    unweighed = tmp_path / "unweighed"
    shutil.copytree(demo_folder / "scan1", unweighed)
    for path in unweighed.rglob("*.dcm"):
        header = pydicom.dcmread(path)
        header.PatientWeight = None
        header.save_as(path)
    desk.open(unweighed)
    window, document = desk.window, desk.window.document
    place_both(desk, first_scan(truth))
    assert document.scale is not None
    assert document.scale.refused is not None
    ratio, unit_was = window.column.ratio.value.text(), document.scale.unit
    press(window.column.values.enter)
    panel = window.popovers.facts
    assert panel.fact.currentData() == "weight_kg"
    QTest.keyClicks(panel.value, "-3")
    press(panel.apply)
    assert panel.wrong.isVisible()
    panel.value.clear()
    QTest.keyClicks(panel.value, "71.0")
    QTest.keyClicks(panel.why, "ward scales")
    press(panel.apply)
    desk.settle()
    assert document.scale.is_suv
    assert document.scale.unit is not unit_was
    assert window.column.ratio.value.text() == ratio
    entered = document.session.overrides[0]
    assert (entered.name, entered.value, entered.why) == ("weight_kg", "71.0", "ward scales")
    assert "OVERRIDDEN" in {flag.code for flag in document.scale.flags}
    # 71 kg is the demonstration's own weight, so muscle reads as the phantom was made
    muscle = document.assessment.of_roi(document.session.of_role(Role.MUSCLE)[0].uid)
    assert muscle is not None
    mean = muscle["mean"]
    assert isinstance(mean, Measurement)
    assert mean.value == pytest.approx(first_scan(truth)["suv"]["muscle"], rel=0.1)

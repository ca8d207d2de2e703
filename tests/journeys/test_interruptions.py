"""What happens in the middle of a drag: undo, another button, another scan; nothing is lost or reversed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pydicom
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import Ellipsoid, Role
from atsmviewer.session.edits import set_remarks
from atsmviewer.session.journal import Journal
from atsmviewer.ui.planeview import PlaneView
from tests.journeys.desk import Desk, first_scan, place_both, tumour_of

LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier


def grab_tumour(desk: Desk, demo_folder: Path, truth: dict[str, Any]) -> tuple[PlaneView, QPoint, str]:
    """Hold the tumour's centre in the axial plane, button down and moved a little."""
    desk.open(demo_folder)
    place_both(desk, first_scan(truth))
    desk.window.column.regions.table.selectRow(0)
    view = desk.window.page.axial
    tumour = desk.window.document.session.of_role(Role.TUMOUR)[0]
    assert isinstance(tumour.shape, Ellipsoid)
    at = desk.widget_point(view, tumour.shape.centre_mm)
    QTest.mousePress(view.viewport(), LEFT, NONE, at)
    desk.move_held(view.viewport(), at + QPoint(9, 4))
    return view, at, tumour.uid


def test_another_button_in_mid_drag_loses_nothing(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    view, at, uid = grab_tumour(desk, demo_folder, truth)
    document = desk.window.document
    dragged = document.session.roi(uid)
    QTest.mousePress(view.viewport(), MIDDLE, NONE, at)
    QTest.mouseRelease(view.viewport(), MIDDLE, NONE, at)
    QTest.mouseRelease(view.viewport(), LEFT, NONE, at + QPoint(9, 4))
    assert document.session.roi(uid) == dragged
    assert document.journal is not None
    assert document.journal.session.roi(uid) == dragged


def test_undo_in_mid_drag_is_not_reversed_by_the_release(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    view, at, _ = grab_tumour(desk, demo_folder, truth)
    document = desk.window.document
    document.undo()
    undone = document.session
    QTest.mouseRelease(view.viewport(), LEFT, NONE, at + QPoint(9, 4))
    assert document.session == undone
    assert document.journal is not None
    assert document.journal.history.can_redo


def test_two_reconstructions_in_one_space_show_their_own_numbers(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    both = tmp_path / "both"
    shutil.copytree(demo_folder / "scan1", both)
    for path in sorted((both / "PT").glob("*.dcm")):
        one = pydicom.dcmread(path)
        one.SeriesInstanceUID += ".1"
        one.SOPInstanceUID += ".1"
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        one.RescaleSlope = 3 * one.RescaleSlope
        one.save_as(both / f"second-{path.name}")
    desk.open(both)
    window, document = desk.window, desk.window.document
    place_both(desk, first_scan(truth))
    study = document.study
    assert study is not None
    assert len(study.acquisitions) == 2
    shown = {}
    for acquisition in study.acquisitions:
        window.look_at(acquisition.uid)
        desk.settle()
        assert window.top.acquisitions.currentData() == acquisition.uid
        numbers = document.here.of_roi(document.session.of_role(Role.TUMOUR)[0].uid)
        assert numbers is not None
        mean = numbers["mean"]
        assert isinstance(mean, Measurement)
        shown[acquisition.uid] = mean.value
        cell = window.column.regions.table.item(0, 2)
        assert cell is not None
        assert float(cell.text()) == pytest.approx(mean.value, abs=0.005)
    first, second = sorted(shown.values())
    assert second == pytest.approx(3 * first, rel=1e-4)
    assert tumour_of(first_scan(truth))


def test_a_session_of_another_case_is_refused_and_the_case_at_hand_goes_on_being_kept(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    desk.open(demo_folder)
    place_both(desk, first_scan(truth))
    document = desk.window.document
    foreign = tmp_path / "foreign.atsm.jsonl"
    other = Journal.open(foreign, "another-case", "A. Reader")
    other.commit(set_remarks(other.session, "not this patient"), "Remark")
    other.close()
    desk.window.opener.open(demo_folder, foreign)
    desk.qtbot.waitUntil(desk.window.banner.isVisible, timeout=30_000)
    assert "another case" in desk.window.banner.what.text()
    document.commit(set_remarks(document.session, "goes on"), "Remark")
    assert document.journal is not None
    assert document.journal.session.remarks == "goes on"
    assert document.journal.unwritten == 0


def test_no_report_is_made_while_the_rest_of_a_case_is_read(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    document, report = desk.window.document, desk.window.column.report
    desk.open(demo_folder)
    place_both(desk, first_scan(truth))
    seen: list[tuple[bool, bool, str]] = []
    document.assessment_changed.connect(
        lambda _: seen.append((document.reading, report.isEnabled(), report.toolTip()))
    )
    desk.open(demo_folder)
    assert {ready for reading, ready, _ in seen if reading} == {False}
    assert "The rest of the case is being read." in {why for reading, _, why in seen if reading}
    assert report.isEnabled()

"""What is dropped on the window: all of it as one case, from this computer only; and a stop that keeps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from tests.dicom.synthetic import ct, pet, save
from tests.dicom.zipped import zipped
from tests.journeys.desk import WAIT_MS, Desk, press
from tests.workflow.test_opening import uncorrected


def drop(desk: Desk, urls: Sequence[QUrl]) -> None:
    data = QMimeData()
    data.setUrls(list(urls))
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = QPointF(300, 300)
    QApplication.sendEvent(desk.window, QDragEnterEvent(at.toPoint(), copy, data, left, none))
    QApplication.sendEvent(desk.window, QDropEvent(at, copy, data, left, none))


def test_a_folder_a_zip_and_files_dropped_together_are_one_case(desk: Desk, tmp_path: Path) -> None:
    save(pet(), tmp_path / "pet")
    save(ct()[:3], tmp_path / "ct")
    save(ct()[3:], tmp_path / "more")
    paths = [tmp_path / "pet", zipped(tmp_path / "ct.zip", tmp_path / "ct"), *(tmp_path / "more").iterdir()]
    with desk.qtbot.waitSignal(desk.window.document.study_changed, timeout=WAIT_MS):
        drop(desk, [QUrl.fromLocalFile(str(path)) for path in paths])
    study = desk.window.document.study
    assert study is not None
    (acquisition,) = study.acquisitions
    assert acquisition.anatomy is not None
    assert acquisition.anatomy.grid.shape[0] == 5
    assert acquisition.anatomy_volume is not None


def test_what_lies_elsewhere_is_said_and_nothing_is_opened(desk: Desk) -> None:
    drop(desk, [QUrl("https://example.org/scan.zip")])
    assert not desk.window.opener.lane.busy
    assert desk.window.banner.isVisible()


def test_a_stop_after_the_first_picture_keeps_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save([*pet(), *ct(), *uncorrected()], tmp_path, [f"{k}" for k in range(15)])
    opener, document = desk.window.opener, desk.window.document
    document.study_changed.connect(lambda _: press(opener.cancel))  # the moment the picture is there
    with desk.qtbot.waitSignal(document.study_changed, timeout=WAIT_MS):
        opener.open(tmp_path)
    desk.qtbot.waitUntil(lambda: not opener.lane.busy, timeout=WAIT_MS)
    assert document.acquisition is not None
    assert document.frame is not None
    assert document.frame.volume is not None
    assert not opener.cancel.isVisible()

"""Takes the pictures in docs/pictures: the real window and the real report on the demonstration study.

Run: QT_QPA_PLATFORM=offscreen python docs/pictures.py
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pydicom
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from atsmviewer.model.assessment import Depth
from atsmviewer.model.roi import Role, sphere
from atsmviewer.session.edits import add_roi, new_roi
from atsmviewer.ui.app import application
from atsmviewer.ui.reportdialog import first_page
from atsmviewer.ui.window import MainWindow
from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.demoreading import read_demo, tumour_and_muscles

PICTURES = Path(__file__).resolve().parent / "pictures"
WAIT_S = 60.0
ZOOM = 2.0


def wait(until: Any) -> None:
    start = time.monotonic()
    while not until() and time.monotonic() - start < WAIT_S:
        QApplication.processEvents()
        time.sleep(0.01)
    if not until():
        raise TimeoutError


def settle(seconds: float = 0.6) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def reading(folder: Path, name: str, width: int, height: int) -> None:
    """Open, place the demonstration's regions, grab."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    window = MainWindow()
    window.resize(width, height)
    window.show()
    window.opener.open(folder)
    wait(lambda: window.document.study is not None)
    document = window.document
    acquisition = document.acquisition
    assert acquisition is not None
    session = document.session
    for role, shape in tumour_and_muscles(truth["acquisitions"][0]):
        session = add_roi(session, new_roi(session, role, acquisition.frame_of_reference_uid, shape))
    document.commit(session, "Place the regions")
    tumour = session.of_role(Role.TUMOUR)[0].shape
    assert isinstance(tumour, type(sphere((0, 0, 0), 1)))
    document.look(
        replace(
            document.viewing,
            cursor_mm=tumour.centre_mm,
            tool="cross",
            selected_roi=session.of_role(Role.MUSCLE)[0].uid,
        )
    )
    window.page.axial.setFocus()
    axial = window.page.axial
    axial.zoom(ZOOM, axial.widget_of(tumour.centre_mm))
    for view in window.page.views:
        u, v = view.uv(tumour.centre_mm)
        centre = view.box.viewRect().center()
        view.pan(0.8 * (centre.x() - u), 0.8 * (centre.y() - v))
    wait(lambda: document.assessment.depth is Depth.FULL)
    settle()
    window.grab().save(str(PICTURES / name))
    if (width, height) == (1280, 800) and name.startswith("reading"):
        window.column.ratio.value.click()
        settle(0.2)
        with_panel(window, window.popovers.origin).save(str(PICTURES / "origin_1280x800.png"))
        window.popovers.origin.hide()
        aligned(window)
    window.close()


def aligned(window: MainWindow) -> None:
    """The CT moved and turned by the keys of the tool."""
    window.aligning.arm()
    settle(0.2)
    for _ in range(6):
        window.aligning.nudge(1.0, 0.0)
    for _ in range(3):
        window.aligning.turn(1.0)
    settle()
    window.grab().save(str(PICTURES / "alignment_1280x800.png"))


def choices(folder: Path, name: str, width: int, height: int) -> None:
    """The list of what a case holds, over its pictures."""
    window = MainWindow()
    window.resize(width, height)
    window.show()
    window.opener.open(folder)
    wait(lambda: window.document.study is not None and not window.opener.lane.busy)
    wait(lambda: window.document.assessment.depth is Depth.FULL)
    window.popovers.show_choices()
    settle()
    with_panel(window, window.popovers.choices).save(str(PICTURES / name))
    window.close()


def not_opened(folder: Path, name: str, width: int, height: int) -> None:
    """A folder that holds no PET, and what was found in it."""
    window = MainWindow()
    window.resize(width, height)
    window.show()
    window.opener.open(folder)
    wait(lambda: window.empty.found.rows)
    settle(0.2)
    window.grab().save(str(PICTURES / name))
    window.close()


def with_more_series(folder: Path, copy: Path) -> Path:
    """The first scan with its PET uncorrected as well, a second CT, and pictures that are none of it."""
    shutil.copytree(folder / "scan1", copy)
    again(copy / "PT", copy / "NAC", "PET NAC, 1 h after injection", ["DECY"])
    again(copy / "CT", copy / "lung", "CT, lung kernel, 1 h", None)
    for k in range(12):
        (copy / f"IMG_{k:04d}.jpg").write_bytes(b"\xff\xd8\xff" + bytes(200))
    return copy


def again(series: Path, copy: Path, description: str, corrections: list[str] | None) -> None:
    """A series once more under its own UIDs, with another name and other corrections."""
    copy.mkdir()
    for path in sorted(series.iterdir()):
        one = pydicom.dcmread(path)
        one.SeriesInstanceUID += ".9"
        one.SOPInstanceUID += ".9"
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        one.SeriesDescription = description
        if corrections is not None:
            one.CorrectedImage = corrections
        one.save_as(copy / path.name)


def with_panel(window: MainWindow, panel: QWidget) -> QPixmap:
    """The window with the popover where it stands over it: a popup is a window of its own."""
    picture = window.grab()
    painter = QPainter(picture)
    painter.drawPixmap(window.mapFromGlobal(panel.pos()), panel.grab())
    painter.end()
    return picture


def without_weight(folder: Path, copy: Path) -> Path:
    """The same study from a scanner that lost the patient's weight."""
    shutil.copytree(folder, copy)
    for path in copy.rglob("*"):
        if path.is_file() and path.suffix not in (".json",):
            header = pydicom.dcmread(path)
            header.PatientWeight = None
            header.save_as(path)
    return copy


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    application()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        os.environ["ATSMVIEWER_DATA"] = str(work / "data")
        folder = write_demo(out=work / "study")
        empty = MainWindow()
        empty.resize(1280, 800)
        empty.show()
        settle(0.2)
        empty.grab().save(str(PICTURES / "empty_1280x800.png"))
        empty.close()
        for width, height in ((1920, 1080), (1280, 800)):
            os.environ["ATSMVIEWER_DATA"] = str(work / f"data{width}")
            reading(folder, f"reading_{width}x{height}.png", width, height)
        os.environ["ATSMVIEWER_DATA"] = str(work / "data-refused")
        reading(without_weight(folder, work / "unweighed"), "refused_1280x800.png", 1280, 800)
        os.environ["ATSMVIEWER_DATA"] = str(work / "data-choices")
        more = with_more_series(folder, work / "more")
        choices(more, "choices_1280x800.png", 1280, 800)
        shutil.rmtree(more / "PT")
        shutil.rmtree(more / "NAC")
        not_opened(more, "not_opened_1280x800.png", 1280, 800)
        pdf = next(p for p in read_demo(folder, work / "report") if p.suffix == ".pdf")
        first_page(pdf, 1240).save(str(PICTURES / "report.png"))


if __name__ == "__main__":
    main()

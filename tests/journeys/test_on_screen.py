"""What the window says is true of what it shows now: banner, bars, status line, cards and panels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.dataset import FileDataset
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from atsmviewer.model.roi import Role, sphere
from atsmviewer.session.edits import add_roi, new_roi
from atsmviewer.ui.choicelist import ALIGN
from atsmviewer.ui.frames import STEPPING
from atsmviewer.ui.front import READY
from atsmviewer.ui.ratiocard import WAIT
from tests.dicom.dynamic import SIX, dynamic, true_suv
from tests.dicom.synthetic import PET_SERIES, ct, pet, save
from tests.journeys.desk import Desk, press
from tests.journeys.test_opening import FAR, LUNG, rows
from tests.journeys.test_opening import folder as folder
from tests.workflow.test_choices import NAC_SERIES, OTHER_FRAME, named

NO_UNIT = "T/M works without it."


def banner(desk: Desk) -> str:
    """What the banner says, empty where it is hidden."""
    shown = desk.window.banner
    return shown.what.text() if shown.isVisible() else ""


def place(widget: QWidget) -> QRect:
    """Where a part of the window is on the screen."""
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def without(datasets: list[FileDataset], *names: str) -> list[FileDataset]:
    """The same data sets lacking some elements."""
    for one in datasets:
        for name in names:
            delattr(one, name)
    return datasets


def elsewhere(tmp_path: Path) -> Path:
    """A PET and a CT that share no frame of reference."""
    save(pet(), tmp_path / "1")
    save(named(ct(), FAR, FrameOfReferenceUID=OTHER_FRAME), tmp_path / "2")
    return tmp_path


def cancelled(desk: Desk, folder: Path) -> None:
    """Open, cancel, and let come what the worker said before the click."""
    desk.window.opener.open(folder)
    lane = desk.window.opener.lane
    number = lane._number
    press(desk.window.opener.cancel)
    lane._stepped.emit(number, 179, 1600)
    desk.qtbot.wait(20)


def test_cancel_over_an_open_case_says_nothing_of_reading(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    said = desk.window.hint.text()
    cancelled(desk, folder)
    assert desk.window.hint.text() == said


def test_cancel_before_the_first_picture_leaves_the_empty_page(desk: Desk, folder: Path) -> None:
    cancelled(desk, folder)
    assert desk.window.empty.open.isVisible()
    assert not desk.window.empty.cancel.isVisible()
    assert desk.window.hint.text() == READY


@pytest.mark.parametrize("way", ["list", "key"])
def test_not_overlaid_is_said_no_longer_once_the_ct_is_in_the_hand(
    desk: Desk, tmp_path: Path, way: str
) -> None:
    desk.open(elsewhere(tmp_path))
    assert "not overlaid" in banner(desk)
    if way == "key":
        desk.key(Qt.Key.Key_A)
        assert "list (F4)" in desk.window.aligning.bar.moved.text()
    else:
        found = rows(desk)
        assert found[FAR].entry.act == ALIGN
        press(found[FAR])
        desk.qtbot.waitUntil(lambda: desk.window.document.anatomy is not None, timeout=20_000)
        assert "aligned: reader, by hand" in desk.window.hint.text()
        assert "PET/CT" in desk.window.top.facts.text()
    assert banner(desk) == ""


def test_a_banner_never_covers_the_align_bar(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    desk.window.say("warn", "Said before.")
    desk.key(Qt.Key.Key_A)
    bar = desk.window.aligning.bar
    assert bar.isVisible()
    assert not place(bar).intersects(place(desk.window.banner))
    desk.window.say("warn", "Said now.")
    assert not place(bar).intersects(place(desk.window.banner))
    assert "Shift+drag turns" in bar.how.text()
    high = place(desk.window.banner).top()
    desk.key(Qt.Key.Key_Escape)
    assert place(desk.window.banner).top() < high


def test_the_status_line_names_the_ct_on_screen(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    assert banner(desk) == ""
    delivered = desk.window.hint.text()
    assert "same frame of reference" in delivered
    press(rows(desk)[LUNG])
    assert desk.window.hint.text() == "PET AC with CT Lung: chosen in the list, same frame of reference."
    press(rows(desk)[""])
    assert desk.window.hint.text() == "PET AC without CT or MR: chosen so."
    assert "PET/CT" not in desk.window.top.facts.text()
    desk.window.front.greet()
    assert banner(desk) == ""  # a reader who wants none is not told that there is none
    desk.window.document.undo()
    desk.window.document.undo()
    assert desk.window.hint.text() == delivered
    assert "PET/CT" in desk.window.top.facts.text()


@pytest.mark.parametrize(
    ("change", "light", "ends"),
    [
        (lambda: pet(), "ok", "SUV and T/M work without it."),
        (lambda: without(pet(), "PatientWeight"), "warn", NO_UNIT),
    ],
)
def test_a_pet_alone_is_promised_what_it_gives(
    desk: Desk, tmp_path: Path, change: Callable[[], list[FileDataset]], light: str, ends: str
) -> None:
    save(change(), tmp_path / "alone" / "pet")  # with nothing beside its folder
    desk.open(tmp_path / "alone")
    assert banner(desk) == f"A PET alone: no CT or MR was found with it. {ends}"
    assert desk.window.banner.property("light") == light
    assert "/CT" not in desk.window.top.facts.text()


def test_the_readout_follows_at_once_to_another_pet_and_frame(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    desk.key(Qt.Key.Key_Escape)
    desk.look_at(desk.window.page.axial, (-9.0, -19.0, 106.0))
    desk.window.page.axial.hovered.emit((-9.0, -19.0, 106.0))
    corrected = desk.window.pointer.text()
    assert "SUV" in corrected
    desk.key(Qt.Key.Key_N)
    assert "kBq/ml" in desk.window.pointer.text()
    assert "SUV" not in desk.window.pointer.text()
    desk.key(Qt.Key.Key_N)
    assert "SUV" in desk.window.pointer.text()


def test_the_readout_follows_the_frame(desk: Desk, tmp_path: Path) -> None:
    save(dynamic(), tmp_path / "scan")
    desk.open(tmp_path)
    desk.window.page.axial.hovered.emit((-7.75, -16.0, 104.5))
    desk.qtbot.waitUntil(lambda: not desk.window.opener.lane.busy, timeout=20_000)
    for number in (5, 4):
        assert f"SUV {true_suv(SIX[number]):.2f}" in desk.window.pointer.text()
        desk.key(Qt.Key.Key_Comma)


def test_a_frame_that_is_not_read_yet_is_not_called_outside(desk: Desk, tmp_path: Path) -> None:
    save(dynamic(), tmp_path / "scan")
    desk.open(tmp_path)
    document = desk.window.document
    acquisition = document.acquisition
    assert acquisition is not None
    assert document.study is not None
    unread = replace(acquisition, frames=tuple(replace(one, volume=None) for one in acquisition.frames))
    document.extend(replace(document.study, acquisitions=(unread,)))
    desk.window.page.axial.hovered.emit((-7.75, -16.0, 104.5))
    assert "PET is being read" in desk.window.pointer.text()


def test_an_uncorrected_pet_says_at_once_that_it_gives_no_ratio(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    card = desk.window.column.ratio
    assert card.note.text() == WAIT
    assert not card.corrected.isVisible()
    desk.key(Qt.Key.Key_N)
    assert desk.window.document.viewing.acquisition_uid == NAC_SERIES
    assert "not attenuation corrected. No SUV and no T/M" in card.note.text()
    assert card.corrected.isVisible()
    assert card.corrected.text() == "Show the corrected PET (N)"
    press(card.corrected)
    assert desk.window.document.viewing.acquisition_uid == PET_SERIES
    assert not card.corrected.isVisible()


def test_days_have_their_year(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    box = desk.window.top.acquisitions
    scale, acquisition = desk.window.document.scale, desk.window.document.acquisition
    assert acquisition is not None
    assert acquisition.pet.when is not None
    assert scale is not None
    assert scale.injection_time is not None
    assert all(str(acquisition.pet.when.year) in box.itemText(at) for at in range(box.count()))
    chip = next(c for c in desk.window.strip._chips if c.text.startswith("Injected"))
    assert str(scale.injection_time.year) in chip.text


def test_files_are_opened_from_the_menu(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pet(), tmp_path / "pet")
    names = [str(path) for path in sorted((tmp_path / "pet").iterdir())]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: (names, ""))
    actions: dict[str, QAction] = {a.text().partition("\t")[0]: a for a in desk.window.top.menu.actions()}
    assert "Open folder…" in actions
    with desk.qtbot.waitSignal(desk.window.document.study_changed, timeout=20_000):
        actions["Open files…"].trigger()
    study = desk.window.document.study
    assert study is not None
    assert [a.uid for a in study.acquisitions] == [PET_SERIES]


def test_the_fact_panel_opens_inside_the_window_below_its_chip(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    window, panel = desk.window, desk.window.popovers.facts
    sides = []
    for chip, button in zip(window.strip._chips, window.strip._buttons, strict=True):
        if not chip.fact or not button.isVisible():
            continue
        press(button)
        assert panel.isVisible()
        assert place(window).contains(place(panel))
        sides.append(place(panel).left())
        panel.hide()
    assert sides[0] < sides[-1]
    window.popovers.show_facts()
    assert place(window).contains(place(panel))
    panel.hide()


def test_headings_and_words_have_room(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    desk.key(Qt.Key.Key_N)
    document = desk.window.document
    assert document.acquisition is not None
    space, session = document.acquisition.frame_of_reference_uid, document.session
    for role in (Role.TUMOUR, Role.MUSCLE):
        session = add_roi(session, new_roi(session, role, space, sphere((-9.0, -19.0, 106.0), 3.0)))
    document.commit(session, "Place")
    for unit in ("stored units", "kBq/ml", "g/ml"):
        desk.window.column.regions.show_assessment(document.here, session.rois, unit)
        table = desk.window.column.regions.table
        heading = table.horizontalHeaderItem(2)
        assert heading is not None
        assert heading.text() == f"mean {unit}"
        metrics = table.horizontalHeader().fontMetrics()
        assert table.columnWidth(2) >= metrics.horizontalAdvance(heading.text()) + 12
    light = desk.window.column.ratio.light
    desk.qtbot.waitUntil(light.isVisible, timeout=5000)
    for number in light.numbers.values():
        number.setText("123456")
    desk.qtbot.wait(20)
    button = light.light
    assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width() - 20


def test_the_share_of_a_large_tumour_has_room(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    card = desk.window.column.avid
    card.volume.setText("333.5")
    card.fraction.setText("100")
    card.whole.setText("% of 3456 ml")
    desk.qtbot.wait(100)
    assert card.whole.width() >= card.whole.sizeHint().width()
    assert not place(card.whole).intersects(place(card.sign))


def test_frames_say_their_keys_and_count_from_one(desk: Desk, tmp_path: Path) -> None:
    from atsmviewer.ui.frames import plane_detail
    from atsmviewer.ui.origin import of_roi

    save(dynamic(), tmp_path / "scan")
    desk.open(tmp_path)
    document = desk.window.document
    assert plane_detail(document).endswith(STEPPING)
    assert document.acquisition is not None
    space, session = document.acquisition.frame_of_reference_uid, document.session
    roi = new_roi(session, Role.TUMOUR, space, sphere((-7.75, -16.0, 104.5), 3.0))
    document.commit(add_roi(session, roi), "Place")
    desk.settle()
    numbers = document.here.of_roi(roi.uid)
    assert numbers is not None
    scan = dict(of_roi(numbers, "mean", document.study).lines)["Scan"]
    assert scan.endswith(f"frame {len(SIX)}")

"""The front door: what is found is listed with reasons, one click takes another, nothing is a dead end."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from atsmviewer.model.choice import PARTNER
from atsmviewer.model.session import Override
from atsmviewer.model.volume import Volume
from atsmviewer.session.journal import reader_name
from atsmviewer.ui.choicelist import ALIGN, NOTHING, SHOW, SHOWN, ChoiceRow
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, Recipe, ct, pet, save, series
from tests.journeys.desk import Desk, press
from tests.journeys.test_refusals import JPEG, refused, texts
from tests.workflow.test_choices import NAC_SERIES, OTHER_FRAME, nac, named

LUNG, FAR = f"{CT_SERIES}.7", f"{CT_SERIES}.8"
SIZE = (12, 20, 16)


def values(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 2000, SIZE, dtype=np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PET, the same uncorrected, its CT, a lung reconstruction, a CT elsewhere, and a photo."""
    work = tmp_path / "case"
    save(named(pet(stored=values(1)), PET_SERIES, SeriesDescription="PET AC"), work / "pet")
    uncorrected = series(Recipe(stored=values(2)))
    for one, like in zip(uncorrected, nac()[:1] * len(uncorrected), strict=True):
        one.CorrectedImage, one.SeriesDescription = like.CorrectedImage, "PET NAC"
    save(named(uncorrected, NAC_SERIES), work / "nac")
    save(named(ct(stored=values(3)), CT_SERIES, SeriesDescription="CT AC"), work / "ct")
    save(named(ct(stored=values(4)), LUNG, SeriesDescription="CT Lung"), work / "lung")
    save(named(ct(stored=values(5)), FAR, FrameOfReferenceUID=OTHER_FRAME), work / "far")
    (work / "photo").write_bytes(JPEG)
    return work


def rows(desk: Desk) -> dict[str, ChoiceRow]:
    """The rows of the open list by the UID of their series."""
    desk.key(Qt.Key.Key_F4)
    panel = desk.window.popovers.choices
    assert panel.isVisible()
    return {row.entry.choice.uid: row for row in panel.list.rows}


def anatomy_of(desk: Desk) -> str:
    acquisition = desk.window.document.acquisition
    assert acquisition is not None
    return "" if acquisition.anatomy is None else acquisition.anatomy.uid


def shown_ct(desk: Desk) -> Volume:
    anatomy = desk.window.document.anatomy
    assert anatomy is not None
    return anatomy


def overrides(desk: Desk) -> tuple[Override, ...]:
    return desk.window.document.session.overrides


def alignments(desk: Desk) -> int:
    return len(desk.window.document.session.alignments)


def test_the_list_names_every_series_and_why(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    assert "PET AC" in desk.window.top.pair.text()
    assert "CT AC" in desk.window.top.pair.text()
    found = rows(desk)
    acts = {uid: row.entry.act for uid, row in found.items()}
    assert acts == {
        PET_SERIES: SHOWN,
        NAC_SERIES: SHOW,
        CT_SERIES: SHOWN,
        LUNG: SHOW,
        FAR: ALIGN,
        "": SHOW,
    }
    assert "made for attenuation correction" in texts(found[CT_SERIES])
    assert "sharp kernel" in texts(found[LUNG])
    assert "1 JPEG picture" in texts(desk.window.popovers.choices.list)
    desk.window.popovers.choices.hide()


def test_one_click_takes_another_ct_and_undo_takes_it_back(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    document = desk.window.document
    first = shown_ct(desk)
    press(rows(desk)[LUNG])
    assert anatomy_of(desk) == LUNG
    desk.qtbot.waitUntil(lambda: document.anatomy is not None, timeout=20_000)
    assert np.array_equal(shown_ct(desk).voxels, values(4).astype(np.float32) - 1024)
    (chosen,) = overrides(desk)
    assert (chosen.name, chosen.value, chosen.why) == (PARTNER, LUNG, "chosen in the list")
    assert chosen.who == reader_name()
    assert document.scale is not None
    assert document.scale.is_suv
    document.undo()
    assert anatomy_of(desk) == CT_SERIES
    assert shown_ct(desk) is first
    document.redo()
    assert anatomy_of(desk) == LUNG
    press(rows(desk)[CT_SERIES])
    assert anatomy_of(desk) == CT_SERIES
    (kept,) = overrides(desk)  # files added later may change what is delivered
    assert (kept.name, kept.value) == (PARTNER, CT_SERIES)


def test_no_ct_is_a_choice_too(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    press(rows(desk)[""])
    assert anatomy_of(desk) == ""
    assert "no CT" in desk.window.top.pair.text()


def test_a_chosen_ct_is_there_again_when_the_case_is_opened_again(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    press(rows(desk)[LUNG])
    desk.settle()
    desk.open(folder)
    assert anatomy_of(desk) == LUNG
    desk.qtbot.waitUntil(lambda: desk.window.document.anatomy is not None, timeout=20_000)


def test_a_chosen_ct_that_was_taken_out_of_the_folder_is_told_and_not_replaced(
    desk: Desk, folder: Path
) -> None:
    desk.open(folder)
    press(rows(desk)[LUNG])
    desk.settle()
    shutil.rmtree(folder / "lung")
    desk.open(folder)
    assert anatomy_of(desk) == ""
    assert desk.window.document.anatomy is None
    found = rows(desk)
    assert {uid: found[uid].entry.act for uid in (LUNG, CT_SERIES, "")} == {
        LUNG: NOTHING,
        CT_SERIES: SHOW,
        "": SHOW,
    }
    press(found[CT_SERIES])
    assert anatomy_of(desk) == CT_SERIES


def test_a_ct_of_another_frame_of_reference_is_only_shown_when_aligned_by_hand(
    desk: Desk, folder: Path
) -> None:
    desk.open(folder)
    document = desk.window.document
    assert alignments(desk) == 0
    press(rows(desk)[FAR])
    assert alignments(desk) == 1
    assert document.viewing.tool == "align"
    desk.qtbot.waitUntil(lambda: document.anatomy is not None, timeout=20_000)
    document.undo()
    assert alignments(desk) == 0
    assert anatomy_of(desk) == CT_SERIES


def test_one_key_toggles_the_uncorrected_pet_and_keeps_the_view(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    document = desk.window.document
    where = (-9.0, -19.0, 106.0)
    desk.key(Qt.Key.Key_Escape)
    desk.look_at(desk.window.page.axial, where)
    before = document.viewing
    desk.key(Qt.Key.Key_N)
    assert document.viewing.acquisition_uid == NAC_SERIES
    assert document.viewing.cursor_mm == before.cursor_mm
    assert document.viewing.pet_window != before.pet_window  # kBq/ml has a window of its own
    assert document.scale is not None
    assert not document.scale.is_suv
    desk.key(Qt.Key.Key_N)
    assert document.viewing == before


def test_a_click_on_another_pet_looks_at_it(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    press(rows(desk)[NAC_SERIES])
    assert desk.window.document.viewing.acquisition_uid == NAC_SERIES


def test_one_slice_offers_its_folder_and_the_folder_opens(desk: Desk, folder: Path) -> None:
    assert "one slice of a series" in refused(desk, folder / "pet" / "slice3")
    button = desk.window.empty.remedy
    assert button.isVisible()
    assert button.text() == "Open its folder"
    with desk.qtbot.waitSignal(desk.window.document.study_changed, timeout=30_000):
        press(button)
    study = desk.window.document.study
    assert study is not None
    assert [a.uid for a in study.acquisitions] == [PET_SERIES]
    assert "PET alone" in desk.window.banner.what.text()


def test_a_refusal_leaves_the_open_case_and_lists_what_was_found(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    desk.open(folder)
    shown = desk.window.document.study
    save(ct(), tmp_path / "other")
    desk.window.opener.open(tmp_path / "other")
    desk.qtbot.waitUntil(desk.window.banner.isVisible, timeout=20_000)
    assert desk.window.document.study is shown
    assert "No PET found here" in desk.window.banner.what.text()
    press(desk.window.banner.action)
    panel = desk.window.popovers.choices
    assert panel.isVisible()
    assert "CT series, 5 slices" in texts(panel.list)
    assert not any(row.isEnabled() for row in panel.list.rows)
    panel.hide()


def test_a_ct_elsewhere_is_told_with_a_way_to_align(desk: Desk, tmp_path: Path) -> None:
    save(pet(), tmp_path / "1")
    save(named(ct(), FAR, FrameOfReferenceUID=OTHER_FRAME), tmp_path / "2")
    desk.open(tmp_path)
    assert "do not share a frame of reference" in desk.window.banner.what.text()
    press(desk.window.banner.action)
    assert desk.window.popovers.choices.isVisible()
    desk.window.popovers.choices.hide()


def test_the_old_case_stays_while_a_new_one_is_read(desk: Desk, folder: Path, demo_folder: Path) -> None:
    desk.open(folder)
    shown = desk.window.document.study
    desk.window.opener.open(demo_folder)
    assert desk.window.document.study is shown
    assert desk.window.opener.cancel.isVisible()
    press(desk.window.opener.cancel)
    assert not desk.window.opener.cancel.isVisible()
    assert desk.window.document.study is shown


def test_the_first_opening_shows_how_far_it_is_with_cancel_in_place(desk: Desk, demo_folder: Path) -> None:
    page = desk.window.empty
    desk.window.opener.open(demo_folder)
    assert page.cancel.isVisible()
    assert not page.open.isVisible()
    desk.qtbot.waitUntil(lambda: page.hint.text().startswith("Reading "), timeout=20_000)
    press(page.cancel)
    assert page.open.isVisible()
    assert desk.window.document.study is None


def test_what_is_held_over_the_window_is_framed(desk: Desk, folder: Path) -> None:
    frame = desk.window.front.dropping
    frame.hold()
    assert frame.isVisible()
    assert frame.size() == desk.window.size()
    desk.drop(folder)
    assert not frame.isVisible()
    desk.qtbot.waitUntil(lambda: desk.window.document.study is not None, timeout=30_000)

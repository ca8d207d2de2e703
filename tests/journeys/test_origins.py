"""A reader asks of any number where it comes from, names the tumour, changes the kind, mends a fact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from atsmviewer.model.roi import Role
from atsmviewer.ui.number import NumberButton
from atsmviewer.ui.words import decimal
from tests.journeys.desk import Desk, first_scan, place_both, press


@pytest.fixture
def read(desk: Desk, demo_folder: Path, truth: dict[str, Any]) -> Desk:
    """The demonstration with a tumour and a muscle."""
    desk.open(demo_folder)
    place_both(desk, first_scan(truth))
    return desk


def opened(desk: Desk, number: NumberButton) -> str:
    """Click a number and read what opens; Esc closes it again."""
    press(number)
    panel = desk.window.popovers.origin
    assert panel.isVisible()
    text = panel.origin.text
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    return text


def test_any_number_opens_where_it_comes_from_by_click_and_key_and_none_is_clipped(read: Desk) -> None:
    """One opening of the study for all that only looks."""
    clicks_open_origins(read)
    numbers_of_the_region_list_open_too(read)
    every_number_is_reached_by_the_keyboard(read)
    nothing_is_clipped_at_the_smallest_window(read)


def clicks_open_origins(read: Desk) -> None:
    window, uid = read.window, read.window.document.viewing.acquisition_uid
    column = window.column
    facts = ("(0018,1074)", "(0010,1030)", "(0018,1075)")
    told = opened(read, column.ratio.value)
    for part in ("tm.mean/1", uid, "tumour mean ÷", "noise only", "suv.bw/1", *facts):
        assert part in told, part
    for number, algorithm in (
        (column.ratio.top, "roi.mean/1"),
        (column.ratio.bottom, "muscle.mean/1"),
        (column.values.short["max"], "roi.max/1"),
        (column.avid.volume, "hv.voxel/1"),
        (column.avid.fraction, "hf.voxel/1"),
        (column.avid.burden, "hv.burden/1"),
        (column.ratio.light.numbers["volume"], "muscle.volume/1"),
    ):
        told = opened(read, number)
        assert f"Algorithm: {algorithm}" in told
        assert uid in told, algorithm
        assert facts[0] in told, algorithm


def numbers_of_the_region_list_open_too(read: Desk) -> None:
    table, panel = read.window.column.regions.table, read.window.popovers.origin
    at = table.visualRect(table.model().index(0, 2)).center()
    press(table.viewport(), at)
    assert panel.isVisible()
    assert "roi.mean/1" in panel.origin.text
    panel.hide()


def every_number_is_reached_by_the_keyboard(read: Desk) -> None:
    numbers = [n for n in read.window.findChildren(NumberButton) if n.isVisible() and n.isEnabled()]
    assert len(numbers) > 8
    assert all(number.focusPolicy() & Qt.FocusPolicy.TabFocus for number in numbers)
    value = read.window.column.ratio.value
    value.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(value, Qt.Key.Key_Return)
    assert read.window.popovers.origin.isVisible()
    read.window.popovers.origin.hide()


def nothing_is_clipped_at_the_smallest_window(read: Desk) -> None:
    column = read.window.column
    (scroll,) = (s for s in column.findChildren(QScrollArea) if s.parent() is column)
    QApplication.processEvents()
    assert (read.window.width(), read.window.height()) == (1280, 800)
    assert scroll.verticalScrollBar().maximum() == 0
    for card in (column.steps, column.regions, column.ratio, column.values, column.avid, column.evidence):
        assert card.minimumSizeHint().width() <= card.width() <= scroll.viewport().width(), card
    assert column.ratio.value.isVisible()
    assert column.avid.curve.isVisible()
    assert column.evidence.isVisible()
    assert not column.evidence.note.isVisible()  # folds first
    assert not column.values.rows.isVisible()  # then the table, to one line
    assert column.values.summary.isVisible()


def test_the_tumour_type_is_asked_and_brings_what_was_published(read: Desk) -> None:
    card, document = read.window.column.evidence, read.window.document
    was = document.session.protocol
    assert was.tumour_type is None
    assert "Choose the tumour type" in card.note.text()
    names = [action.text() for action in card.type.menu().actions()]
    assert names[:2] == ["NSCLC", "cervix"]
    card.type.menu().actions()[names.index("cervix")].trigger()
    read.settle()
    assert document.session.protocol.tumour_type == "cervix"
    for part in ("Exploratory, not for clinical decisions", "Dehdashti", "n = ", "⁶⁰Cu", "Not applied"):
        assert part in card.note.text(), part
    press(card.verdict)
    told = read.window.popovers.origin.origin.text
    assert "this scan of ⁶⁴Cu" in told
    assert "document 004" in told
    read.window.popovers.origin.hide()
    read.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.session.protocol == was


def test_another_kind_of_value_changes_numbers_by_its_factor_and_one_undo_step_returns(read: Desk) -> None:
    """SUVbw is %ID/ml x body weight x 1000 / 100; T/M does not depend on the kind."""
    window, document = read.window, read.window.document
    weight_kg = 71.0
    shown, ratio = window.column.values.short["mean"].text(), window.column.ratio.value.text()
    numbers = document.here.of_roi(document.session.of_role(Role.TUMOUR)[0].uid)
    assert numbers is not None
    before = numbers["mean"]
    actions = {action.text(): action for action in window.column.values.kind.menu().actions()}
    actions["%ID/ml"].trigger()
    read.settle()
    numbers = document.here.of_roi(document.session.of_role(Role.TUMOUR)[0].uid)
    assert numbers is not None
    after = numbers["mean"]
    assert getattr(after, "value", 0.0) == pytest.approx(
        getattr(before, "value", 1.0) / (weight_kg * 10.0), rel=1e-9
    )
    assert window.column.ratio.value.text() == ratio
    assert "%ID/ml" in window.column.values.kind.text()
    assert document.viewing.pet_window[1] < 1.0  # a window in g/ml is not kept for %ID/ml
    read.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    read.settle()
    assert window.column.values.short["mean"].text() == shown
    assert "SUVbw" in window.column.values.kind.text()
    the_peak_may_lead_and_species_and_resolution_are_within_reach(read)


def test_a_fact_is_entered_with_a_reason_told_by_every_number_and_taken_back(read: Desk) -> None:
    window, document = read.window, read.window.document
    before = window.column.ratio.top.text()
    read.key(Qt.Key.Key_F2)
    panel = window.popovers.facts
    panel.ask("weight_kg")
    assert "71.0" in panel.now.text()
    assert not panel.back.isVisible()
    QTest.keyClicks(panel.value, "142.0")
    QTest.keyClicks(panel.why, "ward scales")
    press(panel.apply)
    read.settle()
    assert window.column.ratio.top.text() == decimal(2 * float(before), 2) or float(
        window.column.ratio.top.text()
    ) == pytest.approx(2 * float(before), abs=0.011)
    assert "ward scales" in opened(read, window.column.ratio.value)
    panel.ask("weight_kg")
    assert "142.0, entered by" in panel.now.text()
    press(panel.back)
    read.settle()
    assert document.session.overrides == ()
    assert window.column.ratio.top.text() == before


def the_peak_may_lead_and_species_and_resolution_are_within_reach(read: Desk) -> None:
    window, document = read.window, read.window.document
    actions = {action.text(): action for action in window.column.ratio.kind.menu().actions()}
    actions["peak / mean"].trigger()
    read.settle()
    assert document.session.protocol.headline == "peak"
    assert "tm.peak/1" in opened(read, window.column.ratio.value)
    read.key(Qt.Key.Key_F3)
    assert window.popovers.protocol.isVisible()
    window.popovers.protocol.resolution.setValue(4.5)
    assert document.session.protocol.resolution_mm == 4.5
    box = window.popovers.protocol.boxes["species"]
    box.setCurrentIndex(box.findData("animal"))
    box.activated.emit(box.currentIndex())
    assert document.session.protocol.species == "animal"
    window.popovers.protocol.hide()

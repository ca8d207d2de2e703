"""A number is a button: click, Space and Enter open its origin; the popover copies it and Esc closes it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from atsmviewer.model.assessment import Measurement, Missing, MuscleQuality
from atsmviewer.model.errors import Flag
from atsmviewer.ui.musclelight import MuscleLight, light_of
from atsmviewer.ui.number import NumberButton
from atsmviewer.ui.origin import Origin
from atsmviewer.ui.originpanel import OriginPanel

ORIGIN = Origin(
    "T/M mean", "1 ÷ 2 = 0.5", (("Algorithm", "tm.mean/1"), ("Scan", "series " + "1.2." * 20 + "9"))
)


@pytest.fixture
def number(qtbot: QtBot) -> NumberButton:
    made = NumberButton("T M")
    qtbot.addWidget(made)
    made.show_number("2.5", lambda: ORIGIN, "g/ml")
    made.show()
    return made


@pytest.mark.parametrize("key", [None, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_click_and_keys_open_the_origin(qtbot: QtBot, number: NumberButton, key: Qt.Key | None) -> None:
    with qtbot.waitSignal(number.asked) as heard:
        if key is None:
            QTest.mouseClick(number, Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(number, key)
    assert heard.args == [ORIGIN]


def test_it_is_reached_by_tab_and_says_what_it_is(number: NumberButton) -> None:
    assert number.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert number.accessibleName() == "T M 2.5 g/ml, open origin"


def test_where_nothing_is_known_there_is_nothing_to_open(number: NumberButton) -> None:
    number.show_number("–", None)
    assert not number.isEnabled()
    assert number.origin() is None


def test_the_popover_shows_and_copies_the_text_and_escape_closes(qtbot: QtBot, number: NumberButton) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    panel = OriginPanel(window)
    qtbot.addWidget(panel)
    panel.open_beside(ORIGIN, number)
    shown = " ".join(label.text() for label in panel.findChildren(QLabel))
    assert "tm.mean/1" in shown
    assert panel.width() == panel.minimumWidth()  # a long uid breaks, it does not widen the popover
    QTest.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == ORIGIN.text
    panel.open_beside(ORIGIN, number)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def muscle(*codes: str, distance: float | None = 20.0) -> MuscleQuality:
    number = Measurement("m", 0.8, "g/ml", "muscle.mean/1")
    gap = Missing("muscle_distance", "no_hot_tissue", "")
    to_heat = gap if distance is None else Measurement("muscle_distance", distance, "mm", "muscle.distance/1")
    flags = tuple(Flag(code, f"Doubt {code}.") for code in codes)
    return MuscleQuality("1.2", 0, "Left", number, number, number, number, to_heat, (), flags)


@pytest.mark.parametrize(
    ("state", "light"),
    [
        (muscle(), "ok"),
        (muscle(distance=None), "ok"),
        (muscle("MUSCLE_SMALL"), "warn"),
        (muscle("MUSCLE_SMALL", "MUSCLE_HU"), "bad"),
        (muscle("MUSCLE_NEAR_HOT", distance=0.0), "bad"),
    ],
)
def test_the_light_counts_the_doubts(state: MuscleQuality, light: str) -> None:
    assert light_of(state) == light


def test_the_light_names_its_reasons(qtbot: QtBot) -> None:
    light = MuscleLight()
    qtbot.addWidget(light)
    light.resize(400, 30)
    light.show_muscle(muscle("MUSCLE_SMALL", "MUSCLE_HU"), None)
    light.show()
    assert light.light.accessibleName() == "Muscle poor: size, HU"
    assert "Doubt MUSCLE_HU." in light.light.toolTip()
    with qtbot.waitSignal(light.asked) as heard:
        QTest.mouseClick(light.light, Qt.MouseButton.LeftButton)
    (origin,) = heard.args or [Origin("")]
    assert "Doubt MUSCLE_SMALL." in origin.text

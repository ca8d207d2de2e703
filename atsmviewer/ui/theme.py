"""Palette, style sheet, font and icons, all from the token table of ``render``."""

from __future__ import annotations

from functools import cache
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from atsmviewer.model.resources import resource
from atsmviewer.render.theme import TOKENS

FAMILY = "Inter"

SHEET = Template("""
* { font-family: "Inter"; }
QWidget { background: $bg1; color: $t1; font-size: 13px; }
QToolTip { background: $bg3; color: $t1; border: 1px solid $line2; padding: 4px 6px; }
QMainWindow, #Body { background: $bg0; }
#TopBar, #CheckStrip, #Rail, #Column, QStatusBar { background: $bg1; }
#TopBar { border-bottom: 1px solid $line; }
#CheckStrip { border-bottom: 1px solid $line; }
#Rail { border-right: 1px solid $line; }
#Column { border-left: 1px solid $line; }
QStatusBar { border-top: 1px solid $line; color: $t3; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { padding: 0 6px; color: $t3; font-size: 12px; background: transparent; }
QLabel { background: transparent; }
QFrame[card=true] { background: $bg2; border: 1px solid $line; border-radius: 7px; }
QFrame[card=true] QWidget { background: transparent; }
QLabel[kind=head] { color: $t2; font-size: 12px; font-weight: 600; }
QLabel[kind=label] { color: $t3; font-size: 11.5px; }
QLabel[kind=unit] { color: $t3; font-size: 12px; }
QLabel[kind=body] { color: $t2; font-size: 12.5px; }
QLabel[kind=key] { font-size: 25px; font-weight: 600; }
QLabel[kind=lead] { font-size: 46px; font-weight: 600; }
QLabel[kind=warn] { color: $warn; font-weight: 600; }
QLabel[kind=bad] { color: #FFB5AB; font-weight: 600; }
QLabel[kind=title] { font-size: 15px; font-weight: 600; }
QLabel[kind=equation] { background: $bg1; border-radius: 6px; padding: 9px 11px; font-size: 13px; }
QLabel[kind=warnbody] { color: #FFD79A; font-size: 12.5px; }
QLabel[stale=true] { color: $t3; }
QPushButton { background: $bg3; border: 1px solid $line2; border-radius: 6px; padding: 0 14px;
  min-height: 30px; }
QPushButton:hover { background: #28313B; }
QPushButton:pressed { background: #131920; }
QPushButton:disabled { color: $off; border-color: $line; }
QPushButton:focus { border: 1px solid $focus; }
QPushButton[main=true] { background: $primary; border-color: $primary; color: white; font-weight: 600; }
QPushButton[main=true]:hover { background: #3380CE; }
QPushButton[main=true]:disabled { background: #1A232D; border-color: $line; color: $t3; }
QPushButton[chip=true] { min-height: 24px; padding: 0 9px; border-radius: 5px; font-size: 12.5px; }
QPushButton[number=true] { background: transparent; border: 0; border-bottom: 1px dotted $t3;
  border-radius: 0; padding: 0; min-height: 0; color: $t1; font-size: 13px; text-align: right; }
QPushButton[number=true]:hover { color: #BFE0FF; border-bottom-color: $accent; }
QPushButton[number=true]:focus { background: #1B3550; border-bottom: 1px solid $focus; }
QPushButton[number=true]:disabled { color: $t3; border-bottom-color: transparent; }
QPushButton[number=true][stale=true] { color: $t3; }
QPushButton[number=true][kind=lead] { font-size: 46px; font-weight: 600; }
QPushButton[number=true][kind=key] { font-size: 25px; font-weight: 600; }
QPushButton[number=true][kind=small] { font-size: 12px; }
QPushButton[light=ok] { color: $t2; background: transparent; border-color: transparent; }
QPushButton[light=lead] { color: $ok; background: #12271E; border-color: #1F4735; font-weight: 600; }
QPushButton[light=warn] { color: #FFD79A; background: #2A2112; border-color: #57431C; }
QPushButton[light=bad] { color: #FFB5AB; background: #2E1614; border-color: #6B2C26; }
QPushButton[bare=true] { background: transparent; border: 0; padding: 0; min-height: 22px; color: $t2;
  font-size: 12.5px; text-align: left; }
QPushButton[bare=true]:hover { color: $t1; }
QPushButton[bare=true]:focus { background: #1B3550; }
QPushButton[choice=true] { background: transparent; border-color: transparent; padding: 0; min-height: 0; }
QPushButton[choice=true]:hover:enabled { background: $bg3; }
QPushButton[choice=true]:checked { background: #1B3550; }
QPushButton[choice=true]:focus { border: 1px solid $focus; }
QPushButton[choice=true] QLabel { background: transparent; }
QPushButton[pair=true] { background: $bg2; min-height: 26px; padding: 0 10px; border-color: $line2;
  color: $t2; font-size: 12.5px; }
QPushButton[pair=true]:hover { background: $bg3; }
QLabel[kind=mark] { color: $accent; font-size: 12px; }
QLabel[kind=line] { color: $t1; font-size: 12.5px; }
QLabel[kind=act] { color: $accent; font-size: 12px; }
QToolButton { background: transparent; border: 0; border-radius: 6px; padding: 6px; color: $t2; }
QToolButton:hover { background: $bg3; }
QToolButton:checked { background: #1B3550; color: #BFE0FF; }
QToolButton:focus { border: 1px solid $focus; }
QToolButton:disabled { color: $off; }
QToolButton[step=true] { font-size: 11.5px; padding: 5px 0; color: $t3; min-width: 0; }
QToolButton[step=true]:checked { color: white; font-weight: 600; }
QToolButton[title=true] { color: $t2; font-size: 12px; padding: 1px 4px; }
QToolButton::menu-indicator { image: none; }
QTableWidget, QListWidget { background: transparent; border: 0; font-size: 12.5px; outline: 0; }
QTableWidget::item, QListWidget::item { padding: 2px 4px; border: 0; }
QTableWidget::item:selected, QListWidget::item:selected { background: #1A2A3A; color: $t1; }
QHeaderView, QHeaderView::section { background: transparent; color: $t3; border: 0; font-size: 11.5px; }
QLineEdit, QDoubleSpinBox, QSpinBox, QPlainTextEdit, QComboBox { background: $bg0;
  border: 1px solid $input; border-radius: 5px; min-height: 26px; padding: 0 6px; }
QComboBox QAbstractItemView { background: $bg3; selection-background-color: $primary; }
QDoubleSpinBox[bare=true]::up-button, QDoubleSpinBox[bare=true]::down-button { width: 0; border: 0; }
QLineEdit:focus, QDoubleSpinBox:focus, QSpinBox:focus, QPlainTextEdit:focus, QComboBox:focus {
  border-color: $focus; }
QSlider::groove:horizontal { height: 4px; background: $bg3; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
  background: $accent; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar::handle:vertical { background: $line2; border-radius: 4px; min-height: 30px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  background: transparent; height: 0; width: 0; }
QSplitter::handle { background: $bg0; }
QScrollArea { border: 0; }
QProgressBar { background: $bg3; border: 0; border-radius: 3px; max-height: 6px; min-width: 160px; }
QProgressBar#Far { min-width: 360px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QMenu { background: $bg2; border: 1px solid $line2; padding: 4px; }
QMenu::item { padding: 5px 22px; border-radius: 4px; }
QMenu::item:selected { background: #1B3550; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
#Banner { background: #2A2112; border: 1px solid #57431C; border-radius: 7px; }
#Banner[light=bad] { background: #2E1614; border-color: #6B2C26; }
#Banner[light=ok] { background: #12271E; border-color: #1F4735; }
#Banner QLabel { background: transparent; }
#DropField { border: 1px dashed $line2; border-radius: 12px; background: #0B0F13; }
#DropField QLabel { background: transparent; }
#Found, #ChoiceList { background: transparent; }
#Popover { background: $bg2; border: 1px solid $line2; border-radius: 8px; }
#Popover QLabel, #Popover QSlider, #Popover QScrollArea, #Popover QScrollArea > QWidget,
#Popover QScrollArea > QWidget > QWidget { background: transparent; }
""")


def dress(application: QApplication) -> None:
    """Fusion with an own palette and sheet: setColorScheme does nothing offscreen or on plain X11."""
    for weight in ("Regular", "Medium", "SemiBold", "Bold"):
        try:
            QFontDatabase.addApplicationFont(str(resource(f"fonts/Inter-{weight}.ttf")))
        except FileNotFoundError:  # a weight that is not shipped is drawn from its neighbours
            continue
    application.setStyle("Fusion")
    font = QFont(FAMILY)
    font.setPixelSize(13)
    font.setFeature(QFont.Tag("tnum"), 1)
    application.setFont(font)
    palette = QPalette()
    for role, token in (
        (QPalette.ColorRole.Window, "bg1"),
        (QPalette.ColorRole.Base, "bg0"),
        (QPalette.ColorRole.AlternateBase, "bg2"),
        (QPalette.ColorRole.Button, "bg3"),
        (QPalette.ColorRole.Text, "t1"),
        (QPalette.ColorRole.WindowText, "t1"),
        (QPalette.ColorRole.ButtonText, "t1"),
        (QPalette.ColorRole.PlaceholderText, "t3"),
        (QPalette.ColorRole.Highlight, "primary"),
        (QPalette.ColorRole.ToolTipBase, "bg3"),
        (QPalette.ColorRole.ToolTipText, "t1"),
    ):
        palette.setColor(role, QColor(TOKENS[token]))
    application.setPalette(palette)
    application.setStyleSheet(SHEET.substitute(TOKENS))
    application.setWindowIcon(icon("app"))


@cache
def icon(name: str) -> QIcon:
    """One of the SVG icons in resources."""
    return QIcon(str(resource(f"icons/{name}.svg")))

"""Starts Qt: application, dress, window, and what to open first."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from atsmviewer.ui.theme import dress
from atsmviewer.ui.trouble import watch
from atsmviewer.ui.window import MainWindow


def application() -> QApplication:
    """The one QApplication, dressed."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    made = QApplication(sys.argv[:1])
    made.setApplicationName("atsmviewer")
    dress(made)
    return made


def run(paths: Sequence[Path], session: Path | None = None, demo: str | None = None) -> int:
    """Show the window; open what is given, or a demonstration case, once it is there."""
    qt = application()
    window = MainWindow()
    watch(window.say)
    window.show()
    if demo is not None:
        QTimer.singleShot(0, lambda: window.opener.open_demo(demo))
    elif paths:
        QTimer.singleShot(0, lambda: window.opener.open(paths, session))
    return qt.exec()

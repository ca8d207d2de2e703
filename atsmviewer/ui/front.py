"""The front door of the window: what is dropped or opened, how far it is read, and why it was not opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from atsmviewer.model.choice import NothingOpened
from atsmviewer.model.errors import ReviewError
from atsmviewer.render.theme import TOKENS
from atsmviewer.ui.onscreen import greeting
from atsmviewer.ui.pages import reading_words
from atsmviewer.ui.trouble import tell

if TYPE_CHECKING:
    from atsmviewer.ui.window import MainWindow

READY = "Ready    Ctrl+O open    F1 keys"
ONE_OF_A_FOLDER = {"SINGLE_SLICE", "NO_PET"}
"""Refusals that the folder around a single file may answer."""


class Front:
    """Joins the opener with the empty page, the banner and the status bar; it knows what it greeted with."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.dropping = DropFrame(window)
        self._greeted = ""
        opener, page = window.opener, window.empty
        opener.began.connect(self._began)
        opener.rested.connect(self._rested)
        opener.trouble.connect(self.refused)
        opener.lane.progressed.connect(self._progressed)
        opener.more.progressed.connect(self._progressed)
        page.open_asked.connect(opener.ask)
        page.demo_asked.connect(opener.open_demo)
        page.cancel_asked.connect(opener.cancel.click)
        page.remedy_asked.connect(self._open_its_folder)

    def refused(self, error: object) -> None:
        """Why a study was not opened: on the empty page with all that was found, else in a banner."""
        window = self.window
        if not isinstance(error, ReviewError):
            self.window.tell(error)
            return
        folder = error.code in ONE_OF_A_FOLDER and window.opener.folder is not None
        listed = error if isinstance(error, NothingOpened) else None
        if window.document.study is None and window.opener.case is None:
            window.banner.hide()
            page = "Open its folder" if folder else ""
            found = ((), ()) if listed is None else (listed.choices, listed.asides)
            window.empty.show_refusal(error.what, error.remedy, *found, page)
        elif folder:
            tell(error, lambda light, text: window.say(light, text, "Open its folder", self._open_its_folder))
        elif listed is not None:
            show = partial(self._list, listed)
            tell(error, lambda light, text: window.say(light, text, "What was found", show))
        else:
            window.tell(error)

    def dropped(self, urls: Sequence[QUrl]) -> bool:
        """Open all that was dropped as one case; False where none of it is on this computer."""
        self.dropping.hide()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths:
            self.window.opener.open(paths)
        elif urls:
            what = "Only files and folders of this computer are opened. Save them here first."
            self.window.say("warn", what)
        return bool(paths)

    def greet(self) -> None:
        """What a reader should know of a case just opened: a PET without CT, one that lies elsewhere."""
        document = self.window.document
        study, self._greeted = document.study, ""
        told = () if study is None else tuple(a.facts.aside for a in study.acquisitions if a.facts.aside)
        if told:
            remedy = "Mend it and open the case again, or enter what is missing (F2)."
            self.window.say("warn", f"{' '.join(told)} {remedy}")
            return
        light, self._greeted = greeting(document)
        if self._greeted and study is not None and study.anatomies:
            self.window.say(light, self._greeted, "Choose or align…", self.window.popovers.show_choices)
        elif self._greeted:
            self.window.say(light, self._greeted)

    def follow(self) -> None:
        """A greeting goes once it is no longer true, or the CT is in the hand."""
        banner, document = self.window.banner, self.window.document
        if not self._greeted or (document.viewing.tool != "align" and greeting(document)[1] == self._greeted):
            return
        if banner.what.text() == self._greeted:
            banner.hide()
        self._greeted = ""

    def _began(self) -> None:
        self.window.banner.hide()
        self._progressed(0, 0)

    def _progressed(self, done: int, total: int) -> None:
        self.window.hint.setText(reading_words(done, total))
        self.window.empty.show_reading(done, total)

    def _rested(self) -> None:
        self.window.empty.show_idle()
        self.window.hint.setText(READY)
        self.window.follow()

    def _open_its_folder(self) -> None:
        folder = self.window.opener.folder
        if folder is not None:
            self.window.opener.open(folder)

    def _list(self, error: NothingOpened) -> None:
        panel, below = self.window.popovers.choices, self.window.banner
        panel.open_refused(below, error.remedy, error.choices, error.asides)


class DropFrame(QWidget):
    """The blue frame over the window while files are held over it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def hold(self) -> None:
        """Show it over the whole window."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a frame of 2 px, and the words."""
        painter = QPainter(self)
        veil = QColor(TOKENS["bg0"])
        veil.setAlpha(150)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(TOKENS["accent"]), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        font = QFont(self.font())
        font.setPixelSize(25)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        pill = painter.fontMetrics().boundingRect("Drop to open").adjusted(-28, -14, 28, 14)
        pill.moveCenter(self.rect().center())
        painter.setPen(QPen(QColor(TOKENS["accent"]), 1))
        painter.setBrush(QColor(TOKENS["bg2"]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(pill, 12, 12)
        painter.setPen(QColor(TOKENS["t1"]))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, "Drop to open")

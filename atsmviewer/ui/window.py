"""The main window: bars, planes and column put together, and the path a reading takes through them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from atsmviewer.model.placement import Placement
from atsmviewer.model.study import Acquisition
from atsmviewer.model.suv import Scale
from atsmviewer.model.version import __version__
from atsmviewer.render.windows import tm_window
from atsmviewer.ui.alignment import AlignTool
from atsmviewer.ui.banner import Banner
from atsmviewer.ui.bars import Rail, TopBar, time_points
from atsmviewer.ui.column import Column
from atsmviewer.ui.document import PAINTED_MS, Document
from atsmviewer.ui.firstview import first_window
from atsmviewer.ui.front import READY, Front
from atsmviewer.ui.guide import Guide
from atsmviewer.ui.keys import bind_keys, save_as
from atsmviewer.ui.number import NumberButton
from atsmviewer.ui.onscreen import case_words, pair_words
from atsmviewer.ui.opening import Opener
from atsmviewer.ui.pages import EmptyPage
from atsmviewer.ui.parts import Shortened, label
from atsmviewer.ui.popovers import Popovers
from atsmviewer.ui.readout import Readout
from atsmviewer.ui.series import SeriesDesk
from atsmviewer.ui.strip import CheckStrip, chips
from atsmviewer.ui.trouble import tell
from atsmviewer.ui.words import muscle_mean

if TYPE_CHECKING:
    from atsmviewer.ui.readingpage import ReadingPage

COLUMN_PX, NARROW_COLUMN_PX = 384, 352


class MainWindow(QMainWindow):
    """Everything the reader sees. It holds no state of its own but the document and its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("atsmviewer")
        self.setMinimumSize(1024, 640)
        self.resize(1440, 900)
        self.setAcceptDrops(True)
        self.document = Document(self)
        self.top, self.strip, self.rail = TopBar(), CheckStrip(), Rail()
        self.empty = EmptyPage()
        self.column = Column(self.document)
        self.popovers = Popovers(self)
        self.guide = Guide(self.document, self.column)
        self.opener = Opener(self.document, self)
        self.series = SeriesDesk(self.document)
        self._unit: tuple[str, str] | None = None
        self._had_muscle = False
        self._warned = False
        self._chipped: tuple[Acquisition, Scale | None, tuple[Placement, ...]] | None = None
        self._build()
        self.banner = Banner(self)
        self.front = Front(self)
        self._connect()
        bind_keys(self)
        self.follow()

    def _build(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setHandleWidth(1)
        self.body.addWidget(self.stack)
        self.body.addWidget(self.column)
        self.body.setStretchFactor(0, 1)
        self.body.setCollapsible(0, False)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.body, 1)
        root = QWidget()
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.strip)
        column.addLayout(middle, 1)
        self.setCentralWidget(root)
        self.hint = Shortened(READY, "label")
        self.pointer = label("", "label")
        self.readout = Readout(self.document, self.pointer)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        status.addWidget(self.hint)
        status.addWidget(self.pointer, 1)
        for part in (self.opener.bar, self.opener.cancel):
            status.addPermanentWidget(part)
            part.hide()
        status.addPermanentWidget(
            label("Research use only. Not for diagnosis or therapy decisions.", "label")
        )
        status.addPermanentWidget(label(f"v{__version__}", "label"))

    def _connect(self) -> None:
        document = self.document
        document.study_changed.connect(lambda _: self._study_arrived())
        document.viewing_changed.connect(lambda _: self.follow())
        document.session_changed.connect(lambda _: self.follow())
        document.assessment_changed.connect(lambda _: self.follow())
        document.trouble.connect(self.tell)
        self.opener.said.connect(lambda text: self.say("ok", text))
        self.opener.doubted.connect(lambda text: self.say("warn", text))
        self.top.open.clicked.connect(self.opener.ask)
        self.top.undo.clicked.connect(document.undo)
        self.top.redo.clicked.connect(document.redo)
        self.top.acquisition_chosen.connect(self.look_at)
        self.top.pair.clicked.connect(self.popovers.show_choices)
        self.popovers.choices.pet_chosen.connect(self.look_at)
        self.popovers.choices.anatomy_chosen.connect(self.series.take)
        self.popovers.choices.alignment_asked.connect(self.align)
        self.rail.chosen.connect(self.arm)
        self.rail.fit.clicked.connect(lambda: self.page.fit())
        self.rail.look.clicked.connect(self.popovers.show_look)
        self.rail.overlay.toggled.connect(
            lambda on: document.look(replace(document.viewing, show_overlay=on))
        )
        self.column.steps.chosen.connect(self.go)
        self.column.values.enter.clicked.connect(self.popovers.enter_fact)
        self.column.ratio.corrected.clicked.connect(self.series.toggle_corrected)
        self.strip.asked.connect(self.popovers.ask_of_chip)
        for number in self.findChildren(NumberButton):
            number.asked.connect(lambda origin, at=number: self.popovers.origin.open_beside(origin, at))
        for card in (self.column.ratio.light, self.column.evidence, self.column.regions):
            card.asked.connect(lambda origin, at=card: self.popovers.origin.open_beside(origin, at))

    @cached_property
    def page(self) -> ReadingPage:
        """The planes, made right after the first show: their library is a quarter of the program's start."""
        from atsmviewer.ui.readingpage import ReadingPage

        page = ReadingPage(self.document)
        self.stack.addWidget(page)
        for view in page.views:
            view.hovered.connect(self.readout.hover)
        return page

    @cached_property
    def aligning(self) -> AlignTool:
        """The tool that moves the CT, with its bar over the planes."""
        return AlignTool(self)

    def showEvent(self, event: QShowEvent) -> None:
        """The window is painted first; what it needs for pictures follows."""
        super().showEvent(event)
        QTimer.singleShot(PAINTED_MS, self, lambda: self.aligning.follow())

    # -- what happened ----------------------------------------------------------------------------

    def say(self, light: str, text: str, action: str = "", slot: object = None) -> None:
        """A banner over the views."""
        self.banner.say(light, text, action, slot)

    def tell(self, error: object) -> None:
        """Trouble, in words."""
        tell(error, self.say)
        self.hint.setText(READY)

    def _study_arrived(self) -> None:
        self.banner.hide()
        study = self.document.study
        if study is None:
            return
        self.top.show_study(study, time_points(study), case_words(self.document))
        self.aligning.follow()
        self.stack.setCurrentWidget(self.page)
        self.page.fit()
        self.front.greet()

    def look_at(self, uid: str) -> None:
        """Another time point: its own pictures, regions and numbers."""
        self.series.look_at(uid)

    def align(self, anatomy_uid: str) -> None:
        """Lay a CT or MR of another frame of reference over the PET, and give the hand the tool for it."""
        if self.series.align(anatomy_uid):
            self.arm("align")

    # -- tools and steps --------------------------------------------------------------------------

    def arm(self, tool: str) -> None:
        """Give the left button a tool."""
        self.document.look(replace(self.document.viewing, tool=tool))

    def go(self, step: str) -> None:
        """A step arms its tool, or does its one thing."""
        tools = {"Check": "cross", "Tumour": "sphere:tumour", "Muscle": "sphere:muscle", "Hypoxia": "cross"}
        if step == "Report":
            if self.column.report.isEnabled():
                self.column.report.click()
            self.follow()
        else:
            self.arm(tools[step])
        if step == "Hypoxia":
            self.column.avid.curve.setFocus()

    def _fit_window_to_unit(self) -> None:
        """A window in g/ml is never reused for kBq/ml, nor the other way."""
        acquisition, scale = self.document.acquisition, self.document.scale
        shown = None if acquisition is None or scale is None else (acquisition.uid, scale.unit)
        was, self._unit = self._unit, shown
        if acquisition is not None and shown and was and shown[0] == was[0] and shown[1] != was[1]:
            window = first_window(acquisition, self.document.session)
            self.document.look(replace(self.document.viewing, pet_window=window))
        muscle = muscle_mean(self.document)
        had, self._had_muscle = self._had_muscle, muscle is not None
        if scale is not None and not scale.is_suv and muscle and not had:
            # Without SUV the muscle is the only scale a reader knows: T/M 0 to 5.
            self.document.look(replace(self.document.viewing, pet_window=tm_window(muscle)))

    def follow(self) -> None:
        """Bars, strip and steps from what is."""
        document = self.document
        self.guide.advance()
        self._fit_window_to_unit()
        self.rail.show_tool(document.viewing.tool)
        history = None if document.journal is None else document.journal.history
        self.top.undo.setEnabled(bool(history and history.can_undo))
        self.top.redo.setEnabled(bool(history and history.can_redo))
        if history is not None:
            self.top.undo.setToolTip(f"Undo {history.undo_label or ''} (Ctrl+Z)".replace("  ", " "))
            self.top.redo.setToolTip(f"Redo {history.redo_label or ''} (Ctrl+Shift+Z)".replace("  ", " "))
        stamp = document.stamp
        unwritten = 0 if document.journal is None else document.journal.unwritten
        self.top.show_saved(stamp.when[11:16] if stamp else "", unwritten)
        acquisition, scale = document.acquisition, document.scale
        if acquisition is not None and document.study is not None:
            self.top.show_acquisition(acquisition)
            self.top.facts.setText(case_words(document))
            was, placed = self._chipped, document.here.placements
            if was is None or was[0] is not acquisition or was[1] is not scale or was[2] != placed:
                self._chipped = acquisition, scale, placed
                self.strip.show_chips(chips(acquisition, scale, placed))
                self.column.ratio.offer(self.series.twin is not None)
            self.hint.setText(pair_words(document))
            self.hint.setToolTip("\n".join((self.hint.text(), *document.study.notes)))
            self.front.follow()
        self.readout.follow()
        self.guide.show()

    # -- the window itself ------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.front.dropping.hold()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """What was held over the window went elsewhere."""
        self.front.dropping.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open all that was dropped, as one case."""
        if self.front.dropped(event.mimeData().urls()):
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column near its width and the banner in place."""
        super().resizeEvent(event)
        column = NARROW_COLUMN_PX if self.width() < 1500 else COLUMN_PX
        self.body.setSizes([self.width() - column, column])
        self.banner.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Every edit is in the journal, so nothing is asked; unless the disk refused some."""
        journal = self.document.journal
        if journal is not None and journal.unwritten and not self._warned:
            self._warned = True
            what = f"{journal.unwritten} changes could not be written. Save a copy elsewhere, or close again."
            self.say("bad", what, "Save a copy…", lambda: save_as(self))
            event.ignore()
            return
        self.opener.close()
        if "page" in self.__dict__:
            self.page.mip.lane.close()
        self.document.close()
        super().closeEvent(event)

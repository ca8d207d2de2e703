"""Opening a case in the background and laying it on the desk with its session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QPushButton, QWidget

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session
from atsmviewer.model.study import Study
from atsmviewer.model.viewing import Viewing
from atsmviewer.session.journal import Journal, default_path, reader_name
from atsmviewer.ui.beforehand import beforehand
from atsmviewer.ui.document import PAINTED_MS, Document
from atsmviewer.ui.firstview import first_view
from atsmviewer.ui.lane import Lane

if TYPE_CHECKING:
    from atsmviewer.workflow.opening import Case

FILES = "All files (*);;Zip (*.zip);;DICOM (DICOMDIR *.dcm *.ima);;NIfTI (*.nii *.nii.gz *.json)"
"""DICOM files often have no ending, so all are offered first."""
PAINTED_S = 1.0
"""The longest that reading waits for the first picture to be painted."""


class Opener(QObject):
    """One lane; progress and cancel in the status bar; the window stays alive throughout."""

    trouble = Signal(object)
    said, doubted = Signal(str), Signal(str)
    began = Signal()
    _first = Signal(object, object, object)
    rested = Signal()

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self.document = document
        self.window = window
        self.case: Case | None = None
        self.session_file: Path | None = None
        self._asked: tuple[Path, ...] = ()
        self._unreadable: set[str] = set()
        self._taking = ""
        self._early = False
        self.lane = Lane("open", self)
        self.lane.answered.connect(self._opened)
        self.lane.failed.connect(self._failed)
        self.lane.progressed.connect(self._progressed)
        self._first.connect(self._first_arrived)
        self.more = Lane("take", self)
        self.more.answered.connect(self._took)
        self.more.failed.connect(self._not_taken)
        document.session_changed.connect(lambda _: self.complete())
        document.viewing_changed.connect(lambda _: self.complete())
        self.bar, self.cancel = QProgressBar(), QPushButton("Cancel")
        self.bar.setTextVisible(False)
        self.cancel.setProperty("chip", True)
        self.cancel.clicked.connect(self._cancelled)
        for part in (self.bar, self.cancel):
            part.hide()

    def ask(self) -> None:
        """Let the reader choose a folder."""
        folder = QFileDialog.getExistingDirectory(self.window, "Open PET/CT folder")
        if folder:
            self.open(Path(folder))

    def ask_files(self) -> None:
        """Let the reader choose files: a zip, a DICOMDIR, NIfTI with its side-car, DICOM of any name."""
        names, _ = QFileDialog.getOpenFileNames(self.window, "Open PET/CT files", filter=FILES)
        if names:
            self.open([Path(name) for name in names])

    def open(self, paths: Path | Sequence[Path], session_file: Path | None = None) -> None:
        """Read folders or files off the GUI thread; DICOM libraries are imported there, not before."""
        self.session_file = session_file
        self._asked = (paths,) if isinstance(paths, Path) else tuple(paths)
        viewing = self.document.viewing

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.opening import open_case  # 0.5 s of imports: not before the window shows

            return beforehand(open_case(paths, progress, cancelled, self._ready(cancelled, viewing)), viewing)

        self._start(work)

    @property
    def folder(self) -> Path | None:
        """The folder around the files asked for last; None where folders were asked for."""
        if not self._asked:
            return None
        from atsmviewer.workflow.opening import folder_of  # imported already by the worker

        return folder_of(self._asked)

    def open_demo(self, case: str | None = None) -> None:
        """Make the demonstration study if need be, and open it."""
        self.session_file, self._asked = None, ()
        viewing = self.document.viewing

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.demo import write_demo  # imported here for the same reason
            from atsmviewer.workflow.opening import open_case

            def made(done: int, total: int) -> None:
                progress(done, total)
                if cancelled():
                    raise ReviewError("CANCELLED", "Making the demonstration was stopped.", "Open it again.")

            folder = write_demo(case, progress=made) if case else write_demo(progress=made)
            return beforehand(
                open_case(folder, progress, cancelled, self._ready(cancelled, viewing)), viewing
            )

        self._start(work)

    def close(self) -> None:
        """Stop reading."""
        self.lane.close()
        self.more.close()

    def complete(self) -> None:
        """Read what is on screen and not in memory: a CT or MR the reader chose, a PET left out."""
        case = self.case
        if case is None or self.lane.busy or self.more.busy:
            return
        wanted = self._unread()
        if not wanted or wanted in self._unreadable:
            return
        self._taking = wanted

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.opening import take  # imported here for the same reason

            return take(case, wanted, progress, cancelled)

        self.more.submit(work)

    def _took(self, case: Case) -> None:
        if self.case is not None and case.study.key == self.case.study.key:
            self.case = case
            self.document.extend(case.study)
            self.complete()

    def _not_taken(self, error: object) -> None:
        self._unreadable.add(self._taking)
        self.trouble.emit(error)

    def _ready(self, cancelled: Callable[[], bool], viewing: Viewing) -> Callable[[Case], None]:
        """What the worker calls with the first picture; it comes to this thread as a signal.

        The worker waits until the picture is painted: both at once would stop the window for longer.
        """

        def tell(case: Case) -> None:
            painted = Event()
            self._first.emit(beforehand(case, viewing), cancelled, painted)
            painted.wait(PAINTED_S)

        return tell

    def _first_arrived(self, case: Case, cancelled: Callable[[], bool], painted: Event) -> None:
        if not cancelled():
            self._show(case)
            self._early = self.case is case
            self.document.read_on(self._early)
        QTimer.singleShot(PAINTED_MS, self, painted.set)

    def _start(self, work: Callable[[Callable[[int, int], None], Callable[[], bool]], object]) -> None:
        self._early = False
        self.bar.setRange(0, 0)
        self.bar.show()
        self.cancel.show()
        self.began.emit()
        self.lane.submit(work)

    def _progressed(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.bar.setToolTip(f"Reading {done} of {total} files")

    def _rest(self) -> None:
        self.bar.hide()
        self.cancel.hide()
        self.document.read_on(False)
        self.rested.emit()

    def _cancelled(self) -> None:
        if self._early:
            self.lane.stop()  # what was read meanwhile is answered, and kept
        else:
            self.lane.cancel()
        self._rest()

    def _failed(self, error: object) -> None:
        self._rest()
        self.trouble.emit(error)

    def _opened(self, case: Case) -> None:
        self._rest()
        shown = self.case
        if shown is not None and shown.scan is case.scan and self.document.study is not None:
            self.case = case
            self.document.extend(case.study)
        else:
            self._show(case)
        for error in [e for e in case.unread if e.code != "CANCELLED"][:1]:
            self.trouble.emit(error)
            self._doubt(case.study)
        self.complete()

    def _show(self, case: Case) -> None:
        """Lay a case on the desk with its session."""
        from atsmviewer.workflow.firstlook import first_looked  # imported already by the worker

        study = case.study
        path = self.session_file or default_path(study.key)
        held = self.document.journal
        if held is not None and held.path == path:
            # The same case again: its journal is let go first, or it would find itself locked by this window.
            self.document.release()
        try:
            journal = Journal.open(path, study.key, reader_name())
        except ReviewError as error:
            self.trouble.emit(error)
            return
        self.more.cancel()
        self.case, self._unreadable = case, set()
        chosen = first_looked(study, journal.session)
        self.document.open(study, journal, self.first_look(study, chosen.uid, journal.session))
        if journal.read_only:
            self.trouble.emit(
                ReviewError("SESSION_READ_ONLY", journal.read_only, "Save as keeps your own copy.")
            )
        elif journal.recovery:
            self.said.emit(journal.recovery)
        self._doubt(study)

    def _doubt(self, study: Study) -> None:
        """Say what is doubtful of whose the series are, after all else, since the banner shows one thing."""
        if study.doubts:
            self.doubted.emit(" ".join(study.doubts))

    def first_look(self, study: Study, uid: str, session: Session) -> Viewing:
        """How a time point of a study is looked at first."""
        return first_view(study, uid, session, self.document.viewing)

    def _unread(self) -> str:
        """The series on screen that has no voxels yet; "" where all have."""
        acquisition, frame = self.document.acquisition, self.document.frame
        if acquisition is None or frame is None:
            return ""
        if acquisition.anatomy is not None and acquisition.anatomy_volume is None:
            return acquisition.anatomy.uid
        return acquisition.uid if frame.volume is None else ""

"""Opening a case in the background and laying it on the desk with its session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QPushButton, QWidget

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Ellipsoid
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.viewing import Viewing, Window
from atsmviewer.model.volume import Unit
from atsmviewer.quant.assess import scale_of
from atsmviewer.render.windows import pet_window
from atsmviewer.session.journal import Journal, default_path, reader_name
from atsmviewer.ui.document import Document
from atsmviewer.ui.lane import Lane


class Opener(QObject):
    """One lane; progress and cancel in the status bar; the window stays alive throughout."""

    trouble = Signal(object)
    said = Signal(str)

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self.document = document
        self.window = window
        self.session_file: Path | None = None
        self.lane = Lane("open", self)
        self.lane.answered.connect(self._opened)
        self.lane.failed.connect(self._failed)
        self.lane.progressed.connect(self._progressed)
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

    def open(self, path: Path, session_file: Path | None = None) -> None:
        """Read a folder off the GUI thread; DICOM libraries are imported there too, after the first show."""
        self.session_file = session_file

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.opening import open_case  # 0.5 s of imports: not before the window shows

            return open_case(path, progress, cancelled).study

        self._start(work)

    def open_demo(self, case: str | None = None) -> None:
        """Make the demonstration study if need be, and open it."""
        self.session_file = None

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.demo import write_demo  # imported here for the same reason
            from atsmviewer.workflow.opening import open_case

            def made(done: int, total: int) -> None:
                progress(done, total)
                if cancelled():
                    raise ReviewError("CANCELLED", "Making the demonstration was stopped.", "Open it again.")

            folder = write_demo(case, progress=made) if case else write_demo(progress=made)
            return open_case(folder, progress, cancelled).study

        self._start(work)

    def close(self) -> None:
        """Stop reading."""
        self.lane.close()

    def _start(self, work: Callable[[Callable[[int, int], None], Callable[[], bool]], object]) -> None:
        self.bar.setRange(0, 0)
        self.bar.show()
        self.cancel.show()
        self.lane.submit(work)

    def _progressed(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.bar.setToolTip(f"Reading {done} of {total} files")

    def _rest(self) -> None:
        self.bar.hide()
        self.cancel.hide()

    def _cancelled(self) -> None:
        self.lane.cancel()
        self._rest()

    def _failed(self, error: object) -> None:
        self._rest()
        self.trouble.emit(error)

    def _opened(self, study: Study) -> None:
        self._rest()
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
        session = journal.session
        chosen = self._first_acquisition(study, session)
        self.document.open(study, journal, self.first_look(study, chosen.uid, session))
        if journal.read_only:
            self.trouble.emit(
                ReviewError("SESSION_READ_ONLY", journal.read_only, "Save as keeps your own copy.")
            )
        elif journal.recovery:
            self.said.emit(journal.recovery)

    def _first_acquisition(self, study: Study, session: Session) -> Acquisition:
        drawn = {roi.frame_of_reference_uid for roi in session.rois}
        here = [a for a in study.acquisitions if a.frame_of_reference_uid in drawn]
        paired = [a for a in study.acquisitions if a.anatomy is not None]
        return (here or paired or list(study.acquisitions))[0]

    def first_look(self, study: Study, uid: str, session: Session) -> Viewing:
        """Cursor on what was drawn, else the middle; a PET window that fits unit and tracer."""
        acquisition = study.acquisition(uid)
        now = self.document.viewing
        frame = acquisition.frame_of_reference_uid
        drawn = [
            r for r in session.rois if r.frame_of_reference_uid == frame and isinstance(r.shape, Ellipsoid)
        ]
        cursor = acquisition.view_grid.centre_mm
        if drawn and isinstance(drawn[0].shape, Ellipsoid):
            cursor = drawn[0].shape.centre_mm
        return replace(
            now,
            acquisition_uid=uid,
            cursor_mm=cursor,
            pet_window=first_window(acquisition, session),
            selected_roi=drawn[0].uid if drawn else None,
            tool=now.tool if drawn else "sphere:tumour",
        )


def first_window(acquisition: Acquisition, session: Session) -> Window:
    """0 to 3 g/ml for Cu-ATSM, 0 to 6 for others; in other units from the data, never a stale SUV window."""
    overrides = tuple(o for o in session.overrides if o.acquisition_uid == acquisition.uid)
    scale = scale_of(acquisition.facts, overrides, acquisition.pet.grid.shape[0], session.protocol)
    if scale.unit is Unit.SUV:
        return (0.0, 3.0 if scale.tracer_is_cu_atsm else 6.0)
    volume = acquisition.frames[0].volume
    if volume is None:
        return (0.0, 1.0)
    return pet_window(volume.voxels[::2, ::4, ::4] * np.float32(max(scale.slice_factors)), is_suv=False)

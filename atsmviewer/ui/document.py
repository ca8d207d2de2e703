"""The one mutable object: study, session, assessment and viewing, and the signals that carry each whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from atsmviewer.model.assessment import Assessment, Depth
from atsmviewer.model.choice import partnered
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Alignment, Session, Stamp
from atsmviewer.model.study import Acquisition, Frame, Study
from atsmviewer.model.suv import Scale
from atsmviewer.model.viewing import Viewing
from atsmviewer.model.volume import Volume
from atsmviewer.quant.aligned import alignments_of, placed_anatomy
from atsmviewer.quant.assess import assess
from atsmviewer.session.journal import Journal
from atsmviewer.ui.lane import Lane

PAINTED_MS = 50
"""How long after a case was opened its first picture is surely on screen."""
LIVE_FRAMES = 4
"""With more loaded frames than these, only the one looked at is measured while something is dragged."""


class Document(QObject):
    """What the window shows. ``preview`` follows a drag; ``commit`` is one undo step in the journal."""

    study_changed = Signal(object)
    session_changed = Signal(object)
    assessment_changed = Signal(object)
    viewing_changed = Signal(object)
    committed = Signal()
    trouble = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._delivered: Study | None = None
        self._study: Study | None = None
        self.journal: Journal | None = None
        self._session = Session("")
        self.assessment = Assessment(Depth.LIVE)
        self.viewing = Viewing("", (0.0, 0.0, 0.0))
        self.reading = False
        """Whether more of this case is being read: then no report is made of it."""
        self._here: tuple[Assessment, Frame, Assessment] | None = None
        self._full = Lane("assess", self)
        # The window has the interpreter for itself until the first picture is painted.
        self._later = QTimer(self, singleShot=True, interval=PAINTED_MS)
        self._later.timeout.connect(self._ask_full)
        self._full.answered.connect(self._assessed)
        self._full.failed.connect(self.trouble)

    @property
    def session(self) -> Session:
        """What the reader decided, an edit in the hand included."""
        return self._session

    @session.setter
    def session(self, session: Session) -> None:
        self._session = session
        self._study = None if self._delivered is None else partnered(self._delivered, session)

    @property
    def study(self) -> Study | None:
        """What the scanner delivered, each PET with the CT or MR that the reader chose for it."""
        return self._study

    @property
    def acquisition(self) -> Acquisition | None:
        """The PET time point being looked at."""
        if self.study is None or not self.viewing.acquisition_uid:
            return None
        return self.study.acquisition(self.viewing.acquisition_uid)

    @property
    def frame(self) -> Frame | None:
        """The time frame being looked at: the one chosen, else the first."""
        acquisition = self.acquisition
        if acquisition is None:
            return None
        chosen = (f for f in acquisition.frames if f.number == self.viewing.frame)
        return next(chosen, acquisition.frames[0])

    @property
    def anatomy(self) -> Volume | None:
        """The CT or MR where alignments place it in the space of the PET; None where it is not there."""
        acquisition = self.acquisition
        if acquisition is None:
            return None
        try:
            return placed_anatomy(acquisition, self.alignments)[0]
        except ReviewError:  # the assessment says why
            return None

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        """Every alignment that may be followed, the reader's last."""
        return () if self.study is None else alignments_of(self.study, self.session)

    @property
    def scale(self) -> Scale | None:
        """How the shown PET's pixels become values; None while it is loading."""
        frame, uid = self.frame, self.viewing.acquisition_uid
        known = frame is not None and any(one == uid for one, _ in self.assessment.scales)
        return self.assessment.scale(uid, frame.number) if known and frame is not None else None

    @property
    def here(self) -> Assessment:
        """The numbers of the time point being looked at, and of no other."""
        acquisition, frame = self.acquisition, self.frame
        if acquisition is None or frame is None:
            return self.assessment
        if self._here is None or self._here[0] is not self.assessment or self._here[1] is not frame:
            self._here = self.assessment, frame, self.assessment.at(acquisition.uid, frame.number)
        return self._here[2]

    @property
    def stamp(self) -> Stamp | None:
        """Who changed the session last, and when."""
        return None if self.journal is None else self.journal.stamp

    def open(self, study: Study, journal: Journal, viewing: Viewing) -> None:
        """Show another case; its session comes from its journal."""
        self.release()
        self._delivered, self.journal = study, journal
        self.session = journal.session
        self.viewing = viewing = self._valid(viewing)
        self.assessment = self._live(self._study or study)
        self.study_changed.emit(self._study)
        self.viewing_changed.emit(viewing)
        self.session_changed.emit(self.session)
        self.assessment_changed.emit(self.assessment)
        self._later.start()

    def extend(self, study: Study) -> None:
        """More voxels of the case at hand arrived; of another case nothing is taken."""
        if self._delivered is None or study.key != self._delivered.key:
            return
        self._delivered = study
        self.session = self._session
        self._settle()

    def read_on(self, reading: bool) -> None:
        """Reading of the rest of the case goes on, or has ended."""
        if reading != self.reading:
            self.reading = reading
            self.assessment_changed.emit(self.assessment)

    def release(self) -> None:
        """Let go of the case at hand: nothing more is measured or written for it."""
        self._later.stop()
        self._full.cancel()
        if self.journal is not None:
            self.journal.close()
            self.journal = None

    def look(self, viewing: Viewing) -> None:
        """Change how one looks; never a number. A frame that live numbers left out is measured then."""
        viewing, was = self._valid(viewing), self.viewing
        if viewing == was:
            return
        self.viewing = viewing
        moved = (viewing.acquisition_uid, viewing.frame) != (was.acquisition_uid, was.frame)
        if moved and self._study is not None and self.assessment.depth is Depth.LIVE:
            self.assessment = self._live(self._study)
        self.viewing_changed.emit(viewing)

    def preview(self, session: Session) -> None:
        """Show an edit that is still in the hand."""
        self.session = session
        self.session_changed.emit(session)
        self._assess_live()

    def commit(self, session: Session, label: str) -> None:
        """One step: journalled, undoable, measured in full."""
        self._keep(lambda journal: journal.commit(session, label))

    def undo(self) -> None:
        """Back one step."""
        if self.journal is not None and self.journal.history.can_undo:
            self._keep(lambda journal: journal.undo())

    def redo(self) -> None:
        """Forward one step."""
        if self.journal is not None and self.journal.history.can_redo:
            self._keep(lambda journal: journal.redo())

    def close(self) -> None:
        """Let go of the journal and the worker; every commit is on disk already."""
        self._later.stop()
        self._full.close()
        if self.journal is not None:
            self.journal.close()

    def _keep(self, change: Callable[[Journal], object]) -> None:
        self.committed.emit()
        if self.journal is None:
            what = "This change was not kept: the session of this case could not be opened."
            self.trouble.emit(ReviewError("SESSION_CLOSED", what, "Open the case again."))
            return
        try:
            change(self.journal)
        except ReviewError as error:  # the edit stays in memory; the reader is told that disk lacks it
            self.trouble.emit(error)
        self.session = self.journal.session
        self.session_changed.emit(self.session)
        self._settle()

    def _settle(self) -> None:
        self._assess_live()
        self._ask_full()

    def _valid(self, viewing: Viewing) -> Viewing:
        """A frame that the acquisition looked at does not have is none to look at."""
        if self._study is None or not viewing.acquisition_uid:
            return viewing
        acquisition = self._study.acquisition(viewing.acquisition_uid)
        if any(frame.number == viewing.frame for frame in acquisition.frames):
            return viewing
        return replace(viewing, frame=acquisition.looked_at)

    def _live(self, study: Study) -> Assessment:
        """Numbers that keep up with a hand: of a case of many frames those of the frame looked at."""
        frame = self.frame
        loaded = sum(one.volume is not None for a in study.acquisitions for one in a.frames)
        if loaded > LIVE_FRAMES and frame is not None:
            study = study.only(self.viewing.acquisition_uid, frame.number)
        return assess(study, self.session, Depth.LIVE)

    def _assess_live(self) -> None:
        if self._study is not None:
            self.assessment = self._live(self._study)
            self.assessment_changed.emit(self.assessment)

    def _ask_full(self) -> None:
        study, session = self.study, self.session
        if study is not None:
            self._full.submit(lambda _progress, _cancelled: (session, assess(study, session, Depth.FULL)))

    def _assessed(self, answer: tuple[Session, Assessment]) -> None:
        session, assessment = answer
        if session == self.session:
            self.assessment = assessment
            self.assessment_changed.emit(assessment)

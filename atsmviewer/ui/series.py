"""What a reader does with the series of a case: another PET, CT or MR, or the uncorrected twin."""

from __future__ import annotations

from dataclasses import replace

from atsmviewer.model.choice import PARTNER
from atsmviewer.model.session import Override, Session
from atsmviewer.model.study import Acquisition, Series
from atsmviewer.model.viewing import Window
from atsmviewer.model.volume import Unit
from atsmviewer.session.alignments import align_by_hand
from atsmviewer.session.edits import set_override
from atsmviewer.session.journal import reader_name
from atsmviewer.ui.choicelist import aligned, anatomies_of
from atsmviewer.ui.document import Document
from atsmviewer.ui.firstview import first_view

WHY = "chosen in the list"


class SeriesDesk:
    """Remembers the PET window of each PET, so that going there and back changes nothing on screen."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._windows: dict[str, tuple[Unit | None, Window]] = {}

    def look_at(self, uid: str) -> None:
        """Another PET; in the same patient space the cross, the tool and the region stay."""
        document, now = self.document, self.document.viewing
        study, acquisition = document.study, document.acquisition
        if study is None or acquisition is None or uid == acquisition.uid:
            return
        self._windows[acquisition.uid] = document.scale.unit if document.scale else None, now.pet_window
        view = first_view(study, uid, document.session, now)
        if study.acquisition(uid).frame_of_reference_uid == acquisition.frame_of_reference_uid:
            view = replace(view, cursor_mm=now.cursor_mm, tool=now.tool, selected_roi=now.selected_roi)
        document.look(view)
        unit, window = self._windows.get(uid, (None, view.pet_window))
        if unit is not None and document.scale is not None and document.scale.unit is unit:
            document.look(replace(document.viewing, pet_window=window))

    def toggle_corrected(self) -> None:
        """From a PET to the same scan without attenuation correction, and back."""
        twin = self.twin
        if twin is not None:
            self.look_at(twin)

    @property
    def twin(self) -> str | None:
        """The same scan in the other state of attenuation correction; None where there is none."""
        study, acquisition = self.document.study, self.document.acquisition
        if study is None or acquisition is None:
            return None
        from atsmviewer.workflow.firstlook import counterpart  # a case is open: it is imported already

        return counterpart(study, acquisition.uid)

    def take(self, anatomy_uid: str) -> None:
        """Show another CT or MR with the PET on screen, "" for none: one step of the journal."""
        acquisition = self.document.acquisition
        if acquisition is not None:
            changed = self._with(self.document.session, acquisition, anatomy_uid)
            self.document.commit(changed, self._step(anatomy_uid))

    def align(self, anatomy_uid: str) -> bool:
        """Lay a CT or MR of another frame of reference over the PET, to be moved by hand.

        True where it has to be moved now; one that an alignment leads to is only shown.
        """
        study, acquisition = self.document.study, self.document.acquisition
        series = self._series(anatomy_uid)
        if study is None or acquisition is None or series is None:
            return False
        session, frame = self.document.session, series.grid.frame_of_reference_uid
        led = aligned(session, study, acquisition, frame)
        session = align_by_hand(session, study, acquisition.uid, anatomy_uid, reader_name())
        self.document.commit(self._with(session, acquisition, anatomy_uid), self._step(anatomy_uid))
        return not led

    def _with(self, session: Session, acquisition: Acquisition, anatomy_uid: str) -> Session:
        """A choice is kept, that of the delivered one too: files added later may change what is delivered."""
        return set_override(session, Override(acquisition.uid, PARTNER, anatomy_uid, reader_name(), WHY))

    def _series(self, uid: str) -> Series | None:
        study = self.document.study
        known = [] if study is None else anatomies_of(study)
        return next((one for one in known if one.uid == uid), None)

    def _step(self, anatomy_uid: str) -> str:
        series = self._series(anatomy_uid)
        return "Show no CT or MR" if series is None else f"Show with {series.description or series.modality}"

"""The readout column: steps, regions, T/M, values, avid volume, report; one Assessment feeds them all."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import Roi, Role
from atsmviewer.ui.avidcard import AvidCard
from atsmviewer.ui.document import Document
from atsmviewer.ui.evidencecard import EvidenceCard
from atsmviewer.ui.ratiocard import WAIT, RatioCard
from atsmviewer.ui.regioncard import RegionCard
from atsmviewer.ui.steps import StepGuide
from atsmviewer.ui.theme import icon
from atsmviewer.ui.valuecards import ValueCard

NOTE_FROM_PX, VALUES_FROM_PX = 760, 800


class Stack(QWidget):
    """The cards; one that is too wide is cut by itself and never widens the others."""

    def minimumSizeHint(self) -> QSize:
        """Any width, all of the height."""
        return QSize(0, super().minimumSizeHint().height())


class Column(QFrame):
    """Redrawn whole from the document whenever session, assessment or selection changes."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("Column")
        self.setMinimumWidth(340)
        self.document = document
        self.steps = StepGuide()
        self.regions = RegionCard(document)
        self.ratio = RatioCard(document)
        self.values = ValueCard(document)
        self.avid = AvidCard(document)
        self.evidence = EvidenceCard(document)
        self.report = QPushButton(icon("report"), "Report  F10")
        self.report.setProperty("main", True)
        self.report.setMinimumHeight(34)
        inside = Stack()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(10, 8, 10, 2)
        cards.setSpacing(6)
        for card in (self.steps, self.regions, self.ratio, self.values):
            cards.addWidget(card)
        cards.addWidget(self.avid, 1)
        cards.addWidget(self.evidence)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 4, 10, 10)
        foot.addWidget(self.report)
        outer.addLayout(foot)
        document.assessment_changed.connect(lambda _: self.follow())
        document.viewing_changed.connect(lambda _: self.follow())
        self.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold in a fixed order where height is short: what was published, then the table of values."""
        super().resizeEvent(event)
        self.avid.note.setVisible(self.height() > NOTE_FROM_PX)
        self.evidence.fold(self.height() < NOTE_FROM_PX)
        self.avid.fold(self.height() < NOTE_FROM_PX)
        self.values.fold(self.height() < VALUES_FROM_PX)

    def here(self) -> tuple[Roi, ...]:
        """Regions of the frame of reference being looked at."""
        acquisition = self.document.acquisition
        if acquisition is None:
            return ()
        frame = acquisition.frame_of_reference_uid
        return tuple(r for r in self.document.session.rois if r.frame_of_reference_uid == frame)

    def leading(self, role: Role) -> Roi | None:
        """The selected region of that role, else the first."""
        rois = [roi for roi in self.here() if roi.role is role]
        selected = self.document.viewing.selected_roi
        return next((r for r in rois if r.uid == selected), rois[0] if rois else None)

    def follow(self) -> None:
        """Draw everything from what is."""
        document, rois = self.document, self.here()
        assessment = document.here
        tumour, muscle = self.leading(Role.TUMOUR), self.leading(Role.MUSCLE)
        unit = document.scale.unit.value if document.scale else ""
        self.regions.show_assessment(assessment, rois, unit)
        tumour_uid = None if tumour is None else tumour.uid
        muscle_uid = None if muscle is None else muscle.uid
        self.ratio.show_assessment(assessment, tumour_uid, self._refusal() or self._reason(tumour, muscle))
        self.values.show_scale(document.scale)
        self.values.show_assessment(assessment, tumour_uid, muscle_uid)
        numbers = None if tumour_uid is None else assessment.of_roi(tumour_uid)
        volume = numbers["volume_ml"] if numbers else None
        self.avid.show_assessment(
            document.session,
            None if tumour_uid is None else assessment.hypoxic_of(tumour_uid),
            volume.value if isinstance(volume, Measurement) else None,
        )
        self.evidence.show_rows(tuple(e for e in assessment.evidence if e.roi_uid == tumour_uid))
        reason = self._reason(tumour, muscle) or (document.reading and "The rest of the case is being read.")
        ready = document.study is not None and not reason
        self.report.setEnabled(ready)
        self.report.setToolTip("Preview and save the report" if ready else reason or "")

    def _refusal(self) -> str:
        """Why this PET gives no ratio, whatever is drawn on it; empty where it does."""
        scale = self.document.scale
        refused = None if scale is None else scale.ratio_refused
        return "" if refused is None else f"{refused.what} {refused.remedy}".strip()

    def _reason(self, tumour: Roi | None, muscle: Roi | None) -> str:
        if self.document.study is None or (tumour is None and muscle is None):
            return WAIT
        if tumour is None:
            return "Place a tumour region. T/M appears at once."
        if muscle is None:
            return "Place a muscle region. T/M appears at once."
        return ""

"""What one page speaks about: the acquisition, frame and tumour that lead it, and their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from atsmviewer.model.assessment import Assessment, HypoxicVolume, MuscleQuality, Ratio, RoiNumbers
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.evidence import Evidence
from atsmviewer.model.picture import Picture
from atsmviewer.model.roi import Role
from atsmviewer.model.session import Session, Stamp
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.suv import Scale
from atsmviewer.report.values import value_of
from atsmviewer.report.words import gap


@dataclass(frozen=True)
class Reading:
    """The nouns of a page and the acquisition and frame it is about; both None where there is no PET."""

    study: Study
    session: Session
    assessment: Assessment
    pictures: tuple[Picture, ...]
    stamp: Stamp | None
    acquisition: Acquisition | None
    frame: int

    @property
    def scale(self) -> Scale | None:
        """The scale of the leading acquisition and frame."""
        uid = None if self.acquisition is None else self.acquisition.uid
        known = uid is not None and any(one == uid for one, _ in self.assessment.scales)
        return self.assessment.scale(uid, self.frame) if known and uid is not None else None

    @property
    def is_atsm(self) -> bool:
        """Whether the tracer gate of R25 lets this page say hypoxic."""
        return self.scale is not None and self.scale.tracer_is_cu_atsm

    def rois(self, *roles: Role) -> tuple[RoiNumbers, ...]:
        """The roi numbers of this page, of these roles."""
        return tuple(r for r in self.assessment.rois if self._here(r) and r.role in roles)

    def ratio(self, roi_uid: str, kind: str, to: Role = Role.MUSCLE) -> Ratio | None:
        """The ratio of one tumour and kind on this page, T/M unless another reference is asked for."""
        asked = (roi_uid, kind, to)
        ratios = (r for r in self.assessment.ratios if self._here(r))
        return next((r for r in ratios if (r.roi_uid, r.kind, r.reference_role) == asked), None)

    @property
    def muscle(self) -> MuscleQuality | None:
        """What speaks for and against the muscle of this page."""
        return next((m for m in self.assessment.muscles if self._here(m)), None)

    def evidence(self, roi_uid: str) -> tuple[Evidence, ...]:
        """What the cut-off table says of one tumour on this page."""
        return tuple(e for e in self.assessment.evidence if self._here(e) and e.roi_uid == roi_uid)

    def hypoxic(self, roi_uid: str) -> HypoxicVolume | None:
        """The hypoxic volume of one tumour on this page."""
        return next((h for h in self.assessment.hypoxic if self._here(h) and h.roi_uid == roi_uid), None)

    @property
    def lead(self) -> RoiNumbers | None:
        """The tumour of the headline: the largest that has a ratio, else the largest."""
        return max(self.rois(Role.TUMOUR), key=self._rank, default=None)

    @property
    def elsewhere(self) -> tuple[Reading, ...]:
        """The same page for every other acquisition that has a ratio or a tumour."""
        others = (a for a in self.study.acquisitions if a is not self.acquisition)
        pages = (_at(self, other) for other in others)
        return tuple(page for page in pages if page.lead is not None)

    @property
    def started(self) -> datetime | None:
        """When the scan, or the frame of a dynamic scan, started, by the reader's entry or the header."""
        if self.acquisition is None:
            return None
        if self.scale is not None and self.scale.started is not None:
            return self.scale.started
        frame = next((f for f in self.acquisition.frames if f.number == self.frame), None)
        return (frame.start if frame is not None else None) or self.acquisition.pet.when

    @property
    def uptake(self) -> timedelta | None:
        """From injection to the start of the scan; None where a time is not established."""
        injected = None if self.scale is None else self.scale.injection_time
        return None if injected is None or self.started is None else gap(self.started, injected)

    def fact(self, name: str) -> tuple[str, str] | None:
        """Value and source of a fact that the scale used, or None."""
        used = () if self.scale is None else self.scale.facts_used
        return next(((value, source) for key, value, source in used if key == name), None)

    def _here(self, numbers: RoiNumbers | Ratio | HypoxicVolume | MuscleQuality | Evidence) -> bool:
        uid = None if self.acquisition is None else self.acquisition.uid
        return numbers.acquisition_uid == uid and numbers.frame == self.frame

    def _rank(self, roi: RoiNumbers) -> tuple[bool, float]:
        ratio = self.ratio(roi.roi_uid, self.session.protocol.headline)
        volume = value_of(roi["volume_ml"])
        return ratio is not None and value_of(ratio.number) is not None, volume or 0.0


def read(
    study: Study,
    session: Session,
    assessment: Assessment,
    pictures: Sequence[Picture] = (),
    stamp: Stamp | None = None,
    acquisition_uid: str | None = None,
    frame: int | None = None,
) -> Reading:
    """The page of one acquisition: the one asked for, else the first with a ratio, a roi, or any.

    Of a dynamic or gated one it is about ``frame``, else about the frame that is looked at first.

    Raises ReviewError("ACQUISITION_UNKNOWN") where the study has no acquisition of that uid.
    """
    page = Reading(study, session, assessment, tuple(pictures), stamp, None, 0)
    if acquisition_uid is not None:
        for acquisition in study.acquisitions:
            if acquisition.uid == acquisition_uid:
                return _at(page, acquisition, frame)
        raise ReviewError(
            "ACQUISITION_UNKNOWN",
            "The study has no PET series of the asked UID.",
            "Choose one of the PET series that the scan lists.",
        )
    with_ratio = {r.acquisition_uid for r in assessment.ratios if value_of(r.number) is not None}
    with_roi = {r.acquisition_uid for r in assessment.rois}
    for wanted in (with_ratio, with_roi, {a.uid for a in study.acquisitions}):
        for acquisition in study.acquisitions:
            if acquisition.uid in wanted:
                return _at(page, acquisition)
    return page


def _at(page: Reading, acquisition: Acquisition, wanted: int | None = None) -> Reading:
    """The page moved to an acquisition, at the wanted frame or that looked at first, if it has numbers."""
    numbers: tuple[Ratio | RoiNumbers, ...] = (*page.assessment.ratios, *page.assessment.rois)
    there = [n.frame for n in numbers if n.acquisition_uid == acquisition.uid]
    first = acquisition.looked_at if acquisition.frames and wanted is None else wanted or 0
    frame = first if first in there else next(iter(there), first)
    return Reading(page.study, page.session, page.assessment, page.pictures, page.stamp, acquisition, frame)

"""Which PET of a case is looked at first, and which one shows the same scan uncorrected."""

from __future__ import annotations

from datetime import datetime

from atsmviewer.dicom.partners import coverage
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.quant.assess import scale_of

_SAME_EXTENT = 0.9
"""Two PETs that cover each other by this part are of one scan."""


def first_looked(study: Study, session: Session | None = None) -> Acquisition:
    """Where regions were drawn; else the first that is corrected, of Cu-ATSM, and has a CT or MR.

    Acquisitions of equal standing keep their order of time.
    """
    drawn = set() if session is None else {roi.frame_of_reference_uid for roi in session.rois}

    def rank(acquisition: Acquisition) -> tuple[bool, ...]:
        return (
            bool(drawn) and acquisition.frame_of_reference_uid not in drawn,
            acquisition.pet.attenuation_corrected is False,
            not _is_cu_atsm(acquisition, session),
            acquisition.anatomy is None,
        )

    return min(study.acquisitions, key=rank)


def _is_cu_atsm(acquisition: Acquisition, session: Session | None) -> bool:
    entered = () if session is None else session.overrides
    own = tuple(o for o in entered if o.acquisition_uid == acquisition.uid)
    return scale_of(acquisition.facts, own, acquisition.pet.grid.shape[0]).tracer_is_cu_atsm


def counterpart(study: Study, uid: str) -> str | None:
    """The PET of the same study, place and extent in the other state of attenuation correction.

    The nearest in time of several; None where there is none.
    """
    own = study.acquisition(uid)
    same = [a for a in study.acquisitions if _of_one_scan(own, a)]
    return min(same, key=lambda a: (_apart_s(own, a), a.uid)).uid if same else None


def _of_one_scan(own: Acquisition, other: Acquisition) -> bool:
    states = {own.pet.attenuation_corrected is False, other.pet.attenuation_corrected is False}
    if len(states) == 1 or own.pet.study_uid != other.pet.study_uid:
        return False
    if own.frame_of_reference_uid != other.frame_of_reference_uid:
        return False
    covered = coverage(own.pet.grid, other.pet.grid), coverage(other.pet.grid, own.pet.grid)
    return min(covered) >= _SAME_EXTENT


def _apart_s(own: Acquisition, other: Acquisition) -> float:
    a, b = _clock(own.pet.when), _clock(other.pet.when)
    return float("inf") if a is None or b is None else abs((a - b).total_seconds())


def _clock(when: datetime | None) -> datetime | None:
    return None if when is None else when.replace(tzinfo=None)

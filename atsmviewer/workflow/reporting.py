"""From decisions to paper: assess in full, take the key pictures, write what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from atsmviewer.model.assessment import Depth
from atsmviewer.model.choice import partnered
from atsmviewer.model.picture import Picture
from atsmviewer.model.session import Session, Stamp
from atsmviewer.model.study import Study
from atsmviewer.quant.aligned import placed_study, regions_in
from atsmviewer.quant.assess import assess
from atsmviewer.render.picture import key_pictures
from atsmviewer.report.reading import Reading, read
from atsmviewer.report.write import write_report


def make_report(
    study: Study,
    session: Session,
    stamp: Stamp | None,
    out: Path,
    formats: Sequence[str] = ("pdf", "csv", "json"),
    acquisition_uid: str | None = None,
    frame: int | None = None,
) -> tuple[Path, ...]:
    """Write the report of a session; who and when come from ``stamp``: same session, same bytes.

    ``acquisition_uid`` is the time point that leads; by default the first one that has a tumour. ``frame``
    is its time frame or gate; by default the one looked at first.
    """
    study = partnered(study, session)
    assessment = assess(study, session, Depth.FULL)
    leading = acquisition_uid or leading_acquisition(study, session)
    page = read(study, session, assessment, acquisition_uid=leading, frame=frame)
    pictures = _pictures(study, session, page) if "pdf" in formats else ()
    return write_report(out, study, session, assessment, pictures, stamp, formats, leading, page.frame)


def _pictures(study: Study, session: Session, page: Reading) -> tuple[Picture, ...]:
    """Key pictures with CT, MR and regions where the alignments put them, as in the window."""
    if page.acquisition is None:
        return ()
    leading, shown = page.acquisition.uid, None if page.lead is None else page.lead.roi_uid
    here, origins = regions_in(study, session, leading)
    placed = placed_study(study, session).only(leading, page.frame)
    return key_pictures(placed, here, page.assessment.at(leading, page.frame), leading, shown, origins)


def leading_acquisition(study: Study, session: Session) -> str:
    """The first time point whose frame of reference holds a region; the first one where none does."""
    drawn = {roi.frame_of_reference_uid for roi in session.rois}
    for acquisition in study.acquisitions:
        if acquisition.frame_of_reference_uid in drawn:
            return acquisition.uid
    return study.acquisitions[0].uid

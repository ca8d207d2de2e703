"""Regions of other programs and of sessions brought to a case, with their roles by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Session
from atsmviewer.model.study import Study


def import_regions(
    study: Study, session: Session, files: Sequence[Path], tumours: Sequence[str], muscles: Sequence[str]
) -> Session:
    """The session with the rois of ``files``; those named become tumour or muscle.

    The rest of them is measured, and nothing is divided by it: a file does not say what a region is for,
    and an oedema that holds the tumour is no reference. What a file does say (a necrosis) stays.
    """
    grids = [series.grid for a in study.acquisitions for series in (a.pet, a.anatomy) if series is not None]
    imported = [_unasked(roi) for path in files for roi in read_regions(path, grids)]
    rois = (*session.rois, *imported)
    both = sorted(set(tumours) & set(muscles))
    if both:
        what = f"{both[0]!r} is named as tumour and as muscle."
        raise ReviewError("REGION_TWO_ROLES", what, "Give each region one role.")
    for name in (*tumours, *muscles):
        if not any(roi.name == name for roi in rois):
            known = ", ".join(sorted({roi.name for roi in rois})) or "none"
            raise ReviewError(
                "REGION_UNKNOWN", f"There is no region named {name!r}.", f"Regions here: {known}."
            )
    return replace(session, rois=tuple(_with_role(roi, tumours, muscles) for roi in rois))


def _unasked(roi: Roi) -> Roi:
    return replace(roi, role=Role.NONE) if roi.role is Role.REFERENCE else roi


def _with_role(roi: Roi, tumours: Sequence[str], muscles: Sequence[str]) -> Roi:
    if roi.name in tumours:
        return replace(roi, role=Role.TUMOUR)
    if roi.name in muscles:
        return replace(roi, role=Role.MUSCLE)
    return roi

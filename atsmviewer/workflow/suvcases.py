"""The SUV cases made as files, opened through the front door, and measured as a reader would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from atsmviewer.dicom.write import STORED_MAX, write_series
from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.assessment import Depth, Measurement
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import ImportedMask, Roi, Role
from atsmviewer.model.session import Override, Session
from atsmviewer.model.study import Study
from atsmviewer.phantom import suvobject
from atsmviewer.phantom.copper import copper
from atsmviewer.phantom.published import published
from atsmviewer.phantom.suvcase import SuvCase
from atsmviewer.phantom.suvheaders import header, slice_headers
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import open_case
from atsmviewer.workflow.regions import import_regions

QUANTITIES = ("min", "median", "max")


@dataclass(frozen=True)
class Measured:
    """SUVbw of a region in g/ml as least, median, largest, or the refusal's code; and the flags' codes."""

    values: tuple[float, ...] | None
    refused: str
    flags: tuple[str, ...]


def suv_cases() -> tuple[SuvCase, ...]:
    """The published list, then the project's own."""
    return (*published(), *copper())


def write_suv_case(case: SuvCase, folder: Path) -> Path:
    """Write one case's files into ``folder``."""
    volume, slopes = case.volume(), case.slopes(STORED_MAX)
    if case.enhanced:
        write_enhanced(folder / "pet.dcm", volume, header(case), slice_headers(case), slopes)
    else:
        write_series(folder, volume, header(case), slice_headers(case), slopes=slopes)
    return folder


def measure_suv_case(case: SuvCase, folder: Path) -> Measured:
    """Open what was written, enter what the case's reader enters, and measure the body."""
    try:
        study = open_case(folder).study
    except ReviewError as error:
        return Measured(None, error.code, ())
    pet = study.acquisitions[0]
    mask = ImportedMask(pet.pet.grid, tuple(np.flatnonzero(suvobject.body()).tolist()))
    roi = Roi("body", "Body", Role.REFERENCE, pet.frame_of_reference_uid, mask)
    entered = [Override(pet.uid, name, value, "reader", "record") for name, value in case.entered.items()]
    return _measured(study, Session(study.key, rois=(roi,), overrides=tuple(entered)))


def measure_region(folder: Path, mask: Path) -> Measured:
    """Open a series made elsewhere and measure the region of a mask file."""
    study = open_case(folder).study
    return _measured(study, import_regions(study, Session(study.key), [mask], (), ()))


def _measured(study: Study, session: Session) -> Measured:
    """The first region on the first PET."""
    found = assess(study, session, Depth.FULL)
    scale = found.scale(study.acquisitions[0].uid)
    flags = tuple(dict.fromkeys(flag.code for flag in scale.flags))
    if scale.refused is not None:
        return Measured(None, scale.refused.code, flags)
    numbers = [found.rois[0][quantity] for quantity in QUANTITIES]
    values = tuple(n.value for n in numbers if isinstance(n, Measurement))
    return Measured(values, "", flags)

"""The SUV cases made as files, opened through the front door, and measured as a reader would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atsmviewer.dicom.write import STORED_MAX, write_series
from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.assessment import Depth, Measurement
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import ImportedMask, Roi, Role
from atsmviewer.model.session import Override, Session
from atsmviewer.phantom import suvobject
from atsmviewer.phantom.copper import copper
from atsmviewer.phantom.published import published
from atsmviewer.phantom.suvcase import SuvCase, header, slice_headers
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import open_case

QUANTITIES = ("min", "median", "max")


@dataclass(frozen=True)
class Measured:
    """SUVbw of a region in g/ml as least, median, largest, or the refusal's code; and the flags' codes."""

    values: tuple[float, float, float] | None
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
    return measure(folder, suvobject.body(), dict(case.entered))


def measure(folder: Path, inside: NDArray[np.bool_], entered: dict[str, str]) -> Measured:
    """SUVbw of the voxels ``inside``, (slice, row, column), of the one PET in ``folder``."""
    try:
        study = open_case(folder).study
    except ReviewError as error:
        return Measured(None, error.code, ())
    pet = study.acquisitions[0]
    mask = ImportedMask(pet.pet.grid, tuple(np.flatnonzero(inside).tolist()))
    roi = Roi("body", "Body", Role.REFERENCE, pet.frame_of_reference_uid, mask)
    overrides = tuple(Override(pet.uid, name, value, "reader", "record") for name, value in entered.items())
    found = assess(study, Session(study.key, rois=(roi,), overrides=overrides), Depth.FULL)
    scale = found.scale(pet.uid)
    flags = tuple(dict.fromkeys(flag.code for flag in scale.flags))
    if scale.refused is not None:
        return Measured(None, scale.refused.code, flags)
    numbers = [found.rois[0][quantity] for quantity in QUANTITIES]
    least, middle, most = (n.value if isinstance(n, Measurement) else float("nan") for n in numbers)
    return Measured((least, middle, most), "", flags)

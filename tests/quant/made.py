"""Owns made-up studies for the tests of numbers: facts by keyword, voxels by formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Measurement, Missing, Number
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.grid import Grid, Vector
from atsmviewer.model.roi import Roi, Role, Shape, sphere
from atsmviewer.model.session import Override, Protocol, Session
from atsmviewer.model.study import Acquisition, Frame, Patient, Series, Study
from atsmviewer.model.volume import Unit, Volume

SPACE, UID = "1.2.3", "1.2.3.4"
INJECTED = datetime(2026, 3, 10, 10, 0)
SCAN = datetime(2026, 3, 10, 11, 0)
T_18F, T_64CU, T_62CU = 6586.2, 45722.2, 580.2


def facts(**changes: Any) -> PetFacts:
    """An 18F scan one hour after 370 MBq in 70 kg, in Bq/ml, decay-corrected to its start."""
    given: dict[str, Any] = {
        "units": "BQML",
        "decay_correction": "START",
        "corrected_image": ("NORM", "ATTN", "SCAT", "RAN", "DECY"),
        "weight_kg": 70.0,
        "injected_activity_bq": 370e6,
        "half_life_s": T_18F,
        "nuclide": "18F",
        "radiopharmaceutical": "FDG",
        "injection_datetime": INJECTED,
        "series_datetime": SCAN,
        "slices": (SliceTime(SCAN, 600.0, None),) * 4,
    }
    if changes.get("decay_correction") == "NONE":
        given["corrected_image"] = ("NORM", "ATTN", "SCAT", "RAN")
    return PetFacts(**(given | changes))


def copper(**changes: Any) -> PetFacts:
    """The same with 64Cu-ATSM."""
    given = {"half_life_s": T_64CU, "nuclide": "64Cu", "radiopharmaceutical": "Cu-ATSM"}
    return facts(**(given | changes))


def shifted(given: PetFacts, by: timedelta) -> PetFacts:
    """All times of a header moved by the same span."""
    names = ("injection_datetime", "series_datetime", "decay_reference_datetime", "ge_scan_datetime")
    moved = {n: getattr(given, n) + by for n in names if getattr(given, n) is not None}
    slices = tuple(replace(s, acquired=s.acquired + by if s.acquired else None) for s in given.slices)
    return replace(given, slices=slices, **moved)


def entered(name: str, value: str) -> Override:
    return Override(UID, name, value, "A. Reader", "dose record")


def grid(
    shape: tuple[int, int, int] = (30, 30, 30),
    spacing: tuple[float, float, float] = (3.0, 4.0, 4.0),
    middle: Vector = (0.0, 0.0, 0.0),
) -> Grid:
    """An axial grid with spacing (slice, row, column) whose middle lies at a point."""
    s, r, c = spacing
    x, y, z = (m - step * (n - 1) / 2 for m, step, n in zip(middle, (c, r, s), reversed(shape), strict=True))
    return Grid(shape, (0, 0, c, x, 0, r, 0, y, s, 0, 0, z), SPACE)


def turned(base: Grid, matrix: NDArray[np.float64], shift: Sequence[float] = (0.0, 0.0, 0.0)) -> Grid:
    """The same lattice moved rigidly: every centre at ``matrix`` x + ``shift``."""
    rigid = np.eye(4)
    rigid[:3, :3], rigid[:3, 3] = matrix, shift
    return Grid(base.shape, tuple((rigid @ base.matrix)[:3].ravel()), base.frame_of_reference_uid)


def centres(on: Grid) -> NDArray[np.float64]:
    """LPS mm of all voxel centres, (slice, row, column, 3)."""
    return on.to_mm(np.moveaxis(np.indices(on.shape), 0, -1).astype(np.float64))


def volume(on: Grid, values: Callable[[NDArray[np.float64]], NDArray[np.float64]] | NDArray[Any]) -> Volume:
    """Voxels as given, or by a formula of their centres in mm."""
    voxels = values(centres(on)) if callable(values) else values
    return Volume(on, np.ascontiguousarray(np.broadcast_to(voxels, on.shape), np.float32), Unit.SUV, UID)


def study(pet: Volume, given: PetFacts | None = None) -> Study:
    """One acquisition of one frame; by default the pixels are SUVbw already."""
    slices = (SliceTime(SCAN, 600.0, None),) * pet.grid.shape[0]
    chosen = given or copper(units="GML", slices=slices)
    series = Series(UID, "1.2", "PT", "PET AC", 1, pet.grid, SCAN, True)
    return Study(
        "case", Patient("P", "N", "F"), (Acquisition(series, chosen, (Frame(0, SCAN, 600.0, pet),)),)
    )


def with_ct(given: Study, ct: Volume) -> Study:
    """The study with a CT beside its first PET."""
    series = Series(ct.series_uid, "1.2", "CT", "CT", 2, ct.grid, SCAN)
    first, *others = given.acquisitions
    return replace(given, acquisitions=(replace(first, anatomy=series, anatomy_volume=ct), *others))


def hounsfield_volume(on: Grid, values: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Volume:
    """A CT by a formula of its centres in mm, as whole numbers."""
    voxels = np.broadcast_to(np.rint(values(centres(on))), on.shape).astype(np.int16)
    return Volume(on, voxels, Unit.HU, "1.2.3.5")


def roi(role: Role, shape: Shape, name: str = "", frame: str = SPACE) -> Roi:
    return Roi(f"{role}-{name}", name or str(role), role, frame, shape)


def ball(role: Role, centre: Vector, radius: float, name: str = "") -> Roi:
    return roi(role, sphere(centre, radius), name)


def session(*rois: Roi, overrides: tuple[Override, ...] = (), **protocol: Any) -> Session:
    return Session("case", Protocol(**protocol), rois, (), overrides)


def value(number: Number) -> float:
    assert isinstance(number, Measurement), number
    return number.value


def code(number: Number) -> str:
    assert isinstance(number, Missing), number
    return number.code


def of(assessment: Assessment, one: Roi, quantity: str) -> float:
    """A statistic of a roi."""
    numbers = assessment.of_roi(one.uid)
    assert numbers is not None
    return value(numbers[quantity])

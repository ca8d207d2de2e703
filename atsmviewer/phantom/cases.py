"""The cases there are: thigh-64cu with a late second scan, cervix-60cu with one early scan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid, Vector
from atsmviewer.phantom.body import man, mass
from atsmviewer.phantom.case import Ball, Beds, Case, Person, Scan, Tumour
from atsmviewer.phantom.identity import uid_of
from atsmviewer.phantom.nuclide import CU60, CU64
from atsmviewer.phantom.shapes import turn

PET_MM = (4.0, 4.07283, 4.07283)
CT_MM = (4.0, 1.5625, 1.5625)


def names() -> tuple[str, ...]:
    """The names of the cases, the default first."""
    return ("thigh-64cu", "cervix-60cu")


def case(name: str) -> Case:
    """A case by its name; ReviewError("CASE_UNKNOWN") where there is none."""
    makers = {"thigh-64cu": _thigh, "cervix-60cu": _cervix}
    if name not in makers:
        raise ReviewError(
            "CASE_UNKNOWN", f"There is no demonstration case {name!r}.", f"Cases: {', '.join(names())}."
        )
    return makers[name]()


def lattice(
    shape: tuple[int, int, int], spacing_mm: Vector, centre_mm: Vector, frame_of_reference_uid: str
) -> Grid:
    """An axial grid about a centre: slices towards the head, rows towards the back, columns to the left."""
    s, r, c = spacing_mm
    half = [(n - 1) / 2 * d for n, d in zip(shape, spacing_mm, strict=True)]
    x, y, z = centre_mm[0] - half[2], centre_mm[1] - half[1], centre_mm[2] - half[0]
    return Grid(shape, (0.0, 0.0, c, x, 0.0, r, 0.0, y, s, 0.0, 0.0, z), frame_of_reference_uid)


def moved(axis: Vector, degrees: float, about_mm: Vector, shift_mm: Vector) -> tuple[float, ...]:
    """A rigid movement: a turn about an axis through a point, then a shift; 4 x 4, row by row."""
    rotation = np.reshape(turn(axis, degrees), (3, 3))
    offset = np.asarray(about_mm) + shift_mm - rotation @ about_mm
    matrix = np.vstack([np.column_stack([rotation, offset]), [0.0, 0.0, 0.0, 1.0]])
    return tuple(float(v) for v in matrix.ravel())


STILL = moved((0.0, 0.0, 1.0), 0.0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))

EARLY = {
    "muscle": 0.80, "fat": 0.22, "liver": 9.2, "kidney": 5.0, "lung": 0.45, "blood": 1.7, "bladder": 4.2,
    "marrow": 1.1, "bone": 0.5, "bowel": 1.6, "spleen": 2.2, "stomach": 1.2, "heart": 2.0, "skin": 0.4,
    "organ": 1.0, "gas": 0.1,
}  # fmt: skip
LATE = {**EARLY, "muscle": 0.55, "fat": 0.16, "liver": 10.4, "kidney": 3.4, "blood": 1.1, "bladder": 1.5,
    "bowel": 3.2, "marrow": 1.0}  # fmt: skip


def _thigh() -> Case:
    tumour = Tumour("left thigh", (74.0, 44.0, -180.0), 20.0, (79.0, 40.0, -177.0), 12.0)
    early, late = uid_of("thigh-64cu", "1 h", "space"), uid_of("thigh-64cu", "24 h", "space")
    first = Scan(
        "1 h", datetime(2026, 9, 7, 11, 36, 20), EARLY, 1.9, 3.8, 0.07,
        lattice((200, 128, 128), PET_MM, (0.0, 0.0, 72.0), early),
        lattice((200, 320, 320), CT_MM, (0.0, 0.0, 72.0), early),
        Beds(40, 180.0, 6.0), STILL, 64_001,
    )  # fmt: skip
    second = Scan(
        "24 h", datetime(2026, 9, 8, 10, 52, 40), LATE, 2.2, 4.8, 0.10,
        lattice((120, 128, 128), PET_MM, (0.0, 0.0, -80.0), late),
        lattice((120, 320, 320), CT_MM, (0.0, 0.0, -80.0), late),
        Beds(40, 600.0, 6.0), moved((0.25, 0.15, 1.0), 4.0, tumour.centre_mm, (6.0, -4.0, 9.0)), 64_024,
    )  # fmt: skip
    return Case(
        name="thigh-64cu",
        person=Person("DEMO-001", "Demonstration^Thigh", "M", date(1972, 3, 14), 71.0, 1.75),
        nuclide=CU64,
        injected_bq=388.8e6,
        injected_at=datetime(2026, 9, 7, 10, 35, 0),
        fwhm_mm=6.0,
        parts=(*man(), *mass(tumour)),
        tumour=tumour,
        muscles=(
            Ball("Muscle left", (84.0, -50.0, -180.0), 13.0),
            Ball("Muscle right", (-84.0, -50.0, -180.0), 13.0),
        ),
        organs=(
            Ball("liver", (-70.0, -10.0, 330.0), 25.0),
            Ball("bladder", (0.0, -35.0, 30.0), 18.0),
            Ball("blood", (30.0, -30.0, 415.0), 18.0),
        ),
        scans=(first, second),
    )


def _cervix() -> Case:
    thigh = _thigh()
    return replace(thigh, name="cervix-60cu", nuclide=CU60, scans=thigh.scans[:1])

"""The cases there are: thigh-64cu with a late second scan, cervix-60cu with one early scan."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid, Vector
from atsmviewer.phantom.body import man, mass, woman
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

_UPTAKE = {
    "muscle": 0.80,
    "fat": 0.22,
    "liver": 9.2,
    "kidney": 5.0,
    "lung": 0.45,
    "blood": 1.7,
    "heart": 2.0,
    "bladder": 4.2,
    "marrow": 1.1,
    "bone": 0.5,
    "bowel": 1.6,
    "spleen": 2.2,
    "stomach": 1.2,
    "organ": 1.0,
    "gas": 0.1,
}
"""SUVbw of each tissue an hour after injection; plausible for Cu-ATSM, of no study."""


def _thigh() -> Case:
    tumour = Tumour("left thigh", (74.0, 44.0, -180.0), 20.0, (79.0, 40.0, -177.0), 12.0)
    early, late = uid_of("thigh-64cu", "1 h", "space"), uid_of("thigh-64cu", "24 h", "space")
    first = Scan(
        name="1 h",
        start=datetime(2026, 9, 7, 11, 36, 20),
        suv=_UPTAKE,
        tm_rim=1.9,
        tm_core=3.8,
        noise_cov=0.07,
        pet=lattice((200, 128, 128), PET_MM, (0.0, 0.0, 72.0), early),
        ct=lattice((200, 320, 320), CT_MM, (0.0, 0.0, 72.0), early),
        beds=Beds(40, 180.0, 6.0),
        movement=STILL,
        seed=64_001,
    )
    changes = {"muscle": 0.55, "fat": 0.16, "liver": 10.4, "kidney": 3.4, "blood": 1.1, "heart": 1.2}
    second = Scan(
        name="24 h",
        start=datetime(2026, 9, 8, 10, 52, 40),
        suv={**_UPTAKE, **changes, "bladder": 1.5, "bowel": 3.2, "marrow": 1.0},
        tm_rim=2.2,
        tm_core=4.8,
        noise_cov=0.10,
        pet=lattice((120, 128, 128), PET_MM, (0.0, 0.0, -80.0), late),
        ct=lattice((120, 320, 320), CT_MM, (0.0, 0.0, -80.0), late),
        beds=Beds(40, 600.0, 6.0),
        movement=moved((0.25, 0.15, 1.0), 4.0, tumour.centre_mm, (6.0, -4.0, 9.0)),
        seed=64_024,
    )
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
            Ball("Muscle right", (-84.0, -51.0, -184.0), 13.0),
        ),
        organs=(
            Ball("liver", (-84.0, -6.0, 326.0), 18.0),
            Ball("spleen", (97.0, 30.0, 318.0), 8.0),
            Ball("bladder", (0.0, -24.0, 30.0), 14.0),
            Ball("blood", (42.0, -36.0, 404.0), 8.0),
        ),
        scans=(first, second),
    )


def _cervix() -> Case:
    tumour = Tumour("cervix", (0.0, 6.0, 22.0), 20.0, (-4.0, 10.0, 26.0), 12.0)
    space = uid_of("cervix-60cu", "40 min", "space")
    scan = Scan(
        name="40 min",
        start=datetime(2026, 9, 7, 14, 20, 0),
        suv={**_UPTAKE, "muscle": 0.9, "blood": 2.6, "heart": 2.8, "liver": 7.4, "bladder": 2.4},
        tm_rim=1.8,
        tm_core=3.6,
        noise_cov=0.09,
        pet=lattice((160, 128, 128), PET_MM, (0.0, 0.0, 60.0), space),
        ct=lattice((160, 320, 320), CT_MM, (0.0, 0.0, 60.0), space),
        beds=Beds(40, 240.0, 6.0),
        movement=STILL,
        seed=60_001,
    )
    return Case(
        name="cervix-60cu",
        person=Person("DEMO-002", "Demonstration^Cervix", "F", date(1975, 11, 2), 64.0, 1.66),
        nuclide=CU60,
        injected_bq=481.0e6,
        injected_at=datetime(2026, 9, 7, 13, 40, 0),
        fwhm_mm=7.0,
        parts=(*woman(tumour), *mass(tumour)),
        tumour=tumour,
        muscles=(
            Ball("Muscle left", (96.0, 62.0, -8.0), 13.0),
            Ball("Muscle right", (-96.0, 62.0, -8.0), 13.0),
        ),
        organs=(Ball("bladder", (0.0, -52.0, 62.0), 8.0),),
        scans=(scan,),
    )

"""What the reader drew: geometry in patient mm with a role; never voxels, colours or handles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from atsmviewer.model.grid import Grid, Vector


class Role(StrEnum):
    """What a roi stands for."""

    TUMOUR = "tumour"
    MUSCLE = "muscle"
    BLOOD_POOL = "blood pool"
    BRAIN = "contralateral brain"
    REFERENCE = "other reference"
    PHYSIOLOGIC = "physiologic"
    NECROSIS = "necrosis"
    NONE = "no role"
    """Measured, and no more: neither divided by nor taken out of a tumour."""


IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid (a sphere where the three radii are equal), LPS mm.

    ``axes`` is a 3 x 3 rotation, row by row, whose rows are the directions of the three radii.
    """

    centre_mm: Vector
    radii_mm: Vector
    axes: tuple[float, ...] = IDENTITY


@dataclass(frozen=True)
class Contour:
    """One closed planar polygon, vertices in LPS mm, first vertex not repeated."""

    points_mm: tuple[Vector, ...]


@dataclass(frozen=True)
class Prism:
    """Planar contours extruded half the contour spacing to each side; contours of one plane combine by XOR.

    Source: RTSTRUCT closed planar contours (DICOM PS3.3 C.8.8.6); ``thickness_mm`` is the spacing
    of the contour planes, ``normal`` their common unit normal in LPS.
    """

    contours: tuple[Contour, ...]
    normal: Vector
    thickness_mm: float


@dataclass(frozen=True)
class ImportedMask:
    """A mask of another program, on its own grid: indices of its voxels, weights 1.

    ``voxels`` are flat C-order indices into ``grid.shape``, ascending.
    """

    grid: Grid
    voxels: tuple[int, ...]


@dataclass(frozen=True)
class Isocontour:
    """A rule, not voxels: the part of ``inside`` whose PET value reaches a level; follows the PET it names.

    ``rule`` is "absolute" (``level`` in ``unit``, the unit the scan's values are shown in), "percent_max"
    or "percent_peak" (``level`` in % of the maximum or of the 1 ml peak inside), or "background"
    (``level`` in % of the way from the background to the peak). Where ``seed_mm`` (LPS) is given only
    the part that hangs together with the seed counts: region-grow.
    """

    inside: Shape
    rule: str
    level: float
    acquisition_uid: str
    frame: int = 0
    unit: str = ""
    seed_mm: Vector | None = None


@dataclass(frozen=True)
class Combined:
    """A boolean of shapes: "union", "intersection", or "difference" (the first without all others)."""

    operation: str
    parts: tuple[Shape, ...]


Shape = Ellipsoid | Prism | ImportedMask | Isocontour | Combined

RULES = ("absolute", "percent_max", "percent_peak", "background")
OPERATIONS = ("union", "intersection", "difference")


@dataclass(frozen=True)
class Roi:
    """A drawn region with its role, bound to one frame of reference."""

    uid: str
    name: str
    role: Role
    frame_of_reference_uid: str
    shape: Shape
    lesion: int | None = None
    site: str = ""
    laterality: str = ""


def sphere(centre_mm: Vector, radius_mm: float) -> Ellipsoid:
    """A sphere as the ellipsoid with three equal radii."""
    return Ellipsoid(centre_mm, (radius_mm, radius_mm, radius_mm))

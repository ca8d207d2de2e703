"""The nouns of a made-up case: patient, injection, tumour, muscle places, the scans after one injection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from atsmviewer.model.grid import Floats, Grid, Vector, vector
from atsmviewer.phantom.nuclide import Nuclide
from atsmviewer.phantom.paint import Part


@dataclass(frozen=True)
class Person:
    """The made-up patient."""

    id: str
    name: str
    sex: str
    birth: date
    weight_kg: float
    height_m: float


@dataclass(frozen=True)
class Tumour:
    """A sphere with a smaller, off-centre sphere of higher uptake wholly inside, body mm."""

    site: str
    centre_mm: Vector
    radius_mm: float
    core_centre_mm: Vector
    core_radius_mm: float


@dataclass(frozen=True)
class Ball:
    """A named place for a spherical region, body mm."""

    name: str
    centre_mm: Vector
    radius_mm: float


@dataclass(frozen=True)
class Beds:
    """How a PET was acquired: table positions one after another from the feet up."""

    slices: int
    """PET slices of one position."""
    duration_s: float
    pause_s: float


@dataclass(frozen=True)
class Scan:
    """One time point: when, where the patient lay, what was taken up, how noisy.

    ``movement`` is (4, 4) row by row, body mm to this frame of reference. ``suv`` gives every
    tissue's SUVbw; the tumour's rim and core are given as ratios to muscle.
    """

    name: str
    start: datetime
    """First bed's start, which the pixels are decay-corrected to (DecayCorrection START)."""
    suv: Mapping[str, float]
    tm_rim: float
    tm_core: float
    noise_cov: float
    """Standard deviation / mean of the PET voxels in muscle."""
    pet: Grid
    ct: Grid
    beds: Beds
    movement: tuple[float, ...]
    seed: int

    @property
    def matrix(self) -> Floats:
        """The movement as a (4, 4) array, body mm to this frame of reference's mm."""
        return np.asarray(self.movement, np.float64).reshape(4, 4)

    def here(self, body_mm: Vector) -> Vector:
        """Where a point of the body lies in this frame of reference."""
        return vector((self.matrix @ [*body_mm, 1.0])[:3])


@dataclass(frozen=True)
class Case:
    """One injection and the scans after it; ``parts`` are painted in order to make the patient."""

    name: str
    person: Person
    nuclide: Nuclide
    injected_bq: float
    injected_at: datetime
    fwhm_mm: float
    """Point spread of the PET, which is also the kernel of its noise."""
    parts: tuple[Part, ...]
    tumour: Tumour
    muscles: tuple[Ball, ...]
    organs: tuple[Ball, ...]
    """A sphere deep inside each organ; its name is the tissue's."""
    scans: tuple[Scan, ...]
    changes: Mapping[str, object] = field(default_factory=dict)
    """PET header values by keyword that replace the true ones; None leaves the element out."""

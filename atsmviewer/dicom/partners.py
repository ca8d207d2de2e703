"""Owns which CT or MR belongs to a PET: candidates, best first, each with its reasons in words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from atsmviewer.model.facts import elapsed_s
from atsmviewer.model.grid import Floats, Grid
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Series

_OVERLAP_STEP = 0.05
"""Coverages of the PET that differ by less than this part count as equal, and time decides."""
_SITTING_S = 300.0
"""CTs begun this close to each other are of one sitting: what they were made for decides, not seconds."""
_SHARP = {"bone", "bones", "lung", "lungs", "sharp", "edge", "hrct", "topogram", "scout", "surview"}
_FOR_CORRECTION = {"ac", "ctac", "acct", "attenuation", "ctatten"}
_KERNEL = re.compile(r"[bhi]r?(\d\d)[a-z]?")
"""A vendor's kernel such as B30f, Br64 or I70h: from 50 on it sharpens edges."""


@dataclass(frozen=True)
class Partner:
    """A CT or MR that lies where the PET lies; ``covered`` is the part of the PET's box it covers, 0 to 1."""

    series: Series
    covered: float
    apart_s: float | None
    same_study: bool
    registered: bool = False

    @property
    def words(self) -> str:
        """Why it may be shown with the PET: "same frame of reference, covers all of the PET, 2 min apart"."""
        said = ["a registration leads there" if self.registered else "same frame of reference"]
        said.append(self.covers)
        if self.apart_s is not None:
            said.append(apart_words(self.apart_s))
        said += [] if self.same_study else ["another study"]
        said += [_PURPOSE[purpose(self.series)]] if purpose(self.series) != 1 else []
        said += [f"its values are no HU ({self.series.values})"] if self.series.values else []
        return ", ".join(said)

    @property
    def covers(self) -> str:
        """How much of the PET's box it covers, in words: "covers 22 % of the PET"."""
        return _coverage_words(self.covered)


def partners(pet: Series, others: Sequence[Series], registrations: Sequence[Alignment] = ()) -> list[Partner]:
    """The series that cover a part of the PET in its own frame of reference, best first (R42).

    Those of the same frame come before those that a registration leads from, CT in HU before other CT
    before MR; then most coverage, the same study, the sitting nearest in time, what it was made for, and
    the nearer in time.
    """
    placed = ((one, _way(one, pet, registrations)) for one in others)
    ways = [(one, way) for one, way in placed if way is not None]
    found = [_partner(pet, one, way) for one, way in ways]
    return sorted((p for p in found if p.covered > 0), key=_rank)


def purpose(series: Series) -> int:
    """0 for a CT made for attenuation correction, 2 for one of a sharp kernel, 1 for others, by its name."""
    words = re.split(r"[^a-z0-9]+", series.description.casefold())
    kernels = [match for word in words if (match := _KERNEL.fullmatch(word))]
    if any(word in _SHARP for word in words) or any(int(k[1]) >= 50 for k in kernels):
        return 2
    return 0 if any(word in _FOR_CORRECTION for word in words) else 1


_PURPOSE = {0: "made for attenuation correction", 2: "sharp kernel or scout"}


def apart_words(seconds: float) -> str:
    """A distance in time as people say it: "2 min apart"."""
    minutes = abs(seconds) / 60
    if minutes < 1:
        return "less than 1 min apart"
    if minutes < 120:
        return f"{minutes:.0f} min apart"
    return f"{minutes / 60:.0f} h apart" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days apart"


def _coverage_words(part: float) -> str:
    if part > 1 - _OVERLAP_STEP:
        return "covers all of the PET"
    return f"covers {100 * part:.0f} % of the PET" if part >= 0.005 else "covers less than 1 % of the PET"


def _rank(partner: Partner) -> tuple[object, ...]:
    apart_s = partner.apart_s if partner.apart_s is not None else float("inf")
    sitting = apart_s // _SITTING_S if partner.apart_s is not None else apart_s
    covering = -round(partner.covered / _OVERLAP_STEP)
    not_hu = partner.series.modality != "CT", partner.series.values != ""
    not_here = not partner.same_study
    made_for = purpose(partner.series)
    return partner.registered, not_hu, covering, not_here, sitting, made_for, apart_s, partner.series.uid


def _way(one: Series, pet: Series, registrations: Sequence[Alignment]) -> Floats | None:
    """The 4 x 4 movement that brings a series into the PET's space; None where nothing leads there."""
    source, target = one.grid.frame_of_reference_uid, pet.grid.frame_of_reference_uid
    if source == target:
        return np.eye(4)
    for alignment in reversed(registrations):  # the last one said of a pair counts
        if (alignment.from_uid, alignment.to_uid) == (source, target):
            return np.array(alignment.matrix, float).reshape(4, 4)
    return None


def _partner(pet: Series, one: Series, way: Floats) -> Partner:
    apart = None if None in (pet.when, one.when) else abs(_between_s(pet.when, one.when))
    other = one.grid.frame_of_reference_uid != pet.grid.frame_of_reference_uid
    same_study = one.study_uid == pet.study_uid
    return Partner(one, coverage(pet.grid, one.grid, way), apart, same_study, other)


def _between_s(a: datetime | None, b: datetime | None) -> float:
    """Seconds between two starts; on the scanner's own clock where only one states its zone."""
    return 0.0 if a is None or b is None else elapsed_s(a, b)


def coverage(pet: Grid, other: Grid, way: Floats | None = None) -> float:
    """The part of the PET's bounding box, along patient axes, that the other's box covers; 0 to 1."""
    (low, high), (other_low, other_high) = _box(pet), _box(other, way)
    shared = np.clip(np.minimum(high, other_high) - np.maximum(low, other_low), 0, None)
    return float(np.prod(shared) / np.prod(high - low))


def _box(grid: Grid, way: Floats | None = None) -> tuple[Floats, Floats]:
    """Lowest and highest LPS coordinates of the extent, half a voxel beyond the centres (R39)."""
    corners = np.array(list(itertools.product(*((-0.5, n - 0.5) for n in grid.shape))))
    points = grid.to_mm(corners)
    if way is not None:
        points = points @ way[:3, :3].T + way[:3, 3]
    return points.min(axis=0), points.max(axis=0)

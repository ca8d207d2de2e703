"""What follows: every measurement of a session, or why it is missing; replaced whole, never edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Role
from atsmviewer.model.suv import Scale


class Depth(StrEnum):
    """LIVE fits inside a frame; FULL holds the rest. Same rules and algorithm ids at both."""

    LIVE = "live"
    FULL = "full"


@dataclass(frozen=True)
class Measurement:
    """One number with its unit, the algorithm that made it, and what it was made from."""

    quantity: str
    value: float
    unit: str
    algorithm: str
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Missing:
    """A number that cannot be given says why."""

    quantity: str
    code: str
    what: str


Number = Measurement | Missing


@dataclass(frozen=True)
class RoiNumbers:
    """The statistics of one roi on one PET frame, in the scale's unit, by quantity name.

    Quantities: voxels, volume_ml, min, mean, max, median, sd, peak_1ml, peak_local, peak_global.
    """

    roi_uid: str
    name: str
    role: Role
    acquisition_uid: str
    frame: int
    mask_rule: str
    unit: str
    numbers: tuple[Number, ...]

    def __getitem__(self, quantity: str) -> Number:
        """The number of that quantity; Missing("not_computed") where the depth does not give it."""
        for number in self.numbers:
            if number.quantity == quantity:
                return number
        return Missing(quantity, "not_computed", "not computed at this depth")


@dataclass(frozen=True)
class Ratio:
    """A tumour-to-reference ratio that names its kind and keeps numerator and denominator.

    ``kind`` is "mean" or "max" (of the tumour; the denominator is always a mean). ``low`` and
    ``high`` bound it where an interval is given (R30), else None.
    """

    roi_uid: str
    tumour: str
    reference: str
    kind: str
    acquisition_uid: str
    frame: int
    number: Number
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class HypoxicVolume:
    """Tumour volume above the T/M threshold, its fraction, and the whole volume-against-threshold curve."""

    roi_uid: str
    tumour: str
    reference: str
    acquisition_uid: str
    frame: int
    tm_threshold: float
    comparator: str
    level: Number
    """threshold x muscle mean, in the scale's unit"""
    volume: Number
    fraction: Number
    curve: tuple[tuple[float, float], ...] = ()
    flags: tuple[Flag, ...] = ()
    largest: Number = Missing("hypoxic_largest", "computing", "Being computed.")
    """the largest connected part, 26 neighbours"""


@dataclass(frozen=True)
class Assessment:
    """Every number of a session at one depth; all screens, papers and files draw from it."""

    depth: Depth
    scales: tuple[tuple[str, Scale], ...] = ()
    rois: tuple[RoiNumbers, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    hypoxic: tuple[HypoxicVolume, ...] = ()
    hypoxic_total: Number = Missing("hypoxic_total", "no_tumour", "Draw a tumour region.")
    missing: tuple[Missing, ...] = ()
    flags: tuple[Flag, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()

    def scale(self, acquisition_uid: str) -> Scale:
        """How that acquisition's pixels become shown values; KeyError where it has none."""
        return dict(self.scales)[acquisition_uid]

    def at(self, acquisition_uid: str, frame: int = 0) -> Assessment:
        """What follows for one scan and frame alone: two PETs that share a space measure the same rois."""

        def here(one: RoiNumbers | Ratio | HypoxicVolume) -> bool:
            return (one.acquisition_uid, one.frame) == (acquisition_uid, frame)

        return replace(
            self,
            rois=tuple(filter(here, self.rois)),
            ratios=tuple(filter(here, self.ratios)),
            hypoxic=tuple(filter(here, self.hypoxic)),
            flags=tuple(f for f in self.flags if f.acquisition_uid in ("", acquisition_uid)),
        )

    def of_roi(self, roi_uid: str) -> RoiNumbers | None:
        """The statistics of one roi, or None; ask ``at`` first where a case has several scans."""
        return next((r for r in self.rois if r.roi_uid == roi_uid), None)

    def hypoxic_of(self, roi_uid: str) -> HypoxicVolume | None:
        """The hypoxic volume of one tumour, or None; ask ``at`` first where a case has several scans."""
        return next((h for h in self.hypoxic if h.roi_uid == roi_uid), None)

    def ratio_of(self, roi_uid: str, kind: str) -> Ratio | None:
        """The T/M of one tumour and kind, or None; ask ``at`` first where a case has several scans."""
        return next((r for r in self.ratios if r.roi_uid == roi_uid and r.kind == kind), None)

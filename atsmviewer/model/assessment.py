"""What follows: every measurement of a session, or why it is missing; replaced whole, never edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from atsmviewer.model.errors import Flag
from atsmviewer.model.evidence import Evidence
from atsmviewer.model.placement import Placement
from atsmviewer.model.roi import ImportedMask, Role
from atsmviewer.model.suv import Scale


class Depth(StrEnum):
    """LIVE fits inside a frame; FULL holds the rest. Same rules and algorithm ids at both."""

    LIVE = "live"
    FULL = "full"


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from: shared by every number of one frame, so that each can be traced."""

    series_uid: str
    frame: int
    grid: str
    """The lattice in words: "267 x 168 x 168 voxels of 3.27 x 4.06 x 4.06 mm (slice, row, column)"."""
    mask_rule: str
    scale: str
    """Algorithm id of the scale, its unit and factor."""
    facts: tuple[tuple[str, str, str], ...] = ()
    """(name, value, source) of each input of the scale; the source is a tag, or who entered it and why."""


@dataclass(frozen=True)
class Measurement:
    """One number with its unit, the algorithm that made it, what it was made from, and its doubts."""

    quantity: str
    value: float
    unit: str
    algorithm: str
    inputs: tuple[tuple[str, str], ...] = ()
    provenance: Provenance | None = None
    flags: tuple[Flag, ...] = ()


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

    Quantities at both depths: voxels, volume_ml, min, mean, max, median, sd, cov, p10, p25, p75, p90.
    FULL adds peak_1ml, peak_local, peak_global, tlg, mesh_ml, ivh_* and, where a CT covers the region,
    hu_mean, hu_sd, hu_min, hu_max, hu_median on the CT's own grid.
    """

    roi_uid: str
    name: str
    role: Role
    acquisition_uid: str
    frame: int
    mask_rule: str
    unit: str
    numbers: tuple[Number, ...]
    ivh: tuple[tuple[float, float], ...] = ()
    """Intensity-volume histogram: (value in ``unit``, part of the volume at or above it), ascending (R23)."""
    derived: ImportedMask | None = None
    """The voxels of a region that is a rule on the PET (Isocontour, Combined), for the eye to outline."""

    def __getitem__(self, quantity: str) -> Number:
        """The number of that quantity; Missing("not_computed") where the depth does not give it."""
        for number in self.numbers:
            if number.quantity == quantity:
                return number
        return Missing(quantity, "not_computed", "not computed at this depth")


@dataclass(frozen=True)
class Spread:
    """How a ratio moves when its reference is chosen otherwise: beside the interval, never folded in."""

    name: str
    """"left-right" or "placement"."""
    low: float
    high: float
    what: str


@dataclass(frozen=True)
class Ratio:
    """A tumour-to-reference ratio that names its kind and keeps numerator and denominator.

    ``kind`` is "mean", "max" or "peak" (of the tumour; the denominator is always a mean). ``low`` and
    ``high`` bound it where an interval is given (R30), else None. ``reference_role`` says what it is
    divided by: muscle (T/M), blood pool (T/blood), contralateral brain (T/B) or another reference.
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
    reference_role: Role = Role.MUSCLE
    spreads: tuple[Spread, ...] = ()
    above: Number = Missing("probability", "not_computed", "Given for the mean form only.")
    """P(T/M > threshold) from image noise only; not a probability of hypoxia (R30)."""


@dataclass(frozen=True)
class Side:
    """One muscle region of several: its side or name, mean and volume."""

    name: str
    mean: float
    volume_ml: float


@dataclass(frozen=True)
class MuscleQuality:
    """What speaks for and against a muscle reference, as data (R29); doubts are the flags.

    ``distance_mm`` is the way from the muscle's surface to the nearest hot tissue (above 2 x its mean).
    """

    acquisition_uid: str
    frame: int
    reference: str
    mean: Number
    volume: Number
    cov: Number
    hu: Number
    distance_mm: Number
    sides: tuple[Side, ...] = ()
    flags: tuple[Flag, ...] = ()


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
    burden: Number = Missing("hypoxic_burden", "not_computed", "not computed at this depth")
    """volume x mean value in it"""
    within_pet_contour: bool = False
    """Whether the tumour's outline is itself a threshold of this PET (R27a)."""


@dataclass(frozen=True)
class Assessment:
    """Every number of a session at one depth; all screens, papers and files draw from it."""

    depth: Depth
    scales: tuple[tuple[str, Scale], ...] = ()
    """The scale of the first frame of each acquisition, by its uid."""
    rois: tuple[RoiNumbers, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    hypoxic: tuple[HypoxicVolume, ...] = ()
    hypoxic_total: Number = Missing("hypoxic_total", "no_tumour", "Draw a tumour region.")
    muscles: tuple[MuscleQuality, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[Missing, ...] = ()
    flags: tuple[Flag, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    placements: tuple[Placement, ...] = ()
    """The alignments that pictures, HU and regions rest on."""
    frame_scales: tuple[tuple[str, int, Scale], ...] = ()
    """The scales of further frames, whose slopes and times are their own: uid, number of the frame, scale."""

    def scale(self, acquisition_uid: str, frame: int = 0) -> Scale:
        """How the pixels of one frame become shown values; KeyError where its acquisition has none."""
        for uid, number, scale in self.frame_scales:
            if (uid, number) == (acquisition_uid, frame):
                return scale
        return dict(self.scales)[acquisition_uid]

    def at(self, acquisition_uid: str, frame: int = 0) -> Assessment:
        """What follows for one scan and frame alone: two PETs that share a space measure the same rois."""

        def here(one: RoiNumbers | Ratio | HypoxicVolume | MuscleQuality | Evidence) -> bool:
            return (one.acquisition_uid, one.frame) == (acquisition_uid, frame)

        return replace(
            self,
            rois=tuple(filter(here, self.rois)),
            ratios=tuple(filter(here, self.ratios)),
            hypoxic=tuple(filter(here, self.hypoxic)),
            muscles=tuple(filter(here, self.muscles)),
            evidence=tuple(filter(here, self.evidence)),
            flags=tuple(
                f
                for f in self.flags
                if f.acquisition_uid in ("", acquisition_uid) and f.frame in (None, frame)
            ),
            placements=tuple(p for p in self.placements if p.acquisition_uid == acquisition_uid),
        )

    def of_roi(self, roi_uid: str) -> RoiNumbers | None:
        """The statistics of one roi, or None; ask ``at`` first where a case has several scans."""
        return next((r for r in self.rois if r.roi_uid == roi_uid), None)

    def hypoxic_of(self, roi_uid: str) -> HypoxicVolume | None:
        """The hypoxic volume of one tumour, or None; ask ``at`` first where a case has several scans."""
        return next((h for h in self.hypoxic if h.roi_uid == roi_uid), None)

    def ratio_of(self, roi_uid: str, kind: str, to: Role = Role.MUSCLE) -> Ratio | None:
        """The ratio of one tumour and kind, or None; ask ``at`` first where a case has several scans."""
        asked = (roi_uid, kind, to)
        return next((r for r in self.ratios if (r.roi_uid, r.kind, r.reference_role) == asked), None)

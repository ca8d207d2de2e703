"""Owns the look at one frame: what its numbers are taken from, and what has been found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from weakref import ref

from atsmviewer.model.assessment import (
    Depth,
    HypoxicVolume,
    Missing,
    MuscleQuality,
    Number,
    Provenance,
    Ratio,
    RoiNumbers,
)
from atsmviewer.model.errors import Flag
from atsmviewer.model.evidence import Evidence
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.placement import Placement
from atsmviewer.model.session import Alignment, Protocol
from atsmviewer.model.study import Acquisition, Frame
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume


@dataclass
class Found:
    """What the frames looked at so far have given."""

    scales: list[tuple[str, Scale]] = field(default_factory=list)
    frame_scales: list[tuple[str, int, Scale]] = field(default_factory=list)
    rois: list[RoiNumbers] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    hypoxic: list[HypoxicVolume] = field(default_factory=list)
    totals: list[Number] = field(default_factory=list)
    muscles: list[MuscleQuality] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    provenance: list[tuple[str, str]] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """One loaded frame and what it is looked at with."""

    acquisition: Acquisition
    frame: Frame
    volume: Volume
    scale: Scale
    protocol: Protocol
    depth: Depth
    alignments: tuple[Alignment, ...] = ()
    """All of study and session; ``moved`` says which one brought a region here, by its uid (R42)."""
    moved: Mapping[str, Alignment] = field(default_factory=dict)

    @property
    def facts(self) -> PetFacts:
        """The header's facts of this frame."""
        return self.frame.facts or self.acquisition.facts

    @property
    def keys(self) -> tuple[ref[Volume], ref[Scale]]:
        """What caches of samples are keyed by."""
        return ref(self.volume), ref(self.scale)

    @cached_property
    def provenance(self) -> Provenance:
        """Series, lattice, mask rule and scale that every number of this frame shares."""
        grid, scale = self.volume.grid, self.scale
        shape = " x ".join(map(str, grid.shape))
        spacing = " x ".join(f"{step:.6g}" for step in grid.spacing_mm)
        return Provenance(
            self.acquisition.uid,
            self.frame.number,
            f"{shape} voxels of {spacing} mm (slice, row, column)",
            self.protocol.mask_rule,
            f"{scale.algorithm}, {scale.unit}, factor {scale.factor!r}",
            scale.facts_used,
        )

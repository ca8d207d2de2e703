"""Owns what a tumour is divided by: the volume-weighted mean of the regions of a role, and its noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from atsmviewer.model.assessment import Missing, Side
from atsmviewer.model.roi import Roi, Role
from atsmviewer.quant import statistics
from atsmviewer.quant.interval import standard_error
from atsmviewer.quant.isocontour import Place
from atsmviewer.quant.overlap import once
from atsmviewer.quant.sample import Sample, region

NEAR_ZERO = 3.0
"""A mean below this many standard errors is no denominator."""

RATIO = {Role.MUSCLE: "tm", Role.BRAIN: "tb", Role.BLOOD_POOL: "tblood", Role.REFERENCE: "tref"}
"""What a ratio to each role is called in quantity names and algorithm ids; in the order of ratios."""

_CODE = {
    Role.MUSCLE: "muscle",
    Role.BRAIN: "brain",
    Role.BLOOD_POOL: "blood_pool",
    Role.REFERENCE: "reference",
}

Drawn = Sequence[tuple[Roi, Sample]]


@dataclass(frozen=True)
class Reference:
    """Mean, its standard error (noise only), volume and SD (population) over the regions called ``name``.

    ``sides`` are the regions by laterality, or by name where a region has none; ``sides_stand`` says that
    each of them alone could be a denominator.
    """

    role: Role
    name: str
    mean: float
    standard_error: float
    volume_ml: float
    sd: float
    sides: tuple[Side, ...] = ()
    sides_stand: bool = True

    @property
    def near_zero(self) -> Missing | None:
        """Why this is no denominator, or None (R30: a mean below three standard errors of it)."""
        if self.mean > 0 and self.mean >= NEAR_ZERO * self.standard_error:
            return None
        what = f"No ratio: {self.role} mean is within noise of zero."
        return Missing(f"{RATIO[self.role]}_ratio", f"{_CODE[self.role]}_near_zero", what)


def none_drawn(role: Role) -> Missing:
    """Why there is no ratio to a role without a region."""
    if role is Role.MUSCLE:
        return Missing("tm_ratio", "no_muscle", "Draw a muscle region. T/M appears at once.")
    return Missing(f"{RATIO[role]}_ratio", f"no_{_CODE[role]}", f"Draw a {role} region.")


def reference(role: Role, drawn: Drawn, fwhm_mm: float, place: Place) -> Reference | Missing:
    """The reference of one role on one frame, or why there is none.

    Regions that overlap are one, with each voxel once. Others are independent: u = √Σ(vᵢuᵢ)² / Σvᵢ. How
    far they lie apart is no noise (R30: not folded in).
    """
    if not drawn:
        return none_drawn(role)
    for roi, sample in drawn:
        reason = statistics.absent(sample)
        if reason is not None:
            code = f"{_CODE[role]}_{reason[0]}"
            return Missing(f"{RATIO[role]}_ratio", code, f"{roi.name}: {reason[1]}")
    sides: dict[str, list[tuple[Roi, Sample]]] = {}
    for roi, sample in drawn:
        sides.setdefault(f"side {roi.laterality}" if roi.laterality else roi.uid, []).append((roi, sample))
    whole = _pooled(role, drawn, fwhm_mm, place)
    apart = [whole] if len(sides) == 1 else [_pooled(role, side, fwhm_mm, place) for side in sides.values()]
    named = (
        Side(side[0][0].laterality or one.name, one.mean, one.volume_ml)
        for side, one in zip(sides.values(), apart, strict=True)
    )
    return replace(whole, sides=tuple(named), sides_stand=all(one.near_zero is None for one in apart))


def _pooled(role: Role, drawn: Drawn, fwhm_mm: float, place: Place) -> Reference:
    parts = once(tuple(region(roi.shape) for roi, _ in drawn), place)
    volumes = [part.volume_ml for part in parts]
    means = [statistics.mean(part) for part in parts]
    spreads = [statistics.sd(part) for part in parts]
    total = math.fsum(volumes)
    mean = math.fsum(v * m for v, m in zip(volumes, means, strict=True)) / total
    moments = (v * (s**2 + (m - mean) ** 2) for v, m, s in zip(volumes, means, spreads, strict=True))
    errors = (v * standard_error(s, v, fwhm_mm) for v, s in zip(volumes, spreads, strict=True))
    return Reference(
        role,
        " + ".join(roi.name for roi, _ in drawn),
        mean,
        math.hypot(*errors) / total,
        total,
        math.sqrt(math.fsum(moments) / total),
    )

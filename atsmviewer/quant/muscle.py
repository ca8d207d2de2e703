"""Owns what speaks for and against a muscle reference, as data, and the doubts that follow (R29, R34)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from atsmviewer.model.assessment import Depth, Measurement, Missing, MuscleQuality, Number
from atsmviewer.model.errors import Flag
from atsmviewer.quant.hounsfield import hounsfield_of
from atsmviewer.quant.interval import correlated_ml
from atsmviewer.quant.look import Look
from atsmviewer.quant.overlap import shared_ml
from atsmviewer.quant.reference import Drawn, Reference
from atsmviewer.quant.sample import Region, region

SMALL_ML = {"human": 5.0, "animal": 4.0 * math.pi * 1.5**3 / 3000.0}
"""Total volume below which muscle is doubted: 5 ml (R29); in animals one sphere of 1.5 mm radius (R34)."""

VARIES, SIDES, SUV_RANGE, HU_RANGE = 0.25, 0.20, (0.2, 1.5), (0.0, 100.0)
"""COV, difference of the sides, SUVbw and mean HU from which muscle is doubted (R29)."""

HOT = 2.0
"""Hot tissue is above this many muscle means."""


def quality(
    look: Look, drawn: Drawn, over: Reference, tumours: Sequence[tuple[str, Region]] = ()
) -> MuscleQuality:
    """The muscle of one frame: mean, total volume, COV, mean HU, distance to hot tissue, sides, doubts.

    ``tumours`` are the names and regions of the tumours, less what is taken out of them.
    HU and distance are Missing("computing") at LIVE.
    """
    unit, origin = str(look.scale.unit), look.provenance
    inputs = (("regions", over.name),)
    cov: Number = Missing("muscle_cov", "mean_not_positive", "The mean is not above zero.")
    if over.mean > 0:
        cov = Measurement("muscle_cov", over.sd / over.mean, "", "muscle.cov/1", inputs, origin)
    hu: Number = Missing("muscle_hu", "computing", "Being computed.")
    distance: Number = Missing("muscle_distance", "computing", "Being computed.")
    if look.depth is Depth.FULL:
        hu, distance = _hu(look, drawn), _distance(look, drawn, over)
    doubts = (
        _doubts(look, over)
        + _on_tumour(look, drawn, tumours)
        + _sides(over)
        + _surroundings(look, hu, distance)
    )
    return MuscleQuality(
        look.acquisition.uid,
        look.frame.number,
        over.name,
        Measurement("muscle_mean", over.mean, unit, "muscle.mean/1", inputs, origin),
        Measurement("muscle_volume", over.volume_ml, "ml", "muscle.volume/1", inputs, origin),
        cov,
        hu,
        distance,
        over.sides,
        tuple(doubts),
    )


def _hu(look: Look, drawn: Drawn) -> Number:
    """Mean HU on the CT's own grid, of the regions weighted by their volumes."""
    found = [hounsfield_of(look, roi.shape)[0] for roi, _ in drawn]
    means = [number for number in found if isinstance(number, Measurement)]
    if len(means) < len(found):
        why = next(number for number in found if isinstance(number, Missing))
        return Missing("muscle_hu", why.code, why.what)
    volumes = [sample.volume_ml for _, sample in drawn]
    mean = math.fsum(v * m.value for v, m in zip(volumes, means, strict=True)) / math.fsum(volumes)
    flags = tuple(dict.fromkeys(flag for m in means for flag in m.flags))
    inputs = tuple((roi.name, repr(m.value)) for (roi, _), m in zip(drawn, means, strict=True))
    return Measurement("muscle_hu", mean, "HU", "muscle.hu/1", inputs, means[0].provenance, flags)


def _distance(look: Look, drawn: Drawn, over: Reference) -> Number:
    """The way to the nearest hot tissue; what is smaller than one independent value of noise is none."""
    if over.mean <= 0:
        return Missing("muscle_distance", "mean_not_positive", "The mean is not above zero.")
    from atsmviewer.quant.nearhot import nearest_hot  # SimpleITK takes 0.2 s: not before the window

    least_ml = correlated_ml(look.protocol.resolution_mm)
    regions = tuple(region(roi.shape) for roi, _ in drawn)
    found = nearest_hot(regions, *look.keys, look.protocol.mask_rule, HOT * over.mean, least_ml)
    return replace(found, provenance=look.provenance) if isinstance(found, Measurement) else found


def _doubts(look: Look, over: Reference) -> list[Flag]:
    flags, least = [], SMALL_ML[look.protocol.species]
    if over.volume_ml < least:
        what = f"Muscle regions hold {over.volume_ml:.3g} ml, less than {least:.2g} ml."
        flags.append(Flag("MUSCLE_SMALL", what))
    if over.sd > VARIES * over.mean:
        part = f" by {100 * over.sd / over.mean:.0f} %" if over.mean > 0 else ""
        flags.append(Flag("MUSCLE_VARIES", f"Muscle varies{part}, more than 25 %."))
    is_suvbw = look.scale.is_suv and look.scale.kind == "bw" and look.protocol.species == "human"
    if is_suvbw and not SUV_RANGE[0] <= over.mean <= SUV_RANGE[1]:
        flags.append(Flag("MUSCLE_SUV", f"Muscle SUV {over.mean:.2f} is outside 0.2 to 1.5."))
    return flags


def _on_tumour(look: Look, drawn: Drawn, tumours: Sequence[tuple[str, Region]]) -> list[Flag]:
    """Whether a muscle region lies on a tumour, whose uptake it then averages in."""
    flags, place = [], (*look.keys, look.protocol.mask_rule)
    for roi, _ in drawn:
        for name, tumour in tumours:
            ml = shared_ml(region(roi.shape), tumour, place)
            if ml > 0:
                what = f"{roi.name} and {name} share {ml:.2g} ml, so the muscle mean holds tumour."
                flags.append(Flag("MUSCLE_ON_TUMOUR", what))
    return flags


def _sides(over: Reference) -> list[Flag]:
    """Whether the highest and the lowest of several sides differ by more than a fifth of their mean."""
    means: Sequence[float] = [side.mean for side in over.sides]
    low, high = min(means), max(means)
    if len(means) < 2 or high - low <= SIDES * abs(low + high) / 2:
        return []
    return [Flag("MUSCLE_SIDES_DIFFER", f"Muscle regions differ: means from {low:.3g} to {high:.3g}.")]


def _surroundings(look: Look, hu: Number, distance: Number) -> list[Flag]:
    """What the CT under the muscle and the tissue beside it say."""
    flags, width = [], look.protocol.resolution_mm
    if isinstance(hu, Measurement) and not HU_RANGE[0] <= hu.value <= HU_RANGE[1]:
        what = f"CT under the muscle regions has {hu.value:.0f} HU in the mean; muscle has 0 to 100."
        flags.append(Flag("MUSCLE_HU", what))
    if isinstance(distance, Measurement) and distance.value < width:
        what = f"Tissue above {HOT:g} x muscle lies {distance.value:.1f} mm away, less than {width:g} mm."
        flags.append(Flag("MUSCLE_NEAR_HOT", what))
    return flags

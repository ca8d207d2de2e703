"""Owns what follows from tumours and their references on one frame: ratios, hypoxic volumes, their total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atsmviewer.model.assessment import Depth, HypoxicVolume, Measurement, Missing, Number
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Protocol
from atsmviewer.quant.hypoxia import Place, hypoxic, ratios
from atsmviewer.quant.look import Found, Look
from atsmviewer.quant.muscle import Muscle, muscle
from atsmviewer.quant.sample import Sample, region, sample, union
from atsmviewer.quant.statistics import absent, volume_above

NO_TUMOUR = Missing("tm_ratio", "no_tumour", "Draw a tumour region. T/M appears at once.")

Drawn = Sequence[tuple[Roi, Sample]]


def compared(look: Look, drawn: Drawn, taken: Sequence[Roi], broken: Missing | None, found: Found) -> None:
    """Add every ratio and hypoxic volume of the regions of one frame.

    ``taken`` are the regions that were taken out of every tumour; ``broken`` is why a region of this
    frame could not be measured, which withholds the ratios.
    """
    tumours = [(roi, made) for roi, made in drawn if roi.role is Role.TUMOUR]
    muscles = [(roi, made) for roi, made in drawn if roi.role is Role.MUSCLE]
    denominator = broken or muscle(muscles, look.scale.is_suv)
    if isinstance(denominator, Missing):
        found.missing.append(denominator)
    else:
        found.flags += denominator.flags
    if not tumours:
        found.missing.append(NO_TUMOUR)
        return
    place = Place(
        look.acquisition.uid,
        look.frame.number,
        str(look.scale.unit),
        look.protocol,
        denominator,
        look.scale.ratio_refused,
    )
    _ratios(look, place, tumours, taken, found)


def _ratios(look: Look, place: Place, tumours: Drawn, taken: Sequence[Roi], found: Found) -> None:
    """T/M and hypoxic volume of each tumour, and of all together."""
    if isinstance(place.muscle, Missing) and place.muscle.code == "no_muscle" and place.refused is None:
        return
    keys = (*look.keys, look.protocol.mask_rule)
    for roi, made in tumours:
        whole = (", ".join(o.name for o in taken), sample(region(roi.shape), *keys)) if taken else None
        found.ratios += ratios(roi, made, place)
        made_hypoxic = hypoxic(roi, made, place, whole)
        found.hypoxic.append(_with_largest(look, roi, taken, made_hypoxic))
    if not isinstance(place.muscle, Muscle) or place.refused is not None:
        return
    together = tumours[0][1]
    if len(tumours) > 1:
        less = [other.shape for other in taken]
        together = union(tuple(region(roi.shape, less) for roi, _ in tumours), *keys)
    found.totals.append(_total_volume(together, place.muscle, look.protocol))


def _with_largest(look: Look, roi: Roi, taken: Sequence[Roi], made: HypoxicVolume) -> HypoxicVolume:
    """The largest connected part, at full depth; labelling is no work for inside a frame."""
    if isinstance(made.level, Missing):
        return replace(made, largest=replace(made.level, quantity="hypoxic_largest"))
    if look.depth is Depth.LIVE:
        return made
    from atsmviewer.quant.component import largest_part  # SimpleITK takes 0.2 s: not before the window

    where = region(roi.shape, [other.shape for other in taken])
    inclusive = look.protocol.comparator == ">="
    keys = (*look.keys, look.protocol.mask_rule)
    return replace(made, largest=largest_part(where, *keys, made.level.value, inclusive))


def _total_volume(together: Sample, denominator: Muscle, protocol: Protocol) -> Number:
    reason = absent(together)
    if reason is not None:
        return Missing("hypoxic_total", *reason)
    level = protocol.tm_threshold * denominator.mean
    volume = volume_above(together, level, protocol.comparator == ">=")
    return Measurement("hypoxic_total", volume, "ml", "hv.union/1")

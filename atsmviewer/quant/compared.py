"""Owns what follows from tumours and their references on one frame: ratios, hypoxic volumes, their total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from atsmviewer.model.assessment import Depth, HypoxicVolume, Measurement, Missing, Number
from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Roi, Role
from atsmviewer.quant.evidence import of_tumour
from atsmviewer.quant.hypoxia import hypoxic
from atsmviewer.quant.look import Found, Look
from atsmviewer.quant.muscle import quality
from atsmviewer.quant.ratio import Place, ratios
from atsmviewer.quant.reference import RATIO, Drawn, Reference, reference
from atsmviewer.quant.sample import Sample, ordered, region, sample, union
from atsmviewer.quant.spread import moved_means
from atsmviewer.quant.statistics import absent, volume_above

NO_TUMOUR = Missing("tm_ratio", "no_tumour", "Draw a tumour region. T/M appears at once.")


def compared(
    look: Look, drawn: Drawn, taken: Sequence[Roi], broken: Mapping[Role, Missing], found: Found
) -> None:
    """Add the muscle's quality and every ratio and hypoxic volume of the regions of one frame.

    ``taken`` are the regions that were taken out of every tumour; ``broken`` says why a region
    of a role could not be measured: a reference withholds its own ratios and what follows from them, a
    tumour its own numbers, and the total, which would leave it out.
    """
    tumours = [(roi, made) for roi, made in drawn if roi.role is Role.TUMOUR]
    there = {Role.MUSCLE, *(roi.role for roi, _ in drawn), *broken}
    roles = [role for role in RATIO if role in there]
    places = [_place(look, drawn, role, broken.get(role), bool(tumours)) for role in roles]
    muscle = places[0].reference
    if isinstance(muscle, Reference):
        less = [other.shape for other in taken]
        hot = [(roi.name, region(roi.shape, less)) for roi, _ in tumours]
        known = quality(look, [(r, made) for r, made in drawn if r.role is Role.MUSCLE], muscle, hot)
        found.muscles.append(known)
        found.flags += known.flags
    nothing = muscle if isinstance(muscle, Missing) else muscle.near_zero
    if nothing is not None:
        found.missing.append(nothing)
    if not tumours:
        found.missing += [] if Role.TUMOUR in broken else [NO_TUMOUR]
        return
    for place in places:
        _ratios(look, place, tumours, found)
    _volumes(look, places[0], tumours, taken, found)
    if Role.TUMOUR not in broken:
        _together(look, places[0], tumours, taken, found)
    for roi, _ in tumours:
        found.evidence += of_tumour(look, found, roi.uid)


def uncompared(look: Look, tumours: Sequence[Roi], why: Missing, found: Found) -> None:
    """Add the ratios and the hypoxic volume of each tumour of a frame in which nothing may be measured."""
    place = Place(look.provenance, str(look.scale.unit), look.protocol, Role.MUSCLE, why)
    nothing = ordered(np.empty(0), np.empty(0, np.float32), look.volume.grid.voxel_ml)
    for roi in tumours:
        found.ratios += ratios(roi, nothing, why, place)
        found.hypoxic.append(hypoxic(roi, nothing, place))
    found.missing.append(why)


def _place(look: Look, drawn: Drawn, role: Role, broken: Missing | None, full: bool) -> Place:
    """The reference of one role; the regions of it are placed elsewhere too, where there is time."""
    regions = [(roi, made) for roi, made in drawn if roi.role is role]
    keys = (*look.keys, look.protocol.mask_rule)
    made = broken or reference(role, regions, look.protocol.resolution_mm, keys)
    moved: tuple[float, ...] = ()
    if full and isinstance(made, Reference) and look.depth is Depth.FULL:
        moved = moved_means(look, regions, made)
    scale = look.scale
    return Place(
        look.provenance,
        str(scale.unit),
        look.protocol,
        role,
        made,
        scale.ratio_refused,
        moved,
        scale.nuclide,
    )


def _undrawn(place: Place) -> bool:
    """Whether the muscle is yet to be drawn: then nothing is a gap to tell of, unless T/M is refused."""
    found = place.reference
    return isinstance(found, Missing) and found.code == "no_muscle" and place.refused is None


def _ratios(look: Look, place: Place, tumours: Drawn, found: Found) -> None:
    """The ratios of each tumour to one reference."""
    if _undrawn(place):
        return
    here = (look.acquisition.uid, look.frame.number)
    peaks = {r.roi_uid: r["peak_1ml"] for r in found.rois if (r.acquisition_uid, r.frame) == here}
    for roi, made in tumours:
        found.ratios += ratios(roi, made, peaks[roi.uid], place)


def _volumes(look: Look, place: Place, tumours: Drawn, taken: Sequence[Roi], found: Found) -> None:
    """The hypoxic volume of each tumour."""
    if _undrawn(place):
        return
    keys = (*look.keys, look.protocol.mask_rule)
    for roi, made in tumours:
        whole = (", ".join(o.name for o in taken), sample(region(roi.shape), *keys)) if taken else None
        found.hypoxic.append(_with_largest(look, roi, taken, hypoxic(roi, made, place, whole)))


def _together(look: Look, place: Place, tumours: Drawn, taken: Sequence[Roi], found: Found) -> None:
    """The hypoxic volume of all tumours together, where there is one."""
    if place.reason is not None:
        return
    keys = (*look.keys, look.protocol.mask_rule)
    together = tumours[0][1]
    if len(tumours) > 1:
        less = [other.shape for other in taken]
        together = union(tuple(region(roi.shape, less) for roi, _ in tumours), *keys)
    total = _total_volume(together, place)
    if isinstance(total, Measurement):
        total = replace(total, flags=_shared_doubts(found.hypoxic[-len(tumours) :]))
    found.totals.append(total)


def _shared_doubts(parts: Sequence[HypoxicVolume]) -> tuple[Flag, ...]:
    """The doubts about the parts of a total; one that is not the same for all names its tumour."""
    every = set.intersection(*(set(part.flags) for part in parts))
    named = (
        flag if flag in every else Flag(flag.code, f"{part.tumour}: {flag.what}")
        for part in parts
        for flag in part.flags
    )
    return tuple(dict.fromkeys(named))


def _with_largest(look: Look, roi: Roi, taken: Sequence[Roi], made: HypoxicVolume) -> HypoxicVolume:
    """The largest connected part, at full depth; labelling is no work for inside a frame."""
    if isinstance(made.level, Missing) or look.depth is Depth.LIVE:
        return made
    from atsmviewer.quant.component import largest_part  # SimpleITK takes 0.2 s: not before the window

    where = region(roi.shape, [other.shape for other in taken])
    inclusive = look.protocol.comparator == ">="
    keys = (*look.keys, look.protocol.mask_rule)
    largest = largest_part(where, *keys, made.level.value, inclusive)
    if isinstance(largest, Measurement):
        largest = replace(largest, provenance=look.provenance)
    return replace(made, largest=largest)


def _total_volume(together: Sample, place: Place) -> Number:
    reason = absent(together)
    if reason is not None or isinstance(place.reference, Missing):
        return Missing("hypoxic_total", *(reason or ("no_muscle", "Draw a muscle region.")))
    protocol = place.protocol
    level = protocol.tm_threshold * place.reference.mean
    volume = volume_above(together, level, protocol.comparator == ">=")
    inputs = (("tm_threshold", repr(protocol.tm_threshold)), ("comparator", protocol.comparator))
    return Measurement("hypoxic_total", volume, "ml", "hv.union/1", inputs, place.provenance)

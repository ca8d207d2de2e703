"""Owns the Assessment: every number that follows from a study and a session; pure, at two depths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from weakref import ref

from atsmviewer import __version__
from atsmviewer.model.assessment import (
    Assessment,
    Depth,
    HypoxicVolume,
    Measurement,
    Missing,
    Number,
    Ratio,
    RoiNumbers,
)
from atsmviewer.model.errors import Flag, Refusal, ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Override, Protocol, Session
from atsmviewer.model.study import Acquisition, Frame, Study
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.quant.hypoxia import Place, hypoxic, ratios
from atsmviewer.quant.kept import alive
from atsmviewer.quant.muscle import Muscle, muscle
from atsmviewer.quant.peak import PEAKS, peaks
from atsmviewer.quant.sample import Sample, region, sample, union
from atsmviewer.quant.statistics import absent, statistics, volume_above
from atsmviewer.quant.suv import suv_scale, withheld_scale

NO_TUMOUR = Missing("tm_ratio", "no_tumour", "Draw a tumour region. T/M appears at once.")
ELSEWHERE = Missing(
    "rois",
    "other_frame",
    "The regions lie in another frame of reference than every PET here. Draw regions in this scan.",
)
TAKEN_OUT = (Role.PHYSIOLOGIC, Role.NECROSIS)
"""Roles that are taken out of every tumour of their frame of reference (R22)."""


@dataclass
class _Found:
    """What the frames looked at so far have given."""

    scales: list[tuple[str, Scale]] = field(default_factory=list)
    rois: list[RoiNumbers] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    hypoxic: list[HypoxicVolume] = field(default_factory=list)
    totals: list[Number] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    provenance: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Look:
    """One loaded frame and what it is looked at with."""

    acquisition: Acquisition
    frame: Frame
    volume: Volume
    scale: Scale
    protocol: Protocol
    depth: Depth


def assess(study: Study, session: Session, depth: Depth = Depth.FULL) -> Assessment:
    """Every number of a session.

    LIVE leaves out the peaks and says so by Missing("computing"); every number that it gives is,
    bit for bit, that of FULL. Regions are measured where their frame of reference is the PET's;
    nothing is ever taken from one frame of reference, acquisition or frame to another.
    """
    found = _Found(provenance=_choices(session.protocol))
    for acquisition in study.acquisitions:
        overrides = tuple(o for o in session.overrides if o.acquisition_uid == acquisition.uid)
        scale = scale_of(acquisition.facts, overrides, acquisition.pet.grid.shape[0])
        found.scales.append((acquisition.uid, scale))
        here = [r for r in session.rois if r.frame_of_reference_uid == acquisition.frame_of_reference_uid]
        for frame in acquisition.frames:
            if frame.volume is None:
                found.missing.append(Missing("pet", "loading", "The PET is being read."))
            elif here:
                look = _Look(acquisition, frame, frame.volume, scale, session.protocol, depth)
                known = len(found.flags)
                _measure(look, here, found)
                found.flags[known:] = [
                    replace(f, acquisition_uid=acquisition.uid) for f in found.flags[known:]
                ]
    spaces = {a.frame_of_reference_uid for a in study.acquisitions}
    if not session.rois:
        found.missing.append(NO_TUMOUR)
    elif not any(roi.frame_of_reference_uid in spaces for roi in session.rois):
        found.missing.append(ELSEWHERE)
    return Assessment(
        depth=depth,
        scales=tuple(found.scales),
        rois=tuple(found.rois),
        ratios=tuple(found.ratios),
        hypoxic=tuple(found.hypoxic),
        hypoxic_total=_total(found),
        missing=tuple(dict.fromkeys(found.missing)),
        flags=tuple(dict.fromkeys(found.flags)),
        provenance=tuple(dict.fromkeys(found.provenance)),
    )


def scale_of(facts: PetFacts, overrides: tuple[Override, ...], slices: int) -> Scale:
    """The scale of one acquisition, remembered; an entry that cannot be read withholds SUV, nothing else."""
    return _scale_of(ref(facts), overrides, slices)


@lru_cache(maxsize=64)
def _scale_of(facts_ref: ref[PetFacts], overrides: tuple[Override, ...], slices: int) -> Scale:
    facts = alive(facts_ref)
    try:
        return suv_scale(facts, overrides, slices)
    except ReviewError as error:
        return withheld_scale(facts, Refusal(error.code, error.what, error.remedy), slices)


def _choices(protocol: Protocol) -> list[tuple[str, str]]:
    return [
        ("version", __version__),
        ("mask_rule", protocol.mask_rule),
        ("tm_threshold", f"{protocol.comparator} {protocol.tm_threshold!r}"),
        ("muscle", "volume-weighted mean of all muscle regions of the same frame"),
    ]


def _measure(look: _Look, rois: Sequence[Roi], found: _Found) -> None:
    """All numbers of the regions of one frame."""
    found.provenance += _place(look)
    taken = [roi for roi in rois if roi.role in TAKEN_OUT]
    measured: list[tuple[Roi, Sample]] = []
    broken: Missing | None = None
    for roi in rois:
        try:
            measured.append((roi, _roi(look, roi, taken if roi.role is Role.TUMOUR else [], found)))
        except ReviewError as error:
            broken = Missing("tm_ratio", error.code, f"{roi.name}: {error.what} {error.remedy}")
            found.missing.append(broken)
    tumours = [(roi, made) for roi, made in measured if roi.role is Role.TUMOUR]
    muscles = [(roi, made) for roi, made in measured if roi.role is Role.MUSCLE]
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


def _roi(look: _Look, roi: Roi, taken: Sequence[Roi], found: _Found) -> Sample:
    """The statistics of one region, and its ordered voxels for the ratios."""
    protocol, unit = look.protocol, str(look.scale.unit)
    where = region(roi.shape, [other.shape for other in taken])
    keys = (ref(look.volume), ref(look.scale))
    made = sample(where, *keys, protocol.mask_rule)
    inputs = (("less", ", ".join(other.name for other in taken)),) if taken else ()
    numbers = statistics(made, unit, inputs)
    if look.depth is Depth.FULL:
        highest = peaks(where, *keys, unit, protocol.mask_rule)
        numbers += highest.numbers
        found.flags += [Flag(flag.code, f"{roi.name}: {flag.what}") for flag in highest.flags]
    else:
        numbers += tuple(Missing(name, "computing", "Being computed.") for name in PEAKS)
    if made.clipped:
        found.flags.append(Flag("ROI_CLIPPED", f"{roi.name} reaches beyond the PET; only its inside counts."))
    place = (look.acquisition.uid, look.frame.number)
    found.rois.append(RoiNumbers(roi.uid, roi.name, roi.role, *place, protocol.mask_rule, unit, numbers))
    return made


def _ratios(
    look: _Look, place: Place, tumours: Sequence[tuple[Roi, Sample]], taken: Sequence[Roi], found: _Found
) -> None:
    """T/M and hypoxic volume of each tumour, and of all together."""
    if isinstance(place.muscle, Missing) and place.muscle.code == "no_muscle" and place.refused is None:
        return
    keys = (ref(look.volume), ref(look.scale), look.protocol.mask_rule)
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


def _with_largest(look: _Look, roi: Roi, taken: Sequence[Roi], made: HypoxicVolume) -> HypoxicVolume:
    """The largest connected part, at full depth; labelling is no work for inside a frame."""
    if isinstance(made.level, Missing):
        return replace(made, largest=replace(made.level, quantity="hypoxic_largest"))
    if look.depth is Depth.LIVE:
        return made
    from atsmviewer.quant.component import largest_part  # SimpleITK takes 0.2 s: not before the window

    where = region(roi.shape, [other.shape for other in taken])
    inclusive = look.protocol.comparator == ">="
    keys = (ref(look.volume), ref(look.scale), look.protocol.mask_rule)
    return replace(made, largest=largest_part(where, *keys, made.level.value, inclusive))


def _total_volume(together: Sample, denominator: Muscle, protocol: Protocol) -> Number:
    reason = absent(together)
    if reason is not None:
        return Missing("hypoxic_total", *reason)
    level = protocol.tm_threshold * denominator.mean
    volume = volume_above(together, level, protocol.comparator == ">=")
    return Measurement("hypoxic_total", volume, "ml", "hv.union/1")


def _total(found: _Found) -> Number:
    """The total of the one scan that has any; volumes of several scans are never added."""
    if len(found.totals) == 1:
        return found.totals[0]
    if found.totals:
        what = "Each scan and frame has its own hypoxic volume; they are not added."
        return Missing("hypoxic_total", "several_scans", what)
    reasons = [h.volume for h in found.hypoxic if isinstance(h.volume, Missing)] or found.missing
    first = reasons[0] if reasons else NO_TUMOUR
    return Missing("hypoxic_total", first.code, first.what)


def _place(look: _Look) -> list[tuple[str, str]]:
    """Series, lattice and scale of the numbers of one acquisition, with the source of each input."""
    uid, grid, scale = look.acquisition.uid, look.volume.grid, look.scale
    shape = " x ".join(map(str, grid.shape))
    spacing = " x ".join(f"{step:.6g}" for step in grid.spacing_mm)
    lines = [(f"{uid}.grid", f"{shape} voxels of {spacing} mm (slice, row, column)")]
    lines.append((f"{uid}.scale", f"{scale.algorithm}, {scale.unit}, factor {scale.factor!r}"))
    return lines + [(f"{uid}.{name}", f"{value} [{source}]") for name, value, source in scale.facts_used]

"""Owns the numbers of one region on one frame, each with where it comes from; and its ordered voxels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from atsmviewer.model.assessment import Depth, Measurement, Missing, Number, RoiNumbers
from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Prism, Roi, Role, Shape
from atsmviewer.quant.aligned import said
from atsmviewer.quant.histogram import HISTOGRAM, curve, histogram
from atsmviewer.quant.hounsfield import HOUNSFIELD, hounsfield_of, withheld, without
from atsmviewer.quant.isocontour import Place, derived, level, refuse_elsewhere
from atsmviewer.quant.look import Found, Look
from atsmviewer.quant.mesh import QUANTITY as MESH
from atsmviewer.quant.mesh import mesh_volume
from atsmviewer.quant.peak import PEAKS, peaks
from atsmviewer.quant.prism import uneven
from atsmviewer.quant.sample import Region, Sample, region, region_mask, sample
from atsmviewer.quant.spill import spill_in
from atsmviewer.quant.statistics import STATISTICS, Inputs, absent, lesion_glycolysis, statistics

FULL_ONLY = (*PEAKS, "tlg", MESH, *HISTOGRAM, *HOUNSFIELD)
"""What LIVE leaves out."""

_CLIPPED = Flag("ROI_CLIPPED", "The region reaches beyond the PET; only its inside counts.")

_COMPUTING = {name: Missing(name, "computing", "Being computed.") for name in FULL_ONLY}


@dataclass(frozen=True)
class _Part:
    """One region on one frame: what its numbers are asked with."""

    look: Look
    roi: Roi
    less: tuple[Shape, ...]
    where: Region
    sample: Sample
    inputs: Inputs

    @property
    def on(self) -> Place:
        """The PET, its scale and the mask rule."""
        return (*self.look.keys, self.look.protocol.mask_rule)


def measured(look: Look, roi: Roi, taken: Sequence[Roi], found: Found) -> Sample:
    """Add the statistics of one region, less what is ``taken`` out of it, and answer its ordered voxels.

    Raises
    ------
    ReviewError
        as the masks of its shapes do.
    """
    rule, unit = look.protocol.mask_rule, str(look.scale.unit)
    less = tuple(other.shape for other in taken)
    refuse_elsewhere((roi.shape, *less), look.acquisition.uid, look.frame.number)
    where, on = region(roi.shape, less), (*look.keys, rule)
    part = _Part(look, roi, less, where, sample(where, *on), _inputs(look, roi, taken))
    numbers = statistics(part.sample, unit, part.inputs) + level(roi.shape, on, unit)
    numbers += _full(part, unit) if look.depth is Depth.FULL else _later(look)
    numbers = tuple(_traced(number, part) for number in numbers)
    found.flags += _flags(part, numbers)
    ivh = curve(part.sample) if look.depth is Depth.FULL else ()
    place = (look.acquisition.uid, look.frame.number, rule, unit)
    found.rois.append(RoiNumbers(roi.uid, roi.name, roi.role, *place, numbers, ivh, derived(roi.shape, on)))
    return part.sample


def unmeasured(look: Look, rois: Sequence[Roi], why: Missing, found: Found) -> None:
    """Add the regions of a frame in which nothing may be measured, each of their numbers missing."""
    names = ("voxels", "volume_ml", *STATISTICS, *FULL_ONLY)
    place = (look.acquisition.uid, look.frame.number, look.protocol.mask_rule, str(look.scale.unit))
    for roi in rois:
        numbers = tuple(replace(why, quantity=name) for name in names)
        found.rois.append(RoiNumbers(roi.uid, roi.name, roi.role, *place, numbers))


def _inputs(look: Look, roi: Roi, taken: Sequence[Roi]) -> Inputs:
    """What was taken out of a region, and how it came here where it was drawn elsewhere (R42)."""
    inputs: Inputs = (("less", ", ".join(other.name for other in taken)),) if taken else ()
    ways = dict.fromkeys(said(look.moved[one.uid]) for one in (roi, *taken) if one.uid in look.moved)
    return (*inputs, ("alignment", ", ".join(ways))) if ways else inputs


def _later(look: Look) -> tuple[Number, ...]:
    """What is being computed; that there is no CT is known at once."""
    reason = without(look.acquisition)
    known = {} if reason is None else {n.quantity: n for n in withheld(*reason)}
    return tuple((_COMPUTING | known).values())


def _full(part: _Part, unit: str) -> tuple[Number, ...]:
    """The numbers of ``FULL_ONLY``, in that order."""
    glycolysis = lesion_glycolysis(part.sample, unit, part.inputs)
    volume = mesh_volume(region_mask(part.where, *part.on).weights, part.sample, part.inputs)
    return (
        *_peaks(part, unit),
        glycolysis,
        volume,
        *histogram(part.sample, unit, part.inputs),
        *hounsfield_of(part.look, part.roi.shape, part.less),
    )


def _peaks(part: _Part, unit: str) -> tuple[Number, ...]:
    """The peaks; those of a tumour are doubted where something hotter lies beside it (R22)."""
    volume_ref, scale_ref, rule = part.on
    numbers = peaks(part.where, volume_ref, scale_ref, unit, rule).numbers
    doubts: tuple[Flag, ...] = ()
    if part.roi.role is Role.TUMOUR and absent(part.sample) is None:
        width = part.look.protocol.resolution_mm
        hotter = spill_in(part.where, volume_ref, scale_ref, unit, rule, width)
        doubts = () if hotter is None else (hotter,)
    return tuple(
        replace(n, inputs=part.inputs, flags=n.flags + doubts) if isinstance(n, Measurement) else n
        for n in numbers
    )


def _traced(number: Number, part: _Part) -> Number:
    """The number with where it comes from; that of the CT has its own origin."""
    if isinstance(number, Missing) or number.provenance is not None:
        return number
    clipped = (_CLIPPED,) if part.sample.clipped else ()
    return replace(number, provenance=part.look.provenance, flags=clipped + number.flags)


def _flags(part: _Part, numbers: Sequence[Number]) -> list[Flag]:
    """The doubts about a region that everyone should see, with its name.

    Those of peaks are seen for tumours only: nobody reads the peak of a reference, whose number keeps them.
    """
    roi, moved = part.roi, part.look.moved.get(part.roi.uid)
    seen = [n for n in numbers if n.quantity not in PEAKS or roi.role is Role.TUMOUR]
    flags = [flag for n in seen if isinstance(n, Measurement) for flag in n.flags]
    if moved is not None:
        what = f"It was drawn in another frame of reference and moved here by {said(moved)}."
        flags.insert(0, Flag("ALIGNED", what))
    if part.look.depth is Depth.FULL and isinstance(roi.shape, Prism) and (doubt := uneven(roi.shape)):
        flags.append(doubt)
    return [Flag(flag.code, f"{roi.name}: {flag.what}") for flag in dict.fromkeys(flags)]

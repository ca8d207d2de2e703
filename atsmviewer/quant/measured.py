"""Owns the numbers of one region on one frame, each with where it comes from; and its ordered voxels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atsmviewer.model.assessment import Depth, Measurement, Missing, Number, RoiNumbers
from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Roi
from atsmviewer.quant.isocontour import derived, level, refuse_elsewhere
from atsmviewer.quant.look import Found, Look
from atsmviewer.quant.peak import PEAKS, peaks
from atsmviewer.quant.sample import Sample, region, sample
from atsmviewer.quant.statistics import statistics


def measured(look: Look, roi: Roi, taken: Sequence[Roi], found: Found) -> Sample:
    """Add the statistics of one region, less what is ``taken`` out of it, and answer its ordered voxels."""
    protocol, unit = look.protocol, str(look.scale.unit)
    shapes = (roi.shape, *(other.shape for other in taken))
    refuse_elsewhere(shapes, look.acquisition.uid, look.frame.number)
    where, on = region(roi.shape, shapes[1:]), (*look.keys, protocol.mask_rule)
    made = sample(where, *look.keys, protocol.mask_rule)
    inputs = (("less", ", ".join(other.name for other in taken)),) if taken else ()
    numbers = statistics(made, unit, inputs) + level(roi.shape, on, unit)
    if look.depth is Depth.FULL:
        highest = peaks(where, *look.keys, unit, protocol.mask_rule)
        numbers += highest.numbers
        found.flags += [Flag(flag.code, f"{roi.name}: {flag.what}") for flag in highest.flags]
    else:
        numbers += tuple(Missing(name, "computing", "Being computed.") for name in PEAKS)
    if made.clipped:
        found.flags.append(Flag("ROI_CLIPPED", f"{roi.name} reaches beyond the PET; only its inside counts."))
    place = (look.acquisition.uid, look.frame.number)
    traced = tuple(_traced(number, look) for number in numbers)
    found.rois.append(
        RoiNumbers(
            roi.uid,
            roi.name,
            roi.role,
            *place,
            protocol.mask_rule,
            unit,
            traced,
            derived=derived(roi.shape, on),
        )
    )
    return made


def _traced(number: Number, look: Look) -> Number:
    return replace(number, provenance=look.provenance) if isinstance(number, Measurement) else number

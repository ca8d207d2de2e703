"""Owns the hypoxic volume of one tumour, its fraction, burden and curve, from ordered voxels (R27)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atsmviewer.model.assessment import HypoxicVolume, Measurement, Missing
from atsmviewer.model.errors import Flag
from atsmviewer.model.roi import Roi
from atsmviewer.quant import statistics
from atsmviewer.quant.blur import partial_volume
from atsmviewer.quant.isocontour import circular
from atsmviewer.quant.ratio import Place
from atsmviewer.quant.reference import Reference
from atsmviewer.quant.sample import Sample

CURVE = tuple(round(1.0 + 0.1 * step, 1) for step in range(41))
"""Thresholds of the curve of volume against T/M: 1.0 to 5.0."""

EXAMPLE = 1.4
"""The default threshold, of an example protocol."""

CIRCULAR = Missing(
    "hypoxic_fraction",
    "HF_CIRCULAR",
    "No fraction: the tumour's outline is itself a threshold of this PET, which makes the fraction so. "
    "Draw the tumour on CT or by hand.",
)


def hypoxic(
    roi: Roi, sample: Sample, place: Place, taken_out: tuple[str, Sample] | None = None
) -> HypoxicVolume:
    """The volume above threshold x muscle mean, its burden, its fraction of the tumour, and the curve.

    ``taken_out`` names what was taken out of the tumour, with the sample of the whole tumour: the
    fraction of that is an input of the fraction, since both are asked for (R22). The fraction is refused
    where the outline comes from a threshold of this PET (R27a).
    """
    reason, muscle, absent = place.reason, place.reference, statistics.absent(sample)
    if reason is None and absent is not None:
        reason = Missing("hypoxic_volume", *absent)
    if reason is not None or isinstance(muscle, Missing):
        said = reason or muscle
        assert isinstance(said, Missing)
        return _withheld(roi, place, said)
    protocol, origin = place.protocol, place.provenance
    inclusive = protocol.comparator == ">="
    level = protocol.tm_threshold * muscle.mean
    own = circular(roi.shape, origin.series_uid)
    flags = _flags(sample, place, own)
    inputs = (
        ("tm_threshold", repr(protocol.tm_threshold)),
        ("comparator", protocol.comparator),
        ("muscle_mean", repr(muscle.mean)),
    )
    above = statistics.volume_above(sample, level, inclusive)
    burden = _sum_above(sample, level, inclusive)
    return HypoxicVolume(
        roi.uid,
        roi.name,
        muscle.name,
        *_where(place),
        Measurement("hypoxic_level", level, place.unit, "hv.level/1", inputs, origin),
        Measurement("hypoxic_volume", above, "ml", "hv.voxel/1", inputs, origin, flags),
        CIRCULAR if own else replace(_fraction(above, sample, taken_out), provenance=origin, flags=flags),
        _curve(sample, muscle, inclusive),
        flags,
        burden=Measurement("hypoxic_burden", burden, f"{place.unit} x ml", "hv.burden/1", inputs, origin),
        within_pet_contour=own,
    )


def _withheld(roi: Roi, place: Place, why: Missing) -> HypoxicVolume:
    names = ("hypoxic_level", "hypoxic_volume", "hypoxic_fraction", "hypoxic_largest", "hypoxic_burden")
    level, volume, fraction, largest, burden = (Missing(name, why.code, why.what) for name in names)
    numbers = (level, volume, fraction)
    own = circular(roi.shape, place.provenance.series_uid)
    made = HypoxicVolume(roi.uid, roi.name, place.name, *_where(place), *numbers, within_pet_contour=own)
    return replace(made, largest=largest, burden=burden)


def _where(place: Place) -> tuple[str, int, float, str]:
    origin, protocol = place.provenance, place.protocol
    return origin.series_uid, origin.frame, protocol.tm_threshold, protocol.comparator


def _sum_above(sample: Sample, level: float, inclusive: bool) -> float:
    """Σ w x V over the voxels above a level: their volume x their mean value."""
    first = int(np.searchsorted(sample.values, level, side="left" if inclusive else "right"))
    return float(np.dot(sample.weights[first:], sample.values[first:])) * sample.voxel_ml


def _curve(sample: Sample, muscle: Reference, inclusive: bool) -> tuple[tuple[float, float], ...]:
    levels = [at * muscle.mean for at in CURVE]
    return tuple(zip(CURVE, statistics.volumes_above(sample, levels, inclusive), strict=True))


def _fraction(above_ml: float, sample: Sample, taken_out: tuple[str, Sample] | None) -> Measurement:
    inputs: tuple[tuple[str, str], ...] = (("tumour_ml", repr(sample.volume_ml)),)
    if taken_out is not None:
        name, whole = taken_out
        inputs += (("less", name), ("fraction_of_whole", repr(above_ml / whole.volume_ml)))
    return Measurement("hypoxic_fraction", above_ml / sample.volume_ml, "", "hf.voxel/1", inputs)


def _flags(sample: Sample, place: Place, own: bool) -> tuple[Flag, ...]:
    protocol, flags = place.protocol, []
    if protocol.tm_threshold == EXAMPLE:
        what = f"T/M {EXAMPLE:g} is a protocol example, not validated for Cu-ATSM."
        flags.append(Flag("THRESHOLD_EXAMPLE", what))
    if own:
        what = "The tumour's outline is a threshold of this PET: the volume is one within a PET contour."
        flags.append(Flag("WITHIN_PET_CONTOUR", what))
    return (*flags, *partial_volume(sample, protocol.resolution_mm, place.nuclide))

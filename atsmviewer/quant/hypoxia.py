"""Owns T/M and the hypoxic volume of one tumour, and their curve, from ordered voxels (R25, R27)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from atsmviewer.model.assessment import HypoxicVolume, Measurement, Missing, Number, Ratio
from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.roi import Roi
from atsmviewer.model.session import Protocol
from atsmviewer.quant import statistics
from atsmviewer.quant.interval import FWHM_MM, ratio_interval, standard_error
from atsmviewer.quant.muscle import Muscle
from atsmviewer.quant.sample import Sample

CURVE = tuple(round(1.0 + 0.1 * step, 1) for step in range(41))
"""Thresholds of the curve of volume against T/M: 1.0 to 5.0."""

EXAMPLE = 1.4
"""The default threshold, of an example protocol."""

KINDS = ("mean", "max")


@dataclass(frozen=True)
class Place:
    """Where a tumour is measured, and against what: a muscle, or why there is no ratio."""

    acquisition_uid: str
    frame: int
    unit: str
    protocol: Protocol
    muscle: Muscle | Missing
    refused: Refusal | None = None

    @property
    def reason(self) -> Missing | None:
        """Why this place gives no ratio, or None."""
        if self.refused is not None:
            return Missing("tm_ratio", self.refused.code, f"{self.refused.what} {self.refused.remedy}")
        return self.muscle if isinstance(self.muscle, Missing) else None


def ratios(roi: Roi, sample: Sample, place: Place) -> tuple[Ratio, ...]:
    """T/M of the mean, with its noise interval, and of the max, without: noise biases a maximum upwards."""
    return tuple(_ratio(roi, sample, place, kind) for kind in KINDS)


def _ratio(roi: Roi, sample: Sample, place: Place, kind: str) -> Ratio:
    quantity = f"tm_{kind}"
    absent = statistics.absent(sample)
    reason = place.reason or (None if absent is None else Missing(quantity, *absent))
    muscle = place.muscle
    if reason is not None or isinstance(muscle, Missing):
        said = reason or place.reason or Missing(quantity, "no_muscle", "")
        number: Number = Missing(quantity, said.code, said.what)
        name = "" if isinstance(muscle, Missing) else muscle.name
        return Ratio(roi.uid, roi.name, name, kind, place.acquisition_uid, place.frame, number)
    top = statistics.mean(sample) if kind == "mean" else float(sample.core[-1])
    inputs = (("numerator", repr(top)), ("denominator", repr(muscle.mean)), ("reference", muscle.name))
    number = Measurement(quantity, top / muscle.mean, "", f"tm.{kind}/1", inputs)
    low = high = None
    if kind == "mean":
        error = standard_error(statistics.sd(sample), sample.volume_ml)
        bounds = ratio_interval(top, error, muscle.mean, muscle.standard_error)
        low, high = bounds if bounds is not None else (None, None)
    where = (place.acquisition_uid, place.frame)
    return Ratio(roi.uid, roi.name, muscle.name, kind, *where, number, top, muscle.mean, low, high)


def hypoxic(
    roi: Roi, sample: Sample, place: Place, taken_out: tuple[str, Sample] | None = None
) -> HypoxicVolume:
    """The volume above threshold x muscle mean, its fraction of the tumour, and the curve.

    ``taken_out`` names what was taken out of the tumour, with the sample of the whole tumour: the
    fraction of that is an input of the fraction, since both are asked for (R22).
    """
    protocol, muscle = place.protocol, place.muscle
    reason, absent = place.reason, statistics.absent(sample)
    if reason is None and absent is not None:
        reason = Missing("hypoxic_volume", *absent)
    threshold, comparator = protocol.tm_threshold, protocol.comparator
    where = (place.acquisition_uid, place.frame, threshold, comparator)
    if reason is not None or isinstance(muscle, Missing):
        why = ("no_muscle", "") if reason is None else (reason.code, reason.what)
        level, volume, fraction = (
            Missing(name, *why) for name in ("hypoxic_level", "hypoxic_volume", "hypoxic_fraction")
        )
        name = "" if isinstance(muscle, Missing) else muscle.name
        return HypoxicVolume(roi.uid, roi.name, name, *where, level, volume, fraction)
    inclusive = comparator == ">="
    above = statistics.volume_above(sample, threshold * muscle.mean, inclusive)
    levels = [at * muscle.mean for at in CURVE]
    inputs = (
        ("tm_threshold", repr(threshold)),
        ("comparator", comparator),
        ("muscle_mean", repr(muscle.mean)),
    )
    return HypoxicVolume(
        roi.uid,
        roi.name,
        muscle.name,
        *where,
        Measurement("hypoxic_level", threshold * muscle.mean, place.unit, "hv.level/1", inputs),
        Measurement("hypoxic_volume", above, "ml", "hv.voxel/1", inputs),
        _fraction(above, sample, taken_out),
        tuple(zip(CURVE, statistics.volumes_above(sample, levels, inclusive), strict=True)),
        _flags(sample, threshold),
    )


def _fraction(above_ml: float, sample: Sample, taken_out: tuple[str, Sample] | None) -> Measurement:
    inputs: tuple[tuple[str, str], ...] = (("tumour_ml", repr(sample.volume_ml)),)
    if taken_out is not None:
        name, whole = taken_out
        inputs += (("less", name), ("fraction_of_whole", repr(above_ml / whole.volume_ml)))
    return Measurement("hypoxic_fraction", above_ml / sample.volume_ml, "", "hf.voxel/1", inputs)


def _flags(sample: Sample, threshold: float) -> tuple[Flag, ...]:
    flags = []
    if threshold == EXAMPLE:
        what = f"T/M {EXAMPLE:g} is a protocol example, not validated for Cu-ATSM."
        flags.append(Flag("THRESHOLD_EXAMPLE", what))
    diameter = 2 * (3 * sample.volume_ml * 1000 / (4 * math.pi)) ** (1 / 3)
    if diameter < 5 * FWHM_MM:
        what = (
            f"Equivalent diameter {diameter:.0f} mm is below 5 x {FWHM_MM:g} mm resolution: T/M max, volume "
            "and fraction are underestimated or depend on the boundary."
        )
        flags.append(Flag("PARTIAL_VOLUME", what))
    return tuple(flags)

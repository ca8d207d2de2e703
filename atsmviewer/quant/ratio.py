"""Owns the ratios of one tumour to one reference: each kind, its noise and its spreads (R25, R26, R30)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from atsmviewer.model.assessment import Measurement, Missing, Number, Provenance, Ratio
from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Protocol
from atsmviewer.quant import statistics
from atsmviewer.quant.blur import partial_volume
from atsmviewer.quant.interval import probability_above, ratio_interval, standard_error
from atsmviewer.quant.reference import RATIO, Reference
from atsmviewer.quant.sample import Sample
from atsmviewer.quant.spread import spreads

KINDS = ("mean", "max", "peak")

BIASED = {
    "max": "Noise biases a maximum upwards, by 14 to 35 % in simulation; no interval is given.",
    "peak": "Noise biases the highest sphere upwards, by 6 to 17 % in simulation; no interval is given.",
}
"""Sizes from benchmarks/coverage.py, for a noise of 25 to 50 % of muscle in tumours of T/M 4 (R30)."""

FROM_NOISE = "from image noise only, not a probability of hypoxia"


@dataclass(frozen=True)
class Place:
    """Where a tumour is measured, and against what: a reference of one role, or why there is no ratio.

    ``moved`` are the means of the reference placed elsewhere, for the placement spread.
    """

    provenance: Provenance
    unit: str
    protocol: Protocol
    role: Role
    reference: Reference | Missing
    refused: Refusal | None = None
    moved: tuple[float, ...] = ()
    nuclide: str = ""

    @property
    def reason(self) -> Missing | None:
        """Why this place gives no ratio, or None."""
        if self.refused is not None:
            what = f"{self.refused.what} {self.refused.remedy}"
            return Missing(f"{RATIO[self.role]}_ratio", self.refused.code, what)
        return self.reference if isinstance(self.reference, Missing) else self.reference.near_zero

    @property
    def name(self) -> str:
        """The regions of the reference, empty where there is none."""
        return "" if isinstance(self.reference, Missing) else self.reference.name


def ratios(roi: Roi, sample: Sample, peak: Number, place: Place) -> tuple[Ratio, ...]:
    """The ratio of the tumour's mean, maximum and 1 ml peak to the reference's mean.

    The mean form has a noise interval and, to muscle, P(T/M > threshold); the others have none, since
    noise biases them upwards. ``peak`` is the tumour's peak_1ml, Missing("computing") at LIVE.
    """
    return tuple(_ratio(roi, sample, peak, kind, place) for kind in KINDS)


def _ratio(roi: Roi, sample: Sample, peak: Number, kind: str, place: Place) -> Ratio:
    name = RATIO[place.role]
    top = place.reason or _top(sample, peak, kind)
    where = (place.provenance.series_uid, place.provenance.frame)
    if isinstance(top, Missing) or isinstance(place.reference, Missing):
        said = top if isinstance(top, Missing) else place.reference
        assert isinstance(said, Missing)
        missing = Missing(f"{name}_{kind}", said.code, said.what)
        above = replace(missing, quantity=f"{name}_above")
        return Ratio(
            roi.uid, roi.name, place.name, kind, *where, missing, reference_role=place.role, above=above
        )
    bottom = place.reference
    flags = partial_volume(sample, place.protocol.resolution_mm, place.nuclide)
    if kind in BIASED:
        flags += (Flag("POSITIVE_BIAS", BIASED[kind]),)
    inputs = (("numerator", repr(top)), ("denominator", repr(bottom.mean)), ("reference", bottom.name))
    number = Measurement(
        f"{name}_{kind}", top / bottom.mean, "", f"{name}.{kind}/1", inputs, place.provenance, flags
    )
    made = Ratio(
        roi.uid, roi.name, bottom.name, kind, *where, number, top, bottom.mean, reference_role=place.role
    )
    made = replace(made, spreads=spreads(top, bottom, place.moved), above=_not_above(kind, place.role))
    return _with_noise(made, sample, bottom, place) if kind == "mean" else made


def _top(sample: Sample, peak: Number, kind: str) -> float | Missing:
    """The numerator, or why there is none."""
    absent = statistics.absent(sample)
    if absent is not None:
        return Missing(kind, *absent)
    if kind == "peak":
        return peak.value if isinstance(peak, Measurement) else peak
    return statistics.mean(sample) if kind == "mean" else float(sample.core[-1])


def _with_noise(made: Ratio, sample: Sample, bottom: Reference, place: Place) -> Ratio:
    """The mean form with its 95 % interval and, to muscle, the probability to exceed the threshold."""
    top, fwhm_mm = statistics.mean(sample), place.protocol.resolution_mm
    means = (
        top,
        standard_error(statistics.sd(sample), sample.volume_ml, fwhm_mm),
        bottom.mean,
        bottom.standard_error,
    )
    low, high = ratio_interval(*means) or (None, None)
    above = made.above
    if place.role is Role.MUSCLE:
        threshold = place.protocol.tm_threshold
        inputs = (("tm_threshold", repr(threshold)), ("meaning", FROM_NOISE))
        probability = probability_above(*means, threshold)
        above = Measurement("tm_above", probability, "", "tm.above/1", inputs, place.provenance)
    return replace(made, low=low, high=high, above=above)


def _not_above(kind: str, role: Role) -> Missing:
    name = f"{RATIO[role]}_above"
    if kind != "mean":
        return Missing(name, "not_for_kind", "Given for the mean form only: noise biases this form upwards.")
    return Missing(name, "not_for_reference", "The threshold is one of tumour to muscle.")

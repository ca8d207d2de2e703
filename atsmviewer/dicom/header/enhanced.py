"""Owns the PET facts of an Enhanced or converted frame, which says some of them in words of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from pydicom import uid as uids
from pydicom.dataset import Dataset

from atsmviewer.dicom.header.facts import acquired, facts_of, slice_time
from atsmviewer.dicom.header.mapping import RealWorldMapping
from atsmviewer.dicom.header.scaling import Scaling
from atsmviewer.dicom.header.tags import number, positive, tag_name, text
from atsmviewer.dicom.header.times import parse_datetime, parse_zone
from atsmviewer.dicom.header.tracer import Fact
from atsmviewer.model.facts import PetFacts, SliceTime, elapsed_s

_CORRECTIONS = {
    "DecayCorrected": "DECY",
    "AttenuationCorrected": "ATTN",
    "ScatterCorrected": "SCAT",
    "DeadTimeCorrected": "DTIM",
    "GantryMotionCorrected": "MOTN",
    "PatientMotionCorrected": "PMOT",
    "CountLossNormalizationCorrected": "CLN",
    "RandomsCorrected": "RAN",
    "NonUniformRadialSamplingCorrected": "RADL",
    "SensitivityCalibrated": "DCAL",
    "DetectorNormalizationCorrection": "NORM",
}
"""Element of the Enhanced PET corrections (PS3.3 C.8.22.4) -> term of CorrectedImage (C.8.9.1.1.5)."""
_RESCALE_UNITS = ("BQML", "GML", "CM2ML", "CNTS")
OWN = (
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "ActualFrameDuration",
    "DecayFactor",
    "FrameAcquisitionDateTime",
    "FrameAcquisitionDuration",
    "FrameReferenceDateTime",
    "FrameReferenceTime",
    "RealWorldValueMappingSequence",
    "RescaleIntercept",
    "RescaleSlope",
)
"""Elements of which each frame has times and scaling of its own."""
CLOCK_S = 1.0
"""How far a frame's reference may lie beyond the frame before its times contradict each other."""


def common_facts(header: Dataset, mapping: RealWorldMapping | None) -> PetFacts:
    """The facts of a header of :class:`atsmviewer.dicom.header.frames.Frames` but for those of ``OWN``.

    Elements of classic PET are read where they are there, as converted objects have them; what the
    Enhanced IOD says in its own elements wins, and of the unit the ``mapping`` that its values get.
    """
    classic = facts_of(header)
    zone = parse_zone(text(header, "TimezoneOffsetFromUTC"))
    found = {**_unit(header, classic, mapping), **_decay(header, zone), **_corrections(header)}
    found |= _activity(header, classic)
    known = {name: fact for name, fact in found.items() if fact[0] is not None}
    said, done = text(header, "DecayCorrection"), text(header, "DecayCorrected")
    opposed = None not in (said, done) and (said == "NONE") != (done == "NO")
    return replace(
        classic,
        **{name: value for name, (value, _) in known.items()},
        sources=tuple({**dict(classic.sources), **{n: s for n, (_, s) in known.items()}}.items()),
        inconsistent=(*classic.inconsistent, *(["decay_correction"] if opposed else [])),
    )


def own_facts(common: PetFacts, header: Dataset, began: datetime | None, scaled: Scaling | None) -> PetFacts:
    """The facts of a frame that ``began`` then: its times, and slope and intercept that its pixels get."""
    return replace(
        common,
        slices=(_timing(header, common, began),),
        slopes=() if scaled is None else (scaled.slope,),
        intercepts=() if scaled is None else (scaled.intercept,),
    )


def frame_acquired(header: Dataset) -> datetime | None:
    """When a frame's acquisition began; the start of the whole acquisition is not taken for it."""
    zone = parse_zone(text(header, "TimezoneOffsetFromUTC"))
    began = parse_datetime(text(header, "FrameAcquisitionDateTime"), zone)
    if began is not None or text(header, "SOPClassUID") == uids.EnhancedPETImageStorage:
        return began
    return acquired(header)


def _unit(header: Dataset, classic: PetFacts, mapping: RealWorldMapping | None) -> dict[str, Fact]:
    """The unit of the mapping that is used, else of Units, else of RescaleType."""
    if mapping is not None:
        source = f"{tag_name('MeasurementUnitsCodeSequence')} {mapping.unit}"
        return {"units": (mapping.units, source), "suv_type": (mapping.suv_type, source)}
    kind = text(header, "RescaleType")
    if classic.units is None and kind in _RESCALE_UNITS:
        return {"units": (kind, tag_name("RescaleType"))}
    return {}


def _decay(header: Dataset, zone: timezone | None) -> dict[str, Fact]:
    """NO is NONE; YES is START where it is said to which time, and else says too little."""
    said, when = text(header, "DecayCorrected"), text(header, "DecayCorrectionDateTime")
    if said == "NO":
        return {"decay_correction": ("NONE", f"{tag_name('DecayCorrected')} NO")}
    if said == "YES" and parse_datetime(when, zone) is not None:
        source = f"{tag_name('DecayCorrected')} YES, to {tag_name('DecayCorrectionDateTime')}"
        return {"decay_correction": ("START", source)}
    return {}


def _corrections(header: Dataset) -> dict[str, Fact]:
    """The corrections made, as CorrectedImage lists them; unknown where attenuation is not spoken of."""
    if text(header, "AttenuationCorrected") is None:
        return {}
    done = tuple(term for keyword, term in _CORRECTIONS.items() if text(header, keyword) == "YES")
    return {"corrected_image": (done, f"{tag_name('AttenuationCorrected')} and its neighbours")}


def _activity(header: Dataset, classic: PetFacts) -> dict[str, Fact]:
    """Enhanced PET states MBq (PS3.3 C.8.22.4); a converted object keeps the Bq of classic PET."""
    if text(header, "SOPClassUID") != uids.EnhancedPETImageStorage or classic.injected_activity_bq is None:
        return {}
    source = f"{classic.source('injected_activity_bq')}, in MBq as Enhanced PET states it"
    return {"injected_activity_bq": (classic.injected_activity_bq * 1e6, source)}


def _timing(header: Dataset, facts: PetFacts, began: datetime | None) -> SliceTime:
    """A frame's times: its start, duration (ms), and reference after the time its decay is corrected to."""
    zone = parse_zone(text(header, "TimezoneOffsetFromUTC"))
    lasted_ms, reference_ms = positive(header, "ActualFrameDuration"), number(header, "FrameReferenceTime")
    classic = slice_time(None, lasted_ms, reference_ms, positive(header, "DecayFactor"))
    duration_ms = positive(header, "FrameAcquisitionDuration")
    duration_s = classic.duration_s if duration_ms is None else duration_ms / 1000.0
    reference = parse_datetime(text(header, "FrameReferenceDateTime"), zone)
    after_s = classic.frame_reference_s
    if reference is not None and after_s is None and facts.decay_correction == "START":
        to = facts.decay_reference_datetime
        after_s = None if to is None else elapsed_s(reference, to)
    if facts.decay_correction == "NONE" and began and reference and duration_s is not None:
        # With no decay corrected the start decides the number: two times that contradict are none.
        inside = -CLOCK_S <= elapsed_s(reference, began) <= duration_s + CLOCK_S
        began = began if inside else None
    return SliceTime(began, duration_s, after_s, classic.decay_factor)

"""Owns the PET facts of a header: what SUV needs, each with the tag it was read from, nothing invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from operator import attrgetter

from pydicom.dataset import Dataset

from atsmviewer.dicom.header.tags import (
    items,
    number,
    orphan_number,
    positive,
    private_number,
    private_text,
    tag_name,
    text,
    texts,
)
from atsmviewer.dicom.header.times import combine, parse_date, parse_datetime, parse_time, parse_zone
from atsmviewer.dicom.header.tracer import Fact, tracer_facts
from atsmviewer.model.facts import PetFacts, SliceTime

_MUST_AGREE = (
    "units",
    "corrected_image",
    "decay_correction",
    "suv_type",
    "weight_kg",
    "injected_activity_bq",
    "half_life_s",
    "nuclide",
    "injection_datetime",
    "injection_time",
    "series_datetime",
    "decay_reference_datetime",
    "ge_scan_datetime",
    "philips_suv_factor",
    "philips_activity_factor",
)
"""Facts that one SUV series can have only one of (R1 and what its conversion stands on)."""

_MUST_NOT_CONTRADICT = (
    "height_m",
    "sex",
    "manufacturer",
    "radiopharmaceutical",
    "radiopharmaceutical_code",
    "tracer_nuclide",
    "positron_fraction",
)
"""Facts that slices may leave out, since their absence refuses or doubts by itself, but not state twice."""


def pet_facts(headers: Sequence[Dataset]) -> PetFacts:
    """The facts of a series from its headers in slice order; see :func:`merge`."""
    return merge([facts_of(header) for header in headers])


def merge(each: Sequence[PetFacts]) -> PetFacts:
    """One series' facts from those of its slices, in slice order.

    The first slice speaks for the series; facts of ``_MUST_AGREE`` that differ between slices, and of
    ``_MUST_NOT_CONTRADICT`` that are stated differently, are named in ``inconsistent`` for R1.
    """
    if not each:
        return PetFacts()
    differ = set()
    if len(set(map(attrgetter(*_MUST_AGREE), each))) > 1:
        differ = {name for name in _MUST_AGREE if len({_comparable(f, name) for f in each}) > 1}
    if len(set(map(attrgetter(*_MUST_NOT_CONTRADICT), each))) > 1:
        stated = {name: {getattr(f, name) for f in each} - {None} for name in _MUST_NOT_CONTRADICT}
        differ |= {name for name, values in stated.items() if len(values) > 1}
    differ |= {name for f in each for name in f.inconsistent}
    return replace(
        each[0],
        slices=tuple(s for f in each for s in f.slices),
        slopes=tuple(s for f in each for s in f.slopes),
        intercepts=tuple(i for f in each for i in f.intercepts),
        inconsistent=tuple(sorted(differ)),
        lossy=next((f.lossy for f in each if f.lossy), ""),
    )


def _comparable(facts: PetFacts, name: str) -> object:
    value = getattr(facts, name)
    return frozenset(value) if isinstance(value, tuple) else value


def facts_of(header: Dataset) -> PetFacts:
    """The facts of one slice; ``slices``, ``slopes`` and ``intercepts`` hold its own entry."""
    zone = parse_zone(text(header, "TimezoneOffsetFromUTC"))
    found: dict[str, Fact] = {**_corrections(header), **_patient(header), **_vendor(header, zone)}
    found |= tracer_facts(header, zone)
    found["series_datetime"] = (
        _moment(header, "Series", zone),
        f"{tag_name('SeriesDate')} + {tag_name('SeriesTime')}",
    )
    known = {name: fact for name, fact in found.items() if fact[0] is not None}
    slope, intercept = number(header, "RescaleSlope"), number(header, "RescaleIntercept")
    several = len(items(header, "RadiopharmaceuticalInformationSequence")) > 1
    return replace(
        PetFacts(),
        **{name: value for name, (value, _) in known.items()},
        slices=(_slice_time(header, zone),),
        slopes=() if slope is None else (slope,),
        intercepts=() if intercept is None else (intercept,),
        inconsistent=("injected_activity_bq",) if several else (),
        sources=tuple((name, source) for name, (_, source) in known.items()),
    )


def _corrections(header: Dataset) -> dict[str, Fact]:
    found: dict[str, Fact] = {
        "units": (text(header, "Units"), tag_name("Units")),
        "decay_correction": (text(header, "DecayCorrection"), tag_name("DecayCorrection")),
        "suv_type": (text(header, "SUVType"), tag_name("SUVType")),
        "counts_source": (text(header, "CountsSource"), tag_name("CountsSource")),
        "manufacturer": (text(header, "Manufacturer"), tag_name("Manufacturer")),
    }
    found["corrected_image"] = (texts(header, "CorrectedImage") or None, tag_name("CorrectedImage"))
    return found


def _patient(header: Dataset) -> dict[str, Fact]:
    return {
        "weight_kg": (positive(header, "PatientWeight"), tag_name("PatientWeight")),
        "height_m": (positive(header, "PatientSize"), tag_name("PatientSize")),
        "sex": (text(header, "PatientSex"), tag_name("PatientSex")),
        "species": _species(header),
        "study_date": (parse_date(text(header, "StudyDate")), tag_name("StudyDate")),
    }


def _species(header: Dataset) -> Fact:
    """The species in lower case: its description, else its one code (PS3.3 C.7.1.1); a human is none."""
    named, source = text(header, "PatientSpeciesDescription"), "PatientSpeciesDescription"
    codes = items(header, "PatientSpeciesCodeSequence")
    if named is None and len(codes) == 1:
        named, source = text(codes[0], "CodeMeaning"), "PatientSpeciesCodeSequence"
    species = (named or "").lower()
    return None if species in ("", "homo sapiens", "human") else species, tag_name(source)


def _vendor(header: Dataset, zone: timezone | None) -> dict[str, Fact]:
    """Private elements by their creator; a GE administration time stands in for an absent (0018,1078)."""
    ge, siemens = "GEMS_PETD_01", "SIEMENS MED PT"
    decay = parse_datetime(text(header, "DecayCorrectionDateTime"), zone)
    decay_source = tag_name("DecayCorrectionDateTime")
    if decay is None:
        decay = parse_datetime(private_text(header, 0x0071, siemens, 0x22), zone)
        decay_source = f"(0071,xx22) {siemens}"
    administered = parse_datetime(private_text(header, 0x0009, ge, 0x3B), zone)
    return {
        "philips_suv_factor": _philips(header, 0x00),
        "philips_activity_factor": _philips(header, 0x09),
        "ge_scan_datetime": (
            parse_datetime(private_text(header, 0x0009, ge, 0x0D), zone),
            f"(0009,xx0d) {ge}",
        ),
        "decay_reference_datetime": (decay, decay_source),
        "injection_datetime": (administered, f"(0009,xx3b) {ge}"),
    }


def _philips(header: Dataset, offset: int) -> Fact:
    """A factor of Philips by its creator; where the group has no creator at all, from its first block."""
    creator = "Philips PET Private Group"
    named = private_number(header, 0x7053, creator, offset)
    if named is not None or "PHILIPS" not in (text(header, "Manufacturer") or "").upper():
        return named, f"(7053,xx{offset:02x}) {creator}"
    return orphan_number(header, 0x7053, offset), f"(7053,10{offset:02x}), a group without private creator"


def _slice_time(header: Dataset, zone: timezone | None) -> SliceTime:
    duration_ms, reference_ms = positive(header, "ActualFrameDuration"), number(header, "FrameReferenceTime")
    return slice_time(acquired(header), duration_ms, reference_ms, positive(header, "DecayFactor"))


def slice_time(
    start: datetime | None, duration_ms: float | None, reference_ms: float | None, decay_factor: float | None
) -> SliceTime:
    """Start, duration and frame reference time; DICOM writes the last two in ms (PS3.3 C.8.9.4)."""
    return SliceTime(
        start,
        None if duration_ms is None else duration_ms / 1000.0,
        None if reference_ms is None else reference_ms / 1000.0,
        decay_factor,
    )


def acquired(header: Dataset) -> datetime | None:
    """When a slice's acquisition began: AcquisitionDate with AcquisitionTime, else AcquisitionDateTime."""
    day, clock = text(header, "AcquisitionDate"), text(header, "AcquisitionTime")
    return start(day, clock, text(header, "AcquisitionDateTime"), header_zone(header))


def start(day: str | None, clock: str | None, moment: str | None, zone: timezone | None) -> datetime | None:
    """A day with a time of day, else the date and time in one."""
    return combine(parse_date(day), parse_time(clock), zone) or parse_datetime(moment, zone)


def header_zone(header: Dataset) -> timezone | None:
    """The zone that the times of a data set without an offset of their own stand in."""
    return parse_zone(text(header, "TimezoneOffsetFromUTC"))


def _moment(header: Dataset, of: str, zone: timezone | None) -> datetime | None:
    return combine(parse_date(text(header, f"{of}Date")), parse_time(text(header, f"{of}Time")), zone)


def series_began(header: Dataset) -> datetime | None:
    """SeriesDate with SeriesTime."""
    return _moment(header, "Series", header_zone(header))

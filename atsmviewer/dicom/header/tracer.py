"""Owns the tracer of a PET header: activity, half-life, injection and nuclide, each with its tag."""

from __future__ import annotations

from datetime import time, timezone
from typing import Any

from pydicom.dataset import Dataset

from atsmviewer.dicom.header import nuclides
from atsmviewer.dicom.header.tags import items, number, positive, tag_name, text
from atsmviewer.dicom.header.times import parse_datetime, parse_time

Fact = tuple[Any, str]
"""A value (None where the header is silent) with the tag it was read from."""


def tracer_facts(header: Dataset, zone: timezone | None) -> dict[str, Fact]:
    """The first item of the Radiopharmaceutical Information Sequence; a second makes SUV refusable."""
    item = next(iter(items(header, "RadiopharmaceuticalInformationSequence")), None)
    if item is None:
        return {}
    code = _code(item, "RadiopharmaceuticalCodeSequence")
    dose, half_life, clock = "RadionuclideTotalDose", "RadionuclideHalfLife", "RadiopharmaceuticalStartTime"
    fraction = "RadionuclidePositronFraction"
    found: dict[str, Fact] = {
        "positron_fraction": (positive(item, fraction), tag_name(fraction)),
        "injected_activity_bq": (number(item, dose) or None, tag_name(dose)),
        "half_life_s": (positive(item, half_life), tag_name(half_life)),
        "injection_time": (_in_zone(parse_time(text(item, clock)), zone), tag_name(clock)),
        "radiopharmaceutical": _name(item),
        "radiopharmaceutical_code": (
            f"{code[0]} {code[1]}".strip() if code[0] else None,
            tag_name("RadiopharmaceuticalCodeSequence"),
        ),
        "nuclide": _nuclide(item),
        "tracer_nuclide": _tracer_nuclide(item),
    }
    start = parse_datetime(text(item, "RadiopharmaceuticalStartDateTime"), zone)
    if start is not None:
        found["injection_datetime"] = (start, tag_name("RadiopharmaceuticalStartDateTime"))
    return found


def _in_zone(clock: time | None, zone: timezone | None) -> time | None:
    """A time of day stands in the data set's zone (0008,0201), where that is stated."""
    return None if clock is None else clock.replace(tzinfo=zone)


def _name(item: Dataset) -> Fact:
    """The tracer's free text, else the meaning of its code."""
    spelled = text(item, "Radiopharmaceutical")
    if spelled:
        return spelled, tag_name("Radiopharmaceutical")
    return _code(item, "RadiopharmaceuticalCodeSequence")[2], tag_name("RadiopharmaceuticalCodeSequence")


def _nuclide(item: Dataset) -> Fact:
    """The nuclide from its code, and where that is silent or contradicts its own meaning from the tracer."""
    value, _, meaning = _code(item, "RadionuclideCodeSequence")
    readings = {nuclides.of_code(value), nuclides.of_text(meaning)} - {None}
    if len(readings) == 1:
        return readings.pop(), tag_name("RadionuclideCodeSequence")
    nuclide, source = _tracer_nuclide(item)
    doubt = "; code and meaning of (0054,0300) contradict each other" if readings else ""
    return nuclide, source + doubt


def _tracer_nuclide(item: Dataset) -> Fact:
    """The nuclide that the tracer's code, its meaning or the free text names."""
    code, _, meaning = _code(item, "RadiopharmaceuticalCodeSequence")
    coded = nuclides.of_tracer_code(code) or nuclides.of_text(meaning)
    if coded:
        return coded, tag_name("RadiopharmaceuticalCodeSequence")
    return nuclides.of_text(text(item, "Radiopharmaceutical")), tag_name("Radiopharmaceutical")


def _code(item: Dataset, keyword: str) -> tuple[str | None, str, str | None]:
    """The (value, scheme, meaning) of the one code of a sequence; nothing at none or at several."""
    codes = items(item, keyword)
    if len(codes) != 1:
        return None, "", None
    return (
        text(codes[0], "CodeValue"),
        text(codes[0], "CodingSchemeDesignator") or "",
        text(codes[0], "CodeMeaning"),
    )

"""Owns what one slice's stored values mean: slope, intercept, and the range of values they hold for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.dataset import Dataset

from atsmviewer.dicom.header.kinds import ENHANCED, modality
from atsmviewer.dicom.header.mapping import RealWorldMapping, mappings, preferred
from atsmviewer.dicom.header.tags import number, text, texts


@dataclass(frozen=True)
class Scaling:
    """Value = ``slope`` x stored + ``intercept``, for stored values from ``first`` to ``last``."""

    slope: float
    intercept: float
    first: float = -math.inf
    last: float = math.inf


_HOUNSFIELD = {"", "HU", "HU_MOD", "US"}
"""Values of RescaleType (PS3.3 C.11.1.1.2) that a CT may have whose values are HU: modified ones are on that
scale, and "unspecified" is what converters write where a CT said nothing."""


def values_of(said: Iterable[str]) -> str:
    """What the values of a CT's slices are where the RescaleType of one says that they are no HU; else ""."""
    return ", ".join(sorted(set(said) - _HOUNSFIELD))


def rescale_type(header: Dataset) -> str:
    """RescaleType (0028,1054) of a CT in capitals, "?" where it says several; "" in others and unsaid."""
    if modality(text(header, "SOPClassUID")) != "CT":
        return ""
    said = texts(header, "RescaleType")
    return "?" if len(said) > 1 else "".join(said).upper()


def scaling(header: Dataset) -> Scaling | None:
    """The scaling of a slice, or of a frame's header; None where it is not stated.

    A PET frame's real world value mapping comes before its rescale, as it alone carries the unit
    (PS3.3 C.7.6.16.2.11). Only MR, whose stored values are arbitrary, may lack both.
    """
    return scaling_by(header, mapping_of(header))


def scaling_by(header: Dataset, mapping: RealWorldMapping | None) -> Scaling | None:
    """The same where the mapping is known."""
    if mapping is not None:
        return Scaling(mapping.slope, mapping.intercept, mapping.first, mapping.last)
    kind = text(header, "SOPClassUID")
    slope, intercept = number(header, "RescaleSlope"), number(header, "RescaleIntercept")
    if slope is None and intercept is None and modality(kind) == "MR":
        return Scaling(1.0, 0.0)
    return None if slope is None or intercept is None else Scaling(slope, intercept)


def mapping_of(header: Dataset) -> RealWorldMapping | None:
    """The real world value mapping that gives a PET frame its values; None where it has no such."""
    kind = text(header, "SOPClassUID")
    return preferred(mappings(header)) if kind in ENHANCED and modality(kind) == "PT" else None

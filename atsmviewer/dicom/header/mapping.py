"""Owns real world value mappings: what stored values are in a unit, by an image or an object of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from atsmviewer.dicom.header.boundary import quiet, read_whole
from atsmviewer.dicom.header.tags import items, number, text, value
from atsmviewer.model.errors import ReviewError

_PLAIN_UNITS = {
    "bq/ml": "BQML",
    "cm2/ml": "CM2ML",
    "{counts}": "CNTS",
    "{counts}/s": "CPS",
    "{propcounts}": "PROPCNTS",
    "{propcounts}/s": "PROPCPS",
}
"""UCUM code in lower case -> the defined term of Units (0054,1001) of the same unit (PS3.16 CID 84)."""
_PREFERRED = ("BQML", "GML", "CM2ML", "CNTS", "CPS", "PROPCNTS", "PROPCPS")
"""Where a frame has several mappings: activity first, from which SUV is computed and checked here."""

_SIGN = 2**15
"""The bit of a 16-bit word that is its sign where it has one."""


@dataclass(frozen=True)
class RealWorldMapping:
    """Real value = ``slope`` x stored value + ``intercept``, in ``unit``, for ``first`` to ``last`` stored.

    ``unit`` is the code's value, such as "g/ml{SUVbw}"; ``instances`` are the SOP instances that an
    object of its own speaks for. Source: PS3.3 C.7.6.16.2.11.
    """

    slope: float
    intercept: float
    unit: str
    first: float
    last: float
    instances: tuple[str, ...] = ()
    path: Path | None = None

    @property
    def units(self) -> str | None:
        """The defined term of Units (0054,1001) for the unit; None for one that PET images do not have."""
        code = self.unit.replace(" ", "").lower()
        bare = re.sub(r"\{[^{}]*\}", "", code)
        if bare in ("g/ml", "cm2/ml") and self.suv_type is not None:
            return "CM2ML" if bare == "cm2/ml" or self.suv_type == "BSA" else "GML"
        return _PLAIN_UNITS.get(code)

    @property
    def suv_type(self) -> str | None:
        """SUVType (0054,1006) in the code's annotation: "{SUVlbm(Janma)}g/ml" is LBMJANMA."""
        said = re.search(r"\{suv([^{}]+)\}", self.unit, re.IGNORECASE)
        return re.sub(r"[^A-Z0-9]", "", said[1].upper()) if said else None


def mappings(dataset: Dataset) -> tuple[RealWorldMapping, ...]:
    """The linear mappings with a unit of a data set's own sequence; tables (LUT) are left out."""
    found = (_mapping(item) for item in items(dataset, "RealWorldValueMappingSequence"))
    return tuple(one for one in found if one is not None)


def preferred(found: tuple[RealWorldMapping, ...]) -> RealWorldMapping | None:
    """The mapping of an image that gives its values: Bq/ml before SUV before counts; None without any."""
    for units in _PREFERRED:
        for one in found:
            if one.units == units:
                return one
    return None


def read_mappings(path: Path) -> tuple[RealWorldMapping, ...]:
    """The mappings of a Real World Value Mapping object (PS3.3 A.46), each with the instances it names.

    ReviewError("MAPPING_UNREADABLE") where it holds no linear mapping with a unit.
    """
    with quiet():
        dataset = read_whole(path)
        found = []
        for group in items(dataset, "ReferencedImageRealWorldValueMappingSequence"):
            named = [text(i, "ReferencedSOPInstanceUID") for i in items(group, "ReferencedImageSequence")]
            uids = tuple(uid for uid in named if uid)
            found += [
                RealWorldMapping(m.slope, m.intercept, m.unit, m.first, m.last, uids, path)
                for m in mappings(group)
            ]
    if not found:
        what = f"{path.name} holds no linear mapping with a unit."
        raise ReviewError("MAPPING_UNREADABLE", what, "It is not needed to read the images themselves.")
    return tuple(found)


def _mapping(item: Dataset) -> RealWorldMapping | None:
    slope, intercept = number(item, "RealWorldValueSlope"), number(item, "RealWorldValueIntercept")
    first, last = _end(item, "First"), _end(item, "Last")
    codes = items(item, "MeasurementUnitsCodeSequence")
    unit = text(codes[0], "CodeValue") if len(codes) == 1 else None
    if slope is None or intercept is None or first is None or last is None or unit is None or slope == 0:
        return None
    if first > last and first >= _SIGN:
        first -= 2 * _SIGN  # read as unsigned, since an implicit file does not say whether it is US or SS
    return RealWorldMapping(slope, intercept, unit, first, last)


def _end(item: Dataset, side: str) -> float | None:
    """The first or last stored value mapped; bytes of unknown VR as an unsigned word."""
    stored = value(item, f"RealWorldValue{side}ValueMapped")
    if isinstance(stored, bytes):
        return float(int.from_bytes(stored[:2], "little")) if len(stored) >= 2 else None
    stated = number(item, f"RealWorldValue{side}ValueMapped")
    return number(item, f"DoubleFloatRealWorldValue{side}ValueMapped") if stated is None else stated

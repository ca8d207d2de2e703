"""Owns the two moments SUV turns on, read from the files alone: decay reference (R6) and injection (R11)."""

from __future__ import annotations

from statistics import median

from pydicom.dataset import Dataset

from tests.oracle import clocks, decay

GE = "GEMS_PETD_01"
SIEMENS = "SIEMENS MED PT"
LONG_S = 3 * 3600.0


class Unknown(Exception):
    """The files do not say; its text is why, in a word of this oracle's own."""


def reference_s(headers: list[Dataset], half_life_s: float) -> float:
    """The decay-reference time of a series with DecayCorrection START, seconds since 1970."""
    acquired = [clocks.of(one, "Acquisition") for one in headers]
    known = [a for a in acquired if a is not None]
    found = [_stated(headers[0]), _ge(headers[0]), _series(headers[0], known)]
    back = _back(headers, half_life_s)
    usable = [one for one in (*found, back) if one is not None]
    if not usable:
        raise Unknown("REFERENCE")
    return usable[0]


def injection_s(header: Dataset, reference: float, half_life_s: float) -> float:
    """When the activity was what the header says; the day is inferred for short-lived nuclides only."""
    item = header.RadiopharmaceuticalInformationSequence[0]
    where = clocks.zone(str(header.get("TimezoneOffsetFromUTC", "") or ""))
    stated = clocks.full(str(item.get("RadiopharmaceuticalStartDateTime", "") or ""), where)
    if stated is None and _is_ge(header):
        stated = clocks.full(_private(header, 0x0009, GE, 0x3B), where)
    if stated is not None:
        return stated
    clock = str(item.get("RadiopharmaceuticalStartTime", "") or "")
    if half_life_s > LONG_S or not clock:
        raise Unknown("INJECTION")
    seconds = clocks.moment("19700101", clock)
    midnight = clocks.moment(str(header.SeriesDate), "000000", where)
    if seconds is None or midnight is None:
        raise Unknown("INJECTION")
    at = midnight + seconds
    return at - 86400 if at > reference else at


def _is_ge(header: Dataset) -> bool:
    return str(header.get("Manufacturer", "")).upper().startswith("GE")


def _private(header: Dataset, group: int, creator: str, element: int) -> str:
    try:
        return str(header.private_block(group, creator)[element].value or "")
    except KeyError:
        return ""


def _stated(header: Dataset) -> float | None:
    where = clocks.zone(str(header.get("TimezoneOffsetFromUTC", "") or ""))
    own = str(header.get("DecayCorrectionDateTime", "") or "")
    return clocks.full(own or _private(header, 0x0071, SIEMENS, 0x22), where)


def _ge(header: Dataset) -> float | None:
    if not _is_ge(header):
        return None
    where = clocks.zone(str(header.get("TimezoneOffsetFromUTC", "") or ""))
    return clocks.full(_private(header, 0x0009, GE, 0x0D), where)


def _series(header: Dataset, acquired: list[float]) -> float | None:
    at = clocks.of(header, "Series")
    return at if at is not None and acquired and at <= min(acquired) else None


def _back(headers: list[Dataset], half_life_s: float) -> float | None:
    """Acquisition + time of mean activity - FrameReferenceTime; GE counts from the frame's start."""
    ge = _is_ge(headers[0])
    found = []
    for one in headers:
        start, span = clocks.of(one, "Acquisition"), one.get("ActualFrameDuration")
        reference = one.get("FrameReferenceTime")
        if start is None or span is None or reference is None:
            return None
        mean_s = 0.0 if ge else decay.mean_time(float(span) / 1000, half_life_s)
        found.append(start + mean_s - float(reference) / 1000)
    return median(found) if max(found) - min(found) <= 1 else None

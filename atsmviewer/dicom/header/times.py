"""Owns clocks: DICOM DA, TM and DT texts become dates, times and datetimes, or None where they are not whole.

Source: DICOM PS3.5 6.2 (DA, TM, DT), the ACR-NEMA forms it retired, and rule R12.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

_TM = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d+))?)?)?\Z", re.ASCII)
_DA = re.compile(r"(\d{4})([.\-/]?)(\d{2})\2(\d{2})\Z", re.ASCII)
_DT = re.compile(r"(\d{8})(\d{2}(?:\d{2}(?:\d{2}(?:\.\d+)?)?)?)([+-]\d{2}:?\d{2})?\Z", re.ASCII)
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})\Z", re.ASCII)


def parse_date(text: str | None) -> date | None:
    """A DA value "YYYYMMDD", also the retired "YYYY.MM.DD"; None where it is no date."""
    match = _DA.match(text.strip(" \0")) if text else None
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def parse_time(text: str | None) -> time | None:
    """A TM value "HH[MM[SS[.F]]]", also "HH:MM:SS"; the fraction counts from the left.

    "102959.05" is 50 000 microseconds; digits beyond microseconds are cut. A leap second (SS = 60)
    becomes 59.999999, since datetimes know none.
    """
    match = _TM.match(text.strip(" \0")) if text else None
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    microsecond = int((match[4] or "")[:6].ljust(6, "0"))
    if second == 60:
        second, microsecond = 59, 999_999
    try:
        return time(hour, minute, second, microsecond)
    except ValueError:
        return None


def parse_zone(text: str | None) -> timezone | None:
    """An offset "+ZZXX" or "-ZZXX" from UTC, within the -1200 to +1400 that DICOM allows, else None.

    ISO 8601's "+ZZ:XX" is read too: the times of a data set must not lose their zone by a colon.
    """
    match = _ZONE.match(text.strip(" \0")) if text else None
    if match is None or int(match[3]) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    offset = -offset if match[1] == "-" else offset
    return timezone(offset) if timedelta(hours=-12) <= offset <= timedelta(hours=14) else None


def parse_datetime(text: str | None, zone: timezone | None = None) -> datetime | None:
    """A DT value with at least its hour; its own offset wins over ``zone``, the offset of the data set.

    A DT that stops at the date says no time of day and is None, and so is one whose offset is broken.
    """
    match = _DT.match(text.strip(" \0")) if text else None
    if match is None:
        return None
    own = parse_zone(match[3])
    if match[3] and own is None:
        return None
    return combine(parse_date(match[1]), parse_time(match[2]), own or zone)


def combine(day: date | None, clock: time | None, zone: timezone | None = None) -> datetime | None:
    """A date and a time of day in the zone of the data set; None unless both are known."""
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock, zone)

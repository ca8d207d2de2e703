"""Owns DICOM dates and times as moments, from PS3.5 6.2 (DA, TM, DT) and PS3.3 C.12.1.1.8 (zone)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

from pydicom.dataset import Dataset

EPOCH = datetime(1970, 1, 1)


def zone(text: str) -> tzinfo | None:
    """``+HHMM`` or ``-HHMM``; None where there is none."""
    text = text.strip()
    if len(text) != 5 or text[0] not in "+-":
        return None
    span = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return timezone(-span if text[0] == "-" else span)


def moment(day: str, clock: str, where: tzinfo | None = None) -> float | None:
    """Seconds since 1970 of a DA and a TM, in UTC where the zone is known; None where either is absent."""
    day, clock = day.strip().replace(".", ""), clock.strip().replace(":", "")
    if len(day) != 8 or len(clock) < 2:
        return None
    whole, _, fraction = clock.partition(".")
    whole = (whole + "000000")[:6]
    seconds = int(whole[:2]) * 3600 + int(whole[2:4]) * 60 + int(whole[4:6])
    since = datetime.strptime(day, "%Y%m%d") - EPOCH
    offset = where.utcoffset(None) if where is not None else None
    east = offset.total_seconds() if offset is not None else 0.0
    return since.total_seconds() + seconds + float(f"0.{fraction or 0}") - east


def full(text: str, where: tzinfo | None = None) -> float | None:
    """Seconds since 1970 of a DT; its own zone wins over that of the data set."""
    text = text.strip()
    for sign in "+-":
        head, found, tail = text.partition(sign)
        if found:
            text, where = head, zone(sign + tail)
    return moment(text[:8], text[8:], where)


def of(header: Dataset, kind: str) -> float | None:
    """The moment of ``Series``, ``Acquisition``, ... from its Date and Time elements."""
    where = zone(str(header.get("TimezoneOffsetFromUTC", "") or ""))
    day, clock = (str(header.get(f"{kind}{part}", "") or "") for part in ("Date", "Time"))
    return moment(day, clock, where)

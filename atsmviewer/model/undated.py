"""Owns times without a date: their differences are right, their day is nominal and never shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

NOMINAL_DAY = date(1234, 5, 6)
"""The day that moments lie on where a source gives a time of day and seconds from it, but no date."""
REACH = timedelta(days=40)
"""Moments this near to it are without a date: no scan lies so long ago."""
NO_DATE = "no date"


def is_dated(moment: datetime) -> bool:
    """Whether the date of a moment is one that somebody stated."""
    return abs(moment.date() - NOMINAL_DAY) > REACH


def told(moment: datetime) -> str:
    """ISO 8601; without a date "no date, 10:35:00"."""
    return moment.isoformat() if is_dated(moment) else f"{NO_DATE}, {moment.time().isoformat()}"

"""How a line of an explanation reads: label, value, source; numbers and spans of time in words."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta

from atsmviewer.model.undated import NO_DATE, is_dated

LABEL, VALUE, WIDE, PAGE = 27, 42, 84, 112


def line(label: str, value: str, source: str = "") -> str:
    """One entry in three columns, the source in brackets; a long value is wrapped under itself."""
    rows = textwrap.wrap(value, WIDE) or [""]
    if len(label) >= LABEL:
        return "\n".join((f"  {label}", line("", value, source)))
    if source:
        short = len(rows[-1]) <= VALUE
        rows = [*rows[:-1], f"{rows[-1]:<{VALUE}}  [{source}]"] if short else [*rows, f"[{source}]"]
    return "\n".join(f"  {label if not i else '':<{LABEL}}{row}".rstrip() for i, row in enumerate(rows))


def paragraph(text: str, mark: str = "  ") -> str:
    """A sentence or two, wrapped under themselves."""
    return textwrap.fill(text, PAGE, initial_indent=mark, subsequent_indent=" " * len(mark))


def moment(when: datetime) -> str:
    """Date and time to the second, or to the tenth where the header is finer; with the zone where stated.

    Where there is no date it says so.
    """
    when += timedelta(milliseconds=50)
    tenth = f".{when.microsecond // 100_000}" if when.microsecond >= 100_000 else ""
    zone = when.strftime("%z")
    day = f"{when:%Y-%m-%d}" if is_dated(when) else f"{NO_DATE},"
    return f"{day} {when:%H:%M:%S}{tenth}{' ' + zone if zone else ''}"


def span(seconds: float) -> str:
    """A span of time in the unit that people say it in."""
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    if seconds < 60:
        return f"{sign}{seconds:.4g} s"
    if seconds < 3600:
        return f"{sign}{seconds / 60:.4g} min"
    if seconds < 72 * 3600:
        minutes = round(seconds / 6)  # tenths, so that no 60.0 min comes up
        rest = f" {minutes % 600 / 10:g} min" if minutes % 600 else ""
        return f"{sign}{minutes // 600} h{rest}"
    return f"{sign}{seconds / 86400:.1f} days"


def activity(bq: float) -> str:
    """An activity in MBq to five digits."""
    return f"{bq / 1e6:.5g} MBq"


def sentence(what: str) -> str:
    """The reason of a refusal without the words that its heading has said already."""
    bare = what.removeprefix("SUV withheld: ")
    return bare[:1].upper() + bare[1:]

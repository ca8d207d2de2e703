"""Numbers, units and times as a reader writes them; rounding is for show only (files keep full precision)."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from atsmviewer.model.facts import elapsed_s
from atsmviewer.model.roi import Role
from atsmviewer.model.undated import NO_DATE, is_dated
from atsmviewer.model.volume import Unit

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RESEARCH_LEAD = "Research use only."
RESEARCH_REST = (
    " Not for diagnosis, treatment planning or therapy decisions. atsmviewer is not a medical device."
)
PROTOCOL_EXAMPLE = "protocol example, not validated for Cu-ATSM"
CAUTION = "Cu-ATSM retention also follows redox state and copper metabolism."
EXAMPLE_THRESHOLD = 1.4
"""Document 004's "e.g., TBR > 1.4" (R27), marked on every curve."""
COMPARATORS = {">": ">", ">=": "≥", "<=": "≤"}
MASK_RULES = {
    "fraction": "a voxel counts with the part of it inside the region.",
    "centre": "a voxel counts where its centre is inside the region.",
}
RATIOS = {Role.MUSCLE: "T/M", Role.BLOOD_POOL: "T/blood", Role.BRAIN: "T/B"}


def ratio_name(reference: Role) -> str:
    """What a ratio to that reference is called: "T/M", "T/blood", "T/B", else "T/reference"."""
    return RATIOS.get(reference, "T/reference")


def decimal(value: float, places: int) -> str:
    """A number with that many decimals and a true minus; a small one that would print as 0 as "< 0.01"."""
    text = f"{abs(value):.{places}f}"
    if value and float(text) == 0:
        return f"< {10**-places:.{places}f}" if value > 0 else f"> \u2212{10**-places:.{places}f}"
    return f"\u2212{text}" if value < 0 else text


def significant(value: float, digits: int = 3) -> str:
    """A number with at least that many significant digits, never in powers of ten below a million."""
    if value == 0 or not 1e-6 <= abs(value) < 1e9:
        return f"{value:.{digits - 1}e}" if value else "0"
    return decimal(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))))


def amount(value: float, unit: str) -> str:
    """A PET value without its unit: SUV and kBq/ml with two decimals, stored units with three digits."""
    return decimal(value, 2) if unit in (Unit.SUV, Unit.KBQML) and abs(value) < 1e4 else significant(value)


def millilitres(value: float) -> str:
    """A volume in ml without its unit: whole from 100, one decimal from 10, else two."""
    return decimal(value, 0 if value >= 99.95 else 1 if value >= 9.995 else 2)


def percent(fraction: float, places: int = 0) -> str:
    """A fraction in percent without the sign."""
    return decimal(100 * fraction, places)


def over(tm_threshold: float, comparator: str) -> str:
    """The threshold as "T/M > 1.4", with as many decimals as it was chosen with."""
    digits = f"{tm_threshold:.6f}".rstrip("0")
    shown = f"{tm_threshold:.1f}" if len(digits.split(".")[1]) < 2 else digits
    return f"T/M\u00a0{COMPARATORS.get(comparator, comparator)}\u00a0{shown}"


def day(moment: datetime) -> str:
    """A date as "7 Sep 2026", in no locale but this one; "no date" where there is none."""
    if not is_dated(moment):
        return NO_DATE
    return f"{moment.day}\u00a0{MONTHS[moment.month - 1]}\u00a0{moment.year}"


def clock(moment: datetime) -> str:
    """A time of day as "11:20", with seconds where they are not 0."""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def gap(later: datetime, earlier: datetime) -> timedelta:
    """The time between two moments, zones minded."""
    return timedelta(seconds=elapsed_s(later, earlier))


def lapse(span: timedelta) -> str:
    """A time span as "45 min" or "24 h 45 min"."""
    minutes = round(abs(span.total_seconds()) / 60)
    sign = "\u2212" if span.total_seconds() < 0 else ""
    if minutes < 120:
        return f"{sign}{minutes}\u00a0min"
    hours, rest = divmod(minutes, 60)
    return f"{sign}{hours}\u00a0h" + (f" {rest}\u00a0min" if rest else "")


def stamped(when: str, seconds: bool = False) -> str:
    """An ISO time as "7 Sep 2026, 11:44" (with seconds if asked and not 0); other text as it stands."""
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        return when
    return f"{day(moment)}, {clock(moment) if seconds else format(moment, '%H:%M')}"

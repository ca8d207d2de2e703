"""Owns what an entered injection time means where pixels are corrected to the header's one (ADMIN, R9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from atsmviewer.model.errors import Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.overrides import Entered

FURTHEST_S = 12 * 3600.0


def moved_s(entered: Entered, when: datetime | None) -> float | Refusal:
    """Seconds from the header's injection, which the pixels of an ADMIN series stand for, to the one in use.

    0 where the reader changed no time or the header has none. The activity must then be brought to the
    header's moment, since the scanner decayed the pixels to that. Refused where the two lie on different
    days: the header's date may then be a dummy, and nothing says which day the scanner took.
    """
    changed = {"injection_datetime", "injection_day"} & entered.names
    if not changed or when is None or entered.facts.decay_correction != "ADMIN" or entered.header is None:
        return 0.0
    then = _of_header(entered.header, when)
    if then is None:
        return 0.0
    apart = elapsed_s(when, then)
    if abs(apart) <= FURTHEST_S:
        return apart
    what = (
        f"SUV withheld: the pixels are corrected to the header's injection {then:%Y-%m-%d %H:%M}, and the "
        f"entered one lies {abs(apart) / 3600:.0f} h from it."
    )
    return Refusal("ADMIN_OTHER_DAY", what, "Enter injection_datetime on that day, or none.")


def _of_header(header: PetFacts, when: datetime) -> datetime | None:
    """The header's injection; of a time of day alone the moment nearest to ``when``."""
    if header.injection_datetime is not None:
        return header.injection_datetime
    clock = header.injection_time
    if clock is None:
        return None
    zone = clock.tzinfo or when.tzinfo
    local = when if zone is None or when.tzinfo is None else when.astimezone(zone)
    near = datetime.combine(local.date(), clock.replace(tzinfo=None), zone)
    return min((near + timedelta(days=d) for d in (-1, 0, 1)), key=lambda m: abs(elapsed_s(m, when)))

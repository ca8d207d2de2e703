"""Owns the project's own SUV cases: copper at its usual times, days, midnights, and clocks that change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from atsmviewer.phantom.exam import CU61, CU62, Exam
from atsmviewer.phantom.nuclide import CU60, CU64, Nuclide
from atsmviewer.phantom.suvcase import SuvCase

SCANNED = datetime(2026, 9, 8, 11, 5, 20)
USUAL: tuple[tuple[Nuclide, float], ...] = ((CU60, 40.0), (CU61, 60.0), (CU62, 20.0), (CU64, 60.0))
"""Minutes from injection to scan, inside the windows of R31."""
BEDS = (0.0, 612.0)
NO_DATE = {"RadiopharmaceuticalStartDateTime": None}
NO_CLOCK = {"RadiopharmaceuticalStartTime": None}
WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))


def copper() -> tuple[SuvCase, ...]:
    """Every own case: usual times by decay mode, the late time point, the turn of days, changed clocks."""
    return (*_usual(), *_late(), *_turns(), *_clocks())


def _exam(nuclide: Nuclide, injected_at: datetime, reference: datetime) -> Exam:
    return Exam(nuclide, injected_at, reference, BEDS, 600.0, sex="F", weight_kg=63.5, height_m=1.68)


def _usual() -> tuple[SuvCase, ...]:
    made = []
    for nuclide, minutes in USUAL:
        exam = _exam(nuclide, SCANNED - timedelta(minutes=minutes), SCANNED)
        for mode in ("START", "ADMIN", "NONE"):
            what = f"{nuclide.name} {minutes:g} min after injection, two beds of 600 s, {mode}"
            made.append(SuvCase(f"{nuclide.name}_{mode}", what, replace(exam, decay=mode)))
    return tuple(made)


def _late() -> tuple[SuvCase, ...]:
    injected = SCANNED - timedelta(hours=24.5)
    exam = _exam(CU64, injected, SCANNED)
    day = {"injection_datetime": injected.isoformat()}
    said = "64Cu 24.5 h after injection"
    return (
        SuvCase("64Cu_24h_date", f"{said}, date and time", exam),
        SuvCase("64Cu_24h_clock", f"{said}, time of day only", exam, NO_DATE, refused=True),
        SuvCase(
            "64Cu_24h_day_entered",
            f"{said}, time of day only, reader enters the day",
            exam,
            NO_DATE,
            entered=day,
        ),
        SuvCase(
            "64Cu_coded",
            "64Cu, half-life absent, nuclide coded",
            _exam(CU64, SCANNED - timedelta(hours=1), SCANNED),
            {"RadionuclideHalfLife": None},
        ),
    )


def _turns() -> tuple[SuvCase, ...]:
    leap, year, night = datetime(2028, 2, 29, 0, 20), datetime(2026, 1, 1, 9, 40), datetime(2026, 9, 8, 0, 5)
    return (
        SuvCase(
            "night_clock",
            "62Cu injected 23:55, scanned 00:05, time of day only",
            _exam(CU62, night - timedelta(minutes=10), night),
            NO_DATE,
        ),
        SuvCase(
            "leap_clock",
            "60Cu over the night from 28 to 29 February, time of day only",
            _exam(CU60, leap - timedelta(minutes=40), leap),
            NO_DATE,
        ),
        SuvCase(
            "leap_date",
            "64Cu 24.5 h over 28 February, date and time",
            _exam(CU64, leap - timedelta(hours=24.5), leap),
        ),
        SuvCase(
            "leap_year_missed",
            "64Cu from 28 February to 1 March of no leap year, date and time",
            _exam(CU64, datetime(2027, 2, 28, 9, 40), datetime(2027, 3, 1, 10, 10)),
        ),
        SuvCase(
            "new_year_date",
            "64Cu from 31 December to 1 January, date and time",
            _exam(CU64, year - timedelta(hours=24.5), year),
        ),
        SuvCase(
            "new_year_clock",
            "62Cu over New Year's midnight, time of day only",
            _exam(CU62, datetime(2025, 12, 31, 23, 50), datetime(2026, 1, 1, 0, 10)),
            NO_DATE,
        ),
    )


def _clocks() -> tuple[SuvCase, ...]:
    """Clocks go forward at 02:00 +0100 on 29 March and back at 03:00 +0200 on 25 October 2026."""
    spring = _exam(
        CU64, datetime(2026, 3, 29, 1, 30, tzinfo=WINTER), datetime(2026, 3, 29, 3, 30, tzinfo=SUMMER)
    )
    autumn = _exam(
        CU64, datetime(2026, 10, 25, 2, 30, tzinfo=SUMMER), datetime(2026, 10, 25, 2, 30, tzinfo=WINTER)
    )
    over = _exam(
        CU64, datetime(2026, 10, 24, 10, 30, tzinfo=SUMMER), datetime(2026, 10, 25, 10, 0, tzinfo=WINTER)
    )
    return (
        SuvCase("clock_forward", "64Cu, 1 h while clocks go forward by one", spring, NO_CLOCK),
        SuvCase("clock_back", "64Cu, 1 h while clocks go back by one", autumn, NO_CLOCK),
        SuvCase("clock_back_day", "64Cu 24.5 h over the night of the clock change", over, NO_CLOCK),
    )

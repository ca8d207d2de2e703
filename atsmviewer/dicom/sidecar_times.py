"""Owns the times of a side-car: BIDS counts them in seconds from TimeZero, whose date it often leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from atsmviewer.dicom.sidecar import Sidecar
from atsmviewer.dicom.times import parse_date, parse_time

_SAME_S = 1.0
"""Two times of one side-car that are this close are one."""
_OVERLAP_S = 1.0


@dataclass(frozen=True)
class Times:
    """When each frame began (None without a date) and how long it lasted in s; the PET's own moments.

    ``injection_time`` is the time of day where no date is known. ``mode`` is the decay correction that
    the side-car's times say, in DICOM's words; ``doubt`` a sentence on a time that was not believed.
    """

    starts: tuple[datetime | None, ...]
    durations_s: tuple[float | None, ...]
    injection_datetime: datetime | None = None
    injection_time: time | None = None
    decay_reference_datetime: datetime | None = None
    series_datetime: datetime | None = None
    study_date: date | None = None
    mode: str | None = None
    doubt: str = ""
    source: str = "TimeZero and the seconds from it"


@dataclass(frozen=True)
class _Seconds:
    """The times of a side-car as BIDS counts them, in s from TimeZero."""

    scan: float | None
    injection: float | None
    decayed_to: float | None
    starts: tuple[float, ...] | None


def times_of(side: Sidecar, frames: int) -> Times:
    """The times of a PET of so many frames.

    An injection at the very start of a scan of one frame is not believed: converters write 0 where they
    lost the time of injection, and SUV would be wrong by the whole uptake.

    Raises ReviewError("SIDECAR_BROKEN") where frames overlap or a time is no time.
    """
    seconds = _Seconds(
        side.number("ScanStart"),
        side.number("InjectionStart"),
        side.number("ImageDecayCorrectionTime"),
        side.numbers("FrameTimesStart", frames),
    )
    lasts = side.numbers("FrameDuration", frames, 0.0) or side.numbers("frame_duration_s", frames, 0.0)
    durations = tuple(one or None for one in lasts) if lasts else (None,) * frames
    _no_overlap(side, seconds.starts, durations)
    doubt = ""
    begins = seconds.starts[0] if seconds.starts else seconds.scan
    if frames == 1 and _is_near(begins, seconds.injection):
        seconds = _Seconds(seconds.scan, None, seconds.decayed_to, seconds.starts)
        doubt = f"{side.name} gives the injection at the start of the scan; it was taken as not known."
    zero, clock = _zero(side, seconds)
    entered = side.moment("scan_datetime")
    scan = entered or _at(zero, seconds.scan if seconds.scan is not None else begins)
    counted = [None if seconds.starts is None else one for one in seconds.starts or (None,) * frames]
    starts = tuple(_at(zero, one) for one in counted) if zero and seconds.starts else (scan,) * frames
    if frames > 1 and not (zero and seconds.starts):
        starts = (scan, *(None,) * (frames - 1))
    mode = _mode(side, seconds)
    return Times(
        starts=starts,
        durations_s=durations,
        injection_datetime=side.moment("injection_datetime") or _at(zero, seconds.injection),
        injection_time=_clock_of(clock, seconds.injection) if zero is None else None,
        decay_reference_datetime=side.moment("reference_datetime") or _reference(zero, seconds, mode),
        series_datetime=entered,
        study_date=None if scan is None else scan.date(),
        mode=mode,
        doubt=doubt,
    )


def _no_overlap(side: Sidecar, starts: tuple[float, ...] | None, durations: tuple[float | None, ...]) -> None:
    for k, start in enumerate((starts or ())[1:]):
        lasts = durations[k]
        ends = (starts or ())[k] + (lasts or 0.0)
        if ends > start + _OVERLAP_S:
            raise side.broken(f"frames {k + 1} and {k + 2} overlap in time")


def _zero(side: Sidecar, seconds: _Seconds) -> tuple[datetime | None, time | None]:
    """TimeZero as a moment where it or ScanDate has a date, and its time of day."""
    written, day = side.text("TimeZero"), parse_date(side.text("ScanDate"))
    if written is None:
        return None, None
    if "T" in written:
        return side.moment("TimeZero"), None
    clock = parse_time(written)
    if clock is None:
        raise side.broken(f"TimeZero {written!r} is no time of day")
    if day is None:
        return None, clock
    scan = seconds.scan if seconds.scan is not None else (seconds.starts or (0.0,))[0]
    zero = datetime.combine(day, clock)
    return zero + timedelta(days=(day - (zero + timedelta(seconds=scan)).date()).days), clock


def _mode(side: Sidecar, seconds: _Seconds) -> str | None:
    """NONE, ADMIN (decay-corrected to the injection) or START; None where it is not said to when."""
    corrected = side.truth("ImageDecayCorrected")
    if corrected is False:
        return "NONE"
    if not corrected or seconds.decayed_to is None:
        return None
    return "ADMIN" if _is_near(seconds.decayed_to, seconds.injection) else "START"


def _is_near(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= _SAME_S


def _reference(zero: datetime | None, seconds: _Seconds, mode: str | None) -> datetime | None:
    return _at(zero, seconds.decayed_to) if mode == "START" else None


def _at(zero: datetime | None, seconds: float | None) -> datetime | None:
    if zero is None or seconds is None:
        return None
    try:
        return zero + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _clock_of(clock: time | None, seconds: float | None) -> time | None:
    """A time of day so many seconds after another."""
    moment = None if clock is None else _at(datetime.combine(date(2000, 1, 2), clock), seconds)
    return None if moment is None else moment.time()

"""Owns the times of a side-car: BIDS counts them in seconds from TimeZero, whose date it often leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from atsmviewer.dicom.header.times import parse_date, parse_time
from atsmviewer.dicom.nifti.sidecar import Sidecar

_SAME_S = 1.0
"""Two times of one side-car that are this close are one."""
_OVERLAP_S = 1.0


@dataclass(frozen=True)
class Times:
    """When each frame began (None without a date), how long it lasted and how far into the scan, in s.

    ``injection_time`` is the time of day where no date is known. ``mode`` is the decay correction that
    the side-car's times say, in DICOM's words; ``doubts`` sentences on times that were not believed.
    """

    starts: tuple[datetime | None, ...]
    durations_s: tuple[float | None, ...]
    offsets_s: tuple[float | None, ...]
    injection_datetime: datetime | None = None
    injection_time: time | None = None
    decay_reference_datetime: datetime | None = None
    series_datetime: datetime | None = None
    study_date: date | None = None
    mode: str | None = None
    doubts: tuple[str, ...] = ()
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
    begins = seconds.scan if seconds.scan is not None else (seconds.starts or (None,))[0]
    seconds, doubt = _believed(side, seconds, begins, frames)
    zero, clock = _zero(side, seconds)
    entered = side.moment("scan_datetime")
    scan = entered or _at(zero, begins)
    offsets = _offsets(seconds, begins, frames)
    mode, unsure = _mode(side, seconds, begins, zero)
    return Times(
        starts=tuple(_at(scan, offset) for offset in offsets),
        durations_s=durations,
        offsets_s=offsets,
        injection_datetime=side.moment("injection_datetime") or _at(zero, seconds.injection),
        injection_time=_clock_of(clock, seconds.injection) if zero is None else None,
        decay_reference_datetime=side.moment("reference_datetime") or _reference(zero, seconds, mode),
        series_datetime=entered,
        study_date=None if scan is None else scan.date(),
        mode=mode,
        doubts=tuple(one for one in (doubt, unsure) if one),
    )


def _believed(side: Sidecar, seconds: _Seconds, begins: float | None, frames: int) -> tuple[_Seconds, str]:
    if frames > 1 or not _is_near(begins, seconds.injection):
        return seconds, ""
    doubt = f"{side.name} gives the injection at the start of the scan; it was taken as not known."
    return _Seconds(seconds.scan, None, seconds.decayed_to, seconds.starts), doubt


def _offsets(seconds: _Seconds, begins: float | None, frames: int) -> tuple[float | None, ...]:
    """How far into the scan each frame began; of several frames without times only that of the first."""
    if seconds.starts is None or begins is None:
        return (0.0, *(None,) * (frames - 1))
    return tuple(start - begins for start in seconds.starts)


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


def _mode(
    side: Sidecar, seconds: _Seconds, begins: float | None, zero: datetime | None
) -> tuple[str | None, str]:
    """NONE, ADMIN (decay-corrected to the injection) or START; None and a doubt where the moment is unknown.

    START is DICOM's word for the start of the scan; corrected to another moment it holds with a date only.
    """
    corrected = side.truth("ImageDecayCorrected")
    if corrected is False:
        return "NONE", ""
    if not corrected:
        return None, ""
    if _is_near(seconds.decayed_to, seconds.injection):
        return "ADMIN", ""
    if seconds.decayed_to is not None and (zero is not None or _is_near(seconds.decayed_to, begins)):
        return "START", ""
    doubt = f"{side.name} does not say by a date to which moment decay was corrected."
    return None, f"{doubt} Enter decay_correction START and the moment as reference_datetime."


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

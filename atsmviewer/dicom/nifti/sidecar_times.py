"""Owns the times of a side-car: BIDS counts them in seconds from TimeZero, whose date it often leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from atsmviewer.dicom.header.times import parse_date, parse_time
from atsmviewer.dicom.nifti.sidecar import Sidecar
from atsmviewer.model.facts import elapsed_s
from atsmviewer.model.undated import NOMINAL_DAY, REACH, is_dated

_SAME_S = 1.0
"""Two times of one side-car that are this close are one."""
_OVERLAP_S = 1.0
_UNDATED = "gives times but no date: only the spans between them are used, and no date is shown."
_LONGEST_S = REACH.total_seconds() / 2
_STATIC_S = 300.0
"""No scan that is followed from the injection on begins with so long a frame."""


@dataclass(frozen=True)
class Times:
    """When each frame began (None without a date), how long it lasted and how far into the scan, in s.

    Where nothing has a date, moments lie on a nominal day, which is never shown (model/undated).
    ``injection_time`` is the time of day where the scan's is not known. ``mode`` is the decay correction that
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


def times_of(side: Sidecar, frames: int, stated: str | None = None) -> Times:
    """The times of a PET of so many frames; ``stated`` is the decay correction that DICOM's own key says.

    Our own keys and those of BIDS may both be there and must then agree to a second. An injection at the
    very start of a scan that was not followed from then on is not believed: converters write 0 where they
    lost the time of injection, and SUV would be wrong by the whole uptake.

    Raises ReviewError("SIDECAR_BROKEN") where frames overlap, a time is no time, or two contradict.
    """
    told = _Seconds(
        side.number("ScanStart"),
        side.number("InjectionStart"),
        side.number("ImageDecayCorrectionTime"),
        side.numbers("FrameTimesStart", frames),
    )
    lasts = side.numbers("FrameDuration", frames, 0.0) or side.numbers("frame_duration_s", frames, 0.0)
    durations = tuple(one or None for one in lasts) if lasts else (None,) * frames
    _no_overlap(side, told.starts, durations)
    _one_origin(side, told)
    begins = told.scan if told.scan is not None else (told.starts or (None,))[0]
    seconds, doubt = _believed(side, told, begins, durations)
    entered, injected = side.moment("scan_datetime"), side.moment("injection_datetime")
    zero, clock = _zero(side, begins)
    if zero is None:
        zero = _dated(side, clock, ((entered, begins), (injected, seconds.injection)))
    if zero is None:
        zero = _nominal(clock, told, begins)
    scan = _one(side, "scan_datetime", entered, _at(zero, begins))
    offsets = _offsets(seconds, begins, frames)
    decayed = seconds if stated != "ADMIN" else told
    mode, unsure = _mode(side, decayed, begins, zero, stated)
    injected = _one(side, "injection_datetime", injected, _at(zero, seconds.injection))
    decayed_to = _at(zero, told.decayed_to) if mode == "START" else None
    reference = _one(side, "reference_datetime", side.moment("reference_datetime"), decayed_to)
    undated = "" if zero is None or is_dated(zero) else f"{side.name} {_UNDATED}"
    return Times(
        starts=tuple(_at(scan, offset) for offset in offsets),
        durations_s=durations,
        offsets_s=offsets,
        injection_datetime=injected,
        injection_time=_clock_of(clock, seconds.injection) if zero is None else None,
        decay_reference_datetime=reference,
        series_datetime=entered,
        study_date=scan.date() if scan is not None and is_dated(scan) else None,
        mode=mode,
        doubts=tuple(one for one in (doubt, unsure, undated) if one),
    )


def _one(side: Sidecar, key: str, entered: datetime | None, counted: datetime | None) -> datetime | None:
    """A moment from its own key or from BIDS's seconds, whichever is there; both must agree."""
    if entered is not None and counted is not None and abs(elapsed_s(entered, counted)) > _SAME_S:
        raise side.broken(f"{key} and the seconds from TimeZero disagree")
    return entered if entered is not None else counted


def _one_origin(side: Sidecar, seconds: _Seconds) -> None:
    """BIDS counts frames from TimeZero as it does the scan; some converters count them from the scan."""
    if seconds.scan is None or seconds.starts is None or seconds.starts[0] >= seconds.scan - _SAME_S:
        return
    what = f"FrameTimesStart begins with {seconds.starts[0]:g}, before the scan (ScanStart {seconds.scan:g})"
    raise side.broken(f"{what}; both are counted from TimeZero")


def _believed(
    side: Sidecar, seconds: _Seconds, begins: float | None, durations: tuple[float | None, ...]
) -> tuple[_Seconds, str]:
    """The times without an injection that only a default puts at the start: of one frame, or of long ones."""
    first = begins if seconds.starts is None else seconds.starts[0]
    if not _is_near(first, seconds.injection):
        return seconds, ""
    doubt = f"{side.name} gives the injection at the start of the scan; it was"
    if len(durations) > 1 and (durations[0] or 0.0) < _STATIC_S:
        return seconds, f"{doubt} believed, since its {len(durations)} frames begin with a short one."
    return replace(seconds, injection=None), f"{doubt} taken as not known."


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


def _zero(side: Sidecar, begins: float | None) -> tuple[datetime | None, time | None]:
    """TimeZero as a moment where it or ScanDate has a date, and its time of day."""
    written, said = side.text("TimeZero"), side.text("ScanDate")
    day = parse_date((said or "").removesuffix("Z"))
    if said is not None and day is None:
        raise side.broken(f"ScanDate {said!r} is no date like 2026-09-07")
    if written is None:
        return None, None
    if "T" in written:
        return side.moment("TimeZero"), None
    plain = written.removesuffix("Z")
    clock = parse_time("0" + plain if re.match(r"\d:", plain) else plain)
    if clock is None:
        raise side.broken(f"TimeZero {written!r} is no time of day")
    if day is None:
        return None, clock
    zero = datetime.combine(day, clock)
    scan = _at(zero, begins or 0.0)
    zero_day = None if scan is None else _at(zero, (day - scan.date()).total_seconds())
    if zero_day is None:
        raise side.broken("its seconds from TimeZero lead to no date")
    return zero_day, clock


def _dated(
    side: Sidecar, clock: time | None, known: tuple[tuple[datetime | None, float | None], ...]
) -> datetime | None:
    """TimeZero without a date, by the first moment that has one and is counted in seconds too."""
    for moment, seconds in known:
        zero = None if seconds is None else _at(moment, -seconds)
        if zero is None:
            continue
        if clock is not None and abs(elapsed_s(zero, _nearest(clock, zero))) > _SAME_S:
            raise side.broken("TimeZero and the date and time beside it disagree")
        return zero
    return None


def _nominal(clock: time | None, seconds: _Seconds, begins: float | None) -> datetime | None:
    """TimeZero on a nominal day, where nothing has a date: SUV needs the seconds between the times only."""
    counted = (begins, seconds.injection, seconds.decayed_to, *(seconds.starts or ()))
    if clock is None or begins is None or any(abs(s or 0.0) > _LONGEST_S for s in counted):
        return None
    return datetime.combine(NOMINAL_DAY, clock.replace(tzinfo=None))


def _nearest(clock: time, moment: datetime) -> datetime:
    """That time of day on the day that brings it nearest to a moment."""
    same_day = datetime.combine(moment.date(), clock.replace(tzinfo=None), moment.tzinfo)
    around = (_at(same_day, days * 86400.0) for days in (-1, 0, 1))
    return min((one for one in around if one is not None), key=lambda one: abs(one - moment))


def _mode(
    side: Sidecar, told: _Seconds, begins: float | None, zero: datetime | None, stated: str | None
) -> tuple[str | None, str]:
    """NONE, ADMIN (decay-corrected to the injection) or START; None and a doubt where the moment is unknown.

    START is DICOM's word for the start of the scan; corrected to another moment it holds with a date only.
    Where scan and injection begin together the two are one, and the word that is ``stated`` is taken.
    """
    corrected = side.truth("ImageDecayCorrected")
    if corrected is False:
        return "NONE", ""
    if corrected and stated == "NONE":
        raise side.broken("ImageDecayCorrected and DecayCorrection disagree")
    to = told.decayed_to
    if (to is None and stated is not None) or (not corrected and stated not in ("START", "ADMIN")):
        return None, ""
    if _is_near(to, told.injection):
        return ("START" if stated == "START" and _is_near(to, begins) else "ADMIN"), ""
    if to is not None and (zero is not None or _is_near(to, begins)):
        return "START", ""
    if stated is not None:
        raise side.broken("decay was corrected to another time than the scan's, and TimeZero is missing")
    doubt = f"{side.name} does not say by a date to which moment decay was corrected."
    return None, f"{doubt} Enter decay_correction START and the moment as reference_datetime."


def _is_near(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= _SAME_S


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

"""Owns the evidence for the decay mode: the header's DecayFactor, which is never a multiplier (R9)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from statistics import median

from atsmviewer.model.errors import Flag
from atsmviewer.model.facts import PetFacts, SliceTime, elapsed_s
from atsmviewer.quant.decay import decay_factor, frame_factor, mean_activity_time
from atsmviewer.quant.doubt import off_by

_FITS = 0.01
"""A mode is suspect where another fits the stated factors better by more than this part."""


def mode_flags(
    facts: PetFacts, reference: datetime | None, injected: datetime | None, half_life_s: float | None
) -> tuple[Flag, ...]:
    """DECAYMODE_SUSPECT where (0054,1321) fits another mode than DecayCorrection says.

    Expected are e^(λ t) with t from the decay reference (START) or the injection (ADMIN) to the frame, 1 for
    NONE. A factor of 1 in every slice says nothing against START or ADMIN: scanners that leave the element
    unused write it, and so do the IBSI reference objects.
    """
    mode = facts.decay_correction or ""
    timed = [one for one in facts.slices if one.decay_factor is not None]
    if half_life_s is None or not timed or mode not in ("START", "ADMIN", "NONE"):
        return ()
    if mode != "NONE" and all(one.decay_factor == 1.0 for one in timed):
        return ()
    errors = {
        "START": min(_since_reference(timed, reference, half_life_s), default=math.inf),
        "ADMIN": min(_since(timed, injected, half_life_s), default=math.inf),
        "NONE": _error(timed, [0.0] * len(timed), half_life_s),
    }
    best = min(errors, key=lambda name: errors[name])
    if errors[best] + _FITS >= errors[mode] or math.isinf(errors[mode]):
        return ()
    what = (
        f"Decay correction says {mode}, but the decay factors (0054,1321) fit {best}: "
        f"{off_by(_ratio(best, mode, timed[0], reference, injected, half_life_s))}."
    )
    return (Flag("DECAYMODE_SUSPECT", what),)


def _since_reference(
    timed: Sequence[SliceTime], reference: datetime | None, half_life_s: float
) -> list[float]:
    """Errors by FrameReferenceTime, as the mean of the frame or its start, and by the acquisition times."""
    errors = _since(timed, reference, half_life_s)
    if all(one.frame_reference_s is not None for one in timed):
        counted = [one.frame_reference_s or 0.0 for one in timed]
        later = [t + _into_s(one, half_life_s) for t, one in zip(counted, timed, strict=True)]
        errors += [_error(timed, counted, half_life_s), _error(timed, later, half_life_s)]
    return errors


def _since(timed: Sequence[SliceTime], origin: datetime | None, half_life_s: float) -> list[float]:
    if origin is None or any(one.acquired is None for one in timed):
        return []
    starts = [elapsed_s(one.acquired, origin) for one in timed if one.acquired is not None]
    means = [t + _into_s(one, half_life_s) for t, one in zip(starts, timed, strict=True)]
    return [_error(timed, starts, half_life_s), _error(timed, means, half_life_s)]


def _into_s(one: SliceTime, half_life_s: float) -> float:
    return 0.0 if one.duration_s is None else mean_activity_time(one.duration_s, half_life_s)


def _error(timed: Sequence[SliceTime], seconds: Sequence[float], half_life_s: float) -> float:
    """Median relative distance of the stated factors from e^(λ t)."""
    expected = (decay_factor(-t, half_life_s) for t in seconds)
    return median(
        abs((one.decay_factor or 0.0) / e - 1.0) if e > 0 else math.inf
        for one, e in zip(timed, expected, strict=True)
    )


def _ratio(
    best: str,
    stated: str,
    one: SliceTime,
    reference: datetime | None,
    injected: datetime | None,
    half_life_s: float,
) -> float:
    """SUV of one slice under the best mode over that under the stated one, from the injection on."""
    origin = injected or reference

    def to_injection(mode: str) -> float:
        if mode == "ADMIN" or origin is None:
            return 1.0
        if mode == "START":
            return 1.0 if reference is None else decay_factor(elapsed_s(origin, reference), half_life_s)
        start = 1.0 if one.acquired is None else decay_factor(elapsed_s(origin, one.acquired), half_life_s)
        return start * (1.0 if one.duration_s is None else frame_factor(one.duration_s, half_life_s))

    by_stated = to_injection(stated)
    return to_injection(best) / by_stated if by_stated > 0 else math.inf

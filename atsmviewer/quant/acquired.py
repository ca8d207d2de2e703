"""Owns entries about how a scan was made: its start, the length of a frame, its corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from atsmviewer.model.facts import PetFacts, SliceTime, elapsed_s
from atsmviewer.model.undated import is_dated, told
from atsmviewer.quant.times import first_acquired

ACQUIRED = ("decay_correction", "attenuation_corrected", "scan_datetime", "frame_duration_s")
"""Entries that this module lays over the facts."""


def acquired_as(facts: PetFacts, values: Mapping[str, Any]) -> PetFacts:
    """The facts with the entries of ``ACQUIRED`` among ``values`` in them.

    The list of corrections follows what was entered: with START or ADMIN it holds DECY, with NONE it does
    not, with attenuation corrected it holds ATTN. A scan's start is that of the series; acquisition times
    of slices are moved with it, so that the spans between them stay, and absent ones are counted from it
    where the source says how long after the start a slice was acquired. One length cannot be that of
    several frames: of those it is taken for slices that state none (``is_unused``).
    """
    if "scan_datetime" in values:
        facts = _begun(facts, values["scan_datetime"])
    if "frame_duration_s" in values:
        facts = replace(facts, slices=_lasting(facts, values["frame_duration_s"]))
    if "decay_correction" in values:
        facts = replace(facts, decay_correction=values["decay_correction"])
    return replace(facts, corrected_image=_corrected(facts, values))


def is_unused(facts: PetFacts, name: str) -> bool:
    """Whether an entry changes nothing: one length for several frames, of which this one states its own."""
    own = facts.slices and all(one.duration_s is not None for one in facts.slices)
    return name == "frame_duration_s" and facts.several and bool(own)


def said_before(facts: PetFacts, name: str) -> object:
    """What the header says of an entry; None where it is silent. A time without a date is told as such."""
    said = _said(facts, name)
    return told(said) if isinstance(said, datetime) and not is_dated(said) else said


def _said(facts: PetFacts, name: str) -> object:
    if name == "attenuation_corrected":
        return None if facts.corrected_image is None else " ".join(facts.corrected_image)
    if name == "scan_datetime":
        return first_acquired(facts) or facts.series_datetime
    if name == "frame_duration_s":
        stated = sorted({one.duration_s for one in facts.slices if one.duration_s is not None})
        return None if not stated else stated[0] if len(stated) == 1 else f"{stated[0]:g} to {stated[-1]:g}"
    if name == "decay_correction" and facts.decay_correction is None and _lists_decay(facts):
        return "corrections listed: " + " ".join(facts.corrected_image or ())
    return getattr(facts, name, None)


def _lasting(facts: PetFacts, duration_s: float) -> tuple[SliceTime, ...]:
    return tuple(
        one if facts.several and one.duration_s is not None else replace(one, duration_s=duration_s)
        for one in facts.slices
    )


def _lists_decay(facts: PetFacts) -> bool:
    return bool({"DECY", "DECAY"} & set(facts.corrected_image or ()))


def _corrected(facts: PetFacts, values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """CorrectedImage (0028,0051) as it is with the entries; silent while nothing says of attenuation."""
    listed = facts.corrected_image
    mode = values.get("decay_correction")
    if "attenuation_corrected" in values:
        listed = tuple(dict.fromkeys((*(listed or ()), "ATTN")))
        mode = mode or (facts.decay_correction if facts.corrected_image is None else None)
    if listed is None or mode is None:
        return listed
    others = tuple(code for code in listed if code not in ("DECY", "DECAY"))
    return others if mode == "NONE" else (*others, "DECY")


def _begun(facts: PetFacts, moment: datetime) -> PetFacts:
    first = first_acquired(facts)

    def moved(one: SliceTime) -> SliceTime:
        if one.acquired is not None and first is not None:
            return replace(one, acquired=moment + timedelta(seconds=elapsed_s(one.acquired, first)))
        if one.offset_s is None:
            return one
        return replace(one, acquired=moment + timedelta(seconds=one.offset_s))

    slices = tuple(moved(one) for one in facts.slices)
    counted = facts.several and any(one.acquired is not None for one in slices)
    began = moment if counted or facts.series_acquired is not None else None
    return replace(facts, series_datetime=moment, series_acquired=began, slices=slices)

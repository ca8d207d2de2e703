"""Owns slices without decay correction: were they acquired together, what makes them comparable (R9, R25)."""

from __future__ import annotations

import math
from datetime import datetime, time

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.quant.decay import decay_factor, frame_factor
from atsmviewer.quant.times import first_acquired

Factors = tuple[float, ...]


def slice_corrections(facts: PetFacts, half_life_s: float, origin: datetime) -> Factors | None:
    """What turns each slice's mean activity into that at ``origin``: x / (1 - e^-x) e^(λ (t_acq - origin)).

    None where a slice's start or duration is not in the header, or cannot be. Source: R9.
    """
    corrections = []
    for one in facts.slices:
        if one.acquired is None or one.duration_s is None:
            return None
        grown = decay_factor(elapsed_s(origin, one.acquired), half_life_s)
        corrections.append(frame_factor(one.duration_s, half_life_s) * grown)
    return tuple(corrections) if corrections and all(0 < c < math.inf for c in corrections) else None


def blanked(facts: PetFacts) -> bool:
    """Whether an acquisition time is 00:00:00, as it is where times were zeroed: it is then none (R15)."""
    return any(s.acquired is not None and s.acquired.time() == time() for s in facts.slices)


def one_bed(facts: PetFacts) -> bool:
    """Whether all slices are known to have been acquired together.

    A reference time that grows by more than 1 s tells beds apart where AcquisitionTime is the series'.
    """
    timed = {(s.acquired, s.duration_s) for s in facts.slices}
    counted = [s.frame_reference_s for s in facts.slices if s.frame_reference_s is not None]
    if counted and max(counted) - min(counted) > 1.0:
        return False
    return len(timed) == 1 and all(acquired is not None for acquired, _ in timed) and not blanked(facts)


def decay_doubt(facts: PetFacts) -> str:
    """How DecayCorrection (0054,1102) and CorrectedImage (0028,0051) contradict each other; "" where not.

    Nothing says then whether the pixels are decay-corrected (R3).
    """
    if facts.corrected_image is None:
        return ""
    mode, listed = facts.decay_correction, bool({"DECY", "DECAY"} & set(facts.corrected_image))
    if mode == "NONE" and listed:
        return "decay correction is NONE, but CorrectedImage lists DECY"
    if mode in ("START", "ADMIN") and not listed:
        return f"decay correction is {mode}, but CorrectedImage does not list DECY"
    return ""


def stored_undecayed(facts: PetFacts) -> bool:
    """Whether pixels are SUV already, of beds that were not decay-corrected: of which time is unknown."""
    return facts.units in ("GML", "CM2ML") and facts.decay_correction == "NONE" and not one_bed(facts)


def bed_corrections(facts: PetFacts, half_life_s: float | None, slices: int) -> Factors | None:
    """Undecayed slices brought to the first acquisition, so that beds compare; None where they cannot be."""
    first = first_acquired(facts)
    if facts.decay_correction != "NONE" or decay_doubt(facts) or stored_undecayed(facts):
        return None
    if half_life_s is None or first is None or blanked(facts):
        return None
    made = slice_corrections(facts, half_life_s, first)
    return made if made is not None and len(made) == slices else None


def beds_refusal(facts: PetFacts, half_life_s: float | None, slices: int) -> Refusal | None:
    """Why values of two slices whose decay is not or may not be corrected must not be divided (R25)."""
    doubt = decay_doubt(facts)
    if one_bed(facts) or (facts.decay_correction != "NONE" and not doubt):
        return None
    if doubt:
        what = f"No T/M: {doubt}, and slices may have been scanned at different times."
        return Refusal("DECAY_RATIO", what, "Choose another series.")
    if stored_undecayed(facts):
        what = "No T/M: slices are SUV of different times, made without decay correction."
        return Refusal("DECAY_RATIO", what, "Choose a series in Bq/ml, or one that is decay-corrected.")
    if half_life_s is None:
        what = "No T/M: slices were scanned at different times without decay correction, half-life unknown."
        return Refusal("DECAY_RATIO", what, "Enter half_life_s or nuclide.")
    if bed_corrections(facts, half_life_s, slices) is None:
        what = "No T/M: decay is not corrected, and the header does not say when each slice was scanned."
        return Refusal("DECAY_RATIO", what, "Choose a series with acquisition times and frame durations.")
    return None


def beds_flags(facts: PetFacts, half_life_s: float | None, slices: int) -> tuple[Flag, ...]:
    """Values shown of slices that do not compare: said where no correction could bring them together."""
    if beds_refusal(facts, half_life_s, slices) is None:
        return ()
    what = (
        "Decay was not or may not have been corrected, and slices may have been scanned at different times: "
        "values of two slices do not compare, by an unknown amount."
    )
    return (Flag("BEDS_UNCORRECTED", what),)

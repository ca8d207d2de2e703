"""How a PET's stored unit becomes SUV: the factor, what it was made of, or the refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.volume import Unit


@dataclass(frozen=True)
class ReferenceTime:
    """One candidate for the time the pixels are decay-corrected to, and the factor it would give."""

    name: str
    when: datetime
    factor: float | None
    chosen: bool = False


@dataclass(frozen=True)
class Scale:
    """From rescaled pixel to shown value: value = pixel x factor of its slice, in ``unit``.

    Where SUV is refused ``unit`` is kBq/ml (factor 0.001) or the stored unit (factor 1), and
    ``refused`` says why. ``ratio_refused`` is set where even T/M must not be given (R25).
    ``facts_used`` lists (name, value, source) of every input, for provenance.
    """

    unit: Unit
    slice_factors: tuple[float, ...]
    algorithm: str
    refused: Refusal | None
    ratio_refused: Refusal | None = None
    reference_time: datetime | None = None
    injection_time: datetime | None = None
    candidates: tuple[ReferenceTime, ...] = ()
    flags: tuple[Flag, ...] = ()
    facts_used: tuple[tuple[str, str, str], ...] = ()
    tracer_is_cu_atsm: bool = False
    tracer: str = ""
    nuclide: str = ""
    kind: str = "bw"
    """One of ``SUV_KINDS``: what the values are where nothing is refused."""
    label: str = "SUVbw"
    """The kind as it is printed, with the name of its formula: "SUVlbm (Janmahasatian)"."""
    slices: tuple[SliceTime, ...] = ()
    """When each slice was acquired, by the header and what the reader entered."""
    started: datetime | None = None
    """When the scan, or this frame of it, began by the start that the reader entered; None where none was."""

    @property
    def factor(self) -> float | None:
        """The one factor of all slices, or None if it differs by slice."""
        return self.slice_factors[0] if len(set(self.slice_factors)) == 1 else None

    @property
    def is_suv(self) -> bool:
        """Whether values come out as the kind that was asked for, and nothing was refused."""
        return self.refused is None

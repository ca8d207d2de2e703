"""What the literature says: rows of the cut-off table, and what each one says of a tumour (R28)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CutOff:
    """One row of the cut-off table; None is "unknown", and a row with an unknown kind or window never judges.

    ``metric`` is "tm", "suv", "tb", "tumour_to_liver" or "volume_ml"; ``kind`` "mean", "max", "peak" or
    None. ``uptake_min`` is the window after injection in minutes. ``status`` is one of "verified",
    "verified, no cut or kind", "cut not seen", "document only", "contradicted" and "example"; only
    "verified" can judge.
    """

    uid: str
    tumour: str
    isotope: str
    radiopharmaceutical: str
    metric: str
    kind: str | None
    cut: float | None
    comparator: str
    uptake_min: tuple[float, float] | None
    endpoint: str
    n: int | None
    citation: str
    status: str
    note: str = ""


@dataclass(frozen=True)
class Evidence:
    """What one row says of one tumour: a verdict where everything matches, else context and why.

    ``verdict`` is "above", "below", "straddles" (the noise interval holds the cut) or "context".
    ``why`` lists what does not match or is unknown; empty for a verdict.
    """

    row: CutOff
    roi_uid: str
    acquisition_uid: str
    frame: int
    verdict: str
    value: float | None = None
    why: tuple[str, ...] = ()

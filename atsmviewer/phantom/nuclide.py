"""The nuclides of the demonstration: half-life, positron fraction, codes, and decay as scanners count it."""

from __future__ import annotations

import math
from dataclasses import dataclass

Code = tuple[str, str, str]
"""Code value, coding scheme designator, meaning."""


@dataclass(frozen=True)
class Nuclide:
    """A copper isotope with its constants and the codes of DICOM PS3.16 CID 4020 and 4021."""

    name: str
    half_life_s: float
    positron_fraction: float
    code: Code
    tracer: str
    tracer_code: Code

    def left_after(self, seconds: float) -> float:
        """The part of the activity that is left, 2^(-t / half-life)."""
        return float(2.0 ** (-seconds / self.half_life_s))

    def mean_activity_s(self, duration_s: float) -> float:
        """When the activity is its mean over a frame: ln(x / (1 - e^-x)) / lambda, x = lambda T (R8)."""
        rate = math.log(2.0) / self.half_life_s
        x = rate * duration_s
        return math.log(x / -math.expm1(-x)) / rate


# Half-lives and positron fractions: ENSDF decay data sets (R18).
CU64 = Nuclide(
    "64Cu",
    45722.2,
    0.1749,
    ("3932008", "SCT", "^64^Copper"),
    "Cu-64 ATSM",
    ("422855001", "SCT", "ATSM Cu^64^"),
)
CU60 = Nuclide(
    "60Cu",
    1422.0,
    0.926,
    ("425364008", "SCT", "^60^Copper"),
    "Cu-60 ATSM",
    ("126700", "DCM", "ATSM Cu^60^"),
)

"""Owns the doubt that the PET's blur casts on a small tumour (R27b); nothing is corrected."""

from __future__ import annotations

import math

from atsmviewer.model.errors import Flag
from atsmviewer.quant.sample import Sample

WIDTHS = 5.0
"""Equivalent diameters below this many FWHM are doubted."""

LONG_RANGE = ("60Cu", "62Cu")
"""Nuclides whose positrons travel far enough to blur the picture beyond the scanner's resolution."""


def partial_volume(sample: Sample, fwhm_mm: float, nuclide: str) -> tuple[Flag, ...]:
    """PARTIAL_VOLUME where the equivalent diameter ∛(6V / π) is below 5 x FWHM, else nothing."""
    diameter = 2 * (3 * sample.volume_ml * 1000 / (4 * math.pi)) ** (1 / 3)
    if diameter >= WIDTHS * fwhm_mm:
        return ()
    what = (
        f"Equivalent diameter {diameter:.3g} mm is below {WIDTHS:g} x {fwhm_mm:g} mm resolution: T/M max, "
        "volume and fraction are underestimated or depend on the boundary."
    )
    if nuclide in LONG_RANGE:
        what += f" The positron range of {nuclide} adds to the blur."
    return (Flag("PARTIAL_VOLUME", what),)

"""A tiny relative of a case for tests: one or two scans of 24 slices about the tumour, headers changeable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atsmviewer.model.grid import Grid, Vector, vector
from atsmviewer.phantom.case import Beds, Case, Scan
from atsmviewer.phantom.cases import case, lattice

SLICES = 24


def small_case(name: str = "thigh-64cu", scans: int = 1, **changes: object) -> Case:
    """The first ``scans`` of a case on small grids: PET 24 x 64 x 64 of (4, 6, 6) mm, CT 24 x 128 x 128.

    The grids hold the tumour and the muscle places. ``changes`` are PET header values by DICOM
    keyword, at top level or of the radiopharmaceutical item, that replace the true ones; None leaves
    the element out. ``Units="GML"`` also stores SUV instead of Bq/ml.
    """
    full = case(name)
    return replace(full, scans=tuple(_small(full, scan) for scan in full.scans[:scans]), changes=changes)


def _small(full: Case, scan: Scan) -> Scan:
    centre = scan.here((0.0, 0.0, full.tumour.centre_mm[2]))
    beds = Beds(SLICES // 2, scan.beds.duration_s, scan.beds.pause_s)
    return replace(
        scan,
        pet=_about(scan.pet, centre, 64, 6.0),
        ct=_about(scan.ct, centre, 128, 3.0),
        beds=beds,
    )


def _about(grid: Grid, centre_mm: Vector, pixels: int, pixel_mm: float) -> Grid:
    """A small grid about a centre, on slices of the full one so that CT and PET share them."""
    s, r, c = (float(i) for i in grid.to_index(np.asarray(centre_mm)))
    middle = vector(grid.to_mm(np.array([round(s) - 0.5, r, c])))
    spacing = (grid.spacing_mm[0], pixel_mm, pixel_mm)
    return lattice((SLICES, pixels, pixels), spacing, middle, grid.frame_of_reference_uid)

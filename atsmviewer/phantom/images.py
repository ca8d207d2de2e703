"""The two images of a scan: a CT in HU and a PET in Bq/ml, blurred and noisy as a scanner would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atsmviewer.model.grid import Floats, Grid, Vector
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.phantom.blurred import blurred_sphere, sigma_of
from atsmviewer.phantom.case import Case, Scan
from atsmviewer.phantom.identity import uid_of
from atsmviewer.phantom.noise import blur, noise
from atsmviewer.phantom.outline import couch
from atsmviewer.phantom.paint import paint_ct, paint_pet
from atsmviewer.phantom.shapes import Array

CT_NOISE_HU = 9.0
CT_KERNEL_MM = 2.6
MARGIN = 4
"""Slices painted beyond each end of the PET and cut off after the blur, so that its ends are true."""


def ct_volume(case: Case, scan: Scan) -> Volume:
    """The CT in whole HU, int16."""
    bed = paint_ct(scan.ct, np.eye(4), (couch(),))
    voxels = paint_ct(scan.ct, scan.matrix, case.parts, onto=bed)
    voxels += np.float32(CT_NOISE_HU) * noise(scan.ct.shape, scan.ct.spacing_mm, CT_KERNEL_MM, scan.seed)
    whole = np.clip(np.rint(voxels), -1024, 3071).astype(np.int16)
    return Volume(scan.ct, whole, Unit.HU, uid_of(case.name, scan.name, "CT"))


def pet_volume(case: Case, scan: Scan) -> Volume:
    """The PET in Bq/ml, decay-corrected to the scan's start (R17 solved for the concentration).

    In SUV, g/ml, where the header is changed to say GML.
    """
    suv = suv_voxels(case, scan)
    level = suv_voxels_noise(case, scan, suv)
    in_suv = case.changes.get("Units") == "GML"
    voxels = level if in_suv else np.asarray(level * bqml_per_suv(case, scan), np.float32)
    return Volume(scan.pet, voxels, Unit.SUV if in_suv else Unit.BQML, uid_of(case.name, scan.name, "PT"))


def bqml_per_suv(case: Case, scan: Scan) -> float:
    """C / SUVbw = D 2^(-dt / half-life) / (W x 1000), dt from injection to the scan's start."""
    elapsed = (scan.start - case.injected_at).total_seconds()
    return case.injected_bq * case.nuclide.left_after(elapsed) / (case.person.weight_kg * 1000.0)


def suv_voxels(case: Case, scan: Scan) -> Array:
    """The noise-free PET in SUV: organs painted and blurred, the tumour added in closed form.

    Blurring is linear, so the tumour may be added after it; around it the body is plain muscle.
    """
    wide = _widened(scan.pet)
    body = blur(paint_pet(wide, scan.matrix, case.parts, scan.suv), wide.spacing_mm, case.fwhm_mm)
    return np.asarray(body[MARGIN:-MARGIN] + tumour_suv(case, scan, scan.pet), np.float32)


def tumour_suv(case: Case, scan: Scan, grid: Grid) -> Floats:
    """What the tumour adds to muscle at every voxel centre: two blurred spheres, exactly."""
    tumour, muscle, sigma = case.tumour, scan.suv["muscle"], sigma_of(case.fwhm_mm)
    window = _near(grid, scan.here(tumour.centre_mm), tumour.radius_mm + 8 * sigma)
    index = np.stack(np.meshgrid(*(np.arange(w.start, w.stop) for w in window), indexing="ij"), axis=-1)
    at = grid.to_mm(index.astype(np.float64))
    rim = np.linalg.norm(at - np.asarray(scan.here(tumour.centre_mm)), axis=-1)
    core = np.linalg.norm(at - np.asarray(scan.here(tumour.core_centre_mm)), axis=-1)
    added = np.zeros(grid.shape, np.float64)
    added[window] = (scan.tm_rim - 1.0) * blurred_sphere(rim, tumour.radius_mm, sigma)
    added[window] += (scan.tm_core - scan.tm_rim) * blurred_sphere(core, tumour.core_radius_mm, sigma)
    return muscle * added


def _near(grid: Grid, centre_mm: Vector, reach_mm: float) -> tuple[slice, slice, slice]:
    """The voxels of an upright grid within reach of a point along every axis."""
    middle = grid.to_index(np.asarray(centre_mm))
    reach = reach_mm / np.asarray(grid.spacing_mm)
    low, high = np.floor(middle - reach).astype(int), np.ceil(middle + reach).astype(int) + 1
    s, r, c = (slice(max(int(a), 0), min(int(b), n)) for a, b, n in zip(low, high, grid.shape, strict=True))
    return s, r, c


def suv_voxels_noise(case: Case, scan: Scan, suv: Array) -> Array:
    """The PET with noise: standard deviation cov x muscle x sqrt(value / muscle), as counts have it."""
    muscle = scan.suv["muscle"]
    sd = np.float32(scan.noise_cov) * np.sqrt(np.float32(muscle) * np.maximum(suv, 0))
    noisy = suv + sd * noise(scan.pet.shape, scan.pet.spacing_mm, case.fwhm_mm, scan.seed + 1)
    return np.maximum(noisy, np.float32(0))


def _widened(grid: Grid) -> Grid:
    origin = grid.matrix[:3, 3] - MARGIN * grid.matrix[:3, 0]
    matrix = np.column_stack([grid.matrix[:3, :3], origin])
    shape = (grid.shape[0] + 2 * MARGIN, *grid.shape[1:])
    return replace(grid, shape=shape, affine=tuple(float(v) for v in matrix.ravel()))

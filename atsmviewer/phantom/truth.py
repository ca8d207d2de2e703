"""The truth of a case, in closed form before and after the blur, as plain values for truth.json.

Keys of the record:

- ``schema``, ``case``, ``nuclide``, ``half_life_s``, ``injected_bq``, ``injected_at``, ``weight_kg``,
  ``fwhm_mm`` (of the point spread and of the noise kernel).
- ``movement``: list of rigid movements between scans: ``from_uid``, ``to_uid`` (frames of reference)
  and ``matrix`` (4 x 4, row by row, LPS mm). Absent scans give an empty list.
- ``acquisitions``: one per scan, in order of time:

  - ``name``, ``started_at``, ``frame_of_reference_uid``, ``pet_series_uid``, ``ct_series_uid``;
  - ``suvbw_per_bqml``: the SUV factor of every pixel;
  - ``suv``: SUVbw of every tissue before the blur, and deep inside it after the blur too;
  - ``organs``: spheres deep inside a tissue, each ``name`` (a key of ``suv``), ``centre_mm``, ``radius_mm``;
  - ``muscles``: places for muscle regions, ``name``, ``centre_mm``, ``radius_mm``; uniform in PET;
  - ``tumour``: ``site``, ``centre_mm``, ``radius_mm``, ``core_centre_mm``, ``core_radius_mm``,
    ``tm_rim``, ``tm_core``, ``volume_ml``, ``core_volume_ml``;
  - ``regions``: for spheres about the tumour's centre of ``radius_mm``, the first being the tumour:
    ``volume_ml``; ``before_blur`` and ``after_blur``, each with ``tm_mean``, ``tm_max`` and
    ``curve``, rows of (T/M threshold, ml with T/M > threshold); ``after_blur`` also has what the
    image's noise makes of it: ``tm_mean_sd``, and ``curve_with_noise``, rows of (threshold, expected
    ml, its standard deviation at most), both without the noise of the muscle mean;
  - ``noise``: ``cov`` (sd / mean of voxels in muscle), ``kernel_fwhm_mm``, and ``rule``.

"After the blur" is the image without noise, as a continuous field.
"""

from __future__ import annotations

import numpy as np

from atsmviewer.phantom.blurred import Floats, blurred_sphere, sigma_of, sphere_ml
from atsmviewer.phantom.case import Ball, Case, Scan
from atsmviewer.phantom.identity import uid_of
from atsmviewer.phantom.images import bqml_per_suv
from atsmviewer.phantom.readout import expected_curve, mean_sd

SCHEMA = "atsmviewer.truth/1"
THRESHOLDS = tuple(k / 10 for k in range(10, 51))
REGION_MARGINS_MM = (0.0, 3.0, 6.0)
"""How far the regions of the truth reach beyond the tumour."""
_SHELLS, _BELTS = 600, 600


def truth(case: Case) -> dict[str, object]:
    """Everything that was put in and what a noise-free reading would find, as JSON values."""
    first = case.scans[0]
    return {
        "schema": SCHEMA,
        "case": case.name,
        "nuclide": case.nuclide.name,
        "half_life_s": case.nuclide.half_life_s,
        "injected_bq": case.injected_bq,
        "injected_at": case.injected_at.isoformat(),
        "weight_kg": case.person.weight_kg,
        "fwhm_mm": case.fwhm_mm,
        "movement": [_movement(first, other) for other in case.scans[1:]],
        "acquisitions": [_acquisition(case, scan) for scan in case.scans],
    }


def tm_field(case: Case, scan: Scan, r_mm: Floats, core_r_mm: Floats) -> Floats:
    """T/M after the blur at distances from the tumour's and the core's centre: 1 + two blurred spheres."""
    tumour, sigma = case.tumour, sigma_of(case.fwhm_mm)
    rim = (scan.tm_rim - 1.0) * blurred_sphere(r_mm, tumour.radius_mm, sigma)
    core = (scan.tm_core - scan.tm_rim) * blurred_sphere(core_r_mm, tumour.core_radius_mm, sigma)
    return 1.0 + rim + core


def _movement(first: Scan, other: Scan) -> dict[str, object]:
    matrix = other.matrix @ np.linalg.inv(first.matrix)
    return {
        "from_uid": first.pet.frame_of_reference_uid,
        "to_uid": other.pet.frame_of_reference_uid,
        "matrix": [float(v) for v in matrix.ravel()],
    }


def _acquisition(case: Case, scan: Scan) -> dict[str, object]:
    tumour = case.tumour
    seen = [ball for ball in case.organs if _inside(scan, ball)]
    return {
        "name": scan.name,
        "started_at": scan.start.isoformat(),
        "frame_of_reference_uid": scan.pet.frame_of_reference_uid,
        "pet_series_uid": uid_of(case.name, scan.name, "PT"),
        "ct_series_uid": uid_of(case.name, scan.name, "CT"),
        "suvbw_per_bqml": 1.0 / bqml_per_suv(case, scan),
        "suv": dict(scan.suv),
        "organs": [_ball(scan, ball) for ball in seen],
        "muscles": [_ball(scan, ball) for ball in case.muscles if _inside(scan, ball)],
        "tumour": {
            "site": tumour.site,
            "centre_mm": scan.here(tumour.centre_mm),
            "radius_mm": tumour.radius_mm,
            "core_centre_mm": scan.here(tumour.core_centre_mm),
            "core_radius_mm": tumour.core_radius_mm,
            "tm_rim": scan.tm_rim,
            "tm_core": scan.tm_core,
            "volume_ml": sphere_ml(tumour.radius_mm),
            "core_volume_ml": sphere_ml(tumour.core_radius_mm),
        },
        "regions": [region(case, scan, tumour.radius_mm + margin) for margin in REGION_MARGINS_MM],
        "noise": {
            "cov": scan.noise_cov,
            "kernel_fwhm_mm": case.fwhm_mm,
            "rule": "sd = cov x muscle x sqrt(value / muscle)",
        },
    }


def region(case: Case, scan: Scan, radius_mm: float) -> dict[str, object]:
    """T/M and volume above each threshold in a sphere about the tumour, before and after the blur."""
    return {
        "radius_mm": radius_mm,
        "volume_ml": sphere_ml(radius_mm),
        "before_blur": _before(case, scan, radius_mm),
        "after_blur": _after(case, scan, radius_mm),
    }


def _before(case: Case, scan: Scan, radius_mm: float) -> dict[str, object]:
    """Three uniform compartments: core, rim, and muscle out to the region's edge."""
    core = sphere_ml(case.tumour.core_radius_mm)
    rim = sphere_ml(case.tumour.radius_mm) - core
    around = sphere_ml(radius_mm) - rim - core
    parts = ((core, scan.tm_core), (rim, scan.tm_rim), (around, 1.0))
    return {
        "tm_mean": sum(ml * tm for ml, tm in parts) / sphere_ml(radius_mm),
        "tm_max": scan.tm_core,
        "curve": [[t, sum(ml for ml, tm in parts if tm > t)] for t in THRESHOLDS],
    }


def _after(case: Case, scan: Scan, radius_mm: float) -> dict[str, object]:
    """The blurred field integrated over the region.

    The field depends on the distances to two centres only, so it is symmetric about the line through
    them: the sphere is cut into shells of radius r and belts of equal area, cos(angle) = u, and each
    cell has the volume (r2^3 - r1^3) / 3 x 2 pi x du exactly; the distance to the core's centre is
    sqrt(r^2 + d^2 - 2 r d u).
    """
    apart = float(np.linalg.norm(np.subtract(case.tumour.core_centre_mm, case.tumour.centre_mm)))
    edges = np.linspace(0.0, radius_mm, _SHELLS + 1)
    r = ((edges[1:] + edges[:-1]) / 2)[:, None]
    u = ((np.arange(_BELTS) + 0.5) / _BELTS * 2 - 1)[None, :]
    to_core = np.sqrt(np.maximum(r**2 + apart**2 - 2 * r * apart * u, 0.0))
    field = tm_field(case, scan, np.broadcast_to(r, to_core.shape), to_core)
    shell_ml = (edges[1:] ** 3 - edges[:-1] ** 3) / 3 * 4 * np.pi / 1000.0
    cell_ml = np.broadcast_to(shell_ml[:, None] / _BELTS, field.shape)
    return {
        "tm_mean": float((field * cell_ml).sum() / cell_ml.sum()),
        "tm_max": float(field.max()),
        "curve": [[t, float(cell_ml[field > t].sum())] for t in THRESHOLDS],
        "tm_mean_sd": mean_sd(field, cell_ml, scan.noise_cov, case.fwhm_mm),
        "curve_with_noise": expected_curve(field, cell_ml, scan.noise_cov, case.fwhm_mm, THRESHOLDS),
    }


def _ball(scan: Scan, ball: Ball) -> dict[str, object]:
    return {"name": ball.name, "centre_mm": scan.here(ball.centre_mm), "radius_mm": ball.radius_mm}


def _inside(scan: Scan, ball: Ball) -> bool:
    """Whether the whole sphere lies in the PET's field of view."""
    low, high = scan.pet.extent_mm
    return all(
        a + ball.radius_mm <= c <= b - ball.radius_mm
        for a, c, b in zip(low, scan.here(ball.centre_mm), high, strict=True)
    )

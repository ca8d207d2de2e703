"""When a muscle is a denominator, the noise of several, and from where its distance counts: by formula."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Ratio
from atsmviewer.model.roi import Contour, ImportedMask, Prism, Roi, Role
from atsmviewer.model.study import Study
from atsmviewer.quant.assess import assess
from tests.quant.made import ball, code, grid, roi, session, study, value, volume

ON = grid((30, 30, 60))
ROWS = 10
TUMOUR = ball(Role.TUMOUR, (60.0, 0.0, 0.0), 12.0)
V_C = (4 * math.pi * (6 / math.sqrt(8 * math.log(2))) ** 2) ** 1.5 / 1000
"""Volume of one independent value at a FWHM of 6 mm, in ml (R30)."""


def block(slices: int, name: str, side: str = "") -> Roi:
    """10 x 10 voxels of some slices from the 10th on, at the left end of the image or at its middle."""
    index = np.zeros(ON.shape, bool)
    first = 30 if side else 0
    index[10 : 10 + slices, 10:20, first : first + ROWS] = True
    return roi(Role.MUSCLE, ImportedMask(ON, tuple(np.flatnonzero(index).tolist())), name)


def checkered(mean: float, sd: float) -> Study:
    """Muscle is mean + sd and mean - sd by turns: exactly that mean and SD; the tumour is 4."""
    turns = np.indices(ON.shape).sum(axis=0) % 2 * 2 - 1
    made = mean + sd * turns
    made[:, :, 40:] = 4.0
    return study(volume(ON, made))


def ratio(found: Assessment) -> Ratio:
    one = found.ratio_of(TUMOUR.uid, "mean")
    assert one is not None
    return one


@pytest.mark.parametrize(("errors", "stands"), [(2.5, False), (2.95, False), (3.05, True), (3.5, True)])
def test_a_mean_below_three_standard_errors_is_no_denominator(errors: float, stands: bool) -> None:
    """U = SD / √(V / V_c), R30."""
    sd, volume_ml = 0.5, 4 * 100 * 0.048
    mean = errors * sd / math.sqrt(volume_ml / V_C)
    found = ratio(assess(checkered(mean, sd), session(TUMOUR, block(4, "m"))))
    if stands:
        assert value(found.number) == pytest.approx(4.0 / mean, rel=1e-5)
    else:
        assert code(found.number) == "muscle_near_zero"


@pytest.mark.parametrize(("first", "second"), [(4, 4), (4, 8)])
def test_the_noise_of_two_muscles_adds_by_squares(first: int, second: int) -> None:
    """U = √((v₁u₁)² + (v₂u₂)²) / (v₁ + v₂), uᵢ = SD / √(vᵢ / V_c); the tumour has no noise of its own."""
    mean, sd = 1.0, 0.4
    found = ratio(
        assess(checkered(mean, sd), session(TUMOUR, block(first, "a"), block(second, "b", "middle")))
    )
    volumes = [100 * 0.048 * slices for slices in (first, second)]
    errors = [v * sd / math.sqrt(v / V_C) for v in volumes]
    u = math.sqrt(sum(e**2 for e in errors)) / sum(volumes)
    half = 1.959964 * 4.0 * u
    assert (found.low, found.high) == pytest.approx((4.0 - half, 4.0 + half), rel=1e-5)


def test_the_total_of_two_tumours_with_a_necrosis_is_their_union_without_it() -> None:
    """Balls of 12 mm 12 mm apart, and one of 5 mm in what both hold."""
    fine = grid((40, 60, 80), (1.5, 1.5, 2.0))
    tumours = [ball(Role.TUMOUR, (x, 0, 0), 12.0, name) for x, name in ((0, "a"), (12, "b"))]
    hole, muscle = ball(Role.NECROSIS, (6, 0, 0), 5.0), ball(Role.MUSCLE, (-60, 0, 0), 12.0)
    found = assess(study(volume(fine, np.array(1.0))), session(*tumours, hole, muscle, tm_threshold=0.5))
    ball_ml, hole_ml = (4 * np.pi * r**3 / 3000 for r in (12, 5))
    lens_ml = np.pi * (4 * 12 + 12) * (2 * 12 - 12) ** 2 / 12 / 1000
    assert value(found.hypoxic_total) == pytest.approx(2 * ball_ml - lens_ml - hole_ml, rel=5e-3)


@pytest.mark.parametrize(("end", "way"), [(-59.0, 20.0), (-57.0, 16.0)])
def test_the_distance_counts_from_voxels_that_are_half_muscle(end: float, way: float) -> None:
    """The last column of voxels is centred at x = -58: a quarter of it is muscle, or three; hot from -42."""
    corners = ((-80.0, -8.0, 0.0), (end, -8.0, 0.0), (end, 8.0, 0.0), (-80.0, 8.0, 0.0))
    muscle = roi(Role.MUSCLE, Prism((Contour(corners),), (0.0, 0.0, 1.0), 12.0))
    pet = study(volume(ON, lambda mm: np.where(mm[..., 0] > -44, 3.0, 1.0)))
    (made,) = assess(pet, session(muscle)).muscles
    assert value(made.distance_mm) == pytest.approx(way, rel=1e-6)

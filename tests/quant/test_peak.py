"""SUVpeak: the sphere has 1 ml, neighbours outside count, edges and gaps are said (R22, O14)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.roi import Role
from atsmviewer.quant.assess import assess
from atsmviewer.quant.peak import PEAKS
from atsmviewer.quant.spheres import RADIUS_MM, kernel
from tests.quant.made import ball, centres, code, grid, of, session, study, volume

CODES = ("PEAK_OUTSIDE", "SPILL_IN", "PEAK_CLIPPED", "ROI_SMALLER_THAN_PEAK")
BOTH = {"PEAK_OUTSIDE", "SPILL_IN"}
SPACINGS = [(2.0, 2.0, 2.0), (4.0, 4.0, 4.0), (3.0, 4.07, 4.07), (3.27, 5.47, 5.47), (5.0, 1.5, 1.5)]


def steps(spacing: tuple[float, float, float]) -> tuple[float, ...]:
    return tuple(grid((3, 3, 3), spacing).matrix[:3, :3].ravel())


def test_the_radius_is_that_of_one_millilitre() -> None:
    assert pytest.approx(6.2035, abs=1e-4) == RADIUS_MM
    assert 4 / 3 * np.pi * RADIUS_MM**3 == pytest.approx(1000.0)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_the_sphere_holds_1_000_ml_and_is_symmetric(spacing: tuple[float, float, float]) -> None:
    """O14."""
    weights = kernel(steps(spacing), "fraction")
    assert weights.sum() * np.prod(spacing) == pytest.approx(1000.0, rel=1e-3)
    assert weights == pytest.approx(weights[::-1, ::-1, ::-1], abs=1e-6)
    assert weights.max() == weights[tuple(n // 2 for n in weights.shape)]


@pytest.mark.parametrize(
    ("spacing", "count"),
    [((3.27, 5.47, 5.47), 7), ((4, 4, 4), 19), ((3, 4.07, 4.07), 21), ((2, 2, 2), 123)],
)
def test_counted_spheres_have_the_voxels_that_r22_lists(
    spacing: tuple[float, float, float], count: int
) -> None:
    assert kernel(steps(spacing), "centre").sum() == count


def doubts(found: Assessment) -> set[str]:
    """Codes of the flags of the whole; each must be one of a peak's number, with the region's name."""
    numbers = [n for one in found.rois for n in one.numbers if n.quantity in PEAKS]
    own = {(f.code, f.what) for n in numbers if isinstance(n, Measurement) for f in n.flags}
    said = {(f.code, f.what.removeprefix("tumour: ")) for f in found.flags if f.code in CODES}
    assert {(c, w) for c, w in own if c in CODES} == said
    return {code for code, _ in own}


def test_peaks_by_brute_force() -> None:
    on = grid((14, 15, 16), (3.0, 4.0, 4.0))
    made = np.random.default_rng(1).gamma(2.0, 1.0, on.shape).astype(np.float32).astype(np.float64)
    region = ball(Role.TUMOUR, (1.0, 2.0, 3.0), 11.0)
    found = assess(study(volume(on, made)), session(region, mask_rule="centre"))
    places = centres(on)
    inside = np.linalg.norm(places - (1.0, 2.0, 3.0), axis=-1) <= 11.0
    means = {}
    for at in zip(*np.nonzero(inside), strict=True):
        near = np.linalg.norm(places - places[at], axis=-1) <= RADIUS_MM
        means[at] = made[near].mean()
    hottest = max(means, key=lambda at: float(made[at]))
    assert of(found, region, "peak_global") == pytest.approx(max(means.values()), rel=1e-9)
    assert of(found, region, "peak_local") == pytest.approx(means[hottest], rel=1e-9)


def test_the_1_ml_peak_by_brute_force() -> None:
    """Weights from 20³ points in each voxel around a centre, on every centre of the region."""
    on = grid((16, 15, 16), (3.0, 4.0, 4.0))
    made = np.random.default_rng(1).gamma(2.0, 1.0, on.shape).astype(np.float32).astype(np.float64)
    region = ball(Role.TUMOUR, (1.0, 2.0, 3.0), 8.0)
    found = assess(study(volume(on, made)), session(region, mask_rule="centre"))
    around = np.moveaxis(np.indices((7, 5, 5)), 0, -1) - np.array([3, 2, 2])
    steps = (np.arange(20) + 0.5) / 20 - 0.5
    points = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 3)
    mm = (around[..., None, :] + points) * (3.0, 4.0, 4.0)
    weights = (np.linalg.norm(mm, axis=-1) <= RADIUS_MM).mean(axis=-1)
    inside = np.linalg.norm(centres(on) - (1.0, 2.0, 3.0), axis=-1) <= 8.0
    best = max(
        float((weights * made[s - 3 : s + 4, r - 2 : r + 3, c - 2 : c + 3]).sum() / weights.sum())
        for s, r, c in zip(*np.nonzero(inside), strict=True)
    )
    assert of(found, region, "peak_1ml") == pytest.approx(best, rel=2e-3)
    assert abs(of(found, region, "peak_global") / best - 1) > 0.01


def test_of_equal_maxima_the_one_with_the_hotter_surroundings_counts() -> None:
    on = grid((14, 20, 20), (4.0, 4.0, 4.0))
    made = np.ones(on.shape)
    made[7, 10, 5] = made[7, 10, 14] = 9.0
    made[7, 10, 15] = 5.0
    region = ball(Role.TUMOUR, (0, 0, 0), 30.0)
    found = assess(study(volume(on, made)), session(region))
    assert of(found, region, "peak_local") == pytest.approx((17 * 1 + 9 + 5) / 19)


def test_neighbours_outside_the_region_count() -> None:
    on = grid((14, 15, 15), (4.0, 4.0, 4.0))
    hot = volume(on, lambda mm: 1.0 + 9.0 * (np.linalg.norm(mm, axis=-1) > 7.0))
    region = ball(Role.TUMOUR, (0, 0, 0), 7.0)
    found = assess(study(hot), session(region))
    assert of(found, region, "peak_1ml") > of(found, region, "max")
    assert {"PEAK_OUTSIDE", "SPILL_IN"} <= doubts(found)


def test_a_sphere_that_leaves_the_image_is_averaged_over_what_is_inside() -> None:
    on = grid((10, 12, 12), (4.0, 4.0, 4.0))
    region = ball(Role.TUMOUR, (0, 0, -18.0), 6.0)
    found = assess(study(volume(on, np.array(2.0))), session(region))
    assert of(found, region, "peak_1ml") == pytest.approx(2.0)
    assert "PEAK_CLIPPED" in {flag.code for flag in found.flags}


def test_what_lies_beyond_the_image_is_no_voxel_outside_the_region() -> None:
    on = grid((10, 12, 12), (4.0, 4.0, 4.0))
    region = ball(Role.TUMOUR, (0, 0, -18.0), 6.0)
    found = assess(study(volume(on, np.array(-2.0))), session(region))
    assert of(found, region, "peak_1ml") == pytest.approx(-2.0)
    assert "PEAK_OUTSIDE" not in doubts(found)


def test_a_region_smaller_than_the_sphere_is_flagged() -> None:
    found = assess(study(volume(grid(), np.array(2.0))), session(ball(Role.TUMOUR, (0, 0, 0), 5.0)))
    assert "ROI_SMALLER_THAN_PEAK" in {flag.code for flag in found.flags}


def hot_voxel(away: int) -> Assessment:
    """A cool sphere of r = 12 mm on 4 mm voxels, and one hot voxel so many voxels from its centre."""
    on = grid((31, 31, 31), (4.0, 4.0, 4.0))
    made = np.ones(on.shape)
    made[15, 15, 15 + away] = 8.0
    return assess(study(volume(on, made)), session(ball(Role.TUMOUR, (0, 0, 0), 12.0), mask_rule="centre"))


@pytest.mark.parametrize(
    ("away", "expected"),
    [(3, set()), (4, BOTH), (5, BOTH), (6, {"SPILL_IN"}), (7, set())],
)
def test_a_hot_neighbour_is_said_as_far_as_it_reaches(away: int, expected: set[str]) -> None:
    """The region ends 3 voxels, 12 mm, from its centre; the 1 ml sphere touches two more, spill three."""
    found = hot_voxel(away)
    assert doubts(found) == expected
    named = [flag.what for flag in found.flags if flag.code == "SPILL_IN"]
    assert all(what.startswith(f"tumour: 8 g/ml lies {4 * (away - 3)} mm outside") for what in named)


def test_the_reach_of_spill_follows_the_resolution() -> None:
    on = grid((31, 31, 31), (4.0, 4.0, 4.0))
    made = np.ones(on.shape)
    made[15, 15, 20] = 8.0
    region = ball(Role.TUMOUR, (0, 0, 0), 12.0)
    for width, expected in ((3.9, False), (4.0, True)):
        drawn = session(region, mask_rule="centre", resolution_mm=width)
        assert ("SPILL_IN" in doubts(assess(study(volume(on, made)), drawn))) is expected


def test_a_reference_beside_something_hot_is_no_lesion() -> None:
    on = grid((31, 31, 31), (4.0, 4.0, 4.0))
    made = np.ones(on.shape)
    made[15, 15, 19] = 8.0
    found = assess(study(volume(on, made)), session(ball(Role.MUSCLE, (0, 0, 0), 12.0), mask_rule="centre"))
    assert not {flag.code for flag in found.flags} & set(CODES)
    peak = found.rois[0]["peak_global"]
    assert isinstance(peak, Measurement)
    assert [flag.code for flag in peak.flags] == ["PEAK_OUTSIDE"]


def test_no_doubt_where_the_region_holds_its_own_maximum() -> None:
    on = grid((30, 30, 30), (4.0, 4.0, 4.0))
    hot = volume(on, lambda mm: 1.0 + 9.0 * np.exp(-((np.linalg.norm(mm, axis=-1) / 15) ** 2)))
    assert doubts(assess(study(hot), session(ball(Role.TUMOUR, (0, 0, 0), 20.0)))) == set()


def test_a_sphere_that_touches_a_missing_slice_gives_no_peak() -> None:
    made = np.ones(grid().shape)
    made[20] = np.nan
    region = ball(Role.TUMOUR, (0, 0, 6.0), 6.0)
    for gaps, why in (((20,), "gap"), ((), "no_value")):
        found = assess(study(replace(volume(grid(), made), gaps=gaps)), session(region))
        numbers = found.of_roi(region.uid)
        assert numbers is not None
        assert of(found, region, "mean") == 1.0
        assert code(numbers["peak_1ml"]) == why

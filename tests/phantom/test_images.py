"""The images against the closed form: tumour, organs, muscle, activity at the scan, noise."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid, Vector
from atsmviewer.phantom import images
from atsmviewer.phantom.blurred import sigma_of, sphere_ml
from atsmviewer.phantom.case import Case, Scan
from atsmviewer.phantom.cases import case, names
from atsmviewer.phantom.small import small_case
from atsmviewer.phantom.truth import region, tm_field

EVERY = [(name, k) for name in names() for k in range(len(case(name).scans))]


@cache
def clean(name: str, k: int) -> NDArray[np.float32]:
    made = case(name)
    return images.suv_voxels(made, made.scans[k])


def distance_mm(grid: Grid, point: Vector) -> NDArray[np.float64]:
    at = grid.to_mm(np.moveaxis(np.indices(grid.shape, np.float64), 0, -1))
    return np.asarray(np.linalg.norm(at - np.asarray(point), axis=-1))


@pytest.mark.parametrize(("name", "k"), EVERY)
def test_the_pet_about_the_tumour_is_the_closed_form(name: str, k: int) -> None:
    made = case(name)
    scan = made.scans[k]
    r = distance_mm(scan.pet, scan.here(made.tumour.centre_mm))
    near = r <= made.tumour.radius_mm + 6.0
    core = distance_mm(scan.pet, scan.here(made.tumour.core_centre_mm))[near]
    want = scan.suv["muscle"] * tm_field(made, scan, r[near], core)
    assert clean(name, k)[near] == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize(("name", "k"), EVERY)
def test_organs_and_muscle_places_read_their_suv(name: str, k: int) -> None:
    made = case(name)
    scan = made.scans[k]
    seen = 0
    for ball in (*made.organs, *made.muscles):
        inside = distance_mm(scan.pet, scan.here(ball.centre_mm)) <= ball.radius_mm
        if not scan.pet.contains(scan.here(ball.centre_mm)):
            continue
        seen += 1
        want = scan.suv.get(ball.name, scan.suv["muscle"])
        assert clean(name, k)[inside] == pytest.approx(want, rel=0.01), ball.name
    assert seen >= 3


@pytest.mark.parametrize(("name", "k"), EVERY)
def test_ct_shows_muscle_where_muscle_is_to_be_measured(name: str, k: int) -> None:
    made = small_case(name, scans=k + 1)
    scan = made.scans[k]
    hu = images.ct_volume(made, scan).voxels
    for ball in made.muscles:
        inside = hu[distance_mm(scan.ct, scan.here(ball.centre_mm)) <= ball.radius_mm]
        assert 40 < inside.mean() < 75
        # R29's core of 0 to 100 HU, save what noise of 9 HU and a thread of fat leave outside it
        assert ((inside >= 0) & (inside <= 100)).mean() > 0.98
    tumour = hu[distance_mm(scan.ct, scan.here(made.tumour.centre_mm)) <= 5]
    assert tumour.mean() < 45
    assert hu.min() < -950
    assert hu.max() > 600


def mean_in(made: Case, scan: Scan, point: Vector, radius_mm: float) -> tuple[float, float]:
    """Mean SUV of the voxels within a sphere, and the relative standard error that its noise allows."""
    pet = images.pet_volume(made, scan)
    values = pet.voxels[distance_mm(scan.pet, scan.here(point)) <= radius_mm] / images.bqml_per_suv(
        made, scan
    )
    cell_ml = (4 * math.pi * sigma_of(made.fwhm_mm) ** 2) ** 1.5 / 1000
    return float(values.mean()), scan.noise_cov / math.sqrt(max(1.0, sphere_ml(radius_mm) / cell_ml))


@pytest.mark.parametrize("k", [0, 1])
def test_muscle_mean_and_noise_are_as_stated(k: int) -> None:
    made = case("thigh-64cu")
    scan = made.scans[k]
    for ball in made.muscles:
        mean, error = mean_in(made, scan, ball.centre_mm, ball.radius_mm)
        assert mean == pytest.approx(scan.suv["muscle"], rel=4 * error)
    pet = noisy("thigh-64cu", k)
    # a uniform block of the right thigh: its cov, within the sampling error of its independent cells
    uniform = (np.abs(clean("thigh-64cu", k) / scan.suv["muscle"] - 1) < 1e-3) & (pet > 0)
    values = pet[uniform].astype(np.float64)
    cells = values.size * scan.pet.voxel_ml * 1000 / (4 * math.pi * sigma_of(6.0) ** 2) ** 1.5
    assert cells > 1000
    assert values.std() / values.mean() == pytest.approx(scan.noise_cov, rel=4 * math.sqrt(1 / (2 * cells)))


def test_activity_is_what_is_left_of_the_injection_at_the_start_of_the_scan() -> None:
    made = case("thigh-64cu")
    # 388.8 MBq in 71 kg: 5.476 kBq/g at injection; 3680 s and 87 460 s later
    late = 388.8e6 / 71000 * math.exp(-math.log(2) * 87460 / 45722.2)
    assert images.bqml_per_suv(made, made.scans[1]) == pytest.approx(late, rel=1e-9)
    early = 388.8e6 / 71000 * math.exp(-math.log(2) * 3680 / 45722.2)
    assert images.bqml_per_suv(made, made.scans[0]) == pytest.approx(early, rel=1e-9)


def test_a_small_case_holds_tumour_and_muscle_and_may_be_in_suv() -> None:
    made = small_case(scans=2)
    for scan in made.scans:
        assert scan.pet.shape == (24, 64, 64)
        for point, radius in [(b.centre_mm, b.radius_mm) for b in made.muscles] + [
            (made.tumour.centre_mm, 26.0)
        ]:
            x, y, z = scan.here(point)
            for step in (-radius, radius):
                assert scan.pet.contains((x + step, y, z))
                assert scan.pet.contains((x, y + step, z))
                assert scan.pet.contains((x, y, z + step))
    plain, suv = small_case(), small_case(Units="GML")
    ratio = (
        images.pet_volume(plain, plain.scans[0]).voxels.max()
        / images.pet_volume(suv, suv.scans[0]).voxels.max()
    )
    assert ratio == pytest.approx(images.bqml_per_suv(plain, plain.scans[0]), rel=1e-5)


@cache
def noisy(name: str, k: int) -> NDArray[np.float32]:
    made = case(name)
    voxels = images.pet_volume(made, made.scans[k]).voxels
    return np.asarray(voxels / images.bqml_per_suv(made, made.scans[k]), np.float32)


@pytest.mark.parametrize(("name", "k"), EVERY)
@pytest.mark.parametrize("threshold", [1.4, 2.0, 2.5, 3.0])
def test_hypoxic_volume_reads_as_blur_and_noise_say(name: str, k: int, threshold: float) -> None:
    """A voxel of T/M t exceeds the threshold with the chance that noise of its sd allows.

    The sum of the chances is the count to expect; neighbours within one noise cell go together, so
    its variance is at most the sum of chance x (1 - chance) times the voxels of a cell.
    """
    made = case(name)
    scan = made.scans[k]
    reach = made.tumour.radius_mm + 3.0
    inside = distance_mm(scan.pet, scan.here(made.tumour.centre_mm)) <= reach
    tm = clean(name, k)[inside] / scan.suv["muscle"]
    away = (tm - threshold) / (scan.noise_cov * np.sqrt(2 * tm))
    chance = np.array([0.5 * (1 + math.erf(float(a))) for a in away])
    cell = (4 * math.pi * sigma_of(made.fwhm_mm) ** 2) ** 1.5 / 1000 / scan.pet.voxel_ml
    allowed = 4 * math.sqrt(cell * float((chance * (1 - chance)).sum()))
    count = np.count_nonzero(noisy(name, k)[inside] > threshold * scan.suv["muscle"])
    assert count == pytest.approx(chance.sum(), abs=allowed)

    # the same from the truth's continuous field; the lattice's voxels miss its surface at random
    record: Any = region(made, scan, reach)["after_blur"]
    true_ml = dict(map(tuple, record["curve"]))[threshold]
    lattice_ml = np.count_nonzero(tm > threshold) * scan.pet.voxel_ml
    assert lattice_ml == pytest.approx(true_ml, rel=0.05, abs=0.3)
    expected = {row[0]: row[1:] for row in record["curve_with_noise"]}[threshold]
    assert expected[0] == pytest.approx(chance.sum() * scan.pet.voxel_ml, rel=0.05, abs=0.3)
    assert expected[1] == pytest.approx(allowed / 4 * scan.pet.voxel_ml, rel=0.1)

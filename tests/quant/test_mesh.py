"""The mesh volume against IBSI's phantom, closed form, and the closedness of the surface (R21, R24)."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Missing
from atsmviewer.model.grid import Floats
from atsmviewer.model.roi import Role
from atsmviewer.quant.assess import assess
from atsmviewer.quant.box import Weights
from atsmviewer.quant.mesh import enclosed, mesh_volume, surface, triangle_table
from atsmviewer.quant.sample import ordered
from tests.quant.made import ball, grid, of, session, study, volume
from tests.quant.test_statistics import ON, REGION, VALUES


def area(triangles: Floats, step: float) -> float:
    a, b, c = (triangles[:, k] * step for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2


def weights_of(mask: NDArray[np.bool_]) -> Weights:
    return mask.astype(np.float32)


def test_the_ibsi_phantom() -> None:
    """556 +- 4 mm3 and 388 +- 3 mm2 are IBSI's; published tables of cases give 556.333 and 388.071."""
    triangles = surface(weights_of(VALUES > 0))
    assert enclosed(triangles) * 8 == pytest.approx(556.0 + 1 / 3, abs=1e-6)
    assert area(triangles, 2.0) == pytest.approx(388.0706, abs=1e-3)
    found = assess(study(volume(ON, np.abs(VALUES))), session(REGION))
    assert of(found, REGION, "mesh_ml") * 1000 == pytest.approx(556, abs=4)


def test_turned_and_mirrored_it_encloses_the_same() -> None:
    mask = weights_of(VALUES > 0)
    for axis in range(3):
        for other in (np.flip(mask, axis), np.moveaxis(mask, 0, axis)):
            assert enclosed(surface(other)) * 8 == pytest.approx(556.0 + 1 / 3, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.3, 0.5, 0.7]))
def test_the_surface_is_closed_whatever_the_mask(seed: int, share: float) -> None:
    """Every edge is passed as often one way as the other."""
    mask = np.random.default_rng(seed).random((6, 6, 6)) < share
    passed: Counter[tuple[tuple[float, ...], ...]] = Counter()
    for triangle in surface(weights_of(mask)).round(6).tolist():
        for k in range(3):
            passed[tuple(triangle[k]), tuple(triangle[(k + 1) % 3])] += 1
    assert all(count == passed[edge[1], edge[0]] for edge, count in passed.items())


def test_one_voxel_is_an_octahedron() -> None:
    """Six points half a voxel away: 4/3 (1/2)³; with weight w they lie (w - 1/2) / w away."""
    for weight in (1.0, 0.75):
        away = 1 - 0.5 / weight
        triangles = surface(np.full((1, 1, 1), weight, np.float32))
        assert enclosed(triangles) == pytest.approx(4 / 3 * away**3, rel=1e-6)
        assert triangles.min() == pytest.approx(-away, abs=1e-6)


def test_a_block_loses_its_edges_and_corners() -> None:
    """n³ less half a cube of 1/2 along each edge; a corner's cut is the simplex of 1/48 left of 1/8."""
    n = 5
    exact = (n - 1) ** 3 + 6 * (n - 1) ** 2 / 2 + 12 * (n - 1) / 8 + 8 / 48
    assert enclosed(surface(np.ones((n, n, n), np.float32))) == pytest.approx(exact, rel=1e-9)


def test_a_large_sphere_nears_its_volume() -> None:
    region = ball(Role.TUMOUR, (1.3, -2.1, 0.7), 40.0)
    found = assess(study(volume(grid((40, 40, 40)), np.array(1.0))), session(region))
    assert of(found, region, "mesh_ml") == pytest.approx(4 / 3 * np.pi * 64, rel=0.01)


def test_complements_share_one_surface() -> None:
    """The cases of 8 - n corners cut a cube as those of n do, unless faces are ambiguous."""
    table = triangle_table()
    counts = (table[:, :, 0] >= 0).sum(axis=1)
    assert counts[0] == counts[255] == 0
    for corner in range(8):
        assert counts[1 << corner] == counts[255 ^ (1 << corner)] == 1


def test_a_region_thinner_than_half_a_voxel_has_no_surface() -> None:
    thin = np.full((2, 2, 2), 0.4, np.float32)
    number = mesh_volume(thin, ordered(np.ones(8), thin.ravel(), 1.0))
    assert isinstance(number, Missing)
    assert number.code == "no_surface"

"""The oracle knows nothing of the product, and its parts hold to closed forms and printed values."""

from __future__ import annotations

import ast
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.oracle import bodies, decay, shapes, statistics

ORACLE = Path(__file__).parents[1] / "oracle"
ALLOWED = {*sys.stdlib_module_names, "numpy", "pydicom"}
AXIAL = np.diag([2.0, 2.0, 2.0, 1.0])


def imported(module: Path) -> set[str]:
    """What a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(("." * node.level) + (node.module or ""))
    return names


@pytest.mark.parametrize("module", sorted(ORACLE.glob("*.py")), ids=lambda path: path.name)
def test_the_oracle_imports_nothing_of_the_product(module: Path) -> None:
    for name in imported(module):
        assert name.startswith("tests.oracle") or name.partition(".")[0] in ALLOWED, name
    assert "import_module" not in module.read_text("utf-8")
    assert "atsmviewer" not in module.read_text("utf-8")


@pytest.mark.parametrize(("nuclide", "factor"), [("62Cu", 1.400856), ("60Cu", 1.153352), ("64Cu", 1.004555)])
def test_the_mean_of_a_frame_by_numbers_is_that_of_the_closed_form(nuclide: str, factor: float) -> None:
    """R9's printed factors, and lambda T / (1 - e^(-lambda T))."""
    y = math.log(2) * 600 / decay.HALF_LIFE_S[nuclide]
    assert 1 / decay.mean_left(600.0, decay.HALF_LIFE_S[nuclide]) == pytest.approx(
        y / -math.expm1(-y), rel=1e-9
    )
    assert 1 / decay.mean_left(600.0, decay.HALF_LIFE_S[nuclide]) == pytest.approx(factor, abs=1e-6)


def test_the_mean_time_of_62cu() -> None:
    assert decay.mean_time(600.0, 580.2) == pytest.approx(282.156, abs=1e-3)
    assert decay.mean_time(100.0, math.log(2) * 100) == pytest.approx(45.8675145, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "sex", "mass"),
    [
        ("LBMJAMES128", "M", 56.520),
        ("LBM", "M", 57.800),
        ("LBM", "F", 51.220),
        ("LBMJANMA", "M", 55.8571),
        ("LBMJANMA", "F", 45.1970),
        ("IBW", "M", 72.380),
        ("IBW", "F", 66.430),
    ],
)
def test_masses_of_70_kg_and_175_cm(kind: str, sex: str, mass: float) -> None:
    assert bodies.MASS[kind](70.0, 175.0, sex) == pytest.approx(mass, rel=1e-6)


def test_surface_of_70_kg_and_175_cm() -> None:
    assert bodies.body_surface_m2(70.0, 175.0) == pytest.approx(1.848143, rel=1e-6)


def test_counted_weights_hold_the_volume_of_balls_and_boxes() -> None:
    ball = shapes.weights(shapes.ball((10.3, 9.8, 10.1), 7.0), AXIAL, (11, 11, 11))
    assert ball.sum() * 0.008 == pytest.approx(shapes.ellipsoid_ml(7, 7, 7), rel=1e-3)
    box = shapes.upright_prism([(4.0, 4.0), (12.0, 4.0), (12.0, 10.0), (4.0, 10.0)], 5.0, 15.0)
    assert shapes.weights(box, AXIAL, (11, 11, 11)).sum() * 8 == pytest.approx(8 * 6 * 10, rel=1e-9)


def test_statistics_of_the_ibsi_phantom() -> None:
    """R24: 74 voxels, values by their counts."""
    values = np.array([1.0] * 50 + [4.0] * 16 + [6.0] * 7 + [3.0])
    weights = np.ones(74)
    assert statistics.mean(values, weights) == pytest.approx(2.148649, abs=1e-6)
    assert statistics.sd(values, weights) ** 2 == pytest.approx(3.045471, abs=1e-6)
    assert [statistics.percentile(values, weights, p) for p in (10, 50, 90)] == [1, 1, 4]
    assert statistics.volume_at_least(values, weights, 5.5) == pytest.approx(0.0946, abs=1e-4)

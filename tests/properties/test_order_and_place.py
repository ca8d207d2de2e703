"""The order of files says nothing, nor does where the patient lay (P5, P6)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Depth
from atsmviewer.workflow.opening import open_case
from tests.oracle import scanner
from tests.oracle.scanner import MODES, Setup
from tests.properties.door import MUSCLE, TUMOUR, Place, close, measure, opened, scanned
from tests.properties.often import examples

SLICES = len(Setup().words)
axes = st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: sum(v * v for v in q) > 0.1)
shifts = st.tuples(*[st.floats(-500, 500)] * 3)


@examples(7, 60)
@given(
    st.sampled_from(MODES),
    st.permutations(range(SLICES)),
    st.permutations(range(SLICES)),
    st.sampled_from(["{}.dcm", "IM{:07d}", "b/{}/x", "{:x}"]),
)
def test_p5_order_names_and_instance_numbers_are_irrelevant(
    mode: str, order: list[int], numbers: list[int], naming: str
) -> None:
    setup = Setup(mode=mode)
    files = scanner.headers(setup)
    with tempfile.TemporaryDirectory() as folder:
        for at, k in enumerate(order):
            files[k].InstanceNumber = numbers[k] + 1
            path = Path(folder) / naming.format(at)
            path.parent.mkdir(parents=True, exist_ok=True)
            files[k].save_as(path, enforce_file_format=True)
        found = measure(open_case(Path(folder)).study)
    assert found.values == scanned(setup).values
    assert found.flags == scanned(setup).flags


@examples(7, 60)
@given(axes, shifts)
def test_p6_a_rigid_movement_of_slices_and_regions_changes_no_statistic(
    q: tuple[float, float, float, float], shift: tuple[float, float, float]
) -> None:
    """By the centre rule, where no centre is near a surface, membership and so every number is the same."""
    base = Setup()
    found = scanned(_moved(base, q, shift), Depth.FULL, places=_places(q, shift), mask_rule="centre")
    close(scanned(base, Depth.FULL, mask_rule="centre"), found, 1e-9)


@examples(7, 60)
@given(axes, shifts)
def test_p6_fractions_move_along_to_a_thousandth(
    q: tuple[float, float, float, float], shift: tuple[float, float, float]
) -> None:
    """A fraction is counted at points, and a point at the surface may go either way by rounding."""
    base = Setup()
    found = scanned(_moved(base, q, shift), places=_places(q, shift))
    plain = scanned(base)
    for key in ("tumour/mean", "tumour/volume_ml", "muscle/mean", "tumour/tm_mean", "tumour/hv"):
        assert abs(found[key] - plain[key]) <= 1e-3 * plain[key]


def test_no_centre_is_near_the_surface_of_a_region() -> None:
    """What the first test of P6 stands on."""
    setup = Setup()
    index = np.moveaxis(np.indices((*setup.words.shape,)), 0, -1)
    centres = index @ setup.affine[:3, :3].T + setup.affine[:3, 3]
    for centre, radius in (TUMOUR, MUSCLE):
        distances = np.linalg.norm(centres - np.array(centre), axis=-1)
        assert np.abs(distances - radius).min() > 1e-6


@examples(7, 60)
@given(axes, shifts)
def test_o21_index_to_lps_and_back_is_the_identity(
    q: tuple[float, float, float, float], shift: tuple[float, float, float]
) -> None:
    """The grid of the files has the affine that was written, and inverts it (R39)."""
    setup = _moved(Setup(), q, shift)
    grid = opened(scanner.headers(setup)).acquisitions[0].pet.grid
    index = np.random.default_rng(0).uniform(-5, 20, (50, 3))
    written = index @ setup.affine[:3, :3].T + setup.affine[:3, 3]
    assert np.abs(grid.to_mm(index) - written).max() < 1e-6
    assert np.abs(grid.to_index(grid.to_mm(index)) - index).max() < 1e-9


def _rotation(q: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """The rotation of a quaternion."""
    w, x, y, z = np.array(q) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _moved(base: Setup, q: tuple[float, float, float, float], shift: tuple[float, float, float]) -> Setup:
    turn = _rotation(q)

    def three(v: NDArray[np.float64]) -> tuple[float, float, float]:
        return float(v[0]), float(v[1]), float(v[2])

    return replace(
        base,
        row=three(turn @ np.array(base.row)),
        column=three(turn @ np.array(base.column)),
        place_mm=three(turn @ np.array(base.place_mm) + np.array(shift)),
    )


def _places(q: tuple[float, float, float, float], shift: tuple[float, float, float]) -> tuple[Place, ...]:
    turn = _rotation(q)
    moved = [(turn @ np.array(centre) + np.array(shift), radius) for centre, radius in (TUMOUR, MUSCLE)]
    return tuple(((float(c[0]), float(c[1]), float(c[2])), radius) for c, radius in moved)

"""No fraction within a contour of the same PET (R27a), and the burden, against formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Depth, HypoxicVolume
from atsmviewer.model.roi import Combined, Isocontour, Role, Shape, sphere
from atsmviewer.quant.assess import assess
from tests.quant.made import UID, ball, code, grid, of, roi, session, study, value, volume

MUSCLE = ball(Role.MUSCLE, (-60.0, 0.0, 0.0), 15.0)
BALL = sphere((0.0, 0.0, 0.0), 20.0)
CONTOUR = Isocontour(BALL, "absolute", 1.0, UID, 0, "g/ml")
CORE_ML, WHOLE_ML = 4 * np.pi / 3, 4 * np.pi * 8 / 3


def spheres(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """T/M 4 within 10 mm, 2 to beyond the tumour's 20 mm, muscle 0.7 (O16)."""
    distance = np.linalg.norm(mm, axis=-1)
    return np.where(distance <= 10, 4.0, np.where(distance <= 22, 2.0, 1.0)) * 0.7


CONCENTRIC = study(volume(grid((60, 60, 160), (1.0, 1.0, 1.0)), spheres))


def hypoxic(shape: Shape, depth: Depth = Depth.FULL, **protocol: Any) -> tuple[HypoxicVolume, Assessment]:
    found = assess(CONCENTRIC, session(roi(Role.TUMOUR, shape), MUSCLE, **protocol), depth)
    (one,) = found.hypoxic
    return one, found


@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize(
    "shape",
    [
        CONTOUR,
        Combined("union", (sphere((0, 0, 0), 5.0), CONTOUR)),
        Combined("intersection", (BALL, Combined("union", (CONTOUR, CONTOUR)))),
    ],
)
def test_a_contour_of_this_pet_has_a_volume_and_no_fraction(shape: Shape, depth: Depth) -> None:
    one, found = hypoxic(shape, depth, tm_threshold=3.0)
    assert code(one.fraction) == "HF_CIRCULAR"
    assert one.within_pet_contour
    assert "WITHIN_PET_CONTOUR" in {flag.code for flag in one.flags}
    assert value(one.volume) == pytest.approx(CORE_ML, rel=0.01)
    assert value(found.hypoxic_total) == pytest.approx(CORE_ML, rel=0.01)
    assert dict(one.curve)[1.5] == pytest.approx(WHOLE_ML, rel=0.01)


def test_a_drawn_tumour_has_both() -> None:
    one, _ = hypoxic(Combined("union", (BALL, sphere((0, 0, 0), 5.0))), tm_threshold=3.0)
    assert value(one.fraction) == pytest.approx(CORE_ML / WHOLE_ML, rel=0.01)
    assert not one.within_pet_contour
    assert "WITHIN_PET_CONTOUR" not in {flag.code for flag in one.flags}


def test_a_contour_that_was_taken_out_of_a_drawn_tumour_is_named_beside_its_fraction() -> None:
    """Necrosis by a threshold does not outline the tumour: the fraction stays, and says what is taken out."""
    necrosis = roi(Role.NECROSIS, Isocontour(BALL, "absolute", 2.5, UID, 0, "g/ml"), "core")
    found = assess(CONCENTRIC, session(roi(Role.TUMOUR, BALL), necrosis, MUSCLE, tm_threshold=1.4))
    assert value(found.hypoxic[0].fraction) == pytest.approx(1.0)
    assert dict(getattr(found.hypoxic[0].fraction, "inputs", ()))["less"] == "core"


@pytest.mark.parametrize(
    ("threshold", "expected"), [(3.0, 2.8 * CORE_ML), (1.4, 2.8 * CORE_ML + 1.4 * (WHOLE_ML - CORE_ML))]
)
def test_the_burden_is_volume_times_the_mean_value_in_it(threshold: float, expected: float) -> None:
    one, _ = hypoxic(BALL, tm_threshold=threshold)
    assert value(one.burden) == pytest.approx(expected, rel=0.01)
    assert getattr(one.burden, "unit", "") == "g/ml x ml"


def test_nothing_above_is_no_burden_and_a_level_counts_as_the_comparator_says() -> None:
    assert value(hypoxic(BALL, tm_threshold=4.5)[0].burden) == 0.0
    pet = study(volume(grid((30, 30, 60)), np.array(1.0)))
    tumour = ball(Role.TUMOUR, (0, 0, 0), 12.0)
    for comparator, all_of_it in ((">", False), (">=", True)):
        found = assess(pet, session(tumour, MUSCLE, tm_threshold=1.0, comparator=comparator))
        expected = of(found, tumour, "volume_ml") if all_of_it else 0.0
        assert value(found.hypoxic[0].burden) == pytest.approx(expected, rel=1e-12)


def test_without_a_ratio_there_is_no_burden() -> None:
    found = assess(CONCENTRIC, session(roi(Role.TUMOUR, BALL), ball(Role.MUSCLE, (500, 0, 0), 10.0)))
    (one,) = found.hypoxic
    assert code(one.burden) == code(one.volume) == code(one.largest) == "muscle_outside"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 4.0))
def test_disjoint_parts_add_in_volume_and_burden(seed: int, threshold: float) -> None:
    """P9 and P10, with two tumours that lie apart: volume and Σwx of the parts are those of the union."""
    pet = study(volume(grid((30, 30, 60)), np.random.default_rng(seed).gamma(4.0, 0.25, (30, 30, 60))))
    left, right = sphere((0.3, 0, 0), 12.0), sphere((40.1, 3, 5), 9.0)
    parts = [roi(Role.TUMOUR, shape, str(i)) for i, shape in enumerate((left, right))]
    apart = assess(pet, session(*parts, MUSCLE, tm_threshold=threshold))
    whole = roi(Role.TUMOUR, Combined("union", (left, right)))
    together = assess(pet, session(whole, MUSCLE, tm_threshold=threshold))
    for quantity in ("volume_ml", "tlg"):
        total = sum(of(apart, part, quantity) for part in parts)
        assert of(together, whole, quantity) == pytest.approx(total, rel=1e-6)
    (one,) = together.hypoxic
    for name in ("volume", "burden"):
        total = sum(value(getattr(h, name)) for h in apart.hypoxic)
        assert value(getattr(one, name)) == pytest.approx(total, rel=1e-6, abs=1e-9)
    assert value(apart.hypoxic_total) == pytest.approx(value(one.volume), rel=1e-6, abs=1e-9)
    curve = [ml for _, ml in one.curve]
    assert curve == sorted(curve, reverse=True)

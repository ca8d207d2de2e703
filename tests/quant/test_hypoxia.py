"""T/M and hypoxic volume of spheres whose answers are formulas (O15, O16), and invariants (P10, P11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.roi import Role
from atsmviewer.model.volume import Volume
from atsmviewer.quant.assess import assess
from tests.quant.made import SCAN, ball, code, copper, entered, facts, grid, of, session, study, value, volume

MUSCLE = ball(Role.MUSCLE, (-60.0, 0.0, 0.0), 15.0)
TUMOUR = ball(Role.TUMOUR, (0.0, 0.0, 0.0), 20.0)
FINE = grid((44, 54, 84), (1.0, 1.0, 2.0))


def spheres(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """O16: T/M 4 within 10 mm, 2 around it, muscle 1. The 2 reaches 2 mm beyond the region of 20 mm, so
    that no voxel on the region's surface is undecided.
    """
    distance = np.linalg.norm(mm, axis=-1)
    return np.where(distance <= 10, 4.0, np.where(distance <= 22, 2.0, 1.0)) * 0.7


CONCENTRIC = study(volume(grid((60, 60, 160), (1.0, 1.0, 1.0)), spheres))


def one(found: Assessment) -> Any:
    (hypoxic,) = found.hypoxic
    return hypoxic


@pytest.mark.parametrize("rule", ["fraction", "centre"])
@pytest.mark.parametrize(("threshold", "ml"), [(3.0, 4 * np.pi / 3), (1.4, 4 * np.pi * 8 / 3)])
def test_concentric_spheres(rule: str, threshold: float, ml: float) -> None:
    found = one(assess(CONCENTRIC, session(TUMOUR, MUSCLE, tm_threshold=threshold, mask_rule=rule)))
    assert value(found.volume) == pytest.approx(ml, rel=0.01)
    assert value(found.fraction) == pytest.approx(ml / (4 * np.pi * 8 / 3), rel=0.01)
    assert value(found.level) == pytest.approx(threshold * 0.7, rel=1e-6)


def test_a_hot_region_over_its_background_is_the_ratio() -> None:
    """O15."""
    pet = volume(grid((30, 30, 60)), lambda mm: np.where(mm[..., 0] > -30, 4.0, 1.0))
    found = assess(study(pet), session(TUMOUR, ball(Role.MUSCLE, (-70, 0, 0), 15.0)))
    for kind in ("mean", "max"):
        ratio = found.ratio_of(TUMOUR.uid, kind)
        assert ratio is not None
        assert value(ratio.number) == pytest.approx(4.0, rel=1e-6)
        assert ratio.numerator is not None
        assert ratio.denominator is not None
        assert value(ratio.number) == ratio.numerator / ratio.denominator


def test_the_curve_runs_from_1_to_5_in_tenths_and_agrees_with_the_volume() -> None:
    found = one(assess(CONCENTRIC, session(TUMOUR, MUSCLE, tm_threshold=3.0)))
    assert [at for at, _ in found.curve] == [round(1 + 0.1 * k, 1) for k in range(41)]
    assert dict(found.curve)[3.0] == value(found.volume)


@pytest.mark.parametrize(("comparator", "ml"), [(">", 4 * np.pi / 3), (">=", 4 * np.pi * 8 / 3)])
def test_a_voxel_at_the_threshold_counts_as_the_comparator_says(comparator: str, ml: float) -> None:
    base = grid((60, 60, 160), (1.0, 1.0, 1.0))
    exact = study(volume(base, lambda mm: spheres(mm) / 0.7))
    found = one(assess(exact, session(TUMOUR, MUSCLE, tm_threshold=2.0, comparator=comparator)))
    assert found.comparator == comparator
    assert value(found.volume) == pytest.approx(ml, rel=0.01)


def noisy(seed: int) -> Volume:
    made = np.random.default_rng(seed)
    return volume(grid((30, 30, 60)), made.gamma(4.0, 0.25, (30, 30, 60)))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 6), st.floats(0.01, 6))
def test_volume_falls_with_the_threshold(seed: int, one_at: float, other_at: float) -> None:
    """P10: and at zero it is that of the tumour, bit for bit."""
    pet, volumes = study(noisy(seed)), []
    for threshold in (*sorted((one_at, other_at)), 1e-9):
        found = assess(pet, session(TUMOUR, MUSCLE, tm_threshold=threshold))
        volumes.append(value(one(found).volume))
        assert 0 <= value(one(found).fraction) <= 1
    assert volumes[2] >= volumes[0] >= volumes[1] >= 0
    assert volumes[2] == of(found, TUMOUR, "volume_ml")


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_kg": 90.0},
        {"injected_activity_bq": 1e9},
        {"half_life_s": 6720.0},
        {"weight_kg": None},
        {"units": None},
        {"units": "GML"},
        {"units": "GML", "suv_type": "LBM", "height_m": 1.75, "sex": "M"},
        {"units": "CM2ML", "height_m": 1.75},
    ],
)
def test_the_ratio_does_not_know_how_suv_was_made(changes: dict[str, Any]) -> None:
    """P11: also where SUV is withheld."""
    pet, rois = noisy(3), session(TUMOUR, MUSCLE)
    slices = (SliceTime(SCAN, 600.0, None),) * 30
    base = assess(study(pet, facts(slices=slices)), rois)
    other = assess(study(pet, facts(slices=slices, **changes)), rois)
    for kind in ("mean", "max"):
        got, expected = other.ratio_of(TUMOUR.uid, kind), base.ratio_of(TUMOUR.uid, kind)
        assert got is not None
        assert expected is not None
        assert value(got.number) == pytest.approx(value(expected.number), rel=1e-12)
    assert value(one(other).volume) == pytest.approx(value(one(base).volume), rel=1e-12)


def test_muscles_are_averaged_by_volume() -> None:
    pet = volume(grid((30, 30, 60)), lambda mm: np.where(mm[..., 0] < 0, 1.0, 2.0))
    left, right = ball(Role.MUSCLE, (-60, 0, 0), 16.0, "left"), ball(Role.MUSCLE, (60, 0, 0), 8.0, "right")
    tumour = ball(Role.TUMOUR, (20, 0, 0), 10.0)
    found = assess(study(pet), session(tumour, left, right)).ratio_of(tumour.uid, "mean")
    assert found is not None
    assert found.denominator == pytest.approx((8 * 1.0 + 1 * 2.0) / 9, rel=1e-3)
    assert found.reference == "left + right"


def test_overlap_of_tumours_counts_once() -> None:
    pet = study(volume(grid((40, 60, 80), (1.5, 1.5, 2.0)), np.array(1.0)))
    rois = [ball(Role.TUMOUR, (x, 0, 0), 12.0, name) for x, name in ((0, "a"), (12, "b"), (45, "c"))]
    found = assess(pet, session(*rois, ball(Role.MUSCLE, (-60, 0, 0), 12.0), tm_threshold=0.5))
    ball_ml = 4 * np.pi * 12**3 / 3000
    lens_ml = np.pi * (4 * 12 + 12) * (2 * 12 - 12) ** 2 / 12 / 1000
    assert sum(value(h.volume) for h in found.hypoxic) == pytest.approx(3 * ball_ml, rel=2e-3)
    assert value(found.hypoxic_total) == pytest.approx(3 * ball_ml - lens_ml, rel=5e-3)


def test_tumours_outside_the_pet_have_no_total() -> None:
    far = [ball(Role.TUMOUR, (x, 0, 0), 12.0, str(x)) for x in (500, 600)]
    assert code(assess(CONCENTRIC, session(*far, MUSCLE)).hypoxic_total) == "outside"


def test_one_tumour_is_its_own_total() -> None:
    found = assess(CONCENTRIC, session(TUMOUR, MUSCLE))
    assert value(found.hypoxic_total) == value(one(found).volume)


@pytest.mark.parametrize("role", [Role.NECROSIS, Role.PHYSIOLOGIC])
def test_necrosis_and_physiologic_uptake_are_taken_out_of_the_tumour(role: Role) -> None:
    core = ball(role, (0, 0, 0), 10.0)
    found = assess(CONCENTRIC, session(TUMOUR, core, MUSCLE, tm_threshold=1.4))
    shell_ml = 4 * np.pi * 7 / 3
    numbers = found.of_roi(TUMOUR.uid)
    assert numbers is not None
    assert value(numbers["volume_ml"]) == pytest.approx(shell_ml, rel=5e-3)
    assert value(numbers["max"]) == pytest.approx(1.4)
    assert value(one(found).volume) == pytest.approx(shell_ml, rel=5e-3)
    fraction = one(found).fraction
    assert isinstance(fraction, Measurement)
    assert fraction.value == pytest.approx(1.0)
    assert float(dict(fraction.inputs)["fraction_of_whole"]) == pytest.approx(7 / 8, rel=5e-3)
    assert dict(fraction.inputs)["less"] == core.name


def test_a_muscle_within_noise_of_zero_gives_no_ratio() -> None:
    made = np.random.default_rng(0).normal(0.2, 1.0, (30, 30, 60))
    found = assess(study(volume(grid((30, 30, 60)), made)), session(TUMOUR, MUSCLE))
    assert of(found, MUSCLE, "mean") > 0
    ratio = found.ratio_of(TUMOUR.uid, "mean")
    assert ratio is not None
    assert code(ratio.number) == "muscle_near_zero"
    assert ratio.denominator is None
    assert (
        code(one(found).volume)
        == code(one(found).fraction)
        == code(found.hypoxic_total)
        == "muscle_near_zero"
    )


def test_each_kind_divides_its_own_statistic_by_the_muscle_mean() -> None:
    found = assess(study(noisy(5)), session(TUMOUR, MUSCLE))
    for kind in ("mean", "max"):
        ratio = found.ratio_of(TUMOUR.uid, kind)
        assert ratio is not None
        assert ratio.numerator == of(found, TUMOUR, kind)
        assert ratio.denominator == pytest.approx(of(found, MUSCLE, "mean"), rel=1e-12)


def test_the_interval_stands_at_the_mean_form_only() -> None:
    found = assess(study(noisy(5)), session(TUMOUR, MUSCLE))
    mean, most = (found.ratio_of(TUMOUR.uid, kind) for kind in ("mean", "max"))
    assert mean is not None
    assert most is not None
    assert mean.low is not None
    assert mean.high is not None
    assert mean.low < value(mean.number) < mean.high
    assert (most.low, most.high) == (None, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"corrected_image": ("DECY",)}, "NAC_RATIO"),
        ({"units": "STDDEV"}, "UNITS_RATIO"),
    ],
)
def test_where_t_m_is_refused_statistics_stay(changes: dict[str, Any], expected: str) -> None:
    found = assess(study(noisy(1), copper(**changes)), session(TUMOUR, MUSCLE))
    assert {code(r.number) for r in found.ratios} == {expected}
    assert code(one(found).level) == expected
    numbers = found.of_roi(TUMOUR.uid)
    assert numbers is not None
    assert numbers.unit in ("kBq/ml", "stored units")
    assert value(numbers["mean"]) > 0


def test_doubts_about_threshold_size_and_muscle_are_flagged() -> None:
    pet = study(noisy(1))
    small, tiny = ball(Role.TUMOUR, (0, 0, 0), 14.9), ball(Role.MUSCLE, (-60, 0, 0), 9.0)
    found = assess(pet, session(small, tiny))
    assert {f.code for f in one(found).flags} == {"THRESHOLD_EXAMPLE", "PARTIAL_VOLUME"}
    assert {"MUSCLE_SMALL", "MUSCLE_VARIES"} <= {f.code for f in found.flags}
    large = assess(CONCENTRIC, session(TUMOUR, MUSCLE, tm_threshold=1.5))
    assert one(large).flags == ()
    assert large.flags == ()


def test_sides_that_differ_by_more_than_a_fifth_are_flagged() -> None:
    def codes(right: float) -> set[str]:
        pet = volume(grid((30, 30, 60)), lambda mm: np.where(mm[..., 0] < 0, 1.0, right))
        sides = [ball(Role.MUSCLE, (x, 0, 0), 14.0, name) for x, name in ((-60, "l"), (60, "r"))]
        return {f.code for f in assess(study(pet), session(TUMOUR, *sides)).flags}

    assert codes(1.21) == set()
    assert codes(1.23) == {"MUSCLE_SIDES_DIFFER"}
    assert codes(1.8) == {"MUSCLE_SIDES_DIFFER", "MUSCLE_VARIES"}  # each side alone is flat
    assert "MUSCLE_SUV" in codes(4.0)


def test_an_override_marks_every_number_it_touches() -> None:
    given = facts(weight_kg=None, slices=(SliceTime(SCAN, 600.0, None),) * 30)
    pet = study(noisy(1), given)
    before = assess(pet, session(TUMOUR, MUSCLE))
    after = assess(pet, session(TUMOUR, MUSCLE, overrides=(entered("weight_kg", "70"),)))
    unit = {numbers.unit for numbers in before.rois}, {numbers.unit for numbers in after.rois}
    assert unit == ({"kBq/ml"}, {"g/ml"})
    assert "OVERRIDDEN" in {f.code for f in after.scales[0][1].flags}
    assert "entered by A. Reader" in dict(after.provenance)[f"{pet.acquisitions[0].uid}.weight_kg"]
    other = replace(entered("weight_kg", "70"), acquisition_uid="another")
    assert not assess(pet, session(TUMOUR, overrides=(other,))).scales[0][1].is_suv

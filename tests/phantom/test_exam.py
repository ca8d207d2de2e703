"""What a scanner would store of SUV 1, by published numbers: decay in a frame, masses, surface, one dose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from atsmviewer.phantom import suvobject
from atsmviewer.phantom.exam import CU61, CU62, F18, Exam
from atsmviewer.phantom.nuclide import CU60, CU64, Nuclide


def test_at_injection_suv_one_is_the_dose_spread_over_the_body() -> None:
    """368.08 MBq in 70 kg is 5258.2857 Bq in each gram."""
    assert Exam(decay="ADMIN").bqml_per_suv(0) == pytest.approx(5258.285714, rel=1e-9)


@pytest.mark.parametrize("nuclide", [CU60, CU61, CU62, CU64, F18])
def test_one_half_life_later_a_start_series_holds_half(nuclide: Nuclide) -> None:
    exam = Exam(nuclide=nuclide)
    later = replace(exam, reference=exam.injected_at + timedelta(seconds=nuclide.half_life_s))
    assert later.bqml_per_suv(0) == pytest.approx(5258.285714 / 2, rel=1e-8)


@pytest.mark.parametrize(
    ("nuclide", "factor"), [(CU62, 1.400856), (CU60, 1.153352), (CU64, 1.004555), (F18, 1.031905)]
)
def test_undecayed_frames_are_lower_by_the_published_factor(nuclide: Nuclide, factor: float) -> None:
    """R9's table for frames of 600 s that begin at the reference."""
    exam = Exam(nuclide=nuclide, duration_s=600.0)
    ratio = exam.bqml_per_suv(0) / replace(exam, decay="NONE").bqml_per_suv(0)
    assert ratio == pytest.approx(factor, abs=1e-6)


def test_the_mean_activity_of_62cu_comes_before_the_middle() -> None:
    """R8: 282.156 s into a frame of 600 s, from a half-life of 9.67 min."""
    exam = Exam(nuclide=CU62, duration_s=600.0)
    assert (exam.representative(0) - exam.begun(0)).total_seconds() == pytest.approx(282.156, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "sex", "kg"),
    [
        ("BW", "O", 70.0),
        ("LBMJAMES128", "M", 56.520),
        ("LBMJAMES128", "F", 51.220),
        ("LBMJAMES128", "O", 53.870),
        ("LBMJANMA", "M", 55.8571),
        ("LBMJANMA", "F", 45.1970),
        ("IBW", "M", 72.380),
        ("IBW", "F", 66.430),
    ],
)
def test_masses_are_the_published_ones(kind: str, sex: str, kg: float) -> None:
    """R17's oracle, 70 kg and 175 cm."""
    assert Exam(sex=sex).mass_kg(kind) == pytest.approx(kg, rel=1e-6)


def test_the_surface_is_the_published_one() -> None:
    assert Exam().surface_cm2() / 1e4 == pytest.approx(1.848143, rel=1e-6)


def test_beds_share_the_slices_from_the_first_on() -> None:
    exam = Exam(begun_s=(0.0, 310.0, 620.0))
    after = [(exam.begun(k) - exam.reference).total_seconds() for k in range(suvobject.SLICES)]
    assert after == [0.0, 0.0, 310.0, 310.0, 620.0, 620.0]


def test_the_object_holds_the_three_values_inside_its_body_and_nothing_outside() -> None:
    values, body = suvobject.suv(), suvobject.body()
    assert set(np.unique(values[body])) == {0.20, 1.00, 4.00}
    assert not values[~body].any()
    assert float(np.median(values[body])) == 1.00
    assert (values[body] == 0.20).sum() == (values[body] == 4.00).sum() > 0

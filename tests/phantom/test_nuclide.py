"""Half-lives, mean-activity times and codes, against published values and the DICOM dictionaries."""

from __future__ import annotations

import math

import pytest
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from atsmviewer.phantom.nuclide import CU60, CU64, Nuclide


def test_decay_over_a_day_and_over_half_an_hour() -> None:
    assert 1 / CU64.left_after(24 * 3600) == pytest.approx(3.705516, rel=1e-5)
    assert 1 / CU60.left_after(30 * 60) == pytest.approx(2.404643, rel=1e-6)


def test_mean_activity_time() -> None:
    # lambda T = 1: tau / T = ln(1 / (1 - 1/e)) (R8)
    duration = CU60.half_life_s / math.log(2)
    assert CU60.mean_activity_s(duration) / duration == pytest.approx(0.458675145, abs=1e-9)
    assert CU64.mean_activity_s(180.0) == pytest.approx(90.0, rel=1e-3)


@pytest.mark.parametrize(
    ("nuclide", "isotope", "tracer"),
    [
        (CU64, codes.SCT._64Copper, codes.SCT.ATSMCu64),
        (CU60, codes.SCT._60Copper, codes.DCM.ATSMCu60),
    ],
)
def test_codes_are_those_of_the_standard(nuclide: Nuclide, isotope: Code, tracer: Code) -> None:
    assert nuclide.code == (isotope.value, isotope.scheme_designator, isotope.meaning)
    assert nuclide.tracer_code == (tracer.value, tracer.scheme_designator, tracer.meaning)

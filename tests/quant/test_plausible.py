"""SUV over a whole body is near one whatever was injected: what is far from it is flagged (R7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from atsmviewer.model.assessment import Depth
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.plausible import body_mean, plausibility
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, facts, grid, session, study, volume

SLICES = 100


def person(level: float, slices: int = SLICES) -> Volume:
    """A cylinder of ``level`` with a hot bladder in noisy air; 6 mm slices."""
    rng = np.random.default_rng(7)
    made = np.abs(rng.normal(0.0, 0.02 * level, (slices, 40, 40)))
    made[:, 12:28, 12:28] = level * rng.normal(1.0, 0.2, (slices, 16, 16))
    made[slices // 2, 18:22, 18:22] = 60 * level
    return volume(grid((slices, 40, 40), (6.0, 6.0, 6.0)), made)


def stored(slices: int = SLICES) -> Study:
    return study(person(1.0, slices), facts(units="GML", slices=(SliceTime(SCAN, 600.0, None),) * slices))


@pytest.mark.parametrize("level", [1e-6, 1.0, 1e6])
def test_the_body_is_found_whatever_the_factor_is(level: float) -> None:
    """Mean of the cylinder with its bladder: 1 + 59 x 16 voxels of 25600."""
    mean = body_mean(person(level), suv_scale(facts(units="GML"), slices=SLICES))
    assert mean == pytest.approx(level * (1 + 59 * 16 / (256 * SLICES)), rel=0.03)


@pytest.mark.parametrize(
    ("level", "flagged"),
    [(1.0, False), (0.25, False), (2.5, False), (0.15, True), (3.5, True), (1000.0, True)],
)
def test_outside_0_2_to_3_it_is_flagged_with_its_size(level: float, flagged: bool) -> None:
    flag = plausibility(person(level), suv_scale(facts(units="GML"), slices=SLICES))
    assert (flag is not None) == flagged
    if flag is not None:
        assert flag.code == "SUV_IMPLAUSIBLE"
        assert "If it should be 1" in flag.what


def test_short_scans_and_other_kinds_tell_nothing() -> None:
    scale = suv_scale(facts(units="GML"), slices=99)
    assert plausibility(person(1000.0, 99), scale) is None
    refused = suv_scale(facts(weight_kg=None), slices=SLICES)
    assert plausibility(person(1000.0), refused) is None
    percent = suv_scale(facts(), slices=SLICES, kind="idml")
    assert plausibility(person(1000.0), percent) is None


def test_slices_that_are_missing_are_left_out() -> None:
    whole = person(1000.0)
    voxels = whole.voxels.copy()
    voxels[3] = np.nan
    holed = Volume(whole.grid, voxels, whole.unit, whole.series_uid, (3,))
    assert plausibility(holed, suv_scale(facts(units="GML"), slices=SLICES)) is not None


def test_an_empty_scan_has_no_body() -> None:
    empty = volume(grid((SLICES, 8, 8), (6.0, 6.0, 6.0)), np.zeros((SLICES, 8, 8)))
    assert plausibility(empty, suv_scale(facts(units="GML"), slices=SLICES)) is None


def test_an_assessment_says_it_once_all_is_computed_whatever_kind_is_shown() -> None:
    scan = stored()
    (first,) = scan.acquisitions
    frame = replace(first.frames[0], volume=person(30.0))
    wrong = replace(scan, acquisitions=(replace(first, frames=(frame,)),))

    def codes(case: Study, depth: Depth, **protocol: Any) -> set[str]:
        return {flag.code for flag in assess(case, session(**protocol), depth).flags}

    assert "SUV_IMPLAUSIBLE" in codes(wrong, Depth.FULL)
    assert "SUV_IMPLAUSIBLE" in codes(wrong, Depth.FULL, suv="idml")
    assert "SUV_IMPLAUSIBLE" not in codes(wrong, Depth.LIVE)
    assert "SUV_IMPLAUSIBLE" not in codes(wrong, Depth.FULL, species="animal")
    assert "SUV_IMPLAUSIBLE" not in codes(scan, Depth.FULL)

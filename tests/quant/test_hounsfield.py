"""HU on the CT's own voxels: formulas, what is not counted, and whose space it is (R19, R42)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.model.grid import Floats
from atsmviewer.model.roi import Ellipsoid, Isocontour, Role, sphere
from atsmviewer.model.session import Alignment, Session
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.hounsfield import HOUNSFIELD, hounsfield
from tests.quant.made import (
    UID,
    ball,
    code,
    grid,
    hounsfield_volume,
    of,
    roi,
    session,
    study,
    value,
    volume,
    with_ct,
)

FINE = grid((60, 80, 80), (2.0, 1.0, 1.0))
REGION = ball(Role.TUMOUR, (3.0, -2.0, 1.0), 15.0)
PET = study(volume(grid(), np.array(1.0)))


def ramp(mm: Floats) -> Floats:
    return np.asarray(100 + 2 * mm[..., 0] - 3 * mm[..., 1], np.float64)


def numbers(scan: Study) -> dict[str, Number]:
    one = assess(scan, session(REGION)).of_roi(REGION.uid)
    assert one is not None
    return {n.quantity: n for n in one.numbers if n.quantity in HOUNSFIELD}


def test_on_a_ramp_the_mean_is_the_value_at_the_centre_whatever_the_pet() -> None:
    found = assess(with_ct(PET, hounsfield_volume(FINE, ramp)), session(REGION))
    assert of(found, REGION, "hu_mean") == pytest.approx(100 + 6 + 6, abs=0.05)
    assert of(found, REGION, "hu_median") == pytest.approx(112, abs=1)
    # spread of a linear function over a ball: |gradient| r / √5
    assert of(found, REGION, "hu_sd") == pytest.approx(np.sqrt(13) * 15 / np.sqrt(5), rel=0.01)
    reach = np.sqrt(13) * 15
    assert of(found, REGION, "hu_min") == pytest.approx(112 - reach, abs=6)
    assert of(found, REGION, "hu_max") == pytest.approx(112 + reach, abs=6)


def test_by_the_centre_rule_exactly_the_ct_voxels_with_their_centre_inside_count() -> None:
    made = hounsfield_volume(FINE, ramp)
    found = assess(with_ct(PET, made), session(REGION, mask_rule="centre"))
    places = FINE.to_mm(np.moveaxis(np.indices(FINE.shape), 0, -1).astype(np.float64))
    inside = made.voxels[np.linalg.norm(places - (3.0, -2.0, 1.0), axis=-1) <= 15.0].astype(np.float64)
    expected = (inside.mean(), inside.std(), inside.min(), inside.max(), np.median(inside))
    assert [of(found, REGION, name) for name in HOUNSFIELD] == pytest.approx(expected, rel=1e-9)


def test_its_numbers_name_the_ct() -> None:
    one = numbers(with_ct(PET, hounsfield_volume(FINE, ramp)))["hu_mean"]
    assert isinstance(one, Measurement)
    assert one.provenance is not None
    assert one.provenance.series_uid == "1.2.3.5"
    assert "60 x 80 x 80 voxels of 2 x 1 x 1 mm" in one.provenance.grid
    assert one.unit == "HU"


@pytest.mark.parametrize("padding", [-32768, -3024, -2000])
def test_padding_is_not_counted_and_said(padding: int) -> None:
    voxels = np.full(FINE.shape, 40, np.int16)
    voxels[:, :, 45:] = padding
    found = assess(with_ct(PET, Volume(FINE, voxels, Unit.HU, "1.2.3.5")), session(REGION))
    assert [of(found, REGION, name) for name in HOUNSFIELD] == pytest.approx([40, 0, 40, 40, 40])
    assert "HU_PADDING" in {flag.code for flag in found.flags}


def test_a_ct_of_other_values_has_no_hu() -> None:
    made = with_ct(PET, Volume(FINE, np.full(FINE.shape, 40, np.int16), Unit.STORED, "1.2.3.5"))
    assert made.acquisitions[0].anatomy is not None
    anatomy = replace(made.acquisitions[0].anatomy, values="Z_EFF")
    other = replace(made, acquisitions=(replace(made.acquisitions[0], anatomy=anatomy),))
    one = numbers(other)["hu_mean"]
    assert isinstance(one, Missing)
    assert (one.code, one.what) == ("no_ct", "The values of the CT with this PET are no HU but Z_EFF.")


def test_a_missing_slice_is_not_counted_and_said() -> None:
    voxels = np.full(FINE.shape, 40.0, np.float32)
    voxels[31] = np.nan
    found = assess(with_ct(PET, Volume(FINE, voxels, Unit.HU, "1.2.3.5", (31,))), session(REGION))
    assert of(found, REGION, "hu_mean") == pytest.approx(40)
    assert "HU_PADDING" in {flag.code for flag in found.flags}


def test_a_region_beyond_the_ct_counts_what_is_inside_and_one_outside_has_none() -> None:
    part = grid((60, 80, 80), (2.0, 1.0, 1.0), (40.0, 0.0, 0.0))
    found = assess(with_ct(PET, hounsfield_volume(part, ramp)), session(REGION))
    assert "HU_CLIPPED" in {flag.code for flag in found.flags}
    # at x = 0.5 mm, its first column: 100 + 1 - 3 (-2 + √(15² - 2.5²)) = 62.6; the whole ball reaches 57.9
    assert of(found, REGION, "hu_min") == pytest.approx(64, abs=3)
    away = grid((60, 80, 80), (2.0, 1.0, 1.0), (400.0, 0.0, 0.0))
    gone = numbers(with_ct(PET, hounsfield_volume(away, ramp)))
    assert {code(n) for n in gone.values()} == {"outside"}


def test_without_a_ct_or_before_it_is_read_there_is_a_reason() -> None:
    assert {code(n) for n in numbers(PET).values()} == {"no_ct"}
    scan = with_ct(PET, hounsfield_volume(FINE, ramp))
    waiting = replace(scan, acquisitions=(replace(scan.acquisitions[0], anatomy_volume=None),))
    assert {code(n) for n in numbers(waiting).values()} == {"loading"}
    mr = Volume(FINE, np.ones(FINE.shape, np.float32), Unit.STORED, "1.2.3.6")
    assert {code(n) for n in numbers(with_ct(PET, mr)).values()} == {"no_ct"}


def test_a_ct_of_another_space_is_asked_only_by_an_alignment() -> None:
    """R42."""
    elsewhere = replace(FINE, frame_of_reference_uid="9.9")
    scan = with_ct(PET, hounsfield_volume(elsewhere, ramp))
    assert {code(n) for n in numbers(scan).values()} == {"other_frame"}
    shifted = (1.0, 0, 0, 10.0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)
    way = Alignment("1.2.3", "9.9", shifted, "registration object", "A. Reader")
    drawn = replace(session(REGION), alignments=(way,))
    one = assess(scan, drawn).of_roi(REGION.uid)
    assert one is not None
    mean = one["hu_mean"]
    assert value(mean) == pytest.approx(112 + 20, abs=0.05)
    assert isinstance(mean, Measurement)
    assert ("alignment", "inverse of registration object (A. Reader)") in mean.inputs


def test_what_is_taken_out_of_a_tumour_is_taken_out_of_its_hu() -> None:
    def core(mm: Floats) -> Floats:
        return np.where(np.linalg.norm(mm - np.array([3.0, -2.0, 1.0]), axis=-1) < 8.0, -50.0, 40.0)

    scan = with_ct(PET, hounsfield_volume(FINE, core))
    hole = ball(Role.NECROSIS, (3.0, -2.0, 1.0), 10.0)
    assert of(assess(scan, session(REGION)), REGION, "hu_mean") < 30
    assert of(assess(scan, session(REGION, hole)), REGION, "hu_mean") == pytest.approx(40, abs=1e-9)


def test_a_rule_on_the_pet_has_the_hu_of_the_voxels_that_it_gives() -> None:
    """A hot cube of 3 x 3 x 3 PET voxels; the CT is 70 HU just there."""
    on = grid((15, 15, 15), (4.0, 4.0, 4.0))
    half = 1.5 * 4.0

    def cube(mm: Floats) -> NDArray[np.bool_]:
        return np.asarray((np.abs(mm) < half).all(axis=-1))

    pet = study(volume(on, lambda mm: np.where(cube(mm), 9.0, 1.0)))
    scan = with_ct(pet, hounsfield_volume(FINE, lambda mm: np.where(cube(mm), 70.0, -100.0)))
    rule = Isocontour(sphere((0.0, 0, 0), 20.0), "percent_max", 50.0, UID)
    drawn = roi(Role.TUMOUR, rule)
    found = assess(scan, session(drawn))
    assert of(found, drawn, "voxels") == 27
    assert of(found, drawn, "hu_mean") == pytest.approx(70)
    assert of(found, drawn, "hu_min") == 70
    mean = found.rois[0]["hu_mean"]
    assert isinstance(mean, Measurement)
    assert float(dict(mean.inputs)["volume_ml"]) == pytest.approx((2 * half) ** 3 / 1000, rel=1e-6)


def test_a_muscle_that_is_a_rule_has_the_hu_of_the_voxels_that_it_gives() -> None:
    """PET is 1 in a ball of 12 mm in air; the CT is 55 HU just there."""

    def inside(mm: Floats) -> NDArray[np.bool_]:
        return np.asarray(np.linalg.norm(mm - (-25.0, 0, 0), axis=-1) < 12.0)

    pet = study(volume(grid(), lambda mm: np.where(inside(mm), 1.0, 0.0)))
    scan = with_ct(pet, hounsfield_volume(FINE, lambda mm: np.where(inside(mm), 55.0, -900.0)))
    rule = Isocontour(sphere((-25.0, 0, 0), 9.0), "absolute", 0.5, UID, unit="g/ml")
    found = assess(scan, session(roi(Role.MUSCLE, rule), REGION))
    assert value(found.muscles[0].hu) == pytest.approx(55)
    assert value(found.ratios[0].number) < 1


def elsewhere(*matrix: float) -> tuple[Study, Session]:
    """A CT of another space with an alignment that leads there, a tumour and a muscle."""
    made = hounsfield_volume(replace(FINE, frame_of_reference_uid="9.9"), ramp)
    way = Alignment("1.2.3", "9.9", matrix, "registration object", "A. Reader")
    muscle = ball(Role.MUSCLE, (-20.0, 10.0, 0.0), 8.0)
    return with_ct(PET, made), replace(session(REGION, muscle), alignments=(way,))


def test_the_hu_of_muscle_follow_the_alignment_to_the_ct_too() -> None:
    shifted = (1.0, 0, 0, 10.0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)
    (muscle,) = assess(*elsewhere(*shifted)).muscles
    assert value(muscle.hu) == pytest.approx(100 + 2 * (-20 + 10) - 3 * 10, abs=0.1)


def test_an_alignment_that_stretches_takes_the_hu_and_no_number_of_the_pet() -> None:
    stretched = (1.01, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)
    scan, drawn = elsewhere(*stretched)
    found = assess(scan, drawn)
    assert of(found, REGION, "mean") == 1.0
    assert value(found.ratios[0].number) == 1.0
    assert {code(n) for n in found.rois[0].numbers if n.quantity in HOUNSFIELD} == {"ALIGNMENT_NOT_RIGID"}
    assert code(found.muscles[0].hu) == "ALIGNMENT_NOT_RIGID"


def test_asked_for_a_shape_alone() -> None:
    scan = with_ct(PET, hounsfield_volume(FINE, ramp))
    assert isinstance(REGION.shape, Ellipsoid)
    mean, *_ = hounsfield(REGION.shape, scan.acquisitions[0], "fraction")
    assert value(mean) == pytest.approx(112, abs=0.05)

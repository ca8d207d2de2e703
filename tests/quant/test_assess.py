"""assess as a whole: pure, two depths with the same bits, no mixing of spaces, what is missing."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Depth, Measurement, Missing
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.roi import Contour, Ellipsoid, Prism, Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.model.study import Frame, Study
from atsmviewer.model.volume import Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.measured import FULL_ONLY
from tests.quant.made import (
    SCAN,
    UID,
    ball,
    code,
    copper,
    entered,
    grid,
    hounsfield_volume,
    roi,
    session,
    study,
    turned,
    value,
    volume,
    with_ct,
)

RECORDED = (
    "voxels",
    "volume_ml",
    "min",
    "mean",
    "max",
    "median",
    "sd",
    "peak_1ml",
    "peak_local",
    "peak_global",
)
ON = grid((30, 30, 60))
TUMOUR, MUSCLE = ball(Role.TUMOUR, (0, 0, 0), 20.0), ball(Role.MUSCLE, (-60, 0, 0), 15.0)
QUANTITIES = [
    "voxels",
    "volume_ml",
    "min",
    "mean",
    "max",
    "median",
    "sd",
    "cov",
    "peak_1ml",
    "peak_local",
    "peak_global",
]


def noise(seed: int = 0) -> Study:
    pet = study(volume(ON, np.random.default_rng(seed).gamma(4.0, 0.25, ON.shape)))
    return with_ct(pet, hounsfield_volume(ON, lambda mm: mm[..., 0]))


def numbers(found: Assessment) -> dict[tuple[str, str], float]:
    """Every measured number by roi and quantity."""
    given = {(r.roi_uid, n.quantity): n for r in found.rois for n in r.numbers}
    given |= {(r.roi_uid, r.number.quantity): r.number for r in found.ratios}
    for one in found.hypoxic:
        given |= {(one.roi_uid, n.quantity): n for n in (one.level, one.volume, one.fraction)}
    given["", "total"] = found.hypoxic_total
    return {key: n.value for key, n in given.items() if isinstance(n, Measurement)}


def test_the_two_depths_agree_bit_for_bit_and_live_says_what_it_leaves_out() -> None:
    pet, drawn = noise(), session(TUMOUR, MUSCLE)
    live, full = assess(pet, drawn, Depth.LIVE), assess(pet, drawn)
    at_live, at_full = numbers(live), numbers(full)
    assert at_live.items() <= at_full.items()
    left = {(r.roi_uid, n.quantity): n for r in live.rois for n in r.numbers if isinstance(n, Missing)}
    left |= {(r.roi_uid, f"tm_{r.kind}"): r.number for r in live.ratios if isinstance(r.number, Missing)}
    assert set(left) == set(at_full) - set(at_live)
    assert {code(n) for n in left.values()} == {"computing"}
    assert {quantity for _, quantity in left} == {*FULL_ONLY, "tm_peak"}
    for one, other in zip(live.ratios, full.ratios, strict=True):
        assert one.kind == "peak" or replace(other, spreads=()) == one
        assert [spread.name for spread in other.spreads] == ["placement"]
    for few, all_ in zip(live.hypoxic, full.hypoxic, strict=True):
        assert code(few.largest) == "computing"
        assert isinstance(all_.largest, Measurement)
        assert replace(few, largest=all_.largest) == all_


def test_every_quantity_is_given_with_its_unit_and_algorithm() -> None:
    found = assess(noise(), session(TUMOUR, MUSCLE)).of_roi(TUMOUR.uid)
    assert found is not None
    for quantity in QUANTITIES:
        number = found[quantity]
        assert isinstance(number, Measurement), number
        assert number.algorithm.endswith("/1")
        expected = {"voxels": "", "cov": "", "volume_ml": "ml"}.get(quantity, "g/ml")
        assert number.unit == expected


def test_the_same_study_and_session_give_the_same_assessment() -> None:
    drawn = session(TUMOUR, MUSCLE)
    one = assess(noise(), drawn)
    again = assess(noise(), session(replace(TUMOUR), replace(MUSCLE)))
    assert one == again


def test_turned_in_space_nothing_changes() -> None:
    """P6: new position and orientation of everything."""
    rotation = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    shift = (100.0, -200.0, 300.0)
    pet = volume(ON, np.random.default_rng(0).gamma(4.0, 0.25, ON.shape))
    moved = replace(pet, grid=turned(ON, rotation, shift))

    def there(given: Ellipsoid) -> Ellipsoid:
        x, y, z = rotation @ given.centre_mm + shift
        axes = np.asarray(given.axes).reshape(3, 3) @ rotation.T
        return Ellipsoid((float(x), float(y), float(z)), given.radii_mm, tuple(axes.ravel()))

    shapes = [Ellipsoid((0.3, 0.2, 0.1), (12.0, 20.0, 15.0)), sphere((-60.1, 0.2, 0.3), 15.0)]
    roles = (Role.TUMOUR, Role.MUSCLE)
    here = numbers(assess(study(pet), session(*[roi(r, s) for r, s in zip(roles, shapes, strict=True)])))
    far = numbers(
        assess(study(moved), session(*[roi(r, there(s)) for r, s in zip(roles, shapes, strict=True)]))
    )
    assert here.keys() == far.keys()
    assert [far[k] for k in here] == pytest.approx(list(here.values()), rel=1e-6)


def test_slopes_scale_suv_and_leave_t_m() -> None:
    """P1."""
    made = np.random.default_rng(0).gamma(4.0, 0.25, ON.shape)
    one, thrice = (assess(study(volume(ON, k * made)), session(TUMOUR, MUSCLE)) for k in (1.0, 3.0))
    for quantity in ("mean", "max", "sd", "peak_1ml"):
        a, b = one.of_roi(TUMOUR.uid), thrice.of_roi(TUMOUR.uid)
        assert a is not None
        assert b is not None
        assert value(b[quantity]) == pytest.approx(3 * value(a[quantity]), rel=1e-6)
    for x, y in zip(one.ratios, thrice.ratios, strict=True):
        assert value(x.number) == pytest.approx(value(y.number), rel=1e-6)


def missing(found: Assessment) -> dict[str, str]:
    return {m.code: m.what for m in found.missing}


def test_what_is_missing_says_what_to_do() -> None:
    assert missing(assess(noise(), session())).keys() == {"no_tumour"}
    only_tumour = assess(noise(), session(TUMOUR))
    text = "Draw a muscle region. T/M appears at once."
    assert missing(only_tumour) == {"no_muscle": text}
    assert (only_tumour.ratios, only_tumour.hypoxic) == ((), ())
    assert code(only_tumour.hypoxic_total) == "no_muscle"
    only_muscle = assess(noise(), session(MUSCLE))
    assert missing(only_muscle).keys() == {"no_tumour"}
    assert assess(noise(), session(TUMOUR, MUSCLE)).missing == ()


def test_a_pet_that_is_not_loaded_yet_says_so() -> None:
    (acquisition,) = noise().acquisitions
    frame = replace(acquisition.frames[0], volume=None)
    waiting = replace(noise(), acquisitions=(replace(acquisition, frames=(frame,)),))
    found = assess(waiting, session(TUMOUR, MUSCLE))
    assert missing(found).keys() == {"loading"}
    assert (found.rois, len(found.scales)) == ((), 1)


def test_regions_of_another_frame_of_reference_are_never_measured() -> None:
    far = replace(MUSCLE, frame_of_reference_uid="9.9.9")
    found = assess(noise(), session(TUMOUR, far))
    assert [r.roi_uid for r in found.rois] == [TUMOUR.uid]
    assert found.ratios == ()
    assert missing(found).keys() == {"no_muscle"}
    alone = assess(noise(), session(far))
    assert missing(alone).keys() == {"other_frame"}


def two_scans(same_space: bool) -> Study:
    """The noise of two seeds; the second is three times as hot."""
    one, other = noise(0), noise(1)
    (late,) = other.acquisitions
    space = ON.frame_of_reference_uid if same_space else "7.7.7"
    on = replace(ON, frame_of_reference_uid=space)
    made = volume(on, np.random.default_rng(1).gamma(4.0, 0.75, ON.shape))
    pet = replace(late.pet, uid="late", grid=on)
    late = replace(late, pet=pet, frames=(Frame(0, SCAN + timedelta(days=1), 600.0, made),))
    return replace(one, acquisitions=(*one.acquisitions, late))


def test_each_scan_has_its_own_muscle_and_totals_are_not_added() -> None:
    found = assess(two_scans(same_space=True), session(TUMOUR, MUSCLE))
    early, late = (r for r in found.ratios if r.kind == "mean")
    assert (early.acquisition_uid, late.acquisition_uid) == (UID, "late")
    assert early.denominator is not None
    assert late.denominator == pytest.approx(3 * early.denominator, rel=0.1)
    assert code(found.hypoxic_total) == "several_scans"


def test_a_scan_in_another_space_waits_for_its_own_regions() -> None:
    found = assess(two_scans(same_space=False), session(TUMOUR, MUSCLE))
    assert {r.acquisition_uid for r in found.rois} == {UID}
    assert isinstance(found.hypoxic_total, Measurement)


def test_frames_are_measured_one_by_one() -> None:
    (acquisition,) = noise().acquisitions
    second = volume(ON, np.random.default_rng(2).gamma(4.0, 0.5, ON.shape))
    frames = (*acquisition.frames, Frame(1, SCAN, 600.0, second))
    dynamic = replace(noise(), acquisitions=(replace(acquisition, frames=frames),))
    found = assess(dynamic, session(TUMOUR, MUSCLE))
    assert [(r.roi_uid, r.frame) for r in found.rois] == [
        (TUMOUR.uid, 0),
        (MUSCLE.uid, 0),
        (TUMOUR.uid, 1),
        (MUSCLE.uid, 1),
    ]
    denominators = {r.frame: r.denominator for r in found.ratios}
    assert denominators[0] != denominators[1]


def test_undecayed_slices_are_corrected_before_they_are_compared() -> None:
    """Two beds of 18F-like decay: SUV 1 everywhere though the later bed's pixels are lower."""
    beds = [SCAN + timedelta(minutes=20 * (k // 15)) for k in range(30)]
    slices = tuple(SliceTime(bed, 300.0, None) for bed in beds)
    given = copper(decay_correction="NONE", half_life_s=6586.2, nuclide="18F", slices=slices)
    decay = np.array([2 ** (-(bed - SCAN).total_seconds() / 6586.2) for bed in beds])
    pet = volume(ON, np.broadcast_to(5000.0 * decay[:, None, None], ON.shape))
    found = assess(study(pet, given), session(TUMOUR, MUSCLE))
    numbers_of = found.of_roi(TUMOUR.uid)
    assert numbers_of is not None
    assert value(numbers_of["min"]) == pytest.approx(value(numbers_of["max"]), rel=1e-6)
    assert value(found.ratios[0].number) == pytest.approx(1.0, rel=1e-6)


def test_an_entry_that_cannot_be_read_withholds_suv_and_nothing_else() -> None:
    slices = (SliceTime(SCAN, 600.0, None),) * 30
    pet = replace(noise(), acquisitions=study(noise_volume(), copper(slices=slices)).acquisitions)
    found = assess(pet, session(TUMOUR, MUSCLE, overrides=(entered("weight_kg", "heavy"),)))
    scale = found.scale(UID)
    assert scale.refused is not None
    assert (scale.refused.code, scale.unit) == ("OVERRIDE_INVALID", "kBq/ml")
    assert isinstance(found.ratios[0].number, Measurement)


def noise_volume() -> Volume:
    return volume(ON, np.random.default_rng(0).gamma(4.0, 250.0, ON.shape))


def test_a_shape_that_cannot_be_measured_withholds_the_ratio_it_was_part_of() -> None:
    flat = roi(Role.MUSCLE, Prism((Contour(((0, 0, 0), (9, 0, 0), (9, 9, 0))),), (0, 0, 1), 0.0), "flat")
    found = assess(noise(), session(TUMOUR, MUSCLE, flat))
    assert missing(found).keys() == {"SHAPE_INVALID"}
    assert {code(r.number) for r in found.ratios} == {"SHAPE_INVALID"}


def test_a_region_that_reaches_beyond_the_pet_is_flagged() -> None:
    over = ball(Role.TUMOUR, (0, 0, 40.0), 20.0)
    assert "ROI_CLIPPED" in {flag.code for flag in assess(noise(), session(over, MUSCLE)).flags}


def test_provenance_names_version_rule_lattice_scale_and_inputs() -> None:
    given = dict(assess(noise(), session(TUMOUR, MUSCLE, mask_rule="centre")).provenance)
    assert given["mask_rule"] == "centre"
    assert given["tm_threshold"] == "> 1.4"
    assert given[f"{UID}.grid"] == "30 x 30 x 60 voxels of 3 x 4 x 4 mm (slice, row, column)"
    assert given[f"{UID}.scale"] == "suv.bw.stored/1, g/ml, factor 1.0"
    assert "version" in given
    assert f"{UID}.units" in given


def test_a_drag_step_fits_into_a_frame() -> None:
    """A generous bound for a busy machine; benchmarks/live.py measures it."""
    pet, steps = noise(), []
    for k in range(40):
        drawn: Session = session(ball(Role.TUMOUR, (0.2 * k, 0, 0), 20.0), MUSCLE)
        began = time.perf_counter()
        assess(pet, drawn, Depth.LIVE)
        steps.append(time.perf_counter() - began)
    assert np.median(steps) < 0.010


def test_starting_up_does_not_wait_for_heavy_libraries() -> None:
    heavy = "{'SimpleITK', 'pydicom', 'nibabel', 'scipy', 'PySide6'}"
    ask = f"import sys, atsmviewer.quant.assess, atsmviewer.quant.probe; print({heavy} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"

"""What T/M needs and does not need: no dose, no weight, no clock, but comparable voxels (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Role
from atsmviewer.model.session import SUV_KINDS
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import (
    SCAN,
    SPACE,
    T_18F,
    UID,
    ball,
    centres,
    code,
    entered,
    facts,
    grid,
    session,
    study,
    value,
    volume,
)

ON = grid((30, 30, 60))
TUMOUR, MUSCLE = ball(Role.TUMOUR, (0.0, 0.0, 0.0), 20.0), ball(Role.MUSCLE, (-60.0, 0.0, 0.0), 15.0)
DRAWN = session(TUMOUR, MUSCLE)
BQML = np.random.default_rng(3).gamma(4.0, 2500.0, ON.shape)
KINDS = ("mean", "max", "peak")
ONE_BED = (SliceTime(SCAN, 600.0, None),) * 30
TWO_BEDS = ONE_BED[:15] + (SliceTime(SCAN + timedelta(minutes=10), 600.0, None),) * 15
NO_TIMES = (SliceTime(None, None, None),) * 30
NO_STARTS = (SliceTime(None, 600.0, None),) * 30


def scan(slices: tuple[SliceTime, ...] = ONE_BED, voxels: Any = BQML, **changes: Any) -> Study:
    return study(volume(ON, voxels), facts(slices=slices, **changes))


def ratios(found: Assessment) -> list[float]:
    made = [found.ratio_of(TUMOUR.uid, kind) for kind in KINDS]
    return [value(one.number) for one in made if one is not None]


def refused(found: Assessment) -> set[str]:
    return {code(one.number) for one in found.ratios} | {code(one.volume) for one in found.hypoxic}


PLAIN = ratios(assess(scan(), DRAWN))


def test_from_activity_and_from_suv_it_is_the_same() -> None:
    """The same voxels as Bq/ml (SUV withheld), as SUV made from them, and as SUV that was stored."""
    suv = BQML * 70_000.0 / (370e6 * 2 ** (-3600 / T_18F))
    from_activity = assess(scan(injected_activity_bq=None), DRAWN)
    stored = assess(scan(voxels=suv, units="GML"), DRAWN)
    assert from_activity.rois[0].unit == "kBq/ml"
    assert stored.rois[0].unit == "g/ml"
    assert len(PLAIN) == len(KINDS)
    assert ratios(from_activity) == pytest.approx(PLAIN, rel=1e-6)
    assert ratios(stored) == pytest.approx(PLAIN, rel=1e-6)


@pytest.mark.parametrize("units", ["BQML", "CNTS", "GML", "CM2ML", "CPS", "PROPCNTS", None])
@pytest.mark.parametrize("decay", ["START", "ADMIN", "NONE"])
def test_without_weight_and_dose_it_always_stands(decay: str, units: str | None) -> None:
    stripped: dict[str, Any] = {
        "weight_kg": None,
        "injected_activity_bq": None,
        "height_m": None,
        "sex": None,
    }
    found = assess(scan(units=units, decay_correction=decay, **stripped), DRAWN)
    assert ratios(found) == pytest.approx(PLAIN, rel=1e-6)
    assert isinstance(found.hypoxic[0].volume, Measurement)


@pytest.mark.parametrize("kind", SUV_KINDS)
@pytest.mark.parametrize("species", ["human", "animal"])
def test_whatever_the_values_are_shown_as_the_ratio_is_the_same(kind: str, species: str) -> None:
    """P11; interval, probability and volumes too."""
    body: dict[str, Any] = {"height_m": 1.75, "sex": "M"}
    base, other = (
        assess(scan(**body), session(TUMOUR, MUSCLE, suv=one, species=species)) for one in ("bw", kind)
    )
    assert ratios(other) == pytest.approx(PLAIN, rel=1e-9)
    for one, same in zip(base.ratios, other.ratios, strict=True):
        if one.low is not None and one.high is not None:
            assert (same.low, same.high) == pytest.approx((one.low, one.high), rel=1e-9)
        spreads = [(s.low, s.high) for s in one.spreads]
        assert [(s.low, s.high) for s in same.spreads] == [pytest.approx(s, rel=1e-9) for s in spreads]
    assert value(other.ratios[0].above) == pytest.approx(value(base.ratios[0].above), rel=1e-9)
    for name in ("volume", "fraction", "largest"):
        expected = value(getattr(base.hypoxic[0], name))
        assert value(getattr(other.hypoxic[0], name)) == pytest.approx(expected, rel=1e-6)


CLOCKS: dict[str, Any] = {"injection_datetime": None, "series_datetime": None, "half_life_s": None}


@pytest.mark.parametrize(
    ("slices", "changes"),
    [
        (NO_TIMES, {"decay_correction": "START"}),
        (NO_TIMES, {"decay_correction": "ADMIN"}),
        (NO_TIMES, {"units": "GML", "decay_correction": None}),
        (ONE_BED, {"decay_correction": "NONE", "corrected_image": ("ATTN",)}),
        (TWO_BEDS, {"decay_correction": "START"}),
    ],
)
def test_without_clocks_it_stands_where_the_pixels_speak_of_one_time(
    slices: tuple[SliceTime, ...], changes: dict[str, Any]
) -> None:
    found = assess(scan(slices, nuclide=None, **(CLOCKS | changes)), DRAWN)
    assert ratios(found) == pytest.approx(PLAIN, rel=1e-6)


@pytest.mark.parametrize(
    ("slices", "half_life_s"),
    [(NO_TIMES, None), (TWO_BEDS, None), (NO_TIMES, T_18F), (NO_STARTS, T_18F), (NO_STARTS, None)],
)
def test_undecayed_beds_are_refused_where_times_or_half_life_are_unknown(
    slices: tuple[SliceTime, ...], half_life_s: float | None
) -> None:
    clocks = CLOCKS | {"half_life_s": half_life_s}
    given = {"decay_correction": "NONE", "corrected_image": ("ATTN",), "nuclide": None}
    found = assess(scan(slices, **clocks, **given), DRAWN)
    assert refused(found) == {"DECAY_RATIO"}
    numbers = found.of_roi(TUMOUR.uid)
    assert numbers is not None
    assert value(numbers["mean"]) > 0


def test_undecayed_beds_are_corrected_where_both_are_known() -> None:
    """A second bed 10 min later has decayed by 2^(-600 / T½); what was the same then is the same again."""
    late = np.arange(30)[:, None, None] >= 15
    decayed = np.where(late, BQML * 2 ** (-600 / T_18F), BQML)
    found = assess(
        scan(TWO_BEDS, decayed, decay_correction="NONE", corrected_image=("ATTN",), weight_kg=None), DRAWN
    )
    assert ratios(found) == pytest.approx(PLAIN, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"corrected_image": ("DECY", "SCAT")}, "NAC_RATIO"),
        ({"units": "STDDEV"}, "UNITS_RATIO"),
        ({"units": "1CM"}, "UNITS_RATIO"),
        ({"units": "HU"}, "UNITS_RATIO"),
        ({"inconsistent": ("units",)}, "INCONSISTENT_RATIO"),
    ],
)
def test_voxels_that_do_not_compare_are_refused(changes: dict[str, Any], expected: str) -> None:
    found = assess(scan(**changes), session(TUMOUR, MUSCLE, ball(Role.BRAIN, (60, 0, 0), 15)))
    assert refused(found) == {expected}
    assert {r.reference_role for r in found.ratios} == {Role.MUSCLE, Role.BRAIN}
    assert code(found.hypoxic_total) == expected


def test_what_is_absent_but_no_ground_to_refuse_is_flagged() -> None:
    for name, flag in (
        ("units", "UNITS_UNKNOWN"),
        ("corrected_image", "CORRECTIONS_UNKNOWN"),
        ("decay_correction", "DECAY_MODE_UNKNOWN"),
    ):
        absent: dict[str, Any] = {name: None}
        found = assess(scan(**absent), DRAWN)
        assert ratios(found) == pytest.approx(PLAIN, rel=1e-6)
        assert flag in {f.code for f in found.scales[0][1].flags}
    known = assess(scan(), DRAWN).scales[0][1].flags
    assert "DECAY_MODE_UNKNOWN" not in {f.code for f in known}


def test_an_entered_half_life_opens_what_was_refused_for_it() -> None:
    given = {"decay_correction": "NONE", "corrected_image": ("ATTN",), "nuclide": None, "half_life_s": None}
    pet = scan(TWO_BEDS, **given)
    assert refused(assess(pet, DRAWN)) == {"DECAY_RATIO"}
    made = assess(pet, replace(DRAWN, overrides=(entered("half_life_s", str(T_18F)),)))
    assert len(ratios(made)) == len(KINDS)


@pytest.mark.reference
def test_a_phantom_that_says_nothing_has_a_ratio_and_three_doubts(reference_data: Path) -> None:
    """A NEMA sphere over its background, by the pixels and by us: no unit, dose, time or decay mode."""
    folder = reference_data / "07_nema_phantom_pet_without_suv_tags" / "pet_recon_1"
    headers = [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]
    headers.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    voxels = np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in headers])
    first = headers[0]
    step = float(first.PixelSpacing[0])
    rise = float(headers[1].ImagePositionPatient[2]) - float(first.ImagePositionPatient[2])
    x, y, z = (float(at) for at in first.ImagePositionPatient)
    on = Grid(voxels.shape, (0, 0, step, x, 0, step, 0, y, rise, 0, 0, z), SPACE)
    given = PetFacts(
        units=first.get("Units"),
        decay_correction=first.get("DecayCorrection"),
        corrected_image=tuple(first.CorrectedImage),
        slices=(SliceTime(None, None, None),) * len(headers),
    )
    tumour, muscle = ball(Role.TUMOUR, (32.0, 53.0, 0.0), 8.0), ball(Role.MUSCLE, (-75.0, 30.0, 0.0), 15.0)
    pet = Volume(on, voxels.astype(np.float32), Unit.STORED, UID)
    found = assess(study(pet, given), session(tumour, muscle, mask_rule="centre"))
    mm = centres(on)
    places = (((32.0, 53.0, 0.0), 8.0), ((-75.0, 30.0, 0.0), 15.0))
    inside = [np.linalg.norm(mm - centre, axis=-1) <= radius for centre, radius in places]
    means = [float(voxels[one].mean()) for one in inside]
    made = found.ratio_of(tumour.uid, "mean")
    assert made is not None
    assert value(made.number) == pytest.approx(means[0] / means[1], rel=1e-6)
    assert value(made.number) > 3.0
    assert {"UNITS_UNKNOWN", "DECAY_MODE_UNKNOWN"} <= {f.code for f in found.scales[0][1].flags}


@settings(max_examples=40, deadline=None)
@given(st.floats(2000.0, 1e5), st.floats(10.0, 1800.0), st.floats(0.0, 1800.0))
def test_an_undecayed_frame_is_the_mean_of_its_halves(half_life_s: float, long_s: float, at_s: float) -> None:
    """P12: mean activities of a frame and of its halves, by the integral of 2^(-t / T½), give one SUV."""
    rate = np.log(2) / half_life_s
    changes: dict[str, Any] = {"decay_correction": "NONE", "corrected_image": ("ATTN",), "nuclide": None}
    changes |= {"half_life_s": half_life_s, "injection_datetime": SCAN - timedelta(seconds=300)}

    def suv(start_s: float, duration_s: float) -> float:
        mean = np.exp(-rate * start_s) * -np.expm1(-rate * duration_s) / (rate * duration_s)
        when = SliceTime(SCAN + timedelta(seconds=start_s), duration_s, None)
        scale = suv_scale(facts(slices=(when,) * 2, **changes))
        assert scale.is_suv
        assert scale.factor is not None
        return float(mean * scale.factor)

    halves = [suv(at_s + part * long_s / 2, long_s / 2) for part in (0, 1)]
    assert np.mean(halves) == pytest.approx(suv(at_s, long_s), rel=1e-6)
    assert halves[0] == pytest.approx(70_000 / 370e6 * 2 ** (300 / half_life_s), rel=1e-6)

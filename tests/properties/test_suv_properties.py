"""What SUV must not depend on, and how it scales, from files to numbers (P1-P4, P11-P14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.assessment import Depth
from atsmviewer.model.session import SUV_KINDS
from tests.oracle import decay, scanner
from tests.oracle.scanner import MODES, Setup, ds
from tests.properties.door import close, scanned, through
from tests.properties.often import examples

FLOAT32 = 3e-7
"""Voxels are kept in float32: half a unit in the last place is 6e-8, and DS adds 1e-10."""


def looks_blanked(day: datetime) -> bool:
    """A dummy by R15, which withholds SUV on purpose: 1 January throughout, or midnight."""
    return (day.month, day.day) == (1, 1) or (day.hour, day.minute, day.second) == (0, 0, 0)


setups = st.builds(
    Setup,
    style=st.sampled_from(scanner.STYLES),
    mode=st.sampled_from(MODES),
    nuclide=st.sampled_from(["18F", "64Cu", "60Cu"]),
)


@examples(7, 60)
@given(setups, st.floats(0.01, 100))
def test_p1_suv_is_linear_in_the_slopes_and_the_ratio_is_not_touched(setup: Setup, k: float) -> None:
    files = scanner.headers(setup)
    before = through(files)
    for one in files:
        one.RescaleSlope = ds(float(one.RescaleSlope) * k)
    after = through(files)
    for quantity in ("mean", "max", "min", "sd", "p90"):
        assert after[f"tumour/{quantity}"] == pytest.approx(k * before[f"tumour/{quantity}"], rel=FLOAT32)
    assert after["tumour/tm_mean"] == pytest.approx(before["tumour/tm_mean"], rel=FLOAT32)


@examples(7, 60)
@given(
    setups,
    st.datetimes(datetime(1990, 1, 2), datetime(2080, 1, 1)).filter(lambda day: not looks_blanked(day)),
    st.sampled_from(["", "+0000", "-0930", "+0545", "+1400"]),
)
def test_p2_days_and_zones_shifted_together_change_nothing(setup: Setup, day: datetime, zone: str) -> None:
    by = day - setup.injected
    moved = replace(setup, injected=setup.injected + by, started=setup.started + by, zone=zone)
    close(scanned(setup), scanned(moved), 1e-12)


@examples(7, 60)
@given(st.sampled_from(["18F", "64Cu"]), st.integers(0, 90))
def test_p2_a_change_to_winter_time_between_injection_and_scan_changes_nothing(
    nuclide: str, minutes: int
) -> None:
    """25 October 2026, 03:00 CEST becomes 02:00 CET; the injection states its own zone."""
    injected = datetime(2026, 10, 25, 1, 50) + timedelta(minutes=minutes % 60)
    started = injected + timedelta(minutes=75)
    plain = Setup(nuclide=nuclide, injected=injected, started=started)
    winter = replace(plain, injected=injected, started=started - timedelta(hours=1), zone="+0100")
    files = scanner.headers(replace(winter, injected=injected - timedelta(hours=1)))
    for one in files:
        item = one.RadiopharmaceuticalInformationSequence[0]
        item.RadiopharmaceuticalStartDateTime = injected.strftime("%Y%m%d%H%M%S+0200")
        item.RadiopharmaceuticalStartTime = injected.strftime("%H%M%S")
    assert through(files)["tumour/mean"] == pytest.approx(scanned(plain)["tumour/mean"], rel=1e-9)


@examples(7, 60)
@given(setups.filter(lambda s: s.style != "PHILIPS"), st.floats(-0.4, 3))
def test_p3_activity_and_its_time_moved_along_its_decay_change_nothing(setup: Setup, lives: float) -> None:
    earlier = timedelta(seconds=round(lives * setup.half_life_s) * (0.05 if setup.nuclide == "64Cu" else 0.5))
    dose = setup.dose_bq / decay.left(earlier.total_seconds(), setup.half_life_s)
    injected = setup.injected - earlier
    files = scanner.headers(setup)
    for one in files:
        item = one.RadiopharmaceuticalInformationSequence[0]
        item.RadionuclideTotalDose = ds(dose)
        item.RadiopharmaceuticalStartDateTime = injected.strftime("%Y%m%d%H%M%S.%f")
        item.RadiopharmaceuticalStartTime = injected.strftime("%H%M%S.%f")
        if setup.style == "GE":
            one.private_block(0x0009, "GEMS_PETD_01")[0x3B].value = injected.strftime("%Y%m%d%H%M%S.%f")
        if setup.mode == "ADMIN":  # the pixels speak of the stated administration
            one.RescaleSlope = ds(float(one.RescaleSlope) * dose / setup.dose_bq)
            mean_s = decay.mean_time(setup.duration_s, setup.half_life_s)
            k = int(one.InstanceNumber) - 1
            since = (setup.began(k) - injected).total_seconds() + mean_s
            one.DecayFactor = ds(1 / decay.left(since, setup.half_life_s))
    assert through(files)["tumour/mean"] == pytest.approx(scanned(setup)["tumour/mean"], rel=FLOAT32)


@examples(7, 60)
@given(
    setups.filter(lambda s: s.style != "PHILIPS"),
    st.floats(3, 300),
    st.floats(1e6, 5e9),
)
def test_p4_suv_is_weight_over_activity(setup: Setup, weight: float, dose: float) -> None:
    files = scanner.headers(setup)
    before = through(files)["tumour/mean"]
    for one in files:
        one.PatientWeight = ds(weight)
        one.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = ds(dose)
    expected = before * (weight / setup.weight_kg) / (dose / setup.dose_bq)
    assert through(files)["tumour/mean"] == pytest.approx(expected, rel=FLOAT32)


@examples(7, 60)
@given(
    st.sampled_from(SUV_KINDS),
    st.floats(45, 90),
    st.floats(5e6, 5e9),
    st.sampled_from(["18F", "64Cu", "60Cu"]),
)
def test_p11_the_ratio_knows_neither_kind_nor_weight_nor_activity_nor_half_life(
    kind: str, weight: float, dose: float, nuclide: str
) -> None:
    """One bed, START: all T/M, hypoxic volume and fraction are those of the words."""
    plain = scanned(Setup(beds=1))
    setup = Setup(beds=1)
    files = scanner.headers(setup)
    other = scanner.headers(replace(setup, nuclide=nuclide))
    for one, like in zip(files, other, strict=True):
        one.PatientWeight = ds(weight)
        one.FrameReferenceTime, one.DecayFactor = like.FrameReferenceTime, like.DecayFactor
        one.RadiopharmaceuticalInformationSequence = like.RadiopharmaceuticalInformationSequence
        one.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = ds(dose)
    found = through(files, suv=kind)
    for key in ("tm_mean", "tm_max", "hv", "hf"):
        assert found[f"tumour/{key}"] == pytest.approx(plain[f"tumour/{key}"], rel=FLOAT32)


@examples(7, 60)
@given(st.sampled_from(["18F", "64Cu", "62Cu", "60Cu"]), st.integers(1, 20))
def test_p12_a_frame_is_the_mean_of_its_halves(nuclide: str, minutes: int) -> None:
    """NONE: the whole frame's SUV is the mean of its halves', each corrected for its own decay."""
    injected = Setup.injected
    whole = Setup(
        mode="NONE",
        nuclide=nuclide,
        beds=1,
        started=injected + timedelta(minutes=12),
        duration_s=120.0 * minutes,
    )
    half = replace(whole, duration_s=60.0 * minutes)
    later = replace(half, started=half.started + timedelta(minutes=minutes))
    mean = (scanned(half)["tumour/mean"] + scanned(later)["tumour/mean"]) / 2
    assert scanned(whole)["tumour/mean"] == pytest.approx(mean, rel=FLOAT32)


@examples(7, 60)
@given(
    st.sampled_from(scanner.STYLES),
    st.sampled_from(["18F", "64Cu", "60Cu"]),
    st.integers(10, 100),
    st.integers(1, 4),
)
def test_p13_start_admin_and_none_say_the_same(style: str, nuclide: str, uptake: int, beds: int) -> None:
    """And what they say is the SUV that was put in, to a millionth (O1)."""
    base = Setup(style=style, nuclide=nuclide, beds=beds, started=Setup.injected + timedelta(minutes=uptake))
    hottest = float(base.words.max()) * scanner.SUV_PER_WORD
    for mode in MODES:
        found = scanned(replace(base, mode=mode))
        assert found["tumour/max"] <= hottest * (1 + 1e-6)
        assert found["tumour/max"] == pytest.approx(np.max(base.words[_tumour(base)]) * 1e-3, rel=1e-6)


@examples(7, 60)
@given(st.sampled_from(MODES), st.sampled_from(["18F", "64Cu", "60Cu"]), st.booleans())
def test_p14_activity_counts_and_suv_say_the_same(mode: str, nuclide: str, vendor_suv: bool) -> None:
    """BQML, CNTS with the activity factor alone or with both, GML; that of undecayed beds is refused."""
    base = Setup(style="PHILIPS", mode=mode, nuclide=nuclide)
    plain = scanned(base)
    stored = replace(base, beds=1 if mode == "NONE" else base.beds)
    close(scanned(stored), scanned(replace(stored, units="GML")), FLOAT32 * 10)
    counts = scanner.headers(replace(base, units="CNTS"))
    if not vendor_suv:
        for one in counts:
            del one[0x7053, 0x1000]
    close(plain, through(counts), FLOAT32 * 10)


def test_p14_whole_numbers_of_suv_have_the_same_histogram_in_every_unit() -> None:
    """Stored SUV of 1, 2, ... 8 and the same in Bq/ml: V10, V90, I10 and I90 of one physics."""
    words = np.random.default_rng(0).integers(1, 9, (8, 14, 14)).astype(np.int16) * 1000
    one, other = (scanned(Setup(units=units, words=words), Depth.FULL) for units in ("BQML", "GML"))
    for quantity in ("ivh_v10", "ivh_v90", "ivh_i10", "ivh_i90"):
        assert other[f"tumour/{quantity}"] == pytest.approx(one[f"tumour/{quantity}"], rel=1e-6)


@pytest.mark.parametrize("nuclide", ["18F", "64Cu", "62Cu", "60Cu"])
@pytest.mark.parametrize("style", ["PLAIN", "PHILIPS", "GE"])
def test_a_reference_computed_from_the_frames_is_that_of_the_series(style: str, nuclide: str) -> None:
    """R6's fourth candidate: without SeriesTime the frames tell the same time, by the mean activity (R8).

    By the middle of the frame 62Cu would read 0.5 % more; GE counts from the frame's start.
    """
    started = Setup.injected + timedelta(minutes=20)
    files = scanner.headers(Setup(style=style, nuclide=nuclide, started=started))
    before = through(files)["tumour/mean"]
    for one in files:
        one.SeriesTime = ""
        if style == "GE":
            del one[0x0009, 0x100D]
    assert through(files)["tumour/mean"] == pytest.approx(before, rel=1e-7)


def _tumour(setup: Setup) -> tuple[slice, slice, slice]:
    """The block about the hot ball, which holds its hottest voxel."""
    return slice(1, len(setup.words) - 1), slice(None), slice(0, setup.words.shape[2] // 2)

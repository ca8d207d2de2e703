"""Any mixture of what headers do, read by product and by oracle: an undoubted SUV is the oracle's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.oracle import clocks, decay, scanner, suv
from tests.oracle.scanner import MODES, Setup, ds
from tests.properties.door import scanned, through
from tests.properties.often import examples

Edit = Callable[[list[Dataset]], None]


def time_of_day_only(files: list[Dataset]) -> None:
    for one in files:
        del one.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartDateTime


def date_and_time_only(files: list[Dataset]) -> None:
    for one in files:
        del one.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartTime


def series_rewritten(files: list[Dataset]) -> None:
    """As by post-processing, two hours later."""
    for one in files:
        hours = int(one.SeriesTime[:2]) + 2
        one.SeriesTime = f"{hours % 24:02d}{one.SeriesTime[2:]}"


def no_series_time(files: list[Dataset]) -> None:
    for one in files:
        one.SeriesTime = ""


def no_frame_reference(files: list[Dataset]) -> None:
    for one in files:
        del one.FrameReferenceTime


def one_clock_for_all(files: list[Dataset]) -> None:
    """AcquisitionTime of the first bed in every slice, frame references counting on from it."""
    for one in files:
        one.AcquisitionTime = files[0].AcquisitionTime


def dose_in_mbq(files: list[Dataset]) -> None:
    for one in files:
        dose = float(one.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose)
        one.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = ds(dose / 1e6)


def weight_in_grams(files: list[Dataset]) -> None:
    for one in files:
        one.PatientWeight = ds(float(one.PatientWeight) * 1000)


def short_clocks(files: list[Dataset]) -> None:
    """Hours and minutes; one digit of a second's fraction."""
    for one in files:
        one.SeriesTime, one.AcquisitionTime = one.SeriesTime[:4], one.AcquisitionTime[:8]


def old_clocks(files: list[Dataset]) -> None:
    """As before DICOM: HH:MM:SS."""
    for one in files:
        plain = one.AcquisitionTime
        one.AcquisitionTime = f"{plain[:2]}:{plain[2:4]}:{plain[4:6]}"


def sex_other(files: list[Dataset]) -> None:
    for one in files:
        one.PatientSex = "O"


def unknown_factor(files: list[Dataset]) -> None:
    for one in files:
        one.DecayFactor = "1"


def other_half_life(files: list[Dataset]) -> None:
    """Another source's digits, below the hundredth that is doubted."""
    for one in files:
        inner = one.RadiopharmaceuticalInformationSequence[0]
        inner.RadionuclideHalfLife = ds(float(inner.RadionuclideHalfLife) * 1.0003)


EDITS: tuple[Edit, ...] = (
    time_of_day_only,
    date_and_time_only,
    series_rewritten,
    no_series_time,
    no_frame_reference,
    one_clock_for_all,
    dose_in_mbq,
    weight_in_grams,
    short_clocks,
    old_clocks,
    sex_other,
    unknown_factor,
    other_half_life,
)
PLAIN = scanned(Setup(beds=1)).flags


@examples(40, 400)
@given(
    st.builds(
        Setup,
        style=st.sampled_from(scanner.STYLES),
        mode=st.sampled_from(MODES),
        units=st.sampled_from(["BQML", "BQML", "GML"]),
        nuclide=st.sampled_from(["18F", "64Cu", "62Cu", "60Cu"]),
        beds=st.integers(1, 3),
        zone=st.sampled_from(["", "", "+0100", "-0530"]),
        injected=st.datetimes(datetime(2020, 2, 28), datetime(2024, 3, 1)),
    ),
    st.integers(5, 40),
    st.lists(st.sampled_from(EDITS), max_size=4, unique=True),
)
def test_an_undoubted_suv_is_the_oracles(setup: Setup, minutes: int, edits: list[Edit]) -> None:
    files = scanner.headers(replace(setup, started=setup.injected + timedelta(minutes=minutes)))
    for edit in sorted(edits, key=EDITS.index):
        edit(files)
    expected, found = suv.suvbw(files), through(files)
    if found.refusal or (found.flags - PLAIN):
        return
    event("compared")
    assert isinstance(expected, suv.Image), expected
    factors = found.assessment.scales[0][1].slice_factors
    # A SeriesTime up to one second after a cut AcquisitionTime is still taken as the series' own.
    rounded_s = 1.0 if {old_clocks, short_clocks} & set(edits) else 0.0
    slack = math.log(2) * rounded_s / decay.HALF_LIFE_S[setup.nuclide]
    assert list(factors) == pytest.approx(expected.factors.tolist(), rel=1e-6 + slack)


def test_clocks_of_the_oracle() -> None:
    """PS3.5: fractions stand left-aligned, minutes and seconds may be absent, zones count eastwards."""
    assert clocks.moment("20260310", "102959.05") == clocks.moment("20260310", "102959.050000")
    assert clocks.moment("20260310", "10") == clocks.moment("20260310", "100000")
    early, late = clocks.full("20261025023000+0200"), clocks.full("20261025020000+0100")
    assert early is not None
    assert late is not None
    assert late - early == 1800

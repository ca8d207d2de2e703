"""Taking information away never takes a doubt away (P18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydicom.dataset import Dataset

from atsmviewer.model.errors import ReviewError
from tests.oracle import decay, scanner
from tests.oracle.scanner import Setup, ds
from tests.properties import mutations
from tests.properties.door import Reading, through
from tests.properties.test_tags import SUV_READS

Doubt = Callable[[Dataset], None]


def intercept(one: Dataset) -> None:
    one.RescaleIntercept = "1"


def dose_in_mbq(one: Dataset) -> None:
    one.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = "412.5"


def weight_in_grams(one: Dataset) -> None:
    one.PatientWeight = "71500"


def half_life_off(one: Dataset) -> None:
    one.RadiopharmaceuticalInformationSequence[0].RadionuclideHalfLife = "6800"


def clock_off(one: Dataset) -> None:
    item = one.RadiopharmaceuticalInformationSequence[0]
    item.RadiopharmaceuticalStartTime = "085000"


def other_decay_mode(one: Dataset) -> None:
    """The factor that ADMIN would have: from the frame's mean time back to the injection."""
    mean_s = 3600.0 + decay.mean_time(Setup.duration_s, decay.HALF_LIFE_S["18F"])
    one.DecayFactor = ds(1 / decay.left(mean_s, decay.HALF_LIFE_S["18F"]))


def series_later(one: Dataset) -> None:
    """FrameReferenceTime says a reference two minutes before the series: 1.3 % of 18F."""
    one.FrameReferenceTime = ds(float(one.FrameReferenceTime) + 120_000)


CLOCKS = ("SeriesDate", "SeriesTime", "ActualFrameDuration", "FrameReferenceTime")
INJECTION = ("RadiopharmaceuticalStartTime", "RadiopharmaceuticalStartDateTime")
CASES: dict[str, tuple[Doubt, tuple[str, ...]]] = {
    "RESCALE_INTERCEPT": (intercept, ()),
    "DOSE_UNIT": (dose_in_mbq, ()),
    "WEIGHT_UNIT": (weight_in_grams, ()),
    "HALF_LIFE_DEVIATES": (half_life_off, ()),
    "INJ_TIMES_DISAGREE": (clock_off, INJECTION),
    "DECAYMODE_SUSPECT": (other_decay_mode, ("DecayFactor",)),
    "REFTIME_CONFLICT": (series_later, CLOCKS),
}
"""By code: what makes the doubt, and the two sides of a contradiction, of which one alone says nothing."""


def scan_with(make: Doubt | None) -> list[Dataset]:
    files = scanner.headers(Setup(nuclide="18F", started=Setup.injected + timedelta(minutes=60), beds=1))
    if make is not None:
        for one in files:
            make(one)
    return files


def kept(before: Reading, plain: Reading, files: list[Dataset]) -> str:
    """Empty where every doubt is there still, or another in its place, or the number is withheld."""
    try:
        after = through(files)
    except ReviewError:
        return ""
    lost = (before.flags - plain.flags) - after.flags
    return "" if not lost or after.flags - before.flags or after.refusal else " ".join(lost)


@pytest.mark.parametrize("code", CASES)
def test_p18_an_element_taken_out_takes_no_doubt_away(code: str) -> None:
    make, sides = CASES[code]
    files, plain = scan_with(make), through(scan_with(None))
    before = through(files)
    assert code in before.flags
    assert code not in plain.flags
    for path in mutations.paths(files[0]):
        name = mutations.name(files[0], path)
        if name.rpartition(".")[2] not in (*SUV_READS, "DecayFactor") or name.rpartition(".")[2] in sides:
            continue
        lost = kept(before, plain, [mutations.mutated(one, path, "delete") for one in files])
        assert not lost, f"{lost} is gone without {name}"


@pytest.mark.parametrize("keyword", CLOCKS)
def test_p18_of_two_times_that_disagree_the_wrong_one_alone_is_doubted(keyword: str) -> None:
    """What is left without FrameReferenceTime is true, and two tags say so; without SeriesTime it is not."""
    files, true = scan_with(series_later), through(scan_with(None))
    for one in files:
        del one[keyword]
    after = through(files)
    if keyword.startswith("Series"):
        assert "REFTIME_UNCHECKED" in after.flags
    else:
        assert after.values["tumour/mean"][0] == pytest.approx(true.values["tumour/mean"][0], rel=1e-9)

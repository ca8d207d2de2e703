"""A scan run as another nuclide: flagged with its size, corrected only when the reader says so (R16)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.suv import Scale
from atsmviewer.quant.decay import mean_activity_time
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import SCAN, T_18F, T_62CU, T_64CU, entered, facts

BRANCHING = 0.9673 / 0.1749
DURATION = 600.0
BEGUN = (0.0, 600.0, 1200.0)


def grown(start_s: float, half_life_s: float) -> float:
    """A frame's mean activity brought to the decay reference, as a scanner does it."""
    x = math.log(2) * DURATION / half_life_s
    return x / (1 - math.exp(-x)) * math.exp(math.log(2) * start_s / half_life_s)


def beds(counted_from: float | None = None) -> tuple[SliceTime, ...]:
    tau = mean_activity_time(DURATION, T_18F)
    return tuple(
        SliceTime(SCAN + timedelta(seconds=s), DURATION, None if counted_from is None else s + tau)
        for s in BEGUN
    )


def as_fluorine(**changes: Any) -> PetFacts:
    """64Cu-ATSM scanned on an 18F protocol."""
    given = {"radiopharmaceutical": "64Cu-ATSM", "tracer_nuclide": "64Cu", "slices": beds()}
    return facts(**(given | changes))


def mended(given: PetFacts, *more: tuple[str, str]) -> Scale:
    return suv_scale(given, [entered("scanned_as", "18F"), *(entered(*o) for o in more)])


def test_it_is_flagged_with_the_factor_and_never_mended_silently() -> None:
    scale = suv_scale(as_fluorine())
    (flag,) = [f for f in scale.flags if f.code == "ISOTOPE_MISMATCH"]
    assert "5.53" in flag.what
    assert "scanned_as=18F" in flag.what
    assert scale.factor == suv_scale(as_fluorine(tracer_nuclide=None)).factor


@pytest.mark.parametrize("counted_from", [None, 0.0])
def test_the_readers_word_corrects_branching_and_decay(counted_from: float | None) -> None:
    """A source of known true activity, as the scanner wrote it under 18F's fraction and half-life."""
    scale = mended(as_fluorine(slices=beds(counted_from)))
    assert scale.refused is None
    truth = 370e6 / 70000 * 2 ** (-3600 / T_64CU)
    written = [truth / grown(s, T_64CU) * grown(s, T_18F) / BRANCHING for s in BEGUN]
    suv = [f * w for f, w in zip(scale.slice_factors, written, strict=True)]
    assert suv == pytest.approx([1.0] * 3, rel=1e-9)
    codes = {f.code for f in scale.flags}
    assert "SCANNED_AS" in codes
    assert "ISOTOPE_MISMATCH" not in codes


def test_pixels_decayed_to_the_injection_and_undecayed_ones() -> None:
    start = [3600.0 + s for s in BEGUN]
    admin = mended(as_fluorine(decay_correction="ADMIN"))
    written = [370e6 / 70000 / grown(s, T_64CU) * grown(s, T_18F) / BRANCHING for s in start]
    assert [f * w for f, w in zip(admin.slice_factors, written, strict=True)] == pytest.approx([1.0] * 3)
    none = mended(as_fluorine(decay_correction="NONE"))
    written = [370e6 / 70000 / grown(s, T_64CU) / BRANCHING for s in start]
    assert [f * w for f, w in zip(none.slice_factors, written, strict=True)] == pytest.approx([1.0] * 3)


def test_the_calibrations_own_fraction_is_used_where_it_is_stated() -> None:
    stated, table = mended(as_fluorine(positron_fraction=0.97)), mended(as_fluorine())
    assert stated.slice_factors[0] / table.slice_factors[0] == pytest.approx(0.97 / 0.9673, rel=1e-12)
    used = {name: (value, source) for name, value, source in table.facts_used}
    assert used["positron_fraction_used"] == ("0.9673", "table, 18F")
    assert used["positron_fraction_true"] == ("0.1749", "table, 64Cu")


def test_the_nuclide_may_be_entered_beside_it() -> None:
    unknown = as_fluorine(tracer_nuclide=None, radiopharmaceutical="ATSM")
    alone = mended(unknown).refused
    assert alone is not None
    assert alone.code == "SCANNED_AS_ALONE"
    assert mended(unknown, ("nuclide", "64Cu")).slice_factors == mended(as_fluorine()).slice_factors


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": "GML"}, "SCANNED_AS_UNITS"),
        ({"slices": ()}, "SCANNED_AS_TIMES"),
        ({"slices": (SliceTime(SCAN, None, None),)}, "SCANNED_AS_TIMES"),
        ({"units": "CNTS", "philips_suv_factor": 1e-4}, "COUNTS_UNSCALED"),
    ],
)
def test_what_cannot_be_undone_is_refused(changes: dict[str, Any], code: str) -> None:
    refused = mended(as_fluorine(**changes)).refused
    assert refused is not None
    assert refused.code == code


def test_a_positron_fraction_of_another_nuclide_is_flagged_with_its_size() -> None:
    copper = {"half_life_s": T_64CU, "nuclide": "64Cu"}
    (flag,) = [
        f for f in suv_scale(facts(positron_fraction=0.967, **copper)).flags if f.code == "BRANCHING_DEVIATES"
    ]
    assert "5.53" in flag.what
    assert not suv_scale(facts(positron_fraction=0.1752, **copper)).flags
    assert not suv_scale(facts(positron_fraction=0.97)).flags


def test_activity_concentration_is_mended_too() -> None:
    scale = suv_scale(as_fluorine(weight_kg=None), [entered("scanned_as", "18F")], kind="kbqml")
    assert scale.slice_factors[0] == pytest.approx(
        0.001 * BRANCHING * grown(0.0, T_64CU) / grown(0.0, T_18F), rel=1e-9
    )


@pytest.mark.parametrize(
    ("injected", "code"), [(timedelta(hours=-1), None), (timedelta(hours=1), "SCANNED_AS_TIMES")]
)
def test_pixels_decayed_to_an_injection_that_cannot_be_are_not_mended(
    injected: timedelta, code: str | None
) -> None:
    given = as_fluorine(decay_correction="ADMIN", injection_datetime=SCAN + injected)
    scale = mended(given)
    assert (scale.refused.code if scale.refused else None) == code
    if scale.refused is not None:
        assert scale.refused.remedy == "Enter injection_datetime."
        assert scale.slice_factors == (0.001,) * 3


@pytest.mark.parametrize("maker", ["GE MEDICAL SYSTEMS", "SIEMENS"])
def test_a_frame_reference_time_counts_from_the_frames_start_with_ge_and_to_its_mean_with_others(
    maker: str,
) -> None:
    """R6, R8: the same beds, 62Cu on an 18F protocol, as either vendor writes their reference times.

    Acquisition times are of another clock, so that only the reference times can be right.
    """
    begun = 0.0 if maker.startswith("GE") else mean_activity_time(DURATION, T_18F)
    slices = tuple(SliceTime(SCAN + timedelta(seconds=5), DURATION, s + begun) for s in BEGUN)
    given = as_fluorine(manufacturer=maker, slices=slices, tracer_nuclide="62Cu")
    scale = suv_scale(given, [entered("scanned_as", "18F")], kind="kbqml")
    expected = [0.001 * 0.9673 / 0.978 * grown(s, T_62CU) / grown(s, T_18F) for s in BEGUN]
    assert scale.slice_factors == pytest.approx(expected, rel=1e-9)


TWO = (0.0, 1200.0)
"""Beds 20 min apart."""


def as_fluorine_62cu(**changes: Any) -> PetFacts:
    """62Cu-ATSM on an 18F protocol, in two beds."""
    slices = tuple(SliceTime(SCAN + timedelta(seconds=s), DURATION, None) for s in TWO)
    injected = {"injection_datetime": SCAN - timedelta(minutes=10)}
    return as_fluorine(**({"tracer_nuclide": "62Cu", "slices": slices, **injected} | changes))


def change(start_s: float) -> float:
    """True SUV over that of a scan taken for 18F: positrons, decay of frame and activity (R16, R17)."""
    frames = 0.9673 / 0.978 * grown(start_s, T_62CU) / grown(start_s, T_18F)
    return frames * 2 ** (600 / T_62CU - 600 / T_18F)


def told(scale: Scale, code: str) -> str:
    (flag,) = [f for f in scale.flags if f.code == code]
    return flag.what


def test_the_suspicion_names_the_most_that_suv_and_ratio_could_be_off_by() -> None:
    """In the later bed most; between the beds T/M by 2^(1200 / 580.2 - 1200 / 6586.2), which is 3.7."""
    scale = suv_scale(as_fluorine_62cu())
    assert f"SUV could be off by a factor of {change(1200.0):.3g}:" in told(scale, "ISOTOPE_MISMATCH")
    between = 2 ** (1200 / T_62CU - 1200 / T_18F)
    assert f"T/M could be off by a factor of {between:.3g}." in told(scale, "ISOTOPE_RATIO")
    turned = suv_scale(as_fluorine_62cu(slices=as_fluorine_62cu().slices[::-1]))
    assert told(turned, "ISOTOPE_RATIO") == told(scale, "ISOTOPE_RATIO")
    unweighed = suv_scale(as_fluorine_62cu(weight_kg=None))
    assert f"T/M could be off by a factor of {between:.3g}." in told(unweighed, "ISOTOPE_RATIO")
    activity = told(suv_scale(as_fluorine_62cu(), kind="kbqml"), "ISOTOPE_MISMATCH")
    assert f"factor of {0.9673 / 0.978 * grown(1200.0, T_62CU) / grown(1200.0, T_18F):.3g}:" in activity
    one = as_fluorine_62cu(slices=(SliceTime(SCAN, DURATION, None),) * 2)
    assert "ISOTOPE_RATIO" not in {f.code for f in suv_scale(one).flags}
    assert f"factor of {change(0.0):.3g}:" in told(suv_scale(one), "ISOTOPE_MISMATCH")


@pytest.mark.parametrize(
    "changes",
    [{"units": "GML"}, {"slices": (SliceTime(None, DURATION, None),) * 2}, {"tracer_nuclide": "52Mn"}],
)
def test_a_suspicion_without_a_size_says_so(changes: dict[str, Any]) -> None:
    scale = suv_scale(as_fluorine_62cu(**changes))
    assert "unknown amount" in told(scale, "ISOTOPE_MISMATCH")
    assert "unknown amount" in told(scale, "ISOTOPE_RATIO")


def test_the_correction_and_its_entry_say_the_range_over_the_slices() -> None:
    scale = mended(as_fluorine_62cu())
    low, high = (0.9673 / 0.978 * grown(s, T_62CU) / grown(s, T_18F) for s in TWO)
    assert f"times {low:.4g} to {high:.4g} over the slices" in told(scale, "SCANNED_AS")
    entry = told(scale, "OVERRIDDEN")
    assert f"by a factor of {change(0.0):.4g} to {change(1200.0):.4g} over the slices" in entry
    assert f"off by a factor of {change(1200.0):.3g}." in entry


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": "GML"}, "SCANNED_AS_UNITS"),
        ({"slices": (SliceTime(None, DURATION, None),) * 2}, "SCANNED_AS_TIMES"),
        ({"decay_correction": "ADMIN", "injection_datetime": SCAN + timedelta(hours=1)}, "SCANNED_AS_TIMES"),
        ({"tracer_nuclide": None}, "SCANNED_AS_ALONE"),
    ],
)
def test_beds_that_cannot_be_mended_are_not_compared(changes: dict[str, Any], code: str) -> None:
    scale = mended(as_fluorine_62cu(**changes))
    assert scale.refused is not None
    assert scale.refused.code == code
    assert scale.ratio_refused is not None
    assert scale.ratio_refused.code == "SCANNED_AS_RATIO"
    together = mended(as_fluorine_62cu(**(changes | {"slices": (SliceTime(SCAN, DURATION, None),) * 2})))
    assert together.ratio_refused is None


def test_some_headers_of_several_beds_mend_nothing() -> None:
    scale = suv_scale(as_fluorine_62cu(), [entered("scanned_as", "18F")], slices=4)
    assert scale.refused is not None
    assert scale.refused.code == "SCANNED_AS_TIMES"


def test_counts_without_a_factor_are_mended_for_the_ratio() -> None:
    scale = mended(as_fluorine_62cu(units="CNTS", philips_suv_factor=1e-4))
    early, late = (grown(s, T_62CU) / grown(s, T_18F) for s in TWO)
    assert scale.ratio_refused is None
    assert scale.slice_factors[1] / scale.slice_factors[0] == pytest.approx(late / early, rel=1e-9)
    assert "SCANNED_AS" in {f.code for f in scale.flags}


def test_factors_too_small_for_a_number_have_no_size_and_crash_nothing() -> None:
    """A thousandth of the smallest number is zero."""
    given = as_fluorine_62cu(units="CNTS", philips_activity_factor=5e-324, weight_kg=None)
    assert "unknown amount" in told(suv_scale(given), "ISOTOPE_MISMATCH")
    assert suv_scale(given, [entered("scanned_as", "18F")], kind="kbqml").flags

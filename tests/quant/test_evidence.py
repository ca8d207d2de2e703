"""The cut-off table says what R28's table says, and a row judges only where every part of it fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from atsmviewer.model.assessment import HypoxicVolume, Measurement, Missing, Ratio, RoiNumbers
from atsmviewer.model.errors import Refusal
from atsmviewer.model.evidence import CutOff, Evidence
from atsmviewer.model.facts import SliceTime
from atsmviewer.model.roi import Role
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant import evidence as room
from atsmviewer.quant.evidence import cut_offs, evidence, read_row, tumour_types, uptake_min
from tests.quant.made import INJECTED

# R28, row by row: tumour, isotope, metric, kind, cut, comparator, n, a word of the source, status. None is
# unknown; "" is a comparator that the source does not give.
V, NO_CUT = "verified", "verified, no cut or kind"
HN, BOTH = "head and neck", "NSCLC and head and neck"
RULE_28: list[tuple[Any, ...]] = [
    ("NSCLC", "60Cu", "tm", None, 3.0, ">=", 14, "s00259-003-1130-4", V),
    ("cervix", "60Cu", "tm", None, 3.5, ">", 14, "2003;55:1233", V),
    ("cervix", "60Cu", "tm", None, 3.5, ">", 38, "2008;49:201", V),
    ("cervix", "60Cu", "tm", None, None, "", 15, "2007;9:278", NO_CUT),
    ("rectum", "60Cu", "tm", None, 2.6, "", None, "PMC4962601", "cut not seen"),
    (HN, "62Cu", "suv", "max", 5.0, "", 15, "2011;25:339", V),
    (HN, "64Cu", "suv", "max", None, "", 11, "Grassi", NO_CUT),
    (BOTH, "64Cu", "suv", "max", 2.5, ">", 18, "Lopci", V),
    (BOTH, "64Cu", "tm", None, 4.4, "<=", 18, "Lopci", V),
    (BOTH, "64Cu", "volume_ml", None, 160.7, ">", 18, "Lopci", V),
    ("glioma", "62Cu", "tb", None, 1.8, "", 22, "22700754", V),
    ("glioma", "62Cu", "tb", None, 1.9, "", 23, "PMC7965738", V),
    (HN, "60Cu", "tm", None, 4.0, ">", 12, "document 001", "document only"),
    (HN, "62Cu", "tm", None, 3.2, "", 30, "PMC4871355", NO_CUT),
    (HN, "62Cu", "suv", "max", 3.6, "", 30, "PMC4871355", V),
    (HN, "62Cu", "tumour_to_liver", None, 14.0, "", 30, "PMC4871355", NO_CUT),
    ("rectum", "62Cu", "tm", None, 3.2, "", None, "document 001", "contradicted"),
    ("cervix", "62Cu", "tm", None, 3.2, "", None, "document 000", "contradicted"),
    ("cervix", "64Cu", "suv", "max", None, "", None, "document 004", "document only"),
    ("cervix", "64Cu", "tm", None, None, "", None, "document 004", "document only"),
    ("any", "any", "tm", None, 1.4, ">", None, "document 004", "example"),
]


@pytest.mark.parametrize(("row", "said"), list(zip(cut_offs(), RULE_28, strict=True)), ids=lambda _: "")
def test_each_row_of_the_table_is_that_of_the_rule(row: CutOff, said: tuple[Any, ...]) -> None:
    *columns, source, status = said
    shown = (row.tumour, row.isotope, row.metric, row.kind, row.cut, row.comparator, row.n, row.status)
    assert shown == (*columns, status)
    assert source in row.citation
    assert (row.radiopharmaceutical, row.uptake_min) == ("Cu-ATSM", None)  # no window is known
    assert all((row.endpoint, row.note))


def test_rows_have_their_own_names_and_the_reader_is_offered_each_single_tumour() -> None:
    assert len({row.uid for row in cut_offs()}) == len(RULE_28)
    assert set(tumour_types()) == {row.tumour for row in cut_offs()} - {"any", BOTH}


ROW = CutOff(
    "made-up",
    "cervix",
    "64Cu",
    "Cu-ATSM",
    "tm",
    "mean",
    3.0,
    ">",
    (50.0, 70.0),
    "response",
    20,
    "A, B 2020",
    V,
)
SCALE = replace(Scale(Unit.SUV, (1.0,), "suv.bw/1", None, tracer_is_cu_atsm=True), nuclide="64Cu")
TIMED = replace(SCALE, injection_time=INJECTED)
SCAN = ("1.2", 0)


def ratio(value: float, low: float, high: float, kind: str = "mean", to: Role = Role.MUSCLE) -> Ratio:
    number = Measurement(f"tm_{kind}", value, "", f"tm.{kind}/1")
    return Ratio("T", "Mass", "Muscle", kind, *SCAN, number, low=low, high=high, reference_role=to)


def numbers(**values: float) -> RoiNumbers:
    made = tuple(Measurement(name, value, "g/ml", f"roi.{name}/1") for name, value in values.items())
    return RoiNumbers("T", "Mass", Role.TUMOUR, *SCAN, "fraction", "g/ml", made)


def says(
    monkeypatch: pytest.MonkeyPatch,
    row: CutOff = ROW,
    tumour: str | None = "cervix",
    scale: Scale = SCALE,
    ratios: tuple[Ratio, ...] = (ratio(4.0, 3.5, 4.5),),
    uptake: tuple[float, float] | None = (60.0, 60.0),
) -> Evidence:
    """What one made-up row says of one made-up tumour with T/M 4.0 (3.5 to 4.5)."""
    monkeypatch.setattr(room, "cut_offs", lambda: (row,))
    missing = Missing("hypoxic_volume", "no_muscle", "")
    volume = HypoxicVolume("T", "Mass", "Muscle", *SCAN, 1.4, ">", missing, missing, missing)
    (said,) = evidence(tumour, scale, ratios, numbers(max=6.0), volume, uptake)
    assert (said.roi_uid, said.acquisition_uid, said.frame) == ("T", "1.2", 0)
    return said


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict"),
    [
        (3.5, 4.0, 4.5, "above"),
        (1.5, 2.0, 2.5, "below"),
        (2.9, 3.4, 3.9, "straddles"),
        (2.5, 3.0, 3.5, "straddles"),
    ],
)
def test_a_full_match_judges(
    monkeypatch: pytest.MonkeyPatch, low: float, value: float, high: float, verdict: str
) -> None:
    said = says(monkeypatch, ratios=(ratio(value, low, high),))
    assert (said.verdict, said.value, said.why) == (verdict, value, ())


@pytest.mark.parametrize(
    ("comparator", "verdict"),
    [(">", "below"), (">=", "above"), ("<=", "below"), ("<", "above"), ("", "straddles")],
)
def test_at_the_very_cut_the_comparator_of_the_row_decides(
    monkeypatch: pytest.MonkeyPatch, comparator: str, verdict: str
) -> None:
    row = replace(ROW, metric="suv", kind="max", cut=6.0, comparator=comparator)
    assert says(monkeypatch, row).verdict == verdict


BROKEN_ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "radiopharmaceutical": ({"radiopharmaceutical": "FMISO"}, "FMISO"),
    "isotope": ({"isotope": "62Cu"}, "62Cu"),
    "tumour": ({"tumour": "rectum"}, "rectum"),
    "kind": ({"kind": "max"}, "not measured"),
    "kind unknown": ({"kind": None}, "kind"),
    "window": ({"uptake_min": (10.0, 30.0)}, "10 to 30 min"),
    "window unknown": ({"uptake_min": None}, "window is unknown"),
    "cut unknown": ({"cut": None}, "no cut"),
    **{status: ({"status": status}, why) for status, why in room.STATUSES.items() if status != V},
}


@pytest.mark.parametrize("broken", BROKEN_ROWS)
def test_a_row_with_one_thing_that_does_not_fit_is_context(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    change, word = BROKEN_ROWS[broken]
    said = says(monkeypatch, replace(ROW, **change))
    assert said.verdict == "context"
    assert word in "; ".join(said.why)
    assert len(said.why) == 1


BROKEN_CASES: dict[str, tuple[dict[str, Any], str]] = {
    "tracer": ({"scale": replace(SCALE, tracer_is_cu_atsm=False)}, "not known to be"),
    "nuclide": ({"scale": replace(SCALE, nuclide="")}, "unknown isotope"),
    "tumour not chosen": ({"tumour": None}, "not chosen"),
    "another tumour": ({"tumour": "sarcoma"}, "sarcoma"),
    "no ratio": ({"ratios": ()}, "not measured"),
    "to blood, not muscle": ({"ratios": (ratio(4, 3.5, 4.5, to=Role.BLOOD_POOL),)}, "not measured"),
    "uptake unknown": ({"uptake": None}, "time from injection"),
    "one bed too late": ({"uptake": (60.0, 71.0)}, "60 to 71 min"),
}


@pytest.mark.parametrize("broken", BROKEN_CASES)
def test_a_case_with_one_thing_that_does_not_fit_is_context(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    change, word = BROKEN_CASES[broken]
    said = says(monkeypatch, **change)
    assert said.verdict == "context"
    assert word in "; ".join(said.why)


def test_a_row_of_suv_judges_suvbw_only(monkeypatch: pytest.MonkeyPatch) -> None:
    row = replace(ROW, metric="suv", kind="max", cut=5.0)
    assert says(monkeypatch, row).verdict == "above"
    said = says(monkeypatch, row, scale=replace(SCALE, kind="lbm", label="SUVlbm (Morgan)"))
    assert (said.verdict, said.value) == ("context", None)
    assert any("SUVbw" in words for words in said.why)


def test_no_row_of_the_shipped_table_judges_while_no_window_is_known() -> None:
    for tumour in tumour_types():
        for isotope in ("60Cu", "62Cu", "64Cu"):
            scale = replace(SCALE, nuclide=isotope)
            said = evidence(tumour, scale, (ratio(4.0, 3.5, 4.5),), numbers(max=6.0), None, (60.0, 60.0))
            assert {one.verdict for one in said} == {"context"}
            assert all(one.why for one in said)


def test_rows_of_this_tumour_and_isotope_come_first_and_what_is_no_finding_last() -> None:
    scale = replace(SCALE, nuclide="60Cu")
    rows = [one.row for one in evidence("cervix", scale, (), numbers(max=6.0), None, (60.0, 60.0))]
    assert [row.uid for row in rows[:3]] == [
        "dehdashti-2003-cervix", "dehdashti-2008-cervix", "grigsby-2007-cervix",
    ]  # fmt: skip
    last = {"contradicted", "document only", "example"}
    assert [row.status in last for row in rows] == sorted(row.status in last for row in rows)


def test_uptake_is_that_of_the_middle_of_each_bed_and_unknown_where_suv_is_refused() -> None:
    beds = tuple(SliceTime(INJECTED + timedelta(minutes=m), 300.0, None) for m in (30, 35, 40))
    timed = replace(TIMED, slices=beds)
    assert uptake_min(timed) == (32.5, 42.5)
    assert uptake_min(replace(SCALE, slices=beds)) is None
    assert uptake_min(replace(TIMED, slices=(*beds, SliceTime(None, 300.0, None)))) is None
    assert uptake_min(TIMED) is None
    refused = replace(timed, refused=Refusal("INJ_DAY_UNKNOWN", "On which day?", "Enter it."))
    assert uptake_min(refused) is None


@pytest.mark.parametrize(
    "change",
    [
        {"status": "sure"},
        {"metric": "ratio"},
        {"kind": "median"},
        {"comparator": "about"},
        {"cut": "3"},
        {"cut": -1.0},
        {"n": 0},
        {"uptake_min": [70, 50]},
        {"tumour": None},
        {"colour": "red"},
    ],
)
def test_a_row_that_cannot_be_used_is_refused_by_name(change: dict[str, Any]) -> None:
    good = {name: getattr(ROW, name) for name in ROW.__dataclass_fields__} | {"uptake_min": [50, 70]}
    assert read_row(good) == ROW
    with pytest.raises(ValueError, match="made-up"):
        read_row(good | change)

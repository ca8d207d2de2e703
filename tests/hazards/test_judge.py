"""The judge itself: a frame, a gate, a scan or a word that is not as promised is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from atsmviewer.model.assessment import Depth
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import open_case
from tests.hazards.case import RIGHT, Came, Case, Do, flagged, told, withheld
from tests.hazards.corpus import corpus
from tests.hazards.judge import codes_of, drawn, verdict
from tests.hazards.phantom import SHAPE, Files, brighter
from tests.hazards.sets import dynamic, gated, two_reconstructions
from tests.hazards.suv import item_of

SLICES = SHAPE[0]


def _uncorrected_later(files: Files) -> None:
    dynamic(files)
    for one in files.pet[SLICES:]:
        one.CorrectedImage = ["NORM"]


def _gates_exchange_a_slice(files: Files) -> None:
    gated(files)
    one, other = files.pet[4], files.pet[SLICES + 4]
    one.TriggerTime, other.TriggerTime = other.TriggerTime, one.TriggerTime


def _last_frame_brighter(files: Files) -> None:
    dynamic(files)
    brighter(files.pet[SLICES : 2 * SLICES], 2)


def _second_scan_brighter(files: Files) -> None:
    two_reconstructions(files)
    brighter(files.others, 2)


def _second_scan_elsewhere(files: Files) -> None:
    two_reconstructions(files)
    for one in files.others:
        one.FrameOfReferenceUID = f"{one.FrameOfReferenceUID}.9"


def _gap_in_the_second(files: Files) -> None:
    dynamic(files)
    del files.pet[SLICES + 4]


def _half_life_and_ratio(files: Files) -> None:
    for one in files.pet:
        item_of(one).RadionuclideHalfLife = "46636.6"
    files.truth["tumour/tm_mean"] += 1e-4


GAP = (RIGHT, withheld("gap"), RIGHT)
WRONG: dict[str, tuple[Do, Came, int, tuple[Came, ...]]] = {
    "later frames without numbers": (_uncorrected_later, RIGHT, 3, ()),
    "a slice in the wrong gate": (_gates_exchange_a_slice, RIGHT, 4, ()),
    "a later frame of other numbers": (_last_frame_brighter, RIGHT, 3, ()),
    "a later scan of other numbers": (_second_scan_brighter, RIGHT, 2, ()),
    "a later scan without its CT": (_second_scan_elsewhere, RIGHT, 2, ()),
    "a frame fewer": (dynamic, RIGHT, 4, ()),
    "a frame withheld that was not promised": (_gap_in_the_second, told("gap"), 3, ()),
    "a frame withheld in place of another": (_gap_in_the_second, told("gap"), 3, GAP[1:] + GAP[:1]),
    "a frame promised to be withheld": (dynamic, told("gap"), 3, GAP),
    "a ratio that is off under a doubt of SUV": (_half_life_and_ratio, flagged("HALF_LIFE_DEVIATES"), 1, ()),
    "a word that is not said": (lambda files: None, told("NOT_SHOWN"), 1, ()),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_as_promised_is_wrong(name: str, tmp_path: Path) -> None:
    do, expected, count, each = WRONG[name]
    case = Case(name.replace(" ", "_"), "Sets", name, expected, do, count=count, each=each)
    assert verdict(case, tmp_path).how == "wrong"


def test_of_the_plain_study_nothing_is_said_that_any_case_must_be_told(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write()
    opened = open_case(tmp_path)
    (acquisition,) = opened.study.acquisitions
    whole = assess(opened.study, drawn(opened.study, files, acquisition), Depth.LIVE)
    expected = {case.expected.code for case in corpus() if case.expected.how != "right"}
    assert codes_of(opened, whole) & expected == set()

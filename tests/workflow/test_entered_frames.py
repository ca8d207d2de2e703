"""Entries on a dynamic scan from files to numbers: its start, a frame's length, uptake times (R6, R9)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydicom.dataset import FileDataset

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Override, Protocol, Session
from atsmviewer.model.study import Study
from atsmviewer.quant.assess import assess
from atsmviewer.quant.evidence import uptake_min
from atsmviewer.report.reading import read
from atsmviewer.ui.frames import frame_words
from atsmviewer.workflow.opening import open_case
from tests.dicom.dynamic import (
    BEGAN,
    INJECTED,
    INJECTED_BQ,
    SIX,
    WEIGHT_G,
    Part,
    decayed,
    dynamic,
    names,
    true_suv,
)
from tests.dicom.synthetic import FRAME, PET_SERIES, save

SPHERE = Roi("t", "Mass", Role.TUMOUR, FRAME, sphere((-7.75, -16.0, 104.5), 2.0))
WAITED_S = (BEGAN - INJECTED).total_seconds()
MOVES = [7200.0, -600.0]
"""How much later than the header says the scan is entered to have begun, in s."""


def _untold(one: FileDataset, _number: int, _place: int) -> None:
    """Nothing but the times of acquisition says what decay was corrected to."""
    del one.FrameReferenceTime


def _opened(folder: Path, slices: list[FileDataset]) -> Study:
    save(slices, folder, names(len(slices)))
    return open_case(folder).study


def _session(suv: str = "bw", **entries: str) -> Session:
    overrides = tuple(Override(PET_SERIES, name, text, "R", "log") for name, text in entries.items())
    return Session("k", rois=(SPHERE,), overrides=overrides, protocol=Protocol(suv=suv))


def _begun(moved_s: float) -> str:
    return (BEGAN + timedelta(seconds=moved_s)).isoformat()


def _mean(found: Assessment, number: int) -> float:
    numbers = found.at(PET_SERIES, number).of_roi("t")
    assert numbers is not None
    mean = numbers["mean"]
    assert isinstance(mean, Measurement), mean
    return mean.value


@pytest.mark.parametrize("moved_s", MOVES)
def test_an_entered_start_is_that_of_every_frame(tmp_path: Path, moved_s: float) -> None:
    """START: pixels are of the scan's start, which is now another time after the injection."""
    study = _opened(tmp_path, dynamic(change=_untold))
    found = assess(study, _session(scan_datetime=_begun(moved_s)))
    for number, part in enumerate(SIX):
        then = part.at_injection_bqml * decayed(WAITED_S)
        truth = then / decayed(WAITED_S + moved_s) / (INJECTED_BQ / WEIGHT_G)
        assert _mean(found, number) == pytest.approx(truth, rel=2e-5)
        assert found.scale(PET_SERIES, number).reference_time == BEGAN + timedelta(seconds=moved_s)


@pytest.mark.parametrize("moved_s", MOVES)
def test_undecayed_frames_are_brought_to_the_entered_start(tmp_path: Path, moved_s: float) -> None:
    """Spans between the frames stay, so that kBq/ml at the first acquisition is what it was."""
    study = _opened(tmp_path, dynamic("NONE", change=_untold))
    found = assess(study, _session("kbqml", scan_datetime=_begun(moved_s)))
    for number, part in enumerate(SIX):
        truth = part.at_injection_bqml * decayed(WAITED_S) / 1000
        assert _mean(found, number) == pytest.approx(truth, rel=2e-5)


def test_one_entered_length_is_not_that_of_frames_that_state_their_own(tmp_path: Path) -> None:
    study = _opened(tmp_path, dynamic("NONE"))
    found = assess(study, _session(frame_duration_s="60"))
    for number, part in enumerate(SIX):
        assert _mean(found, number) == pytest.approx(true_suv(part), rel=2e-5)
        codes = [f.code for f in found.scale(PET_SERIES, number).flags]
        assert ("ENTRY_UNUSED" in codes, "OVERRIDDEN" in codes) == (True, False)


def test_an_entered_length_is_that_of_the_frame_without_one(tmp_path: Path) -> None:
    def silent(one: FileDataset, number: int, _place: int) -> None:
        if number == 4:
            del one.ActualFrameDuration

    study = _opened(tmp_path, dynamic("NONE", change=silent))
    assert assess(study, _session()).scale(PET_SERIES, 4).refused is not None
    found = assess(study, _session(frame_duration_s="300"))
    for number, part in enumerate(SIX):
        assert _mean(found, number) == pytest.approx(true_suv(part), rel=2e-5)
    codes = [f.code for f in found.scale(PET_SERIES, 4).flags]
    assert ("ENTRY_UNUSED" in codes, "OVERRIDDEN" in codes) == (False, True)


def test_the_length_of_an_only_frame_may_be_entered_over_its_header(tmp_path: Path) -> None:
    study = _opened(tmp_path, dynamic("NONE", parts=SIX[3:4], change=_wrong_length))
    assert _mean(assess(study, _session(frame_duration_s="300")), 0) == pytest.approx(
        true_suv(SIX[3]), rel=2e-5
    )


def _wrong_length(one: FileDataset, _number: int, _place: int) -> None:
    one.ActualFrameDuration = 3_000_000


@pytest.mark.parametrize("parts", [SIX, SIX[3:4]])
@pytest.mark.parametrize("moved_s", MOVES)
def test_uptake_times_follow_the_entered_start(
    tmp_path: Path, parts: tuple[Part, ...], moved_s: float
) -> None:
    study = _opened(tmp_path, dynamic(parts=parts))
    session = _session(scan_datetime=_begun(moved_s))
    found, (acquisition,) = assess(study, session), study.acquisitions
    for number, part in enumerate(parts):
        scale = found.scale(PET_SERIES, number)
        begun_s = WAITED_S + moved_s + part.start_s - parts[0].start_s
        middle = (begun_s + part.duration_s / 2) / 60
        assert uptake_min(scale) == pytest.approx((middle, middle))
        uptake = read(study, session, found, acquisition_uid=PET_SERIES, frame=number).uptake
        assert uptake is not None
        assert uptake.total_seconds() == pytest.approx(begun_s)
        words = frame_words(acquisition, acquisition.frame(number), scale)
        assert (f" {begun_s / 60:.1f}" in words) == (len(parts) > 1)


def test_uptake_times_of_a_scan_without_an_entry_are_the_headers(tmp_path: Path) -> None:
    study = _opened(tmp_path, dynamic())
    page = read(study, _session(), assess(study, _session()), acquisition_uid=PET_SERIES, frame=3)
    assert page.uptake is not None
    assert page.uptake.total_seconds() == WAITED_S + SIX[3].start_s

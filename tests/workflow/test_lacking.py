"""A copy that broke off: fewer slices than the header announces are told wherever numbers are read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.cli.run import DONE, run
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.quant.assess import assess
from atsmviewer.report.checks import DOUBT, checks
from atsmviewer.report.reading import read
from atsmviewer.report.table import measurements_csv
from atsmviewer.ui.strip import chips
from atsmviewer.workflow.opening import Case, open_case
from tests.dicom.dynamic import dynamic
from tests.dicom.synthetic import FRAME, PET_SERIES, ct, pet, save

SIZE = (12, 20, 16)
MIDDLE = (-8.5, -16.0, 106.0)
SAID = "Only 12 of 531 slices were found."
SESSION = Session("k", rois=(Roi("t", "Mass", Role.TUMOUR, FRAME, sphere(MIDDLE, 3.0)),))


def opened(folder: Path, announced: int) -> Case:
    slices = pet(stored=np.full(SIZE, 500, np.int16))
    for one in slices:
        one.NumberOfSlices = announced
    save(slices, folder / "pet")
    others = ct(stored=np.full(SIZE, 1064, np.int16))
    for one in others:
        one.NumberOfSlices = 40
    save(others, folder / "ct")
    return open_case(folder)


def test_window_report_and_files_say_how_many_were_found(tmp_path: Path) -> None:
    case = opened(tmp_path, 531)
    (acquisition,) = case.study.acquisitions
    found = assess(case.study, SESSION)
    lit = [(c.light, c.text) for c in chips(acquisition, found.scale(PET_SERIES))]
    assert ("warn", SAID) in lit
    assert ("warn", "CT: 12 of 40 slices") in lit
    page = read(case.study, SESSION, found, acquisition_uid=PET_SERIES)
    assert (DOUBT, "Slices missing", SAID) in [(c.state, c.about, c.found) for c in checks(page)]
    rows = list(csv.DictReader(io.StringIO(measurements_csv(found, case.study, SESSION).decode())))
    mean = next(row for row in rows if (row["roi"], row["quantity"]) == ("Mass", "mean"))
    assert "SLICES_MISSING" in mean["flags"].split()
    assert float(mean["value"]) > 0  # what is there is measured
    (own,) = (c.why for c in case.choices if c.uid == PET_SERIES)
    assert "only 12 of 531 slices found" in own


def test_the_terminal_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened(tmp_path, 531)
    words = ["--sphere", "Mass", "-8.5", "-16", "106", "3", "--tumour", "Mass"]

    def no_window(*_: object) -> int:
        raise AssertionError

    assert run(["assess", str(tmp_path), *words], no_window) == DONE
    assert f"flag SLICES_MISSING: {SAID}" in capsys.readouterr().out


@pytest.mark.parametrize("announced", [12, 11])
def test_nothing_is_said_where_all_are_there(announced: int, tmp_path: Path) -> None:
    case = opened(tmp_path, announced)
    assert case.study.acquisitions[0].pet.lacking == ""
    flags = assess(case.study, SESSION).scale(PET_SERIES).flags
    assert "SLICES_MISSING" not in {flag.code for flag in flags}


def test_a_header_that_counts_the_slices_of_all_frames_lacks_none(tmp_path: Path) -> None:
    slices = dynamic()
    for one in slices:
        one.NumberOfSlices = len(slices)
    save(slices, tmp_path)
    assert open_case(tmp_path).study.acquisitions[0].pet.lacking == ""

"""Whose the series are: where nothing says it, the window asks the reader to make sure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dicom.synthetic import ct, pet, save
from tests.journeys.desk import Desk


@pytest.mark.parametrize("studies", [1, 2])
def test_series_of_nobody_are_told_over_the_views(desk: Desk, tmp_path: Path, studies: int) -> None:
    slices = [*pet(), *ct()]
    for one in slices:
        one.PatientID = one.PatientName = ""
        if studies == 2 and one.Modality == "CT":
            one.StudyInstanceUID = "1.2.3.4"
    save(slices, tmp_path / "case")
    desk.open(tmp_path / "case")
    banner = desk.window.banner
    assert banner.isVisible() == (studies == 2)
    if studies == 2:
        assert banner.what.text().startswith("Nothing says whose 2 of the series are")
        assert banner.property("light") == "warn"
        desk.window.popovers.show_choices()
        case = desk.window.opener.case
        assert case is not None
        assert banner.what.text() in case.study.notes
        desk.window.popovers.choices.hide()

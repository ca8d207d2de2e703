"""A whole-body PET whose CT is a short crop: all of the PET is shown, stepped through and counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.dicom.synthetic import ct, pet, save
from tests.journeys.desk import Desk

PET_MM, CT_MM = 5.0, 2.0
WHOLE = {"spacing": (5.0, 5.0), "step": (0.0, 0.0, PET_MM), "origin": (0.0, 0.0, 0.0)}
CROP = {"spacing": (2.0, 2.0), "step": (0.0, 0.0, CT_MM), "origin": (60.0, 60.0, 91.0)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """40 slices of 5 mm, 200 mm each way; in their middle 10 of 2 mm, 40 mm each way."""
    save(pet(stored=np.full((40, 40, 40), 500, np.int16), **WHOLE), tmp_path / "pet")
    save(ct(stored=np.full((10, 20, 20), 1064, np.int16), **CROP), tmp_path / "ct")
    return tmp_path


def test_the_whole_pet_is_fitted(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    for again in (False, True):
        if again:
            desk.key(Qt.Key.Key_0)
        for view in desk.window.page.views:
            for low, high in view.box.viewRange():
                assert high - low >= 200.0
        (_, _), (top, bottom) = desk.window.page.coronal.box.viewRange()
        assert sorted(abs(z) for z in (top, bottom))[1] >= 197.5  # the highest slice ends there
        assert min(top, bottom) <= -197.5 or max(top, bottom) >= 197.5


def test_steps_are_those_of_the_ct_within_it_and_of_the_pet_beyond(desk: Desk, folder: Path) -> None:
    desk.open(folder)
    axial, document = desk.window.page.axial, desk.window.document
    assert document.viewing.cursor_mm[2] == pytest.approx(100.0)  # the middle of the CT
    gone, at = [], document.viewing.cursor_mm[2]
    for _ in range(30):
        desk.wheel(axial, 1)
        gone.append(document.viewing.cursor_mm[2] - at)
        at = document.viewing.cursor_mm[2]
    assert gone[:5] == pytest.approx([CT_MM] * 5)  # the crop ends at 110 mm
    assert gone[5:22] == pytest.approx([PET_MM] * 17)
    assert at == pytest.approx(197.5, abs=0.01)
    assert document.acquisition is not None
    assert document.acquisition.grid_at(document.viewing.cursor_mm).shape[0] == 40
    assert document.acquisition.grid_at((79.0, 79.0, 100.0)).shape[0] == 10

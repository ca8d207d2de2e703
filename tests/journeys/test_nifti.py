"""A researcher drops NIfTI files without any header and enters what they lack, one fact after another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from atsmviewer.model.errors import ReviewError
from atsmviewer.quant.overrides import parsed
from tests.dicom.nifti_made import Way, write_nifti
from tests.journeys.desk import Desk

LPS = np.array([[0.0, 0, 10, -75], [0, 10, 0, -75], [10, 0, 0, 0], [0, 0, 0, 1]])
ENTRIES = {
    "units": "BQML",
    "attenuation_corrected": "yes",
    "decay_correction": "START",
    "injected_activity_bq": "370e6",
    "weight_kg": "70",
    "half_life_s": "45722.2",
    "reference_datetime": "2026-03-10T11:00:00",
    "injection_datetime": "2026-03-10T10:00:00",
}


def made(folder: Path) -> Path:
    """A warm body with a hot cube, and a CT with air about it."""
    pet = np.full((16, 16, 16), 5000.0)
    pet[6:10, 6:10, 6:10] = 20000.0
    write_nifti(folder / "PET.nii.gz", pet + np.arange(16.0), LPS, Way(backwards=(0, 1)))
    write_nifti(folder / "CT.nii.gz", np.where(pet > 0, 40.0, 0) + np.linspace(-1000, 30, 16), LPS)
    return folder


def test_one_fact_after_another_leads_to_suv(desk: Desk, tmp_path: Path) -> None:
    desk.open(made(tmp_path / "nii"))
    window, document = desk.window, desk.window.document
    assert document.acquisition is not None
    assert document.acquisition.anatomy is not None
    assert document.scale is not None
    assert document.scale.unit.value == "stored units"
    panel = window.popovers.facts
    desk.key(Qt.Key.Key_F2)
    asked = []
    while panel.isVisible():
        name = panel.fact.currentData()
        asked.append(name)
        assert panel.now.text() == "not known"
        panel.value.setText(ENTRIES[name])
        panel.why.setText("lab book")
        panel.apply.click()
        assert len(asked) <= len(ENTRIES)
    assert set(asked) == set(ENTRIES)
    scale = document.scale
    assert scale is not None
    assert scale.factor == pytest.approx(70e3 / (370e6 * 2 ** (-3600 / 45722.2)), rel=1e-12)
    for flag in scale.flags:
        assert flag.code != "OVERRIDDEN" or "lab book" in flag.what
    for _ in ENTRIES:  # one undo step each
        document.undo()
    assert document.scale is not None
    assert document.scale.refused is not None


def test_a_side_car_that_was_refused_is_told_as_the_case_opens(desk: Desk, tmp_path: Path) -> None:
    folder = made(tmp_path / "nii")
    wrong = json.dumps({"Units": "Bq/mL", "BodyWeight": "heavy"})
    (folder / "PET.json").write_text(wrong, "utf-8")
    desk.open(folder)
    banner, scale = desk.window.banner, desk.window.document.scale
    assert banner.isVisible()
    assert "PET.json cannot be used" in banner.what.text()
    assert "BodyWeight" in banner.what.text()
    assert scale is not None
    assert scale.refused is not None
    assert "PET.json cannot be used" in scale.refused.remedy


def test_every_example_of_the_panel_is_what_it_takes() -> None:
    for name, text in ENTRIES.items():
        assert parsed(name, text) is not None
    with pytest.raises(ReviewError):
        parsed("attenuation_corrected", "no")

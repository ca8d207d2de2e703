"""Real scans in the real window: PET in its place over the CT crop; SUV withheld where tags are missing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import Qt

from atsmviewer.model.grid import Vector
from tests.journeys.desk import Desk

pytestmark = pytest.mark.reference


def hottest(folder: Path, low_z: float, high_z: float) -> tuple[Vector, float]:
    """Place (LPS mm) and stored value of the hottest voxel between two heights; by pydicom alone."""
    best: tuple[float, Vector] = (-1.0, (0.0, 0.0, 0.0))
    for path in folder.glob("*.dcm"):
        one = pydicom.dcmread(path)
        x, y, z = (float(v) for v in one.ImagePositionPatient)
        if low_z <= z <= high_z:
            values = one.pixel_array * float(one.RescaleSlope)
            row, column = np.unravel_index(int(values.argmax()), values.shape)
            down, across = (float(v) for v in one.PixelSpacing)
            place = (x + float(column) * across, y + float(row) * down, z)
            best = max(best, (float(values.max()), place))
    return best[1], best[0]


def test_the_pet_lies_over_the_ct_crop_where_the_headers_say(desk: Desk, reference_data: Path) -> None:
    folder = reference_data / "03_sts001_petct_raw_demo"
    desk.open(folder)
    document, view = desk.window.document, desk.window.page.axial
    acquisition = document.acquisition
    assert acquisition is not None
    assert acquisition.anatomy is not None
    assert acquisition.anatomy.grid.shape == (59, 202, 198)
    low, high = acquisition.anatomy.grid.extent_mm
    point, stored = hottest(folder / "PET_wholebody_BQML", low[2], high[2])
    document.look(replace(document.viewing, cursor_mm=point, tool="cross"))
    ct, pet = view.planes
    assert ct is not None
    assert pet is not None
    assert view.raster is not None
    x, y, _ = view.raster.to_px(point)
    # within a pixel of a voxel's centre the interpolated value is the voxel's own, to a few per cent
    shown = pet[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].max()
    factor = json.loads((reference_data / "reference_values.json").read_text("utf-8"))
    case = next(c for c in factor["cases"] if c["id"] == "sts001_raw_to_suv")
    suv = stored * case["expected"]["suvbw_factor_from_header_own"]
    assert shown == pytest.approx(suv, rel=0.05)
    # on screen: the picture's pixel lies under the same widget point that a click there would report
    back = view.point_mm(view.widget_of(point))
    assert back == pytest.approx(point, abs=1.5 / view.px_per_mm)


def test_without_suv_tags_the_picture_and_tm_are_there_and_suv_says_why(
    desk: Desk, reference_data: Path
) -> None:
    desk.open(reference_data / "07_nema_phantom_pet_without_suv_tags")
    window = desk.window
    scale = window.document.scale
    assert scale is not None
    assert scale.refused is not None
    assert scale.refused.remedy
    assert "SUV withheld" in window.column.values.refused.text()
    assert window.column.values.enter.isVisible()
    low, high = window.document.viewing.pet_window
    assert high > low
    desk.key(Qt.Key.Key_S)
    desk.click(window.page.axial, (0.0, 0.0, window.document.viewing.cursor_mm[2]))
    desk.key(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    desk.click(window.page.axial, (60.0, 0.0, window.document.viewing.cursor_mm[2]))
    desk.settle()
    assert window.column.ratio.value.text() not in ("", "–")
    assert "UNITS_UNKNOWN" in {flag.code for flag in scale.flags}
    assert window.column.avid.title.text().startswith("Volume with T/M >")

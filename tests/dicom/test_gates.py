"""Gated series whose clocks differ a little between gates: gates all the same, in their order (R32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import Found, scan
from tests.dicom.dynamic import BEGAN, at, names
from tests.dicom.synthetic import pet, save


def _shuffled(slices: list[FileDataset], folder: Path) -> tuple[Found, ...]:
    save(slices, folder, names(len(slices)))
    return scan(folder).found


def _four_gates(change: Callable[[FileDataset, int], None]) -> list[FileDataset]:
    """Gates of one series without triggers, told by ImageIndex; ``change`` gets a slice and its gate."""
    slices = []
    for gate in range(4):
        for place, one in enumerate(pet(stored=np.full((4, 4, 4), 10 * (gate + 1), np.int16))):
            at(one, gate, place, 0.0, 600.0)
            one.SeriesType, one.NumberOfSlices = ["GATED", "IMAGE"], 4
            one.ImageIndex = gate * 4 + place + 1
            change(one, gate)
            slices.append(one)
    return slices


def _begun_apart(one: FileDataset, gate: int) -> None:
    one.AcquisitionTime = f"{BEGAN + timedelta(milliseconds=500 * gate):%H%M%S.%f}"


def _begun_apart_backwards(one: FileDataset, gate: int) -> None:
    _begun_apart(one, 3 - gate)


def _begun_apart_with_triggers(one: FileDataset, gate: int) -> None:
    _begun_apart(one, 3 - gate)
    one.TriggerTime = str(250 * gate)
    del one.ImageIndex


def _referred_apart(one: FileDataset, gate: int) -> None:
    one.FrameReferenceTime = str(300_000 + 1000 * gate)


@pytest.mark.parametrize(
    "change", [_begun_apart, _begun_apart_backwards, _begun_apart_with_triggers, _referred_apart]
)
def test_gates_whose_clocks_differ_a_little_are_gates(
    tmp_path: Path, change: Callable[[FileDataset, int], None]
) -> None:
    found = _shuffled(_four_gates(change), tmp_path)
    assert [f.gate.split(",")[0] for f in found] == [f"gate {g} of 4" for g in (1, 2, 3, 4)]
    assert [float(load(f).voxels.max()) for f in found] == [10.0, 20.0, 30.0, 40.0]
    assert "Gates: 4." in found[0].notes
    assert all(f.series.when is not None for f in found)

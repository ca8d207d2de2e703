"""Whole-body dynamic series stopped in a pass: the passes before are kept, none is guessed (R32)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from tests.dicom.dynamic import BEGAN, at
from tests.dicom.synthetic import codes, pet, save


def _passes(count: int, beds: int, lost: set[tuple[int, int]], backwards: bool = False) -> list[FileDataset]:
    """Beds of two slices, 60 s each and 70 s apart, scanned again and again, without the lost (pass, bed)."""
    slices = []
    for again in range(count):
        stored = np.full((2 * beds, 4, 4), 10 * (again + 1), np.int16)
        for place, one in enumerate(pet(stored=stored)):
            bed = place // 2
            in_time = beds - 1 - bed if backwards else bed
            at(one, again, place, 70.0 * (beds * again + in_time), 60.0)
            if (again, bed) not in lost:
                slices.append(one)
    return slices


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("count", "beds", "in_last"), [(3, 2, 1), (3, 3, 2), (3, 3, 1), (2, 3, 2)])
def test_a_scan_stopped_in_its_last_pass_keeps_the_passes_before(
    tmp_path: Path, count: int, beds: int, in_last: int, backwards: bool
) -> None:
    order = list(reversed(range(beds))) if backwards else list(range(beds))
    lost = {(count - 1, bed) for bed in order[in_last:]}
    save(_passes(count, beds, lost, backwards), tmp_path)
    result = scan(tmp_path)
    kept = count if 2 * in_last >= beds else count - 1
    assert codes(result) == ({} if kept == count else {"FRAMES_INCOMPLETE": 2 * in_last})
    assert len(result.found) == kept
    for again, one in enumerate(result.found):
        gone = {k for a, bed in lost for k in (2 * bed, 2 * bed + 1) if a == again}
        assert set(one.gaps) == gone
        assert one.series.when == BEGAN + timedelta(seconds=70.0 * beds * again)
        voxels = load(one).voxels
        there = [k for k in range(2 * beds) if k not in gone]
        assert (voxels[there] == 10.0 * (again + 1)).all()


@pytest.mark.parametrize("lost", [{(1, 0)}, {(0, 0)}, {(1, 1), (2, 2)}])
def test_a_pass_that_lacks_a_bed_before_its_end_is_not_guessed(
    tmp_path: Path, lost: set[tuple[int, int]]
) -> None:
    """Its next bed could be of the pass after."""
    save(_passes(3, 3, lost), tmp_path)
    assert set(codes(scan(tmp_path))) <= {"FRAMES_INCOMPLETE"}
    for one in scan(tmp_path).found:
        there = [k for k in range(6) if k not in one.gaps]
        assert len(set(load(one).voxels[there].ravel().tolist())) == 1


def test_beds_that_lack_slices_of_different_passes_make_no_frames(tmp_path: Path) -> None:
    """Each bed has two of three passes: by rank the first frame would be of passes 1 and 2."""
    save(_passes(3, 2, {(2, 0), (0, 1)}), tmp_path)
    assert set(codes(scan(tmp_path))) == {"FRAMES_INCOMPLETE"}
    assert scan(tmp_path).found == ()


def test_beds_scanned_one_after_another_keep_their_frames(tmp_path: Path) -> None:
    slices = []
    for again in range(3):
        for place, one in enumerate(pet(stored=np.full((4, 4, 4), 10 * (again + 1), np.int16))):
            at(one, again, place, 70.0 * again + 300.0 * (place // 2), 60.0)
            slices.append(one)
    save(slices, tmp_path)
    assert len(scan(tmp_path).found) == 3

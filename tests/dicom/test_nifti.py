"""NIfTI masks: RAS to LPS, axes to (slice, row, column), and a frame of reference only where it is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import ImportedMask, Role

# 5 slices of 3 mm, 4 rows of 2 mm, 3 columns of 1.5 mm, origin (-10, -20, 100), LPS.
GRID = Grid((5, 4, 3), (0.0, 0.0, 1.5, -10.0, 0.0, 2.0, 0.0, -20.0, 3.0, 0.0, 0.0, 100.0), "1.2.3")
RAS = np.array([[-1.5, 0, 0, 10], [0, -2.0, 0, 20], [0, 0, 3.0, 100], [0, 0, 0, 1]])
"""The same lattice in NIfTI's words: (column, row, slice) to RAS."""


def _nifti(path: Path, data: NDArray[np.generic], affine: NDArray[np.float64] | None = RAS) -> Path:
    make: Any = nibabel.nifti1.Nifti1Image
    nibabel.loadsave.save(make(data, affine), path)
    return path


def _mask(path: Path, grids: tuple[Grid, ...] = (GRID,)) -> tuple[ImportedMask, str]:
    (roi,) = read_regions(path, grids)
    assert isinstance(roi.shape, ImportedMask)
    assert roi.role is Role.REFERENCE
    return roi.shape, roi.frame_of_reference_uid


@pytest.mark.parametrize("name", ["mask.nii", "mask.nii.gz", "no extension.nii"])
def test_voxels_are_ascending_indices_of_the_grid_of_the_same_lattice(tmp_path: Path, name: str) -> None:
    data = np.zeros((3, 4, 5), np.uint8)
    data[2, 1, 3] = data[0, 0, 0] = data[1, 3, 4] = 1
    shape, frame = _mask(_nifti(tmp_path / name, data))
    assert shape.grid is GRID
    assert frame == "1.2.3"
    assert shape.voxels == (0, 3 * 12 + 1 * 3 + 2, 4 * 12 + 3 * 3 + 1)


def test_axes_in_any_order_and_direction_are_the_same_lattice(tmp_path: Path) -> None:
    data = np.zeros((3, 4, 5), np.uint8)
    data[2, 1, 3] = 1
    flipped = data[:, ::-1, :]
    affine = RAS @ np.array([[1, 0, 0, 0], [0, -1, 0, 3], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    assert _mask(_nifti(tmp_path / "f.nii", flipped, affine))[0].voxels == (3 * 12 + 1 * 3 + 2,)
    turned = data.transpose(2, 0, 1)
    assert _mask(_nifti(tmp_path / "t.nii", turned, RAS[:, [2, 0, 1, 3]]))[0].voxels == (3 * 12 + 1 * 3 + 2,)


def test_another_lattice_keeps_its_own_grid_in_the_shared_frame_of_reference(tmp_path: Path) -> None:
    data = np.zeros((3, 4, 5), np.uint8)
    data[2, 1, 3] = 1
    shifted = RAS + np.array([[0, 0, 0, 0.5], [0] * 4, [0] * 4, [0] * 4])
    shape, frame = _mask(_nifti(tmp_path / "m.nii", data, shifted))
    assert frame == shape.grid.frame_of_reference_uid == "1.2.3"
    assert shape.grid.shape == (5, 4, 3)
    ras = shifted @ [2, 1, 3, 1]
    centre = shape.grid.to_mm(np.array(np.unravel_index(shape.voxels[0], shape.grid.shape), np.float64))
    assert centre == pytest.approx([-ras[0], -ras[1], ras[2]], abs=1e-5)


@pytest.mark.parametrize(("shift_mm", "same"), [(0.0005, True), (0.002, False)])
def test_the_same_lattice_means_a_thousandth_of_a_millimetre(
    tmp_path: Path, shift_mm: float, same: bool
) -> None:
    shifted = RAS + np.array([[0, 0, 0, shift_mm], [0] * 4, [0] * 4, [0] * 4])
    shape, _ = _mask(_nifti(tmp_path / "m.nii", np.ones((3, 4, 5), np.uint8), shifted))
    assert (shape.grid is GRID) is same


def test_labels_and_fractions_count_above_a_half(tmp_path: Path) -> None:
    data = np.zeros((3, 4, 5), np.float32)
    data[0, 0, :4] = [0.5, 0.51, 7.0, np.nan]
    assert _mask(_nifti(tmp_path / "m.nii", data))[0].voxels == (12, 24)


@pytest.mark.parametrize(
    "grids", [(), (Grid((9, 9, 9), GRID.affine, "1"), Grid((9, 9, 9), GRID.affine, "2"))]
)
def test_where_no_frame_of_reference_is_known_the_mask_is_refused(
    tmp_path: Path, grids: tuple[Grid, ...]
) -> None:
    path = _nifti(tmp_path / "m.nii", np.ones((3, 4, 5), np.uint8))
    with pytest.raises(ReviewError, match="MASK_PLACE_UNKNOWN"):
        read_regions(path, grids)


def test_a_mask_without_orientation_is_refused(tmp_path: Path) -> None:
    path = _nifti(tmp_path / "m.nii", np.ones((3, 4, 5), np.uint8), None)
    with pytest.raises(ReviewError, match="MASK_PLACE_UNKNOWN"):
        read_regions(path, (GRID,))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (np.zeros((3, 4, 5), np.uint8), "REGIONS_EMPTY"),
        (np.ones((3, 4, 5, 2), np.uint8), "REGIONS_UNREADABLE"),
        (np.ones((3, 4), np.uint8), "REGIONS_UNREADABLE"),
    ],
)
def test_what_is_no_mask(tmp_path: Path, data: NDArray[np.uint8], code: str) -> None:
    with pytest.raises(ReviewError, match=code):
        read_regions(_nifti(tmp_path / "m.nii", data), (GRID,))


@pytest.mark.parametrize("content", [b"", b"text", b"\x1f\x8bnot gzip", bytes(128) + b"DICM" + bytes(9)])
def test_what_is_neither_dicom_nor_nifti(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.nii.gz").write_bytes(content)
    with pytest.raises(ReviewError, match="REGIONS_UNREADABLE"):
        read_regions(tmp_path / "m.nii.gz", (GRID,))


def test_a_cut_mask_and_an_absent_one_are_refused(tmp_path: Path) -> None:
    path = _nifti(tmp_path / "m.nii", np.ones((3, 4, 5), np.uint8))
    path.write_bytes(path.read_bytes()[:-20])
    for file in (path, tmp_path / "absent.nii"):
        with pytest.raises(ReviewError, match="REGIONS_UNREADABLE"):
            read_regions(file, (GRID,))

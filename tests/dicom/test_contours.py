"""RT Structure Sets: closed planar contours become prisms with the spacing of their planes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, RTStructureSetStorage

from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Prism, Role

SQUARE = np.array([[0.0, 0, 0], [4, 0, 0], [4, 4, 0], [0, 4, 0]])
Contours = list[NDArray[np.float64]]


def _square(z: float, scale: float = 1.0) -> NDArray[np.float64]:
    return SQUARE * scale + [0, 0, z]


def _bent(z: float) -> NDArray[np.float64]:
    return np.asarray(_square(z) + np.outer([0, 0, 1, 1], [0, 0, 1]), np.float64)


def _rtstruct(
    path: Path, regions: dict[str, Contours], kind: str = "CLOSED_PLANAR", frame: str | None = "1.2.3"
) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = RTStructureSetStorage, ExplicitVRLittleEndian
    meta.MediaStorageSOPInstanceUID = UID("1.2.826.0.1.3680043.8.498.40")
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, meta.MediaStorageSOPInstanceUID
    dataset.StructureSetROISequence, dataset.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(regions.items(), start=7):
        region, drawn = Dataset(), Dataset()
        region.ROINumber, region.ROIName = number, name
        if frame is not None:
            region.ReferencedFrameOfReferenceUID = frame
        drawn.ReferencedROINumber, drawn.ContourSequence = number, []
        for points in contours:
            contour = Dataset()
            contour.ContourGeometricType, contour.NumberOfContourPoints = kind, len(points)
            contour.ContourData = [f"{v:.10g}" for v in points.ravel()]
            drawn.ContourSequence.append(contour)
        dataset.StructureSetROISequence.append(region)
        dataset.ROIContourSequence.insert(0, drawn)
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_contours_become_a_prism(tmp_path: Path) -> None:
    contours = [_square(9.81), _square(0.0), _square(3.27), _square(3.27, 0.5)]
    path = _rtstruct(tmp_path / "x", {"GTV": contours, "GTV 2": [_square(0.0, 2.0), _square(3.0, 2.0)]})
    second, roi = read_regions(path, ())
    assert (roi.name, second.name) == ("GTV", "GTV 2")
    assert roi.role is Role.REFERENCE
    assert roi.frame_of_reference_uid == "1.2.3"
    assert isinstance(roi.shape, Prism)
    assert roi.shape.normal == (0.0, 0.0, 1.0)
    assert roi.shape.thickness_mm == pytest.approx((3.27 + 6.54) / 2, abs=1e-9)
    assert [c.points_mm for c in roi.shape.contours] == [tuple(map(tuple, c.tolist())) for c in contours]
    assert isinstance(second.shape, Prism)
    assert second.shape.thickness_mm == pytest.approx(3.0, abs=1e-9)


def test_uids_are_the_same_at_every_reading_and_differ_by_region(tmp_path: Path) -> None:
    path = _rtstruct(tmp_path / "x", {"A": [_square(0.0), _square(3.0)], "B": [_square(0.0), _square(3.0)]})
    first, again = read_regions(path, ()), read_regions(path, ())
    assert [r.uid for r in first] == [r.uid for r in again]
    assert first[0].uid != first[1].uid
    assert all(r.uid.startswith("2.25.") and len(r.uid) <= 64 for r in first)


def test_a_repeated_first_vertex_is_dropped(tmp_path: Path) -> None:
    closed = [np.vstack([_square(z), _square(z)[:1]]) for z in (0.0, 3.0)]
    (roi,) = read_regions(_rtstruct(tmp_path / "x", {"A": closed}), ())
    assert isinstance(roi.shape, Prism)
    assert [len(c.points_mm) for c in roi.shape.contours] == [4, 4]


def test_oblique_planes(tmp_path: Path) -> None:
    turn = np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]])
    (roi,) = read_regions(
        _rtstruct(tmp_path / "x", {"A": [_square(z) @ turn.T for z in (0.0, 2.0, 4.0)]}), ()
    )
    assert isinstance(roi.shape, Prism)
    assert roi.shape.normal == pytest.approx((0.0, -0.6, 0.8), abs=1e-12)
    assert roi.shape.thickness_mm == pytest.approx(2.0, abs=1e-9)


def test_a_region_in_one_plane_takes_the_thickness_of_the_others(tmp_path: Path) -> None:
    path = _rtstruct(tmp_path / "x", {"A": [_square(0.0)], "B": [_square(0.0), _square(2.5)]})
    shapes = {r.name: r.shape for r in read_regions(path, ())}
    assert isinstance(shapes["A"], Prism)
    assert shapes["A"].thickness_mm == 2.5


def test_what_encloses_nothing_is_left_out(tmp_path: Path) -> None:
    line = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]])
    path = _rtstruct(tmp_path / "x", {"A": [_square(0.0), _square(3.0), line], "B": [line], "C": []})
    (roi,) = read_regions(path, ())
    assert isinstance(roi.shape, Prism)
    assert len(roi.shape.contours) == 2


@pytest.mark.parametrize(
    ("contours", "kind"),
    [
        ([_square(0.0)], "CLOSED_PLANAR"),
        ([_square(0.0), _square(3.0)], "OPEN_PLANAR"),
        ([_square(0.0), _bent(3.0)], "CLOSED_PLANAR"),
        ([], "CLOSED_PLANAR"),
    ],
)
def test_contours_that_are_no_prism_are_refused(tmp_path: Path, contours: Contours, kind: str) -> None:
    path = _rtstruct(tmp_path / "x", {"A": contours}, kind)
    with pytest.raises(ReviewError, match="REGIONS_UNREADABLE"):
        read_regions(path, ())


def test_without_frame_of_reference_the_place_is_unknown(tmp_path: Path) -> None:
    path = _rtstruct(tmp_path / "x", {"A": [_square(0.0), _square(3.0)]}, frame=None)
    with pytest.raises(ReviewError, match="REGIONS_PLACE_UNKNOWN"):
        read_regions(path, ())

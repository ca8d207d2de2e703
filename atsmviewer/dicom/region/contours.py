"""Owns RT Structure Sets as regions: closed planar contours in patient mm become prisms."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from atsmviewer.dicom.header.boundary import quiet, read_whole
from atsmviewer.dicom.header.tags import items, numbers, text, whole
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Vector
from atsmviewer.model.roi import Contour, Prism, Roi, Role

_CLOSED = {"CLOSED_PLANAR", "CLOSEDPLANAR_XOR"}
PLANE_TOLERANCE_MM = 0.05
"""How far vertices of one contour may lie off its plane, and planes apart that count as one."""


def read_rtstruct(path: Path) -> tuple[Roi, ...]:
    """The regions of an RT Structure Set that have closed planar contours (PS3.3 C.8.8.6).

    A region's thickness is the spacing of its contour planes; a region of one plane takes that of
    the file's other regions. Points and open contours enclose nothing and are left out. The role is
    REFERENCE: a file does not say what a region is for.

    Raises
    ------
    ReviewError
        "REGIONS_UNREADABLE" where contours are not parallel planes, have no thickness, or there are none;
        "REGIONS_PLACE_UNKNOWN" where no frame of reference is stated.
    """
    with quiet():
        dataset = read_whole(path)
        named = {whole(item, "ROINumber"): item for item in items(dataset, "StructureSetROISequence")}
        drawn = [
            (named.get(whole(item, "ReferencedROINumber")), _polygons(item))
            for item in items(dataset, "ROIContourSequence")
        ]
        regions = [(item, polygons) for item, polygons in drawn if item is not None and polygons]
        if not regions:
            raise _unreadable(path, "it holds no closed planar contours")
        normals = [_normal(polygons) for _, polygons in regions]
        planes = [_planes(p, n, path) for (_, p), n in zip(regions, normals, strict=True)]
        spacings = [float(np.median(np.diff(p))) for p in planes if len(p) > 1]
        return tuple(
            _roi(dataset, item, path, _prism(polygons, normal, offsets, spacings, path))
            for (item, polygons), normal, offsets in zip(regions, normals, planes, strict=True)
        )


def _polygons(item: Dataset) -> list[Floats]:
    """The closed contours of one region, each (n, 3) LPS mm; fewer than three vertices enclose nothing."""
    found = []
    for contour in items(item, "ContourSequence"):
        values = numbers(contour, "ContourData")
        if text(contour, "ContourGeometricType") in _CLOSED and len(values) >= 9 and len(values) % 3 == 0:
            points = np.asarray(values, np.float64).reshape(-1, 3)
            found.append(points[:-1] if np.array_equal(points[0], points[-1]) else points)
    return [points for points in found if np.linalg.norm(_area(points)) > 0]


def _area(points: Floats) -> Floats:
    """The vector area of a polygon (Newell): its length is the area, its direction the normal."""
    relative = points - points[0]
    return np.asarray(np.cross(relative, np.roll(relative, -1, axis=0)).sum(axis=0) / 2, np.float64)


def _normal(polygons: list[Floats]) -> Floats:
    """The unit normal of the largest contour, turned so that its largest component is positive."""
    area = max((_area(points) for points in polygons), key=lambda a: float(np.linalg.norm(a)))
    unit = area / np.linalg.norm(area)
    unit = np.where(np.abs(unit) < 1e-9, 0.0, unit)
    return np.asarray(unit * np.sign(unit[np.argmax(np.abs(unit))]), np.float64)


def _planes(polygons: list[Floats], normal: Floats, path: Path) -> Floats:
    """The offsets of the contour planes along the normal, ascending, each once."""
    offsets = []
    for points in polygons:
        along = points @ normal
        if np.ptp(along) > 2 * PLANE_TOLERANCE_MM:
            raise _unreadable(path, "a region's contours do not lie in parallel planes")
        offsets.append(float(along.mean()))
    ascending = np.sort(offsets)
    first = np.concatenate([[True], np.diff(ascending) > PLANE_TOLERANCE_MM])
    return np.asarray(ascending[first], np.float64)


def _prism(
    polygons: list[Floats], normal: Floats, offsets: Floats, spacings: Sequence[float], path: Path
) -> Prism:
    if not spacings:
        raise _unreadable(path, "its contours lie in one plane, so their thickness is not known")
    thickness = float(np.median(np.diff(offsets)) if len(offsets) > 1 else np.median(spacings))
    contours = tuple(Contour(tuple(_vector(p) for p in points)) for points in polygons)
    return Prism(contours, _vector(normal), thickness)


def _roi(dataset: Dataset, item: Dataset, path: Path, shape: Prism) -> Roi:
    number = whole(item, "ROINumber")
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{text(dataset, 'SOPInstanceUID')}/{number}")
    return Roi(
        uid=f"2.25.{identity.int}",
        name=text(item, "ROIName") or f"Region {number}",
        role=Role.REFERENCE,
        frame_of_reference_uid=_frame_of_reference(dataset, item, path),
        shape=shape,
    )


def _frame_of_reference(dataset: Dataset, item: Dataset, path: Path) -> str:
    """The region's own frame of reference, else the one that the whole file states."""
    stated = text(item, "ReferencedFrameOfReferenceUID")
    if stated:
        return stated
    listed = {text(i, "FrameOfReferenceUID") for i in items(dataset, "ReferencedFrameOfReferenceSequence")}
    listed |= {text(dataset, "FrameOfReferenceUID")}
    known = listed - {None}
    if len(known) != 1:
        raise ReviewError(
            "REGIONS_PLACE_UNKNOWN",
            f"{path.name} does not say in which frame of reference its regions lie.",
            "Export the structure set again from the program that drew it.",
        )
    return str(known.pop())


def _unreadable(path: Path, why: str) -> ReviewError:
    what = f"{path.name} cannot be used as regions: {why}."
    return ReviewError("REGIONS_UNREADABLE", what, "Export it as closed planar contours in parallel planes.")


def _vector(values: Floats) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])

"""Owns DICOM Segmentations as regions: each segment's frames, by their places, become one mask."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset

from atsmviewer.dicom.header.boundary import quiet, read_whole
from atsmviewer.dicom.header.frames import Frames
from atsmviewer.dicom.header.tags import items, numbers, positive, text, whole
from atsmviewer.dicom.region.segments import HALF, VOXEL_LIMIT, inside, unreadable
from atsmviewer.dicom.slices.geometry import Plane, alike, lattice, plane
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import ImportedMask, Roi, Role

_TUMOUR = {"108369006", "86049000", "14799000", "M-8FFFF", "M-80003", "M-80006"}
_NECROSIS = {"6574001", "M-54000"}
"""Property types that leave no doubt of the role: neoplasm, primary, secondary; necrosis (SCT and SRT)."""


@dataclass(frozen=True)
class _Frame:
    """One frame: its number in the file, the segment it belongs to, and where it is."""

    number: int
    segment: int
    plane: Plane


def read_segmentation(path: Path) -> tuple[Roi, ...]:
    """The segments of a Segmentation object that have voxels (PS3.3 A.51, C.8.20), overlapping or not.

    A frame's segment and place come from its functional groups, never from its order. A binary
    segment is its voxels; a fractional one those of at least half the maximum, which its name then
    says. The role is TUMOUR or NECROSIS where the property type is coded so, else REFERENCE.

    Raises
    ------
    ReviewError
        "REGIONS_UNREADABLE" where frames are not placed on one lattice or pixels are not what the
        header says, "REGIONS_EMPTY" where no voxel is marked, "REGIONS_PLACE_UNKNOWN" without frame of
        reference, "FRAMES_DISAGREE", "TRANSFER_SYNTAX" or "TOO_LARGE".
    """
    with quiet():
        dataset = read_whole(path)
        frame_of_reference = text(dataset, "FrameOfReferenceUID")
        if frame_of_reference is None:
            what = f"{path.name} does not say in which frame of reference its segments lie."
            raise ReviewError("REGIONS_PLACE_UNKNOWN", what, "Export it again from the program that made it.")
        headers = list(Frames(dataset))
        by_segment: dict[int, list[_Frame]] = defaultdict(list)
        for k, header in enumerate(headers):
            frame = _frame(header, k, path)
            by_segment[frame.segment].append(frame)
        spacing_mm = _spacing_mm(headers[0], [f.plane for own in by_segment.values() for f in own], path)
        described = {whole(item, "SegmentNumber"): item for item in items(dataset, "SegmentSequence")}
        rois = []
        for segment, frames in sorted(by_segment.items()):
            grid, places = _grid(frames, spacing_mm, frame_of_reference, path)
            mask = _mask(dataset, frames, places, grid, path)
            if mask.voxels:
                rois.append(_roi(dataset, described.get(segment, Dataset()), segment, mask))
    if not rois:
        raise ReviewError("REGIONS_EMPTY", f"{path.name} marks no voxel.", "Choose another segmentation.")
    return tuple(rois)


def _frame(header: Dataset, k: int, path: Path) -> _Frame:
    where = plane(
        numbers(header, "ImagePositionPatient"),
        numbers(header, "ImageOrientationPatient"),
        numbers(header, "PixelSpacing"),
        (whole(header, "Rows") or 0, whole(header, "Columns") or 0),
    )
    segment = whole(header, "ReferencedSegmentNumber")
    if where is None or segment is None:
        missing = "place" if where is None else "segment"
        raise unreadable(path, f"frame {k + 1} has no usable {missing}")
    return _Frame(k, segment, where)


def _spacing_mm(header: Dataset, planes: Sequence[Plane], path: Path) -> float:
    """The spacing of planes as stated, else the least one found, else the thickness of the only plane.

    Planes without a voxel may be left out (PS3.3 C.8.20.2), so distances are multiples of it. A
    stated spacing that no two of several planes have is not believed: volumes would be wrong.
    """
    offsets = np.unique(np.round([p.offset_mm(planes[0]) for p in planes], 3))
    found = float(np.diff(offsets).min()) if len(offsets) > 1 else None
    stated = positive(header, "SpacingBetweenSlices")
    if stated is not None and found is not None and len(offsets) > 2 and found > 1.5 * stated:
        raise unreadable(path, f"its planes lie {found:g} mm apart, but it states {stated:g} mm")
    spacing = stated or found or positive(header, "SliceThickness")
    if spacing is None:
        raise unreadable(path, "its only plane has no thickness")
    return spacing


def _grid(
    frames: Sequence[_Frame], spacing_mm: float, frame_of_reference: str, path: Path
) -> tuple[Grid, tuple[int, ...]]:
    planes = [f.plane for f in frames]
    if not all(alike(planes[0], other) for other in planes):
        raise unreadable(path, "planes of one segment differ in orientation or size")
    placed = lattice(planes, spacing_mm, frame_of_reference)
    if placed is None or len(set(placed[1])) < len(frames):
        raise unreadable(path, "planes of one segment lie neither evenly nor in whole steps")
    if math.prod(placed[0].shape) > VOXEL_LIMIT:
        what = f"{path.name} spans {math.prod(placed[0].shape)} voxels."
        raise ReviewError("TOO_LARGE", what, "Crop the segmentation first.")
    return placed


def _mask(
    dataset: FileDataset, frames: Sequence[_Frame], places: Sequence[int], grid: Grid, path: Path
) -> ImportedMask:
    size = grid.shape[1] * grid.shape[2]
    found = [
        np.flatnonzero(inside(dataset, frame.number, size, path)) + place * size
        for frame, place in sorted(zip(frames, places, strict=True), key=lambda pair: pair[1])
    ]
    return ImportedMask(grid, tuple(np.concatenate(found).tolist()))


def _roi(dataset: Dataset, described: Dataset, segment: int, mask: ImportedMask) -> Roi:
    types = {text(code, "CodeValue") for code in items(described, "SegmentedPropertyTypeCodeSequence")}
    role = Role.TUMOUR if types & _TUMOUR else Role.NECROSIS if types & _NECROSIS else Role.REFERENCE
    name = text(described, "SegmentLabel") or f"Segment {segment}"
    if text(dataset, "SegmentationType") == "FRACTIONAL":
        name += f" (fractions from {HALF:g})"
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{text(dataset, 'SOPInstanceUID')}/{segment}")
    return Roi(f"2.25.{identity.int}", name, role, mask.grid.frame_of_reference_uid, mask)

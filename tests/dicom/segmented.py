"""Owns made-up Segmentation objects, by their definition in PS3.3 C.8.20 and PS3.5 8.1.1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SegmentationStorage

from tests.dicom.synthetic import FRAME

SHAPE = (4, 5, 7)
"""35 voxels a frame: no frame but the first begins at a byte."""
STEP_MM = 2.5
Masks = dict[int, NDArray[np.bool_]]


def masks(segments: int = 1, part: float = 0.4) -> Masks:
    rng = np.random.default_rng(5)
    return {n + 1: rng.random(SHAPE) < part for n in range(segments)}


def frames_of(given: Masks) -> list[tuple[int, int]]:
    """Every (segment, slice) that has a voxel."""
    return [(n, k) for n, mask in given.items() for k in range(len(mask)) if mask[k].any()]


def _place(k: int) -> Dataset:
    group, position = Dataset(), Dataset()
    position.ImagePositionPatient = [-10, -20, 100 + STEP_MM * k]
    group.PlanePositionSequence = [position]
    return group


def code_item(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "SCT", meaning
    return code


def segmentation(
    given: Masks, order: Sequence[tuple[int, int]] | None = None, kind: str = "BINARY", most: int = 200
) -> FileDataset:
    """A Segmentation by the definition of PS3.3 C.8.20; a fractional one has ``most`` where it is set."""
    order = frames_of(given) if order is None else order
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = SegmentationStorage, UID("1.2.3.4")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    one.SOPClassUID, one.SOPInstanceUID, one.Modality = SegmentationStorage, "1.2.3.4", "SEG"
    one.FrameOfReferenceUID, one.SegmentationType = FRAME, kind
    one.NumberOfFrames, one.Rows, one.Columns = len(order), *SHAPE[1:]
    one.BitsAllocated = one.BitsStored = 1 if kind == "BINARY" else 8
    one.HighBit, one.PixelRepresentation, one.SamplesPerPixel = one.BitsStored - 1, 0, 1
    one.PhotometricInterpretation = "MONOCHROME2"
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [2, 3], STEP_MM
    measures.SpacingBetweenSlices = STEP_MM
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    one.SharedFunctionalGroupsSequence = [shared]
    one.PerFrameFunctionalGroupsSequence = []
    for n, k in order:
        group, identity = _place(k), Dataset()
        identity.ReferencedSegmentNumber = n
        group.SegmentIdentificationSequence = [identity]
        one.PerFrameFunctionalGroupsSequence.append(group)
    one.SegmentSequence = []
    for n in given:
        segment = Dataset()
        segment.SegmentNumber, segment.SegmentLabel = n, f"Part {n}"
        one.SegmentSequence.append(segment)
    stacked = np.stack([given[n][k] for n, k in order])
    if kind == "BINARY":
        data = np.packbits(stacked.ravel(), bitorder="little").tobytes()
    else:
        one.MaximumFractionalValue, one.SegmentationFractionalType = most, "OCCUPANCY"
        data = (stacked * np.uint8(most)).astype(np.uint8).tobytes()
    one.PixelData = data + b"\0" * (len(data) % 2)
    one["PixelData"].VR = "OB"
    return one

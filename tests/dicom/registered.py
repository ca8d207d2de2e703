"""Owns made-up Spatial Registration objects for the tests of reading: written by pydicom alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SpatialRegistrationStorage

Matrix = NDArray[np.float64]
Item = tuple[str | None, Sequence[Matrix], str]
"""(source frame of reference, matrices in their order, matrix type)."""


def reg(
    registered: str | None,
    items: Sequence[Item],
    uid: str = "1.2.3.66",
    date: str = "20260102",
    kind: UID = SpatialRegistrationStorage,
) -> FileDataset:
    """One object that registers each item's frame of reference to ``registered``."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = kind, UID(uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    one.SOPClassUID, one.SOPInstanceUID, one.Modality = kind, uid, "REG"
    one.PatientID, one.SeriesInstanceUID = "P1", f"{uid}.1"
    one.ContentDate, one.ContentTime = date, "101500"
    one.ContentDescription, one.ContentCreatorName = "Day 2 on day 1", "Physicist^A"
    if registered is not None:
        one.FrameOfReferenceUID = registered
    one.RegistrationSequence = [_item(*item) for item in items]
    return one


def _item(source: str | None, matrices: Sequence[Matrix], kind: str) -> Dataset:
    item, whole = Dataset(), Dataset()
    if source is not None:
        item.FrameOfReferenceUID = source
    whole.MatrixSequence = []
    for matrix in matrices:
        step = Dataset()
        step.FrameOfReferenceTransformationMatrix = [f"{v:.14g}"[:16] for v in matrix.ravel()]
        step.FrameOfReferenceTransformationMatrixType = kind
        whole.MatrixSequence.append(step)
    item.MatrixRegistrationSequence = [whole]
    return item

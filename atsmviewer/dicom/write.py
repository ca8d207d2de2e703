"""Owns writing a series of slices: a volume and header values by keyword become PET or CT files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    PositronEmissionTomographyImageStorage,
)
from pydicom.valuerep import format_number_as_ds

from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Volume

IMPLEMENTATION_UID = "2.25.176464005310234664712352385426345223169"
STORED_MAX = 32767
CT_INTERCEPT = -1024

PRIVATE = "private"
"""The header's own key for private elements: (group, creator, offset in its block, VR, value) of each."""

_STORAGE = {"PT": PositronEmissionTomographyImageStorage, "CT": CTImageStorage}


def write_series(
    folder: Path,
    volume: Volume,
    header: Mapping[str, object],
    slices: Sequence[Mapping[str, object]],
    progress: Callable[[], None] | None = None,
    slopes: Sequence[float] | None = None,
) -> tuple[Path, ...]:
    """Write one classic single-frame file per slice; the paths in slice order.

    ``header`` and ``slices`` (one entry per slice of the volume) hold values by DICOM keyword:
    texts, numbers, lists of them, and for a sequence a list of mappings; private elements stand under
    ``PRIVATE``. Modality ("PT" or "CT") decides the SOP class. Geometry, rescale and pixels come from
    the volume: PET is stored as int16 with the slope of each slice in ``slopes``, else with one that
    its largest value fills; CT as whole HU with slope 1. ValueError where an element has no keyword in
    the dictionary or the entries do not match the slices.
    """
    count = volume.grid.shape[0]
    for what, given in (("slice headers", slices), ("slopes", slopes)):
        if given is not None and len(given) != count:
            raise ValueError(f"{len(given)} {what} for {count} slices")
    folder.mkdir(parents=True, exist_ok=True)
    dataset = dataset_of(header)
    modality = str(header["Modality"])
    dataset.SOPClassUID = _STORAGE[modality]
    _frame(dataset, volume.grid)
    dataset = _encoded(dataset)
    paths = []
    for k, own in enumerate(slices):
        _put(dataset, own)
        _place(dataset, volume.grid, k)
        _pixels(dataset, volume.voxels[k], modality, None if slopes is None else slopes[k])
        paths.append(folder / f"{modality}{k + 1:04d}.dcm")
        save(dataset, paths[-1])
        if progress is not None:
            progress()
    return tuple(paths)


def dataset_of(values: Mapping[str, object]) -> Dataset:
    """A data set of values by keyword; mappings in lists become items of a sequence."""
    dataset = Dataset()
    _put(dataset, values)
    return dataset


def decimal(value: float) -> str:
    """A number as DICOM DS: the nearest that 16 characters can say."""
    return format_number_as_ds(float(value))


def _put(dataset: Dataset, values: Mapping[str, object]) -> None:
    for keyword, value in values.items():
        if keyword == PRIVATE:
            _put_private(dataset, value)
            continue
        if tag_for_keyword(keyword) is None:
            raise ValueError(f"no DICOM keyword {keyword!r}")
        setattr(dataset, keyword, _element(dictionary_VR(keyword), value))


def _put_private(dataset: Dataset, elements: object) -> None:
    """Each in the block that its creator reserves (PS3.5 7.8.1)."""
    for group, creator, offset, vr, value in elements if isinstance(elements, list | tuple) else ():
        block = dataset.private_block(group, creator, create=True)
        block.add_new(offset, vr, _element(vr, value))


def _element(vr: str, value: object) -> object:
    if vr == "SQ" and isinstance(value, list | tuple):
        return Items(dataset_of(item) for item in value)
    if isinstance(value, list | tuple):
        return [_element(vr, one) for one in value]
    if vr == "DS" and isinstance(value, int | float):
        return decimal(value)
    return value


def _encoded(dataset: Dataset) -> Dataset:
    """The same data set with its values as bytes, so that what all slices share is encoded only once."""
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return read_dataset(BytesIO(buffer.getvalue()), is_implicit_VR=False, is_little_endian=True)


def _frame(dataset: Dataset, grid: Grid) -> None:
    """What the grid says of all slices (PS3.3 C.7.6.2, C.7.6.3)."""
    row, column = grid.matrix[:3, 2] / grid.spacing_mm[2], grid.matrix[:3, 1] / grid.spacing_mm[1]
    dataset.FrameOfReferenceUID = grid.frame_of_reference_uid
    dataset.ImageOrientationPatient = [decimal(v) for v in (*row, *column)]
    dataset.PixelSpacing = [decimal(v) for v in grid.spacing_mm[1:]]
    dataset.Rows, dataset.Columns = grid.shape[1:]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 1


def _place(dataset: Dataset, grid: Grid, k: int) -> None:
    position = grid.to_mm(np.array([k, 0.0, 0.0]))
    normal = np.cross(grid.matrix[:3, 2] / grid.spacing_mm[2], grid.matrix[:3, 1] / grid.spacing_mm[1])
    dataset.ImagePositionPatient = [decimal(v) for v in position]
    dataset.SliceLocation = decimal(float(normal @ position))


def _pixels(
    dataset: Dataset,
    voxels: NDArray[np.float32] | NDArray[np.int16],
    modality: str,
    given: float | None,
) -> None:
    """Stored words with the rescale that the file will state, so that rounding it changes nothing."""
    slope, intercept = "1", str(CT_INTERCEPT)
    if modality == "PT":
        top = float(np.abs(voxels).max())
        slope, intercept = decimal(given or (top / STORED_MAX if top > 0 else 1.0)), "0"
    stored = np.rint((voxels.astype(np.float64) - float(intercept)) / float(slope))
    dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept
    dataset.PixelData = np.clip(stored, -STORED_MAX - 1, STORED_MAX).astype("<i2").tobytes()
    dataset["PixelData"].VR = "OW"


def save(dataset: Dataset, path: Path) -> None:
    """Write one data set as a file of its SOP class and instance, Explicit VR Little Endian."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    dataset.file_meta = meta
    dataset.save_as(path, enforce_file_format=True)

"""Owns the meaning of one header: slices that can be stacked, a file of regions, or why it is set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydicom import uid as uids
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.header.alike import Alike
from atsmviewer.dicom.header.boundary import NATIVE, Header, Rejected, transfer_syntax
from atsmviewer.dicom.header.enhanced import OWN, common_facts, frame_acquired, own_facts
from atsmviewer.dicom.header.facts import acquired, facts_of, series_began
from atsmviewer.dicom.header.frames import Frames
from atsmviewer.dicom.header.kinds import ENHANCED, REGIONS, SLICES, modality
from atsmviewer.dicom.header.mapping import RealWorldMapping
from atsmviewer.dicom.header.person import patient
from atsmviewer.dicom.header.registration import REGISTRATIONS, Registration, registration
from atsmviewer.dicom.header.scaling import Scaling, mapping_of, rescale_type, scaling, scaling_by
from atsmviewer.dicom.header.tags import number, numbers, text, texts, whole
from atsmviewer.dicom.pixel.compressed import lossy
from atsmviewer.dicom.slices.geometry import Plane, plane
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.study import Patient

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_TRIGGERS = ("TriggerTime", "NominalCardiacTriggerDelayTime", "NominalRespiratoryTriggerDelayTime")
_OWN = frozenset(
    tag_for_keyword(keyword) or 0
    for keyword in (*OWN, *_TRIGGERS, "ImagePositionPatient", "TemporalPositionIndex")
)
"""What each frame has for itself."""
_NO_SLICE_TYPES = {"LOCALIZER", "SCREEN SAVE"}
"""Values of ImageType that mark a scout view or a picture of a screen (PS3.3 C.8.2.1.1.1)."""


@dataclass(frozen=True)
class Regions:
    """A file that holds regions: an RT Structure Set or a Segmentation."""

    path: Path


@dataclass(frozen=True)
class Mapped:
    """A file that maps other images' stored values: a Real World Value Mapping object."""

    path: Path


@dataclass(frozen=True, eq=False)
class Instance:
    """One slice: identity, place, time, rescale, and for PET its facts; no voxels.

    ``frame`` counts from 0 in a multi-frame file and is None in a file of one slice.
    """

    path: Path
    uid: str
    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    modality: str
    description: str
    number: int | None
    plane: Plane
    patient: Patient
    acquired: datetime | None
    series_began: datetime | None
    trigger_ms: float | None
    rescale: tuple[float, float]
    bytes_per_voxel: int
    facts: PetFacts | None
    declared_slices: int | None
    frame: int | None = None
    lossy: str = ""
    """Compression that changed its pixels, see :func:`atsmviewer.dicom.pixel.compressed.lossy`."""
    temporal: int | None = None
    """TemporalPositionIndex (0020,9128) of a frame."""
    gated: bool = False
    """Whether its series is of gates (SeriesType GATED)."""
    rescale_type: str = ""
    """What a CT's values are where its header says it (0028,1054): "HU", "Z_EFF"; "" in others."""

    @property
    def moment(self) -> tuple[object, ...]:
        """What tells two slices at one place apart: start, frame reference, trigger, temporal position."""
        reference = self.facts.slices[0].frame_reference_s if self.facts else None
        return self.acquired, reference, self.trigger_ms, self.temporal


class _Common(NamedTuple):
    """What frames may have alike: fields of an instance, a plane at the origin, and the facts of a PET."""

    fields: dict[str, Any]
    plane: Plane | None
    facts: PetFacts | None

    @property
    def identified(self) -> bool:
        """Whether it says which instance of which series it is."""
        return bool(self.fields["uid"] and self.fields["series_uid"])


def instances(header: Header) -> tuple[Instance, ...] | Regions | Mapped | Registration | Rejected:
    """What one header is; of a multi-frame file one instance per frame, or none where one is unusable."""
    dataset = header.dataset
    kind = text(dataset, "SOPClassUID") or ""
    if kind in REGIONS:
        return Regions(header.path)
    if kind == uids.RealWorldValueMappingStorage:
        return Mapped(header.path)
    if kind in REGISTRATIONS:
        return registration(header)
    refused = _no_slice(kind, header) or _no_pixels(header)
    if refused is not None:
        return Rejected(header.path, *refused)
    if kind not in ENHANCED:
        one = _instance(header, dataset)
        return one if isinstance(one, Rejected) else (one,)
    try:
        return _frames(header)
    except ReviewError as error:
        return Rejected(header.path, error.code, error.what)


def _frames(header: Header) -> tuple[Instance, ...] | Rejected:
    frames = Frames(header.dataset)
    alike = Alike(partial(_frames_common, header), _OWN)
    found: list[Instance] = []
    for frame in range(len(frames)):
        check()
        one = _frame(header, frames, frame, alike)
        if isinstance(one, Rejected):
            return Rejected(one.path, one.code, f"Frame {frame + 1}: {one.what}")
        found.append(one)
    return tuple(found)


def _frame(
    header: Header, frames: Frames, frame: int, alike: Alike[RealWorldMapping | None, _Common]
) -> Instance | Rejected:
    """One frame: what it has for itself, the rest as all frames have it that say the same there."""
    own = frames.own(frame)
    dataset = frames.header(own)
    mapping = mapping_of(dataset)
    unit = None if mapping is None else RealWorldMapping(1.0, 0.0, mapping.unit, 0.0, 0.0)
    common = alike.of(own, unit, lambda: frames.header(own, _OWN))
    where, scaled = _placed(common.plane, dataset), scaling_by(dataset, mapping)
    if where is None or scaled is None or not common.identified:
        return _unusable(header.path, where, scaled)
    began = frame_acquired(dataset)
    return Instance(
        **common.fields,
        plane=where,
        rescale=(scaled.slope, scaled.intercept),
        acquired=began,
        trigger_ms=_trigger_ms(dataset),
        facts=None if common.facts is None else own_facts(common.facts, dataset, began, scaled),
        frame=frame,
        temporal=whole(dataset, "TemporalPositionIndex"),
    )


def _frames_common(header: Header, dataset: Dataset, unit: RealWorldMapping | None) -> _Common:
    """What frames have alike, of a header without what each has for itself; ``unit`` is its mapping's."""
    return _common(header, dataset, lambda: common_facts(dataset, unit))


def _instance(header: Header, dataset: Dataset) -> Instance | Rejected:
    """The slice of a file of one slice."""
    common = _common(header, dataset, lambda: facts_of(dataset))
    where, scaled = _placed(common.plane, dataset), scaling(dataset)
    if where is None or scaled is None or not common.identified:
        return _unusable(header.path, where, scaled)
    return Instance(
        **common.fields,
        plane=where,
        rescale=(scaled.slope, scaled.intercept),
        acquired=acquired(dataset),
        trigger_ms=_trigger_ms(dataset),
        facts=common.facts,
        temporal=whole(dataset, "TemporalPositionIndex"),
    )


def _common(header: Header, dataset: Dataset, facts: Callable[[], PetFacts]) -> _Common:
    """What frames have alike, with the ``facts`` of a PET."""
    lost = lossy(header.dataset, transfer_syntax(header.dataset))
    kind = modality(text(dataset, "SOPClassUID")) or ""
    fields = {
        "path": header.path,
        "uid": text(dataset, "SOPInstanceUID") or "",
        "series_uid": text(dataset, "SeriesInstanceUID") or "",
        "study_uid": text(dataset, "StudyInstanceUID") or "",
        "frame_of_reference_uid": text(dataset, "FrameOfReferenceUID") or "",
        "modality": kind,
        "description": text(dataset, "SeriesDescription") or "",
        "number": whole(dataset, "SeriesNumber"),
        "patient": patient(dataset),
        "series_began": series_began(dataset),
        "bytes_per_voxel": _bytes_per_voxel(dataset),
        "lossy": lost,
        "declared_slices": whole(dataset, "NumberOfSlices"),
        "rescale_type": rescale_type(dataset),
        "gated": texts(dataset, "SeriesType")[:1] == ("GATED",),
    }
    size = whole(dataset, "Rows") or 0, whole(dataset, "Columns") or 0
    cosines, spacing_mm = numbers(dataset, "ImageOrientationPatient"), numbers(dataset, "PixelSpacing")
    there = plane((0.0, 0.0, 0.0), cosines, spacing_mm, size)
    return _Common(fields, there, replace(facts(), lossy=lost) if kind == "PT" else None)


def _placed(there: Plane | None, dataset: Dataset) -> Plane | None:
    """A plane at the position that a header says."""
    position = numbers(dataset, "ImagePositionPatient")
    return replace(there, position_mm=position) if there is not None and len(position) == 3 else None


def _unusable(path: Path, where: Plane | None, scaled: Scaling | None) -> Rejected:
    if where is None:
        return Rejected(path, "NO_GEOMETRY", "Its position, orientation or pixel spacing is not usable.")
    if scaled is None:
        return Rejected(path, "NO_RESCALE", "It has no rescale slope and intercept.")
    return Rejected(path, "NO_IDENTITY", "It has no SOP or series instance UID.")


def _trigger_ms(dataset: Dataset) -> float | None:
    """How long after the trigger a gate begins, as classic or Enhanced objects say it."""
    said = (number(dataset, keyword) for keyword in _TRIGGERS)
    return next((ms for ms in said if ms is not None), None)


def _no_slice(kind: str, header: Header) -> tuple[str, str] | None:
    """Why an object of this kind is no slice of a volume, or None."""
    dataset = header.dataset
    types = {value.upper() for value in texts(dataset, "ImageType")}
    if text(dataset.file_meta, "MediaStorageSOPClassUID") == uids.MediaStorageDirectoryStorage:
        return "DICOMDIR", "It is an index of a disc; the files are read themselves."
    if kind.startswith(_SECONDARY_CAPTURE):
        return "SECONDARY_CAPTURE", "It is a secondary capture, a picture of a screen."
    if kind not in SLICES and kind not in ENHANCED:
        return (
            "KIND_UNUSED",
            f"It is no PET, CT or MR slice but {uids.UID(kind).name or 'of no stated kind'}.",
        )
    if types & _NO_SLICE_TYPES:
        return "LOCALISER", f"Its image type is {', '.join(sorted(types & _NO_SLICE_TYPES))}."
    if kind in SLICES and (whole(dataset, "NumberOfFrames") or 1) > 1:
        return "ENHANCED_NOT_YET", "Several frames in one classic object are not read in this version."
    return None


def _no_pixels(header: Header) -> tuple[str, str] | None:
    """Why the pixels of a slice cannot be what the header says, or None."""
    dataset = header.dataset
    if header.pixels_at is None:
        return "NO_PIXELS", "It has a header but no pixel data."
    if (whole(dataset, "SamplesPerPixel") or 1) != 1:
        return "COLOUR", "It is a colour picture."
    frame = (whole(dataset, "Rows") or 0) * (whole(dataset, "Columns") or 0) * _bytes_per_voxel(dataset)
    needed = frame * max(whole(dataset, "NumberOfFrames") or 1, 1)
    if transfer_syntax(dataset) in NATIVE and header.size_bytes < header.pixels_at + 8 + needed:
        return "TRUNCATED", "It ends before its last pixel."
    return None


def _bytes_per_voxel(dataset: Dataset) -> int:
    return ((whole(dataset, "BitsAllocated") or 16) + 7) // 8

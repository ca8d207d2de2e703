"""Owns the long way to frames: pydicom parses every group, each frame gets a whole header of its own."""

from __future__ import annotations

from dataclasses import replace

from pydicom.dataset import Dataset

from atsmviewer.dicom.header.boundary import Header, Rejected
from atsmviewer.dicom.header.enhanced import common_facts, frame_acquired, own_facts
from atsmviewer.dicom.header.kinds import modality
from atsmviewer.dicom.header.scaling import mapping_of, scaling
from atsmviewer.dicom.header.tags import items, number, numbers, text, whole
from atsmviewer.dicom.slices.geometry import plane
from atsmviewer.model.facts import PetFacts

GROUPS = (
    "UnassignedSharedConvertedAttributesSequence",
    "UnassignedPerFrameConvertedAttributesSequence",
    "FrameContentSequence",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "PETFrameCorrectionFactorsSequence",
    "SegmentIdentificationSequence",
    "CardiacSynchronizationSequence",
    "RespiratorySynchronizationSequence",
)
TRIGGERS = ("TriggerTime", "NominalCardiacTriggerDelayTime", "NominalRespiratoryTriggerDelayTime")


def slow_headers(dataset: Dataset) -> list[Dataset]:
    """What all frames share, and over it each frame's own, in the order of the groups."""
    shared = Dataset()
    for element in dataset.elements():
        if element.tag.group != 0x7FE0:
            shared[element.tag] = element
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "NumberOfFrames"):
        shared.pop(name, None)
    for group in items(dataset, "SharedFunctionalGroupsSequence")[:1]:
        _put(shared, group)
    headers = []
    for group in items(dataset, "PerFrameFunctionalGroupsSequence"):
        header = Dataset()
        header.update(shared)
        _put(header, group)
        headers.append(header)
    return headers


def _put(header: Dataset, group: Dataset) -> None:
    for keyword in GROUPS:
        for item in items(group, keyword)[:1]:
            header.update(item)
    if items(group, "RealWorldValueMappingSequence"):
        header["RealWorldValueMappingSequence"] = group["RealWorldValueMappingSequence"]


def slow_fields(header: Header, dataset: Dataset) -> dict[str, object] | Rejected:
    """What a frame has for itself, and of what all have alike that which a frame may say otherwise."""
    where = plane(
        numbers(dataset, "ImagePositionPatient"),
        numbers(dataset, "ImageOrientationPatient"),
        numbers(dataset, "PixelSpacing"),
        (whole(dataset, "Rows") or 0, whole(dataset, "Columns") or 0),
    )
    scaled = scaling(dataset)
    if where is None:
        return Rejected(header.path, "NO_GEOMETRY", "")
    if scaled is None:
        return Rejected(header.path, "NO_RESCALE", "")
    facts: PetFacts | None = None
    if modality(text(dataset, "SOPClassUID")) == "PT":
        facts = common_facts(dataset, mapping_of(dataset))
        facts = replace(own_facts(facts, dataset, frame_acquired(dataset), scaled), lossy="")
    triggers = [ms for ms in (number(dataset, name) for name in TRIGGERS) if ms is not None]
    return {
        "uid": text(dataset, "SOPInstanceUID"),
        "series_uid": text(dataset, "SeriesInstanceUID"),
        "frame_of_reference_uid": text(dataset, "FrameOfReferenceUID") or "",
        "description": text(dataset, "SeriesDescription") or "",
        "number": whole(dataset, "SeriesNumber"),
        "plane": where,
        "acquired": frame_acquired(dataset),
        "trigger_ms": triggers[0] if triggers else None,
        "rescale": (scaled.slope, scaled.intercept),
        "facts": facts,
        "temporal": whole(dataset, "TemporalPositionIndex"),
    }

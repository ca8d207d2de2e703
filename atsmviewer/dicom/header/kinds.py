"""Owns which SOP classes are images here, and of which modality; the Modality text does not decide."""

from __future__ import annotations

from pydicom import uid as uids

SLICES = {
    uids.PositronEmissionTomographyImageStorage: "PT",
    uids.CTImageStorage: "CT",
    uids.MRImageStorage: "MR",
}
"""Classic objects of one frame."""
ENHANCED = {
    uids.EnhancedPETImageStorage: "PT",
    uids.LegacyConvertedEnhancedPETImageStorage: "PT",
    uids.EnhancedCTImageStorage: "CT",
    uids.LegacyConvertedEnhancedCTImageStorage: "CT",
    uids.EnhancedMRImageStorage: "MR",
    uids.LegacyConvertedEnhancedMRImageStorage: "MR",
}
"""Multi-frame objects with functional groups."""
REGIONS = {uids.RTStructureSetStorage, uids.SegmentationStorage}
"""Objects that hold regions."""


def modality(kind: str | None) -> str | None:
    """The modality of an image's SOP class; None for what is no image here."""
    return SLICES.get(uids.UID(kind or "")) or ENHANCED.get(uids.UID(kind or ""))

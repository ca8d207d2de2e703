"""Owns what a NIfTI file is taken for, PET, CT, MR or regions, and the sentence that says why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from atsmviewer.dicom.nifti.file import NiftiFile
from atsmviewer.dicom.nifti.values import Values

REGIONS = "regions"
AIR_HU = -200.0
"""A CT holds air, far below this; PET and MR hold no such values."""

_INTENT_LABEL = 1002
"""NIFTI_INTENT_LABEL of the NIfTI-1 standard."""
_MODALITIES = {"PT": "PT", "PET": "PT", "CT": "CT", "MR": "MR", "MRI": "MR"}
_SUFFIXES = {
    **dict.fromkeys(("pet", "suv"), "PT"),
    "ct": "CT",
    **dict.fromkeys(("t1w", "t2w", "flair", "pdw", "t2star", "inplanet1", "inplanet2", "unit1"), "MR"),
    **dict.fromkeys(("mask", "dseg", "probseg", "seg", "label", "labels", "roi", "rois"), REGIONS),
}
"""Last part of a name after "_", as BIDS writes it, and what it says."""
_WORDS = {
    **dict.fromkeys(("pet", "pt", "suv", "suvbw"), "PT"),
    **dict.fromkeys(("ct", "ctac", "cbct", "ldct"), "CT"),
    **dict.fromkeys(("mr", "mri", "t1", "t2", "t1w", "t2w", "flair"), "MR"),
}
_NAMES = {"PT": "PET", "CT": "CT", "MR": "MR", REGIONS: "regions"}


@dataclass(frozen=True)
class Taken:
    """Modality "PT", "CT" or "MR", or ``REGIONS``; ``why`` is a sentence."""

    kind: str
    why: str


def taken_for(stem: str, stated: str | None, file: NiftiFile, values: Values) -> Taken:
    """What a file is taken for; ``stated`` is the modality that its side-car says, if it has one.

    In this order: what the side-car says; an intent of labels; only 0 and 1: a mask; the last part of the
    name as BIDS writes it ("_pet"); whole numbers from 0 on, 0 the commonest and few: labels; the words
    of the name, where they name one thing; values below -200: a CT; else a PET, which is
    what this program reads.
    """
    if stated:
        return _taken(_MODALITIES[stated], "its side-car says so")
    if file.intent == _INTENT_LABEL:
        return _taken(REGIONS, "its header says that it holds labels")
    if set(values.different) <= {0.0, 1.0} and values.different:
        return _taken(REGIONS, "its voxels are only 0 and 1")
    suffix = re.split(r"[_.]", stem.lower())[-1]
    if suffix in _SUFFIXES and "_" in stem:
        return _taken(_SUFFIXES[suffix], f"its name ends in _{suffix}")
    if _is_labels(values):
        few = f"its voxels are {len(values.different)} different whole numbers, most of them 0"
        return _taken(REGIONS, f'{few}; an image of such values is told by a side-car with "Modality"')
    named = {_WORDS[word] for word in _words(stem) if word in _WORDS}
    if len(named) == 1:
        return _taken(named.pop(), "its name says so")
    if values.least < AIR_HU:
        return _taken("CT", "it has values below −200, as only a CT has")
    return _taken("PT", 'nothing says what it is; a side-car with "Modality" would')


def modality(text: str) -> str | None:
    """A modality as a side-car writes it, in the keys of this module, else None."""
    return text.upper() if text.upper() in _MODALITIES else None


def _taken(kind: str, why: str) -> Taken:
    return Taken(kind, f"NIfTI, taken for {_NAMES[kind]}: {why}.")


def _is_labels(values: Values) -> bool:
    """Regions lie in a background of 0 that is most of the file; a digital phantom may have no 0 at all."""
    return len(values.different) > 1 and values.different[0] == 0 and values.zeros > 0.5


def _words(stem: str) -> list[str]:
    """The words of a name in lower case: "Mouse_CT" and "ctRes" as ct, "PETonCT" as pet and ct."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=PET)(?=[a-z])|(?<=CT)(?=[a-z])", " ", stem)
    return re.findall(r"[a-z]+[0-9]*[a-z]*", apart.lower().replace("petct", "pet ct"))

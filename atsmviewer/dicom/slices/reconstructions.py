"""Owns the telling apart of reconstructions, echoes or the like that share one series UID (R37)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from atsmviewer.dicom.header.boundary import Rejected, read_header
from atsmviewer.dicom.header.tags import texts
from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.dicom.slices.places import Places, of_moments
from atsmviewer.model.errors import Refusal

MADE_BY = {
    "ImageType": "image type",
    "CorrectedImage": "corrections",
    "ReconstructionMethod": "reconstruction",
    "ConvolutionKernel": "kernel",
    "EchoTime": "echo time",
    "ImageID": "image",
}
"""Elements that differ between reconstructions of one acquisition, and the word for each."""


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """The slices of one of several reconstructions, under a series UID of their own; ``note`` says so.

    That UID is the DICOM one, "#" and eight letters made of what tells the reconstruction from others:
    the same whichever of them are there, and no UID of another series.
    """

    slices: tuple[Instance, ...]
    note: str


def reconstructions(places: Places) -> list[Reconstruction] | Refusal:
    """The reconstructions that slices of one place and time belong to; "DUPLICATE_DIFFERS" where none tell.

    One element of ``MADE_BY`` must tell them apart everywhere, or all of them together.
    """
    members = [one for place in places for one in place]
    made = {id(one): values for one, values in zip(members, map(_made, members), strict=True)}
    for columns in (*((k,) for k in range(len(MADE_BY))), tuple(range(len(MADE_BY)))):
        parts: dict[tuple[str, ...], list[Instance]] = defaultdict(list)
        for one in members:
            parts[tuple(made[id(one)][k] for k in columns)].append(one)
        if 1 < len(parts) <= max(map(len, places)) and _apart(places, parts.values()):
            return [_named(value, columns, parts[value], len(parts)) for value in sorted(parts)]
    what = "Its series has different slices at one place and one time."
    return Refusal("DUPLICATE_DIFFERS", what, "Export the series again, one slice per place.")


def _made(one: Instance) -> tuple[str, ...]:
    """How a slice was made, a text for each of ``MADE_BY``; empty where the header is silent."""
    header = read_header(one.path)
    if isinstance(header, Rejected):
        return ("",) * len(MADE_BY)
    return tuple(" ".join(texts(header.dataset, keyword)) for keyword in MADE_BY)


def _apart(places: Places, parts: Collection[list[Instance]]) -> bool:
    """Whether no part has two slices of one place and time."""
    part_of = {id(one): k for k, part in enumerate(parts) for one in part}
    return all(
        len({part_of[id(one)] for one in at_once}) == len(at_once)
        for place in places
        for at_once in of_moments(place).values()
    )


def _named(
    value: tuple[str, ...], columns: tuple[int, ...], slices: list[Instance], count: int
) -> Reconstruction:
    names = list(MADE_BY.values())
    words = ", ".join(f"{names[k]} {text or 'not stated'}" for k, text in zip(columns, value, strict=True))
    mark = hashlib.sha256("\n".join(value).encode()).hexdigest()[:8]
    uid = slices[0].series_uid
    note = f"Series {uid} holds {count} reconstructions; this is the one with {words}."
    own = (
        replace(one, series_uid=f"{uid}#{mark}", description=f"{one.description} ({words})".strip())
        for one in slices
    )
    return Reconstruction(tuple(own), note)

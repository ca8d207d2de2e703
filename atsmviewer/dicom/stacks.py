"""Owns how slices become series: one stack each, copies and time frames told apart, the rest set aside."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from atsmviewer.dicom.boundary import Rejected, read_whole
from atsmviewer.dicom.facts import merge
from atsmviewer.dicom.found import Found
from atsmviewer.dicom.geometry import Stacking, alike, stack
from atsmviewer.dicom.instance import Instance
from atsmviewer.dicom.pixels import frame_bytes
from atsmviewer.model.errors import Refusal, ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Grid
from atsmviewer.model.study import Series

SAME_PLACE_MM = 1e-3
"""Slices closer than this along the normal are at one place."""


def series_of(instances: Iterable[Instance]) -> tuple[list[Found], list[Rejected]]:
    """Each series as a Found, or each of its files as Rejected; the order of ``instances`` is irrelevant."""
    by_series: dict[str, list[Instance]] = defaultdict(list)
    for one in sorted(instances, key=lambda i: (i.uid, str(i.path), i.frame or 0)):
        by_series[one.series_uid].append(one)
    found: list[Found] = []
    rejected: list[Rejected] = []
    for members in by_series.values():
        result, aside = _series(members)
        rejected += aside
        if result is not None:
            found.append(result)
    used = {file for one in found for file in one.files}
    # A multi-frame file has many instances; it is told once, and not as rejected where some of it is used.
    once = {(r.path, r.code): r for r in rejected if r.path not in used}
    return found, list(once.values())


def _series(members: list[Instance]) -> tuple[Found | None, list[Rejected]]:
    if len({(m.patient.id, m.study_uid) for m in members}) > 1:
        refusal = Refusal(
            "TWO_PATIENTS", "Its series mixes two patients or studies.", "Sort the files first."
        )
        return None, _all(members, refusal)
    chosen, others = _largest_stack(members)
    if isinstance(chosen, Refusal):
        return None, _all(members, chosen)
    aside = _all(others, Refusal("OTHER_STACK", "Orientation, size or spacing differ from its series.", ""))
    kept, duplicates = _one_per_place(chosen)
    if isinstance(kept, Refusal):
        return None, aside + _all(chosen, kept)
    placed = stack([k.plane for k in kept], _frame_of_reference(kept[0]))
    aside += _all(duplicates, Refusal("DUPLICATE", "It is an identical copy of another slice.", ""))
    if isinstance(placed, Refusal):
        return None, aside + _all(kept, placed)
    notes = _notes(kept, placed, len(others), len(duplicates))
    return _found([kept[i] for i in placed.order], placed, notes), aside


def _all(members: Sequence[Instance], why: Refusal) -> list[Rejected]:
    return [Rejected(m.path, why.code, f"{why.what} {why.remedy}".strip()) for m in members]


def _largest_stack(members: list[Instance]) -> tuple[list[Instance] | Refusal, list[Instance]]:
    """The stack with most slices and the slices of the others; no choice is made between equals."""
    stacks: list[list[Instance]] = []
    for one in members:
        home = next((s for s in stacks if _one_stack(s[0], one)), None)
        if home is None:
            stacks.append([one])
        else:
            home.append(one)
    stacks.sort(key=len, reverse=True)
    if len(stacks) > 1 and len(stacks[0]) == len(stacks[1]):
        what = f"Its series holds {len(stacks)} stacks of different orientation or size."
        return Refusal("STACKS_AMBIGUOUS", what, "Export each stack as its own series."), []
    return stacks[0], [one for other in stacks[1:] for one in other]


def _one_stack(a: Instance, b: Instance) -> bool:
    return (
        a.modality == b.modality
        and a.frame_of_reference_uid == b.frame_of_reference_uid
        and alike(a.plane, b.plane)
    )


def _one_per_place(members: list[Instance]) -> tuple[list[Instance] | Refusal, list[Instance]]:
    """One slice per place and the identical copies; differing slices at one place are refused (R37)."""
    first = members[0].plane
    offsets_mm = [m.plane.offset_mm(first) for m in members]
    places: list[list[Instance]] = []
    began_mm = -math.inf
    for k in sorted(range(len(members)), key=offsets_mm.__getitem__):
        if offsets_mm[k] - began_mm < SAME_PLACE_MM:
            places[-1].append(members[k])
        else:
            places.append([members[k]])
            began_mm = offsets_mm[k]
    crowded = [p for p in places if len(p) > 1]
    if any(len({m.moment for m in p}) > 1 for p in crowded):
        what = "Its series has several time frames at one place."
        return Refusal("DYNAMIC_NOT_YET", what, "Dynamic and gated series are not read in this version."), []
    contents = _contents([m for p in crowded for m in p])
    if any(len({contents[id(m)] for m in p}) > 1 for p in crowded):
        what = "Its series has different slices at one place and one time."
        return Refusal("DUPLICATE_DIFFERS", what, "Export the series again, one slice per place."), []
    return [p[0] for p in places], [m for p in crowded for m in p[1:]]


def _contents(members: Sequence[Instance]) -> dict[int, tuple[object, ...]]:
    """What two copies of a slice must share: place, rescale, facts and every pixel; unreadable is unlike."""
    found: dict[int, tuple[object, ...]] = {}
    for path, of_file in groupby(sorted(members, key=lambda m: m.path), key=lambda m: m.path):
        try:
            dataset = read_whole(path)
        except ReviewError:
            found |= {id(m): (path, m.frame) for m in of_file}
            continue
        for m in of_file:
            found[id(m)] = m.plane, m.rescale, m.facts, hashlib.sha256(frame_bytes(dataset, m.frame)).digest()
    return found


def _frame_of_reference(one: Instance) -> str:
    """The frame of reference, or where it is absent the series' own UID, which nothing else can share."""
    return one.frame_of_reference_uid or one.series_uid


def _found(kept: list[Instance], placed: Stacking, notes: tuple[str, ...]) -> Found:
    first = kept[0]
    facts = [k.facts for k in _with_gaps(kept, placed.gaps) if k.facts is not None]
    merged = _sized(merge(facts), placed.grid) if facts else None
    corrections = merged.corrected_image if merged else None
    moments = [k.acquired for k in kept if k.acquired is not None]
    started = min(moments, key=lambda m: m.replace(tzinfo=None)) if moments else first.series_began
    if merged is not None and merged.inconsistent:
        notes += (f"Slices disagree on {', '.join(merged.inconsistent)}.",)
    series = Series(
        uid=first.series_uid,
        study_uid=first.study_uid,
        modality=first.modality,
        description=first.description,
        number=first.number,
        grid=placed.grid,
        when=started,
        attenuation_corrected=None if corrections is None else "ATTN" in corrections,
    )
    return Found(
        series=series,
        files=tuple(k.path for k in kept),
        patient=first.patient,
        facts=merged,
        instance_uids=tuple(k.uid for k in kept),
        frames=tuple(k.frame for k in kept),
        gaps=placed.gaps,
        notes=notes,
    )


def _sized(facts: PetFacts, grid: Grid) -> PetFacts:
    """The facts with the size of the image, which tells an animal's scan from a patient's (R14)."""
    low, high = grid.extent_mm
    return replace(facts, field_of_view_mm=float((high - low)[:2].max()), voxel_mm=min(grid.spacing_mm))


def _with_gaps(kept: list[Instance], gaps: tuple[int, ...]) -> list[Instance]:
    """One instance per slice index of the grid; a gap repeats the instance before it."""
    filled: list[Instance] = []
    remaining = iter(kept)
    for index in range(len(kept) + len(gaps)):
        filled.append(filled[-1] if index in gaps else next(remaining))
    return filled


def _notes(kept: list[Instance], placed: Stacking, others: int, duplicates: int) -> tuple[str, ...]:
    declared = kept[0].declared_slices
    said = {
        f"Slices missing inside: {len(placed.gaps)}; volumes across them are withheld.": placed.gaps,
        "The slices are sheared (tilted gantry); the true geometry is kept.": placed.tilted,
        f"Slices set aside for another orientation, size or spacing: {others}.": others,
        f"Identical copies of slices dropped: {duplicates}.": duplicates,
        "It has no frame of reference; positions compare only inside this series.": (
            not kept[0].frame_of_reference_uid
        ),
        f"Slices announced by the header: {declared}; found: {len(kept)}.": (
            declared is not None and declared > len(kept)
        ),
    }
    return tuple(sentence for sentence, true in said.items() if true)

"""Owns how slices become series: one stack each, in one or more time frames, the rest set aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.facts import merge
from atsmviewer.dicom.header.scaling import values_of
from atsmviewer.dicom.slices.geometry import Stacking, spread, stack
from atsmviewer.dicom.slices.imageindex import by_image_index
from atsmviewer.dicom.slices.instance import Instance
from atsmviewer.dicom.slices.midnight import past_midnight
from atsmviewer.dicom.slices.places import Places, beside, of_moments, places_of, without_copies
from atsmviewer.dicom.slices.reconstructions import Reconstruction, reconstructions
from atsmviewer.dicom.slices.timeframes import TimeFrame, time_frames, untold_gates
from atsmviewer.dicom.slices.together import stacks_of
from atsmviewer.model.errors import Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Grid
from atsmviewer.model.study import Series


def series_of(instances: Iterable[Instance]) -> tuple[list[Found], list[Rejected]]:
    """Each series as a Found, or each of its files as Rejected; the order of ``instances`` is irrelevant."""
    by_series: dict[str, list[Instance]] = defaultdict(list)
    for one in sorted(instances, key=lambda i: (i.uid, str(i.path), i.frame or 0)):
        by_series[one.series_uid].append(one)
    found: list[Found] = []
    rejected: list[Rejected] = []
    for members in by_series.values():
        made, aside = _series(members)
        found += made
        rejected += aside
    used = {file for one in found for file in one.files}
    # A multi-frame file has many instances; it is told once, and not as rejected where some of it is used.
    once = {(r.path, r.code): r for r in rejected if r.path not in used}
    return found, list(once.values())


def _series(members: list[Instance]) -> tuple[list[Found], list[Rejected]]:
    """The frames of one series of one study, or of each of its reconstructions, and what was set aside."""
    if _of_several(members):
        refusal = Refusal(
            "TWO_PATIENTS", "Its series mixes two patients or studies.", "Sort the files first."
        )
        return [], _all(members, refusal)
    chosen, others = _largest_stack(members)
    if isinstance(chosen, Refusal):
        return [], _all(members, chosen)
    chosen, moved = past_midnight(chosen)
    aside = _all(others, Refusal("OTHER_STACK", "Orientation, size or spacing differ from its series.", ""))
    places, copies = without_copies(places_of(chosen))
    twins = _all(copies, Refusal("DUPLICATE", "It is an identical copy of another slice.", ""))
    notes = _set_aside(len(others), len(copies), moved)
    crowded = [place for place in places if len(place) > 1]
    unlike = any(len(twins) > 1 for place in crowded for twins in of_moments(place).values())
    told = by_image_index(places) if unlike or any(map(untold_gates, places)) else places
    told = told or (None if unlike else places)
    made = None if told is None else _framed(told, notes)
    if made is None or (isinstance(made, Refusal) and made.code == "FRAMES_OVERLAP"):
        parts = reconstructions(places)
        if isinstance(parts, Refusal):
            return [], aside + _all(chosen, made or parts)
        found, lost = _reconstructed(parts, notes)
        return found, aside + twins + lost
    if isinstance(made, Refusal):
        return [], aside + _all(chosen, made)
    return made[0], aside + twins + made[1]


def _of_several(members: Sequence[Instance]) -> bool:
    """Whether slices name two patients or studies; a birth date that one leaves out is none of another."""
    births = {m.patient.birth_date for m in members} - {None}
    return len({(m.patient.id, m.study_uid) for m in members}) > 1 or len(births) > 1


def _reconstructed(
    parts: Sequence[Reconstruction], notes: tuple[str, ...]
) -> tuple[list[Found], list[Rejected]]:
    """Each reconstruction as a series of its own."""
    found: list[Found] = []
    aside: list[Rejected] = []
    for part in parts:
        made = _framed(places_of(part.slices), (part.note, *notes))
        if isinstance(made, Refusal):
            aside += _all(part.slices, made)
        else:
            found += made[0]
            aside += made[1]
    return found, aside


def _framed(places: Places, notes: tuple[str, ...]) -> tuple[list[Found], list[Rejected]] | Refusal:
    """The time frames of slices no two of which share place and time; one that lacks half is set aside."""
    if (refusal := beside(places)) is not None:
        return refusal
    frames = time_frames(places)
    if isinstance(frames, Refusal):
        return frames
    planes, space = [p[0].plane for p in places], _frame_of_reference(places[0][0])
    placed = stack(planes, space)
    if isinstance(placed, Refusal) and placed.code == "GEOMETRY_IRREGULAR":
        placed = spread(planes, space)
    if isinstance(placed, Refusal):
        return placed
    needed = len(places) if placed.irregular else len(places) / 2
    whole = [f for f in frames if len(f.there) >= needed]
    if not whole:
        what = "Each of its time frames lacks slices."
        return Refusal("FRAMES_INCOMPLETE", what, "Export the whole series, every slice of every time frame.")
    lacking = [_lacking(f, frames) for f in frames if len(f.there) < needed]
    notes += _notes(places, placed, whole) + tuple(why.what for _, why in lacking)
    began = _earliest(frames) if len(frames) > 1 else None
    found = _all_found(whole, placed, notes, began)
    if short := _lacks(places, frames):
        found = [_short(one, short) for one in found]
    return found, [told for frame, why in lacking for told in _all(frame.there, why)]


def _lacks(places: Places, frames: Sequence[TimeFrame]) -> str:
    """As "12 of 531 slices" where the header announces more; one may count those of all time frames."""
    declared, here = places[0][0].declared_slices, len(places)
    if declared is None or declared <= here or declared == sum(len(f.there) for f in frames):
        return ""
    return f"{here} of {declared} slices"


def _short(found: Found, lacking: str) -> Found:
    facts = None if found.facts is None else replace(found.facts, lacking=lacking)
    return replace(found, facts=facts, series=replace(found.series, lacking=lacking))


def _lacking(frame: TimeFrame, frames: Sequence[TimeFrame]) -> tuple[TimeFrame, Refusal]:
    begun = "" if frame.began is None else f", begun {frame.began:%H:%M:%S},"
    has = f"has {len(frame.there)} of {len(frame.slices)} slices"
    what = f"Time frame {frames.index(frame) + 1} of {len(frames)}{begun} {has} and is set aside."
    return frame, Refusal("FRAMES_INCOMPLETE", what, "Export the whole series to see it.")


def _all(members: Sequence[Instance], why: Refusal) -> list[Rejected]:
    return [Rejected(m.path, why.code, f"{why.what} {why.remedy}".strip()) for m in members]


def _largest_stack(members: list[Instance]) -> tuple[list[Instance] | Refusal, list[Instance]]:
    """The stack with most slices and the slices of the others; no choice is made between equals."""
    stacks = stacks_of(members)
    stacks.sort(key=len, reverse=True)
    if len(stacks) > 1 and len(stacks[0]) == len(stacks[1]):
        what = f"Its series holds {len(stacks)} stacks of different orientation or size."
        return Refusal("STACKS_AMBIGUOUS", what, "Export each stack as its own series."), []
    return stacks[0], [one for other in stacks[1:] for one in other]


def _frame_of_reference(one: Instance) -> str:
    """The frame of reference, or where it is absent the series' own UID, which nothing else can share."""
    return one.frame_of_reference_uid or one.series_uid


def _all_found(
    frames: Sequence[TimeFrame], placed: Stacking, notes: tuple[str, ...], began: datetime | None
) -> list[Found]:
    """Each frame as a Found of the series; the series' own notes stand with the first.

    ``began`` is when the series of several frames did, those that are set aside among them (R6).
    """
    found = []
    for number, frame in enumerate(frames):
        entries = tuple(None if at is None else frame.slices[at] for at in placed.sources)
        own = notes if number == 0 else ()
        missing = sum(one is None for one in frame.slices)
        if missing and len(frames) > 1:
            own += (f"Frame {number + 1} of {len(frames)} lacks {missing} of its slices; no numbers there.",)
        one = _found(entries, placed, own, began)
        if number and frame.began is None:
            one = replace(one, series=replace(one.series, when=None))
        found.append(replace(one, frame=number, frame_count=len(frames), gate=frame.gate))
    return found


def _earliest(frames: Sequence[TimeFrame]) -> datetime | None:
    starts = [f.began for f in frames if f.began is not None]
    return min(starts, key=lambda m: m.replace(tzinfo=None)) if starts else None


def _found(
    entries: Sequence[Instance | None], placed: Stacking, notes: tuple[str, ...], began: datetime | None
) -> Found:
    """One frame; ``entries`` are its slices for each slice of the grid, ``began`` when the series did."""
    kept = [one for one in entries if one is not None]
    first = kept[0]
    facts = [one.facts for one in _without_gaps(entries) if one.facts is not None]
    merged = replace(_sized(merge(facts), placed.grid), series_acquired=began) if facts else None
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
        irregular=placed.irregular,
        lossy=next((k.lossy for k in kept if k.lossy), ""),
        values=values_of(k.rescale_type for k in kept),
    )
    return Found(
        series=series,
        files=tuple(k.path for k in kept),
        patient=first.patient,
        facts=merged,
        instance_uids=tuple(k.uid for k in kept),
        frames=tuple(k.frame for k in kept),
        gaps=tuple(index for index, one in enumerate(entries) if one is None),
        notes=notes,
    )


def _sized(facts: PetFacts, grid: Grid) -> PetFacts:
    """The facts with the size of the image, which tells an animal's scan from a patient's (R14)."""
    low, high = grid.extent_mm
    return replace(facts, field_of_view_mm=float((high - low)[:2].max()), voxel_mm=min(grid.spacing_mm))


def _without_gaps(entries: Sequence[Instance | None]) -> list[Instance]:
    """One instance per slice of the grid; a gap repeats the one before it, at the beginning the first."""
    before = next(one for one in entries if one is not None)
    filled = []
    for one in entries:
        before = before if one is None else one
        filled.append(before)
    return filled


def _set_aside(others: int, copies: int, moved: int) -> tuple[str, ...]:
    said = {
        f"Slices set aside for another orientation, size or spacing: {others}.": others,
        f"Identical copies of slices dropped: {copies}.": copies,
        f"Slices begun after midnight under the date before: {moved}; their reference times tell.": moved,
    }
    return tuple(sentence for sentence, true in said.items() if true)


def _notes(places: Places, placed: Stacking, frames: Sequence[TimeFrame]) -> tuple[str, ...]:
    first = places[0][0]
    declared, gates = first.declared_slices, any(f.gate for f in frames)
    kind = "Gates" if gates else "Time frames" if first.modality == "PT" else "Time points"
    others = "" if first.modality == "PT" else "; the first is shown"
    gaps = 0 if placed.irregular else len(placed.gaps)
    lost = next((one.lossy for place in places for one in place if one.lossy), "")
    said = {
        f"{kind}: {len(frames)}{others}.": len(frames) > 1,
        f"{placed.irregular} They are shown, not measured.": placed.irregular,
        f"Compression changed its pixels ({lost}).": lost,
        "Its values are modified HU (RescaleType HU_MOD).": first.rescale_type == "HU_MOD",
        f"Slices missing inside: {gaps}; volumes across them are withheld.": gaps,
        "The slices are sheared (tilted gantry); the true geometry is kept.": placed.tilted,
        "It has no frame of reference; positions compare only inside this series.": (
            not first.frame_of_reference_uid
        ),
        f"Slices announced by the header: {declared}; found: {len(places)}.": (
            declared is not None and declared > len(places)
        ),
    }
    return tuple(sentence for sentence, true in said.items() if true)

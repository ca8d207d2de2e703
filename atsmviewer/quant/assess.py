"""Owns the Assessment: every number that follows from a study and a session; pure, at two depths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import ref

from atsmviewer.model.assessment import Assessment, Depth, Missing, Number
from atsmviewer.model.choice import partnered
from atsmviewer.model.errors import Flag, Refusal, ReviewError
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Alignment, Override, Protocol, Session
from atsmviewer.model.study import Acquisition, Frame, Study
from atsmviewer.model.suv import Scale
from atsmviewer.model.version import __version__
from atsmviewer.quant.aligned import alignments_of, brought
from atsmviewer.quant.compared import NO_TUMOUR, compared, uncompared
from atsmviewer.quant.hounsfield import uneven_slices
from atsmviewer.quant.isocontour import OTHER_PET, apart_from
from atsmviewer.quant.kept import alive
from atsmviewer.quant.look import Found, Look
from atsmviewer.quant.measured import measured, unmeasured
from atsmviewer.quant.placement import placements
from atsmviewer.quant.plausible import plausibility
from atsmviewer.quant.reference import RATIO, Drawn
from atsmviewer.quant.sample import Sample
from atsmviewer.quant.suv import suv_scale, withheld_scale

ELSEWHERE = Missing(
    "rois",
    "other_frame",
    "The regions lie in another frame of reference than every PET here. Draw regions in this scan.",
)
TAKEN_OUT = (Role.PHYSIOLOGIC, Role.NECROSIS)
"""Roles that are taken out of every tumour of their frame of reference (R22)."""


def assess(study: Study, session: Session, depth: Depth = Depth.FULL) -> Assessment:
    """Every number of a session.

    LIVE leaves out what does not fit a frame and says so by Missing("computing"); every number that it
    gives is, bit for bit, that of FULL. Regions are measured where their frame of reference is the
    PET's, or an alignment leads there, the reader's before a registration's (R42); no value is ever taken
    from one acquisition or frame to another, and a reference region serves only the space that it was
    drawn in (R43). HU are of the CT that the session chose, else of the one that was paired.
    """
    study = partnered(study, session)
    found, placed = Found(provenance=_choices(session.protocol)), 0
    alignments = alignments_of(study, session)
    for acquisition in study.acquisitions:
        first, *further = ((f, frame_scale(acquisition, f, session)) for f in acquisition.frames)
        found.scales.append((acquisition.uid, first[1]))
        found.frame_scales += [(acquisition.uid, frame.number, scale) for frame, scale in further]
        known = len(found.flags)
        placed += _acquired(acquisition, (first, *further), session, depth, found, alignments)
        found.flags[known:] = [replace(f, acquisition_uid=acquisition.uid) for f in found.flags[known:]]
    if not session.rois:
        found.missing.append(NO_TUMOUR)
    elif not placed:
        found.missing.append(ELSEWHERE)
    return Assessment(
        depth=depth,
        scales=tuple(found.scales),
        frame_scales=tuple(found.frame_scales),
        rois=tuple(found.rois),
        ratios=tuple(found.ratios),
        hypoxic=tuple(found.hypoxic),
        muscles=tuple(found.muscles),
        evidence=tuple(found.evidence),
        hypoxic_total=_total(found),
        missing=tuple(dict.fromkeys(found.missing)),
        flags=tuple(dict.fromkeys(found.flags)),
        provenance=tuple(dict.fromkeys(found.provenance)),
        placements=tuple(found.placements),
    )


def frame_scale(acquisition: Acquisition, frame: Frame, session: Session) -> Scale:
    """The scale of one frame by its own facts and what the reader entered for the acquisition."""
    overrides = tuple(o for o in session.overrides if o.acquisition_uid == acquisition.uid)
    facts = frame.facts or acquisition.facts
    return scale_of(facts, overrides, acquisition.pet.grid.shape[0], session.protocol)


def scale_of(
    facts: PetFacts, overrides: tuple[Override, ...], slices: int, protocol: Protocol | None = None
) -> Scale:
    """The scale of one acquisition, remembered; an entry that cannot be read withholds SUV, nothing else.

    In SUVbw of a human where no protocol says otherwise.
    """
    chosen = protocol or Protocol()
    return _scale_of(ref(facts), overrides, slices, chosen.suv, chosen.species)


@lru_cache(maxsize=512)
def _scale_of(
    facts_ref: ref[PetFacts], overrides: tuple[Override, ...], slices: int, kind: str, species: str
) -> Scale:
    facts = alive(facts_ref)
    try:
        return suv_scale(facts, overrides, slices, kind, species)
    except ReviewError as error:
        why = Refusal(error.code, error.what, error.remedy)
        return withheld_scale(facts, why, slices, kind, species)


def _acquired(
    acquisition: Acquisition,
    scaled: Sequence[tuple[Frame, Scale]],
    session: Session,
    depth: Depth,
    found: Found,
    alignments: tuple[Alignment, ...],
) -> int:
    """Add the numbers of every frame of one acquisition, and answer how many regions lie in its space."""
    here, moved, refused = brought(session.rois, alignments, acquisition.frame_of_reference_uid)
    found.missing += refused
    placed, unplaced = placements(acquisition, alignments, here, moved)
    found.missing += unplaced
    found.placements += placed
    found.provenance += [(f"{acquisition.uid}.alignment.{k}", p.words) for k, p in enumerate(placed, 1)]
    for frame, scale in scaled:
        if frame.volume is None:
            found.missing.append(Missing("pet", "loading", "The PET's voxels are not read, or not yet."))
            continue
        known = len(found.flags)
        look = Look(acquisition, frame, frame.volume, scale, session.protocol, depth, alignments, moved)
        if here:
            _measure(look, here, found)
        if len(scaled) > 1:
            found.flags[known:] = [replace(f, frame=frame.number) for f in found.flags[known:]]
        if depth is Depth.FULL and frame is scaled[-1][0]:
            found.flags += _implausible(look, session)
    return len(here)


def _implausible(look: Look, session: Session) -> list[Flag]:
    """The doubt that the whole body casts on SUV, whatever kind of it is shown; of a human body only.

    Of a dynamic scan its last frame is asked: in the first ones the tracer may be still to come.
    """
    if session.protocol.species == "animal" or look.acquisition.pet.irregular:
        return []
    plain = replace(session, protocol=Protocol())
    doubt = plausibility(look.volume, frame_scale(look.acquisition, look.frame, plain))
    return [] if doubt is None else [doubt]


def _choices(protocol: Protocol) -> list[tuple[str, str]]:
    return [
        ("version", __version__),
        ("mask_rule", protocol.mask_rule),
        ("tm_threshold", f"{protocol.comparator} {protocol.tm_threshold!r}"),
        ("muscle", "volume-weighted mean of all muscle regions of the same frame"),
    ]


def _measure(look: Look, rois: Sequence[Roi], found: Found) -> None:
    """All numbers of the regions of one frame; none where its slices lie unevenly (R35, R36)."""
    found.provenance += _place(look)
    if look.acquisition.pet.irregular:
        why = Missing("tm_ratio", *uneven_slices(look.acquisition.pet))
        unmeasured(look, rois, why, found)
        uncompared(look, [roi for roi in rois if roi.role is Role.TUMOUR], why, found)
        return
    taken = [roi for roi in rois if roi.role in TAKEN_OUT]
    drawn: list[tuple[Roi, Sample]] = []
    failed: list[tuple[Roi, ReviewError]] = []
    shapes = [roi.shape for roi in taken]
    for one in rois:
        roi = replace(one, shape=apart_from(one.shape, shapes)) if one.role is Role.TUMOUR else one
        foreign = roi.uid in look.moved and roi.role is not Role.TUMOUR  # its own scan's reference only (R43)
        try:
            made = measured(look, roi, taken if roi.role is Role.TUMOUR else [], found)
            drawn += [] if foreign else [(roi, made)]
        except ReviewError as error:
            found.missing.append(_why(roi, error))
            failed += [] if foreign else [(roi, error)]
    compared(look, drawn, taken, _broken(drawn, failed), found)


def _why(roi: Roi, error: ReviewError) -> Missing:
    quantity = "rois" if roi.role is Role.NONE else f"{RATIO.get(roi.role, 'tm')}_ratio"
    return Missing(quantity, error.code, f"{roi.name}: {error.what} {error.remedy}")


def _broken(drawn: Drawn, failed: Sequence[tuple[Roi, ReviewError]]) -> dict[Role, Missing]:
    """Why the regions of a role are not all there, by role.

    A reference region that is a rule on another PET is none of this scan: it is passed over where
    another region of its role is here.
    """
    here = {roi.role for roi, _ in drawn}
    found: dict[Role, Missing] = {}
    for roi, error in failed:
        elsewhere = error.code == OTHER_PET and roi.role in RATIO and roi.role in here
        if not elsewhere:
            found.setdefault(roi.role, _why(roi, error))
    return found


def _total(found: Found) -> Number:
    """The total of the one scan that has any; volumes of several scans are never added."""
    if len(found.totals) == 1:
        return found.totals[0]
    if found.totals:
        what = "Each scan and frame has its own hypoxic volume; they are not added."
        return Missing("hypoxic_total", "several_scans", what)
    volumes = (h.volume for h in found.hypoxic)
    reasons = [*(v for v in volumes if isinstance(v, Missing)), *found.missing]
    first = next((why for why in reasons if why.quantity in ("hypoxic_volume", "tm_ratio")), None)
    first = first or next(iter(reasons), NO_TUMOUR)
    return Missing("hypoxic_total", first.code, first.what)


def _place(look: Look) -> list[tuple[str, str]]:
    """Series, lattice and scale of the numbers of one acquisition, with the source of each input."""
    uid, origin = look.acquisition.uid, look.provenance
    uid += f".frame.{look.frame.number}" if look.frame.number else ""
    lines = [(f"{uid}.grid", origin.grid), (f"{uid}.scale", origin.scale)]
    return lines + [(f"{uid}.{name}", f"{value} [{source}]") for name, value, source in origin.facts]

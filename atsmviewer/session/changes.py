"""The difference between two Sessions as a list of changes, and a Session with changes made to it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Roi
from atsmviewer.model.session import Alignment, Override, Session
from atsmviewer.session import codec, wire
from atsmviewer.session.shapes import unreadable

Item = TypeVar("Item")


def difference(old: Session, new: Session) -> tuple[wire.Change, ...]:
    """What makes ``new`` of ``old``: removals first, then what is set, in drawing order."""
    if old.case_key != new.case_key:
        raise ValueError("a journal holds one case")
    changes: list[wire.Change] = []
    if old.protocol != new.protocol:
        changes.append(wire.ProtocolSet(codec.wire_protocol(new.protocol)))
    changes += _roi_changes(old.rois, new.rois)
    gone, put = _keyed(old.overrides, new.overrides, _override_key)
    changes += [wire.OverrideClear(o.acquisition_uid, o.name) for o in gone]
    changes += [wire.OverrideSet(codec.wire_override(o), at) for at, o in put]
    left, laid = _keyed(old.alignments, new.alignments, _alignment_key)
    changes += [wire.AlignmentClear(a.from_uid, a.to_uid) for a in left]
    changes += [wire.AlignmentSet(codec.wire_alignment(a), at) for at, a in laid]
    if old.remarks != new.remarks:
        changes.append(wire.Remarks(new.remarks))
    return tuple(changes)


def apply(session: Session, changes: Sequence[wire.Change]) -> Session:
    """The session with the changes made; ReviewError("SESSION_UNREADABLE") where one does not fit it."""
    for change in changes:
        session = _applied(session, change)
    return session


def _roi_changes(old: Sequence[Roi], new: Sequence[Roi]) -> list[wire.Change]:
    before = {roi.uid: roi for roi in old}
    gone, put = _keyed(old, new, lambda roi: roi.uid)
    removed = {roi.uid for roi in gone}
    changes: list[wire.Change] = [wire.RoiRemove(roi.uid) for roi in gone]
    for at, roi in put:
        if roi.uid in before and roi.uid not in removed:
            reshaped = roi.shape != before[roi.uid].shape
            changes.append(wire.RoiReplace(codec.wire_roi(roi, with_shape=reshaped)))
        else:
            changes.append(wire.RoiAdd(codec.wire_roi(roi), at))
    return changes


def _keyed(
    old: Sequence[Item], new: Sequence[Item], key: Callable[[Item], Hashable]
) -> tuple[list[Item], list[tuple[int, Item]]]:
    """Items to remove from ``old``, and items to set, each with its place in ``new``.

    Where the items that stay changed places all are removed and set again: no edit does so, and a
    rare commit of many lines is simpler than a change of its own for it.
    """
    before = {key(item): item for item in old}
    places = {key(item): at for at, item in enumerate(new)}
    if len(places) < len(new):
        raise ReviewError("REGION_TWICE", "Two parts of the session carry one identity.", "Keep one of them.")
    stay = [places[k] for k in before if k in places]
    if stay != sorted(stay):
        return list(old), list(enumerate(new))
    gone = [item for k, item in before.items() if k not in places]
    return gone, [(at, item) for at, item in enumerate(new) if before.get(key(item)) != item]


def _applied(session: Session, change: wire.Change) -> Session:
    match change:
        case wire.RoiAdd() | wire.RoiReplace() | wire.RoiRemove():
            return replace(session, rois=_with_roi(session.rois, change))
        case wire.ProtocolSet(protocol):
            return replace(session, protocol=codec.read_protocol_words(protocol))
        case wire.OverrideSet(override, at):
            item = codec.read_override(override)
            return replace(session, overrides=_put(session.overrides, item, at, _override_key))
        case wire.OverrideClear(acquisition, name):
            kept = _without(session.overrides, (acquisition, name), _override_key)
            return replace(session, overrides=kept)
        case wire.AlignmentSet(alignment, at):
            moved = codec.read_alignment(alignment)
            return replace(session, alignments=_put(session.alignments, moved, at, _alignment_key))
        case wire.AlignmentClear(a, b):
            return replace(session, alignments=_without(session.alignments, (a, b), _alignment_key))
        case wire.Remarks(remarks):
            return replace(session, remarks=remarks)
    raise unreadable("an undo or redo among other changes")


def _with_roi(
    rois: tuple[Roi, ...], change: wire.RoiAdd | wire.RoiReplace | wire.RoiRemove
) -> tuple[Roi, ...]:
    known = {roi.uid: roi for roi in rois}
    if isinstance(change, wire.RoiRemove):
        return _without(rois, change.uid, lambda roi: roi.uid)
    uid = change.roi.uid
    if isinstance(change, wire.RoiAdd):
        if uid in known:
            raise unreadable("a region that was added twice")
        return (*rois[: change.at], codec.read_roi(change.roi), *rois[change.at :])
    if uid not in known:
        raise unreadable("a change of a region that is not there")
    return tuple(codec.read_roi(change.roi, roi) if roi.uid == uid else roi for roi in rois)


def _put(items: tuple[Item, ...], item: Item, at: int, key: Callable[[Item], Hashable]) -> tuple[Item, ...]:
    if any(key(known) == key(item) for known in items):
        return tuple(item if key(known) == key(item) else known for known in items)
    return (*items[:at], item, *items[at:])


def _without(items: tuple[Item, ...], k: Hashable, key: Callable[[Item], Hashable]) -> tuple[Item, ...]:
    kept = tuple(item for item in items if key(item) != k)
    if len(kept) == len(items):
        raise unreadable("a removal of what is not there")
    return kept


def _override_key(override: Override) -> Hashable:
    return override.acquisition_uid, override.name


def _alignment_key(alignment: Alignment) -> Hashable:
    return alignment.from_uid, alignment.to_uid

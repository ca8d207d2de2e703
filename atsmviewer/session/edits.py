"""Pure edits: a Session and what the hand did, to a new Session that shares all the rest."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from uuid import uuid4

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import Ellipsoid, Isocontour, Roi, Role, Shape
from atsmviewer.model.session import Override, Protocol, Session
from atsmviewer.session.alignments import align_by_hand, move_anatomy, reset_alignment, set_alignment

__all__ = ["align_by_hand", "move_anatomy", "reset_alignment", "set_alignment"]  # beside those made here

LONGEST_NAME = 200


def new_roi(
    session: Session, role: Role, frame_of_reference_uid: str, shape: Shape, uid: str | None = None
) -> Roi:
    """A roi, not yet in the session, named by its role and the next free number ("Tumour 2").

    A tumour gets that number as its lesion number. Numbers grow past the highest in use, so that
    the number of a lesion that was removed between two others is not given to another one.
    """
    number = _next_number(session, role)
    lesion = number if role is Role.TUMOUR else None
    return Roi(uid or str(uuid4()), _auto_name(role, number), role, frame_of_reference_uid, shape, lesion)


def add_roi(session: Session, roi: Roi) -> Session:
    """The session with one more roi, drawn last; ReviewError("REGION_TWICE") where its uid is there."""
    if any(known.uid == roi.uid for known in session.rois):
        raise ReviewError("REGION_TWICE", f"{roi.name} is in this session already.", "Move that one.")
    return replace(session, rois=(*session.rois, roi))


def replace_roi(session: Session, roi: Roi) -> Session:
    """The session with ``roi`` in the place of the one with its uid; KeyError where there is none."""
    session.roi(roi.uid)
    return replace(session, rois=tuple(roi if known.uid == roi.uid else known for known in session.rois))


def remove_roi(session: Session, uid: str) -> Session:
    """The session without that roi; KeyError where there is none."""
    session.roi(uid)
    return replace(session, rois=tuple(roi for roi in session.rois if roi.uid != uid))


def move_roi(session: Session, uid: str, centre_mm: Vector) -> Session:
    """The session with that ellipsoid's centre at an LPS point in mm; REGION_FIXED for other shapes.

    Of an isocontour inside an ellipsoid that ellipsoid moves, and its seed with it.
    """
    roi, old = _ellipsoid(session, uid)
    new = replace(old, centre_mm=_finite(centre_mm))
    if not isinstance(roi.shape, Isocontour):
        return replace_roi(session, replace(roi, shape=new))
    seed = roi.shape.seed_mm
    if seed is not None:
        x, y, z = (s + b - a for s, a, b in zip(seed, old.centre_mm, new.centre_mm, strict=True))
        seed = _finite((x, y, z))
    return replace_roi(session, replace(roi, shape=replace(roi.shape, inside=new, seed_mm=seed)))


def resize_roi(session: Session, uid: str, radii_mm: Vector) -> Session:
    """The session with that ellipsoid's three radii in mm, along its own axes; they are positive.

    Of an isocontour inside an ellipsoid that ellipsoid is resized.
    """
    roi, old = _ellipsoid(session, uid)
    if min(_finite(radii_mm)) <= 0:
        raise ReviewError("REGION_SIZE", "A radius is a length above zero.", "Draw the region larger.")
    new = replace(old, radii_mm=_finite(radii_mm))
    shape = replace(roi.shape, inside=new) if isinstance(roi.shape, Isocontour) else new
    return replace_roi(session, replace(roi, shape=shape))


def rename_roi(session: Session, uid: str, name: str) -> Session:
    """The session with that roi's name, spaces around it removed; 1 to 200 characters."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        what = f"A region's name has 1 to {LONGEST_NAME} characters."
        raise ReviewError("REGION_NAME", what, "Type another name.")
    return replace_roi(session, replace(session.roi(uid), name=name))


def set_role(session: Session, uid: str, role: Role) -> Session:
    """The session with that roi in another role; a name the program gave follows it, a chosen name stays."""
    roi = session.roi(uid)
    if roi.role is role:
        return session
    number = _next_number(session, role)
    name = _auto_name(role, number) if _number(roi.name, roi.role) else roi.name
    return replace_roi(
        session, replace(roi, role=role, name=name, lesion=number if role is Role.TUMOUR else None)
    )


def set_protocol(session: Session, protocol: Protocol) -> Session:
    """The session measured by another protocol."""
    return replace(session, protocol=protocol)


def set_override(session: Session, override: Override) -> Session:
    """The session with a header fact replaced by the reader, once per acquisition and name."""
    same = (override.acquisition_uid, override.name)
    if any((o.acquisition_uid, o.name) == same for o in session.overrides):
        kept = (override if (o.acquisition_uid, o.name) == same else o for o in session.overrides)
        return replace(session, overrides=tuple(kept))
    return replace(session, overrides=(*session.overrides, override))


def clear_override(session: Session, acquisition_uid: str, name: str) -> Session:
    """The session that takes this fact from the header again."""
    same = (acquisition_uid, name)
    kept = tuple(o for o in session.overrides if (o.acquisition_uid, o.name) != same)
    return replace(session, overrides=kept)


def set_remarks(session: Session, remarks: str) -> Session:
    """The session with the reader's remarks, whole."""
    return replace(session, remarks=remarks)


def _ellipsoid(session: Session, uid: str) -> tuple[Roi, Ellipsoid]:
    """A roi and the ellipsoid that the hand may move: its shape, or what its isocontour lies inside."""
    roi = session.roi(uid)
    shape = roi.shape.inside if isinstance(roi.shape, Isocontour) else roi.shape
    if not isinstance(shape, Ellipsoid):
        raise ReviewError(
            "REGION_FIXED",
            f"{roi.name} is no sphere or ellipsoid and keeps its outline.",
            "Place a sphere or an ellipsoid where another outline is wanted.",
        )
    return roi, shape


def _finite(point: Vector) -> Vector:
    """Plain floats of a point; a numpy scalar or a NaN in a Session could not be kept."""
    x, y, z = (float(number) for number in point)
    if not all(map(math.isfinite, (x, y, z))):
        raise ReviewError("REGION_NOT_FINITE", "That position is not a number.", "Draw the region again.")
    return x, y, z


def _auto_name(role: Role, number: int) -> str:
    return f"{role.value.capitalize()} {number}"


def _number(name: str, role: Role) -> int | None:
    found = re.fullmatch(rf"{re.escape(role.value)} ([1-9][0-9]{{0,5}})", name.casefold())
    return int(found[1]) if found else None


def _next_number(session: Session, role: Role) -> int:
    names = (_number(roi.name, role) for roi in session.rois)
    lesions = (roi.lesion for roi in session.rois if role is Role.TUMOUR)
    return 1 + max((n for n in (*names, *lesions) if n is not None), default=0)

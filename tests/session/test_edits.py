"""Each edit changes what it names, keeps the rest, and refuses what makes no sense."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Combined, Contour, Ellipsoid, Isocontour, Prism, Role, Shape, sphere
from atsmviewer.model.session import Alignment, Override, Protocol, Session
from atsmviewer.session import edits
from tests.session.made import FRAME, place, refused

BALL = sphere((0.0, 0.0, 0.0), 10.0)
PLATE = Prism((Contour(((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))),), (0.0, 0.0, 1.0), 3.0)


def names(session: Session) -> list[tuple[str, int | None]]:
    return [(roi.name, roi.lesion) for roi in session.rois]


def drawing(*roles: Role) -> Session:
    session = Session("case")
    for role in roles:
        session = place(BALL, role)(session)
    return session


def test_regions_are_named_by_role_and_number() -> None:
    session = drawing(Role.TUMOUR, Role.MUSCLE, Role.TUMOUR, Role.BLOOD_POOL, Role.MUSCLE)
    assert names(session) == [
        ("Tumour 1", 1),
        ("Muscle 1", None),
        ("Tumour 2", 2),
        ("Blood pool 1", None),
        ("Muscle 2", None),
    ]
    assert len({roi.uid for roi in session.rois}) == 5


def test_the_number_of_a_removed_lesion_goes_to_no_other() -> None:
    session = drawing(Role.TUMOUR, Role.TUMOUR, Role.TUMOUR)
    session = place(BALL, Role.TUMOUR)(edits.remove_roi(session, session.rois[1].uid))
    assert names(session) == [("Tumour 1", 1), ("Tumour 3", 3), ("Tumour 4", 4)]


def test_a_renamed_tumour_keeps_its_lesion_number_taken() -> None:
    session = drawing(Role.TUMOUR)
    session = place(BALL, Role.TUMOUR)(edits.rename_roi(session, session.rois[0].uid, " Left neck "))
    assert names(session) == [("Left neck", 1), ("Tumour 2", 2)]


def test_a_given_uid_is_kept_and_not_taken_twice() -> None:
    roi = edits.new_roi(Session("case"), Role.MUSCLE, FRAME, BALL, uid="7")
    session = edits.add_roi(Session("case"), roi)
    assert session.roi("7").frame_of_reference_uid == FRAME
    with pytest.raises(ReviewError, match=refused("REGION_TWICE")):
        edits.add_roi(session, roi)


def test_moving_and_resizing_change_only_centre_and_radii() -> None:
    session = drawing(Role.TUMOUR, Role.MUSCLE)
    one, other = session.rois
    shape = Ellipsoid((0.0, 0.0, 0.0), (1.0, 2.0, 3.0), (0.0, 1.0, 0.0) * 3)
    tilted = replace(one, shape=shape)
    session = edits.replace_roi(session, tilted)
    moved = edits.move_roi(session, one.uid, (4.0, 5.0, 6.0))
    assert moved.rois == (replace(tilted, shape=replace(shape, centre_mm=(4.0, 5.0, 6.0))), other)
    resized = edits.resize_roi(session, one.uid, (7.0, 8.0, 9.0))
    assert resized.rois == (replace(tilted, shape=replace(shape, radii_mm=(7.0, 8.0, 9.0))), other)
    assert moved.rois[1] is other


def test_an_isocontour_moves_with_what_it_lies_inside_and_its_seed_with_it() -> None:
    grown = Isocontour(sphere((1.0, 2.0, 3.0), 10.0), "percent_max", 41.0, "1.2", seed_mm=(2.0, 2.0, 3.0))
    session = place(grown, Role.TUMOUR)(Session("case"))
    uid = session.rois[0].uid
    moved = edits.move_roi(session, uid, (4.0, 2.0, 1.0))
    there = replace(grown, inside=sphere((4.0, 2.0, 1.0), 10.0), seed_mm=(5.0, 2.0, 1.0))
    assert moved.rois[0].shape == there
    resized = edits.resize_roi(session, uid, (7.0, 7.0, 7.0))
    assert resized.rois[0].shape == replace(grown, inside=sphere((1.0, 2.0, 3.0), 7.0))


@pytest.mark.parametrize(
    "shape", [PLATE, Combined("union", (BALL, BALL)), Isocontour(PLATE, "percent_max", 41.0, "1.2")]
)
def test_an_outline_that_is_no_ellipsoid_is_not_moved(shape: Shape) -> None:
    session = place(shape, Role.TUMOUR)(Session("case"))
    for edit in (edits.move_roi, edits.resize_roi):
        with pytest.raises(ReviewError, match=refused("REGION_FIXED")):
            edit(session, session.rois[0].uid, (1.0, 1.0, 1.0))


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_a_radius_is_above_zero(bad: float) -> None:
    session = drawing(Role.TUMOUR)
    with pytest.raises(ReviewError, match=refused("REGION_SIZE")):
        edits.resize_roi(session, session.rois[0].uid, (1.0, bad, 1.0))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_position_is_a_number(bad: float) -> None:
    session = drawing(Role.TUMOUR)
    for edit in (edits.move_roi, edits.resize_roi):
        with pytest.raises(ReviewError, match=refused("REGION_NOT_FINITE")):
            edit(session, session.rois[0].uid, (1.0, bad, 1.0))


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_name_is_short_and_not_empty(name: str) -> None:
    session = drawing(Role.TUMOUR)
    with pytest.raises(ReviewError, match=refused("REGION_NAME")):
        edits.rename_roi(session, session.rois[0].uid, name)


def test_a_given_name_follows_the_role_and_a_chosen_name_stays() -> None:
    session = drawing(Role.TUMOUR, Role.MUSCLE)
    tumour, muscle = session.rois
    assert names(edits.set_role(session, tumour.uid, Role.MUSCLE))[0] == ("Muscle 2", None)
    chosen = edits.rename_roi(session, muscle.uid, "Trapezius")
    assert names(edits.set_role(chosen, muscle.uid, Role.TUMOUR))[1] == ("Trapezius", 2)
    assert edits.set_role(session, tumour.uid, Role.TUMOUR) is session


def test_an_override_is_one_per_acquisition_and_fact() -> None:
    weight, height = (
        Override("a", "weight_kg", "71", "R", "scale"),
        Override("a", "height_m", "1.8", "R", "asked"),
    )
    session = edits.set_override(edits.set_override(Session("case"), weight), height)
    session = edits.set_override(session, replace(weight, value="72"))
    assert session.overrides == (replace(weight, value="72"), height)
    assert edits.clear_override(session, "a", "weight_kg").overrides == (height,)
    assert edits.clear_override(session, "b", "weight_kg") == session


def test_an_alignment_is_one_per_pair_of_frames() -> None:
    there = Alignment("1", "2", (1.0, 0.0, 0.0, 5.0, *[0.0] * 12), "reader", "R")
    back = replace(there, from_uid="2", to_uid="1")
    session = edits.set_alignment(edits.set_alignment(Session("case"), there), back)
    session = edits.set_alignment(session, replace(there, origin="computed"))
    assert session.alignments == (replace(there, origin="computed"), back)
    for matrix in (there.matrix[:12], (math.nan, *there.matrix[1:])):
        with pytest.raises(ReviewError, match=refused("ALIGNMENT_SHAPE")):
            edits.set_alignment(session, replace(there, matrix=matrix))


def test_protocol_and_remarks_are_replaced_whole() -> None:
    session = edits.set_remarks(edits.set_protocol(Session("case"), Protocol(2.0)), "Motion.")
    assert (session.protocol.tm_threshold, session.remarks) == (2.0, "Motion.")


def test_a_region_that_is_not_there_is_a_bug_not_a_refusal() -> None:
    for edit in (edits.remove_roi, lambda s, uid: edits.set_role(s, uid, Role.MUSCLE)):
        with pytest.raises(KeyError):
            edit(Session("case"), "nobody")

"""Regions across frames of reference: refused without an alignment, rigid with one (R42, R43, O20, O21)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import (
    Combined,
    Contour,
    Ellipsoid,
    ImportedMask,
    Isocontour,
    Prism,
    Roi,
    Role,
    Shape,
    sphere,
)
from atsmviewer.model.session import Alignment, Session
from atsmviewer.quant.aligned import aligned, alignment_between, brought
from atsmviewer.quant.assess import assess
from atsmviewer.quant.box import Mask
from atsmviewer.quant.mask import mask
from tests.quant.made import SPACE, ball, grid, of, roi, session, study, turned, volume

THERE = "7.7"
SHIFT = np.array([12.0, -7.0, 5.0])


def turn(x: float, y: float, z: float) -> NDArray[np.float64]:
    """A rotation by three angles."""
    a = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    b = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    c = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    return np.array(a) @ np.array(b) @ np.array(c)


TURN = turn(0.3, -0.2, 0.5)


def way(
    rotation: NDArray[np.float64] = TURN, shift: NDArray[np.float64] = SHIFT, back: bool = False
) -> Alignment:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, shift
    uids = (SPACE, THERE) if back else (THERE, SPACE)
    return Alignment(*uids, tuple(matrix.ravel().tolist()), "reader", "A. Reader")


ON = grid((40, 40, 40), (3.0, 4.0, 4.0))
SQUARE = ((-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0))
CONTOURS = tuple(Contour(tuple((x, y, z) for x, y in SQUARE)) for z in (-6.0, 0.0, 6.0))
MASK = ImportedMask(
    replace(grid((6, 5, 4), (3.0, 4.0, 4.0), (0.3, 0.4, 0.6)), frame_of_reference_uid=THERE),
    tuple(range(20, 80)),
)
SHAPES: list[Shape] = [
    Ellipsoid((3.0, 2.0, -1.0), (18.0, 12.0, 9.0)),
    Prism(CONTOURS, (0.0, 0.0, 1.0), 6.0),
    MASK,
    Combined("difference", (sphere((0.0, 0.0, 0.0), 20.0), sphere((8.0, 0.0, 0.0), 10.0))),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_on_a_grid_that_moves_along_a_moved_shape_weighs_the_same(shape: Shape, rule: str) -> None:
    moved = aligned(shape, way())
    along = turned(ON, TURN, SHIFT.tolist())
    one, other = whole(mask(shape, ON, rule)), whole(mask(moved, along, rule))
    assert np.abs(one - other).max() < (0.02 if rule == "fraction" else 1e-9)
    assert one.sum() > 10


def whole(made: Mask) -> NDArray[np.float64]:
    weights = np.zeros(ON.shape)
    weights[made.box] = made.weights
    return weights


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: type(s).__name__)
def test_a_moved_shape_keeps_its_volume(shape: Shape) -> None:
    """O20: 0.5 % on a grid that does not move along."""
    still = float(mask(shape, ON, "fraction").weights.sum())
    moved = float(mask(aligned(shape, way()), ON, "fraction").weights.sum())
    assert moved == pytest.approx(still, rel=5e-3)


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.floats(-3, 3)] * 3), st.tuples(*[st.floats(-500, 500)] * 3))
def test_there_and_back_is_where_it_was(angles: Vector, shift: Vector) -> None:
    """O21."""
    one = way(turn(*angles), np.array(shift))
    inverse = alignment_between((one,), SPACE, THERE)
    assert inverse is not None
    for shape in (SHAPES[0], SHAPES[1], SHAPES[2]):
        again = aligned(aligned(shape, one), inverse)
        if isinstance(shape, Ellipsoid) and isinstance(again, Ellipsoid):
            assert again.centre_mm == pytest.approx(shape.centre_mm, abs=1e-9)
            assert again.axes == pytest.approx(shape.axes, abs=1e-9)
        if isinstance(shape, Prism) and isinstance(again, Prism):
            points = [p for c in again.contours for p in c.points_mm]
            assert np.allclose(points, [p for c in shape.contours for p in c.points_mm], atol=1e-9)
            assert again.normal == pytest.approx(shape.normal, abs=1e-9)
        if isinstance(shape, ImportedMask) and isinstance(again, ImportedMask):
            assert again.grid.affine == pytest.approx(shape.grid.affine, abs=1e-9)
            assert again.grid.frame_of_reference_uid == THERE


def test_a_rule_moves_its_bound_and_seed() -> None:
    rule = Isocontour(sphere((1.0, 0, 0), 9.0), "percent_max", 50.0, "1.2.3.4", seed_mm=(1.0, 0, 0))
    moved = aligned(rule, way())
    assert isinstance(moved, Isocontour)
    assert isinstance(moved.inside, Ellipsoid)
    expected = TURN @ (1.0, 0, 0) + SHIFT
    assert moved.seed_mm == pytest.approx(expected)
    assert moved.inside.centre_mm == pytest.approx(expected)


@pytest.mark.parametrize(
    "rotation",
    [
        np.diag([1.0, 1.0, 1.01]),
        np.diag([1.0, 1.0, 1.0002]),
        np.diag([1.0, 1.0, -1.0]),
        np.array([[1, 0.1, 0], [0, 1, 0], [0, 0, 1.0]]),
    ],
    ids=["stretched", "stretched a little", "mirrored", "sheared"],
)
def test_what_is_not_rigid_is_refused(rotation: NDArray[np.float64]) -> None:
    with pytest.raises(ReviewError) as refused:
        aligned(sphere((0.0, 0, 0), 5.0), way(rotation))
    assert refused.value.code == "ALIGNMENT_NOT_RIGID"
    found = assess(PET, with_(TUMOUR, way(rotation)))
    assert "ALIGNMENT_NOT_RIGID" in {m.code for m in found.missing}
    assert found.rois == ()


PET = study(volume(grid(), lambda mm: 10 + mm @ np.array([0.05, -0.03, 0.08])))
TUMOUR = replace(roi(Role.TUMOUR, sphere((-4.0, 6.0, 2.0), 12.0), "Mass"), frame_of_reference_uid=THERE)


def with_(*given: Roi | Alignment) -> Session:
    rois = [one for one in given if isinstance(one, Roi)]
    ways = tuple(one for one in given if isinstance(one, Alignment))
    return replace(session(*rois), alignments=ways)


def test_another_frame_of_reference_is_refused_without_an_alignment() -> None:
    """R42's oracle."""
    found = assess(PET, session(TUMOUR))
    assert found.rois == ()
    assert "other_frame" in {m.code for m in found.missing}
    unrelated = replace(way(), to_uid="8.8")
    assert assess(PET, with_(TUMOUR, unrelated)).rois == ()


@pytest.mark.parametrize("inverse", [False, True])
def test_an_alignment_of_the_session_brings_a_region_here(inverse: bool) -> None:
    given_way = way(TURN.T, -TURN.T @ SHIFT, back=True) if inverse else way()
    found = assess(PET, with_(TUMOUR, given_way))
    expected = 10 + (TURN @ (-4.0, 6.0, 2.0) + SHIFT) @ np.array([0.05, -0.03, 0.08])
    assert of(found, TUMOUR, "mean") == pytest.approx(expected, rel=2e-3)
    assert of(found, TUMOUR, "volume_ml") == pytest.approx(4 / 3 * np.pi * 1.2**3, rel=5e-3)
    mean = found.rois[0]["mean"]
    assert isinstance(mean, Measurement)
    named = dict(mean.inputs)["alignment"]
    assert "reader (A. Reader)" in named
    assert ("inverse" in named) == inverse
    assert "ALIGNED" in {flag.code for flag in found.flags}


def test_the_last_of_several_alignments_counts_and_none_are_chained() -> None:
    last = replace(way(np.eye(3), np.zeros(3)), origin="registration object")
    assert alignment_between((way(), last), THERE, SPACE) == last
    first, second = replace(way(), to_uid="5"), replace(way(), from_uid="5")
    assert alignment_between((first, second), THERE, SPACE) is None
    here, moved, refused = brought((TUMOUR,), (first, second), SPACE)
    assert (here, moved, refused) == ([], {}, [])


def test_a_reference_serves_only_the_space_it_was_drawn_in() -> None:
    """R43: T/M of each scan with its own muscle region."""
    muscle = replace(ball(Role.MUSCLE, (20.0, 10.0, 0.0), 12.0), frame_of_reference_uid=THERE)
    still = way(np.eye(3), np.zeros(3))
    found = assess(PET, with_(TUMOUR, muscle, still))
    assert {one.name for one in found.rois} == {"Mass", "muscle"}
    assert "no_muscle" in {m.code for m in found.missing}
    own = ball(Role.MUSCLE, (-30.0, 10.0, 0.0), 12.0, "own")
    found = assess(PET, with_(TUMOUR, muscle, own, still))
    ratio = found.ratio_of(TUMOUR.uid, "mean")
    assert ratio is not None
    assert ratio.reference == "own"

"""A CT moved under the PET: PET numbers stay bit for bit, HU follow by formula, back is as before (R42)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from atsmviewer.model.assessment import Assessment, Measurement, Missing
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats, Grid, Vector
from atsmviewer.model.movement import STILL, Matrix, after, backwards, shifting, travel, turning
from atsmviewer.model.placement import DISPLAY_ONLY, REGIONS_ONLY
from atsmviewer.model.roi import Role
from atsmviewer.model.session import Alignment, Session
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Volume
from atsmviewer.quant.aligned import placed_anatomy, placed_study, regions_in
from atsmviewer.quant.assess import assess
from atsmviewer.quant.hounsfield import HOUNSFIELD
from atsmviewer.quant.probe import probe
from tests.quant.made import SPACE, ball, code, grid, hounsfield_volume, of, session, study, volume, with_ct

CT_UID, ELSEWHERE = "1.2.3.5", "9.9"
CT_GRID = grid((60, 80, 80), (2.0, 2.0, 2.0))
TUMOUR, MUSCLE = ball(Role.TUMOUR, (3.0, -2.0, 1.0), 15.0), ball(Role.MUSCLE, (-30.0, 10.0, -5.0), 12.0)
angles = st.tuples(*[st.floats(-20, 20)] * 3)
shifts = st.tuples(*[st.floats(-15, 15)] * 3)


def ramp(mm: Floats) -> Floats:
    return np.asarray(100 + 2 * mm[..., 0] - 3 * mm[..., 1] + mm[..., 2], np.float64)


PET = study(volume(grid(), np.random.default_rng(2).gamma(4.0, 0.5, (30, 30, 30))))
SCAN = with_ct(PET, hounsfield_volume(CT_GRID, ramp))
PLAIN = session(TUMOUR, MUSCLE)


def euler(turn: Vector, shift: Vector) -> Matrix:
    """A movement by an independent implementation."""
    made = sitk.Euler3DTransform()
    made.SetRotation(*np.radians(turn).tolist())
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = np.reshape(made.GetMatrix(), (3, 3)), shift
    return tuple(whole.ravel().tolist())


def by_hand(matrix: Matrix, from_uid: str = CT_UID) -> Alignment:
    return Alignment(from_uid, SPACE, matrix, "reader, by hand", "A. Reader")


def carried_back(matrix: Matrix, point: Vector) -> Floats:
    """Where a point of the PET's space lies in a CT that was moved: by solving, not by an inverse formula."""
    return np.asarray(np.linalg.solve(np.reshape(matrix, (4, 4)), (*point, 1.0))[:3], np.float64)


def aligned(*alignments: Alignment, base: Session = PLAIN) -> Session:
    return replace(base, alignments=alignments)


def of_the_pet(found: Assessment) -> list[object]:
    """Every number that is no HU, with its inputs and flags; the muscle's light without its HU."""
    rois = [[n for n in one.numbers if n.quantity not in HOUNSFIELD] for one in found.rois]
    muscles = [(m.mean, m.volume, m.cov, m.distance_mm, m.sides) for m in found.muscles]
    return [rois, found.ratios, found.hypoxic, found.hypoxic_total, found.scales, muscles]


@settings(max_examples=25, deadline=None)
@given(angles, shifts)
def test_no_pet_number_changes_whatever_the_ct_does(turn: Vector, shift: Vector) -> None:
    assert of_the_pet(assess(SCAN, aligned(by_hand(euler(turn, shift))))) == of_the_pet(assess(SCAN, PLAIN))


@settings(max_examples=25, deadline=None)
@given(angles, shifts)
def test_hu_under_a_region_are_those_of_the_moved_ct(turn: Vector, shift: Vector) -> None:
    """On a ramp the mean over a ball is the value at its centre, which lay elsewhere in the CT."""
    way = by_hand(euler(turn, shift))
    found = assess(SCAN, aligned(way))
    expected = float(ramp(carried_back(way.matrix, (3.0, -2.0, 1.0))))
    assert of(found, TUMOUR, "hu_mean") == pytest.approx(expected, abs=0.3)
    # spread of a linear function over a ball: |gradient| r / √5, whatever the turn
    assert of(found, TUMOUR, "hu_sd") == pytest.approx(np.sqrt(14) * 15 / np.sqrt(5), rel=0.02)
    one = found.of_roi(TUMOUR.uid)
    assert one is not None
    mean = one["hu_mean"]
    assert isinstance(mean, Measurement)
    assert ("alignment", "reader, by hand (A. Reader)") in mean.inputs


@settings(max_examples=25, deadline=None)
@given(angles, shifts)
def test_the_value_under_the_cursor_is_that_of_the_moved_ct(turn: Vector, shift: Vector) -> None:
    way, point = by_hand(euler(turn, shift)), (4.0, 6.0, -3.0)
    scale = assess(SCAN, PLAIN).scales[0][1]
    pet, hu = probe(SCAN.acquisitions[0], scale, point, alignments=(way,))
    assert hu == pytest.approx(float(ramp(carried_back(way.matrix, point))), abs=1.0 * (2 + 3 + 1) + 0.5)
    assert pet == probe(SCAN.acquisitions[0], scale, point)[0]


def test_the_last_of_several_places_of_a_ct_counts() -> None:
    first, last = (by_hand(euler((0.0, 0.0, 0.0), (0.0, 0.0, up))) for up in (5.0, 12.0))
    placed, way = placed_anatomy(SCAN.acquisitions[0], [first, last])
    assert way == last
    assert placed is not None
    assert placed.grid.matrix[2, 3] == pytest.approx(CT_GRID.matrix[2, 3] + 12)


@settings(max_examples=25, deadline=None)
@given(angles, shifts)
def test_there_and_back_is_where_it_was(turn: Vector, shift: Vector) -> None:
    matrix = euler(turn, shift)
    placed, _ = placed_anatomy(SCAN.acquisitions[0], [by_hand(after(matrix, backwards(matrix)))])
    assert placed is not None
    np.testing.assert_allclose(placed.grid.matrix, CT_GRID.matrix, atol=1e-9)


@given(angles, shifts, angles, shifts)
def test_one_after_another_and_back_are_the_matrices_own_algebra(
    turn: Vector, shift: Vector, again: Vector, on: Vector
) -> None:
    first, then = (np.reshape(euler(*one), (4, 4)) for one in ((turn, shift), (again, on)))
    np.testing.assert_allclose(
        np.reshape(after(euler(turn, shift), euler(again, on)), (4, 4)), then @ first, atol=1e-9
    )
    np.testing.assert_allclose(
        np.reshape(backwards(euler(turn, shift)), (4, 4)), np.linalg.inv(first), atol=1e-9
    )


@given(angles, shifts, shifts)
def test_how_far_is_told_as_an_independent_implementation_has_it(
    turn: Vector, shift: Vector, point: Vector
) -> None:
    moved, vector = travel(euler(turn, shift), point)
    versor = sitk.VersorTransform()
    versor.SetMatrix(np.reshape(euler(turn, shift), (4, 4))[:3, :3].ravel().tolist())
    x, y, z, w = versor.GetVersor()
    half = np.linalg.norm((x, y, z))
    angle = np.degrees(2 * np.arctan2(half, w))
    expected = np.zeros(3) if half < 1e-9 else np.array((x, y, z)) / half * angle
    np.testing.assert_allclose(vector, expected, atol=1e-5)
    there = np.reshape(euler(turn, shift), (4, 4)) @ (*point, 1.0)
    np.testing.assert_allclose(moved, there[:3] - point, atol=1e-9)


@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.0, 0.6, 0.8), (0.0, 0.0, -1.0)])
@pytest.mark.parametrize("angle", [0.0, 1.0, 90.0, 179.5, 180.0])
def test_a_turn_about_an_axis_is_that_angle_about_it(axis: Vector, angle: float) -> None:
    _, vector = travel(turning(axis, angle, (3.0, 4.0, 5.0)), (0.0, 0.0, 0.0))
    got = np.asarray(vector)
    if angle == 180.0:  # a half turn is the same either way round
        got = got * np.sign(got @ np.asarray(axis))
    np.testing.assert_allclose(got, np.asarray(axis) * angle, atol=1e-6)


def test_the_point_turned_about_stays() -> None:
    moved, _ = travel(turning((0.2, 0.3, 0.9), 33.0, (30.0, -40.0, 50.0)), (30.0, -40.0, 50.0))
    np.testing.assert_allclose(moved, 0.0, atol=1e-12)


def test_the_assessment_tells_each_alignment_at_the_middle_of_the_pet() -> None:
    matrix = after(turning((0, 0, 1), 10.0, (50.0, 0.0, 0.0)), shifting((1.0, 2.0, 3.0)))
    (one,) = assess(SCAN, aligned(by_hand(matrix))).placements
    here = np.asarray(PET.acquisitions[0].pet.grid.centre_mm)
    np.testing.assert_allclose(one.shift_mm, here - carried_back(matrix, tuple(here)), atol=1e-9)
    np.testing.assert_allclose(one.turn_deg, (0.0, 0.0, 10.0), atol=1e-9)
    assert (one.moved, one.is_anatomy, one.remark) == ("CT", True, DISPLAY_ONLY)
    line = dict(assess(SCAN, aligned(by_hand(matrix))).provenance)["1.2.3.4.alignment.1"]
    assert line.startswith("CT moved x ")
    assert line.endswith(f"by reader, by hand (A. Reader); {DISPLAY_ONLY}")
    assert assess(SCAN, PLAIN).placements == ()


def test_the_voxels_are_the_very_same_and_one_place_is_one_volume() -> None:
    first, _ = placed_anatomy(SCAN.acquisitions[0], [by_hand(shifting((5.0, 0.0, 0.0)))])
    again, _ = placed_anatomy(SCAN.acquisitions[0], [by_hand(shifting((5.0, 0.0, 0.0)))])
    delivered = SCAN.acquisitions[0].anatomy_volume
    assert first is not None
    assert delivered is not None
    assert first is again
    assert first.voxels is delivered.voxels
    assert placed_anatomy(SCAN.acquisitions[0], [by_hand(STILL)])[0] is delivered
    assert placed_anatomy(SCAN.acquisitions[0], [])[0] is delivered


def test_a_readers_alignment_comes_after_a_registration_and_wins() -> None:
    registered = Alignment(CT_UID, SPACE, shifting((20.0, 0, 0)), "DICOM registration", "maker")
    known = replace(SCAN, registrations=(registered,))
    assert of(assess(known, PLAIN), TUMOUR, "hu_mean") == pytest.approx(113 - 40, abs=0.1)
    read = aligned(by_hand(shifting((-5.0, 0, 0))))
    assert of(assess(known, read), TUMOUR, "hu_mean") == pytest.approx(113 + 10, abs=0.1)


def elsewhere() -> Study:
    ct = hounsfield_volume(CT_GRID, ramp)
    moved = replace(ct, grid=replace(ct.grid, frame_of_reference_uid=ELSEWHERE))
    return with_ct(PET, Volume(moved.grid, moved.voxels, moved.unit, CT_UID))


def test_a_ct_of_another_frame_is_placed_only_where_one_leads() -> None:
    scan = elsewhere()
    assert placed_anatomy(scan.acquisitions[0], []) == (None, None)
    # an alignment of its series is one within the PET's own frame: it leads from no other
    assert placed_anatomy(scan.acquisitions[0], [by_hand(STILL)])[0] is None
    assert placed_study(scan, PLAIN).acquisitions[0].anatomy_volume is None
    led = replace(scan, registrations=(by_hand(shifting((0, 7.0, 0)), ELSEWHERE),))
    placed, way = placed_anatomy(led.acquisitions[0], led.registrations)
    assert placed is not None
    assert placed.grid.frame_of_reference_uid == SPACE
    assert way == led.registrations[0]
    assert of(assess(led, PLAIN), TUMOUR, "hu_mean") == pytest.approx(113 + 21, abs=0.1)
    back = replace(scan, registrations=(Alignment(SPACE, ELSEWHERE, shifting((0, -7.0, 0)), "r", "m"),))
    assert of(assess(back, PLAIN), TUMOUR, "hu_mean") == pytest.approx(113 + 21, abs=0.1)


def test_one_that_is_not_rigid_is_not_followed_and_said() -> None:
    bad = by_hand(tuple(np.diag([1.1, 1, 1, 1]).ravel().tolist()))
    with pytest.raises(ReviewError, match="ALIGNMENT_NOT_RIGID"):
        placed_anatomy(SCAN.acquisitions[0], [bad])
    found = assess(SCAN, aligned(bad))
    assert of_the_pet(found) == of_the_pet(assess(SCAN, PLAIN))
    one = found.of_roi(TUMOUR.uid)
    assert one is not None
    assert {code(one[name]) for name in HOUNSFIELD} == {"ALIGNMENT_NOT_RIGID"}
    assert [m.code for m in found.missing if isinstance(m, Missing) and m.quantity == "anatomy"] == [
        "ALIGNMENT_NOT_RIGID"
    ]
    assert found.placements == ()


def two_scans() -> Study:
    """A second PET in a space of its own."""
    there = Grid(grid().shape, grid().affine, ELSEWHERE)
    first = PET.acquisitions[0]
    shown = first.frames[0].volume
    assert shown is not None
    pet = Volume(there, shown.voxels, shown.unit, "1.2.3.8")
    series = replace(first.pet, uid="1.2.3.8", grid=there)
    second = replace(first, pet=series, frames=(replace(first.frames[0], volume=pet),))
    return replace(PET, acquisitions=(first, second))


def test_regions_come_from_another_scan_by_name_where_an_alignment_leads() -> None:
    scan = two_scans()
    far = replace(ball(Role.TUMOUR, (0.0, 0.0, 0.0), 9.0, "far"), frame_of_reference_uid=ELSEWHERE)
    both = replace(PLAIN, rois=(TUMOUR, far))
    here, sources = regions_in(scan, both, "1.2.3.4")
    assert ([r.uid for r in here.rois], sources) == ([TUMOUR.uid], {})
    led = replace(both, alignments=(by_hand(shifting((0, 8.0, 0)), ELSEWHERE),))
    here, sources = regions_in(scan, led, "1.2.3.4")
    assert sources == {far.uid: "from scan B"}
    assert here.roi(far.uid).shape == ball(Role.TUMOUR, (0.0, 8.0, 0.0), 9.0).shape
    assert regions_in(scan, led, "1.2.3.8")[1] == {TUMOUR.uid: "from scan A"}
    placed = assess(scan, led).placements
    assert [(p.acquisition_uid, p.moved, p.remark) for p in placed] == [
        ("1.2.3.4", far.name, REGIONS_ONLY),
        ("1.2.3.8", TUMOUR.name, REGIONS_ONLY),
    ]

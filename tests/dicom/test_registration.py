"""DICOM Spatial Registration: direction, order, chains against SimpleITK; what is not rigid is set aside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom.dataset import FileDataset
from pydicom.uid import DeformableSpatialRegistrationStorage

from atsmviewer.dicom.header.registration import registration_notes
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.scan import scan
from atsmviewer.model.session import Alignment
from tests.dicom.registered import Matrix, reg
from tests.dicom.synthetic import FRAME, accounted, ct, pet, save

B, C = "1.2.3.200", "1.2.3.300"
POINTS = ((0.0, 0.0, 0.0), (100.0, -20.0, 31.0), (-7.0, 250.0, -900.0))


def euler(x: float, y: float, z: float, shift: tuple[float, float, float]) -> sitk.Euler3DTransform:
    made = sitk.Euler3DTransform()
    made.SetRotation(*np.radians((x, y, z)).tolist())
    made.SetTranslation(shift)
    return made


def matrix(transform: sitk.Euler3DTransform) -> Matrix:
    whole = np.eye(4)
    whole[:3, :3] = np.reshape(transform.GetMatrix(), (3, 3))
    whole[:3, 3] = transform.GetTranslation()
    return whole


FIRST = euler(3, -4, 10, (5.0, -8.0, 12.0))
SECOND = euler(-20, 2, 1, (-40.0, 6.0, 0.5))


def moved(alignment: Alignment, point: tuple[float, float, float]) -> Matrix:
    return np.asarray((np.reshape(alignment.matrix, (4, 4)) @ (*point, 1.0))[:3], np.float64)


def between(found: tuple[Alignment, ...], from_uid: str, to_uid: str) -> Alignment:
    (one,) = (a for a in found if (a.from_uid, a.to_uid) == (from_uid, to_uid))
    return one


def read(folder: Path, *objects: FileDataset) -> tuple[Alignment, ...]:
    save(objects, folder, [f"reg{k}" for k in range(len(objects))])
    result = scan(folder)
    assert not result.rejected
    assert len(result.registration_files) == len(objects)
    return result.registrations


@pytest.mark.parametrize("point", POINTS)
def test_a_matrix_leads_from_the_items_frame_to_the_registered_one(
    tmp_path: Path, point: tuple[float, float, float]
) -> None:
    found = read(tmp_path, reg(FRAME, [(FRAME, [np.eye(4)], "RIGID"), (B, [matrix(FIRST)], "RIGID")]))
    assert {(a.from_uid, a.to_uid) for a in found} == {(B, FRAME), (FRAME, B)}
    there, back = between(found, B, FRAME), between(found, FRAME, B)
    assert moved(there, point) == pytest.approx(FIRST.TransformPoint(point), abs=1e-8)
    assert moved(back, point) == pytest.approx(FIRST.GetInverse().TransformPoint(point), abs=1e-8)
    assert (there.origin, there.who) == ("DICOM registration Day 2 on day 1", "Physicist A")


@pytest.mark.parametrize("point", POINTS)
def test_several_matrices_of_an_item_are_applied_in_their_order(
    tmp_path: Path, point: tuple[float, float, float]
) -> None:
    found = read(tmp_path, reg(FRAME, [(B, [matrix(FIRST), matrix(SECOND)], "RIGID")]))
    expected = SECOND.TransformPoint(FIRST.TransformPoint(point))
    assert moved(between(found, B, FRAME), point) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("point", POINTS)
def test_two_sources_are_led_to_each_other(tmp_path: Path, point: tuple[float, float, float]) -> None:
    found = read(tmp_path, reg(FRAME, [(B, [matrix(FIRST)], "RIGID"), (C, [matrix(SECOND)], "RIGID")]))
    assert len(found) == 6
    expected = SECOND.GetInverse().TransformPoint(FIRST.TransformPoint(point))
    assert moved(between(found, B, C), point) == pytest.approx(expected, abs=1e-8)


def test_the_newest_of_several_comes_last_whatever_its_name(tmp_path: Path) -> None:
    newer = reg(FRAME, [(B, [matrix(FIRST)], "RIGID")], "1.2.3.66", "20260103")
    older = reg(FRAME, [(B, [matrix(SECOND)], "RIGID")], "1.2.3.67", "20260102")
    last = [a for a in read(tmp_path, newer, older) if (a.from_uid, a.to_uid) == (B, FRAME)][-1]
    assert moved(last, (0, 0, 0)) == pytest.approx(FIRST.GetTranslation(), abs=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "used"),
    [
        (("20260102", "101500"), ("20260102", "101500"), False),
        (("20260102", "101500"), ("20260102", "101500.000"), False),
        (("20260102", ""), ("20260102", "101500"), False),
        (("", ""), ("20260102", "101500"), False),
        (("", "101500"), ("", "111500"), False),
        (("20260102", "101500"), ("20260102", "101501"), True),
    ],
)
def test_two_that_contradict_are_used_only_where_one_is_newer(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], used: bool
) -> None:
    made = [reg(FRAME, [(B, [matrix(m)], "RIGID")], f"1.2.3.6{k}") for k, m in enumerate((SECOND, FIRST))]
    for one, (day, clock) in zip(made, (first, second), strict=True):
        one.ContentDate, one.ContentTime = day, clock
    save(made, tmp_path, ["reg0", "reg1"])
    result = scan(tmp_path)
    assert [r.code for r in result.rejected] == ([] if used else ["REGISTRATION_CONTRADICTS"] * 2)
    assert accounted(result, tmp_path)
    last = [a for a in result.registrations if (a.from_uid, a.to_uid) == (B, FRAME)][-1:]
    assert len(last) == used
    for winner in last:
        assert moved(winner, (0, 0, 0)) == pytest.approx(FIRST.GetTranslation(), abs=1e-8)


def test_two_of_one_age_that_agree_are_used_and_an_older_one_is_told(tmp_path: Path) -> None:
    same = [reg(FRAME, [(B, [matrix(FIRST)], "RIGID")], f"1.2.3.6{k}") for k in range(2)]
    older = reg(FRAME, [(B, [matrix(SECOND)], "RIGID")], "1.2.3.69", "20250101")
    found = read(tmp_path, *same, older)
    last = [a for a in found if (a.from_uid, a.to_uid) == (B, FRAME)][-1]
    assert moved(last, (0, 0, 0)) == pytest.approx(FIRST.GetTranslation(), abs=1e-8)
    told = registration_notes(found, {FRAME, B})
    assert told[1:] == [
        "An older registration between the same frames of reference says otherwise; the newest is used."
    ]
    assert len(registration_notes(read(tmp_path / "same", *same), {FRAME, B})) == 1


@pytest.mark.parametrize(
    ("whose", "used"),
    [
        ({"PatientID": "P2"}, False),
        ({"PatientSex": "M"}, False),
        ({"PatientID": "", "PatientName": "Two^Other"}, False),
        ({"PatientID": ""}, True),
        ({"PatientName": "One^Patient", "PatientSex": "F"}, True),
    ],
)
def test_one_of_another_patient_is_set_aside_and_told(
    tmp_path: Path, whose: dict[str, str], used: bool
) -> None:
    save([*pet(), *ct()], tmp_path)
    made = reg(FRAME, [(B, [matrix(FIRST)], "RIGID")])
    for keyword, value in whose.items():
        setattr(made, keyword, value)
    save([made], tmp_path, ["reg"])
    result = scan(tmp_path)
    assert [r.code for r in result.rejected] == ([] if used else ["REGISTRATION_OTHER_PATIENT"])
    assert accounted(result, tmp_path)
    told = "A registration was set aside: It is a registration of another patient; it is not used."
    assert (told in study(result).notes) != used


def test_one_within_a_frame_of_reference_is_told(tmp_path: Path) -> None:
    save([*pet(), *ct()], tmp_path)
    save([reg(FRAME, [(FRAME, [matrix(FIRST)], "RIGID")])], tmp_path, ["reg"])
    assert study(scan(tmp_path)).notes[-1] == (
        "A registration was set aside: It moves images within one frame of reference; "
        "such a movement is not applied."
    )


def test_a_rigid_matrix_called_affine_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, reg(FRAME, [(B, [matrix(FIRST)], "AFFINE")]))


def test_a_study_carries_them(tmp_path: Path) -> None:
    save([*pet(), *ct()], tmp_path)
    save([reg(FRAME, [(B, [matrix(FIRST)], "RIGID")])], tmp_path, ["reg"])
    result = scan(tmp_path)
    assert study(result).registrations == result.registrations != ()


def test_the_case_says_what_a_registration_does_for_it(tmp_path: Path) -> None:
    save([*pet(), *ct()], tmp_path)
    save([reg(FRAME, [(B, [matrix(FIRST)], "RIGID")])], tmp_path, ["reg"])
    result = scan(tmp_path)
    assert accounted(result, tmp_path)
    by = "DICOM registration Day 2 on day 1 (Physicist A)"
    assert study(result).notes[-1] == (
        f"{by} names a frame of reference that no series here has; it is not used."
    )
    leads = registration_notes(result.registrations, {FRAME, B})
    assert leads == [f"{by} leads between frames of reference of this case."]


UP = np.eye(4, k=3)
"""Added to a matrix, it lifts by 1 mm along x."""


def test_a_movement_told_twice_with_few_digits_is_one(tmp_path: Path) -> None:
    rounded = np.eye(4) + 0.005 * UP
    assert len(read(tmp_path, reg(FRAME, [(B, [np.eye(4)], "RIGID"), (B, [rounded], "RIGID")]))) == 2


SCALED = np.diag([1.02, 1.0, 1.0, 1.0])
MIRRORED = np.diag([-1.0, 1.0, 1.0, 1.0])
HUGE, FAR = np.full((4, 4), 1e300), np.eye(4) + 1e9 * np.eye(4, k=3)
PROJECTED = np.eye(4) + np.array([[0] * 4, [0] * 4, [0] * 4, [0.1, 0, 0, 0]])


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (reg(FRAME, [(B, [SCALED], "RIGID_SCALE")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, [(B, [SCALED], "RIGID")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, [(B, [np.diag([1.0002, 1.0, 1.0, 1.0])], "RIGID")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, [(B, [MIRRORED], "AFFINE")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, [(B, [PROJECTED], "AFFINE")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, [(B, [np.eye(4)[:3]], "RIGID")]), "REGISTRATION_BROKEN"),
        (reg(FRAME, [(B, [], "RIGID")]), "REGISTRATION_BROKEN"),
        (reg(FRAME, [(B, [np.eye(4)] * 100, "RIGID")]), "REGISTRATION_BROKEN"),
        (reg(FRAME, [(B, [HUGE, HUGE], "RIGID")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, [(B, [FAR], "RIGID")]), "REGISTRATION_NOT_RIGID"),
        (reg(FRAME, []), "REGISTRATION_BROKEN"),
        (reg(None, [(B, [np.eye(4)], "RIGID")]), "REGISTRATION_BROKEN"),
        (reg(FRAME, [(f"{B}.{k}", [np.eye(4)], "RIGID") for k in range(40)]), "REGISTRATION_BROKEN"),
        (reg(FRAME, [(None, [np.eye(4)], "RIGID")]), "REGISTRATION_BY_IMAGES"),
        (
            reg(FRAME, [(B, [matrix(FIRST)], "RIGID"), (B, [matrix(SECOND)], "RIGID")]),
            "REGISTRATION_CONTRADICTS",
        ),
        (
            reg(FRAME, [(B, [np.eye(4)], "RIGID"), (B, [np.eye(4) + 0.02 * UP], "RIGID")]),
            "REGISTRATION_CONTRADICTS",
        ),
        (reg(FRAME, [(FRAME, [matrix(FIRST)], "RIGID")]), "REGISTRATION_CONTRADICTS"),
        (
            reg(FRAME, [(B, [np.eye(4)], "RIGID")], kind=DeformableSpatialRegistrationStorage),
            "REGISTRATION_DEFORMABLE",
        ),
    ],
)
def test_what_is_no_rigid_registration_is_set_aside(tmp_path: Path, made: FileDataset, code: str) -> None:
    save([made], tmp_path, ["reg"])
    result = scan(tmp_path)
    assert [r.code for r in result.rejected] == [code]
    assert result.registrations == ()
    assert all(len(r.what) > 20 for r in result.rejected)

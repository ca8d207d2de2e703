"""A rigid movement of patient space: rotation and shift, its inverse, one after another, how far it goes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from atsmviewer.model.grid import Floats, Vector, vector

Matrix = tuple[float, ...]
"""4 x 4, row by row: takes a point (x, y, z, 1) in mm to where it is moved."""

STILL: Matrix = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)

RIGID = 1e-4
"""How far a matrix may be from turning without stretching: registrations are written with few digits."""


FARTHEST_MM = 1e6
"""A shift beyond a kilometre brings nothing to a patient, and numbers near the end of their range to NaN."""


def rigid_parts(matrix: Sequence[float]) -> tuple[Floats, Floats] | None:
    """Rotation (3, 3), made exact, and shift in mm (3,) of a matrix; None where it is no rigid movement.

    None is the answer for one that stretches, shears, mirrors, goes beyond a kilometre, or is no 4 x 4 of
    numbers.
    """
    whole = np.asarray(matrix, np.float64)
    if whole.size != 16 or not (np.abs(whole) <= FARTHEST_MM).all():  # NaN is never within
        return None
    whole = whole.reshape(4, 4)
    turn = whole[:3, :3]
    stretched = float(np.abs(turn @ turn.T - np.eye(3)).max()) > RIGID
    if stretched or np.linalg.det(turn) <= 0 or not (whole[3] == (0, 0, 0, 1)).all():
        return None
    left, _, right = np.linalg.svd(turn)
    return np.asarray(left @ right, np.float64), np.asarray(whole[:3, 3], np.float64)


def as_matrix(turn: Floats, shift: Floats) -> Matrix:
    """Rotation (3, 3), then shift in mm, as a matrix."""
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = turn, shift
    return tuple(float(v) + 0.0 for v in whole.ravel())


def shifting(by_mm: Sequence[float] | Floats) -> Matrix:
    """The movement by a vector in mm."""
    return as_matrix(np.eye(3), np.asarray(by_mm, np.float64))


def turning(axis: Sequence[float] | Floats, angle_deg: float, about_mm: Sequence[float]) -> Matrix:
    """The right-handed turn by an angle about an axis (3,) through a point, LPS mm (Rodrigues' formula)."""
    x, y, z = np.asarray(axis, np.float64) / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angle = math.radians(angle_deg)
    turn = np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * cross @ cross
    about = np.asarray(about_mm, np.float64)
    return as_matrix(turn, about - turn @ about)


def backwards(matrix: Sequence[float]) -> Matrix:
    """The movement back; ValueError where there is no rigid one."""
    turn, shift = _parts(matrix)
    return as_matrix(turn.T, -turn.T @ shift)


def after(first: Sequence[float], then: Sequence[float]) -> Matrix:
    """One movement after another; ValueError where one of them is not rigid."""
    turn, shift = _parts(first)
    again, on = _parts(then)
    return as_matrix(again @ turn, again @ shift + on)


def travel(matrix: Sequence[float], point_mm: Vector) -> tuple[Vector, Vector]:
    """How far a movement takes a point, in mm, and its turn in degrees about x, y and z together.

    The turn is the rotation vector: its direction is the axis, its length the angle (0 to 180 degrees), so
    that a turn about one axis is that angle and two zeros. ValueError where the movement is not rigid.
    """
    turn, shift = _parts(matrix)
    point = np.asarray(point_mm, np.float64)
    return vector(turn @ point + shift - point), vector(_rotation_vector(turn))


def _rotation_vector(turn: Floats) -> Floats:
    skew = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]]) / 2.0
    sine, cosine = float(np.linalg.norm(skew)), (float(np.trace(turn)) - 1.0) / 2.0
    angle = math.degrees(math.atan2(sine, cosine))
    if sine > 1e-9:
        return np.asarray(skew / sine * angle, np.float64)
    if cosine > 0:
        return np.zeros(3)
    # half a turn has no skew part: R = 2 n n' - 1, so the longest column of R + 1 lies along the axis n
    columns = turn + np.eye(3)
    axis = columns[:, int(np.argmax(np.linalg.norm(columns, axis=0)))]
    return np.asarray(axis / np.linalg.norm(axis) * angle, np.float64)


def _parts(matrix: Sequence[float]) -> tuple[Floats, Floats]:
    parts = rigid_parts(matrix)
    if parts is None:
        raise ValueError("the movement is not rigid")
    return parts

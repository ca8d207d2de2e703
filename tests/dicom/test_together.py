"""Which slices are of one stack: by the rule for two planes, in a time that many stacks do not stretch."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.dicom.disk.pace import stoppable
from atsmviewer.dicom.header.boundary import Header, read_header
from atsmviewer.dicom.slices.geometry import Plane, alike
from atsmviewer.dicom.slices.instance import Instance, instances
from atsmviewer.dicom.slices.stacks import series_of
from atsmviewer.dicom.slices.together import stacks_of
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import pet, save


@pytest.fixture
def one(tmp_path: Path) -> Instance:
    save(pet()[:1], tmp_path)
    header = read_header(tmp_path / "slice0")
    assert isinstance(header, Header)
    made = instances(header)
    assert isinstance(made, tuple)
    return made[0]


def _turned(plane: Plane, radians: float) -> Plane:
    c, s = float(np.cos(radians)), float(np.sin(radians))
    return replace(plane, row=(c, s, 0.0), column=(-s, c, 0.0))


def _by_pairs(members: list[Instance]) -> list[list[Instance]]:
    """The rule, each slice against the first of each stack."""
    stacks: list[list[Instance]] = []
    for m in members:
        home = next((s for s in stacks if alike(s[0].plane, m.plane) and s[0].modality == m.modality), None)
        if home is None:
            stacks.append([m])
        else:
            home.append(m)
    return stacks


def test_stacks_are_those_of_the_rule_for_two_planes(one: Instance) -> None:
    rng = np.random.default_rng(3)
    members = []
    for k in range(300):
        plane = _turned(one.plane, rng.choice([0.0, 0.00008, 0.00012, 0.5, 0.50009]))
        wide = float(rng.choice([2.0, 2.0001, 2.0003]))
        size = (4, int(rng.choice([3, 4])))
        plane = replace(plane, spacing_mm=(wide, 1.5), size=size)
        members.append(replace(one, uid=f"1.2.{k}", plane=plane, modality=str(rng.choice(["PT", "CT"]))))
    found = stacks_of(members)
    assert [[m.uid for m in s] for s in found] == [[m.uid for m in s] for s in _by_pairs(members)]
    assert len(found) > 8


def _fan(one: Instance, count: int) -> list[Instance]:
    return [replace(one, uid=f"1.2.{k}", plane=_turned(one.plane, k * np.pi / count)) for k in range(count)]


def test_a_series_of_as_many_orientations_as_slices_is_refused_soon(one: Instance) -> None:
    began = time.monotonic()
    found, rejected = series_of(_fan(one, 3000))
    assert time.monotonic() - began < 5.0  # pairs of planes one by one take minutes
    assert not found
    assert {r.code for r in rejected} == {"STACKS_AMBIGUOUS"}


def test_a_cancel_is_heard_between_slices(one: Instance) -> None:
    asked = iter([False, False, True])
    with pytest.raises(ReviewError, match="CANCELLED"), stoppable(lambda: next(asked)):
        stacks_of(_fan(one, 3000))

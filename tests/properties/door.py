"""Owns the way from files to numbers through the front door: open, draw two spheres, assess."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from atsmviewer.model.assessment import Assessment, Depth, Measurement, Missing, Number
from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Protocol, Session
from atsmviewer.model.study import Study
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import open_case
from tests.oracle import scanner

Values = dict[str, tuple[float, str]]
"""Numbers by "region/quantity", with their unit."""

Place = tuple[Vector, float]
"""Centre in LPS mm and radius in mm."""

TUMOUR: Place = ((-15.0, 0.0, 114.0), 9.0)
MUSCLE: Place = ((17.5, 2.0, 113.0), 8.0)


@dataclass(frozen=True)
class Reading:
    """One study as read and measured."""

    study: Study
    session: Session
    assessment: Assessment

    @property
    def values(self) -> Values:
        """Every number that is given."""
        return {key: (n.value, n.unit) for key, n in numbers(self.assessment) if isinstance(n, Measurement)}

    @property
    def missing(self) -> dict[str, Missing]:
        """Every number that is not, with its code."""
        return {key: n for key, n in numbers(self.assessment) if isinstance(n, Missing)}

    @property
    def flags(self) -> frozenset[str]:
        """Codes of all doubts: of the scan, of a number, of a ratio's parts."""
        found = {f.code for f in self.assessment.flags}
        found |= {f.code for _, scale in self.assessment.scales for f in scale.flags}
        found |= {f.code for h in self.assessment.hypoxic for f in h.flags}
        found |= {f.code for m in self.assessment.muscles for f in m.flags}
        given = (n for _, n in numbers(self.assessment) if isinstance(n, Measurement))
        return frozenset(found | {f.code for n in given for f in n.flags})

    @property
    def refusal(self) -> str:
        """The code of the refusal of SUV, where it has a sentence and a remedy; else empty."""
        refused = self.assessment.scale(self.assessment.rois[0].acquisition_uid).refused
        return refused.code if refused is not None and refused.what and refused.remedy else ""

    def __getitem__(self, key: str) -> float:
        """One number; KeyError where it is refused."""
        return self.values[key][0]


def numbers(assessment: Assessment) -> Iterable[tuple[str, Number]]:
    """All numbers of an assessment by a name of their own."""
    for roi in assessment.rois:
        yield from ((f"{roi.name}/{n.quantity}", n) for n in roi.numbers)
    for ratio in assessment.ratios:
        yield f"{ratio.tumour}/tm_{ratio.kind}", ratio.number
    for one in assessment.hypoxic:
        parts = {"level": one.level, "hv": one.volume, "hf": one.fraction, "burden": one.burden}
        yield from ((f"{one.tumour}/{name}", number) for name, number in parts.items())
    yield "total/hv", assessment.hypoxic_total


def read(folder: Path, depth: Depth = Depth.LIVE, **protocol: Any) -> Reading:
    """Open a folder and measure a tumour and a muscle sphere on its tallest PET.

    Raises
    ------
    ReviewError
        Where the folder does not open, as a person would see it.
    """
    return measure(open_case(folder).study, depth, **protocol)


def measure(
    study: Study, depth: Depth = Depth.LIVE, places: tuple[Place, ...] = (TUMOUR, MUSCLE), **protocol: Any
) -> Reading:
    """Spheres on a study: the last is the muscle, the others are tumours."""
    pet = max(study.acquisitions, key=lambda a: a.pet.grid.shape[0])
    names = ["tumour", *(f"tumour {k}" for k in range(2, len(places)))]
    roles = [(name, Role.TUMOUR) for name in names] + [("muscle", Role.MUSCLE)]
    space = pet.frame_of_reference_uid
    rois = tuple(
        Roi(name, name, role, space, sphere(*place))
        for (name, role), place in zip(roles, places, strict=True)
    )
    session = Session(study.key, Protocol(**protocol), rois)
    return Reading(study, session, assess(study, session, depth).at(pet.uid))


def opened(files: list[Dataset]) -> Study:
    """Data sets written to a new folder and opened from it."""
    with tempfile.TemporaryDirectory() as folder:
        scanner.write(files, Path(folder))
        return open_case(Path(folder)).study


def through(files: list[Dataset], depth: Depth = Depth.LIVE, **protocol: Any) -> Reading:
    """Data sets written, opened and measured."""
    return measure(opened(files), depth, **protocol)


def scanned(setup: scanner.Setup, depth: Depth = Depth.LIVE, **protocol: Any) -> Reading:
    """A made-up scan, written, opened and measured."""
    return through(scanner.headers(setup), depth, **protocol)


def close(one: Reading, other: Reading, rel: float) -> None:
    """Assert that both give the same numbers in the same units."""
    assert one.values.keys() == other.values.keys()
    for key, (value, unit) in one.values.items():
        assert other.values[key][1] == unit, key
        assert other.values[key][0] == pytest.approx(value, rel=rel, abs=1e-12), key

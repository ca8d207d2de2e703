"""Owns the way from files to numbers through the front door: open, draw two spheres, assess."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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

TUMOUR: tuple[Vector, float] = ((-15.0, 0.0, 114.0), 9.0)
MUSCLE: tuple[Vector, float] = ((17.5, 2.0, 113.0), 8.0)


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


def read(folder: Path, depth: Depth = Depth.FULL, suv: str = "bw", move: Vector = (0.0, 0.0, 0.0)) -> Reading:
    """Open a folder and measure a tumour and a muscle sphere on its first PET.

    Raises
    ------
    ReviewError
        Where the folder does not open, as a person would see it.
    """
    study = open_case(folder).study
    return measure(study, depth, suv, move)


def measure(study: Study, depth: Depth = Depth.FULL, suv: str = "bw", move: Vector = (0, 0, 0)) -> Reading:
    """The two spheres on a study, both shifted by ``move``."""
    space = study.acquisitions[0].frame_of_reference_uid
    rois = tuple(
        Roi(name, name, role, space, sphere((x + move[0], y + move[1], z + move[2]), radius))
        for name, role, ((x, y, z), radius) in (
            ("tumour", Role.TUMOUR, TUMOUR),
            ("muscle", Role.MUSCLE, MUSCLE),
        )
    )
    session = Session(study.key, Protocol(suv=suv), rois)
    return Reading(study, session, assess(study, session, depth))


def through(files: list[Dataset], depth: Depth = Depth.LIVE, suv: str = "bw") -> Reading:
    """Data sets written to a new folder and read from it."""
    with tempfile.TemporaryDirectory() as folder:
        scanner.write(files, Path(folder))
        return read(Path(folder), depth, suv)


def scanned(setup: scanner.Setup, depth: Depth = Depth.LIVE, suv: str = "bw") -> Reading:
    """A made-up scan, written and read."""
    return through(scanner.headers(setup), depth, suv)

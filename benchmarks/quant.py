"""Regions, peaks, threshold and growth: our numbers beside reading the voxels, SimpleITK and plain loops.

Run: python benchmarks/quant.py [--quick]
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import ref

import numpy as np

from atsmviewer.model.assessment import Depth
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Ellipsoid, Roi, Role, sphere
from atsmviewer.model.session import Protocol, Session
from atsmviewer.model.study import Acquisition, Frame, Patient, Series, Study
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess, scale_of
from atsmviewer.quant.mask import mask
from atsmviewer.quant.peak import peaks
from atsmviewer.quant.sample import region, sample
from atsmviewer.quant.spheres import RADIUS_MM
from atsmviewer.quant.statistics import statistics as numbers

# typed as Any: its stubs leave methods untyped, which strict checking refuses to call
sitk: Any = importlib.import_module("SimpleITK")

SPACE, UID = "1.2", "1.3"
SCAN = datetime(2026, 3, 10, 11)
STEP_MM = (3.0, 4.0, 4.0)
TUMOUR = Roi("t", "Tumour", Role.TUMOUR, SPACE, sphere((0.0, 0.0, 0.0), 30.0))
MUSCLE = Roi("m", "Muscle", Role.MUSCLE, SPACE, sphere((100.0, 0.0, 0.0), 15.0))


@dataclass(frozen=True)
class Row:
    """One line: what was timed, ms, and which of our lines it is a floor or a peer of."""

    name: str
    ms: float
    goal: str = ""
    against: str = ""
    least: float = 0.0


def case(shape: tuple[int, int, int]) -> Study:
    """A PET of random activity on 4 x 4 x 3 mm voxels, 64Cu-ATSM one hour after injection."""
    s, r, c = shape
    grid = Grid(shape, (0, 0, 4.0, 2 - 2 * c, 0, 4.0, 0, 2 - 2 * r, 3.0, 0, 0, 1.5 - 1.5 * s), SPACE)
    made = np.random.default_rng(1).random(shape, np.float32) * 4000 + 500
    facts = PetFacts(
        units="BQML",
        decay_correction="START",
        corrected_image=("ATTN", "DECY"),
        weight_kg=70.0,
        injected_activity_bq=370e6,
        half_life_s=45722.2,
        nuclide="64Cu",
        injection_datetime=datetime(2026, 3, 10, 10),
        series_datetime=SCAN,
        slices=(SliceTime(SCAN, 600.0, None),) * s,
    )
    series = Series(UID, "1.4", "PT", "PET", 1, grid, SCAN)
    frame = Frame(0, SCAN, 600.0, Volume(grid, made, Unit.BQML, UID))
    return Study("case", Patient("", "", ""), (Acquisition(series, facts, (frame,)),))


def timed(act: Callable[[int], object], steps: int = 200) -> float:
    """Median ms of a step; the first ones warm the caches."""
    times = []
    for k in range(-3, steps):
        began = time.perf_counter()
        act(k)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[3:])


def dragged(roi: Roi, x: float, radius: float, k: int) -> Roi:
    """The roi somewhere it has not been."""
    return replace(roi, shape=sphere((x + 0.1 * (k % 40), 0.013 * k, 0.007 * k), radius))


class Desk:
    """A study with its volume and scale, and the steps that are timed."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.study = case(shape)
        acquisition = self.study.acquisitions[0]
        volume = acquisition.frames[0].volume
        assert volume is not None
        self.volume: Volume = volume
        self.scale: Scale = scale_of(acquisition.facts, (), shape[0])
        self.session = Session("case", Protocol(), (TUMOUR, MUSCLE))
        self.shapes: list[Ellipsoid] = []

    def _shape(self, k: int) -> Ellipsoid:
        """A sphere of 60 mm diameter at a new place; kept alive, since caches hold it weakly."""
        self.shapes = [sphere((0.37 * k, 0.21 * k, 0.13 * k), 30.0)]
        return self.shapes[0]

    def region(self, rule: str) -> Callable[[int], object]:
        def step(k: int) -> object:
            found = sample(region(self._shape(k)), ref(self.volume), ref(self.scale), rule)
            return numbers(found, "g/ml")

        return step

    def peak(self, k: int) -> object:
        where = region(self._shape(k))
        return peaks(where, ref(self.volume), ref(self.scale), "g/ml", "fraction")

    def floor(self, k: int) -> object:
        box = mask(TUMOUR.shape, self.volume.grid, "fraction").box
        values = self.volume.voxels[box].astype(np.float64)
        return values.sum(), values.max()

    def drag(self, session: Session, k: int, depth: Depth = Depth.LIVE) -> object:
        moved = dragged(TUMOUR, 0.0, 30.0, k)
        return assess(self.study, replace(session, rois=(moved, MUSCLE)), depth)

    def drag_muscle(self, k: int) -> object:
        moved = dragged(MUSCLE, 100.0, 15.0, k)
        return assess(self.study, replace(self.session, rois=(TUMOUR, moved)), Depth.LIVE)

    def threshold(self, k: int) -> object:
        """The numbers of a new threshold, and what three slices of the tumour show above it."""
        protocol = replace(self.session.protocol, tm_threshold=1.1 + 0.01 * (k % 300))
        made = assess(self.study, replace(self.session, protocol=protocol), Depth.LIVE)
        level = made.hypoxic[0].level
        height = getattr(level, "value", 0.0) / self.scale.slice_factors[0]
        inside = mask(TUMOUR.shape, self.volume.grid, "fraction")
        values, weights = self.volume.voxels[inside.box], inside.weights
        middle = [n // 2 for n in weights.shape]
        cuts = ((middle[0],), (slice(None), middle[1]), (slice(None), slice(None), middle[2]))
        return made, [(values[at] > height) & (weights[at] > 0) for at in cuts]


def naive_peak(volume: Volume, box: tuple[slice, slice, slice]) -> float:
    """SUVpeak by a loop over voxels: the mean of all centres within a sphere of 1 ml of each."""
    reach = [int(np.ceil(RADIUS_MM / step)) for step in STEP_MM]
    steps = np.mgrid[tuple(slice(-n, n + 1) for n in reach)].reshape(3, -1).T
    near = steps[np.linalg.norm(steps * STEP_MM, axis=1) <= RADIUS_MM]
    highest = 0.0
    for s in range(box[0].start, box[0].stop):
        for r in range(box[1].start, box[1].stop):
            for c in range(box[2].start, box[2].stop):
                at = near + np.array([s, r, c])
                highest = max(highest, float(volume.voxels[at[:, 0], at[:, 1], at[:, 2]].mean()))
    return highest


FRACTION = "region of 60 mm by parts of voxels: mask, order, every live statistic"
CENTRE = "the same by the centre rule"
PEAK = "SUVpeak of it, three kinds, with its doubts"
THRESHOLD = "T/M threshold moved: every number, three slice masks"
MUSCLE_DRAG = "muscle dragged: every number"


def ours(desk: Desk) -> list[Row]:
    """Our steps beside the floor: the region's box read once, summed, its maximum found."""
    centre = replace(desk.session, protocol=Protocol(mask_rule="centre"))
    return [
        Row("floor: read the box of it, sum and maximum", timed(desk.floor)),
        Row(FRACTION, timed(desk.region("fraction")), "<= 2 ms"),
        Row(CENTRE, timed(desk.region("centre")), "<= 0.3 ms"),
        Row(PEAK, timed(desk.peak, 60), "<= 0.8 ms"),
        Row(THRESHOLD, timed(desk.threshold), "<= 1 ms"),
        Row(MUSCLE_DRAG, timed(desk.drag_muscle), "<= 1 ms"),
        Row(
            "tumour of 60 mm dragged: every live number, T/M, curve",
            timed(lambda k: desk.drag(desk.session, k)),
        ),
        Row("the same by the centre rule, whole step", timed(lambda k: desk.drag(centre, k))),
        Row("everything at full depth", timed(lambda k: desk.drag(desk.session, k, Depth.FULL), 20)),
    ]


def peers(desk: Desk) -> list[Row]:
    """The same questions asked of SimpleITK on the whole volume, and of a plain loop."""
    image = sitk.GetImageFromArray(desk.volume.voxels)
    whole = np.zeros(desk.volume.grid.shape, np.uint8)
    made = mask(TUMOUR.shape, desk.volume.grid, "centre")
    whole[made.box] = made.weights > 0
    labels = sitk.GetImageFromArray(whole)

    def statistics_of(_: int) -> None:
        ask = sitk.LabelIntensityStatisticsImageFilter()
        ask.Execute(labels, image)
        ask.GetMean(1)

    def count(k: int) -> int:
        above = sitk.BinaryThreshold(image, 1000.0 + k, 1e9, 1, 0)
        return int(sitk.GetArrayFromImage(above * labels).sum())

    def plain_statistics_of(_: int) -> None:
        ask = sitk.LabelStatisticsImageFilter()
        ask.Execute(image, labels)
        ask.GetMean(1)

    label, plain = timed(statistics_of, 5), timed(plain_statistics_of, 5)
    return [
        Row("SimpleITK LabelIntensityStatistics", label, "", FRACTION, 300),
        Row("SimpleITK LabelIntensityStatistics", label, "", CENTRE, 300),
        Row("SimpleITK LabelStatistics", plain, "", FRACTION, 300),
        Row("SimpleITK LabelStatistics", plain, "", CENTRE, 300),
        Row("a loop over voxels", timed(lambda _: naive_peak(desk.volume, made.box), 2), "", PEAK, 100),
        Row("SimpleITK BinaryThreshold and count", timed(count, 5), "", THRESHOLD, 40),
    ]


def tell(rows: list[Row]) -> None:
    """Median ms, times the floor, and how many times slower the peers are."""
    by_name = {row.name: row.ms for row in rows}
    for row in rows:
        said = f"{row.name:64} {row.ms:9.3f} ms {row.ms / rows[0].ms:8.1f} x floor  {row.goal}"
        if row.against:
            ratio = row.ms / by_name[row.against]
            said = f"{row.name:64} {row.ms:9.3f} ms {ratio:8.0f} x ours   >= {row.least:g} x  ({row.against})"
        print(said)


def main() -> None:
    base = (400, 200, 200)
    print(f"PET {base[0]} x {base[1]} x {base[2]}, 4 x 4 x 3 mm")
    desk = Desk(base)
    rows = ours(desk)
    tell(rows + ([] if "--quick" in sys.argv else peers(desk)))
    if "--quick" in sys.argv:
        return
    for times, shape in ((2, (400, 400, 200)), (8, (800, 400, 400))):
        print(f"growth: {times} x the voxels")
        grown = Desk(shape)
        for row, before in zip(ours(grown)[1:], rows[1:], strict=True):
            print(f"{row.name:64} {row.ms:9.3f} ms {row.ms / before.ms:8.2f} x")


if __name__ == "__main__":
    main()

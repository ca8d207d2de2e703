"""What a drag step costs in numbers alone: LIVE assess beside reading the box, and beside SimpleITK.

Run: python benchmarks/live.py
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from atsmviewer.model.assessment import Depth
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Protocol, Session
from atsmviewer.model.study import Acquisition, Frame, Patient, Series, Study
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess
from atsmviewer.quant.mask import mask

# typed as Any: its stubs leave methods untyped, which strict checking refuses to call
sitk: Any = importlib.import_module("SimpleITK")

SPACE, UID = "1.2", "1.3"
SCAN = datetime(2026, 3, 10, 11)
TUMOUR = Roi("t", "Tumour", Role.TUMOUR, SPACE, sphere((0.0, 0.0, 0.0), 20.0))
MUSCLE = Roi("m", "Muscle", Role.MUSCLE, SPACE, sphere((100.0, 0.0, 0.0), 15.0))


def case(slices: int = 300) -> Study:
    """A PET of 200 x 200 on 4 x 4 x 3 mm in Bq/ml, 64Cu-ATSM."""
    grid = Grid((slices, 200, 200), (0, 0, 4.0, -398, 0, 4.0, 0, -398, 3.0, 0, 0, -1.5 * slices), SPACE)
    made = np.random.default_rng(1).random(grid.shape, np.float32) * 4000 + 500
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
        slices=(SliceTime(SCAN, 600.0, None),) * slices,
    )
    series = Series(UID, "1.4", "PT", "PET", 1, grid, SCAN)
    frame = Frame(0, SCAN, 600.0, Volume(grid, made, Unit.BQML, UID))
    return Study("case", Patient("", "", ""), (Acquisition(series, facts, (frame,)),))


def timed(act: Callable[[int], object], steps: int = 200) -> float:
    """Median ms of a step; the first ones warm the caches."""
    times = []
    for k in range(-5, steps):
        began = time.perf_counter()
        act(k)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[5:])


def dragged(roi: Roi, x: float, radius: float, k: int) -> Roi:
    """The roi somewhere it has not been."""
    return replace(roi, shape=sphere((x + 0.1 * (k % 40), 0.01 * k, 0.003 * k), radius))


def rows(study: Study) -> list[tuple[str, float, str]]:
    """(what, ms, compared with)."""
    volume = study.acquisitions[0].frames[0].volume
    assert volume is not None
    box = mask(TUMOUR.shape, volume.grid, "fraction").box
    base = Session("case", Protocol(), (TUMOUR, MUSCLE))
    centre = Session("case", Protocol(mask_rule="centre"), (TUMOUR, MUSCLE))

    def drag(session: Session, tumour_mm: float, depth: Depth = Depth.LIVE) -> float:
        def step(k: int) -> object:
            return assess(study, replace(session, rois=(dragged(TUMOUR, 0.0, tumour_mm, k), MUSCLE)), depth)

        return timed(step)

    def drag_muscle(k: int) -> object:
        return assess(study, replace(base, rois=(TUMOUR, dragged(MUSCLE, 100.0, 15.0, k))), Depth.LIVE)

    def move_threshold(k: int) -> object:
        return assess(study, replace(base, protocol=Protocol(tm_threshold=1.1 + 0.01 * k)), Depth.LIVE)

    made = [
        ("read the tumour's box (floor)", timed(lambda _: volume.voxels[box].astype(np.float64).sum()), ""),
        ("drag the tumour, r 20 mm", drag(base, 20.0), ""),
        ("drag the muscle, r 15 mm", timed(drag_muscle), ""),
        ("drag a tumour of r 30 mm", drag(base, 30.0), ""),
        ("the same by the centre rule", drag(centre, 30.0), ""),
        ("move the threshold", timed(move_threshold), ""),
        ("everything, peaks included (FULL), r 20 mm", drag(base, 20.1, Depth.FULL), ""),
    ]
    return made + peers(volume)


def peers(volume: Volume) -> list[tuple[str, float, str]]:
    """The same questions asked of SimpleITK on the whole volume."""
    image = sitk.GetImageFromArray(volume.voxels)
    whole = np.zeros(volume.grid.shape, np.uint8)
    made = mask(TUMOUR.shape, volume.grid, "centre")
    whole[made.box] = made.weights > 0
    labels = sitk.GetImageFromArray(whole)

    def statistics_of(_: int) -> None:
        ask = sitk.LabelIntensityStatisticsImageFilter()
        ask.Execute(labels, image)
        ask.GetMean(1)

    def count(k: int) -> int:
        above = sitk.BinaryThreshold(image, 1000.0 + k, 1e9, 1, 0)
        return int(sitk.GetArrayFromImage(above * labels).sum())

    return [
        ("SimpleITK LabelIntensityStatistics", timed(statistics_of, 8), "drag the tumour, r 20 mm"),
        ("SimpleITK BinaryThreshold and count", timed(count, 8), "move the threshold"),
    ]


def main() -> None:
    for slices in (300, 600):
        found = rows(case(slices))
        by_name = {name: ms for name, ms, _ in found}
        floor = found[0][1]
        print(f"PET {slices} x 200 x 200: median ms, x floor, x ours")
        for name, ms, against in found:
            ratio = f"{ms / by_name[against]:8.0f} x" if against else ""
            print(f"{name:44} {ms:9.3f} {ms / floor:9.1f} {ratio}")


if __name__ == "__main__":
    main()

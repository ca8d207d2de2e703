"""One wheel step and one drag step in the window, with 1, 2 and 8 times the voxels: they should stay flat.

The study is CT 512 x 512 and PET 200 x 200 of 100, 200 and 800 slices; each step is painted. They take turns
three times, and the least median of each counts, so that a busy machine does not look like growth.

Run: python -m benchmarks.steps     (a minute, 3 GB of memory; offscreen where there is no display)
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Role, sphere
from atsmviewer.model.study import Series, Study
from atsmviewer.model.viewing import Viewing
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.session.edits import add_roi, move_roi, new_roi
from atsmviewer.session.journal import Journal
from atsmviewer.ui.app import application
from atsmviewer.ui.firstview import first_view
from atsmviewer.ui.window import MainWindow
from benchmarks.lines import line, machine
from benchmarks.quant import case

SLICES, TIMES, STEPS, ROUNDS = 100, (1, 2, 8), 60, 3
FLAT = 1.2


def study(slices: int) -> Study:
    """A PET of 200 x 200 voxels a slice, and a CT of 512 x 512 that covers it."""
    made = case((slices, 200, 200))
    (acquisition,) = made.acquisitions
    pet = acquisition.pet.grid
    step = 800 / 512
    affine = (0, 0, step, step / 2 - 400, 0, step, 0, step / 2 - 400, 3.0, 0, 0, 1.5 - 1.5 * slices)
    grid = Grid((slices, 512, 512), affine, pet.frame_of_reference_uid)
    voxels = np.random.default_rng(2).integers(-200, 300, grid.shape, np.int16)
    series = Series("1.5", "1.4", "CT", "CT", 2, grid, acquisition.pet.when)
    volume = Volume(grid, voxels, Unit.HU, "1.5")
    whole = replace(acquisition, anatomy=series, anatomy_volume=volume)
    return replace(made, key=f"case {slices}", acquisitions=(whole,))


class Desk:
    """A window with a study and a tumour, and the steps that are timed."""

    def __init__(self, slices: int, folder: Path) -> None:
        self.window = MainWindow()
        self.window.resize(1280, 800)
        self.window.show()
        one = study(slices)
        journal = Journal.open(folder / f"{slices}.jsonl", one.key, "benchmark")
        uid = one.acquisitions[0].uid
        view = first_view(one, uid, journal.session, Viewing("", (0.0, 0.0, 0.0)))
        self.document = self.window.document
        self.document.open(one, journal, view)
        self.roi = new_roi(journal.session, Role.TUMOUR, "1.2", sphere((0.0, 0.0, 0.0), 30.0))
        self.document.commit(add_roi(self.document.session, self.roi), "Place")

    def drag(self, k: int) -> None:
        moved = (10 * (k % 20) / 20, 0.3 * (k % 11), 0.1 * (k % 7))
        self.document.preview(move_roi(self.document.session, self.roi.uid, moved))

    def wheel(self, k: int) -> None:
        self.window.page.axial.step(1 if k // 20 % 2 == 0 else -1)


def median_ms(act: Callable[[int], None]) -> float:
    """Of one step with everything painted; the first ones warm the caches."""
    times = []
    for k in range(-5, STEPS):
        began = time.perf_counter()
        act(k)
        QApplication.processEvents()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[5:])


def main() -> None:
    machine()
    application()
    least: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        desks = {times: Desk(SLICES * times, Path(folder)) for times in TIMES}
        for _ in range(ROUNDS):
            for times, desk in desks.items():
                for name, act in (("drag", desk.drag), ("wheel", desk.wheel)):
                    spent = median_ms(act)
                    least[name, times] = min(spent, least.get((name, times), spent))
        for name in ("drag", "wheel"):
            line(f"{name} step, {SLICES} slices", least[name, 1], "ms")
            for times in TIMES[1:]:
                line(f"{times} x the voxels", least[name, times] / least[name, 1], "x", FLAT)
        for desk in desks.values():
            desk.document.close()
            desk.window.close()
    machine()


if __name__ == "__main__":
    main()

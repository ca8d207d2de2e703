"""A drag step in the real window: three fused planes and the readout, beside painting alone.

Run: python benchmarks/drag.py [--size 1280x800]   (offscreen where there is no display)
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from atsmviewer.model.roi import Ellipsoid, Role, sphere
from atsmviewer.session.edits import add_roi, move_roi, new_roi
from atsmviewer.session.journal import Journal
from atsmviewer.ui.app import application
from atsmviewer.ui.window import MainWindow
from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.opening import open_case

STEPS = 200


def timed(act: Callable[[int], object]) -> tuple[float, float]:
    """Median and 95th percentile in ms of one step with everything painted."""
    times = []
    for k in range(STEPS):
        start = time.perf_counter()
        act(k)
        QApplication.processEvents()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.95)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1280x800")
    width, height = (int(side) for side in parser.parse_args().size.split("x"))
    application()
    study = open_case(write_demo()).study
    window = MainWindow()
    window.resize(width, height)
    window.show()
    QApplication.processEvents()
    document = window.document
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal.open(Path(folder) / "s.jsonl", study.key, "benchmark")
        session = journal.session
        document.open(study, journal, window.opener.first_look(study, study.acquisitions[0].uid, session))
        acquisition = study.acquisitions[0]
        x, y, z = acquisition.view_grid.centre_mm
        frame = acquisition.frame_of_reference_uid
        tumour = new_roi(session, Role.TUMOUR, frame, sphere((x, y, z), 20.0))
        session = add_roi(session, tumour)
        muscle = new_roi(session, Role.MUSCLE, frame, sphere((x + 60, y, z), 15.0))
        document.commit(add_roi(session, muscle), "Place")
        assert isinstance(tumour.shape, Ellipsoid)

        def paint(_: int) -> None:
            for view in window.page.views:
                view.viewport().repaint()
            window.column.repaint()

        def drag(uid: str, centre: tuple[float, float, float]) -> Callable[[int], None]:
            def step(k: int) -> None:
                moved = (centre[0] + 10 * (k % 20) / 20, centre[1], centre[2] + 0.1 * (k % 7))
                document.preview(move_roi(document.session, uid, moved))

            return step

        def wheel(k: int) -> None:
            window.page.axial.step(1 if k // 20 % 2 == 0 else -1)

        floor = timed(paint)
        rows = [("painting alone (floor)", floor)]
        rows.append(("drag the tumour", timed(drag(tumour.uid, (x, y, z)))))
        rows.append(("drag the muscle", timed(drag(muscle.uid, (x + 60, y, z)))))
        rows.append(("wheel one slice (axial)", timed(wheel)))
        print(f"{width} x {height}, {os.environ['QT_QPA_PLATFORM']}: median ms, 95th percentile, x floor")
        for name, (median, p95) in rows:
            print(f"{name:28} {median:7.2f} {p95:7.2f} {median / floor[0]:6.2f}")
        document.close()
    window.close()


if __name__ == "__main__":
    main()

"""The program as a reader meets it: window on screen, first fused picture, memory with the study open.

Each figure is of a process of its own, timed from its start on the clock both share: until the window has
been painted; until the axial plane has been painted with CT and PET of a folder of 300 + 300 slices, handed
over as a double-click does. Warm is the least of five after one that is not counted. Cold is after all
caches of the system were dropped, where that may be done (root on Linux), else after the files alone were
dropped from the page cache. Memory is what a process with the window and a whole study takes more than
before it opened it, at its peak and a second after the last voxel, over the bytes of the voxels as kept.

Run: python -m benchmarks.screen     (two minutes, 600 MB of scratch space; Xvfb where there is no display)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TIMES = 5
DROP = Path("/proc/sys/vm/drop_caches")
STATUS = Path("/proc/self/status")
IDLE_MS = 1000
DISPLAY = ":87"


def main() -> None:
    from benchmarks.lines import line, machine
    from benchmarks.series import CT, PET, write

    machine()
    with tempfile.TemporaryDirectory() as scratch, screen() as what:
        folder, whole = Path(scratch) / "300", Path(scratch) / "400"
        os.environ["ATSMVIEWER_DATA"] = str(Path(scratch) / "data")
        # A program that is installed has its bytecode; one in a checkout that may not write it has not.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(scratch) / "bytecode")
        for place, slices in ((folder, 300), (whole, 400)):
            write(place / "ct", "CT", (slices, *CT[1:]), "2.25.2")
            write(place / "pet", "PT", (slices, *PET[1:]), "2.25.3")
        print(f"on {what}")
        line("an empty Qt window with numpy imported (floor)", warm("empty"), "s")
        line("window on screen, warm", warm("window"), "s", 0.5)
        line("300 CT + 300 PET to the first fused picture, warm", warm("picture", folder), "s", 1.5)
        print(f"cold: {chilled(folder)}")
        line("300 CT + 300 PET to the first fused picture, cold", spent("picture", folder)["s"], "s", 3)
        kept = (2 * CT[0] * CT[1] * CT[2] + 4 * PET[0] * PET[1] * PET[2]) / 2**20
        took = spent("memory", whole)
        line("voxels of 400 CT + 400 PET slices as kept", kept, "MB")
        line("memory of the window before", took["before"], "MB")
        line("more at the peak, over the voxels", took["peak"] / kept, "x", 2.5)
        line("more with the study open, over the voxels", took["open"] / kept, "x", 2.5)
    machine()


@contextmanager
def screen() -> Iterator[str]:
    """A display for the processes: the one there is, else Xvfb, else Qt's own offscreen one."""
    if "DISPLAY" in os.environ or "QT_QPA_PLATFORM" in os.environ:
        yield os.environ.get("QT_QPA_PLATFORM", "the display")
    elif server := shutil.which("Xvfb"):
        command = [server, DISPLAY, "-screen", "0", "1920x1080x24"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as serving:
            os.environ["DISPLAY"] = DISPLAY
            time.sleep(1)
            try:
                yield "Xvfb, 1920 x 1080"
            finally:
                serving.terminate()
    else:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield "Qt's offscreen platform"


def warm(what: str, *paths: Path) -> float:
    """The least of several runs in s, the first not counted."""
    return min([spent(what, *paths)["s"] for _ in range(TIMES + 1)][1:])


def spent(what: str, *paths: Path) -> dict[str, float]:
    """What one process says of itself."""
    command = [sys.executable, "-m", "benchmarks.screen", what, str(time.monotonic()), *map(str, paths)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    answer: dict[str, float] = json.loads(said.splitlines()[-1])
    return answer


def chilled(folder: Path) -> str:
    """Drop what the system keeps of the files, and how."""
    os.sync()
    if os.access(DROP, os.W_OK):
        DROP.write_text("3")
        return "all caches of the system dropped, the program's own files too"
    for file in folder.rglob("*.dcm"):
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return "the study's files dropped from the page cache, the program stays warm"


def rss_mb(kind: str) -> float:
    """Resident memory of this process: "VmRSS" now, "VmHWM" at its peak."""
    (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith(kind)]
    return float(line.split()[1]) / 1024


def empty(began: float) -> None:
    """The least that a window with numpy behind it takes."""
    import numpy
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    assert numpy
    qt = QApplication([])

    class Window(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            QTimer.singleShot(0, lambda: tell(s=time.monotonic() - began))

    window = Window()
    window.resize(1440, 900)
    window.show()
    qt.exec()


def tell(**figures: float) -> None:
    print(json.dumps(figures), flush=True)
    os._exit(0)


def child(what: str, began: float, paths: list[Path]) -> None:
    """Run the program, and say when what is waited for was painted."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    from atsmviewer.__main__ import main as program
    from atsmviewer.ui.app import application
    from atsmviewer.ui.window import MainWindow

    qt = application()

    def window() -> MainWindow | None:
        return next((w for w in qt.topLevelWidgets() if isinstance(w, MainWindow)), None)

    class Watch(QObject):
        done = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if not self.done and event.type() == QEvent.Type.Paint and self.seen(watched):
                self.done = True
                QTimer.singleShot(0, lambda: tell(s=time.monotonic() - began))
            return False

        def seen(self, watched: QObject) -> bool:
            main = window()
            if what == "window":
                return main is not None
            view: Any = None if main is None else main.page.axial
            ours = view is not None and watched is view.viewport()
            return ours and all(plane is not None for plane in view.planes)

    watch = Watch()
    if what == "memory":
        QTimer.singleShot(IDLE_MS, lambda: weigh(window(), paths.pop()))
    else:
        qt.installEventFilter(watch)
    sys.argv = ["atsmviewer", "open", *(str(path) for path in paths if what != "memory")]
    program()


def weigh(main: Any, folder: Path) -> None:
    """Open a study in the window, and say what memory it takes once all of it is there."""
    from PySide6.QtCore import QTimer

    import atsmviewer.workflow.opening

    assert atsmviewer.workflow.opening
    before = rss_mb("VmRSS")

    def opened() -> None:
        now, peak = rss_mb("VmRSS"), rss_mb("VmHWM")
        tell(before=before, peak=peak - before, open=now - before)

    main.opener.rested.connect(lambda: QTimer.singleShot(IDLE_MS, opened))
    main.opener.open(folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        if sys.argv[1] == "empty":
            empty(float(sys.argv[2]))
        child(sys.argv[1], float(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
    else:
        main()

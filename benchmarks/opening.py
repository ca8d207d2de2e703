"""Making and opening the demonstration study, beside reading its bytes alone.

Run: python benchmarks/opening.py
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.opening import open_case

TIMES = 5


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "study"
        made = seconds(lambda: write_demo(out=folder))
        files = [path for path in folder.rglob("*") if path.is_file()]
        floor = statistics.median(seconds(lambda: [f.read_bytes() for f in files]) for _ in range(TIMES))
        opened = statistics.median(seconds(lambda: open_case(folder)) for _ in range(TIMES))
    print(f"{len(files)} files: s, x floor")
    for name, value in (("read every byte (floor)", floor), ("make it", made), ("open it", opened)):
        print(f"{name:26} {value:6.2f} {value / floor:7.1f}")


if __name__ == "__main__":
    main()

"""A whole session of a Siemens Biograph Vision Quadra: four series of 531 slices, beside reading its bytes.

Headers are a scanner's own, pixels are placeholders. It is made by the package medimages4tests (Apache-2.0),
``pip install --no-deps --target PLACE medimages4tests``; what it imports to fetch other images is not needed.
What has to come out is asserted: the corrected PET is read with a CT of the same frame of reference, the
uncorrected one is told as such, statistics and topogram are set aside.

Run: PYTHONPATH=PLACE python -m benchmarks.whole [FOLDER]
(two minutes, 1 GB; a FOLDER that holds the session already is used, else it is made there)
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import MagicMock

from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.workflow.opening import Case, open_case
from benchmarks.lines import line, machine, table

SERIES = ("pet.wholebody", "pet.uncorrected", "ct.ac", "ct.wholebody", "pet.statistics", "pet.topogram")
SLICES = 531


def main() -> None:
    warnings.simplefilter("ignore")
    machine()
    with session() as folder:
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(file.stat().st_size for file in files) / 2**20
        found = scan(folder)
        rightly_found(found)
        rightly_paired(open_case(folder), found)
        print(f"{len(files)} files, {size:.0f} MB; found, paired and set aside as they should be")
        scanned = {"floor": lambda: read(files, 16 << 10), "ours": lambda: scan(folder)}
        table("scanned (floor: 16 KiB of each file)", scanned, 6, {})
        opened = {"floor": lambda: read(files, -1), "ours": lambda: open_case(folder)}
        spent = table("opened as a case (floor: its bytes)", opened, None, {})
        line("opened as a case", spent, "s")
    machine()


@contextmanager
def session() -> Iterator[Path]:
    """The folder of the session, made where it is not there yet."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        for needless in ("requests", "openneuro", "attrs", "tqdm"):
            if find_spec(needless) is None:
                sys.modules[needless] = MagicMock()
        for name in SERIES:
            if not (folder / name).is_dir():
                made = import_module(f"medimages4tests.dummy.dicom.{name}.siemens.biograph_vision.vr20b")
                made.get_image(out_dir=folder / name)
        yield folder


def rightly_found(found: Scan) -> None:
    """Four volumes; nothing of statistics and topogram among them, each with its reason."""
    assert sorted((f.series.modality, len(f.files)) for f in found.found) == [
        ("CT", SLICES),
        ("CT", SLICES),
        ("PT", SLICES),
        ("PT", SLICES),
    ]
    aside = Counter((one.path.parent.name, one.code) for one in found.rejected)
    assert {folder for folder, _ in aside} == {"pet.statistics", "pet.topogram"}, aside
    assert {code for _, code in aside} == {"SECONDARY_CAPTURE", "LOCALISER"}, aside


def rightly_paired(case: Case, found: Scan) -> None:
    """The corrected PET first, with a CT in its own frame of reference; the other is no rival."""
    folders = {f.series.uid: f.files[0].parent.name for f in found.found}
    first = case.study.acquisitions[0]
    assert folders[first.uid] == "pet.wholebody"
    assert first.pet.attenuation_corrected is True
    assert first.anatomy is not None
    assert folders[first.anatomy.uid] in ("ct.ac", "ct.wholebody")
    assert first.anatomy.grid.frame_of_reference_uid == first.pet.grid.frame_of_reference_uid
    others = [a for a in case.study.acquisitions if folders[a.uid] == "pet.uncorrected"]
    assert [a.pet.attenuation_corrected for a in others] == [False]
    assert all(frame.volume is not None for frame in first.frames)
    assert first.anatomy_volume is not None


def read(files: list[Path], size: int) -> None:
    for file in files:
        with file.open("rb", buffering=0) as opened:
            opened.read(size)


if __name__ == "__main__":
    main()

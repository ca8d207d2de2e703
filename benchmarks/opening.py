"""Opening beside its floor and its peers: CT and PET to voxels, growth, the demonstration.

The floor is reading the bytes of each file and copying its pixels once into the volume. All candidates of a
table take turns in one process, page cache warm; the least of five runs counts, and what takes longer than
3 s is run once. Ours and the floor are told the files in order, as SimpleITK is. Peers that are not
installed are left out: dicomsdl and dcm2niix come with ``pip install atsmviewer[bench]``.

Run: python -m benchmarks.opening      (two minutes, 1 GB of scratch space)
Beside it: benchmarks.folder (scanning 5,000 files), benchmarks.screen (window, first picture, memory, steps),
benchmarks.whole (a real session of four series of 531 slices).
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import shutil
import subprocess
import sys
import tempfile
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.opening import open_case
from benchmarks.lines import TIMES, Candidates, line, machine, seconds, table
from benchmarks.series import CT, FRAMES, PET, write, write_frames


def main() -> None:
    warnings.simplefilter("ignore")
    machine()
    with tempfile.TemporaryDirectory() as scratch:
        ct, pet = Path(scratch) / "ct", Path(scratch) / "pet"
        write(ct, "CT", CT, "2.25.2")
        write(pet, "PT", PET, "2.25.3")
        both = {"SimpleITK": 3.0, "pydicom pixel_array": 3.0}
        table("CT 512 x 512 x 400 to voxels", opening(ct), 1.25, both)
        both = {"SimpleITK": 6.0, "pydicom pixel_array": 10.0}
        table("PET 200 x 200 x 400 to float32", opening(pet), 2.5, both)
        growth(ct, Path(scratch))
        frames(Path(scratch) / "frames")
        demonstration(Path(scratch) / "study")
    machine()


def opening(folder: Path) -> Candidates:
    """Ways from the files of one series to its voxels."""
    (found,) = scan(folder).found
    names = [str(file) for file in found.files]
    ways = {
        "floor": lambda: read_and_copy(found),
        "ours": lambda: load(found),
        "ours, scanned and loaded": lambda: opened(folder),
        "SimpleITK": lambda: sitk.ReadImage(names),
        "pydicom pixel_array": lambda: stacked(found),
    }
    if importlib.util.find_spec("dicomsdl"):
        sdl = importlib.import_module("dicomsdl")
        ways["dicomsdl, pixels without rescale"] = lambda: np.stack(
            [sdl.open(name).pixelData(storedvalue=True) for name in names]
        )
    if converter := shutil.which("dcm2niix", path=Path(sys.executable).parent) or shutil.which("dcm2niix"):
        ways["dcm2niix, a process that also writes"] = partial(converted, converter, folder)
    return ways


def growth(folder: Path, scratch: Path) -> None:
    """An eighth of the slices of a series, twice as many, all: the time should grow as the bytes."""
    files = sorted(folder.iterdir())
    least: dict[int, float] = {}
    for times in (1, 2, 8):
        part = scratch / f"part{times}"
        part.mkdir()
        for file in files[: len(files) * times // 8]:
            (part / file.name).symlink_to(file)
    for _ in range(TIMES):
        for times in (1, 2, 8):
            spent = seconds(partial(opened, scratch / f"part{times}"))
            least[times] = min(least.get(times, spent), spent)
    print()
    for times in (2, 8):
        ratio = least[times] / least[1]
        line(f"{times} x the slices of the CT, scanned and loaded", ratio, "x time", times * 1.1)


def frames(folder: Path) -> None:
    """One file of many frames, scanned and loaded; pydicom gives its stored words without their meaning."""
    file = folder / "pet"
    write_frames(file)
    ways = {
        "floor": lambda: words_as_float32(file),
        "ours": lambda: opened(folder),
        "ours, scanned": lambda: scan(folder),
        "pydicom pixel_array, neither rescaled nor placed": lambda: (
            pydicom.dcmread(folder / "pet").pixel_array
        ),
    }
    table("Enhanced PET of 1,500 frames of 256 x 256 to float32", ways, None, {})


def words_as_float32(file: Path) -> object:
    """The bytes of the file read once, and its last words copied once."""
    data = file.read_bytes()
    count = math.prod(FRAMES)
    return np.frombuffer(data, np.int16, count, len(data) - 2 * count).astype(np.float32)


def opened(folder: Path) -> object:
    return load(scan(folder).found[0])


def demonstration(folder: Path) -> None:
    """Making and opening the demonstration study, beside reading its bytes alone."""
    made = seconds(lambda: write_demo(out=folder))
    files = [path for path in folder.rglob("*") if path.is_file()]
    ways = {"floor": lambda: [f.read_bytes() for f in files], "ours": lambda: open_case(folder)}
    print()
    line(f"the demonstration study, {len(files)} files, is made in", made, "s", 10)
    spent = table("it is opened as a case", ways, None, {})
    line("the same", spent, "s", 2)


def read_and_copy(found: Found) -> object:
    voxels = np.empty(found.series.grid.shape, np.int16)
    for k, file in enumerate(found.files):
        with file.open("rb", buffering=0) as opened:
            data = opened.read()
        voxels[k] = np.frombuffer(data, np.int16, offset=len(data) - voxels[k].nbytes).reshape(
            voxels[k].shape
        )
    return voxels


def stacked(found: Found) -> object:
    """The usual script: one data set a file, rescaled and stacked."""
    slices = []
    for file in found.files:
        dataset = pydicom.dcmread(file)
        slices.append(dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept))
    return np.stack(slices).astype(np.float32)


def converted(converter: str, folder: Path) -> object:
    with tempfile.TemporaryDirectory() as out:
        command = [converter, "-o", out, "-z", "n", str(folder)]
        return subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()

"""Scanning a folder of 5,000 mixed files beside its floor and its peers.

Twelve series of 400 slices, each in a folder of its own, and 200 pictures; headers of 3.3 kB with some 150
elements. The floor opens each file and reads 16 KiB. Ours and "pydicom" and "dicomsdl" go over all files
by themselves; ours also says which files make a volume, in which order and why others do not. The peers
that answer nearest to that are GDCM's two steps: ``GetGDCMSeriesIDs`` says which series a folder holds,
``GetGDCMSeriesFileNames`` which files a series has, in order. Both read the whole folder, which is not
searched deeper, so that GDCM is told the folders; where all files lie in one folder, as many an export
leaves them, it is read once for each series. Each of these is its own line.

Run: python -m benchmarks.folder     (three minutes, 200 MB of scratch space)
"""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path

import pydicom
import SimpleITK as sitk

from atsmviewer.dicom.scan import scan
from benchmarks.lines import Candidates, machine, table
from benchmarks.series import OTHERS, SERIES, SLICES, in_one_folder, write_mixed

HEAD_BYTES = 16 << 10
IDS, NAMES = "GDCM, series IDs of each folder", "GDCM, series IDs and their files, of each folder"
FLAT = "GDCM, series IDs and their files, all in one folder"


def main() -> None:
    warnings.simplefilter("ignore")
    machine()
    with tempfile.TemporaryDirectory() as scratch:
        mixed, flat = Path(scratch) / "mixed", Path(scratch) / "flat"
        write_mixed(mixed)
        in_one_folder(mixed, flat)
        goals = {"pydicom, no pixels": 8.0, IDS: 25.0, NAMES: 25.0, FLAT: 25.0}
        table(f"{SERIES * SLICES + OTHERS:,} mixed files scanned", scanning(mixed, flat), 6, goals)
    machine()


def scanning(mixed: Path, flat: Path) -> Candidates:
    """Ways to learn what a folder holds."""
    files = [path for path in mixed.rglob("*") if path.is_file()]
    folders = sorted(mixed.glob("series*"))
    assert {len(f.files) for f in scan(flat).found} == {SLICES}
    ways = {
        "floor": lambda: [head(file) for file in files],
        "ours": lambda: scan(mixed),
        "ours, all in one folder": lambda: scan(flat),
        "pydicom, no pixels": lambda: [header(file) for file in files],
        IDS: lambda: [sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(one)) for one in folders],
        NAMES: lambda: names(folders),
        FLAT: lambda: names([flat]),
    }
    if importlib.util.find_spec("dicomsdl"):
        sdl = importlib.import_module("dicomsdl")
        ways["dicomsdl, opened only"] = lambda: [
            sdl.open(str(file)) for file in files if file.suffix == ".dcm"
        ]
    return ways


def head(file: Path) -> bytes:
    with file.open("rb", buffering=0) as opened:
        return opened.read(HEAD_BYTES)


def header(file: Path) -> object:
    try:
        return pydicom.dcmread(file, stop_before_pixels=True)
    except pydicom.errors.InvalidDicomError:
        return None


def names(folders: Iterable[Path]) -> list[object]:
    """The files of each series of each folder, by GDCM."""
    reader = sitk.ImageSeriesReader
    return [
        reader.GetGDCMSeriesFileNames(str(folder), series)
        for folder in folders
        for series in reader.GetGDCMSeriesIDs(str(folder))
    ]


if __name__ == "__main__":
    main()

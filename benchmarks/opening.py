"""Opening beside its floor and its peers: CT and PET to voxels, a folder of 5,000 files, the demonstration.

The floor is reading the bytes and copying the pixels once (for a folder: opening each file and reading
16 KiB). All candidates of a table take turns in one process, page cache warm; the least of ``TIMES`` runs
counts. Peers that are not installed are left out. Run: python benchmarks/opening.py
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.load import load
from atsmviewer.dicom.scan import scan
from atsmviewer.dicom.write import write_series
from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.opening import open_case

TIMES = 5
CT, PET = (400, 512, 512), (400, 200, 200)
SERIES, SLICES, OTHERS = 12, 400, 200
"""Of the folder of 5,000 files: series of each that many slices, and files that are no DICOM."""
HEAD_BYTES = 16 << 10
FRAME = "2.25.1"
FILLING = """
    InstitutionName StationName StudyDescription ManufacturerModelName ReferringPhysicianName AccessionNumber
    StudyID PatientAge SliceThickness KVP DataCollectionDiameter DeviceSerialNumber SoftwareVersions
    ProtocolName ReconstructionDiameter DistanceSourceToDetector DistanceSourceToPatient GantryDetectorTilt
    TableHeight ExposureTime XRayTubeCurrent Exposure FilterType GeneratorPower FocalSpots ConvolutionKernel
    PatientPosition AcquisitionNumber PositionReferenceIndicator ImageComments WindowCenter WindowWidth
    RescaleType CollimatorType IntervalsAcquired HeartRate AxialMash ReconstructionMethod
    AttenuationCorrectionMethod ScatterCorrectionMethod DetectorLinesOfResponseUsed SliceSensitivityFactor
    DoseCalibrationFactor RandomsCorrectionMethod RequestedProcedureID
    ScheduledProcedureStepID PerformedProcedureStepID BodyPartExamined
"""
"""Elements that scanners write beside those that matter here; real headers hold 70 to 130."""

Candidates = dict[str, Callable[[], object]]
Goals = Mapping[str, float]


def main() -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        big, mixed = Path(scratch) / "big", Path(scratch) / "mixed"
        write(big / "ct", "CT", CT, "2.25.2")
        write(big / "pet", "PT", PET, "2.25.3")
        write_mixed(mixed)
        for name, folder, limit, goals in (
            ("CT 512 x 512 x 400 to voxels", big / "ct", 1.25, {"SimpleITK": 3, "pydicom pixel_array": 3}),
            ("PET 200 x 200 x 400 to float32", big / "pet", 2.5, {"SimpleITK": 6, "pydicom pixel_array": 10}),
        ):
            table(name, opening(folder), limit, goals)
        table("5,000 mixed files", scanning(mixed), 6, {"pydicom, no pixels": 8, "GDCM series IDs": 25})
        growth(big / "ct", Path(scratch) / "part")
        demonstration(Path(scratch) / "study")


def table(name: str, candidates: Candidates, limit: float, goals: Goals) -> None:
    """One line a candidate: ms, x floor, and how many times slower than ours; goals and whether met."""
    least = dict.fromkeys(candidates, float("inf"))
    for _ in range(TIMES):
        for candidate, act in candidates.items():
            least[candidate] = min(least[candidate], seconds(act))
    floor, ours = least["floor"], least["ours"]
    print(f"\n{name:32} {'ms':>8} {'x floor':>8} {'x ours':>7}  goal")
    for candidate, value in least.items():
        said = ""
        if candidate == "ours" and limit < float("inf"):
            said = f"<= {limit} x floor: {'met' if ours <= limit * floor else 'missed'}"
        elif candidate in goals:
            said = f">= {goals[candidate]} x ours: {'met' if value >= goals[candidate] * ours else 'missed'}"
        print(f"{candidate:32} {value * 1e3:8.1f} {value / floor:8.2f} {value / ours:7.1f}  {said}")


def opening(folder: Path) -> Candidates:
    """Ways from the files of one series to its voxels; only ours and the floor are told the order."""
    (found,) = scan(folder).found
    names = [str(file) for file in found.files]
    ways: Candidates = {
        "floor": lambda: read_and_copy(found),
        "ours": lambda: load(found),
        "ours, scanned and loaded": partial(opened, folder),
        "SimpleITK": lambda: sitk.ReadImage(names),
        "pydicom pixel_array": lambda: stacked(found),
    }
    if importlib.util.find_spec("dicomsdl"):
        sdl = importlib.import_module("dicomsdl")
        ways["dicomsdl"] = lambda: np.stack([sdl.open(name).pixelData(storedvalue=True) for name in names])
    if shutil.which("dcm2niix"):
        ways["dcm2niix"] = lambda: converted(folder)
    return ways


def scanning(folder: Path) -> Candidates:
    """Ways to learn what a folder holds."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    ways: Candidates = {
        "floor": lambda: [head(file) for file in files],
        "ours": lambda: scan(folder),
        "pydicom, no pixels": lambda: [header(file) for file in files],
        "GDCM series IDs": lambda: [
            sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(inside)) for inside in folder.glob("series*")
        ],
    }
    if importlib.util.find_spec("dicomsdl"):
        sdl = importlib.import_module("dicomsdl")
        ways["dicomsdl"] = lambda: [sdl.open(str(file)) for file in files if file.suffix == ".dcm"]
    return ways


def growth(folder: Path, part: Path) -> None:
    """The same series with an eighth of its slices: the time should grow as the bytes."""
    part.mkdir()
    for file in sorted(folder.iterdir())[: CT[0] // 8]:
        (part / file.name).symlink_to(file)
    small, whole = (partial(opened, f) for f in (part, folder))
    spent = [min(seconds(act) for _ in range(TIMES)) for act in (small, whole)]
    print(f"\n8 x the slices of the CT: {spent[1] / spent[0]:.1f} x the time ({spent[1] * 1e3:.0f} ms)")


def opened(folder: Path) -> object:
    return load(scan(folder).found[0])


def demonstration(folder: Path) -> None:
    """Making and opening the demonstration study, beside reading its bytes alone."""
    made = seconds(lambda: write_demo(out=folder))
    files = [path for path in folder.rglob("*") if path.is_file()]
    ways: Candidates = {"floor": lambda: [f.read_bytes() for f in files], "ours": lambda: open_case(folder)}
    print(f"\nThe demonstration study, {len(files)} files, is made in {made:.1f} s.")
    table("open it as a case", ways, float("inf"), {})


def read_and_copy(found: Found) -> object:
    voxels = np.empty(found.series.grid.shape, np.int16)
    for k, file in enumerate(found.files):
        with file.open("rb", buffering=0) as opened:
            data = opened.read()
        voxels[k] = np.frombuffer(data, np.int16, offset=len(data) - voxels[k].nbytes).reshape(
            voxels[k].shape
        )
    return voxels


def head(file: Path) -> bytes:
    with file.open("rb", buffering=0) as opened:
        return opened.read(HEAD_BYTES)


def header(file: Path) -> object:
    try:
        return pydicom.dcmread(file, stop_before_pixels=True)
    except pydicom.errors.InvalidDicomError:
        return None


def stacked(found: Found) -> object:
    """The usual script: one data set a file, rescaled and stacked."""
    slices = []
    for file in found.files:
        dataset = pydicom.dcmread(file)
        slices.append(dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept))
    return np.stack(slices).astype(np.float32)


def converted(folder: Path) -> object:
    with tempfile.TemporaryDirectory() as out:
        command = ["dcm2niix", "-o", out, "-z", "n", str(folder)]
        return subprocess.run(command, check=True, capture_output=True)


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def write_mixed(folder: Path) -> None:
    """CT and PET series of small slices, and pictures beside them."""
    for k in range(SERIES):
        write(folder / f"series{k}", "PT" if k % 2 else "CT", (SLICES, 64, 64), f"2.25.{100 + k}")
    (folder / "pictures").mkdir()
    for k in range(OTHERS):
        (folder / "pictures" / f"{k}.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(HEAD_BYTES))


def write(folder: Path, modality: str, shape: tuple[int, int, int], series: str) -> None:
    """A series by the phantom's writer, whose slices differ in all that those of a scanner do."""
    rng = np.random.default_rng(1)
    step = np.diag([2.0, 3.0, 3.0])[:, ::-1]
    affine = np.column_stack([step, (-200.5, -180.25, -400.0)])
    grid = Grid(shape, tuple(float(v) for v in affine.ravel()), FRAME)
    voxels = rng.integers(-1000, 3000, shape, np.int16)
    if modality == "PT":
        volume = Volume(grid, np.abs(voxels).astype(np.float32) * 7.3, Unit.BQML, series)
    else:
        volume = Volume(grid, voxels, Unit.HU, series)
    write_series(folder, volume, common(modality, series), own(modality, series, shape[0]))


def common(modality: str, series: str) -> dict[str, object]:
    values: dict[str, object] = {
        "Modality": modality,
        "Manufacturer": "PHANTOM",
        "PatientID": "BENCHMARK",
        "PatientWeight": 70.5,
        "StudyInstanceUID": "2.25.4",
        "SeriesInstanceUID": series,
        "SeriesDescription": f"{modality} benchmark",
        "SeriesDate": "20240229",
        "SeriesTime": "100000",
        "AcquisitionDate": "20240229",
        "ImageType": ["ORIGINAL", "PRIMARY"],
    }
    values |= dict.fromkeys(FILLING.split(), "12")
    if modality == "PT":
        code = {"CodeValue": "3932008", "CodingSchemeDesignator": "SCT", "CodeMeaning": "^64^Copper"}
        tracer = {
            "Radiopharmaceutical": "Cu-64 ATSM",
            "RadionuclideTotalDose": 4e8,
            "RadionuclideHalfLife": 45723.6,
            "RadiopharmaceuticalStartDateTime": "20240229090000",
            "RadionuclideCodeSequence": [code],
        }
        values |= {"Units": "BQML", "DecayCorrection": "START", "CorrectedImage": ["NORM", "ATTN", "DECY"]}
        values |= {"ActualFrameDuration": 300000, "RadiopharmaceuticalInformationSequence": [tracer]}
    return values


def own(modality: str, series: str, slices: int) -> Sequence[dict[str, object]]:
    """What each slice has of its own: identity, number, and times (of a bed of 40 slices in PET)."""
    each: list[dict[str, object]] = []
    for k in range(slices):
        bed = k // 40
        values: dict[str, object] = {"SOPInstanceUID": f"{series}.{k + 1}", "InstanceNumber": k + 1}
        values["AcquisitionTime"] = f"10{bed:02d}00" if modality == "PT" else f"1000{k % 60:02d}.5"
        if modality == "PT":
            values |= {"FrameReferenceTime": 150000.0 + bed * 3e5, "DecayFactor": 1.01 + bed / 100}
        each.append(values)
    return each


if __name__ == "__main__":
    main()

"""Owns the phantom study of the hazard corpus: a PET and a CT whose numbers follow from formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import Ellipsoid, sphere
from tests.oracle import scanner
from tests.oracle.scanner import ROOT, Setup

SHAPE = (10, 12, 16)
VOXEL_MM = 12.5
"""A coarse and wide lattice: 200 mm across, so that it passes for a patient, of few voxels."""
MUSCLE, TUMOUR = (4.0, 5.0, 12.0), (4.0, 5.0, 4.5)
"""Centres of the two spheres in voxels of the body's lattice: on a voxel, and between two columns."""
CENTRES = {"tumour": TUMOUR, "muscle": MUSCLE}
RADIUS_MM = 31.25
CORRECTIONS = ["NORM", "DTIM", "ATTN", "SCAT", "RAN", "DCAL", "DECY"]
CT_SERIES = f"{ROOT}.5"

Grids = NDArray[np.float64]


def suv_words(s: Grids, r: Grids, c: Grids) -> Grids:
    """0.001 SUV at (slice, row, column) of the body's lattice.

    A ramp about 1000 in muscle; a tumour whose half at lower columns is 4000 and whose other half is 1200
    at the centre, each a ramp along slices and rows only. A ramp's mean over a region that is symmetric
    about a point is its value there, so the means of both spheres are known without a voxel.
    """
    words = 1000 + 7 * (s - 4) + 5 * (r - 5) + 3 * (c - 12)
    near = (np.abs(s - 4) <= 3) & (np.abs(r - 5) <= 3)
    words = np.where(near & (c >= 1) & (c <= 4), 4000 + 11 * (s - 4) + 13 * (r - 5), words)
    return np.where(near & (c >= 5) & (c <= 8), 1200 + 9 * (s - 4) + 2 * (r - 5), words)


def hounsfield(s: Grids, r: Grids, c: Grids) -> Grids:
    """HU at (slice, row, column) of the body's lattice: 40 at the muscle's centre."""
    return 40 + 4 * (s - 4) + 2 * (r - 5) - 3 * (c - 12)


SPHERE_ML = 4 / 3 * math.pi * RADIUS_MM**3 / 1000
TRUTH = {
    "muscle/mean": 1.0,
    "tumour/mean": (4.0 + 1.2) / 2,
    "tumour/tm_mean": (4.0 + 1.2) / 2,
    "tumour/hf": 0.5,
    "tumour/hv": SPHERE_ML / 2,
    "tumour/volume_ml": SPHERE_ML,
    "muscle/volume_ml": SPHERE_ML,
}
"""Closed forms: only the hot half lies above 1.4 x muscle."""
SUV = ("muscle/mean", "tumour/mean")
TOLERANCE = {"tumour/hv": 2e-3, "tumour/volume_ml": 2e-3, "muscle/volume_ml": 2e-3}
"""A sphere on a lattice has its volume by fractions of voxels only nearly (R20); all else is exact."""


def setup(**changes: object) -> Setup:
    """The scan as the made-up scanner takes it; words follow from its lattice."""
    plain = Setup(spacing_mm=(VOXEL_MM,) * 3, place_mm=(-95.0, -70.0, 300.0))
    made = replace(plain, **changes)  # type: ignore[arg-type]
    return made


_MADE: dict[str, list[bytes]] = {}
"""Files of series that were made before, by their properties: making them takes longer than reading."""


@dataclass
class Files:
    """The study before it is written: what a case changes, and where it is written to.

    ``body`` is the 4 x 4 affine of the body's lattice, (slice, row, column, 1) to LPS mm; ``opens`` is what
    is given to the program, the folder where nothing else is said; ``truth`` is what its numbers must be,
    ``times`` how many times the body each PET or frame is where they differ, ``meanwhile`` what happens
    while it is read.
    """

    folder: Path
    scan: Setup = field(default_factory=setup)
    body: Grids = field(default_factory=lambda: setup().affine)
    opens: list[Path] = field(default_factory=list)
    others: list[Dataset] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None
    truth: dict[str, float] = field(default_factory=lambda: dict(TRUTH))
    times: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.make()

    def make(self, ct: Setup | None = None, shape: tuple[int, int, int] = SHAPE, **changes: object) -> None:
        """Make PET and CT anew as scans with other properties, ``shape`` in their own slices and rows."""
        self.scan = replace(self.scan, **changes)  # type: ignore[arg-type]
        self._files = {
            "pet": self._made(self.scan, shape, "PT"),
            "ct": self._made(ct or self.scan, shape, "CT"),
        }
        self._touched: dict[str, list[Dataset]] = {}

    @property
    def pet(self) -> list[Dataset]:
        """The PET's slices, to be changed."""
        return self._slices("pet")

    @pet.setter
    def pet(self, made: list[Dataset]) -> None:
        self._touched["pet"] = made

    @property
    def ct(self) -> list[Dataset]:
        """The CT's slices, to be changed."""
        return self._slices("ct")

    @ct.setter
    def ct(self, made: list[Dataset]) -> None:
        self._touched["ct"] = made

    def _slices(self, name: str) -> list[Dataset]:
        if name not in self._touched:
            self._touched[name] = _parsed(self._files[name])
        return self._touched[name]

    def series(self, scan: Setup, shape: tuple[int, int, int] = SHAPE) -> list[Dataset]:
        """PET data sets with the body's SUV on the scan's own lattice."""
        return _parsed(self._made(scan, shape, "PT"))

    def _made(self, scan: Setup, shape: tuple[int, int, int], modality: str) -> list[bytes]:
        key = replace(scan, words=np.empty((0, 0, 0), np.int16)), self.body.tobytes(), shape, modality
        if repr(key) not in _MADE:
            _MADE[repr(key)] = [_bytes(one) for one in self._series(scan, shape, modality)]
        return _MADE[repr(key)]

    def _series(self, scan: Setup, shape: tuple[int, int, int], modality: str) -> list[Dataset]:
        made = scanner.headers(replace(scan, words=self._sampled(suv_words, scan, shape).astype(np.int16)))
        if modality == "CT":
            values = self._sampled(hounsfield, scan, shape)
            return [_as_ct(one, values[k], k) for k, one in enumerate(made)]
        for one in made:
            one.CorrectedImage = CORRECTIONS if scan.mode != "NONE" else CORRECTIONS[:-1]
        return made

    def _sampled(self, of: Callable[..., Grids], scan: Setup, shape: tuple[int, int, int]) -> Grids:
        ways = np.linalg.inv(self.body) @ scan.affine
        index = np.stack([*np.indices(shape), np.ones(shape)]).reshape(4, -1)
        return np.rint(of(*(ways @ index)[:3].round(6))).reshape(shape)

    def write(self) -> list[Path]:
        """Write what was not written yet; the PET's paths in slice order."""
        if not self.written:
            self.written = self._write("pet")
            self._write("ct")
            write(self.others, self.folder / "others")
        return self.written

    def _write(self, name: str) -> list[Path]:
        if name in self._touched:
            return write(self._touched[name], self.folder / name)
        (self.folder / name).mkdir()
        paths = [self.folder / name / f"{k:03d}.dcm" for k in range(len(self._files[name]))]
        for path, one in zip(paths, self._files[name], strict=True):
            path.write_bytes(one)
        return paths

    @property
    def both(self) -> list[Dataset]:
        """PET and CT."""
        return [*self.pet, *self.ct]

    @property
    def regions(self) -> dict[str, Ellipsoid]:
        """The two spheres in patient space."""
        return {name: sphere(self.place(at), RADIUS_MM) for name, at in CENTRES.items()}

    def truth_of(self, k: int) -> dict[str, float]:
        """What the numbers of the k-th PET or frame must be: SUV grows with the body, ratios do not."""
        times = self.times[k] if self.times else 1
        return {key: true * times if key in SUV else true for key, true in self.truth.items()}

    def place(self, index: Vector) -> Vector:
        """LPS mm of a point of the body's lattice."""
        x, y, z = (float(v) for v in (self.body @ (*index, 1.0))[:3])
        return x, y, z


def _bytes(one: Dataset) -> bytes:
    """A data set as a file."""
    out = BytesIO()
    one.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _parsed(made: list[bytes]) -> list[Dataset]:
    return [pydicom.dcmread(BytesIO(one)) for one in made]


def brighter(made: Iterable[Dataset], times: int) -> list[Dataset]:
    """Slices whose every stored number is so many times what it was; unsigned, so that four times fit."""
    found = list(made)
    for one in found:
        words = np.frombuffer(one.PixelData, "<u2").astype(np.int64) * times
        assert words.max() < 1 << 16
        one.PixelData, one.PixelRepresentation = words.astype("<u2").tobytes(), 0
    return found


def write(made: list[Dataset], folder: Path, name: str = "{:03d}.dcm") -> list[Path]:
    """Save data sets as they are, also those that break the standard."""
    if made:
        folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name.format(k) for k in range(len(made))]
    for one, path in zip(made, paths, strict=True):
        one.save_as(path, enforce_file_format=True)
    return paths


def _as_ct(one: Dataset, values: Grids, k: int) -> Dataset:
    """A PET slice's header as that of the CT at the same place."""
    for keyword in (
        "Units",
        "DecayCorrection",
        "CorrectedImage",
        "CountsSource",
        "SeriesType",
        "DecayFactor",
    ):
        delattr(one, keyword)
    del one.RadiopharmaceuticalInformationSequence, one.FrameReferenceTime, one.ActualFrameDuration
    one.file_meta = FileMetaDataset()
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = CTImageStorage
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{CT_SERIES}.{k + 1}")
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one.SeriesInstanceUID, one.Modality, one.SeriesDescription = CT_SERIES, "CT", "CT AC"
    one.ConvolutionKernel, one.KVP, one.SeriesNumber = "SOFT", "120", 3
    one.RescaleSlope, one.RescaleIntercept, one.RescaleType = "1", "-1024", "HU"
    one.PixelData = (values + 1024).astype("<i2").tobytes()
    return one

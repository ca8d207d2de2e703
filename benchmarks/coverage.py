"""How often the noise interval of T/M holds the truth, how wide it is, and what stands beside it (R30, O19).

Images of known T/M get white noise, smoothed as a PET's is; each goes through the whole assessment, and only
the interval that comes back is looked at. Run: python benchmarks/coverage.py [--count 500]
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Depth, Measurement, Ratio
from atsmviewer.model.facts import PetFacts, SliceTime
from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Protocol, Session
from atsmviewer.model.study import Acquisition, Frame, Patient, Series, Study
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant.assess import assess

SPACE, UID = "1.2", "1.3"
SCAN = datetime(2026, 3, 10, 11)
SHAPE, STEP_MM = (40, 40, 64), (3.0, 4.0, 4.0)
FWHM_MM, TM = 6.0, 4.0
Z = 1.959963984540054
FULL_EVERY = 10
"""Placement and peak belong to the full depth: every tenth image has them."""

GRID = Grid(
    SHAPE, (0, 0, 4.0, -126.0, 0, 4.0, 0, -78.0, 3.0, 0, 0, -58.5), SPACE
)  # 256 x 160 x 120 mm around the origin


@dataclass(frozen=True)
class Scene:
    """A tumour sphere at T/M 4, muscle spheres at 1 on the average, and noise; radii in mm.

    ``sd`` is the noise of a voxel in muscle means; ``sides`` how far each side's truth lies from 1.
    """

    name: str
    tumour_mm: float
    muscle_mm: float
    muscles: int
    sd: float
    sides: float = 0.0


SCENES = (
    Scene("tumour 30 mm, four muscles of 20 mm, noise 25 %", 15.0, 10.0, 4, 0.25),
    Scene("the same, the sides 10 % apart", 15.0, 10.0, 4, 0.25, 0.05),
    Scene("tumour 20 mm, two muscles of 20 mm, noise 25 %", 10.0, 10.0, 2, 0.25),
    Scene("tumour 30 mm, two muscles of 20 mm, noise 50 %", 15.0, 10.0, 2, 0.5),
    Scene("tumour 30 mm, two muscles of 16 mm, noise 60 %", 15.0, 8.0, 2, 0.6),
)


@dataclass(frozen=True)
class Covered:
    """What many images gave. Widths and spreads are medians of (high - low), in T/M."""

    images: int
    coverage: float
    without: float
    """Part of the images that had no bounded interval, or no ratio at all (muscle within noise of zero)."""
    width: float
    stated: float
    """Standard error as the interval states it, over the true one."""
    left_right: float
    placement: float
    bias: tuple[float, float, float]
    """Mean of T/M mean, max and peak over the truth, less 1."""


def noise(rng: np.random.Generator) -> NDArray[np.float64]:
    """White noise through a Gaussian kernel of 6 mm FWHM, of standard deviation 1, (slice, row, column)."""
    sigma = FWHM_MM / math.sqrt(8 * math.log(2))
    axes = [np.fft.fftfreq(n, step) for n, step in zip(SHAPE, STEP_MM, strict=True)]
    square = sum(f**2 for f in np.meshgrid(*axes, indexing="ij"))
    transfer = np.exp(-2 * (np.pi * sigma) ** 2 * square)
    smooth = np.fft.ifftn(np.fft.fftn(rng.standard_normal(SHAPE)) * transfer).real
    return np.asarray(smooth / np.sqrt((transfer**2).mean()), np.float64)


def truth(scene: Scene) -> NDArray[np.float64]:
    """T/M 4 around the tumour, muscle left and right of it; wide enough that no region is cut by an edge."""
    x = -126.0 + 4.0 * np.arange(SHAPE[2])
    line = np.where(np.abs(x) < 40, TM, np.where(x < 0, 1 - scene.sides, 1 + scene.sides))
    return np.broadcast_to(line, SHAPE)


def regions(scene: Scene) -> tuple[Roi, ...]:
    """The tumour in the middle, half of the muscles on each side."""
    places = [(x, y, 0.0) for y in ((-30.0, 30.0) if scene.muscles > 2 else (0.0,)) for x in (-85.0, 85.0)]
    muscles = [
        Roi(f"m{i}", f"Muscle {i}", Role.MUSCLE, SPACE, sphere(at, scene.muscle_mm), laterality="LR"[i % 2])
        for i, at in enumerate(places)
    ]
    tumour = Roi("t", "Tumour", Role.TUMOUR, SPACE, sphere((0.0, 0.0, 0.0), scene.tumour_mm))
    return (tumour, *muscles)


def study(voxels: NDArray[np.float64]) -> Study:
    """One PET whose pixels are SUVbw already."""
    facts = PetFacts(
        units="GML",
        decay_correction="START",
        corrected_image=("ATTN", "DECY"),
        weight_kg=70.0,
        slices=(SliceTime(SCAN, 600.0, None),) * SHAPE[0],
    )
    series = Series(UID, "1.4", "PT", "noise", 1, GRID, SCAN, True)
    pet = Volume(GRID, voxels.astype(np.float32), Unit.SUV, UID)
    return Study("noise", Patient("P", "", ""), (Acquisition(series, facts, (Frame(0, SCAN, 600.0, pet),)),))


def covered(scene: Scene, images: int, seed: int = 20) -> Covered:
    """Many noise realisations of one scene through the assessment."""
    rng, base = np.random.default_rng(seed), truth(scene)
    session = Session("noise", Protocol(resolution_mm=FWHM_MM), regions(scene))
    found: list[Ratio] = []
    for number in range(images):
        depth = Depth.LIVE if number % FULL_EVERY else Depth.FULL
        case = study(base + scene.sd * noise(rng))
        found += assess(case, session, depth).ratios
    means = [r for r in found if r.kind == "mean"]
    bounds = [(r.low, r.high) for r in means if r.low is not None and r.high is not None]
    widths = [high - low for low, high in bounds]
    biases = tuple(_mean_of(found, kind) / TM - 1 for kind in ("mean", "max", "peak"))
    return Covered(
        images,
        sum(low <= TM <= high for low, high in bounds) / max(len(bounds), 1),
        1 - len(bounds) / images,
        float(np.median(widths)),
        float(np.median(widths) / 2 / Z / np.std(_values(means))),
        _spread(means, "left-right"),
        _spread(means, "placement"),
        (biases[0], biases[1], biases[2]),
    )


def _values(ratios: list[Ratio]) -> list[float]:
    return [r.number.value for r in ratios if isinstance(r.number, Measurement)]


def _mean_of(ratios: list[Ratio], kind: str) -> float:
    return float(np.mean(_values([r for r in ratios if r.kind == kind])))


def _spread(ratios: list[Ratio], name: str) -> float:
    """The median spread, 0 where none was given."""
    widths = [s.high - s.low for r in ratios for s in r.spreads if s.name == name]
    return float(np.median(widths)) if widths else 0.0


def line(scene: Scene, made: Covered) -> str:
    """One scene as a line of a table."""
    mean, most, peak = (f"{100 * bias:+.1f} %" for bias in made.bias)
    return (
        f"| {scene.name} | {100 * made.coverage:.1f} % | {made.width:.2f} | {made.stated:.2f} | "
        f"{made.left_right:.2f} | {made.placement:.2f} | {mean} / {most} / {peak} | "
        f"{100 * made.without:.1f} % |"
    )


def main() -> None:
    """Every scene, as a table."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--count", type=int, default=500, help="images of each scene")
    count = asked.parse_args().count
    print("| scene | coverage | width | stated / true SE | left-right | placement |", end="")
    print(" bias mean / max / peak | no interval |\n|---|---|---|---|---|---|---|---|")
    began = time.perf_counter()
    for scene in SCENES:
        print(line(scene, covered(scene, count)), flush=True)
    print(f"\n{count} images of each scene in {time.perf_counter() - began:.0f} s; T/M is {TM:g} in all.")


if __name__ == "__main__":
    main()

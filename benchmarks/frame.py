"""A frame without its window: three fused planes against copying their pixels, and against SimpleITK."""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.fuse import Look, fuse_rgb32, to_bytes
from atsmviewer.render.mip import mip, turning
from atsmviewer.render.raster import Plane, Raster, plane_raster
from atsmviewer.render.sample import sample
from atsmviewer.render.slices import forget

# typed as Any: its stubs leave methods untyped, which strict checking refuses to call
sitk: Any = importlib.import_module("SimpleITK")

LOOK = Look()
OURS = "three fused planes, CT field"
PEER = "three planes by SimpleITK, CT field"


def case() -> tuple[Volume, Volume]:
    """CT 512x512x300 of int16 and PET 200x200x300 of float32 in one patient space."""
    made = np.random.default_rng(1)
    ct_grid = Grid((300, 512, 512), (0, 0, 0.9765625, -250, 0, 0.9765625, 0, -250, 3, 0, 0, -400), "1.2")
    pet_grid = Grid((300, 200, 200), (0, 0, 3.0, -301.5, 0, 3.0, 0, -297.5, 3.27, 0, 0, -450), "1.2")
    ct = made.integers(-200, 300, ct_grid.shape, np.int16)
    pet = made.random(pet_grid.shape, np.float32) * 4
    return Volume(ct_grid, ct, Unit.HU, "1.3"), Volume(pet_grid, pet, Unit.SUV, "1.4")


def to_sitk(volume: Volume) -> Any:
    """The same voxels for the peer; both grids here are axial without rotation."""
    image = sitk.GetImageFromArray(volume.voxels)
    image.SetSpacing(tuple(reversed(volume.grid.spacing_mm)))
    image.SetOrigin(tuple(volume.grid.matrix[:3, 3]))
    return image


def sitk_plane(image: Any, raster: Raster) -> Any:
    """A plane as one slice of a resampled image."""
    right, down = np.array(raster.right_mm), np.array(raster.down_mm)
    direction = np.column_stack([right / raster.px_mm, down / raster.px_mm, raster.normal])
    return sitk.Resample(
        image,
        (raster.shape[1], raster.shape[0], 1),
        sitk.Transform(),
        sitk.sitkLinear,
        raster.origin_mm,
        (raster.px_mm, raster.px_mm, 1.0),
        direction.ravel().tolist(),
        float("nan"),
        sitk.sitkFloat32,
    )


def interleaved(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median ms of each job, the jobs taking turns so that all meet the same machine."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


class Scene:
    """The case with a cursor that moves a little at every frame."""

    def __init__(self) -> None:
        self.ct, self.pet = case()
        self.ct_image, self.pet_image = to_sitk(self.ct), to_sitk(self.pet)
        self.plane = sample(self.ct, plane_raster(Plane.AXIAL, (0, 0, 0), [self.ct.grid]))
        self.source = [np.zeros((512, 512, 3), np.uint8) for _ in range(3)]
        self.target = [np.zeros((512, 512, 3), np.uint8) for _ in range(3)]
        self.frames = 0

    def cursor(self) -> tuple[float, float, float]:
        self.frames += 1
        return (float(self.frames % 97) - 48, float(self.frames % 89) - 44, float(self.frames % 83))

    def floor(self) -> None:
        for a, b in zip(self.source, self.target, strict=True):
            np.copyto(b, a)

    def frame(self, extent: list[Grid], planes: tuple[Plane, ...] = tuple(Plane)) -> None:
        at = self.cursor()
        for plane in planes:
            raster = plane_raster(plane, at, extent)
            fuse_rgb32(sample(self.ct, raster), sample(self.pet, raster), LOOK)

    def unseen(self) -> None:
        forget(self.ct)
        forget(self.pet)
        self.frame([self.ct.grid])

    def peer(self) -> None:
        at = self.cursor()
        for plane in Plane:
            raster = plane_raster(plane, at, [self.ct.grid])
            a, b = sitk_plane(self.ct_image, raster), sitk_plane(self.pet_image, raster)
            fuse_rgb32(sitk.GetArrayFromImage(a)[0], sitk.GetArrayFromImage(b)[0], LOOK)


def main(rounds: int = 40) -> dict[str, float]:
    """Print ms and the ratio to the floor of every job."""
    scene = Scene()
    ct, pet = scene.ct.grid, scene.pet.grid
    result = interleaved(
        {
            "floor: copy three RGB pictures": scene.floor,
            OURS: lambda: scene.frame([ct]),
            "three fused planes, CT and PET fields": lambda: scene.frame([ct, pet]),
            "three planes, sagittal never seen before": scene.unseen,
            "one axial plane, CT field": lambda: scene.frame([ct], (Plane.AXIAL,)),
            "windowing alone, one plane": lambda: to_bytes(scene.plane, LOOK.ct_window, 0),
            PEER: scene.peer,
        },
        rounds,
    )
    projections: dict[str, Callable[[], object]] = {
        "anterior MIP": lambda: mip(scene.pet),
        "turning MIP, 64 angles": lambda: list(turning(scene.pet, (0.0, 3.0), 64)),
    }
    result |= interleaved(projections, 5)  # apart, as they sweep every cache the frame lives in
    base = result["floor: copy three RGB pictures"]
    for name, ms in result.items():
        print(f"{name:42s} {ms:8.2f} ms {ms / base:8.1f} x floor")
    print(f"peer / ours: {result[PEER] / result[OURS]:.1f}")
    return result


if __name__ == "__main__":
    main()

"""A frame without its window: three fused planes against copying their pixels, and against SimpleITK."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import SimpleITK as sitk

from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.fuse import Look, fuse_rgb32, to_bytes
from atsmviewer.render.raster import Plane, Raster, plane_raster
from atsmviewer.render.sample import sample

LOOK = Look()


def case() -> tuple[Volume, Volume]:
    """CT 512x512x300 of int16 and PET 200x200x300 of float32 in one patient space."""
    made = np.random.default_rng(1)
    ct_grid = Grid((300, 512, 512), (0, 0, 0.9765625, -250, 0, 0.9765625, 0, -250, 3, 0, 0, -400), "1.2")
    pet_grid = Grid((300, 200, 200), (0, 0, 3.0, -301.5, 0, 3.0, 0, -297.5, 3.27, 0, 0, -450), "1.2")
    ct = made.integers(-200, 300, ct_grid.shape, np.int16)
    pet = made.random(pet_grid.shape, np.float32) * 4
    return Volume(ct_grid, ct, Unit.HU, "1.3"), Volume(pet_grid, pet, Unit.SUV, "1.4")


def to_sitk(volume: Volume) -> sitk.Image:
    """The same voxels for the peer; both grids here are axial without rotation."""
    image = sitk.GetImageFromArray(volume.voxels)
    image.SetSpacing(tuple(reversed(volume.grid.spacing_mm)))
    image.SetOrigin(tuple(volume.grid.matrix[:3, 3]))
    return image


def sitk_plane(image: sitk.Image, raster: Raster) -> sitk.Image:
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


def main(rounds: int = 40) -> dict[str, float]:
    """Print ms and the ratio to the floor of every job."""
    ct, pet = case()
    ct_image, pet_image = to_sitk(ct), to_sitk(pet)
    place = {"n": 0}
    grids = {"CT field": [ct.grid], "CT and PET fields": [ct.grid, pet.grid]}
    sample_picture = fuse_rgb32(
        sample(ct, plane_raster(Plane.AXIAL, (0, 0, 0), [ct.grid])),
        sample(pet, plane_raster(Plane.AXIAL, (0, 0, 0), [ct.grid])),
        LOOK,
    )
    source = [np.zeros((512, 512, 3), np.uint8) for _ in range(3)]
    target = [np.zeros((512, 512, 3), np.uint8) for _ in range(3)]

    def cursor() -> tuple[float, float, float]:
        place["n"] += 1
        return (float(place["n"] % 97) - 48, float(place["n"] % 89) - 44, float(place["n"] % 83))

    def floor() -> None:
        for a, b in zip(source, target, strict=True):
            np.copyto(b, a)

    def frame(extent: list[Grid], planes: tuple[Plane, ...] = tuple(Plane)) -> None:
        at = cursor()
        for plane in planes:
            raster = plane_raster(plane, at, extent)
            fuse_rgb32(sample(ct, raster), sample(pet, raster), LOOK)

    def peer() -> None:
        at = cursor()
        for plane in Plane:
            raster = plane_raster(plane, at, grids["CT field"])
            a, b = sitk_plane(ct_image, raster), sitk_plane(pet_image, raster)
            fuse_rgb32(sitk.GetArrayFromImage(a)[0], sitk.GetArrayFromImage(b)[0], LOOK)

    result = interleaved(
        {
            "floor: copy three RGB pictures": floor,
            "three fused planes, CT field": lambda: frame(grids["CT field"]),
            "three fused planes, CT and PET fields": lambda: frame(grids["CT and PET fields"]),
            "one axial plane, CT field": lambda: frame(grids["CT field"], (Plane.AXIAL,)),
            "windowing alone, one plane": lambda: to_bytes(sample_picture.view(np.float32), (0.0, 1.0), 1),
            "three planes by SimpleITK, CT field": peer,
        },
        rounds,
    )
    base = result["floor: copy three RGB pictures"]
    for name, ms in result.items():
        print(f"{name:42s} {ms:8.2f} ms {ms / base:8.1f} x")
    return result


if __name__ == "__main__":
    main()
